import { nextCheck, type Queue } from '@oasgen/controller'
import { equalJson, isArray, isObject, type JsonValue } from '@oasgen/json'
import { annotationsOf, generationOf, isDeleting, keyOf, labelsOf, metadataOf, uidOf, type KubeObject } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'

/** Written by us in the course of a reconcile. From other hands they are news: a person who removes one wants something to happen. */
const OWN_ANNOTATIONS: ReadonlySet<string> = new Set([
  ANNOTATION.externalCreatePending, ANNOTATION.externalCreateSucceeded, ANNOTATION.externalCreateFailed, ANNOTATION.externalCreateAttempt, ANNOTATION.externalName,
])

/** Whether a change of a resource has to be looked at. Status is ours and never news. `by: 'us'`: the answer to a write of our own. */
export function isNews(old: KubeObject | undefined, next: KubeObject, by: 'us' | 'others'): boolean {
  if (old === undefined || uidOf(old) !== uidOf(next) || generationOf(old) !== generationOf(next) || isDeleting(old) !== isDeleting(next)) return true
  if (!equalJson(labelsOf(old), labelsOf(next))) return true
  if (!equalJson(annotationsFor(old, by), annotationsFor(next, by))) return true
  // While it lives nothing depends on other people's finalizers; while it goes we may be waiting for one of them.
  return by === 'others' && isDeleting(next) && !equalJson(metadataOf(old).finalizers ?? [], metadataOf(next).finalizers ?? [])
}

function annotationsFor(object: KubeObject, by: 'us' | 'others'): JsonValue {
  const annotations = annotationsOf(object)
  return by === 'others' ? annotations : Object.fromEntries(Object.entries(annotations).filter(([name]) => !OWN_ANNOTATIONS.has(name)))
}

/** Found in the wanted state when it was last looked at, and not touched since. */
export function isInOrder(resource: KubeObject): boolean {
  const status = isObject(resource.status) ? resource.status : {}
  const conditions = isArray(status.conditions) ? status.conditions.filter(isObject) : []
  const has = (type: string): boolean => conditions.some((condition) => condition.type === type && condition.status === 'True')
  return has('Ready') && has('Synced') && !isDeleting(resource) && status.observedGeneration === generationOf(resource)
}

export interface FirstCheck {
  readonly intervalMs: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What is in order waits for its turn in the interval, so that a start with ten thousand resources is no stampede. */
export function addFirst(queue: Queue, resource: KubeObject, { intervalMs, now }: FirstCheck): void {
  const key = keyOf(resource)
  if (isDeleting(resource)) return queue.add(key, { priority: 'deletion' })
  if (!isInOrder(resource)) return queue.add(key, { priority: 'creation' })
  queue.add(key, { priority: 'periodic', afterMs: nextCheck({ key, intervalMs, now, minGapMs: 0 }) - now })
}
