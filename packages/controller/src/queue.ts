import { Budget, type BudgetLimit } from './budget.js'
import { Fifo } from './fifo.js'
import { TimeHeap, type Timed } from './heap.js'
import { backoffMs } from './timing.js'

/** From the one that a person waits for to the one that nobody waits for. */
export type Priority = 'userEdit' | 'deletion' | 'creation' | 'periodic'
export const PRIORITIES: readonly Priority[] = ['userEdit', 'deletion', 'creation', 'periodic']

export interface QueueOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Pause after the first failure of a key; doubles with each. Defaults 1,000 and 90,000, the reference's. */
  readonly minBackoffMs?: number
  readonly maxBackoffMs?: number
  /** What limits this key, such as its host and its credential. None = only the number of workers. */
  readonly budgetsOf?: (key: string) => readonly string[]
  readonly limitOf?: (budget: string) => BudgetLimit
  /** One take of this many goes to the key that is ready longest, whatever its priority, so that none starves. Default 8. */
  readonly oldestShare?: number
  readonly observer?: QueueObserver
}

/** For metrics: called at every step, so it must be cheap. */
export interface QueueObserver {
  added?(priority: Priority): void
  taken?(item: Taken): void
  done?(item: Taken, tookMs: number, outcome: Outcome): void
}

export interface AddOptions {
  readonly priority?: Priority
  /** From now. */
  readonly afterMs?: number
  /** `afterBackoff` keeps the pause of a key that failed; `now` (default) is for news that may cure the failure. */
  readonly when?: 'now' | 'afterBackoff'
}

/** One key, given to one worker. */
export interface Taken {
  readonly key: string
  readonly priority: Priority
  /** Failures in a row before this try. */
  readonly failures: number
  /** When it became ready and when it was taken. */
  readonly readyAt: number
  readonly takenAt: number
}

export type Outcome =
  /** Nothing more to do until somebody adds the key again. */
  | { readonly type: 'done' }
  /** All is well; look again later. */
  | { readonly type: 'recheck'; readonly afterMs: number; readonly priority?: Priority }
  /** It failed: again after the key's backoff, and not before what the other side asked for. */
  | { readonly type: 'retry'; readonly atLeastMs?: number }

export interface QueueStatistics {
  readonly ready: number
  readonly delayed: number
  readonly working: number
  readonly byPriority: Readonly<Record<Priority, number>>
}

/**
 * Keys to work on, as a machine of values: it reads the clock that it was given and sets no timer. Guarantees: a key is with
 * one worker at a time; adding it again while it is at work runs it once more afterwards; many adds before a take are one.
 */
export interface Queue {
  add(key: string, options?: AddOptions): void
  /** The next key to work on. Every one taken must be given back with `done`. */
  take(): Taken | undefined
  done(taken: Taken, outcome: Outcome): void
  /** The key is no more: what was planned for it is dropped, its failures are forgotten. */
  forget(key: string): void
  /** The other side of this budget asked for a pause (429, Retry-After, an open breaker). */
  pause(budget: string, ms: number): void
  /** When `take` may have something that it has not now; undefined = not before the next add or done. */
  wakeAt(): number | undefined
  /** Called whenever `take` may have something, or `wakeAt` came nearer. */
  onWake(listener: () => void): void
  failuresOf(key: string): number
  statistics(): QueueStatistics
}

export function createQueue(options: QueueOptions): Queue {
  return new KeyedQueue(options)
}

type Rank = 0 | 1 | 2 | 3

interface Entry {
  readonly key: string
  state: 'idle' | 'delayed' | 'ready' | 'working'
  rank: Rank
  /** When it is or was due. */
  readyAt: number
  /** Marks the one record in lanes and timers that still counts. */
  stamp: number
  failures: number
  backoffUntil: number
  group: Group | undefined
  /** Added while at work; what keeps to the backoff apart from what does not, as the backoff is known only at the end. */
  again: Plan | undefined
  againAfterBackoff: Plan | undefined
}

interface LaneRecord {
  readonly entry: Entry
  readonly stamp: number
}

type Timer = Timed & ({ readonly entry: Entry; readonly group?: never } | { readonly group: Group; readonly entry?: never })

