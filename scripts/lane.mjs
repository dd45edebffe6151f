// One lane of tests: `node scripts/lane.mjs real [vitest arguments]`. Leaves its report in .reports/<lane>.json.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { run } from './run.mjs'
import { writeSoakReport } from './soak-report.mjs'

export const LANES = {
  unit: { folder: undefined, what: 'unit and golden tests, offline' },
  integration: { folder: 'test/integration', what: 'programs on the embedded control plane' },
  real: { folder: 'test/real', what: 'the same suites on kube-apiserver and etcd' },
  servers: { folder: 'test/servers', what: 'REST servers that nobody here wrote' },
  long: { folder: 'test/long', what: 'bounded fuzz, kills and schedules' },
  soak: { folder: 'test/soak', what: 'unbounded fuzz, kills and schedules' },
}

export function isBuilt(lane) {
  const folder = LANES[lane].folder
  return folder === undefined || (existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => String(file).endsWith('.test.ts')))
}

export async function runLane(lane, args = []) {
  mkdirSync('.reports', { recursive: true })
  rmSync(`.reports/${lane}.json`, { force: true })
  if (!isBuilt(lane)) {
    console.log(`lane ${lane} (${LANES[lane].what}): not built yet`)
    return 0
  }
  console.log(`lane ${lane}: ${LANES[lane].what}`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=.reports/${lane}.json`]
  const code = await run('npx', ['--no-install', 'vitest', 'run', '--project', lane, '--silent=passed-only', ...reporters, ...args])
  if (lane === 'soak' && existsSync('.reports/soak.json')) writeSoakReport()
  return code
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const [lane, ...args] = process.argv.slice(2)
  if (lane === undefined || !Object.hasOwn(LANES, lane)) {
    console.error(`usage: node scripts/lane.mjs ${Object.keys(LANES).join('|')}`)
    process.exit(2)
  }
  process.exit(await runLane(lane, args))
}
