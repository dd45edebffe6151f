import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { conformPlan, PHASES, type Score, type Subject } from '@oasgen/conform'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { judgeAll } from '../../packages/cli/src/init/init.js'

const corpus = `${process.env['OASGEN_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url))}/corpus/`
const there = existsSync(`${corpus}candidates.json`)
/** Part of the names of the documents to take, separated by commas; absent = all. */
const only = process.env['OASGEN_DOCUMENTS']?.split(',')

interface Candidate {
  readonly file: string
}

/** What `oasgen init` writes for a document, as far as it compiles. */
function definitionsOf(file: string): readonly (Subject & { readonly name: string })[] {
  const bytes = gunzipSync(readFileSync(corpus + file))
  const oasPath = `http://x.example/${file.replace(/\.gz$/, '')}`
  const source = readDocument(bytes, { uri: oasPath }).value
  return source === undefined ? [] : judgeAll(linkDocument(source), { bytes, oasPath, group: 'x.example.com' }).flatMap(({ compiled, proposal }) => {
    const { plan, resourceCrd, configurationCrd, findings } = compiled
    const isSound = findings.every(({ severity }) => severity !== 'error')
    return plan === undefined || resourceCrd === undefined || !isSound ? [] : [{ name: `${file} ${proposal.kind}`, plan, resourceCrd, ...(configurationCrd && { configurationCrd }) }]
  })
}

/** Why the life did not go to its end; `undefined`: it did. */
function troubleOf({ problem, lives: [life] }: Score): string | undefined {
  if (problem !== undefined || life === undefined) return problem ?? 'no life'
  if (life.result === 'converged') return undefined
  const phase = PHASES.find((each) => ['told', 'wrong'].includes(life.phases[each].type))
  const result = phase === undefined ? undefined : life.phases[phase]
  return result === undefined ? `${life.ledger.duplicates} duplicates, ${life.orphans} orphans, ${life.needlessWrites} needless writes` : `${phase ?? ''}: ${JSON.stringify(result)}`
}

it.skipIf(!there)(`lives with what init writes for real documents${there ? '' : ' (not run: folder absent, 1 test)'}`, async () => {
  const files = [...new Set((JSON.parse(readFileSync(`${corpus}candidates.json`, 'utf8')) as readonly Candidate[]).map(({ file }) => file))]
  const troubles: string[] = []
  let all = 0
  for (const file of files.filter((name) => only === undefined || only.some((word) => name.includes(word)))) {
    for (const { name, ...subject } of definitionsOf(file)) {
      all++
      const trouble = troubleOf(await conformPlan(subject, { switches: ['none'] }))
      if (trouble !== undefined) troubles.push(`${name}: ${trouble.slice(0, 200)}`)
    }
  }
  const share = all === 0 ? 1 : (all - troubles.length) / all
  process.stdout.write(`init through conform: ${all - troubles.length} of ${all} definitions complete the life cycle (${(share * 100).toFixed(1)} %)\n${troubles.map((line) => `  ${line}\n`).join('')}`)
  expect(share).toBeGreaterThanOrEqual(0.95)
})
