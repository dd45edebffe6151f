import { expect, it } from 'vitest'
import { killAtRandom } from './fault-kills.js'
import { conformSeed } from './fault-seed.js'

const KILLS = Number(process.env['OASGEN_KILLS'] ?? 50)

it(`keeps every object through ${KILLS} random kills`, { timeout: 60_000 + KILLS * 20_000 }, async () => {
  const report = await killAtRandom(KILLS)
  process.stdout.write(`random kills (seed ${conformSeed()}): ${JSON.stringify(report)}\n`)
  expect({ duplicates: report.duplicates, orphans: report.orphans, lost: report.lost, stuck: report.stuck }).toEqual({ duplicates: 0, orphans: [], lost: [], stuck: [] })
})
