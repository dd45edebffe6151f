// The one-minute inner loop: offline, no cluster. Every step runs, so one call reports all that is wrong.
import { checkLinks } from './links.mjs'
import { checkGenerated } from './generate.mjs'
import { runLane } from './lane.mjs'
import { lint } from './lint.mjs'
import { run, runSteps } from './run.mjs'

// A summary of what the unit tests reach; `npm run coverage` lists it by file.
const coverage = process.env.CI === undefined ? [] : ['--coverage.enabled', '--coverage.reporter=text-summary', '--coverage.reportOnFailure']

export const steps = [
  ['types', () => run('npx', ['--no-install', 'tsc', '-b'])],
  ['lint', lint],
  ['generated files', checkGenerated],
  ['links in docs', checkLinks],
  ['unit and golden tests', () => runLane('unit', [...coverage, ...process.argv.slice(2)])],
]

if (import.meta.url === `file://${process.argv[1]}`) process.exit(await runSteps(steps))