/** Keys that share all their budgets. */
interface Group {
  readonly budgets: readonly Budget[]
  readonly lanes: readonly [Fifo<LaneRecord>, Fifo<LaneRecord>, Fifo<LaneRecord>, Fifo<LaneRecord>]
  /** In which rings it stands: one per rank and one for the turn of the oldest. */
  readonly isInRing: [boolean, boolean, boolean, boolean, boolean]
  ready: number
  /** A timer will bring it back into the rings. */
  isTimed: boolean
}

const OLDEST_RING = 4

class KeyedQueue implements Queue {
  readonly #options: Required<Omit<QueueOptions, 'observer'>>
  readonly #observer: QueueObserver | undefined
  readonly #entries = new Map<string, Entry>()
  readonly #groups = new Map<string, Group>()
  readonly #budgets = new Map<string, Budget>()
  readonly #rings = [new Fifo<Group>(), new Fifo<Group>(), new Fifo<Group>(), new Fifo<Group>(), new Fifo<Group>()] as const
  readonly #waiting = new Map<Budget, Set<Group>>()
  readonly #timers = new TimeHeap<Timer>()
  readonly #counts: [number, number, number, number] = [0, 0, 0, 0]
  #stamp = 0
  #turn = 0
  #working = 0
  #delayed = 0
  #listener: () => void = () => undefined

