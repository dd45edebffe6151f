import { describe, expect, it } from 'vitest'
import { createLogger } from '@oasgen/controller'
import { createProblemLog } from './problem-log.js'

describe('the log of problems', () => {
  it('says it once, again when it changes or lasts, and when it is over', () => {
    const lines: string[] = []
    let now = 0
    const problems = createProblemLog(createLogger({ write: (line) => lines.push(line), format: 'json', wall: () => 0 }), () => now)
    const told = (): number => lines.splice(0).length
    problems.tell('the Plan', 'missing')
    problems.tell('the Plan', 'missing')
    expect(told()).toBe(1)
    problems.tell('the Plan', 'forbidden')
    expect(told()).toBe(1)
    now = 60_000
    problems.tell('the Plan', 'forbidden')
    expect(told()).toBe(1)
    problems.tell('the Plan', undefined)
    problems.tell('the Plan', undefined)
    expect(told()).toBe(1)
    problems.tell('another', undefined)
    expect(told()).toBe(0)
  })
})
