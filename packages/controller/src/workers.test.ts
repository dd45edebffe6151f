import { describe, expect, it } from 'vitest'
import { virtualClock } from './clock.testing.js'
import { createQueue, type Outcome } from './queue.js'
import { runWorkers, type WorkerBug } from './workers.js'

function stage(workers: number, handle: (key: string, stopping: AbortSignal) => Promise<Outcome>, onBug = (_bug: WorkerBug): void => undefined) {
  const clock = virtualClock()
  const queue = createQueue({ now: () => clock.now(), minBackoffMs: 100 })
  const log: string[] = []
  const run = runWorkers({
    queue, workers, clock, onBug,
    handle: (item, stopping) => {
      log.push(`${item.key}@${Math.round(clock.now())}`)
      return handle(item.key, stopping)
    },
  })
  return { clock, queue, log, run }
}

describe('workers', () => {
  it('work on what is ready at once and on what is delayed when it is due', async () => {
    const { clock, queue, log } = stage(2, async () => ({ type: 'done' }))
    queue.add('a')
    queue.add('b', { afterMs: 50 })
    await clock.advance(100)
    expect(log).toEqual(['a@0', 'b@50'])
  })

  it('have at most the given number of keys at work', async () => {
    const { clock, queue, run } = stage(3, async () => {
      await new Promise<void>((resolve) => { clock.after(10, resolve) })
      return { type: 'done' }
    })
    for (let index = 0; index < 10; index += 1) queue.add(`k${index}`)
    await clock.advance(0)
    expect(run.working()).toBe(3)
    await clock.advance(40)
    expect(run.working()).toBe(0)
  })

  it('survive an exception: it is reported and the key comes back after its backoff', async () => {
    const bugs: string[] = []
    let calls = 0
    const { clock, queue, log } = stage(1, async () => {
      calls += 1
      if (calls === 1) throw new Error('bug')
      return { type: 'done' }
    }, (bug) => bugs.push(bug.finding.message))
    queue.add('a')
    await clock.advance(1000)
    expect(bugs).toEqual(['working on a ended with an exception: bug'])
    expect(log).toHaveLength(2)
  })

  it('take nothing while the gate is closed, and lose nothing', async () => {
    const { clock, queue, log, run } = stage(1, async () => ({ type: 'done' }))
    run.setGate('closed')
    queue.add('a')
    await clock.advance(100)
    expect(log).toEqual([])
    run.setGate('open')
    await clock.advance(0)
    expect(log).toEqual(['a@100'])
  })

  it('finish what is at work before they stop', async () => {
    const { clock, queue, log, run } = stage(1, async () => {
      await new Promise<void>((resolve) => { clock.after(20, resolve) })
      return { type: 'done' }
    })
    queue.add('a')
    queue.add('b')
    await clock.advance(0)
    const stopped = run.stop(100)
    await clock.advance(200)
    expect(await stopped).toBe('drained')
    expect(log).toEqual(['a@0'])
  })

  it('tell a handler that takes too long to stop at its next safe point', async () => {
    const { clock, queue, run } = stage(1, (_key, stopping) => new Promise((resolve) => {
      stopping.addEventListener('abort', () => resolve({ type: 'retry' }))
    }))
    queue.add('a')
    await clock.advance(0)
    const stopped = run.stop(100)
    await clock.advance(100)
    expect(await stopped).toBe('drained')
  })

  it('abandon a handler that never returns', async () => {
    const { clock, queue, run } = stage(1, () => new Promise(() => undefined))
    queue.add('a')
    await clock.advance(0)
    const stopped = run.stop(100)
    await clock.advance(200)
    expect(await stopped).toBe('abandoned')
  })
})
