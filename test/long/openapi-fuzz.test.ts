import { describe, expect, it } from 'vitest'
import { runFuzz } from './openapi-fuzz.js'

describe('documents that were changed at random', () => {
  it('are read or refused, without a crash, without taking long, for 60 seconds', () => {
    const result = runFuzz({ seed: Number(process.env['OASGEN_SEED'] ?? 1), milliseconds: 60_000 })
    process.stdout.write(`${result.inputs} documents, slowest ${Math.round(result.slowestMs)} ms, first seed ${process.env['OASGEN_SEED'] ?? 1}\n`)
    expect(result.failures).toEqual([])
    expect(result.inputs).toBeGreaterThan(200)
  })
})
