import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CORE_SCHEMA, loadAll } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { renderCrds } from '@oasgen/crd'
import { finding, renderPlain } from '@oasgen/diagnostics'
import { decide, prepare, type Decision, type Settings } from '@oasgen/engine'
import { canonicalJson, fromPlain, isObject, readJson, writeJson, Sealed, type JsonObject, type JsonValue } from '@oasgen/json'
import { buildGet, buildPatch, buildWatch, named, type ResourceType } from '@oasgen/kube'
import { buildModel, linkOptions, type ResourceModel } from '@oasgen/model'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { planSchema, printPlan } from '@oasgen/plan'
import { compilePlan } from '@oasgen/planner'
import { readRestDefinition } from '@oasgen/restdefinition'
import { judgeCrd, readSchema, validateObject } from '@oasgen/structural'
import { maskedExchange, type Exchange, type HttpRequest, type HttpResponse } from '@oasgen/wire'

/**
 * The forms that several packages must agree on, each with one example in specs/contracts. A change here is a change of a
 * contract: it goes together with all its users and a line in docs/decisions.
 * UPDATE_GOLDENS=1 writes them.
 */
const FOLDER = fileURLToPath(new URL('../../specs/contracts/', import.meta.url))

function golden(name: string, value: JsonValue | string): void {
  const file = `${FOLDER}${name}`
  const text = typeof value === 'string' ? value : `${writeJson(value, { indent: 2 })}\n`
  if (process.env['UPDATE_GOLDENS'] === '1') {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(file, text)
  }
  expect(text).toBe(readFileSync(file, 'utf8'))
}

const shop = fileURLToPath(new URL('../../examples/bookshop/', import.meta.url))
const definitionObject = loadAll(readFileSync(`${shop}manifests/1-definitions.yaml`, 'utf8'), undefined, { schema: CORE_SCHEMA })[0] as JsonObject
const model = bookModel()
const plan = compilePlan(model).value!

function bookModel(): ResourceModel {
  const definition = readRestDefinition({ ...definitionObject, metadata: { name: 'book', namespace: 'default' } }).value!
  const source = readDocument(readFileSync(`${shop}openapi.yaml`), { uri: 'http://127.0.0.1:18080/openapi.yaml' }).value!
  return buildModel(linkDocument(source, new Map(), linkOptions(definition)), definition).value!
}

describe('the forms that packages agree on', () => {
  it('values: exact numbers in one canonical form', () => {
    const read = readJson('{"z": 9007199254740993, "a": [1.10, 1e2, 0.1000000000000000055511151231257827], "m": {"é": null, "b": true}}')
    if (!read.ok) throw new Error(read.message)
    golden('values.json', `${canonicalJson(read.value)}\n`)
  })

  it('values: a sealed leaf never prints what it stands for', () => {
    golden('sealed.json', { password: new Sealed({ namespace: 'default', name: 'db', key: 'password' }) })
  })

  it('finding', () => {
    const found = finding('PRV0106', { uri: 'configmap://default/books/openapi.yaml', why: 'there is no ConfigMap default/books' }, {
      where: { kind: 'resource', resource: 'RestDefinition default/book', path: 'spec.oasPath' },
    })
    golden('finding.json', found as unknown as JsonValue)
    golden('finding.txt', renderPlain([found]))
  })

  it('resource model: what is known of each field', () => {
    golden('resource-model.json', summary(model))
  })

  it('plan, and the JSON Schema of its form', () => {
    golden('plan.json', `${printPlan(plan).text}\n`)
    golden('plan.schema.json', planSchema())
  })

  it('structural schema: what the API server says of a CRD and of an object', () => {
    const { resource } = renderCrds(model)
    expect(judgeCrd(resource)).toEqual([])
    const spec = resource['spec'] as JsonObject
    const version = (spec['versions'] as readonly JsonObject[])[0]!
    const schema = (version['schema'] as JsonObject)['openAPIV3Schema'] as JsonObject
    golden('structural-schema.json', schema)
    const read = readSchema(schema).value!
    const book: JsonObject = { apiVersion: 'bookshop.example/v1alpha1', kind: 'Book', metadata: { name: 'b' }, spec: { title: '', price: 'cheap', tags: 'x' } }
    golden('violations.json', validateObject(read, book) as unknown as JsonValue)
  })

  it('kube: requests as values', () => {
    const books: ResourceType = { group: 'bookshop.example', version: 'v1alpha1', plural: 'books', kind: 'Book', namespaced: true }
    const ref = { namespace: 'default', name: 'the-hobbit' }
    golden('kube-requests.json', [
      buildGet(books, ref),
      buildWatch(books, { fieldSelector: named('the-hobbit'), namespace: 'default', resourceVersion: '7' }),
      buildPatch({ type: books, ref, subresource: 'status' }, { type: 'merge', body: { status: { id: 1 } } }),
      buildPatch({ type: books, ref }, { type: 'apply', body: { spec: { price: 1299 } }, fieldManager: 'me', force: true }),
    ] as unknown as JsonValue)
  })

  it('request, exchange, outcome and decision: an edited price becomes a PATCH', () => {
    golden('reconcile.json', reconcileEdit())
  })
})

