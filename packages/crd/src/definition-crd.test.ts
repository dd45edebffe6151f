import { readFileSync } from 'node:fs'
import type { JsonObject, JsonValue } from '@oasgen/json'
import { readRestDefinition, restDefinitionCrd } from '@oasgen/restdefinition'
import { buildValidator, judgeCrd, printViolation, prune, readSchema, schemaOfVersion, type ObjectValidator } from '@oasgen/structural'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { at, definitionOf, sharedFile } from './cases.testing.js'
import { diffSchema } from './change/schema-diff.js'
import { renderRestDefinitionCrdYaml } from './definition-crd.js'

const CRD = restDefinitionCrd()

describe('the CRD of RestDefinition', () => {
  it('is taken by the API server', () => {
    expect(judgeCrd(CRD).map(printViolation)).toEqual([])
  })

  it('is the file of the crds folder', () => {
    const file = readFileSync(new URL('../../../crds/ogen.krateo.io_restdefinitions.yaml', import.meta.url), 'utf8')
    expect(renderRestDefinitionCrdYaml() === file, 'run npm run generate').toBe(true)
    expect(parse(file)).toEqual(CRD)
  })

  it('describes every field', () => {
    expect(undescribed(at(CRD, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'properties', 'spec') as JsonObject, 'spec')).toEqual([])
  })

  it('is small enough for client-side apply', () => {
    expect(JSON.stringify(CRD).length).toBeLessThan(250_000)
  })
})

function undescribed(schema: JsonObject, path: string): readonly string[] {
  const below = Object.entries((schema['properties'] ?? {}) as Record<string, JsonObject>).flatMap(([name, child]) => undescribed(child, `${path}.${name}`))
  const items = schema['items'] === undefined ? [] : undescribed(schema['items'] as JsonObject, `${path}[]`)
  return [...(schema['description'] === undefined ? [path] : []), ...below, ...items]
}

const REFERENCE = sharedFile('peer-cases/testdata/restdefinition-crd.yaml')

/** Narrower than the reference in letters, not in effect. */
const HARMLESS: readonly { readonly path: RegExp; readonly change: RegExp; readonly reason: string }[] = [
  { path: /^spec\.oasPath$/, change: /^pattern/, reason: 'more forms; the two of the reference are written as it writes them (see below)' },
  { path: /^spec\.resource\.verbsDescription$/, change: /^maxItems is 64/, reason: 'there are five actions; without a bound the API server refuses the rules for their cost' },
  { path: /requestFieldMapping$/, change: /^maxItems/, reason: 'no operation has that many parameters' },
  { path: /verbsDescription\[\]$/, change: /^new rule/, reason: 'speaks of fields that the reference does not have, or repeats its required method and path' },
  { path: /pagination/, change: /^new rule/, reason: 'speaks of fields that the reference does not have' },
  { path: /^status\.conditions/, change: /.*/, reason: 'the list has keys; writers are ours' },
  { path: /^status(\.|$)/, change: /^a default is written|^maxLength/, reason: 'the status is written by us' },
]

describe.skipIf(REFERENCE === undefined)(`beside the reference${REFERENCE === undefined ? ' (not run: folder absent)' : ''}`, () => {
  const reference = parse(REFERENCE ?? '{}') as JsonObject
  const schema = (crd: JsonObject): JsonObject => at(crd, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema') as JsonObject

  it('accepts what the reference accepts', () => {
    const changes = diffSchema(schema(reference), schema(CRD), '').filter((change) => change.class !== 'additive')
    expect(changes.filter((change) => !HARMLESS.some(({ path, change: text }) => path.test(change.path) && text.test(change.change)))).toEqual([])
  })

  it('has its names, columns, categories and messages', () => {
    expect(at(CRD, 'spec', 'names')).toEqual(at(reference, 'spec', 'names'))
    expect(columns(CRD)).toEqual(columns(reference))
    const ours = messagesOf(schema(CRD))
    for (const message of messagesOf(schema(reference))) expect(ours).toContain(message)
  })

  it.each(['configmap://ns/name/a.yaml', 'configmap://n-s/n/K_ey', 'configmap://a/b/c:d', 'http://x', 'https://x/y?z=1'])('takes the address %s of the reference', (text) => {
    const [old, fresh] = [reference, CRD].map((crd) => new RegExp(at(schema(crd), 'properties', 'spec', 'properties', 'oasPath', 'pattern') as string))
    expect(old?.test(text)).toBe(true)
    expect(fresh?.test(text)).toBe(true)
  })
})

function columns(crd: JsonObject): JsonValue {
  return (at(crd, 'spec', 'versions', 0, 'additionalPrinterColumns') as readonly JsonObject[]).map(({ name, type, jsonPath, priority }) => ({ name: name ?? null, type: type ?? null, jsonPath: jsonPath ?? null, priority: priority ?? null }))
}

function messagesOf(value: JsonValue): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => messagesOf(item))
  if (typeof value !== 'object' || value === null) return []
  const own = (value as JsonObject)['x-kubernetes-validations']
  const messages = Array.isArray(own) ? own.map((rule: JsonObject) => rule['message'] as string) : []
  return [...messages, ...Object.values(value as JsonObject).flatMap(messagesOf)]
}

