import { ofKeys, parsePath, printPath } from '@oasgen/fieldpath'
import type { VerbModel } from '@oasgen/model'
import type { IdentifierPlan, MatchPlan } from '@oasgen/plan'
import { markSource } from './companion-fields.js'
import { keptPath, keysOf } from './field-index.js'
import { mappingsOut } from './mappings.js'
import type { Planning } from './planning.js'
import { covers } from './response.js'

export function compileMatch(planning: Planning, verb: VerbModel): MatchPlan {
  const { model } = planning
  const mark = markOf(planning)
  return {
    policy: verb.description.identifiersMatchPolicy,
    identifiers: model.definition.resource.identifiers.map((path) => identifierPlan(planning, verb, path)),
    ...(isComplete(planning, verb) && { itemsComplete: true }),
    ...(mark !== undefined && { mark }),
  }
}

function identifierPlan({ fields }: Planning, verb: VerbModel, path: string): IdentifierPlan {
  const parsed = parsePath(path)
  const below = parsed.ok ? parsed.path : ofKeys(path)
  const [spec, status] = [printPath([{ key: 'spec' }, ...below]), printPath([{ key: 'status' }, ...below])]
  return { path: itemPlace(verb, [spec, status]) ?? printPath(below), resource: [spec, keptPath(fields, status)] }
}

/** A plain mapping of the item tells where the item has what the resource calls otherwise. */
function itemPlace({ description }: VerbModel, places: readonly string[]): string | undefined {
  const fromBody = mappingsOut(description.fieldMapping).filter(({ from }) => from.in === 'body')
  const plain = fromBody.filter(({ alias, jq }) => alias === undefined && jq === undefined)
  return plain.find(({ to }) => places.includes(to))?.from.path
}

/** The list shows all that get shows, or there is no get to ask. */
function isComplete({ model }: Planning, { call, description }: VerbModel): boolean {
  const { get } = model.verbs
  if (get === undefined) return true
  const [whole, item] = [get.call?.response?.object, call?.response?.object]
  if (mappingsOut(get.description.fieldMapping).length > 0 || description.responseTransform !== undefined) return false
  return whole !== undefined && item !== undefined && covers(item, whole)
}

function markOf(planning: Planning): MatchPlan['mark'] {
  for (const rule of planning.fields.rules.values()) {
    const source = rule.settings.ownershipMark && keysOf(rule.steps) !== undefined ? markSource(planning, rule) : undefined
    if (source?.from === 'mark') return { path: rule.path, form: source.form }
  }
  return undefined
}
