/**
 * The assumption behind leadership and shards: clocks of two machines differ in rate by at most this fraction (1 % is twenty
 * times what NTP may correct), and a request never reaches the other side later than its time limit after it was started.
 * Nothing is assumed about the clocks' times, about pauses of processes or about the network.
 */
export const CLOCK_RATE_ERROR = 0.01

export interface LeaseTimingOptions {
  /** Time limit of the longest request that is sent under the lease; default 5,000. */
  readonly longestRequestMs?: number
  /** A holder that could not renew for this long stops starting anything; default 10,000. */
  readonly renewDeadlineMs?: number
  /** Pause between two tries or renewals; default 2,000. */
  readonly retryMs?: number
}

export interface LeaseTiming {
  readonly longestRequestMs: number
  readonly renewDeadlineMs: number
  readonly retryMs: number
  /** What the Lease says: nobody takes it sooner after its last change. Whole seconds. */
  readonly leaseMs: number
}

/** The lease lasts so long that a holder that stopped at its deadline has nothing under way any more when it can be taken. */
export function leaseTiming(options: LeaseTimingOptions = {}): LeaseTiming {
  const { longestRequestMs = 5_000, renewDeadlineMs = 10_000, retryMs = 2_000 } = options
  const leaseMs = Math.ceil((renewDeadlineMs + longestRequestMs) / (1 - 2 * CLOCK_RATE_ERROR) / 1000) * 1000
  return { longestRequestMs, renewDeadlineMs, retryMs, leaseMs }
}

/** A moment on both clocks of this machine: the monotonic one stands still while a machine sleeps, the other does not. */
export interface Moment {
  readonly mono: number
  readonly wall: number
}

/** How long ago at most, for somebody who must stop in time. A wall clock that is set forward costs a pause, never a fault. */
export function elapsedAtMost(since: Moment, now: Moment): number {
  return Math.max(now.mono - since.mono, now.wall - since.wall)
}

/** Whether a request with this time limit, started now, ends before a lease renewed at `renewed` can be taken. */
export function endsInTime(timing: LeaseTiming, renewed: Moment, facts: { readonly now: Moment; readonly requestMs: number }): boolean {
  return elapsedAtMost(renewed, facts.now) + facts.requestMs <= timing.leaseMs * (1 - 2 * CLOCK_RATE_ERROR)
}
