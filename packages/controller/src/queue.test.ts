import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createQueue, PRIORITIES, type Outcome, type Priority, type Queue, type QueueOptions, type Taken } from './queue.js'

interface Bench {
  readonly queue: Queue
  at: number
  take(): string | undefined
  taken: Taken[]
  done(key: string, outcome?: Outcome): void
}

function bench(options: Partial<QueueOptions> = {}): Bench {
  const it: Bench = {
    at: 0,
    taken: [],
    queue: createQueue({ now: () => it.at, ...options }),
    take: () => {
      const item = it.queue.take()
      if (item !== undefined) it.taken.push(item)
      return item?.key
    },
    done: (key, outcome = { type: 'done' }) => {
      const index = it.taken.findIndex((item) => item.key === key)
      const [item] = it.taken.splice(index, 1)
      it.queue.done(item as Taken, outcome)
    },
  }
  return it
}

function takeAll(it: Bench): string[] {
  const keys: string[] = []
  for (let key = it.take(); key !== undefined; key = it.take()) keys.push(key)
  return keys
}

describe('adding and taking', () => {
  it('many adds before a take are one', () => {
    const it = bench()
    for (let count = 0; count < 5; count += 1) it.queue.add('a')
    expect(takeAll(it)).toEqual(['a'])
  })

  it('never gives a key to two workers, and runs it once more when it was added meanwhile', () => {
    const it = bench()
    it.queue.add('a')
    expect(it.take()).toBe('a')
    it.queue.add('a')
    it.queue.add('a')
    expect(it.take()).toBeUndefined()
    it.done('a')
    expect(takeAll(it)).toEqual(['a'])
    it.done('a')
    expect(it.take()).toBeUndefined()
    expect(it.queue.statistics()).toMatchObject({ ready: 0, delayed: 0, working: 0 })
  })

  it('takes user edits before deletions before creations before periodic checks', () => {
    const it = bench({ oldestShare: 100 })
    for (const priority of [...PRIORITIES].reverse()) it.queue.add(priority, { priority })
    expect(takeAll(it)).toEqual(PRIORITIES)
  })

  it('raises a waiting key to the higher priority and the sooner time', () => {
    const it = bench({ oldestShare: 100 })
    it.queue.add('a', { priority: 'periodic', afterMs: 1000 })
    it.queue.add('b', { priority: 'creation' })
    it.queue.add('a', { priority: 'userEdit' })
    it.queue.add('a', { priority: 'periodic', afterMs: 5000 })
    expect(takeAll(it)).toEqual(['a', 'b'])
    it.done('a')
    it.at = 10_000
    expect(it.take()).toBeUndefined()
  })

  it('gives delayed keys in the order of their times, and says when the next is due', () => {
    const it = bench()
    it.queue.add('late', { afterMs: 30 })
    it.queue.add('soon', { afterMs: 10 })
    expect(it.take()).toBeUndefined()
    expect(it.queue.wakeAt()).toBe(10)
    it.at = 30
    expect(takeAll(it)).toEqual(['soon', 'late'])
    expect(it.queue.wakeAt()).toBeUndefined()
  })

  it('forgets a key that is no more', () => {
    const it = bench()
    it.queue.add('a')
    it.queue.add('b', { afterMs: 10 })
    it.queue.forget('a')
    it.queue.forget('b')
    it.at = 100
    expect(it.take()).toBeUndefined()
  })
})

describe('failures', () => {
  it('doubles the pause with every failure, and starts again after a success', () => {
    const it = bench({ minBackoffMs: 100, maxBackoffMs: 10_000 })
    it.queue.add('a')
    const pauses: number[] = []
    for (let failure = 0; failure < 5; failure += 1) {
      expect(it.take()).toBe('a')
      it.done('a', { type: 'retry' })
      pauses.push((it.queue.wakeAt() as number) - it.at)
      it.at = it.queue.wakeAt() as number
    }
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(100 * 2 ** index)
      expect(pause).toBeLessThanOrEqual(150 * 2 ** index)
    }
    it.take()
    it.done('a', { type: 'recheck', afterMs: 0 })
    expect(it.queue.failuresOf('a')).toBe(0)
  })

  it.each([
    { name: 'news', reason: 'an edit may cure the failure', when: 'now', taken: ['a'] },
    { name: 'noise', reason: 'an event about our own status write must not undo the pause', when: 'afterBackoff', taken: [] },
  ] as const)('$name during the pause: $reason', (row) => {
    const it = bench()
    it.queue.add('a')
    it.take()
    it.done('a', { type: 'retry' })
    it.queue.add('a', { when: row.when })
    expect(takeAll(it)).toEqual(row.taken)
  })

  it.each([
    { name: 'news', reason: 'an edit while at work may cure the failure', when: 'now', taken: ['a'] },
    { name: 'noise', reason: 'our own status write happens while at work', when: 'afterBackoff', taken: [] },
  ] as const)('$name during the work that fails: $reason', (row) => {
    const it = bench()
    it.queue.add('a')
    it.take()
    it.queue.add('a', { when: row.when })
    it.done('a', { type: 'retry' })
    expect(takeAll(it)).toEqual(row.taken)
  })

  it('keeps the pause that the other side asked for when it is longer', () => {
    const it = bench({ minBackoffMs: 10 })
    it.queue.add('a')
    it.take()
    it.done('a', { type: 'retry', atLeastMs: 5_000 })
    expect(it.queue.wakeAt()).toBe(5_000)
  })
})

