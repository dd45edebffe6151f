import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startControlPlane } from '@oasgen/apiserver'
import { expect, it } from 'vitest'
import { fuzz } from '../wire/fuzz.js'

const REQUESTS = 50_000
const SEEDS = [1, 2, 3]

it.each(SEEDS)(`${REQUESTS} requests that hardly make sense, on a durable store, seed %i`, async (seed) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'oasgen-fuzz-'))
  const bugs: string[] = []
  const plane = await startControlPlane({ dataDir, plainHttp: {}, log: (line) => { if (line.startsWith('bug')) bugs.push(line) } })
  const report = await fuzz({ port: plane.plainPort ?? 0, token: plane.token }, { seed, until: (sent) => sent >= REQUESTS })
  await plane.close()
  const again = await startControlPlane({ dataDir })
  await again.close()
  rmSync(dataDir, { recursive: true })
  expect([report.strange, bugs]).toEqual([[], []])
})
