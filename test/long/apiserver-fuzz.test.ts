import { startControlPlane } from '@oasgen/apiserver'
import { expect, it } from 'vitest'
import { fuzz } from '../wire/fuzz.js'

const MS = Number(process.env['OASGEN_FUZZ_MS'] ?? 60_000)
const SEED = Number(process.env['OASGEN_FUZZ_SEED'] ?? 20_261_121)

it(`nothing that arrives on the wire breaks the embedded control plane (${MS / 1000} s, seed ${SEED})`, async () => {
  const bugs: string[] = []
  const plane = await startControlPlane({ inMemory: true, plainHttp: {}, log: (line) => { if (line.startsWith('bug')) bugs.push(line) } })
  const end = Date.now() + MS
  const report = await fuzz({ port: plane.plainPort ?? 0, token: plane.token }, { seed: SEED, until: () => Date.now() > end })
  await plane.close()
  process.stdout.write(`${report.requests} requests: ${JSON.stringify(report.byStatus)}\n`)
  expect([report.strange, bugs, Object.keys({}.constructor.prototype)]).toEqual([[], [], []])
})
