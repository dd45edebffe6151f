import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { virtualClock } from './clock.testing.js'
import { createShutdown } from './shutdown.js'

function stage(graceMs = 1_000) {
  const clock = virtualClock()
  const source = new EventEmitter()
  const exits: number[] = []
  const shutdown = createShutdown({ graceMs, clock, source, exit: (code) => exits.push(code) })
  return { clock, source, exits, shutdown }
}

describe('shutdown', () => {
  it('ends what was begun last first, and answers with the exit code', async () => {
    const { source, shutdown } = stage()
    const log: string[] = []
    shutdown.onStop('lease', () => { log.push('lease') })
    shutdown.onStop('workers', async (leftMs) => {
      await Promise.resolve()
      log.push(`workers ${leftMs}`)
    })
    source.emit('SIGTERM', 'SIGTERM')
    expect(shutdown.signal.aborted).toBe(true)
    expect(await shutdown.done).toBe(0)
    expect(log).toEqual(['workers 1000', 'lease'])
  })

  it('gives up a step that takes longer than the time that is left', async () => {
    const { clock, shutdown } = stage(500)
    shutdown.onStop('never', () => new Promise(() => undefined))
    shutdown.stop('test')
    await clock.advance(600)
    expect(await shutdown.done).toBe(1)
  })

  it('a second signal leaves at once', () => {
    const { source, exits, shutdown } = stage()
    shutdown.onStop('never', () => new Promise(() => undefined))
    source.emit('SIGINT', 'SIGINT')
    source.emit('SIGINT', 'SIGINT')
    expect(exits).toEqual([130])
  })

  it('keeps the code of a failure, and a step that throws is one', async () => {
    const first = stage().shutdown
    first.stop('cannot start', 1)
    expect(await first.done).toBe(1)
    const second = stage().shutdown
    second.onStop('broken', () => { throw new Error('bug') })
    second.stop('end')
    expect(await second.done).toBe(1)
  })
})
