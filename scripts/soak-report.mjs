// `npm run soak` ends here: what ran, when, where and what came of it, in docs/soak.md. A run of one file replaces the rows of its own tests.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { relative } from 'node:path'

const FILE = 'docs/soak.md'
const HEAD = `# Soak

The unbounded forms of fuzz, faults and kills, run by hand with \`npm run soak\` (hours) or \`npm run soak -- test/soak/<file>\`. Written by that command.

| test | date | minutes | result | facts |
|---|---|---|---|---|
`

function rowsBefore() {
  if (!existsSync(FILE)) return new Map()
  const lines = readFileSync(FILE, 'utf8').split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| test |'))
  return new Map(lines.map((line) => [line.split(' | ')[0], line]))
}

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ')

export function writeSoakReport() {
  const report = JSON.parse(readFileSync('.reports/soak.json', 'utf8'))
  const date = new Date(report.startTime).toISOString().slice(0, 10)
  const machine = `${cpus()[0]?.model ?? 'unknown processor'} × ${availableParallelism()}, Node ${process.versions.node}`
  const rows = rowsBefore()
  for (const { name, startTime, endTime, assertionResults: tests } of report.testResults) {
    const count = (status) => tests.filter((test) => test.status === status).length
    const result = [`${count('passed')} passed`, `${count('failed')} failed`, `${count('skipped')} skipped`].filter((text) => !text.startsWith('0 ')).join(', ')
    const facts = [...tests.map(({ meta }) => meta?.facts), machine].filter(Boolean).join('; ')
    const row = [`| ${cell(relative('.', name))}`, date, ((endTime - startTime) / 60_000).toFixed(1), result, `${cell(facts)} |`].join(' | ')
    rows.set(row.split(' | ')[0], row)
  }
  writeFileSync(FILE, `${HEAD}${[...rows.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row).join('\n')}\n`)
}
