import { readRateLimit, retryAfter, type Instant, type ResponseHeaders } from '@oasgen/wire'
import type { RawResult } from '../connection/dispatch.js'
import type { Settlement } from './budget.js'

/** Longer pauses are told to the engine, but do not hold a key back: a header may be wrong. */
const MAX_PAUSE_MS = 3_600_000

/** What an exchange says about the host, as far as its budget cares. */
export function settlementOf(result: RawResult, now: Instant): Settlement {
  if (result.type === 'failure') return failureSettlement(result.failure.reason)
  const headers = result.headers as ResponseHeaders
  const { status } = result
  if (status === 429) return { type: 'throttled', ...pause(retryAfter(headers, now)) }
  if (status === 502 || status === 503 || status === 504) {
    const wanted = retryAfter(headers, now)
    return wanted === undefined ? { type: 'failed' } : { type: 'answered', ...pause(wanted) }
  }
  if (!speaksOfRates(headers)) return ANSWERED
  const { remaining, resetMs } = readRateLimit(headers, now)
  // GitHub and others answer 403 when the limit is used up; the headers say so in every answer.
  return remaining === 0 ? { type: 'answered', ...pause(resetMs) } : { type: 'answered' }
}

const ANSWERED: Settlement = { type: 'answered' }

/** Most answers say nothing about it, and looking for every spelling takes longer than looking for any. */
function speaksOfRates(headers: ResponseHeaders): boolean {
  for (const name in headers) if (name.includes('rate')) return true
  return false
}

function failureSettlement(reason: string): Settlement {
  return reason === 'dns' || reason === 'connect' || reason === 'tls' || reason === 'timeout' || reason === 'reset' ? { type: 'failed' } : { type: 'givenUp' }
}

function pause(pauseMs: number | undefined): { readonly pauseMs?: number } {
  return pauseMs === undefined ? {} : { pauseMs: Math.min(MAX_PAUSE_MS, pauseMs) }
}
