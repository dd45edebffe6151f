import { existsSync, readFileSync, readdirSync } from 'node:fs'
import type { JsonObject, JsonValue } from '@oasgen/json'
import { startRealApiServer, type RealApiServer } from '@oasgen/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEFINITIONS, faultsOf, send, until } from './generated-kinds-client.js'

let server: RealApiServer

beforeAll(async () => { server = await startRealApiServer() }, 1_800_000)
afterAll(async () => server?.close())

/** The cases that the offline judge is tested with: what stands in `expected.json` is what the running server says. */
const ROOT = new URL('../../specs/structural/', import.meta.url)
const CASES = readdirSync(ROOT).filter((name) => !name.endsWith('.md')).sort()

function read(name: string, file: string): JsonValue {
  return JSON.parse(readFileSync(new URL(`${name}/${file}`, ROOT), 'utf8')) as JsonValue
}

/** Of rules that cost the same, the server blames any. */
function sorted(texts: readonly string[]): readonly string[] {
  return texts.filter((text) => !text.includes('contributed to estimated rule cost total')).map(plain).sort()
}

/** The number of a type differs from run to run. */
function plain(text: string): string {
  return text.replace(/selfType\d+/g, 'selfType')
}

describe('kube-apiserver refuses a definition that breaks a rule', () => {
  it.each(CASES.filter((name) => !name.startsWith('object-')))('%s', async (name) => {
    const answer = await send(server, 'POST', `${DEFINITIONS}?dryRun=All&fieldValidation=Ignore`, read(name, 'crd.json') as JsonObject)
    expect(sorted(faultsOf(answer))).toEqual(sorted(read(name, 'expected.json') as string[]))
  })
})

describe('kube-apiserver judges an object', () => {
  it.each(CASES.filter((name) => name.startsWith('object-')).map((name, index) => [name, index] as const))('%s', async (name, index) => {
    const group = `case${index}.example.org`
    const crd = inGroup(read(name, 'crd.json'), group) as JsonObject
    const object = inGroup(read(name, 'object.json'), group) as JsonObject
    const old = existsSync(new URL(`${name}/old.json`, ROOT)) ? inGroup(read(name, 'old.json'), group) as JsonObject : undefined
    const answer = old === undefined ? await created(crd, object) : await updated(crd, old, object)
    expect(sorted(faultsOf(answer))).toEqual(sorted(read(name, 'expected.json') as string[]))
  })
})

function inGroup(value: JsonValue, group: string): JsonValue {
  return JSON.parse(JSON.stringify(value).replaceAll('example.com', group)) as JsonValue
}

interface Definition {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly group: string; readonly names: { readonly plural: string }; readonly versions: readonly { readonly name: string }[] }
}

function collectionOf(crd: JsonObject): string {
  const { spec } = crd as unknown as Definition
  return `/apis/${spec.group}/${spec.versions[0]?.name}/namespaces/default/${spec.names.plural}`
}

async function define(crd: JsonObject): Promise<void> {
  const made = await send(server, 'POST', `${DEFINITIONS}?fieldValidation=Ignore`, crd)
  expect(faultsOf(made)).toEqual([])
  await until(async () => send(server, 'GET', collectionOf(crd)), ({ status }) => status === 200)
}

/** Asked on the way: a kind that was just defined may need a moment before it takes objects. */
async function created(crd: JsonObject, object: JsonObject): Promise<Awaited<ReturnType<typeof send>>> {
  await define(crd)
  return until(async () => send(server, 'POST', `${collectionOf(crd)}?fieldValidation=Ignore`, object), ({ status }) => status !== 404)
}

/** What is there already may break rules that were added later, so it is stored before they are. */
async function updated(crd: JsonObject, old: JsonObject, object: JsonObject): Promise<Awaited<ReturnType<typeof send>>> {
  await created(open(crd), old)
  const path = `${DEFINITIONS}/${(crd as unknown as Definition).metadata.name}`
  const { body } = await send(server, 'GET', path)
  const replaced = await send(server, 'PUT', `${path}?fieldValidation=Ignore`, { ...crd, metadata: body['metadata'] ?? {} })
  expect(faultsOf(replaced)).toEqual([])
  await until(async () => probe(crd), (isReady) => isReady)
  const stored = await send(server, 'GET', `${collectionOf(crd)}/${nameOf(old)}`)
  const { resourceVersion } = stored.body['metadata'] as { readonly resourceVersion: string }
  const metadata = { ...(object['metadata'] as JsonObject), resourceVersion }
  return send(server, 'PUT', `${collectionOf(crd)}/${nameOf(old)}?fieldValidation=Ignore`, { ...object, metadata })
}

function nameOf(object: JsonObject): string {
  return (object['metadata'] as { readonly name: string }).name
}

const MARK = 'zzz-probe'

/** The definition with a schema that takes anything. */
function open(crd: JsonObject): JsonObject {
  return withSchema(crd, () => ({ type: 'object', properties: { spec: { 'x-kubernetes-preserve-unknown-fields': true } } }))
}

/** Whether the server serves the new schema: what is not in it is pruned. */
async function probe(crd: JsonObject): Promise<boolean> {
  const { kind } = (crd['spec'] as { readonly names: { readonly kind: string } }).names
  const apiVersion = collectionOf(crd).split('/').slice(2, 4).join('/')
  const { status, body } = await send(server, 'POST', `${collectionOf(crd)}?dryRun=All&fieldValidation=Ignore`, { apiVersion, kind, metadata: { name: MARK }, spec: { [MARK]: 1 } })
  return status !== 201 || !Object.hasOwn((body['spec'] ?? {}) as object, MARK)
}

function withSchema(crd: JsonObject, change: () => JsonObject): JsonObject {
  const spec = crd['spec'] as { readonly versions: readonly JsonObject[] }
  return { ...crd, spec: { ...spec, versions: spec.versions.map((version) => ({ ...version, schema: { openAPIV3Schema: change() } })) } as unknown as JsonObject }
}
