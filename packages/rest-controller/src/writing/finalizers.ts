import { finalizersOf, isDeleting, nameOf, namespaceOf, resourceVersionOf, type Kube, type KubeObject, type KubeResult, type ResourceType } from '@oasgen/kube'

export interface FinalizerChange {
  readonly type: ResourceType
  readonly object: KubeObject
  readonly finalizer: string
}

/** `ending`: the object is being deleted, and Kubernetes lets nobody hold it any more. */
export type Held =
  | { readonly type: 'held'; readonly object: KubeObject }
  | { readonly type: 'ending' }
  | { readonly type: 'gone' }
  | { readonly type: 'failed'; readonly error: Extract<KubeResult<KubeObject>, { ok: false }>['error'] }

/** Adds a finalizer where it is missing; finalizers of others are kept, whatever happens at the same time. */
export async function addFinalizer(kube: Kube, change: FinalizerChange): Promise<Held> {
  let { object } = change
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const finalizers = finalizersOf(object)
    if (finalizers.includes(change.finalizer)) return { type: 'held', object }
    if (isDeleting(object)) return { type: 'ending' }
    const answer = await patchFinalizers(kube, { ...change, object }, [...finalizers, change.finalizer])
    if (answer.ok) return { type: 'held', object: answer.value }
    if (answer.error.kind === 'notFound') return { type: 'gone' }
    if (answer.error.kind !== 'conflict') return { type: 'failed', error: answer.error }
    const fresh = await kube.get(change.type, refTo(object))
    if (!fresh.ok) return fresh.error.kind === 'notFound' ? { type: 'gone' } : { type: 'failed', error: fresh.error }
    object = fresh.value
  }
  return { type: 'ending' }
}

const MOST_TRIES = 5

/** `again`: it is still there, and has to be tried again. */
export type Released =
  | { readonly type: 'released'; readonly object: KubeObject }
  | { readonly type: 'gone' }
  | { readonly type: 'again' }

/** Takes a finalizer away. Others take theirs at the same moment when many things are deleted together, so conflicts are usual. */
export async function removeFinalizer(kube: Kube, change: FinalizerChange): Promise<Released> {
  let { object } = change
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const finalizers = finalizersOf(object)
    if (!finalizers.includes(change.finalizer)) return { type: 'released', object }
    const answer = await patchFinalizers(kube, { ...change, object }, finalizers.filter((name) => name !== change.finalizer))
    if (answer.ok) return { type: 'released', object: answer.value }
    if (answer.error.kind === 'notFound') return { type: 'gone' }
    const fresh = answer.error.kind === 'conflict' ? await kube.get(change.type, refTo(object)) : answer
    if (!fresh.ok) return { type: fresh.error.kind === 'notFound' ? 'gone' : 'again' }
    object = fresh.value
  }
  return { type: 'again' }
}

function patchFinalizers(kube: Kube, { type, object }: FinalizerChange, finalizers: readonly string[]): Promise<KubeResult<KubeObject>> {
  return kube.patch(type, refTo(object), { type: 'merge', body: { metadata: { finalizers, resourceVersion: resourceVersionOf(object) } } })
}

function refTo(object: KubeObject): { readonly namespace: string; readonly name: string } {
  return { namespace: namespaceOf(object), name: nameOf(object) }
}
