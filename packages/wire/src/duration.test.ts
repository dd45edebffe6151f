import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printDuration, readDuration } from './index.js'

describe('readDuration', () => {
  const rows: readonly { text: string; want: number | undefined; reason: string }[] = [
    { text: '90s', want: 90_000, reason: 'seconds' },
    { text: '1h30m', want: 5_400_000, reason: 'several units' },
    { text: '1.5h', want: 5_400_000, reason: 'parts' },
    { text: '.5s', want: 500, reason: 'as Go reads it' },
    { text: '1.s', want: 1000, reason: 'as Go reads it' },
    { text: '250ms', want: 250, reason: 'milliseconds are no minutes' },
    { text: '1m2ms', want: 60_002, reason: 'both' },
    { text: '1500us', want: 1.5, reason: 'less than a millisecond' },
    { text: '7d', want: 604_800_000, reason: 'days' },
    { text: '0', want: 0, reason: 'zero needs no unit' },
    { text: ' 3m ', want: 180_000, reason: 'blanks around it' },
    { text: '', want: undefined, reason: 'nothing' },
    { text: '5', want: undefined, reason: 'a unit is missing' },
    { text: '-5s', want: undefined, reason: 'less than nothing' },
    { text: '1h 30m', want: undefined, reason: 'a blank inside' },
    { text: '1y', want: undefined, reason: 'no such unit' },
    { text: 's', want: undefined, reason: 'no amount' },
    { text: '1,5h', want: undefined, reason: 'a comma' },
  ]
  it.each(rows)('$text: $reason', ({ text, want }) => expect(readDuration(text)).toBe(want))

  it('reads what was printed', () => {
    fc.assert(fc.property(fc.nat({ max: 10 ** 10 }), (ms) => {
      expect(readDuration(printDuration(ms))).toBeCloseTo(ms, 6)
    }))
    expect([0, 250, 1500, 60_000, 5_400_000, 3_600_000].map(printDuration)).toEqual(['0s', '250ms', '1.5s', '1m', '1h30m', '1h'])
  })
})
