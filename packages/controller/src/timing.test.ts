import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs, nextCheck } from './timing.js'

describe('backoff', () => {
  it('stays in its bounds, and is the same every time', () => {
    fc.assert(fc.property(fc.string(), fc.integer({ min: 1, max: 200 }), (key, failures) => {
      const limits = { minMs: 1000, maxMs: 90_000 }
      const pause = backoffMs(key, failures, limits)
      expect(pause).toBe(backoffMs(key, failures, limits))
      expect(pause).toBeGreaterThanOrEqual(1000)
      expect(pause).toBeLessThanOrEqual(90_000)
    }))
  })

  it('differs between keys: what failed together does not come back together', () => {
    const pauses = Array.from({ length: 1000 }, (_, index) => Math.round(backoffMs(`default/object-${index}`, 1, { minMs: 1000, maxMs: 90_000 }) / 10))
    expect(new Set(pauses).size).toBeGreaterThan(45)
  })
})

describe('periodic checks', () => {
  it('are spread evenly over the interval after a restart', () => {
    const now = 1_700_000_123_456
    const intervalMs = 180_000
    const buckets = Array.from({ length: 18 }, () => 0)
    for (let index = 0; index < 10_000; index += 1) {
      const at = nextCheck({ key: `default/object-${index}`, intervalMs, now, minGapMs: 0 })
      const bucket = Math.floor((at - now) / 10_000)
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
    }
    expect(buckets).toHaveLength(18)
    for (const count of buckets) expect(Math.abs(count - 555)).toBeLessThan(120)
  })

  it('come between half and one and a half intervals, always at the phase of the key', () => {
    fc.assert(fc.property(fc.string(), fc.integer({ min: 0, max: 2e12 }), fc.integer({ min: 1000, max: 1e7 }), (key, now, intervalMs) => {
      const at = nextCheck({ key, intervalMs, now })
      expect(at - now).toBeGreaterThanOrEqual(intervalMs / 2)
      expect(at - now).toBeLessThanOrEqual(intervalMs * 1.5)
      expect(nextCheck({ key, intervalMs, now: at, minGapMs: intervalMs })).toBe(at + intervalMs)
    }))
  })
})
