import { Groups, type Group, type Member, type Rank } from './groups.js'
import { TimeHeap, type Timed } from './heap.js'
import { PRIORITIES } from './priority.js'
import type { AddOptions, Outcome, Queue, QueueObserver, QueueOptions, QueueStatistics, Taken } from './queue.js'
import { backoffMs } from './timing.js'

interface Entry extends Member {
  readonly key: string
  state: 'idle' | 'delayed' | 'ready' | 'working'
  failures: number
  backoffUntil: number
  group: Group<Entry> | undefined
  /** Added while at work; what keeps to the backoff apart from what does not, as the backoff is known only at the end. */
  again: Plan | undefined
  againAfterBackoff: Plan | undefined
}

interface Plan {
  readonly rank: Rank
  readonly at: number
}

type Timer = Timed & ({ readonly entry: Entry; readonly group?: never } | { readonly group: Group<Entry>; readonly entry?: never })

/** The machine behind `createQueue`; the contract is there. */
export class KeyedQueue implements Queue {
  readonly #options: Required<Omit<QueueOptions, 'observer'>>
  readonly #observer: QueueObserver | undefined
  readonly #entries = new Map<string, Entry>()
  readonly #groups: Groups<Entry>
  readonly #timers = new TimeHeap<Timer>()
  /** Ready keys by rank. */
  readonly #counts: [number, number, number, number] = [0, 0, 0, 0]
  #stamp = 0
  #turn = 0
  #working = 0
  #delayed = 0
  #listener: () => void = () => undefined

  constructor(options: QueueOptions) {
    const { observer, ...rest } = options
    this.#observer = observer
    this.#options = { minBackoffMs: 1_000, maxBackoffMs: 90_000, budgetsOf: () => [], limitOf: () => ({}), oldestShare: 8, ...rest }
    this.#groups = new Groups({
      now: this.#options.now,
      limitOf: this.#options.limitOf,
      wakeGroupAt: (at, group) => this.#timers.push({ at, order: this.#nextStamp(), group: group as Group<Entry> }),
    })
  }

  add(key: string, options: AddOptions = {}): void {
    const now = this.#options.now()
    const entry = this.#entryOf(key)
    const priority = options.priority ?? 'userEdit'
    const plan: Plan = { rank: PRIORITIES.indexOf(priority) as Rank, at: now + Math.max(0, options.afterMs ?? 0) }
    this.#observer?.added?.(priority)
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
    this.#counts[entry.rank] -= 1
    for (const budget of entry.group?.budgets ?? []) budget.take(now)
    entry.state = 'working'
    entry.stamp = 0
    this.#working += 1
    const { key, rank, failures, readyAt } = entry
    const taken: Taken = { key, priority: PRIORITIES[rank] ?? 'periodic', failures, readyAt, takenAt: now }
    this.#observer?.taken?.(taken)
    return taken
  }

  done(taken: Taken, outcome: Outcome): void {
    const now = this.#options.now()
    const entry = this.#entries.get(taken.key)
    if (entry === undefined || entry.state !== 'working') throw new Error(`the key ${taken.key} is not at work`)
    this.#working -= 1
    entry.state = 'idle'
    if (entry.group !== undefined) this.#groups.release(entry.group)
    entry.group = undefined
    const next = this.#nextOf(entry, outcome, now)
    this.#observer?.done?.(taken, now - taken.takenAt, outcome)
    this.#resume(entry, next, now)
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
    this.#groups.budgetOf(budget).pauseUntil(this.#options.now() + ms)
  }

  refreshLimits(): void {
    this.#groups.refreshLimits()
    this.#listener()
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

  /** After work: what the outcome plans, or what was added meanwhile, whichever is sooner. */
  #resume(entry: Entry, next: Plan | undefined, now: number): void {
    const { again, againAfterBackoff: later } = entry
    const plan = sooner(sooner(next, again), later && notBefore(later, entry.backoffUntil))
    entry.again = undefined
    entry.againAfterBackoff = undefined
    if (plan !== undefined) this.#plan(entry, plan, now)
    else if (entry.failures === 0) this.#entries.delete(entry.key)
  }

  /** The only way into lanes and timers: with an older plan the sooner time and the higher priority win. */
  #plan(entry: Entry, plan: Plan, now: number): void {
    const isPlanned = entry.state === 'ready' || entry.state === 'delayed'
    const { rank, at } = isPlanned ? sooner({ rank: entry.rank, at: entry.readyAt }, plan) : plan
    if (isPlanned && at === entry.readyAt && rank === entry.rank) return
    this.#unplan(entry)
    entry.rank = rank
    entry.readyAt = at
    if (at <= now) this.#makeReady(entry)
    else this.#delay(entry)
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

  #delay(entry: Entry): void {
    entry.state = 'delayed'
    entry.stamp = this.#nextStamp()
    this.#delayed += 1
    this.#timers.push({ at: entry.readyAt, order: entry.stamp, entry })
  }

  #makeReady(entry: Entry): void {
    entry.state = 'ready'
    entry.group = this.#groups.groupOf(this.#options.budgetsOf(entry.key))
    entry.stamp = this.#nextStamp()
    this.#counts[entry.rank] += 1
    this.#groups.enter(entry.group, entry)
  }

  /** What is due becomes ready. */
  #advance(now: number): void {
    for (let timer = this.#timers.peek(); timer !== undefined && timer.at <= now; timer = this.#timers.peek()) {
      this.#timers.pop()
      if (timer.group !== undefined) this.#groups.comeBack(timer.group)
      else if (!isStale(timer)) this.#bringForward(timer.entry)
    }
    this.#dropStaleTimers()
  }

  #bringForward(entry: Entry): void {
    this.#delayed -= 1
    this.#makeReady(entry)
  }

  /** A timer of a plan that was changed must not wake anybody, and many of them must not fill the memory. */
  #dropStaleTimers(): void {
    if (this.#timers.size > 1024 && this.#timers.size > 4 * (this.#delayed + this.#groups.size)) this.#timers.keep((timer) => !isStale(timer))
    for (let timer = this.#timers.peek(); timer !== undefined && isStale(timer); timer = this.#timers.peek()) this.#timers.pop()
  }

  #pick(now: number): Entry | undefined {
    this.#turn = (this.#turn + 1) % this.#options.oldestShare
    return (this.#turn === 0 ? this.#groups.pick('oldest', now) : undefined) ?? this.#groups.pick('rank', now)
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

  #nextStamp(): number {
    this.#stamp += 1
    return this.#stamp
  }
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
