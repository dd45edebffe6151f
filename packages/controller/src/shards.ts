import { finding, type Finding } from '@oasgen/diagnostics'
import { pause, systemClock, type Clock } from './clock.js'
import { spreadFraction, spreadHash } from './hash.js'
import { buildLease, LEASE_TYPE, readLease, type LeaseApi, type LeaseRecord, type LeaseRef } from './lease.js'
import { elapsedAtMost, endsInTime, leaseTiming, type LeaseTiming, type LeaseTimingOptions, type Moment } from './lease-timing.js'
import { createObservedLeases } from './observed.js'
import { ownerOf } from './rendezvous.js'

export interface ShardOptions extends LeaseTimingOptions {
  /** The Lease of the whole, the same that a single leader would hold: while shards hold it together, no single leader can. */
  readonly group: LeaseRef
  /** Unique to this start of the process. */
  readonly identity: string
  readonly clock?: Clock
  /** Of the Lease of the whole, beside what is there. */
  readonly labels?: Readonly<Record<string, string>>
  readonly onProblem?: (problem: Finding) => void
}

export type ShardState =
  /** Not yet, or no longer, allowed to serve: other members may still think that our keys are theirs. */
  | 'joining'
  /** A single leader holds the Lease of the whole. */
  | 'blocked'
  | 'serving'

/** One of N replicas that divide the keys among them. */
export interface ShardMember {
  start(): void
  /** Leaves at once: others take over as soon as they see it. Everything at work must have ended before. */
  stop(): Promise<void>
  state(): ShardState
  /** Live members, this one included, sorted. */
  members(): readonly string[]
  /** Whether the key is ours to work on now. */
  owns(key: string): boolean
  /** To be asked before every write to the outside for this key. */
  mayStart(key: string, requestMs: number): boolean
  /** Called when keys may have changed hands: owners should look through all their keys again. */
  onChange(listener: () => void): () => void
  annotate(annotations: Readonly<Record<string, string>>): void
}

export function createShardMember(api: LeaseApi, options: ShardOptions): ShardMember {
  return new Member(api, options)
}

/** Label of the Leases of one group's members. */
export const SHARD_GROUP_LABEL = 'krateo.io/shard-group'
const SHARED_HOLDER = 'shards'
/** Leases of members that are long gone are removed by whoever sees them. */
const FORGET_AFTER_LEASES = 20

class Member implements ShardMember {
  readonly #api: LeaseApi
  readonly #options: ShardOptions
  readonly #timing: LeaseTiming
  readonly #clock: Clock
  readonly #ref: LeaseRef
  readonly #label: string
  readonly #observed = createObservedLeases()
  readonly #observedGroup = createObservedLeases()
  readonly #listeners = new Set<() => void>()
  readonly #stopping = new AbortController()
  #wake = new AbortController()
  #run: Promise<void> | undefined
  #own: LeaseRecord | undefined
  #members: readonly string[]
  #annotations: Readonly<Record<string, string>> = {}
  /** Each is the start of the request that proved it; together they are the fence. */
  #proof: { own?: Moment; view?: Moment; group?: Moment } = {}
  /** Monotonic time from which on everybody else knows us, or has stopped. */
  #servesFrom: number | undefined
  #groupRead: { readonly version: string; readonly started: Moment } | undefined
  #state: ShardState = 'joining'
  #cancelFence: () => void = () => undefined
  #ticks = 0

  constructor(api: LeaseApi, options: ShardOptions) {
    this.#api = api
    this.#options = options
    this.#timing = leaseTiming(options)
    this.#clock = options.clock ?? systemClock
    this.#label = spreadHash(`${options.group.namespace}/${options.group.name}`).toString(16)
    this.#ref = { namespace: options.group.namespace, name: `${options.group.name}-${spreadHash(options.identity).toString(16)}` }
    this.#members = [options.identity]
  }

  start(): void {
    this.#run ??= this.#loop()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#wake.abort()
    await this.#run
    this.#cancelFence()
    const hadLease = this.#own !== undefined
    this.#lapse()
    if (hadLease) await this.#api.delete(LEASE_TYPE, this.#ref, this.#limits())
  }

