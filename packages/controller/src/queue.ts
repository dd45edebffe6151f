import type { BudgetLimit } from './budget.js'
import { KeyedQueue } from './keyed-queue.js'
import type { Priority } from './priority.js'

export { PRIORITIES } from './priority.js'
export type { Priority } from './priority.js'

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
  /** The limits of the budgets have changed: `limitOf` is asked again for each. */
  refreshLimits(): void
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