describe('budgets', () => {
  const hostOf = (key: string): readonly string[] => [key.split('/')[0] as string]

  it('a hung host occupies only its own budget', () => {
    const it = bench({ budgetsOf: hostOf, limitOf: () => ({ concurrency: 2 }) })
    for (let index = 0; index < 5; index += 1) it.queue.add(`hung/${index}`)
    it.queue.add('well/1')
    expect(takeAll(it).sort()).toEqual(['hung/0', 'hung/1', 'well/1'])
    it.queue.add('well/2')
    expect(takeAll(it)).toEqual(['well/2'])
    it.done('hung/0')
    expect(takeAll(it)).toEqual(['hung/2'])
  })

  it('hosts take turns, so that a long line of one does not hold up another', () => {
    const it = bench({ budgetsOf: hostOf, limitOf: () => ({ concurrency: 100 }), oldestShare: 100 })
    for (let index = 0; index < 20; index += 1) it.queue.add(`busy/${index}`)
    it.queue.add('quiet/1')
    expect(takeAll(it).indexOf('quiet/1')).toBeLessThanOrEqual(1)
  })

  it('keeps a rate per budget', () => {
    const it = bench({ budgetsOf: hostOf, limitOf: () => ({ perSecond: 10, burst: 2, concurrency: 100 }) })
    for (let index = 0; index < 12; index += 1) it.queue.add(`h/${index}`)
    let taken = takeAll(it).length
    expect(taken).toBe(2)
    while (taken < 12) {
      it.at = it.queue.wakeAt() as number
      taken += takeAll(it).length
    }
    expect(it.at).toBeCloseTo(1000, 0)
  })

  it('a key needs all its budgets: host and credential', () => {
    const it = bench({
      budgetsOf: (key) => [`host:${key.split('/')[0]}`, `credential:${key.split('/')[1]}`],
      limitOf: (budget) => ({ concurrency: budget.startsWith('host:') ? 10 : 1 }),
    })
    for (const key of ['h1/c1/a', 'h2/c1/b', 'h1/c2/c']) it.queue.add(key)
    expect(takeAll(it)).toEqual(['h1/c1/a', 'h1/c2/c'])
    it.done('h1/c1/a')
    expect(takeAll(it)).toEqual(['h2/c1/b'])
  })

  it('asks for the limits again when it is told that they changed', () => {
    let concurrency = 1
    const it = bench({ budgetsOf: hostOf, limitOf: () => ({ concurrency }) })
    for (let index = 0; index < 4; index += 1) it.queue.add(`h/${index}`)
    expect(takeAll(it)).toEqual(['h/0'])
    concurrency = 3
    it.queue.refreshLimits()
    expect(takeAll(it)).toEqual(['h/1', 'h/2'])
  })

  it('pauses a budget that the other side throttles', () => {
    const it = bench({ budgetsOf: hostOf })
    it.queue.add('h/1')
    it.queue.add('other/1')
    it.queue.pause('h', 700)
    expect(takeAll(it)).toEqual(['other/1'])
    expect(it.queue.wakeAt()).toBe(700)
    it.at = 700
    expect(takeAll(it)).toEqual(['h/1'])
  })
})

