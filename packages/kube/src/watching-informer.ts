import { performance } from 'node:perf_hooks'
import { finding, type Finding } from '@oasgen/diagnostics'
import { metadataOnly, STALL_MS, type Kube } from './client.js'
import type { KubeError } from './error.js'
import type { Informer, InformerChange, InformerListener, InformerOptions, InformerProblem } from './informer.js'
import { compareResourceVersions, keyOf, resourceVersionOf, type KubeObject, type ResourceType } from './object.js'
import { createObjectCache, slimmed, type ObjectCache, type ObjectChange } from './object-cache.js'
import { sleep } from './pause.js'
import { describeScope, PAGE_SIZE, type ListScope } from './request.js'
import type { WatchEvent } from './watch.js'

type Resolved = Required<Omit<InformerOptions, keyof ListScope | 'onProblem' | 'indexers'>>

/** How a watch, or the list before it, ended. */
type Ending =
  | { readonly type: 'ended' }
  /** The server closed a watch that had just begun and told nothing: a loop of these must not be hot. */
  | { readonly type: 'empty' }
  /** The position is too old, or the state cannot be trusted: list again. */
  | { readonly type: 'expired' }
  | { readonly type: 'unsupported' }
  | { readonly type: 'failed'; readonly error: KubeError }

/** Lists and watches by turns; the contract is `Informer`. */
export class WatchingInformer implements Informer {
  readonly type: ResourceType
  readonly synced: Promise<void>
  readonly #kube: Kube
  readonly #scope: ListScope
  readonly #options: Resolved
  readonly #onProblem: ((problem: InformerProblem) => void) | undefined
  readonly #cache: ObjectCache
  readonly #listeners = new Set<InformerListener>()
  readonly #stopping = new AbortController()
  #settle: () => void = () => undefined
  #isSynced = false
  #run: Promise<void> | undefined
  /** Where the watch goes on; undefined = the whole state is needed. */
  #position: string | undefined
  /** The newest version ever seen: a list that is older is asked twice before it is believed. */
  #newest = ''
  #isDoubted = false
  #canStream: boolean
  #isPaged = true
  #failures = 0
  /** After a failure the server may be another one than before: its history is looked at before the watch goes on. */
  #isUncertain = false
  #problem: KubeError | undefined

