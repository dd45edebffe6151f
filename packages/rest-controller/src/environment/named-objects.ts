import { createInformer, keyOfRef, named, type Informer, type Kube, type KubeError, type KubeObject, type ResourceType } from '@oasgen/kube'

/** What is known of one object that is followed by its name. */
export type NamedState =
  | { readonly state: 'found'; readonly object: KubeObject }
  | { readonly state: 'missing' }
  | { readonly state: 'forbidden'; readonly message: string }
  | { readonly state: 'unknown'; readonly message: string }

export interface NamedRef {
  readonly namespace: string
  readonly name: string
}

/** Objects of one kind that are followed one by one, by name, so that RBAC can name them. */
export interface NamedObjects {
  /** Starts to follow them; resolves when each has its first state, or there is no use in waiting for it. `undefined`: nothing to wait for. */
  follow(refs: readonly NamedRef[]): Promise<void> | undefined
  now(ref: NamedRef): NamedState
  /** The last value, also after a deletion: `keeps` says how long. */
  last(ref: NamedRef): KubeObject | undefined
  /** Stops following what nobody uses any more, and forgets it. */
  retain(isUsed: (key: string) => boolean): void
  readonly size: number
  stop(): Promise<void>
}

export interface NamedObjectsOptions {
  /** Told the key `namespace/name` whenever something about the object changed. */
  readonly onChange: (key: string) => void
  /** Told when an object cannot be followed; at every try. */
  readonly onProblem?: (key: string, problem: KubeError) => void
  /** How long `follow` waits for a first state. Default 3 s. */
  readonly patienceMs?: number
}

export function followNamed(kube: Kube, type: ResourceType, options: NamedObjectsOptions): NamedObjects {
  const followed = new Map<string, Followed>()
  const follow = (ref: NamedRef): Followed => {
    const key = keyOfRef(ref)
    const known = followed.get(key)
    if (known !== undefined) return known
    const made = startFollowing(kube, { type, ref, key, options })
    followed.set(key, made)
    return made
  }
  return {
    follow: (refs) => {
      const first = refs.map(follow).filter(({ informer }) => !isSettled(informer)).map((each) => each.settled)
      return first.length === 0 ? undefined : Promise.race([Promise.all(first).then(() => undefined), pause(options.patienceMs ?? FIRST_STATE_MS)])
    },
    now: (ref) => stateOf(followed.get(keyOfRef(ref)), keyOfRef(ref)),
    last: (ref) => followed.get(keyOfRef(ref))?.last,
    retain: (isUsed) => {
      for (const [key, { informer }] of followed) {
        if (isUsed(key)) continue
        followed.delete(key)
        void informer.stop()
      }
    },
    get size() { return followed.size },
    stop: async () => void (await Promise.all([...followed.values()].map(({ informer }) => informer.stop()))),
  }
}

const FIRST_STATE_MS = 3000

interface Followed {
  readonly informer: Informer
  /** The first state is there, or the first try has failed. */
  readonly settled: Promise<void>
  last: KubeObject | undefined
}

interface Following {
  readonly type: ResourceType
  readonly ref: NamedRef
  readonly key: string
  readonly options: NamedObjectsOptions
}

function startFollowing(kube: Kube, { type, ref, key, options }: Following): Followed {
  let settle = (): void => undefined
  let hadProblem = false
  const settled = new Promise<void>((resolve) => { settle = resolve })
  const informer = createInformer(kube, type, {
    namespace: ref.namespace, fieldSelector: named(ref.name),
    onProblem: ({ error }) => {
      if (error === undefined) return
      hadProblem = true
      options.onProblem?.(key, error)
      settle()
    },
  })
  const made: Followed = { informer, settled, last: undefined }
  informer.onChange(({ type: change, object, initial }) => {
    if (change !== 'deleted') made.last = object
    // The first state is what whoever asked is waiting for.
    if (initial !== true) options.onChange(key)
  })
  informer.start()
  void informer.synced.then(() => {
    settle()
    // Whoever asked was told that it cannot be read; now it can.
    if (hadProblem) options.onChange(key)
  })
  return made
}

function isSettled(informer: Informer): boolean {
  return informer.hasSynced() || informer.problem() !== undefined
}

function stateOf(followed: Followed | undefined, key: string): NamedState {
  const object = followed?.informer.get(key)
  if (object !== undefined) return { state: 'found', object }
  if (followed?.informer.hasSynced() === true) return { state: 'missing' }
  return unreadable(followed?.informer.problem())
}

/** Why there is no first state. */
export function unreadable(problem: KubeError | undefined): NamedState & { readonly state: 'forbidden' | 'unknown' } {
  const message = problem?.finding.message ?? 'the Kubernetes API has not answered yet'
  return { state: problem?.kind === 'forbidden' || problem?.kind === 'unauthorized' ? 'forbidden' : 'unknown', message }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
