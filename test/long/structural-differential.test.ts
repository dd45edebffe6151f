import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { canonicalJson, readJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { applyDefaults, buildValidator, judgeCrd, printViolation, prune, readSchema } from '@oasgen/structural'
import { seeded } from '../seeded.js'
import { changed, crdOf, randomSpec, randomValue, type JsonMap } from './random-schemas.js'

const COUNT = Number(process.env['OASGEN_SCHEMAS'] ?? 3000)
const SEED = Number(process.env['OASGEN_SEED'] ?? 20_261_121)
const OBJECTS = 4

const folder = mkdtempSync(`${tmpdir()}/kubernetes-oracle-`)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Builds the oracle; needs Go, and the modules of Kubernetes once. */
function buildOracle(): string | undefined {
  const built = spawnSync('go', ['build', '-o', `${folder}/oracle`, '.'], { cwd: fileURLToPath(new URL('kubernetes-oracle', import.meta.url)), timeout: 280_000 })
  return built.status === 0 ? `${folder}/oracle` : undefined
}

const oracle = buildOracle()
if (oracle === undefined) process.stdout.write(`not run: the oracle of Kubernetes cannot be built here (${COUNT} random schemas)\n`)

interface Request {
  readonly op: 'judge' | 'validate' | 'default' | 'prune'
  readonly crd?: JsonMap
  readonly schema?: JsonMap
  readonly object?: JsonMap
  readonly old?: JsonMap
}

function ask(requests: readonly Request[]): readonly JsonObject[] {
  const { stdout } = spawnSync(oracle ?? '', [], { input: `${requests.map((request) => JSON.stringify(request)).join('\n')}\n`, maxBuffer: 1 << 30 })
  return stdout.toString().trim().split('\n').map((line) => value(line) as JsonObject)
}

function value(text: string): JsonValue {
  const read = readJson(text)
  return read.ok ? read.value : null
}

/** Types of `self` have a number of their own in every process. */
const TYPE_NUMBER = /selfType\d+/g

/** What Go says of a date or of base64 that it cannot read; only ratcheted objects get that far. */
const GO_DETAIL = /: (?:parsing time|illegal base64|unable to parse) .*?(?= evaluating rule)/g

function textOf({ text }: JsonObject): string {
  return typeof text === 'string' ? text : ''
}

/** The server goes through maps in any order. */
function theirFaults(answer: JsonObject): string {
  const faults = (answer['faults'] ?? []) as readonly JsonObject[]
  return typeof answer['error'] === 'string' ? `error: ${answer['error']}` : judged(faults.map((fault) => textOf(fault).replace(TYPE_NUMBER, 'selfType').replace(GO_DETAIL, '')))
}

/** Of rules that cost the same, the server blames any. */
function judged(texts: readonly string[]): string {
  return texts.filter((text) => !text.includes('contributed to estimated rule cost total')).sort().join('\n')
}

function asJson(plain: JsonMap): JsonObject {
  return value(JSON.stringify(plain)) as JsonObject
}

function ourAnswer(request: Request): string {
  if (request.op === 'judge') return judged(judgeCrd(asJson(request.crd ?? {})).map(printViolation))
  const schema = readSchema(asJson(request.schema ?? {})).value
  if (schema === undefined) return 'unreadable'
  const object = asJson(request.object ?? {})
  if (request.op === 'default') return canonicalJson(applyDefaults(schema, object))
  if (request.op === 'prune') return canonicalJson(prune(schema, object).value)
  return buildValidator(schema).validate(object, request.old === undefined ? {} : { old: asJson(request.old) }).map(printViolation).sort().join('\n')
}

function theirAnswer(request: Request, answer: JsonObject): string {
  return request.op === 'judge' || request.op === 'validate' ? theirFaults(answer) : canonicalJson(answer['value'] ?? null)
}

interface Asked {
  readonly request: Request
  readonly mine: string
  readonly theirs: string
}

function compare(requests: readonly Request[]): readonly Asked[] {
  const answers = ask(requests)
  return requests.map((request, index) => ({ request, mine: ourAnswer(request), theirs: theirAnswer(request, answers[index] ?? {}) }))
}

function differences(asked: readonly Asked[]): readonly string[] {
  return asked.filter(({ mine, theirs }) => mine !== theirs).map(({ request, mine, theirs }) => `${JSON.stringify(request)}\n  ours   ${mine}\n  theirs ${theirs}`)
}

function objectsFor(schema: JsonMap, random: () => number): readonly Request[] {
  const spec = (schema['properties'] as JsonMap)['spec'] as JsonMap
  return Array.from({ length: OBJECTS }, (_, index): readonly Request[] => {
    const around = (inner: unknown): JsonMap => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: inner as JsonMap })
    const old = randomValue(random, spec, index * 0.15)
    const object = around(changed(random, spec, old))
    return [
      { op: 'validate', schema, object }, { op: 'validate', schema, object, old: around(old) }, { op: 'default', schema, object }, { op: 'prune', schema, object },
    ]
  }).flat()
}

describe.skipIf(oracle === undefined)(`kube-apiserver${oracle === undefined ? ' (not run: the oracle cannot be built)' : ''}`, () => {
  const random = seeded(SEED)
  const schemas = Array.from({ length: COUNT }, (): JsonMap => ({ type: 'object', properties: { spec: randomSpec(random, 3) } }))

  it(`says what we say of ${COUNT} random definitions and of objects of the valid ones, from seed ${SEED}`, () => {
    const judged = compare(schemas.map((schema) => ({ op: 'judge', crd: crdOf(schema) })))
    const valid = schemas.filter((_, index) => judged[index]?.theirs === '')
    const objects = compare(valid.flatMap((schema) => objectsFor(schema, random)))
    const different = [...differences(judged), ...differences(objects)]
    const faulty = objects.filter(({ request, theirs }) => request.op === 'validate' && theirs !== '').length
    process.stdout.write(`${COUNT} definitions, ${valid.length} valid; ${objects.length} questions on objects, ${faulty} refusals; ${different.length} answers differ\n`)
    expect(different.slice(0, 20)).toEqual([])
  })
})
