import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { playCell, type Cell, type CellRun } from './cell.js'
import { openStage, type Stage } from './stage.js'

const only = process.env['OASGEN_CELLS']
const table = (JSON.parse(readFileSync(new URL('../../../specs/conform/table.json', import.meta.url), 'utf8')) as readonly Cell[])
  .filter((cell) => only === undefined || only.split(',').includes(`${cell.switch}/${cell.verb}/${cell.kind}`) || only.split(',').includes(cell.switch))

/** Definitions that leave nothing to find out what became of a create. */
const BLIND = ['Blind']

describe('what comes out when an API goes wrong', () => {
  let stage: Stage
  let runs: readonly CellRun[] = []
  beforeAll(async () => {
    stage = await openStage()
    runs = await Promise.all(table.map((cell, index) => playCell(stage, cell, index)))
  }, 240_000)
  afterAll(() => stage?.close())

  it.each(table.map((cell, index) => ({ ...cell, index })))('$switch × $verb of $kind: $end, because $why', ({ index, end, told }) => {
    const run = runs[index] as CellRun
    const shown = `${run.ledger.join('\n')}\ntold: ${run.told.join(', ')}`
    expect({ end: run.end, violations: run.violations }, shown).toEqual({ end, violations: [] })
    if (told !== undefined) expect(run.told, shown).toContain(told)
  })

  it('stops only where look-up, mark and key are all missing', () => {
    expect(table.filter(({ end, kind }) => end === 'stop' && !BLIND.includes(kind))).toEqual([])
  })
})
