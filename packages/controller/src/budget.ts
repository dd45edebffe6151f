export interface BudgetLimit {
  /** Keys at work at once; default 10. */
  readonly concurrency?: number
  /** Takes per second on average; absent = unlimited. */
  readonly perSecond?: number
  /** Takes at once after a rest; default one second's worth, at least 1. */
  readonly burst?: number
}

/** Whether a key of this budget may be taken: `at` says when to look again, `busy` that a key at work must end first. */
export type BudgetAnswer = { readonly type: 'free' } | { readonly type: 'busy' } | { readonly type: 'later'; readonly at: number }

export const DEFAULT_CONCURRENCY = 10

/** What one host, or one credential, is allowed: a number of keys at once, a rate, and pauses that the other side asked for. */
export class Budget {
  #concurrency = DEFAULT_CONCURRENCY
  #perMs = Number.POSITIVE_INFINITY
  #burst = 1
  #tokens = Number.POSITIVE_INFINITY
  #filledAt: number
  #pausedUntil = Number.NEGATIVE_INFINITY
  #working = 0

  constructor(limit: BudgetLimit, now: number) {
    this.#filledAt = now
    this.setLimit(limit, now)
  }

  /** What was saved up under the old limit is kept as far as the new one allows. */
  setLimit(limit: BudgetLimit, now: number): void {
    this.#fill(now)
    this.#concurrency = limit.concurrency ?? DEFAULT_CONCURRENCY
    this.#perMs = (limit.perSecond ?? Number.POSITIVE_INFINITY) / 1000
    this.#burst = limit.burst ?? Math.max(1, limit.perSecond ?? 1)
    this.#tokens = Math.min(this.#burst, this.#tokens)
  }

  get working(): number {
    return this.#working
  }

  ask(now: number): BudgetAnswer {
    if (now < this.#pausedUntil) return { type: 'later', at: this.#pausedUntil }
    if (this.#working >= this.#concurrency) return BUSY
    if (this.#perMs === Number.POSITIVE_INFINITY) return FREE
    this.#fill(now)
    return this.#tokens >= 1 ? FREE : { type: 'later', at: now + (1 - this.#tokens) / this.#perMs }
  }

  take(now: number): void {
    this.#working += 1
    if (this.#perMs === Number.POSITIVE_INFINITY) return
    this.#fill(now)
    this.#tokens -= 1
  }

  release(): void {
    this.#working -= 1
  }

  pauseUntil(at: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, at)
  }

  #fill(now: number): void {
    if (this.#perMs === Number.POSITIVE_INFINITY) {
      this.#tokens = Number.POSITIVE_INFINITY
      this.#filledAt = now
      return
    }
    // A hair above the burst would be lost, a hair below one token would be waited for twice: hence the tolerance.
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs)
    if (this.#tokens > 1 - 1e-9 && this.#tokens < 1) this.#tokens = 1
    this.#filledAt = now
  }
}

const FREE: BudgetAnswer = { type: 'free' }
const BUSY: BudgetAnswer = { type: 'busy' }
