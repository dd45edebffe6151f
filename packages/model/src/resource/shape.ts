import type { CallModel, VerbModel, VerbModels } from '../verb/verbs.js'
import { propertiesOf } from '../schema/look.js'
import { endsWithParameter, parametersIn } from './places.js'

/** What kind of thing it is on the other side. */
export type ResourceShape =
  | 'collection'
  /** No id: PUT or PATCH is create. */
  | 'singleton'
  /** Attached and detached by a second URL. */
  | 'membership'
  /** PUT to a name that the user chooses. */
  | 'nameKeyed'
  /** POST to the item's own URL. */
  | 'postToItem'

export function shapeOf(verbs: VerbModels): ResourceShape {
  const item = itemPath(verbs)
  const create = verbs.create
  const path = pathOf(create)
  if (
    create === undefined ||
    path === undefined
  ) return item !== undefined && !endsWithParameter(item) && verbs.findby === undefined ? 'singleton' : 'collection'
  const method = mainCall(create)?.operation.method.toUpperCase()
  if (isAttachment(verbs, path)) return 'membership'
  const items = [verbs.get, verbs.update, verbs.delete].map(pathOf).filter((each) => each !== undefined)
  if (method === 'POST') return endsWithParameter(path) && (items.length === 0 || items.includes(path)) ? 'postToItem' : 'collection'
  if (endsWithParameter(path)) return 'nameKeyed'
  return item === undefined || item === path ? 'singleton' : 'collection'
}

/** Paths of get, update and delete name the item. */
export function itemPath(verbs: VerbModels): string | undefined {
  return pathOf(verbs.get) ?? pathOf(verbs.update) ?? pathOf(verbs.delete)
}

export function pathOf(verb: VerbModel | undefined): string | undefined {
  return mainCall(verb)?.operation.path
}

/** The call of the verb, or of its steps the one that most likely does what the verb is for. */
export function mainCall(verb: VerbModel | undefined): CallModel | undefined {
  if (verb === undefined || verb.call !== undefined) return verb?.call
  const usual = verb.steps.filter(({ operation }) => USUAL[verb.action].includes(operation.method))
  return verb.action === 'create' || verb.action === 'update' ? usual[0] ?? verb.steps[0] : usual.at(-1) ?? verb.steps.at(-1)
}

const USUAL: Readonly<Record<VerbModel['action'], readonly string[]>> = {
  get: ['get'], findby: ['get'], create: ['post', 'put'], update: ['patch', 'put', 'post'], delete: ['delete'],
}

/** Created by a URL that names both sides and carries nothing else, or undone by another call than DELETE. */
function isAttachment(verbs: VerbModels, path: string): boolean {
  const remove = verbs.delete
  const body = verbs.create?.call?.body
  const empty = body === undefined || (body.form === 'object' && propertiesOf(body.object).size === 0)
  const undone = mainCall(remove)?.operation.method.toUpperCase()
  if (undone !== undefined && undone !== 'DELETE' && pathOf(remove) !== path) return true
  return empty && endsWithParameter(path) && parametersIn(path).length > 1 && undone === 'DELETE' && verbs.update === undefined
}