function summary({ names, shape, spec, status, identity, verbs, parents }: ResourceModel): JsonValue {
  return plain({
    names, shape, identity: identity.map(({ schema, ...rest }) => ({ ...rest, types: schema?.types ?? [] })), parents,
    spec: spec.map(({ schema, updateSchema, place, ...rest }) => ({ ...rest, types: schema.types, pointer: place.pointer, updateDiffers: updateSchema !== undefined })),
    status: status.map(({ schema, ...rest }) => ({ ...rest, types: schema?.types ?? [] })),
    verbs: Object.keys(verbs),
  })
}

function plain(value: unknown): JsonValue {
  return fromPlain(JSON.parse(JSON.stringify(value))) ?? null
}

const SETTINGS: Settings = { resyncSeconds: 180, minRetrySeconds: 1, maxRetrySeconds: 90, graceSeconds: 30, deleteDeadlineSeconds: 300, crossNamespace: 'warn' }

/** Book 1 exists and costs 1199; the manifest says 1299. Every decision and every exchange until the reconcile ends. */
function reconcileEdit(): JsonValue {
  const prepared = prepare(plan).value!
  const stored = { id: 1, title: 'The Hobbit', price: 1199, tags: ['fantasy'], in_stock: true, created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' }
  let resource: JsonObject = {
    apiVersion: 'bookshop.example/v1alpha1', kind: 'Book',
    metadata: { name: 'the-hobbit', namespace: 'default', uid: 'u-1', generation: 2, resourceVersion: '10', finalizers: ['composition.krateo.io/finalizer'], annotations: { 'krateo.io/external-name': '1' } },
    spec: { configurationRef: { name: 'bookshop' }, title: 'The Hobbit', price: 1299, tags: ['fantasy'] },
    status: { id: 1, observedGeneration: 1 },
  }
  const configuration = { state: 'found' as const, object: { kind: 'BookConfiguration', metadata: { name: 'bookshop', namespace: 'default' }, spec: {} } }
  const exchanges: Exchange[] = []
  const written: { why: (Decision & { type: 'write' })['write']['why']; exchanges: number }[] = []
  const steps: JsonValue[] = []
  for (let now = Date.UTC(2026, 0, 2); steps.length < 20; now += 10) {
    const decision = decide(prepared, { resource, configuration, references: {}, secrets: {}, settings: SETTINGS, written, failures: 0 }, exchanges, now)
    steps.push(plain(decision))
    if (decision.type === 'send') {
      const exchange: Exchange = { purpose: decision.purpose, request: decision.request, at: now, tookMs: 3, result: { type: 'response', response: answer(decision.request, stored) } }
      exchanges.push(exchange)
      steps.push(plain(maskedExchange(exchange)))
    } else if (decision.type === 'write') {
      written.push({ why: decision.write.why, exchanges: exchanges.length })
      resource = { ...resource, ...(decision.write.status && { status: decision.write.status }) }
    } else {
      return steps
    }
  }
  throw new Error('the reconcile did not end')
}

function answer(request: HttpRequest, stored: Record<string, JsonValue>): HttpResponse {
  if (request.method === 'PATCH' && request.body?.type === 'json' && isObject(request.body.value)) Object.assign(stored, request.body.value)
  return { status: 200, headers: { 'content-type': 'application/json' }, body: { type: 'json', value: { ...stored } } }
}
