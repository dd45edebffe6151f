import type { CrdChange } from '@oasgen/crd'
import type { Finding } from '@oasgen/diagnostics'
import { isArray, isObject, textOf, type JsonObject } from '@oasgen/json'
import { ANNOTATION, FINALIZER } from '@oasgen/wire'

/** What the reference left of one resource, and what becomes of it. */
export type Takeover =
  /** It is known on the other side: looked at, compared, nothing is made. */
  | { readonly type: 'takenOver'; readonly by: 'identity' | 'look-up' }
  /** It was never made: made as any new one, after one look-up. */
  | { readonly type: 'new' }
  /** A create was begun and nobody knows what came of it. */
  | { readonly type: 'unknownCreate'; readonly since: string }
  /** It is being deleted. */
  | { readonly type: 'deleting' }
  /** It stays paused, or is only observed. */
  | { readonly type: 'held'; readonly by: string }

export interface IdentityFacts {
  /** Paths of the parts that the API assigns: `status.id`. */
  readonly assigned: readonly string[]
  readonly hasFindby: boolean
}

/** Read off annotations and status alone: the reference keeps identities in status, and has no external name. */
export function assessResource(object: JsonObject, { assigned, hasFindby }: IdentityFacts): Takeover {
  const metadata = isObject(object.metadata) ? object.metadata : {}
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {}
  const at = (key: string): string => textOf(annotations[key] ?? '')
  if (metadata.deletionTimestamp !== undefined) return { type: 'deleting' }
  if (at(ANNOTATION.paused) === 'true') return { type: 'held', by: `${ANNOTATION.paused}: "true"` }
  if (isIdentified(object, assigned) || at(ANNOTATION.externalName) !== '') return { type: 'takenOver', by: 'identity' }
  const [pending, succeeded, failed] = [ANNOTATION.externalCreatePending, ANNOTATION.externalCreateSucceeded, ANNOTATION.externalCreateFailed].map(at) as [string, string, string]
  if (isAfter(pending, succeeded) && isAfter(pending, failed)) return { type: 'unknownCreate', since: pending }
  if (succeeded !== '') return hasFindby ? { type: 'takenOver', by: 'look-up' } : { type: 'unknownCreate', since: succeeded }
  return { type: 'new' }
}

function isIdentified(object: JsonObject, assigned: readonly string[]): boolean {
  const status = isObject(object.status) ? object.status : {}
  if (assigned.length === 0) return isArray(status.conditions) && status.conditions.some((condition) => isObject(condition) && condition.type === 'Ready' && condition.status === 'True')
  return assigned.every((path) => path.replace(/^status\./, '').split('.').reduce<JsonObject[string] | undefined>((value, key) => (value !== undefined && isObject(value) ? value[key] : undefined), status) !== undefined)
}

function isAfter(pending: string, other: string): boolean {
  return pending !== '' && (other === '' || Date.parse(pending) > Date.parse(other))
}

/** What becomes of a definition and its kind. */
export interface DefinitionTakeover {
  readonly name: string
  readonly findings: readonly Finding[]
  readonly crd: readonly CrdChange[]
  /** The reference deletes external objects without looking when this finalizer goes with its RestDefinition. */
  readonly isDeleting: boolean
}

export function isDeletingDefinition(definition: JsonObject): boolean {
  return isObject(definition.metadata) && definition.metadata.deletionTimestamp !== undefined
}

/** Finalizers are the reference's own and stay: ours go by the same names. */
export function keepsFinalizer(object: JsonObject): boolean {
  const finalizers = isObject(object.metadata) && isArray(object.metadata.finalizers) ? object.metadata.finalizers : []
  return finalizers.includes(FINALIZER.resource)
}

export function takeoverText(takeover: Takeover): string {
  switch (takeover.type) {
    case 'takenOver': return takeover.by === 'identity' ? 'taken over: looked at by the id in its status, nothing is made' : 'taken over: found again in the list, nothing is made'
    case 'new': return 'was never made: one look-up, then made'
    case 'unknownCreate': return `a create of ${takeover.since} has no known end: it waits for a person unless a look-up finds it (${ANNOTATION.externalCreateResolved}: created=<id> or none)`
    case 'deleting': return 'is being deleted: looked at first, deleted once, an absent object counts as deleted'
    case 'held': return `stays as it is: ${takeover.by}`
  }
}