/** The reader and the API server judge the same definitions in the same way. */
const VERB = { action: 'get', method: 'GET', path: '/a' }
const BOTH: readonly { readonly name: string; readonly resource: object; readonly spec?: object; readonly good: boolean }[] = [
  { name: 'plain', resource: { verbsDescription: [VERB] }, good: true },
  { name: 'steps without method', resource: { verbsDescription: [{ action: 'create', steps: [{ name: 's', method: 'POST', path: '/a' }] }, VERB] }, good: true },
  { name: 'neither path nor steps', resource: { verbsDescription: [{ action: 'get' }] }, good: false },
  { name: 'path without method', resource: { verbsDescription: [{ action: 'get', path: '/a', steps: [{ name: 's', method: 'POST', path: '/a' }] }] }, good: false },
  { name: 'policy on get', resource: { verbsDescription: [{ ...VERB, identifiersMatchPolicy: 'OR' }] }, good: false },
  { name: 'pagination on get', resource: { verbsDescription: [{ ...VERB, pagination: { type: 'linkHeader' } }] }, good: false },
  { name: 'token pagination without its block', resource: { verbsDescription: [{ action: 'findby', method: 'GET', path: '/a', pagination: { type: 'continuationToken' } }], identifiers: ['a'] }, good: false },
  { name: 'a block of another type', resource: { verbsDescription: [{ action: 'findby', method: 'GET', path: '/a', pagination: { type: 'linkHeader', nextUrl: { response: { tokenIn: 'body', tokenPath: 'n' } } } }], identifiers: ['a'] }, good: false },
  { name: 'two places', resource: { verbsDescription: [{ ...VERB, requestFieldMapping: [{ inPath: 'a', inBody: 'b', inCustomResource: 'spec.a' }] }] }, good: false },
  { name: 'value and inCustomResource', resource: { verbsDescription: [{ ...VERB, fieldMapping: [{ inQuery: 'a', value: '1', inCustomResource: 'spec.a' }] }] }, good: false },
  { name: 'no source', resource: { verbsDescription: [{ ...VERB, fieldMapping: [{ inQuery: 'a' }] }] }, good: false },
  { name: 'resolver on a response', resource: { verbsDescription: [{ ...VERB, fieldMapping: [{ inResponse: 'a', inCustomResource: 'spec.a', resolver: { type: 'secretRef', secretRef: { nameFromCustomResource: 'spec.a', keyFromCustomResource: 'spec.b' } } }] }] }, good: false },
  { name: 'jq on a request', resource: { verbsDescription: [{ ...VERB, fieldMapping: [{ inQuery: 'a', inCustomResource: 'spec.a', valueMapping: { type: 'jq', jq: { inline: '.' } } }] }] }, good: false },
  { name: 'inline and ref', resource: { verbsDescription: [{ ...VERB, responseTransform: { inline: '.', ref: 'https://x' } }] }, good: false },
  { name: 'entrypoint without ref', resource: { verbsDescription: [{ ...VERB, responseTransform: { inline: '.', entrypoint: 'x' } }] }, good: false },
  { name: 'keyed without keys', resource: { verbsDescription: [VERB], fields: [{ path: 'spec.a', compare: 'keyed' }] }, good: false },
  { name: 'keyed', resource: { verbsDescription: [VERB], fields: [{ path: 'spec.a', compare: 'keyed', keys: ['id'] }] }, good: true },
  { name: 'secret and reference', resource: { verbsDescription: [VERB], fields: [{ path: 'spec.a', secret: true, reference: { kind: 'B' } }] }, good: false },
  { name: 'overlay with path and actions', resource: { verbsDescription: [VERB] }, spec: { document: { overlays: [{ path: 'https://x', actions: [] }] } }, good: false },
  { name: 'unknown word', resource: { verbsDescription: [VERB] }, spec: { policy: { drift: 'fix' } }, good: false },
  { name: 'duration', resource: { verbsDescription: [VERB] }, spec: { policy: { interval: '5 minutes' } }, good: false },
  { name: 'everything at once', resource: { verbsDescription: [VERB], readyWhen: 'true', exports: [{ to: 'Secret', key: 'a', value: 'observed.a' }] }, spec: { document: { digest: `sha256:${'a'.repeat(64)}` }, controller: { mode: 'shared' } }, good: true },
]

