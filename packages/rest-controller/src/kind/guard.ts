import { finding, type Finding } from '@oasgen/diagnostics'
import { isObject, type JsonObject } from '@oasgen/json'
import { annotationsOf, finalizersOf, generationOf, isDeleting, keyOf, type KubeObject, type ResourceType } from '@oasgen/kube'
import { CONDITION, FINALIZER, readConditions, REASON, setConditions } from '@oasgen/wire'
import type { References } from '../environment/references.js'

const GUARD = '/still-refers-to-it'

/** On a resource that others refer to: resources of the kind in its name still need it for their own deletion. */
export function guardOf({ plural, group }: ResourceType): string {
  return `${plural}.${group}${GUARD}`
}

/** The exit for a person who wants the resource gone first. */
export const IGNORE_REFERENCES = 'krateo.io/ignore-references'

/** Kinds whose resources still refer to one that is being deleted; it waits for them before anything is deleted outside. */
export function guardedBy(resource: KubeObject): readonly string[] {
  const isHeld = isDeleting(resource) && finalizersOf(resource).includes(FINALIZER.resource) && annotationsOf(resource)[IGNORE_REFERENCES] !== 'true'
  return isHeld ? finalizersOf(resource).filter((name) => name.endsWith(GUARD)).map((name) => name.slice(0, -GUARD.length)) : []
}

export function guardFinding(kinds: readonly string[]): Finding {
  return finding('CTL0209', { kinds: kinds.toSorted().join(', '), annotation: `${IGNORE_REFERENCES}=true` })
}

/** Status of a resource that waits for those that refer to it. */
export function guardedStatus(resource: KubeObject, kinds: readonly string[], now: number): JsonObject {
  const status = isObject(resource.status) ? resource.status : {}
  const observedGeneration = generationOf(resource)
  const { message } = guardFinding(kinds)
  const wanted = [
    { type: CONDITION.ready, status: 'False', reason: REASON.deleting, message: '', observedGeneration },
    { type: CONDITION.synced, status: 'True', reason: REASON.reconcileSuccess, message: '', observedGeneration },
    { type: CONDITION.reconciling, status: 'True', reason: 'StillReferredTo', message, observedGeneration },
  ] as const
  const conditions = setConditions(readConditions(status.conditions), wanted, now)
  return { ...status, observedGeneration, conditions: conditions as unknown as JsonObject[] }
}

export interface Circle {
  /** The kind that refers. */
  readonly type: ResourceType
  /** The kind that is referred to, and the object of it. */
  readonly kind: ResourceType
  readonly object: KubeObject
  /** One that refers to it. */
  readonly user: KubeObject
  readonly references: References
}

/**
 * Whether the object waits, directly or not, for the one that refers to it: then neither would ever go. Of the same kind the
 * references are followed; of another kind its own guard on the referring resource tells.
 */
export function isCircular({ type, kind, object, user, references }: Circle): boolean {
  if (type.plural !== kind.plural || type.group !== kind.group) return finalizersOf(user).includes(guardOf(kind))
  const seen = new Set<string>()
  const isReached = (from: KubeObject): boolean => references.of(from).some((use) => {
    const next = references.find(use)
    if (next === undefined || seen.has(keyOf(next))) return false
    if (keyOf(next) === keyOf(user)) return true
    seen.add(keyOf(next))
    return isReached(next)
  })
  return keyOf(object) === keyOf(user) || isReached(object)
}
