import type { Finding } from '@oasgen/diagnostics'
import type { Kube } from './client.js'
import type { KubeError } from './error.js'
import type { KubeObject, ResourceType } from './object.js'
import type { Indexer, ObjectChange } from './object-cache.js'
import type { ListScope } from './request.js'
import { WatchingInformer } from './watching-informer.js'

export interface InformerOptions extends ListScope {
  /** Only apiVersion, kind and metadata are fetched and kept. */
  readonly metadataOnly?: boolean
  readonly indexers?: Readonly<Record<string, Indexer>>
  /** `auto` (default) streams the first state where the server can (WatchList) and lists pages where not. */
  readonly initial?: 'auto' | 'list'
  readonly pageSize?: number
  readonly stallMs?: number
  /** First pause after a failure; doubles up to `maxPauseMs`. Defaults 800 and 30,000, as client-go's reflector. */
  readonly minPauseMs?: number
  readonly maxPauseMs?: number
  /** In [0, 1); tests give a constant. */
  readonly random?: () => number
  /** Told of every failure and stall; never needed for correctness. */
  readonly onProblem?: (problem: InformerProblem) => void
}

export interface InformerProblem {
  readonly finding: Finding
  readonly error?: KubeError
}

export interface InformerChange extends ObjectChange {
  /** Part of the state that was there when the listener came or the informer first synced. */
  readonly initial?: true
}

export type InformerListener = (change: InformerChange) => void

/** A cache that follows the server. Objects are shared and stripped: never change one, and never PUT one back. */
export interface Informer {
  readonly type: ResourceType
  start(): void
  stop(): Promise<void>
  /** The first complete state is in the cache, and listeners have been told. Never rejects; see `problem` for why it takes long. */
  readonly synced: Promise<void>
  hasSynced(): boolean
  /** What the last attempt failed with; undefined while all is well. */
  problem(): KubeError | undefined
  get(key: string): KubeObject | undefined
  list(): readonly KubeObject[]
  readonly size: number
  byIndex(index: string, value: string): readonly KubeObject[]
  /** Replays what is cached as initial `added`. The answer unsubscribes. Listeners must not throw and must not wait. */
  onChange(listener: InformerListener): () => void
  /** Takes over the answer to a write of our own, so that the next reconcile does not see the state before it. */
  remember(object: KubeObject): void
  /** Version up to which the cache has followed the server; `''` before the first state. */
  position(): string
}

export function createInformer(kube: Kube, type: ResourceType, options: InformerOptions = {}): Informer {
  return new WatchingInformer(kube, type, options)
}

/** Whether all have synced; false when `signal` aborts before. */
export async function waitForSync(informers: readonly Informer[], signal?: AbortSignal): Promise<boolean> {
  const all = Promise.all(informers.map((informer) => informer.synced)).then(() => true)
  if (signal === undefined) return all
  if (signal.aborted) return false
  let stop = (): void => undefined
  const aborted = new Promise<boolean>((resolve) => { stop = () => resolve(false) })
  signal.addEventListener('abort', stop, { once: true })
  const hasSynced = await Promise.race([all, aborted])
  signal.removeEventListener('abort', stop)
  return hasSynced
}
