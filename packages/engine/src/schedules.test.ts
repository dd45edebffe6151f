import { describe, expect, it } from 'vitest'
import { check, runSchedule, type Sabotage } from './simulator.testing.js'

describe('seeded schedules of faults, crashes and edits', () => {
  it('keeps every invariant in 1,000 of them', () => {
    const { failed } = check(1, 1_000)
    expect(failed === undefined ? 'in order' : `seed ${failed.seed} (${failed.kind}): ${failed.broken ?? ''}\n${failed.log.join('\n')}`).toBe('in order')
  })

  const once: readonly { readonly seed: number; readonly reason: string }[] = [
    { seed: 2_009_890, reason: 'a PUT to a name that arrived behind the delete made the object again' },
    { seed: 2_019_949, reason: 'the same, after status was lost' },
    { seed: 2_064_659, reason: 'a second replacement waited for the delete of the first' },
    { seed: 57_651, reason: 'the delete of the object before explained the absence of the new one, which a list did not show yet' },
    { seed: 1_005_399, reason: 'a replacement had not settled when the schedule ended' },
  ]
  it.each(once)('seed $seed stays in order: $reason', ({ seed }) => {
    const { broken } = runSchedule(seed)
    expect(broken).toBeUndefined()
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