  constructor(options: QueueOptions) {
    const { observer, ...rest } = options
    this.#observer = observer
    this.#options = {
      minBackoffMs: 1_000, maxBackoffMs: 90_000, budgetsOf: () => [], limitOf: () => ({}), oldestShare: 8, ...rest,
    }
  }

  add(key: string, options: AddOptions = {}): void {
    const now = this.#options.now()
    const entry = this.#entryOf(key)
    const rank = PRIORITIES.indexOf(options.priority ?? 'userEdit') as Rank
    const plan: Plan = { rank, at: now + Math.max(0, options.afterMs ?? 0) }
    this.#observer?.added?.(PRIORITIES[rank] as Priority)
    if (entry.state !== 'working') this.#plan(entry, options.when === 'afterBackoff' ? notBefore(plan, entry.backoffUntil) : plan, now)
    else if (options.when === 'afterBackoff') entry.againAfterBackoff = sooner(entry.againAfterBackoff, plan)
    else entry.again = sooner(entry.again, plan)
    this.#listener()
  }

  take(): Taken | undefined {
    const now = this.#options.now()
    this.#advance(now)
    const entry = this.#pick(now)
    if (entry === undefined) return undefined
    for (const budget of entry.group?.budgets ?? []) budget.take(now)
    entry.state = 'working'
    this.#working += 1
    const taken: Taken = {
      key: entry.key, priority: PRIORITIES[entry.rank] as Priority, failures: entry.failures, readyAt: entry.readyAt, takenAt: now,
    }
    this.#observer?.taken?.(taken)
    return taken
  }

  done(taken: Taken, outcome: Outcome): void {
    const now = this.#options.now()
    const entry = this.#entries.get(taken.key)
    if (entry === undefined || entry.state !== 'working') throw new Error(`the key ${taken.key} is not at work`)
    this.#working -= 1
    entry.state = 'idle'
    this.#release(entry)
    const next = this.#nextOf(entry, outcome, now)
    this.#observer?.done?.(taken, now - taken.takenAt, outcome)
    const plan = sooner(sooner(next, entry.again), entry.againAfterBackoff && notBefore(entry.againAfterBackoff, entry.backoffUntil))
    entry.again = undefined
    entry.againAfterBackoff = undefined
    if (plan !== undefined) this.#plan(entry, plan, now)
    else if (entry.failures === 0) this.#entries.delete(entry.key)
    this.#listener()
  }

  forget(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    entry.failures = 0
    entry.backoffUntil = 0
    entry.again = undefined
    entry.againAfterBackoff = undefined
    if (entry.state === 'working') return
    this.#unplan(entry)
    this.#entries.delete(key)
  }

  pause(budget: string, ms: number): void {
    this.#budgetOf(budget).pauseUntil(this.#options.now() + ms)
  }

  wakeAt(): number | undefined {
    return this.#timers.peek()?.at
  }

  onWake(listener: () => void): void {
    this.#listener = listener
  }

  failuresOf(key: string): number {
    return this.#entries.get(key)?.failures ?? 0
  }

  statistics(): QueueStatistics {
    const [userEdit, deletion, creation, periodic] = this.#counts
    const ready = userEdit + deletion + creation + periodic
    return { ready, delayed: this.#delayed, working: this.#working, byPriority: { userEdit, deletion, creation, periodic } }
  }

  /** What the outcome plans; a failure counts up, everything else forgets the failures. */
  #nextOf(entry: Entry, outcome: Outcome, now: number): Plan | undefined {
    if (outcome.type !== 'retry') {
      entry.failures = 0
      entry.backoffUntil = 0
      if (outcome.type === 'done') return undefined
      return { rank: PRIORITIES.indexOf(outcome.priority ?? 'periodic') as Rank, at: now + Math.max(0, outcome.afterMs) }
    }
    entry.failures += 1
    const limits = { minMs: this.#options.minBackoffMs, maxMs: this.#options.maxBackoffMs }
    entry.backoffUntil = now + Math.max(backoffMs(entry.key, entry.failures, limits), outcome.atLeastMs ?? 0)
    return { rank: entry.rank, at: entry.backoffUntil }
  }

  /** The only way into lanes and timers: with an older plan the sooner time and the higher priority win. */
  #plan(entry: Entry, plan: Plan, now: number): void {
    const isPlanned = entry.state === 'ready' || entry.state === 'delayed'
    const at = isPlanned ? Math.min(entry.readyAt, plan.at) : plan.at
    const rank = isPlanned ? (Math.min(entry.rank, plan.rank) as Rank) : plan.rank
    if (isPlanned && at === entry.readyAt && rank === entry.rank) return
    this.#unplan(entry)
    entry.rank = rank
    entry.readyAt = at
    if (at <= now) this.#makeReady(entry)
    else this.#delay(entry)
  }

  #delay(entry: Entry): void {
    entry.state = 'delayed'
    entry.stamp = this.#stamp += 1
    this.#delayed += 1
    this.#timers.push({ at: entry.readyAt, order: entry.stamp, entry })
  }

  #unplan(entry: Entry): void {
    if (entry.state === 'delayed') this.#delayed -= 1
    if (entry.state === 'ready') {
      this.#counts[entry.rank] -= 1
      if (entry.group !== undefined) entry.group.ready -= 1
    }
    entry.state = 'idle'
    entry.stamp = 0
  }

  #makeReady(entry: Entry): void {
    const group = this.#groupOf(entry.key)
    entry.state = 'ready'
    entry.group = group
    entry.stamp = this.#stamp += 1
    this.#counts[entry.rank] += 1
    group.ready += 1
    group.lanes[entry.rank].push({ entry, stamp: entry.stamp })
    this.#enterRing(group, entry.rank)
    this.#enterRing(group, OLDEST_RING)
  }

  /** What is due becomes ready. */
  #advance(now: number): void {
    for (let timer = this.#timers.peek(); timer !== undefined && timer.at <= now; timer = this.#timers.peek()) {
      this.#timers.pop()
      if (timer.group !== undefined) this.#returnGroup(timer.group)
      else if (timer.entry.state === 'delayed' && timer.entry.stamp === timer.order) {
        this.#delayed -= 1
        this.#makeReady(timer.entry)
      }
    }
    this.#dropStaleTimers()
  }

  #returnGroup(group: Group): void {
    group.isTimed = false
    this.#enterRings(group)
  }

  /** A timer of a plan that was changed must not wake anybody, and many of them must not fill the memory. */
  #dropStaleTimers(): void {
    if (this.#timers.size > 1024 && this.#timers.size > 4 * (this.#delayed + this.#groups.size)) this.#timers.keep((timer) => !isStale(timer))
    for (let timer = this.#timers.peek(); timer?.entry !== undefined && isStale(timer); timer = this.#timers.peek()) this.#timers.pop()
  }

  #pick(now: number): Entry | undefined {
    this.#turn = (this.#turn + 1) % this.#options.oldestShare
    if (this.#turn === 0) {
      const oldest = this.#pickFrom(OLDEST_RING, now)
      if (oldest !== undefined) return oldest
    }
    for (const ring of [0, 1, 2, 3]) {
      const entry = this.#pickFrom(ring, now)
      if (entry !== undefined) return entry
    }
    return undefined
  }

  /** Groups take turns within a ring: each gives one key and goes to the end. */
  #pickFrom(ring: number, now: number): Entry | undefined {
    const groups = this.#rings[ring] as Fifo<Group>
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      group.isInRing[ring] = false
      const lane = ring === OLDEST_RING ? oldestLane(group) : headOf(group.lanes[ring as Rank]) === undefined ? undefined : group.lanes[ring as Rank]
      if (lane === undefined || this.#park(group, now)) continue
      const { entry } = lane.shift() as LaneRecord
      this.#unplan(entry)
      this.#enterRings(group)
      return entry
    }
    return undefined
  }

  /** Takes a group whose budgets are used up out of the rings until one is free again. */
  #park(group: Group, now: number): boolean {
    for (const budget of group.budgets) {
      const answer = budget.ask(now)
      if (answer.type === 'free') continue
      if (answer.type === 'busy') this.#waitFor(budget, group)
      else this.#waitUntil(answer.at, group)
      return true
    }
    return false
  }

  #waitFor(budget: Budget, group: Group): void {
    const waiting = this.#waiting.get(budget)
    if (waiting === undefined) this.#waiting.set(budget, new Set([group]))
    else waiting.add(group)
  }

  #waitUntil(at: number, group: Group): void {
    if (group.isTimed) return
    group.isTimed = true
    this.#timers.push({ at, order: (this.#stamp += 1), group })
  }

  #release(entry: Entry): void {
    const group = entry.group
    entry.group = undefined
    if (group === undefined) return
    for (const budget of group.budgets) {
      budget.release()
      const waiting = this.#waiting.get(budget)
      this.#waiting.delete(budget)
      for (const other of waiting ?? []) this.#enterRings(other)
    }
  }

  #enterRings(group: Group): void {
    if (group.ready === 0) return
    for (const rank of [0, 1, 2, 3] as const) {
      if (headOf(group.lanes[rank]) !== undefined) this.#enterRing(group, rank)
    }
    this.#enterRing(group, OLDEST_RING)
  }

  #enterRing(group: Group, ring: number): void {
    if (group.isInRing[ring] === true) return
    group.isInRing[ring] = true
    this.#rings[ring]?.push(group)
  }

  #entryOf(key: string): Entry {
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = {
      key, state: 'idle', rank: 3, readyAt: 0, stamp: 0, failures: 0, backoffUntil: 0, group: undefined, again: undefined, againAfterBackoff: undefined,
    }
    this.#entries.set(key, entry)
    return entry
  }

  #groupOf(key: string): Group {
    const names = this.#options.budgetsOf(key)
    const id = names.length === 1 ? (names[0] as string) : names.join('\u0000')
    const known = this.#groups.get(id)
    if (known !== undefined) return known
    const group: Group = {
      budgets: names.map((name) => this.#budgetOf(name)),
      lanes: [new Fifo(), new Fifo(), new Fifo(), new Fifo()],
      isInRing: [false, false, false, false, false],
      ready: 0,
      isTimed: false,
    }
    this.#groups.set(id, group)
    return group
  }

  #budgetOf(name: string): Budget {
    const known = this.#budgets.get(name)
    if (known !== undefined) return known
    const budget = new Budget(this.#options.limitOf(name), this.#options.now())
    this.#budgets.set(name, budget)
    return budget
  }
}

