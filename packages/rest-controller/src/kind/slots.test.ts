import { describe, expect, it } from 'vitest'
import { inSlot } from './slots.js'

describe('the slots of an interval', () => {
  it.each([
    { reason: 'a twentieth of a short interval', at: 1_000_001, intervalMs: 1_000, slot: 1_000_050 },
    { reason: 'what is on it stays', at: 1_000_050, intervalMs: 1_000, slot: 1_000_050 },
    { reason: 'never more than a quarter of a second', at: 1_000_001, intervalMs: 180_000, slot: 1_000_250 },
    { reason: 'an interval too short to be divided', at: 1_000_001, intervalMs: 10, slot: 1_000_001 },
  ])('$reason', ({ at, intervalMs, slot }) => expect(inSlot(at, intervalMs)).toBe(slot))

  it('spreads a kind over its whole interval', () => {
    const slots = new Set(Array.from({ length: 1_000 }, (_, at) => inSlot(5_000_000 + at, 1_000)))
    expect(slots.size).toBe(21)
  })
})
