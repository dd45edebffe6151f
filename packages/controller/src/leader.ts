import { finding, type Finding } from '@oasgen/diagnostics'
import { pause, systemClock, type Clock } from './clock.js'
import { spreadFraction } from './hash.js'
import { buildLease, LEASE_TYPE, readLease, type LeaseApi, type LeaseRecord, type LeaseRef } from './lease.js'
import { elapsedAtMost, endsInTime, leaseTiming, type LeaseTiming, type LeaseTimingOptions, type Moment } from './lease-timing.js'
import { createObservedLeases, type ObservedLeases } from './observed.js'

export interface LeaderElectorOptions extends LeaseTimingOptions {
  readonly lease: LeaseRef
  /** Unique to this start of the process, such as pod name and a random part. */
  readonly identity: string
  /**
   * Whether this holder has certainly ended, so that its Lease need not run out: an earlier container of our own pod, which the
   * kubelet never starts beside a new one.
   */
  readonly isDead?: (holder: string) => boolean
  readonly clock?: Clock
  readonly labels?: Readonly<Record<string, string>>
  /** Told of every try that failed; for logs. */
  readonly onProblem?: (problem: Finding) => void
}

export type Leadership = 'following' | 'leading'

/** Holds a Lease, or waits for it. While `isLeader` is true nobody else who keeps to the rules is leading. */
export interface LeaderElector {
  start(): void
  /** Gives the Lease back, so that the next one need not wait. Everything under the lease must have ended before. */
  stop(): Promise<void>
  isLeader(): boolean
  /** To be asked before every write to the outside: whether one with this time limit ends before the Lease could be taken. */
  mayStart(requestMs: number): boolean
  /** Who holds the Lease, as far as known. */
  holder(): string
  onChange(listener: (leadership: Leadership) => void): () => void
  /** Annotations of the Lease while we hold it, such as the hash of the Plan; written at once and once per change. */
  annotate(annotations: Readonly<Record<string, string>>): void
}

export function createLeaderElector(api: LeaseApi, options: LeaderElectorOptions): LeaderElector {
  return new Elector(api, options)
}

class Elector implements LeaderElector {
  readonly #api: LeaseApi
  readonly #options: LeaderElectorOptions
  readonly #timing: LeaseTiming
  readonly #clock: Clock
  readonly #observed: ObservedLeases = createObservedLeases()
  readonly #listeners = new Set<(leadership: Leadership) => void>()
  readonly #stopping = new AbortController()
  #wake = new AbortController()
  #run: Promise<void> | undefined
  /** The Lease as last read or written. */
  #lease: LeaseRecord | undefined
  /** Start of the last renewal that succeeded: the server cannot have applied it earlier. */
  #renewed: Moment | undefined
  /** Whether the record can be ours: only a holder in this process's own memory counts. */
  #hasHeld = false
  #annotations: Readonly<Record<string, string>> = {}
  #cancelFence: () => void = () => undefined
  #tries = 0

  constructor(api: LeaseApi, options: LeaderElectorOptions) {
    this.#api = api
    this.#options = options
    this.#timing = leaseTiming(options)
    this.#clock = options.clock ?? systemClock
  }

  start(): void {
    this.#run ??= this.#loop()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#wake.abort()
    await this.#run
    const isHeld = this.#renewed !== undefined
    this.#lose()
    if (isHeld) await this.#release()
  }

  isLeader(): boolean {
    return this.#renewed !== undefined && elapsedAtMost(this.#renewed, this.#now()) < this.#timing.renewDeadlineMs
  }