  state(): ShardState {
    return this.#state === 'serving' && !this.#isFenced() ? 'joining' : this.#state
  }

  members(): readonly string[] {
    return this.#members
  }

  owns(key: string): boolean {
    return this.state() === 'serving' && ownerOf(key, this.#members) === this.#options.identity
  }

  mayStart(key: string, requestMs: number): boolean {
    const { own, view, group } = this.#proof
    const now = this.#now()
    return this.owns(key) && [own, view, group].every((proof) => proof !== undefined && endsInTime(this.#timing, proof, { now, requestMs }))
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  annotate(annotations: Readonly<Record<string, string>>): void {
    this.#annotations = { ...this.#annotations, ...annotations }
    this.#wake.abort()
  }

  async #loop(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#wake = new AbortController()
      if (!this.#isFenced() && this.#servesFrom !== undefined) this.#lapse()
      await this.#renewOwn()
      await this.#readMembers()
      await this.#keepGroup()
      this.#settle()
      this.#ticks += 1
      const ms = this.#timing.retryMs * (1 + 0.2 * spreadFraction(`${this.#options.identity}#${this.#ticks}`))
      await pause(this.#clock, ms, this.#wake.signal)
    }
  }

  async #renewOwn(): Promise<void> {
    const started = this.#now()
    const object = buildLease({
      ref: this.#ref, holder: this.#options.identity, durationMs: this.#timing.leaseMs, wall: started.wall,
      labels: { [SHARD_GROUP_LABEL]: this.#label }, annotations: this.#annotations,
    }, this.#own)
    const answer = await (this.#own === undefined ? this.#api.create(LEASE_TYPE, object, this.#limits()) : this.#api.update(LEASE_TYPE, object, this.#limits()))
    if (!answer.ok) return this.#failed(answer.error)
    this.#own = readLease(answer.value)
    this.#proof.own = started
  }

  /** Our Lease was changed or removed by somebody else: read it and go on from there. Identities are unique, so it is ours. */
  async #failed(error: { readonly kind: string; readonly message: string }): Promise<void> {
    this.#complain(error)
    if (!['conflict', 'alreadyExists', 'notFound'].includes(error.kind)) return
    const read = await this.#api.get(LEASE_TYPE, this.#ref, this.#limits())
    this.#own = read.ok ? readLease(read.value) : undefined
    this.#wake.abort()
  }

  async #readMembers(): Promise<void> {
    if (this.#proof.own === undefined) return
    const started = this.#now()
    const answer = await this.#api.list(LEASE_TYPE, {
      namespace: this.#ref.namespace, labelSelector: `${SHARD_GROUP_LABEL}=${this.#label}`, ...this.#limits(),
    })
    if (!answer.ok) return this.#complain(answer.error)
    const records = answer.value.items.map(readLease).filter((record) => record.name !== this.#ref.name)
    this.#observed.keepOnly(new Set(records.map((record) => record.name)))
    const live = records.filter((record) => this.#observed.see(record, this.#clock.now()) === 'live')
    this.#proof.view = started
    this.#servesFrom ??= this.#firstServing(records)
    this.#setMembers([this.#options.identity, ...live.map((record) => record.holder)].sort())
    await this.#sweep(records)
  }

  /**
   * Others must have seen us before we take keys from them: each looks at least every renewal deadline or stops, and what it
   * started before ends within the longest request. Alone there is nobody to wait for.
   */
  #firstServing(others: readonly LeaseRecord[]): number {
    return this.#clock.now() + (others.length === 0 ? 0 : this.#timing.leaseMs)
  }

  async #sweep(records: readonly LeaseRecord[]): Promise<void> {
    for (const record of records) {
      const age = this.#clock.now() - (this.#observed.seenSince(record.name) ?? this.#clock.now())
      if (age < FORGET_AFTER_LEASES * Math.max(record.durationMs, this.#timing.leaseMs)) continue
      const ref = { namespace: this.#ref.namespace, name: record.name }
      await this.#api.delete(LEASE_TYPE, ref, { ...this.#limits(), preconditions: { resourceVersion: record.resourceVersion } })
    }
  }

  /** All members together hold the Lease of the whole, in one name; whoever finds it unrenewed renews it. */
  async #keepGroup(): Promise<void> {
    const started = this.#now()
    const answer = await this.#api.get(LEASE_TYPE, this.#options.group, this.#limits())
    if (!answer.ok && answer.error.kind !== 'notFound') return this.#complain(answer.error)
    const record = answer.ok ? readLease(answer.value) : undefined
    const isForeign = record !== undefined && record.holder !== SHARED_HOLDER
    if (isForeign && this.#observedGroup.see(record, this.#clock.now()) === 'live') {
      delete this.#proof.group
      this.#setState('blocked')
      return
    }
    if (record !== undefined && !isForeign && this.#noteGroup(record, started)) return
    await this.#claimGroup(record)
  }

  /** A version that is new to us was written after our last look, so that look is the proof. Whether that proof is young enough. */
  #noteGroup(record: LeaseRecord, started: Moment): boolean {
    const last = this.#groupRead
    if (last?.version !== record.resourceVersion) {
      this.#groupRead = { version: record.resourceVersion, started }
      if (last !== undefined) this.#proof.group = last.started
    }
    const { group } = this.#proof
    return group !== undefined && elapsedAtMost(group, started) < 2 * this.#timing.retryMs
  }

  async #claimGroup(previous: LeaseRecord | undefined): Promise<void> {
    const started = this.#now()
    const object = buildLease({
      ref: this.#options.group, holder: SHARED_HOLDER, durationMs: this.#timing.leaseMs, wall: started.wall, labels: this.#options.labels ?? {}, annotations: this.#annotations,
    }, previous)
    const answer = await (previous === undefined ? this.#api.create(LEASE_TYPE, object, this.#limits()) : this.#api.update(LEASE_TYPE, object, this.#limits()))
    // A conflict means that another member was quicker, or a leader; the next look tells which.
    if (!answer.ok) return
    this.#proof.group = started
    this.#groupRead = { version: readLease(answer.value).resourceVersion, started }
  }

  #settle(): void {
    this.#cancelFence()
    const isKnown = this.#servesFrom !== undefined && this.#clock.now() >= this.#servesFrom
    if (!this.#isFenced()) {
      if (this.#state === 'serving') this.#lapse()
      return
    }
    this.#cancelFence = this.#clock.after(this.#fenceLeft(), () => this.#lapse())
    if (isKnown) this.#setState('serving')
  }

  /** Whoever was silent too long comes back as a newcomer. */
  #lapse(): void {
    this.#servesFrom = undefined
    this.#proof = {}
    this.#groupRead = undefined
    this.#setState('joining')
  }

  /** All three proofs are younger than the renewal deadline. */
  #isFenced(): boolean {
    return this.#fenceLeft() > 0
  }

  #fenceLeft(): number {
    const { own, view, group } = this.#proof
    if (own === undefined || view === undefined || group === undefined) return 0
    const now = this.#now()
    return this.#timing.renewDeadlineMs - Math.max(elapsedAtMost(own, now), elapsedAtMost(view, now), elapsedAtMost(group, now))
  }

  #setMembers(members: readonly string[]): void {
    if (members.join() === this.#members.join()) return
    this.#members = members
    this.#tell()
  }

  #setState(state: ShardState): void {
    if (state === this.#state) return
    this.#state = state
    this.#tell()
  }

  #complain(error: { readonly message: string }): void {
    const { namespace, name } = this.#options.group
    this.#options.onProblem?.(finding('CTL0101', { lease: `${namespace}/${name}`, message: error.message }))
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  #now(): Moment {
    return { mono: this.#clock.now(), wall: this.#clock.wall() }
  }

  #limits(): { readonly timeoutMs: number } {
    return { timeoutMs: Math.max(1_000, this.#timing.renewDeadlineMs / 4) }
  }
}
