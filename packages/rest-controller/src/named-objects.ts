import { createInformer, keyOfRef, named, type Informer, type Kube, type KubeError, type KubeObject, type ResourceType } from '@oasgen/kube'

/** What is known of one object that is followed by its name. */
export type NamedState =
  | { readonly state: 'found'; readonly object: KubeObject }
  | { readonly state: 'missing' }
  | { readonly state: 'unknown'; readonly message: string }

/** Objects of one kind that are followed one by one, by name, so that RBAC can name them. */
export interface NamedObjects {
  /** Starts to follow the object at the first call; waits a moment for its first state. */
  read(ref: NamedRef): Promise<NamedState>
  /** What is held now; starts nothing. */
  held(ref: NamedRef): KubeObject | undefined
  stop(): Promise<void>
}

export interface NamedRef {
  readonly namespace: string
  readonly name: string
}

const FIRST_STATE_MS = 3000

/** `onChange` is told the key `namespace/name`. Deleted objects keep their last value while `keeps` says that it is needed. */
export function followNamed(kube: Kube, type: ResourceType, events: { readonly onChange: (key: string) => void; readonly keeps?: (key: string) => boolean }): NamedObjects {
  const informers = new Map<string, Informer>()
  const last = new Map<string, KubeObject>()
  const follow = (ref: NamedRef): Informer => {
    const key = keyOfRef(ref)
    const known = informers.get(key)
    if (known !== undefined) return known
    const informer = createInformer(kube, type, { namespace: ref.namespace, fieldSelector: named(ref.name) })
    informers.set(key, informer)
    informer.onChange(({ type: change, object }) => {
      if (change !== 'deleted') last.set(key, object)
      else if (events.keeps?.(key) !== true) last.delete(key)
      events.onChange(key)
    })
    informer.start()
    return informer
  }
  return {
    read: async (ref) => {
      const informer = follow(ref)
      if (!informer.hasSynced()) await Promise.race([informer.synced, pause(FIRST_STATE_MS)])
      return stateOf(informer, last.get(keyOfRef(ref)))
    },
    held: (ref) => last.get(keyOfRef(ref)),
    stop: async () => void (await Promise.all([...informers.values()].map((informer) => informer.stop()))),
  }
}

function stateOf(informer: Informer, object: KubeObject | undefined): NamedState {
  if (object !== undefined) return { state: 'found', object }
  return informer.hasSynced() ? { state: 'missing' } : { state: 'unknown', message: describe(informer.problem()) }
}

function describe(problem: KubeError | undefined): string {
  return problem?.finding.message ?? 'the Kubernetes API does not answer'
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