  mayStart(requestMs: number): boolean {
    return this.isLeader() && endsInTime(this.#timing, this.#renewed as Moment, { now: this.#now(), requestMs })
  }

  holder(): string {
    return this.#lease?.holder ?? ''
  }

  onChange(listener: (leadership: Leadership) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  annotate(annotations: Readonly<Record<string, string>>): void {
    this.#annotations = { ...this.#annotations, ...annotations }
    if (this.#isLacking()) this.#wake.abort()
  }

  async #loop(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#wake = new AbortController()
      const next = await this.#attempt()
      if (next === 'again') continue
      await pause(this.#clock, this.#pauseMs(), this.#wake.signal)
    }
  }

  /** Waiting processes must not try in step. */
  #pauseMs(): number {
    this.#tries += 1
    return this.#timing.retryMs * (1 + 0.2 * spreadFraction(`${this.#options.identity}#${this.#tries}`))
  }

  async #attempt(): Promise<'again' | 'wait'> {
    const read = this.#renewed === undefined || this.#lease === undefined ? await this.#read() : this.#lease
    if (read === 'failed') return 'wait'
    if (read === 'absent') return this.#claim(undefined)
    const isOurs = this.#hasHeld && read.holder === this.#options.identity
    const isFree = isOurs || this.#options.isDead?.(read.holder) === true
    if (!isFree && this.#observed.see(read, this.#clock.now()) === 'live') return 'wait'
    return this.#claim(read)
  }

  async #read(): Promise<LeaseRecord | 'absent' | 'failed'> {
    const answer = await this.#api.get(LEASE_TYPE, this.#options.lease, this.#limits())
    if (answer.ok) return (this.#lease = readLease(answer.value))
    if (answer.error.kind === 'notFound') return 'absent'
    this.#complain(answer.error)
    return 'failed'
  }

  async #claim(previous: LeaseRecord | undefined): Promise<'again' | 'wait'> {
    const started = this.#now()
    const { lease, identity, labels = {} } = this.#options
    const annotations = this.#annotations
    const object = buildLease({ ref: lease, holder: identity, durationMs: this.#timing.leaseMs, wall: started.wall, labels, annotations }, previous)
    const answer = await (previous === undefined ? this.#api.create(LEASE_TYPE, object, this.#limits()) : this.#api.update(LEASE_TYPE, object, this.#limits()))
    if (answer.ok) {
      this.#lease = readLease(answer.value)
      this.#hold(started)
      return this.#annotations === annotations ? 'wait' : 'again'
    }
    if (answer.error.kind === 'conflict' || answer.error.kind === 'alreadyExists' || answer.error.kind === 'notFound') return this.#contested()
    // Whether an unanswered renewal was applied is unknown; counting it as not applied is the safe side.
    this.#complain(answer.error)
    this.#lease = this.#renewed === undefined ? this.#lease : undefined
    return 'wait'
  }

  /** Somebody changed the Lease: if it is still ours, renew on top of the change, else it is lost now. */
  async #contested(): Promise<'again' | 'wait'> {
    const read = await this.#read()
    if (read === 'failed') {
      this.#lease = undefined
      return 'wait'
    }
    if (read !== 'absent' && this.#hasHeld && read.holder === this.#options.identity) return this.#renewed === undefined ? 'wait' : 'again'
    if (read !== 'absent') this.#observed.see(read, this.#clock.now())
    this.#lose()
    return 'wait'
  }

  #hold(started: Moment): void {
    if (!this.isLeader()) this.#lose()
    const wasLeader = this.#renewed !== undefined
    this.#renewed = started
    this.#hasHeld = true
    this.#cancelFence()
    const left = this.#timing.renewDeadlineMs - elapsedAtMost(started, this.#now())
    this.#cancelFence = this.#clock.after(left, () => this.#lose())
    // An answer that came after the deadline renews nothing.
    if (left <= 0) this.#lose()
    else if (!wasLeader) this.#tell('leading')
  }

  #lose(): void {
    this.#cancelFence()
    if (this.#renewed === undefined) return
    this.#renewed = undefined
    this.#tell('following')
  }

  async #release(): Promise<void> {
    const read = await this.#read()
    if (read === 'absent' || read === 'failed' || read.holder !== this.#options.identity) return
    const claim = { ref: this.#options.lease, holder: '', durationMs: 1_000, wall: this.#clock.wall(), labels: {}, annotations: {} }
    await this.#api.update(LEASE_TYPE, buildLease(claim, read), this.#limits())
  }

  #complain(error: { readonly message: string }): void {
    const { namespace, name } = this.#options.lease
    this.#options.onProblem?.(finding('CTL0101', { lease: `${namespace}/${name}`, message: error.message }))
  }

  #tell(leadership: Leadership): void {
    for (const listener of this.#listeners) listener(leadership)
  }

  #isLacking(): boolean {
    const written = this.#lease?.annotations ?? {}
    return this.#renewed !== undefined && Object.entries(this.#annotations).some(([name, value]) => written[name] !== value)
  }

  #now(): Moment {
    return { mono: this.#clock.now(), wall: this.#clock.wall() }
  }

  #limits(): { readonly timeoutMs: number } {
    return { timeoutMs: Math.max(1_000, this.#timing.renewDeadlineMs / 2) }
  }
}
