import { describe, expect, it } from 'vitest'
import { check, type Sabotage } from './simulator.testing.js'

describe('seeded schedules of faults, crashes and edits', () => {
  it('keeps every invariant in 1,000 of them', () => {
    const { failed } = check(1, 1_000)
    expect(failed === undefined ? 'in order' : `seed ${failed.seed} (${failed.kind}): ${failed.broken ?? ''}\n${failed.log.join('\n')}`).toBe('in order')
  })

  it.each([
    { seed: 85_840, reason: 'an update nobody answered outlives a deletion by others and a create that was turned away' },
  ])('keeps them in seed $seed: $reason', ({ seed }) => {
    expect(check(seed, 1).failed?.broken).toBeUndefined()
  })

  const taken: readonly { readonly sabotage: Sabotage; readonly reason: string }[] = [
    { sabotage: 'writeAhead', reason: 'a crash behind the create would be forgotten' },
    { sabotage: 'lookUp', reason: 'an answer that got lost would be answered by a second create' },
    { sabotage: 'grace', reason: 'a list that lags would be believed' },
  ]
  it.each(taken)('breaks within 1,000 without $sabotage: $reason', ({ sabotage }) => {
    expect(check(1, 1_000, sabotage).failed).toBeDefined()
  })
})
