import { describe, expect, it } from 'vitest'
import { Gate } from './gate.js'

describe('Gate', () => {
  it('answers at once where there is nothing to wait for', () => {
    expect(new Gate(undefined, Date.now).enter(1000)).toEqual({ type: 'go' })
  })

  it('serves those who wait in the order of their coming', async () => {
    const gate = new Gate({ concurrency: 1 }, Date.now)
    const order: number[] = []
    const all = Array.from({ length: 5 }, async (_, index) => {
      await gate.enter(10_000)
      order.push(index)
      await Promise.resolve()
      gate.leave({ type: 'answered' })
    })
    await Promise.all(all)
    expect(order).toEqual([0, 1, 2, 3, 4])
    expect(gate.idle).toBe(true)
  })

  it('sends away who has waited long enough', async () => {
    const gate = new Gate({ concurrency: 1 }, Date.now)
    await gate.enter(0)
    expect(await gate.enter(20)).toMatchObject({ type: 'full' })
    gate.leave({ type: 'answered' })
    expect(await gate.enter(20)).toEqual({ type: 'go' })
  })

  it('does not let anybody wait for a pause that is longer than they may wait', async () => {
    const gate = new Gate(undefined, Date.now)
    await gate.enter(0)
    gate.leave({ type: 'throttled', pauseMs: 60_000 })
    expect(gate.enter(2_000)).toMatchObject({ type: 'paused' })
  })

  it('lets those wait whose turn comes in time', async () => {
    const gate = new Gate({ ratePerSecond: 100, burst: 1 }, Date.now)
    const turns = await Promise.all(Array.from({ length: 5 }, async () => gate.enter(5_000)))
    expect(turns.every(({ type }) => type === 'go')).toBe(true)
  })

  it('answers all who wait when the breaker opens', async () => {
    const gate = new Gate({ concurrency: 1 }, Date.now)
    for (let index = 0; index < 4; index += 1) { await gate.enter(0); gate.leave({ type: 'failed' }) }
    await gate.enter(0)
    const waiting = Promise.all([10_000, 10_000].map(async (patience) => gate.enter(patience)))
    gate.leave({ type: 'failed' })
    expect((await waiting).map(({ type }) => type)).toEqual(['open', 'open'])
  })
})
