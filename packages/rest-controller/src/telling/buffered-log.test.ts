import { describe, expect, it } from 'vitest'
import { createBufferedLog } from './buffered-log.js'

describe('the log of a turn', () => {
  const open = (): { readonly log: ReturnType<typeof createBufferedLog>; readonly written: string[]; readonly turn: () => void } => {
    const written: string[] = []
    const planned: (() => void)[] = []
    const log = createBufferedLog({ out: (text) => void written.push(text), later: (run) => void planned.push(run) })
    return { log, written, turn: () => { for (const run of planned.splice(0)) run() } }
  }

  it('is written at once, in order, at the end of the turn', () => {
    const { log, written, turn } = open()
    for (const line of ['a\n', 'b\n']) log.write(line)
    expect(written).toEqual([])
    turn()
    log.write('c\n')
    turn()
    expect(written).toEqual(['a\nb\n', 'c\n'])
  })

  it('does not wait for the end when it is long, and loses nothing at the exit', () => {
    const { log, written, turn } = open()
    log.write(`${'x'.repeat(70_000)}\n`)
    expect(written).toHaveLength(1)
    log.write('last\n')
    log.flush()
    turn()
    expect(written[1]).toBe('last\n')
    expect(written).toHaveLength(2)
  })
})
