import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { renderCrds } from '@oasgen/crd'
import type { JsonObject } from '@oasgen/json'
import { buildModel } from '@oasgen/model'
import { linkDocument, readDocument, type Document } from '@oasgen/openapi'
import { readRestDefinition } from '@oasgen/restdefinition'
import { judgeCrd, printViolation } from '@oasgen/structural'
import { startRealApiServer, type RealApiServer } from '@oasgen/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seeded, type Random } from '../seeded.js'
import { breakSomewhere } from './corpus-breakages.js'
import { DEFINITIONS, faultsOf, send, until } from './generated-kinds-client.js'

const CORPUS = `${process.env['OASGEN_SHARED'] ?? new URL('../../../shared', import.meta.url).pathname}/corpus/`
const PRESENT = existsSync(`${CORPUS}candidates.json`)
const SIZE = Number(process.env['OASGEN_SAMPLE'] ?? 500)
const SEED = Number(process.env['OASGEN_SEED'] ?? 20_261_121)

/** A script without types, shared with `npm run corpus`. */
const SCRIPT = new URL('../../scripts/corpus-candidates.mjs', import.meta.url).pathname

interface Candidate { readonly file: string; readonly path: string; readonly update: readonly (readonly [string, string])[] | null }

let server: RealApiServer

describe.skipIf(!PRESENT)(`the judge and kube-apiserver agree about ${PRESENT ? SIZE : 'not run: folder absent'} definitions made from real documents, from seed ${SEED}`, () => {
  beforeAll(async () => { server = await startRealApiServer() }, 1_800_000)
  afterAll(async () => server?.close())

  it('one in five broken on purpose, all others created and served', async () => {
    const made = await sample(seeded(SEED))
    const wrong: string[] = []
    let refused = 0
    for (const batch of batches(made, 8)) {
      await Promise.all(batch.map(async ({ label, crd }) => {
        const ours = judgeCrd(crd).map(printViolation).sort()
        const theirs = faultsOf(await send(server, 'POST', `${DEFINITIONS}?fieldValidation=Ignore`, crd))
        if (theirs.length > 0) refused += 1
        if (!agrees(ours, theirs)) wrong.push(`${label}\n  ours   ${ours.join('\n         ')}\n  theirs ${theirs.join('\n         ')}`.slice(0, 2000))
      }))
    }
    process.stdout.write(`${made.length} definitions, ${refused} refused by both; ${wrong.length} judged differently\n`)
    expect(wrong).toEqual([])
    expect(made.length - (await established())).toBe(refused)
  }, 600_000)
})

function agrees(ours: readonly string[], theirs: readonly string[]): boolean {
  return (ours.length === 0) === (theirs.length === 0) && comparable(ours) === comparable(theirs)
}

/** The same text wherever two servers give the same: of rules that cost the same any is blamed, and a parser that goes on after an error has its own way. */
function comparable(texts: readonly string[]): string {
  return texts
    .filter((text) => !text.includes('contributed to estimated rule cost total'))
    .map((text) => text.replace(/selfType\d+/g, 'selfType').replace(/compilation failed: [^]*Syntax error[^]*$/, 'compilation failed: syntax'))
    .sort().join('\n')
}

async function sample(dice: Random): Promise<readonly { readonly label: string; readonly crd: JsonObject }[]> {
  const { definitionFor } = (await import(SCRIPT)) as { definitionFor: (document: Document, candidate: object, schema: string) => object }
  const all = shuffled(JSON.parse(readFileSync(`${CORPUS}candidates.json`, 'utf8')) as Candidate[], dice)
  const documents = new Map<string, Document>()
  const made: { readonly label: string; readonly crd: JsonObject }[] = []
  for (const candidate of all) {
    if (made.length >= SIZE) break
    const document = documents.get(candidate.file) ?? open(candidate.file)
    documents.set(candidate.file, document)
    const schema = dice() < 0.5 ? 'strict' : 'compatible'
    const { value } = readRestDefinition(inGroup(definitionFor(document, { ...candidate, update: candidate.update ?? [] }, schema), made.length))
    if (value === undefined) continue
    const crd = renderCrds(buildModel(document, value).value).resource
    made.push({ label: `${candidate.file} ${candidate.path} (${schema})`, crd: dice() < 0.2 ? breakSomewhere(crd, dice) : crd })
  }
  return made
}

/** Each in a group of its own, so that names never meet. */
function inGroup(definition: object, index: number): object {
  return JSON.parse(JSON.stringify(definition).replaceAll('corpus.example.org', `c${index}.corpus.example.org`)) as object
}

function open(file: string): Document {
  const { value } = readDocument(gunzipSync(readFileSync(`${CORPUS}${file}`)), { uri: file })
  if (value === undefined) throw new Error(`${file} cannot be read`)
  return linkDocument(value)
}

function shuffled<T>(items: readonly T[], dice: Random): readonly T[] {
  return items.map((item) => ({ item, rank: dice() })).toSorted((a, b) => a.rank - b.rank).map(({ item }) => item)
}

function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}

interface Condition { readonly type: string; readonly status: string }

/** How many definitions the server serves: accepted, structural, established. */
async function established(): Promise<number> {
  const count = async (): Promise<{ readonly served: number; readonly all: number }> => {
    const { body } = await send(server, 'GET', DEFINITIONS)
    const items = body['items'] as unknown as readonly { readonly status?: { readonly conditions?: readonly Condition[] } }[]
    const has = (conditions: readonly Condition[] | undefined, type: string): boolean => conditions?.some((each) => each.type === type && each.status === 'True') === true
    const served = items.filter(({ status }) => has(status?.conditions, 'Established') && !has(status?.conditions, 'NonStructuralSchema'))
    return { served: served.length, all: items.length }
  }
  return (await until(count, ({ served, all }) => served === all)).served
}
