import { expect, it } from 'vitest'
import { check } from '../../packages/engine/src/simulator.testing.js'

const COUNT = Number(process.env['OASGEN_SCHEDULES'] ?? 10_000)
const FROM = Number(process.env['OASGEN_SEED'] ?? 1_000_001)

it(`keeps every invariant in ${COUNT} schedules from seed ${FROM}`, () => {
  const { failed, ran } = check(FROM, COUNT)
  process.stdout.write(`engine schedules: ${ran} from seed ${FROM}\n`)
  expect(failed === undefined ? 'in order' : `seed ${failed.seed} (${failed.kind}): ${failed.broken ?? ''}\n${failed.log.join('\n')}`).toBe('in order')
})