interface Plan {
  readonly rank: Rank
  readonly at: number
}

function notBefore(plan: Plan, at: number): Plan {
  return plan.at >= at ? plan : { rank: plan.rank, at }
}

function sooner(left: Plan | undefined, right: Plan): Plan
function sooner(left: Plan | undefined, right: Plan | undefined): Plan | undefined
function sooner(left: Plan | undefined, right: Plan | undefined): Plan | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return { rank: Math.min(left.rank, right.rank) as Rank, at: Math.min(left.at, right.at) }
}

function isStale(timer: Timer): boolean {
  return timer.entry !== undefined && (timer.entry.state !== 'delayed' || timer.entry.stamp !== timer.order)
}

/** The first record that still counts. */
function headOf(lane: Fifo<LaneRecord>): Entry | undefined {
  for (let record = lane.peek(); record !== undefined; record = lane.peek()) {
    if (record.entry.stamp === record.stamp) return record.entry
    lane.shift()
  }
  return undefined
}

function oldestLane(group: Group): Fifo<LaneRecord> | undefined {
  let oldest: Entry | undefined
  for (const lane of group.lanes) {
    const head = headOf(lane)
    if (head !== undefined && (oldest === undefined || isOlder(head, oldest))) oldest = head
  }
  return oldest === undefined ? undefined : group.lanes[oldest.rank]
}

function isOlder(left: Entry, right: Entry): boolean {
  return left.readyAt < right.readyAt || (left.readyAt === right.readyAt && left.stamp < right.stamp)
}