const PROGRAM = { ref: 'configmap://default/programs/a.jq', entrypoint: 'main' }
/** Each field that release 0.21 added, with each of its forms. */
const NEWEST = {
  compareScope: 'identifiersAndStatus',
  identifiers: ['name'], additionalStatusFields: ['id'],
  configurationFields: [{ fromOpenAPI: { name: 'api-version', in: 'query' }, fromRestDefinition: { actions: ['*'] } }],
  excludedSpecFields: ['a.b'],
  verbsDescription: [
    {
      action: 'get', method: 'GET', path: '/a/{id}', successCodes: [203], tolerateCodes: [206], notFoundCodes: [410], notFoundBody: { inline: '.deleted == true' },
      headers: [{ name: 'Accept', value: 'application/vnd.x+json' }], queries: [{ name: 'expand', value: 'all' }], responseTransform: PROGRAM,
      fieldMapping: [
        { inPath: 'id', inCustomResource: 'status.id' },
        { inResponse: 'owner.login', inCustomResource: 'spec.owner' },
        { inResponse: 'state', inCustomResource: 'spec.state', valueMapping: { type: 'alias', aliases: [{ customResourceValue: 'on', apiValue: '1' }] } },
        { inResponse: 'size', inCustomResource: 'spec.size', valueMapping: { type: 'jq', jq: { inline: '. / 1024' } }, defaultIfAbsent: 0 },
      ],
    },
    { action: 'findby', method: 'GET', path: '/a', identifiersMatchPolicy: 'AND', pagination: { type: 'continuationToken', continuationToken: { request: { tokenIn: 'query', tokenPath: 'page' }, response: { tokenIn: 'header', tokenPath: 'next' } } } },
    {
      action: 'create', method: 'POST', path: '/a', requestTransform: { inline: '.' },
      fieldMapping: [{ inBody: 'password', resolver: { type: 'secretRef', secretRef: { nameFromCustomResource: 'spec.secretName', keyFromCustomResource: 'spec.secretKey' } } }],
      async: {
        mode: 'requeue', operationRef: { in: 'header', path: 'Operation-Location', jq: { inline: 'split("/") | last' } }, postGet: true,
        poll: { path: '/operations/{operationId}', method: 'GET', handleParam: 'operationId', statusPath: 'status', successValues: ['done'], failureValues: ['failed'], intervalSeconds: 1, maxAttempts: 10, timeoutSeconds: 60 },
      },
    },
    { action: 'update', method: 'PATCH', path: '/a/{id}', requestFieldMapping: [{ inPath: 'id', inCustomResource: 'status.id' }], async: { mode: 'blocking', operationRef: { in: 'body', path: 'operation.id' }, poll: { path: '/operations/{operationId}', statusPath: 'status', successValues: ['done'] } } },
    { action: 'delete', method: 'DELETE', path: '/a/{id}', requestFieldMapping: [{ inPath: 'id', inCustomResource: 'status.id' }] },
  ],
}

describe('the reader and the API server agree', () => {
  const structural = readSchema(schemaOfVersion(CRD, 'v1alpha1') ?? {}).value ?? {}
  const validator: ObjectValidator = buildValidator(structural)

  it.each(BOTH)('$name', ({ resource, spec, good }) => {
    const object = definitionOf(resource, spec) as JsonObject
    const refused = validator.validate(object).map(printViolation)
    const errors = readRestDefinition(object).findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)
    expect({ refused: refused.length > 0, errors: errors.length > 0 }, [...refused, ...errors].join('; ')).toEqual({ refused: !good, errors: !good })
  })

  it('take everything of the newest release of the reference', () => {
    const object = definitionOf(NEWEST) as JsonObject
    expect(validator.validate(object).map(printViolation)).toEqual([])
    expect(JSON.stringify(prune(structural, object).value)).toBe(JSON.stringify(object))
    expect(readRestDefinition(object).findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([])
  })

  it.each(['createApiRef', 'observeApiRef', 'updateApiRef', 'deleteApiRef'])('refuse %s, which hands the verb to another service, and point to steps', (member) => {
    const { findings } = readRestDefinition(definitionOf({ verbsDescription: [VERB], [member]: { name: 'x', namespace: 'y' } }))
    const refusal = findings.find(({ severity }) => severity === 'error')
    expect(`${refusal?.message} ${refusal?.help}`).toContain('steps')
  })

  it('knows the same fields: what the reader calls unknown, the API server prunes', () => {
    const object = definitionOf({ verbsDescription: [{ ...VERB, nonsense: 1 }], other: 2 }) as JsonObject
    expect(readRestDefinition(object).findings.map(({ code }) => code)).toEqual(['RDF0010', 'RDF0010'])
    expect(JSON.stringify(prune(structural, object).value)).not.toContain('nonsense')
  })
})
