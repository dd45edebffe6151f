import { afterAll, describe, expect, it } from 'vitest'
import type { conformDefinition } from '@oasgen/conform'
import type { JsonObject } from '@oasgen/json'
import type { check } from '../../packages/engine/src/simulator.testing.js'
import { readDefinitions, readThings } from '../integration/conform/stage.js'
import { clear, load, plant, readPlanted, type Planted } from './planted-bugs.js'

/** Each bug is caught far earlier; without one so many schedules pass. */
const SCHEDULES = 4_000
const FROM = 1

describe('bugs that are planted in a copy of the engine', () => {
  const folders: string[] = []
  afterAll(() => folders.forEach(clear))

  const copy = (bug: Planted | undefined): string => {
    const folder = plant(bug)
    folders.push(folder)
    return folder
  }

  /** The seed that noticed, or the life. */
  const noticed = async (bug: Planted | undefined, how: Pick<Planted, 'caught' | 'kind' | 'switches'>): Promise<string | undefined> => {
    const folder = copy(bug)
    if (how.caught === 'simulator') {
      const simulator = await load<{ check: typeof check }>(folder, 'engine/simulator.testing.ts')
      return caughtBy(() => simulator.check(FROM, SCHEDULES).failed?.broken)
    }
    const { conformDefinition: conform } = await load<{ conformDefinition: typeof conformDefinition }>(folder, 'packages/conform/src/index.ts')
    const definition = readDefinitions().find(({ spec }) => ((spec as JsonObject).resource as JsonObject).kind === how.kind)
    const score = await conform(readThings(), definition ?? {}, { switches: how.switches ?? [] })
    return 'lives' in score ? score.lives.find(({ result }) => result !== 'converged')?.switch : 'it does not compile'
  }

  it('there are at least ten', () => expect(readPlanted().length).toBeGreaterThanOrEqual(10))

  it.each(readPlanted())('$name is caught by $caught: $about', async (bug) => {
    const found = await noticed(bug, bug)
    process.stdout.write(`${bug.name}: ${found ?? 'not noticed'}\n`)
    expect(found).toBeDefined()
  })

  it('and without a bug nothing is noticed', async () => {
    expect(await noticed(undefined, { caught: 'simulator' })).toBeUndefined()
    for (const { kind, switches, caught } of readPlanted()) if (caught === 'lives' && kind !== undefined && switches !== undefined) expect(await noticed(undefined, { caught, kind, switches })).toBeUndefined()
  })

  it('a bug that finds no place fails', () => {
    const [bug] = readPlanted()
    expect(() => copy({ ...(bug as Planted), find: 'this stands nowhere' })).toThrow('bring the patch up to date')
  })
})

/** An engine that throws is noticed too. */
function caughtBy(run: () => string | undefined): string | undefined {
  try {
    return run()
  } catch (error) {
    return error instanceof Error ? error.message : 'it throws'
  }
}
