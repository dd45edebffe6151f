import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { detectResources, keyOf } from '../../packages/cli/src/init/detect.js'
import { judgeAll } from '../../packages/cli/src/init/init.js'

const corpus = `${process.env['OASGEN_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url))}/corpus/`

interface Candidate {
  readonly file: string
  readonly path: string
}

const there = existsSync(`${corpus}candidates.json`)

it.skipIf(!there)(`finds every candidate of the corpus, and what it writes compiles${there ? '' : ' (not run: folder absent, 1 test)'}`, () => {
  const candidates = JSON.parse(readFileSync(`${corpus}candidates.json`, 'utf8')) as readonly Candidate[]
  let [missing, valid, all] = [0, 0, 0]
  for (const file of new Set(candidates.map((candidate) => candidate.file))) {
    const bytes = gunzipSync(readFileSync(corpus + file))
    const oasPath = `http://x.example/${file.replace(/\.gz$/, '')}`
    const document = linkDocument(readDocument(bytes, { uri: oasPath }).value!)
    const found = new Set(detectResources(document.operations()).map(({ item, collection }) => keyOf(item ?? collection)))
    missing += candidates.filter((candidate) => candidate.file === file && !found.has(candidate.path)).length
    for (const { compiled } of judgeAll(document, { bytes, oasPath, group: 'x.example.com' })) {
      all++
      if (compiled.plan !== undefined && compiled.findings.every(({ severity }) => severity !== 'error')) valid++
    }
  }
  process.stdout.write(`init on the corpus: ${candidates.length} candidates, ${missing} missed; ${valid} of ${all} definitions compile\n`)
  expect(missing).toBe(0)
  expect(valid / all).toBeGreaterThan(0.95)
})
