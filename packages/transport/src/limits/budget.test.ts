import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS, admit, newBudget, settle, type BudgetLimits, type BudgetState, type Settlement, type Verdict } from './budget.js'

const T0 = 1_000_000_000

/** A budget with a clock that only the test moves. */
function budget(limits: Partial<BudgetLimits> = {}) {
  const all = { ...DEFAULT_LIMITS, ...limits }
  let state: BudgetState = newBudget(T0)
  let now = T0
  return {
    ask(): Verdict {
      const admitted = admit(state, all, now)
      state = admitted.state
      return admitted.verdict
    },
    end(settlement: Settlement = { type: 'answered' }) { state = settle(state, all, { now, settlement }) },
    after(ms: number) { now += ms },
    get state() { return state },
    get now() { return now },
  }
}

describe('concurrency', () => {
  it('lets so many go and no more, and one for each that ends', () => {
    const one = budget({ concurrency: 2 })
    expect([one.ask().type, one.ask().type, one.ask().type]).toEqual(['go', 'go', 'full'])
    one.end()
    expect([one.ask().type, one.ask().type]).toEqual(['go', 'full'])
  })
})

describe('token bucket', () => {
  it('gives its burst at once and then by the rate', () => {
    const one = budget({ ratePerSecond: 2, burst: 3 })
    expect([one.ask(), one.ask(), one.ask()].map(({ type }) => type)).toEqual(['go', 'go', 'go'])
    expect(one.ask()).toEqual({ type: 'wait', why: 'rate', until: T0 + 500 })
    one.after(500)
    expect([one.ask().type, one.ask().type]).toEqual(['go', 'wait'])
    one.after(60_000)
    expect([one.ask(), one.ask(), one.ask(), one.ask()].map(({ type }) => type)).toEqual(['go', 'go', 'go', 'wait'])
  })

  it('never gives more than rate × time + burst, whatever the order', () => {
    const one = budget({ ratePerSecond: 10, burst: 5, concurrency: 1000 })
    let gone = 0
    for (let step = 0; step < 1000; step += 1) {
      while (one.ask().type === 'go') gone += 1
      one.after(7)
    }
    expect(gone).toBeLessThanOrEqual(70 + 5)
    expect(gone).toBeGreaterThanOrEqual(70)
  })
})

describe('what the API asks for', () => {
  it('a pause holds everybody back until its end; the longest wins', () => {
    const one = budget()
    one.ask()
    one.end({ type: 'throttled', pauseMs: 5_000 })
    one.end({ type: 'answered', pauseMs: 1_000 })
    expect(one.ask()).toEqual({ type: 'wait', why: 'paused', until: T0 + 5_000 })
    one.after(5_000)
    one.after(1_000)
    expect(one.ask().type).toBe('go')
  })

  it('halves the rate that the API bore, and gives it back by and by', () => {
    const one = budget({ concurrency: 1000 })
    for (let index = 0; index < 40; index += 1) { one.ask(); one.end(); one.after(25) }
    one.ask()
    one.end({ type: 'throttled' })
    expect(one.state.learnedRate).toBeGreaterThanOrEqual(15)
    expect(one.state.learnedRate).toBeLessThanOrEqual(20)
    const learned = one.state.learnedRate
    for (let index = 0; index < 10; index += 1) { one.after(100); if (one.ask().type === 'go') one.end() }
    expect(one.state.learnedRate).toBeGreaterThan(learned)
    for (let index = 0; index < 100_000 && one.state.learnedRate !== Infinity; index += 1) { one.after(1_000); if (one.ask().type === 'go') one.end() }
    expect(one.state.learnedRate).toBe(Infinity)
  })

  it('finds the rate of an API that bears five a second', () => {
    const one = budget({ concurrency: 4 })
    let second = 0
    let count = 0
    let refused = 0
    let served = 0
    for (let ms = 0; ms < 120_000; ms += 10) {
      one.after(10)
      if (Math.floor(one.now / 1000) !== second) { second = Math.floor(one.now / 1000); count = 0 }
      if (one.ask().type !== 'go') continue
      count += 1
      if (count > 5) { refused += 1; one.end({ type: 'throttled' }) } else { served += 1; one.end() }
    }
    expect(served).toBeGreaterThan(250)
    expect(refused / served).toBeLessThan(0.15)
  })
})

describe('breaker', () => {
  it('opens after failures in a row, not after failures with answers between', () => {
    const one = budget({ breakerFailures: 3 })
    for (const type of ['failed', 'failed', 'answered', 'failed', 'failed'] as const) { one.ask(); one.end({ type }) }
    expect(one.ask().type).toBe('go')
    one.end({ type: 'failed' })
    expect(one.ask()).toEqual({ type: 'open', failures: 3, until: T0 + 1_000 })
  })

  it('lets one probe through, doubles the pause when it fails, closes when it is answered', () => {
    const one = budget({ breakerFailures: 1, breakerMaxMs: 3_000 })
    one.ask()
    one.end({ type: 'failed' })
    one.after(1_000)
    expect([one.ask().type, one.ask().type]).toEqual(['go', 'open'])
    one.end({ type: 'failed' })
    expect(one.ask()).toMatchObject({ type: 'open', until: one.now + 2_000 })
    one.after(2_000)
    one.ask()
    one.end({ type: 'failed' })
    expect(one.ask()).toMatchObject({ until: one.now + 3_000 })
    one.after(3_000)
    one.ask()
    one.end()
    expect([one.ask().type, one.ask().type]).toEqual(['go', 'go'])
  })

  it('a probe that we ended ourselves lets the next one probe', () => {
    const one = budget({ breakerFailures: 1 })
    one.ask()
    one.end({ type: 'failed' })
    one.after(1_000)
    one.ask()
    one.end({ type: 'givenUp' })
    expect(one.ask().type).toBe('go')
  })
})
