import { expect, it } from 'vitest'
import { killAtRandom } from '../long/fault-kills.js'
import { conformSeed } from '../long/fault-seed.js'

const KILLS = Number(process.env['OASGEN_KILLS'] ?? 500)

it(`keeps every object through ${KILLS} random kills`, async () => {
  const report = await killAtRandom(KILLS)
  process.stdout.write(`random kills (seed ${conformSeed()}): ${JSON.stringify(report)}\n`)
  expect({ duplicates: report.duplicates, orphans: report.orphans, lost: report.lost, stuck: report.stuck }).toEqual({ duplicates: 0, orphans: [], lost: [], stuck: [] })
})
