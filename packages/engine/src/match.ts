import type { JsonObject, JsonValue } from '@oasgen/json'
import type { MatchPlan } from '@oasgen/plan'
import type { Observed } from './decision.js'
import type { Answer, Identity, PreparedIdentity } from './identity.js'
import { identityFrom } from './identity.js'
import { sameIdentifier } from './loose-equal.js'
import { readerOf, type Reader } from './reader.js'
import { ownershipMark } from './source.js'

export interface PreparedMatch {
  readonly plan: MatchPlan
  readonly identifiers: readonly PreparedIdentifier[]
  readonly mark: Reader | undefined
}
interface PreparedIdentifier {
  readonly item: Reader
  readonly resource: readonly Reader[]
  readonly spec: Reader | undefined
}

export function prepareMatch(plan: MatchPlan): PreparedMatch {
  return {
    plan,
    identifiers: plan.identifiers.map(({ path, resource }) => ({
      item: readerOf(path),
      resource: resource.map(readerOf),
      spec: resource.filter((place) => place.startsWith('spec.')).map(readerOf)[0],
    })),
    mark: plan.mark === undefined ? undefined : readerOf(plan.mark.path),
  }
}

/** The reference's rule: OR = one identifier is enough, AND = all are present and equal. Status speaks only where spec is silent. */
export function matchesItem({ plan, identifiers }: PreparedMatch, resource: JsonObject, item: JsonValue): boolean {
  if (identifiers.length === 0) return false
  const equal = (identifier: PreparedIdentifier): boolean => isEqual(identifier, resource, item)
  return plan.policy === 'AND' ? identifiers.every(equal) : identifiers.some(equal)
}

function isEqual(identifier: PreparedIdentifier, resource: JsonObject, item: JsonValue): boolean {
  const [wanted, found] = [valueIn(identifier, resource), identifier.item(item)]
  return wanted !== undefined && found !== undefined && sameIdentifier(wanted, found)
}

function valueIn({ resource: readers }: PreparedIdentifier, resource: JsonObject): JsonValue | undefined {
  for (const read of readers) {
    const value = read(resource)
    if (value !== undefined) return value
  }
  return undefined
}

/** Whether an identifier that the user set differs: such an object is somebody else's, whatever else fits. */
function isContradicted({ identifiers }: PreparedMatch, resource: JsonObject, item: JsonValue): boolean {
  return identifiers.some(({ spec, item: read }) => {
    const [wanted, found] = [spec?.(resource), read(item)]
    return wanted !== undefined && found !== undefined && !sameIdentifier(wanted, found)
  })
}

/** Whether a list can show the object at all: enough identifiers are known, or the object carries our mark. */
export function canRecognise({ plan, identifiers, mark }: PreparedMatch, resource: JsonObject): boolean {
  if (mark !== undefined) return true
  const known = identifiers.filter((identifier) => valueIn(identifier, resource) !== undefined).length
  return plan.policy === 'AND' ? known > 0 && known === identifiers.length : known > 0
}

export interface MatchInput {
  readonly match: PreparedMatch
  readonly identity: PreparedIdentity
  readonly known: Identity
  readonly resource: JsonObject
  readonly uid: string
}

export type Match = 'same' | 'candidate' | 'partial' | 'other'

/**
 * `same`: it carries the identity that is known, or our mark. `candidate`: it looks like the one that is meant. `partial`: the
 * policy is content, and an identifier of the spec differs: enough to find again what is ours, not to take over what is not. Once
 * the identity is known, nothing but it counts.
 */
export function matchItem(input: MatchInput, item: Observed): Match {
  const identified = carriesIdentity(input, { observed: item, headers: {} })
  if (identified !== undefined) return identified ? 'same' : 'other'
  if (hasMark(input, item)) return 'same'
  if (!matchesItem(input.match, input.resource, item.body)) return 'other'
  return isContradicted(input.match, input.resource, item.body) ? 'partial' : 'candidate'
}

/** `undefined`: nothing assigned is known, or the item does not show it. */
function carriesIdentity({ identity, known }: MatchInput, answer: Answer): boolean | undefined {
  const assigned = identity.parts.filter(({ plan }) => plan.assigned === 'server' && known[plan.path] !== undefined)
  if (assigned.length === 0) return undefined
  const found = identityFrom(identity, answer, {})
  const shown = assigned.filter(({ plan }) => found[plan.path] !== undefined)
  if (shown.length < assigned.length) return undefined
  return shown.every(({ plan }) => sameIdentifier(found[plan.path] ?? null, known[plan.path] ?? null))
}

function hasMark({ match, uid }: MatchInput, item: Observed): boolean {
  const form = match.plan.mark?.form
  return form !== undefined && match.mark?.(item.body) === ownershipMark(uid, form)
}

/** How people recognise a candidate. */
export function candidateName(identity: PreparedIdentity, item: Observed): string {
  const found = Object.values(identityFrom(identity, { observed: item, headers: {} }, {}))
  const named = found.length > 0 ? found : ['name', 'title', 'id'].map((name) => item.body[name]).filter((value) => value !== undefined)
  return named.map(String).join('/') || 'an object without id'
}