describe('starvation', () => {
  it('a periodic check is served although user edits never end', () => {
    const it = bench({ oldestShare: 8 })
    it.queue.add('check', { priority: 'periodic' })
    for (let round = 0; round < 20; round += 1) {
      it.queue.add(`edit-${round}-a`)
      it.queue.add(`edit-${round}-b`)
      const key = it.take() as string
      it.done(key)
      if (key === 'check') return
    }
    expect.fail('starved')
  })

  it('everything ready is taken after at most oldestShare × what was ready before it', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 0, max: 30 }), (oldestShare, before) => {
      const it = bench({ oldestShare })
      for (let index = 0; index < before; index += 1) it.queue.add(`old-${index}`, { priority: 'periodic' })
      it.at += 1
      it.queue.add('wanted', { priority: 'periodic' })
      for (let takes = 1; ; takes += 1) {
        it.at += 1
        it.queue.add(`edit-${takes}`)
        const key = it.take() as string
        it.done(key)
        if (key === 'wanted') return takes <= oldestShare * (before + 1)
        if (takes > oldestShare * (before + 2)) return false
      }
    }))
  })
})

type Step =
  | { readonly type: 'add'; readonly key: string; readonly priority: Priority; readonly afterMs: number; readonly when: 'now' | 'afterBackoff' }
  | { readonly type: 'take' }
  | { readonly type: 'done'; readonly pick: number; readonly outcome: Outcome }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'pause'; readonly budget: string; readonly ms: number }

const keys = ['h1/c1/a', 'h1/c1/b', 'h1/c2/c', 'h2/c1/d', 'h2/c2/e', 'h3/c3/f']
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({
    type: fc.constant('add' as const), key: fc.constantFrom(...keys), priority: fc.constantFrom(...PRIORITIES),
    afterMs: fc.constantFrom(0, 0, 0, 5, 50), when: fc.constantFrom('now' as const, 'afterBackoff' as const),
  }) },
  { weight: 4, arbitrary: fc.constant({ type: 'take' as const }) },
  { weight: 3, arbitrary: fc.record({
    type: fc.constant('done' as const), pick: fc.nat(5),
    outcome: fc.constantFrom<Outcome>({ type: 'done' }, { type: 'retry' }, { type: 'recheck', afterMs: 20 }, { type: 'retry', atLeastMs: 30 }),
  }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pause' as const), budget: fc.constantFrom('h1', 'c2'), ms: fc.nat(40) }) },
)

const limits: Readonly<Record<string, number>> = { h1: 2, h2: 1, h3: 1, c1: 2, c2: 1, c3: 3 }
const budgetsOf = (key: string): readonly string[] => key.split('/').slice(0, 2)

describe('any sequence of steps', () => {
  it('two workers never have one key, budgets hold, and no wake-up is lost', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 5 }), (steps, oldestShare) => {
      const it = bench({
        budgetsOf, limitOf: (budget) => ({ concurrency: limits[budget] as number, ...(budget === 'c3' && { perSecond: 100, burst: 1 }) }),
        minBackoffMs: 10, maxBackoffMs: 100, oldestShare,
      })
      /** Keys that somebody added and that were not given to a worker since. */
      const owed = new Set<string>()
      const take = (): string | undefined => {
        const key = it.take()
        if (key === undefined) return undefined
        owed.delete(key)
        expect(it.taken.filter((item) => item.key === key)).toHaveLength(1)
        for (const [budget, limit] of Object.entries(limits)) {
          expect(it.taken.filter((item) => budgetsOf(item.key).includes(budget)).length).toBeLessThanOrEqual(limit)
        }
        return key
      }
      const perform = (action: Step): void => {
        switch (action.type) {
          case 'add':
            owed.add(action.key)
            return it.queue.add(action.key, action)
          case 'take':
            return void take()
          case 'done': {
            const item = it.taken[action.pick % Math.max(1, it.taken.length)]
            if (item !== undefined) it.done(item.key, action.outcome)
            return undefined
          }
          case 'wait':
            it.at += action.ms
            return undefined
          case 'pause':
            return it.queue.pause(action.budget, action.ms)
        }
      }
      steps.forEach(perform)
      for (let rounds = 0; rounds < 500; rounds += 1) {
        for (const item of it.taken.slice()) it.done(item.key)
        while (take() !== undefined) continue
        if (it.taken.length > 0) continue
        const wakeAt = it.queue.wakeAt()
        if (wakeAt === undefined) break
        it.at = Math.max(it.at, wakeAt)
      }
      expect([...owed]).toEqual([])
      expect(it.queue.statistics()).toMatchObject({ ready: 0, delayed: 0, working: 0 })
    }), { numRuns: 400 })
  })
})