  constructor(kube: Kube, type: ResourceType, options: InformerOptions) {
    this.#kube = kube
    this.type = type
    this.#scope = scopeOf(options)
    this.#options = {
      metadataOnly: false, initial: 'auto', pageSize: PAGE_SIZE, stallMs: STALL_MS, minPauseMs: 800, maxPauseMs: 30_000, random: Math.random,
      ...options,
    }
    this.#onProblem = options.onProblem
    this.#cache = createObjectCache(options.indexers)
    this.#canStream = this.#options.initial === 'auto'
    this.synced = new Promise((resolve) => { this.#settle = resolve })
  }

  get size(): number {
    return this.#cache.size
  }

  start(): void {
    this.#run ??= this.#follow()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#run
  }

  hasSynced(): boolean {
    return this.#isSynced
  }

  problem(): KubeError | undefined {
    return this.#problem
  }

  get(key: string): KubeObject | undefined {
    return this.#cache.get(key)
  }

  list(): readonly KubeObject[] {
    return this.#cache.list()
  }

  byIndex(index: string, value: string): readonly KubeObject[] {
    return this.#cache.byIndex(index, value)
  }

  position(): string {
    return this.#position ?? ''
  }

  onChange(listener: InformerListener): () => void {
    for (const object of this.#cache.list()) listener({ type: 'added', object, initial: true })
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  remember(object: KubeObject): void {
    this.#tell(this.#cache.remember(this.#cut(object), this.#newest))
  }

  async #follow(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const ending = await this.#step()
      if (this.#stopping.signal.aborted) return
      await this.#recover(ending)
    }
  }

  #step(): Promise<Ending> {
    if (this.#position !== undefined) return this.#isUncertain ? this.#resume(this.#position) : this.#watch(this.#position)
    return this.#canStream ? this.#watch(undefined) : this.#list()
  }

  async #recover(ending: Ending): Promise<void> {
    switch (ending.type) {
      case 'ended':
        this.#failures = 0
        return
      case 'empty':
        return this.#pause(undefined)
      case 'unsupported':
        this.#canStream = false
        return
      case 'expired':
        this.#position = undefined
        return this.#pause(undefined)
      case 'failed':
        this.#problem = ending.error
        this.#isUncertain = true
        this.#onProblem?.({ finding: this.#findingOf(ending.error), error: ending.error })
        return this.#pause(ending.error)
    }
  }

  /** A server that says how long to wait is obeyed; a stalled connection says nothing about the server, so it is opened again soon. */
  async #pause(error: KubeError | undefined): Promise<void> {
    const { minPauseMs, maxPauseMs, random } = this.#options
    const pause = Math.min(maxPauseMs, minPauseMs * 2 ** Math.min(this.#failures, 10)) * (0.5 + random())
    this.#failures += 1
    await sleep(Math.max(error?.retryAfterMs ?? 0, pause), this.#stopping.signal)
  }

  /**
   * A store that was restored or emptied has an older history than ours, and a watch at a version that is still to come
   * would stay silent for ever. One object of a list tells the server's version.
   */
  async #resume(position: string): Promise<Ending> {
    const page = await this.#kube.page(this.type, { ...this.#scope, limit: 1, content: 'metadata', signal: this.#stopping.signal })
    if (!page.ok) return this.#endingOfList(page.error)
    this.#isUncertain = false
    const isOlder = (compareResourceVersions(page.value.resourceVersion, this.#newest) ?? 0) < 0
    return isOlder ? { type: 'expired' } : this.#watch(position)
  }

  async #list(): Promise<Ending> {
    const items: KubeObject[] = []
    let resourceVersion = ''
    const limit = this.#isPaged ? this.#options.pageSize : 0
    const options = { ...this.#scope, limit, content: this.#content(), signal: this.#stopping.signal }
    for await (const page of this.#kube.pages(this.type, options)) {
      if (!page.ok) return this.#endingOfList(page.error)
      for (const item of page.value.items) items.push(slimmed(item))
      resourceVersion = page.value.resourceVersion
    }
    this.#isPaged = true
    return this.#take(items, resourceVersion)
  }

  /** Pages that come slower than the server forgets would fail for ever: the next list is asked for in one piece. */
  #endingOfList(error: KubeError): Ending {
    if (error.kind !== 'gone') return { type: 'failed', error }
    this.#isPaged = false
    return { type: 'expired' }
  }

  /** The one place where a complete state enters. */
  #take(items: readonly KubeObject[], resourceVersion: string): Ending {
    const order = this.#compareWithNewest(resourceVersion)
    if (order === 'behind') return { type: 'expired' }
    const changes = this.#cache.replace(items, order === 'rewound' ? undefined : resourceVersion)
    this.#newest = resourceVersion
    this.#position = resourceVersion
    this.#well()
    this.#tell(changes)
    if (!this.#isSynced) {
      this.#isSynced = true
      this.#settle()
    }
    return { type: 'ended' }
  }

  /** An older state is believed only when it is answered twice: then the store was restored from a backup. */
  #compareWithNewest(resourceVersion: string): 'ahead' | 'behind' | 'rewound' {
    if ((compareResourceVersions(resourceVersion, this.#newest) ?? 0) >= 0) {
      this.#isDoubted = false
      return 'ahead'
    }
    this.#onProblem?.({ finding: finding('KUB0302', { about: this.#about(), found: resourceVersion, expected: this.#newest }) })
    this.#isDoubted = !this.#isDoubted
    return this.#isDoubted ? 'behind' : 'rewound'
  }

  async #watch(from: string | undefined): Promise<Ending> {
    const initial: InitialState | undefined = from === undefined ? new Map() : undefined
    const started = performance.now()
    const watch = this.#kube.watch(this.type, this.#watchOptions(from))
    // A server that does not know the parameter may stream objects and never mark the end: until then it gets less patience.
    const patience = initial === undefined ? undefined : setTimeout(() => watch.close(), Math.min(this.#options.stallMs, STREAM_STALL_MS))
    let told = 0
    try {
      for await (const events of watch.batches()) {
        const ending = this.#receive(events, initial)
        if (ending !== undefined) return ending
        told += events.length
        if (this.#position === undefined) patience?.refresh()
        else clearTimeout(patience)
      }
    } finally {
      clearTimeout(patience)
    }
    if (this.#position === undefined) return { type: 'unsupported' }
    return told === 0 && performance.now() - started < SHORT_WATCH_MS ? { type: 'empty' } : { type: 'ended' }
  }

  #watchOptions(from: string | undefined): Parameters<Kube['watch']>[1] {
    const common = {
      ...this.#scope,
      content: this.#content(),
      signal: this.#stopping.signal,
      timeoutSeconds: Math.round(WATCH_SECONDS * (1 + this.#options.random())),
    }
    const { stallMs } = this.#options
    return from === undefined ? { ...common, sendInitialEvents: true, stallMs } : { ...common, resourceVersion: from, stallMs }
  }

  #receive(events: readonly WatchEvent[], initial: InitialState | undefined): Ending | undefined {
    const changes: ObjectChange[] = []
    let ending: Ending | undefined
    for (const event of events) {
      if (event.type === 'error') ending = this.#endingOfWatch(event.error)
      else if (this.#position === undefined && initial !== undefined) ending = this.#collect(event, initial)
      else this.#advance(event, changes)
      if (ending !== undefined) break
    }
    this.#tell(changes)
    return ending
  }

  #collect(event: ChangeEvent, initial: InitialState): Ending | undefined {
    if (event.type === 'bookmark') return event.initialEventsEnd ? this.#complete(initial, event.resourceVersion) : undefined
    const key = keyOf(event.object)
    if (event.type === 'deleted') initial.delete(key)
    else initial.set(key, slimmed(this.#cut(event.object)))
    return undefined
  }

  #complete(initial: InitialState, resourceVersion: string): Ending | undefined {
    const ending = this.#take([...initial.values()], resourceVersion)
    initial.clear()
    return ending.type === 'ended' ? undefined : ending
  }

  #advance(event: ChangeEvent, changes: ObjectChange[]): void {
    this.#well()
    const resourceVersion = event.type === 'bookmark' ? event.resourceVersion : resourceVersionOf(event.object)
    if (resourceVersion !== '') this.#position = resourceVersion
    if ((compareResourceVersions(resourceVersion, this.#newest) ?? 1) > 0) this.#newest = resourceVersion
    if (event.type === 'bookmark') return
    changes.push(...this.#cache.apply({ type: event.type, object: this.#cut(event.object) }))
  }

  #endingOfWatch(error: KubeError): Ending {
    // Servers without WatchList refuse the parameters that ask for it (400 or 422); older ones may not know the verb in this form at all.
    if (this.#position === undefined && (error.kind === 'invalid' || error.reason === 'Timeout')) return { type: 'unsupported' }
    if (error.kind === 'gone' || isFromTheFuture(error)) return { type: 'expired' }
    return { type: 'failed', error }
  }

  #tell(changes: readonly ObjectChange[]): void {
    for (const change of changes) {
      const told: InformerChange = this.#isSynced ? change : { ...change, initial: true }
      for (const listener of this.#listeners) listener(told)
    }
  }

  #well(): void {
    this.#failures = 0
    this.#problem = undefined
  }

  #cut(object: KubeObject): KubeObject {
    return this.#options.metadataOnly ? metadataOnly(this.type, object) : object
  }

  #content(): 'full' | 'metadata' {
    return this.#options.metadataOnly ? 'metadata' : 'full'
  }

  #about(): string {
    return describeScope(this.type, this.#scope)
  }

  #findingOf(error: KubeError): Finding {
    if (error.reason !== 'Timeout') return error.finding
    return finding('KUB0301', { about: this.#about(), seconds: Math.round(this.#options.stallMs / 1000) })
  }
}

/** The server has not seen our version yet: it lags behind, or its store was restored. */
function isFromTheFuture(error: KubeError): boolean {
  return error.causes.some((cause) => cause.reason === 'ResourceVersionTooLarge') || /too large resource version/i.test(error.message)
}

type InitialState = Map<string, KubeObject>
type ChangeEvent = Exclude<WatchEvent, { type: 'error' }>

/** A watch that told nothing and was closed sooner than this counts as a failure. */
const SHORT_WATCH_MS = 1_000
const STREAM_STALL_MS = 15_000

/** client-go ends watches after five to ten minutes, so that load spreads over API servers. */
const WATCH_SECONDS = 300

function scopeOf(options: ListScope): ListScope {
  return {
    ...(options.namespace !== undefined && options.namespace !== '' && { namespace: options.namespace }),
    ...(options.labelSelector !== undefined && { labelSelector: options.labelSelector }),
    ...(options.fieldSelector !== undefined && { fieldSelector: options.fieldSelector }),
  }
}
