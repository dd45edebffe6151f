import { spreadFraction } from './hash.js'

export interface BackoffLimits {
  /** Pause after the first failure. */
  readonly minMs: number
  readonly maxMs: number
}

/**
 * Pause before the next try of `key` after `failures` failures in a row: doubling, up to half more, never above the maximum.
 * The jitter comes from key and number, so that a thousand objects that failed together do not come back together,
 * and a replay of the same run has the same times.
 */
export function backoffMs(key: string, failures: number, limits: BackoffLimits): number {
  const fraction = spreadFraction(`${key}#${failures}`)
  const full = limits.minMs * 2 ** Math.min(failures - 1, 40)
  return full >= limits.maxMs ? limits.maxMs * (0.75 + 0.25 * fraction) : Math.min(limits.maxMs, full * (1 + 0.5 * fraction))
}

export interface CheckTimes {
  readonly key: string
  readonly intervalMs: number
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Not sooner than this after now; default half an interval. At a start give 0. */
  readonly minGapMs?: number
}

/**
 * The next periodic check of `key`: every key has its own phase in the interval, the same in every process. After a restart
 * ten thousand keys are therefore spread over one interval, and each comes about when it would have come without the restart.
 */
export function nextCheck(times: CheckTimes): number {
  const { key, intervalMs, now } = times
  const phase = Math.floor(spreadFraction(key) * intervalMs)
  const earliest = now + (times.minGapMs ?? intervalMs / 2)
  return Math.ceil((earliest - phase) / intervalMs) * intervalMs + phase
}
