import { describe, expect, it } from 'vitest'
import { readHttpDate, readRateLimit, retryAfter } from './index.js'

const now = Date.UTC(2026, 0, 1, 12, 0, 0)
const inOneMinute = 'Thu, 01 Jan 2026 12:01:00 GMT'

describe('retryAfter', () => {
  const rows: readonly { headers: Record<string, string>; want: number | undefined; reason: string }[] = [
    { headers: {}, want: undefined, reason: 'the server does not say' },
    { headers: { 'retry-after': '7' }, want: 7_000, reason: 'seconds' },
    { headers: { 'retry-after': ' 0 ' }, want: 0, reason: 'at once' },
    { headers: { 'retry-after': '1.5' }, want: 1_500, reason: 'parts of a second, which some servers send' },
    { headers: { 'retry-after': '-5' }, want: undefined, reason: 'nothing that could be meant' },
    { headers: { 'retry-after': 'soon' }, want: undefined, reason: 'a word' },
    { headers: { 'retry-after': inOneMinute }, want: 60_000, reason: 'a date' },
    { headers: { 'retry-after': 'Thu, 01 Jan 2026 11:00:00 GMT' }, want: 0, reason: 'a date that has passed' },
    { headers: { 'retry-after': inOneMinute, date: 'Thu, 01 Jan 2026 12:00:50 GMT' }, want: 10_000, reason: 'by the server\'s own clock' },
    { headers: { 'retry-after-ms': '250' }, want: 250, reason: 'milliseconds' },
    { headers: { 'retry-after': '2', 'retry-after-ms': '250' }, want: 2_000, reason: 'the standard one wins' },
    { headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '30' }, want: 30_000, reason: 'nothing remains' },
    { headers: { 'ratelimit-remaining': '3', 'ratelimit-reset': '30' }, want: undefined, reason: 'something remains' },
    { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 90) }, want: 90_000, reason: 'seconds since 1970' },
    { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now + 90) }, want: 90, reason: 'milliseconds since 1970' },
    { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2026-01-01T12:00:05Z' }, want: 5_000, reason: 'a date' },
    { headers: { ratelimit: 'limit=100, remaining=0, reset=12' }, want: 12_000, reason: 'the combined header of the older drafts' },
    { headers: { ratelimit: '"day";r=5;t=900, "burst";r=0;t=3' }, want: 3_000, reason: 'the policy that is used up' },
    { headers: { ratelimit: '"day";r=5;t=900' }, want: undefined, reason: 'none is used up' },
  ]
  it.each(rows)('$headers: $reason', ({ headers, want }) => expect(retryAfter(headers, now)).toBe(want))
})

describe('readRateLimit', () => {
  it('reads limit, rest and reset', () => {
    expect(readRateLimit({ 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '59', 'x-ratelimit-reset': '10' }, now))
      .toEqual({ limit: 60, remaining: 59, resetMs: 10_000 })
    expect(readRateLimit({ 'ratelimit-limit': '10, 10;w=1' }, now)).toEqual({ limit: 10 })
    expect(readRateLimit({}, now)).toEqual({})
  })
})

describe('readHttpDate', () => {
  const rows: readonly { text: string; want: number | undefined; reason: string }[] = [
    { text: 'Sun, 06 Nov 1994 08:49:37 GMT', want: 784111777000, reason: 'the preferred form' },
    { text: 'Sunday, 06-Nov-94 08:49:37 GMT', want: 784111777000, reason: 'RFC 850' },
    { text: 'Sun Nov  6 08:49:37 1994', want: 784111777000, reason: 'asctime' },
    { text: '1994-11-06T09:49:37+01:00', want: 784111777000, reason: 'RFC 3339' },
    { text: 'Sun, 06 Foo 1994 08:49:37 GMT', want: undefined, reason: 'no month' },
    { text: 'Sun, 99 Nov 1994 08:49:37 GMT', want: undefined, reason: 'no day' },
    { text: '', want: undefined, reason: 'nothing' },
  ]
  it.each(rows)('$text: $reason', ({ text, want }) => expect(readHttpDate(text)).toBe(want))
})
