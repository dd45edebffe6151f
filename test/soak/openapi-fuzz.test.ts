import { describe, expect, it } from 'vitest'
import { runFuzz } from '../long/openapi-fuzz.js'

describe('documents that were changed at random, many', () => {
  it('are read or refused, without a crash, without taking long, without keeping memory', () => {
    const result = runFuzz({ seed: Number(process.env['OASGEN_SEED'] ?? 2), inputs: 20_000 })
    process.stdout.write(`${result.inputs} documents, slowest ${Math.round(result.slowestMs)} ms, memory grew by ${Math.round(result.grownMegabytes)} MB\n`)
    expect(result.failures).toEqual([])
    expect(result.grownMegabytes).toBeLessThan(500)
  })
})
