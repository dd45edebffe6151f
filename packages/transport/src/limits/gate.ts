import type { Instant } from '@oasgen/wire'
import type { RequestLimitsPerKey } from '../context.js'
import { DEFAULT_LIMITS, admit, newBudget, settle, type BudgetLimits, type BudgetState, type Settlement } from './budget.js'

export type Turn =
  | { readonly type: 'go' }
  | { readonly type: 'open'; readonly failures: number; readonly retryAfterMs: number }
  | { readonly type: 'paused'; readonly retryAfterMs: number }
  | { readonly type: 'full'; readonly retryAfterMs: number }

interface Waiting {
  readonly resolve: (turn: Turn) => void
  readonly until: Instant
}

/** A key's budget in real time: requests wait in the order of their coming, but never longer than they may. */
export class Gate {
  readonly #limits: BudgetLimits
  readonly #now: () => Instant
  readonly #queue: Waiting[] = []
  #state: BudgetState
  #timer: NodeJS.Timeout | undefined
  usedAt: Instant

  constructor(limits: RequestLimitsPerKey | undefined, now: () => Instant) {
    this.#limits = resolveLimits(limits)
    this.#now = now
    this.usedAt = now()
    this.#state = newBudget(this.usedAt)
  }

  get idle(): boolean {
    return this.#state.running === 0 && this.#queue.length === 0
  }

  /** At once where there is nothing to wait for, so that the usual case costs no turn of the event loop. */
  enter(maxWaitMs: number): Turn | Promise<Turn> {
    const now = this.#now()
    this.usedAt = now
    if (this.#queue.length === 0) {
      const turn = this.#try(now, now + maxWaitMs)
      if (turn !== undefined) return turn
    }
    return new Promise((resolve) => {
      this.#queue.push({ resolve, until: now + maxWaitMs })
      this.#schedule()
    })
  }

  leave(settlement: Settlement): void {
    this.#state = settle(this.#state, this.#limits, { now: this.#now(), settlement })
    if (this.#queue.length > 0) this.#serve()
  }

  /** A verdict where there is one now; undefined = waiting may help. */
  #try(now: Instant, until: Instant): Turn | undefined {
    const { state, verdict } = admit(this.#state, this.#limits, now)
    this.#state = state
    switch (verdict.type) {
      case 'go':
        return verdict
      case 'open':
        return { type: 'open', failures: verdict.failures, retryAfterMs: Math.max(0, verdict.until - now) }
      case 'wait':
        return verdict.until > until ? { type: verdict.why === 'paused' ? 'paused' : 'full', retryAfterMs: verdict.until - now } : undefined
      case 'full':
        return now >= until ? { type: 'full', retryAfterMs: 1000 } : undefined
    }
  }

  #serve(): void {
    const now = this.#now()
    let head = this.#queue[0]
    while (head !== undefined) {
      const turn = this.#try(now, head.until)
      if (turn === undefined) break
      this.#queue.shift()
      head.resolve(turn)
      head = this.#queue[0]
    }
    this.#schedule()
  }

  /** One timer for the head of the queue: at its turn or at the end of its patience. */
  #schedule(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const head = this.#queue[0]
    if (head === undefined) return
    const now = this.#now()
    const { verdict } = admit(this.#state, this.#limits, now)
    const at = verdict.type === 'wait' ? Math.min(verdict.until, head.until) : head.until
    this.#timer = setTimeout(() => this.#serve(), Math.max(1, Math.ceil(at - now)))
  }
}

function resolveLimits(limits: RequestLimitsPerKey | undefined): BudgetLimits {
  const ratePerSecond = limits?.ratePerSecond ?? DEFAULT_LIMITS.ratePerSecond
  return {
    ...DEFAULT_LIMITS,
    concurrency: Math.max(1, limits?.concurrency ?? DEFAULT_LIMITS.concurrency),
    ratePerSecond,
    burst: Math.max(1, limits?.burst ?? ratePerSecond),
  }
}
