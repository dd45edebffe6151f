// Adds up the reports that the runners left, lane by lane, and says why something was skipped. A lane without a report has failed.
import { existsSync, readFileSync } from 'node:fs'
import { isBuilt } from './lane.mjs'

// The long lane joins when the issues that fill it are resolved; until then `npm run test:long` runs what there is.
const IN_CI = ['unit', 'integration', 'real', 'servers']
const NOT_YET = ['long']

const total = { passed: 0, failed: 0, skipped: 0 }
for (const lane of IN_CI) {
  if (!isBuilt(lane)) {
    console.log(`${lane.padEnd(12)} not built yet`)
    continue
  }
  const report = readReport(lane)
  for (const key of Object.keys(total)) total[key] += report[key]
  console.log(`${lane.padEnd(12)} ${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped${report.note}`)
  for (const [reason, count] of report.reasons) console.log(`${''.padEnd(12)}   skipped ${count}: ${reason}`)
}
for (const lane of NOT_YET) console.log(`${lane.padEnd(12)} not built yet: its issues are open; npm run test:${lane} runs what there is`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 ? 0 : 1)

function readReport(lane) {
  const file = `.reports/${lane}.json`
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0, note: ' (no report: the lane did not run to its end)', reasons: [] }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const tests = report.testResults.flatMap((result) => result.assertionResults)
  const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed')
  const broken = report.testResults.filter((result) => result.status === 'failed' && result.assertionResults.every((test) => test.status !== 'failed')).length
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests.filter((test) => test.status === 'failed').length + broken,
    skipped: skipped.length,
    note: broken > 0 ? ` (${broken} files could not be run)` : '',
    reasons: countReasons(skipped),
  }
}

// A test is skipped with its reason in its own name or in the name of its group: "… (not run: folder absent)".
function countReasons(tests) {
  const counts = new Map()
  for (const test of tests) {
    const reason = /not run: [^)]*/.exec(test.fullName)?.[0] ?? `no reason given: ${test.fullName}`
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return [...counts]
}
