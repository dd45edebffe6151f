import { headerOf, type ResponseHeaders } from './headers.js'
import type { Instant } from './http.js'

/**
 * How long the server asks us to wait, in milliseconds from `now`; `undefined` when it does not say. Retry-After wins
 * (seconds or a date), then its millisecond variants, then the rate limit headers when nothing remains of the limit.
 */
export function retryAfter(headers: ResponseHeaders, now: Instant): number | undefined {
  return fromRetryAfter(headers, now) ?? fromMilliseconds(headers) ?? fromRateLimit(headers, now)
}

function fromRetryAfter(headers: ResponseHeaders, now: Instant): number | undefined {
  const written = headerOf(headers, 'retry-after')?.trim()
  if (written === undefined || written === '') return undefined
  const seconds = amount(written)
  return seconds === undefined ? untilDate(written, headers, now) : Math.ceil(seconds * 1000)
}

/** Between two instants of the server's clock where it sends its own: ours may be minutes away from it. */
function untilDate(written: string, headers: ResponseHeaders, now: Instant): number | undefined {
  const then = readHttpDate(written)
  if (then === undefined) return undefined
  const serverNow = readHttpDate(headerOf(headers, 'date') ?? '') ?? now
  return Math.max(0, then - serverNow)
}

function fromMilliseconds(headers: ResponseHeaders): number | undefined {
  const written = headerOf(headers, 'retry-after-ms') ?? headerOf(headers, 'x-ms-retry-after-ms')
  const value = written === undefined ? undefined : amount(written.trim())
  return value === undefined ? undefined : Math.ceil(value)
}

/** What a response says of the limit it counted against; absent parts are not said. */
export interface RateLimit {
  readonly limit?: number
  readonly remaining?: number
  /** Milliseconds from now until the limit is whole again. */
  readonly resetMs?: number
}

/** Both drafts of RateLimit and the X-RateLimit spellings. With several policies, the one with the least remaining. */
export function readRateLimit(headers: ResponseHeaders, now: Instant): RateLimit {
  const combined = headerOf(headers, 'ratelimit')
  const parts = combined === undefined ? separateParts(headers) : tightest(combined)
  const limit = amount(parts.limit ?? '')
  const remaining = amount(parts.remaining ?? '')
  const resetMs = untilReset(parts.reset ?? '', headers, now)
  return { ...(limit !== undefined && { limit }), ...(remaining !== undefined && { remaining }), ...(resetMs !== undefined && { resetMs }) }
}

interface LimitParts {
  readonly limit?: string | undefined
  readonly remaining?: string | undefined
  readonly reset?: string | undefined
}

function separateParts(headers: ResponseHeaders): LimitParts {
  const part = (name: string): string | undefined =>
    (headerOf(headers, `ratelimit-${name}`) ?? headerOf(headers, `x-ratelimit-${name}`) ?? headerOf(headers, `x-rate-limit-${name}`))
      ?.split(/[,;]/, 1)[0]?.trim()
  return { limit: part('limit'), remaining: part('remaining'), reset: part('reset') }
}

// `limit=100, remaining=0, reset=30` (drafts to 06) or `"burst";r=0;t=30, "daily";r=9;t=900` (from 07).
function tightest(written: string): LimitParts {
  const old = parameters(written, ',')
  if (old.has('remaining') || old.has('reset')) return { limit: old.get('limit'), remaining: old.get('remaining'), reset: old.get('reset') }
  const policies = written.split(',').map((policy) => parameters(policy, ';'))
  const [first] = policies.filter((policy) => policy.has('r')).sort((a, b) => Number(a.get('r')) - Number(b.get('r')))
  return { remaining: first?.get('r'), reset: first?.get('t') }
}

function parameters(written: string, separator: string): ReadonlyMap<string, string> {
  const pairs = written.split(separator).map((pair) => pair.trim().split('=', 2))
  return new Map(pairs.flatMap(([name, value]) => (name !== undefined && value !== undefined ? [[name.toLowerCase(), value]] : [])))
}

function fromRateLimit(headers: ResponseHeaders, now: Instant): number | undefined {
  const { remaining, resetMs } = readRateLimit(headers, now)
  return remaining !== undefined && remaining > 0 ? undefined : resetMs
}

/** Seconds, an instant in seconds or milliseconds since 1970, or a date: servers do all of it under one name. */
function untilReset(written: string, headers: ResponseHeaders, now: Instant): number | undefined {
  const value = amount(written)
  if (value === undefined) return written === '' ? undefined : untilDate(written, headers, now)
  if (value >= 1e12) return Math.max(0, Math.ceil(value - now))
  return value >= 1e9 ? Math.max(0, Math.ceil(value * 1000 - now)) : Math.ceil(value * 1000)
}

function amount(written: string): number | undefined {
  return /^\d{1,15}(?:\.\d{1,9})?$/.test(written) ? Number(written) : undefined
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The three forms of RFC 9110 section 5.6.7, and RFC 3339 because servers send that too. */
export function readHttpDate(written: string): Instant | undefined {
  const text = written.trim()
  const fixed = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d) (?:GMT|UTC)$/.exec(text)
  if (fixed !== null) return instantOf(fixed[3], fixed[2], fixed[1], fixed[4])
  const old = /^\w{6,9}, (\d\d)-(\w{3})-(\d\d) (\d\d:\d\d:\d\d) GMT$/.exec(text)
  if (old !== null) return instantOf(`${Number(old[3]) < 70 ? '20' : '19'}${old[3] ?? ''}`, old[2], old[1], old[4])
  const c = /^\w{3} (\w{3}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})$/.exec(text)
  if (c !== null) return instantOf(c[4], c[1], c[2]?.trim(), c[3])
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) ? valid(Date.parse(text)) : undefined
}

// Four texts of one match: naming them in an object at each of three calls would say the same thrice.
function instantOf(year = '', month = '', day = '', time = ''): Instant | undefined {
  const number = MONTHS.indexOf(month) + 1
  if (number === 0) return undefined
  return valid(Date.parse(`${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}T${time}Z`))
}

function valid(instant: number): Instant | undefined {
  return Number.isNaN(instant) ? undefined : instant
}
