import type { VerbModel, VerbModels } from '../verb/verbs.js'
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
  const method = create.description.method
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
  return verb?.call?.operation.path
}

/** Created by a URL that names both sides and carries nothing else, or undone by another call than DELETE. */
function isAttachment(verbs: VerbModels, path: string): boolean {
  const remove = verbs.delete
  const body = verbs.create?.call?.body
  const empty = body === undefined || (body.form === 'object' && propertiesOf(body.object).size === 0)
  const undone = remove?.description.method
  if (undone !== undefined && undone !== 'DELETE' && pathOf(remove) !== path) return true
  return empty && endsWithParameter(path) && parametersIn(path).length > 1 && undone === 'DELETE' && verbs.update === undefined
}
