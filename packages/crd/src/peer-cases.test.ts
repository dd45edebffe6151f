import { isObject, isArray, type JsonObject, type JsonValue } from '@oasgen/json'
import { isAuthorization } from '@oasgen/model'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { ALL_VERBS, at, build, definitionOf, documentOf, type PeerCase, peerCases, schemaOf, sharedFile } from './cases.testing.js'

/** Where we answer something else on purpose, each with why. A case that agrees again fails, so that the list stays true. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  'should preserve array default values in schema conversion': 'defaults of documents are not written into CRDs (they go stale and are written into objects)',
  'should preserve empty array default values': 'defaults of documents are not written into CRDs',
  'should preserve array default with multiple values': 'defaults of documents are not written into CRDs',
  'should return an error when max recursion depth is exceeded': 'depth is no error here: a size budget cuts the deepest levels and says so',
  'TestPrepareSchemaForCRDWithVisited MergeAllOfEnumOnlySchemas': 'allOf is an intersection (note of the case)',
  'should use findby as a fallback if get is not available': 'no string fallback is needed: the items of the list are read',
}

function runs(cases: readonly PeerCase[], check: (given: PeerCase) => void): void {
  it.each(cases.length === 0 ? [{ name: 'not run: folder absent', input: {}, expected: {} } as PeerCase] : [...cases])('$name', (given) => {
    if (cases.length === 0) return
    const why = DEVIATIONS[given.name]
    if (why === undefined) check(given)
    else expect(() => check(given), why).toThrow()
  })
}

/** What the reference loses or adds and we do not: numbers stay numbers, integers have no width of their own, empty lists are left out. */
function plain(value: JsonValue | undefined): JsonValue | undefined {
  if (isArray(value)) return value.map((item) => plain(item) as JsonValue)
  if (!isObject(value)) return value === 'number' ? 'integer' : value
  const kept = Object.entries(value).filter(([key, child]) => !(isArray(child) && child.length === 0 && (key === 'required' || key === 'enum')) && !(key === 'properties' && isObject(child) && Object.keys(child).length === 0) && !(key === 'format' && child === 'int32'))
  return Object.fromEntries(kept.map(([key, child]) => [key, key === 'required' || key === 'enum' ? sorted(child) : (plain(child) as JsonValue)]))
}

function sorted(value: JsonValue): JsonValue {
  return isArray(value) ? value.map(String).toSorted() : value
}

/** An object without fields of its own takes anything in a CRD; the cases stop one step before. */
function open(value: JsonValue | undefined): JsonValue | undefined {
  if (isArray(value)) return value.map((item) => open(item) as JsonValue)
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'x-kubernetes-preserve-unknown-fields')
  return Object.fromEntries(entries.map(([key, child]) => [key, open(child) as JsonValue]))
}

function withoutOwn(schema: JsonObject): JsonObject {
  const { description: _, default: __, ...rest } = schema
  return rest
}

interface PeerResource {
  readonly AdditionalStatusFields?: readonly string[] | null
  readonly ConfigurationFields?: readonly { FromOpenAPI: { In: string; Name: string }; FromRestDefinition: { Actions: readonly string[] | null } }[] | null
  readonly ExcludedSpecFields?: readonly string[] | null
  readonly Identifiers?: readonly string[] | null
  readonly Verbs: readonly { Action: string; Method: string; Path: string }[]
}

const ACTION: Readonly<Record<string, string>> = { put: 'update', post: 'create' }

function definitionFrom(resource: PeerResource): object {
  const verbs = resource.Verbs.map(({ Action, Method, Path }) => ({ action: Action === '' ? ACTION[Method] ?? 'get' : ACTION[Action] ?? Action, method: Method.toUpperCase(), path: Path }))
  return definitionOf({
    verbsDescription: verbs.length > 0 ? verbs : [{ action: 'delete', method: 'DELETE', path: '/none' }],
    identifiers: resource.Identifiers ?? [],
    additionalStatusFields: resource.AdditionalStatusFields ?? [],
    excludedSpecFields: resource.ExcludedSpecFields ?? [],
    configurationFields: (resource.ConfigurationFields ?? []).map(({ FromOpenAPI, FromRestDefinition }) => ({
      fromOpenAPI: { in: FromOpenAPI.In, name: FromOpenAPI.Name },
      fromRestDefinition: { actions: (FromRestDefinition.Actions ?? ['*']).map((action) => ACTION[action] ?? action) },
    })),
  })
}

function buildCase({ input }: PeerCase): ReturnType<typeof build> {
  return build(input['document'], definitionFrom(input['resource'] as unknown as PeerResource))
}

describe('spec-schema: generate', () => {
  runs(peerCases('spec-schema', 'generate').filter(({ input }) => input['includeIdentifiersInSpec'] !== true), (given) => {
    const spec = withoutOwn(schemaOf(buildCase(given).resource, 'spec'))
    expect(plain(open(spec))).toEqual(plain(open(given.expected['spec'])))
  })
})

function specWithout(schema: JsonValue, resource: object): ReturnType<typeof build> {
  return build(documentOf({ create: schema }), definitionOf({ verbsDescription: [ALL_VERBS[2]], ...resource }))
}

function excluding({ input, expected }: PeerCase, resource: object): void {
  const built = specWithout(input['schema'] ?? {}, resource)
  const { configurationRef: _, ...properties } = schemaOf(built.resource, 'spec', 'properties')
  const required = (schemaOf(built.resource, 'spec')['required'] as readonly string[] | undefined)?.filter((name) => name !== 'configurationRef') ?? []
  expect(plain(open({ type: 'object', properties, required }))).toEqual(plain(open(expected['schema'])))
  const warnings = built.all.filter(({ code }) => ['MDL0220', 'MDL0218', 'RDF0022'].includes(code)).length
  if (expected['warnings'] !== undefined) expect(warnings > 0).toBe(Number(expected['warnings']) > 0)
  if (expected['found'] !== undefined) expect(warnings === 0).toBe(expected['found'])
}

describe('spec-schema: excluded-fields', () => {
  runs(peerCases('spec-schema', 'excluded-fields'), (given) => excluding(given, { excludedSpecFields: given.input['excludedSpecFields'] }))
})

describe('spec-schema: remove-at-path', () => {
  runs(peerCases('spec-schema', 'remove-at-path'), (given) => excluding(given, { excludedSpecFields: [given.input['path']] }))
})

describe('spec-schema: configured-fields-removed', () => {
  runs(peerCases('spec-schema', 'configured-fields-removed'), (given) => {
    const names = given.input['configurationFields'] as readonly { name: string }[]
    const fields = names.map(({ name }) => ({ fromOpenAPI: { in: 'header', name }, fromRestDefinition: { actions: ['*'] } }))
    const { warnings: _, ...expected } = given.expected
    excluding({ ...given, expected }, { configurationFields: fields })
  })
})

describe('spec-schema: authorization-header', () => {
  runs(peerCases('spec-schema', 'authorization-header'), ({ input, expected }) => {
    expect(isAuthorization({ in: input['in'] as string, name: input['name'] as string })).toBe(expected['isAuthorization'])
  })
})

describe('spec-schema: parameters-and-configurationRef', () => {
  runs(peerCases('spec-schema', 'parameters-and-configurationRef'), ({ input, expected }) => {
    const base = isObject(input['document']) ? input['document'] : documentOf({})
    const path = isObject(input['document']) ? '/path2' : '/things'
    const document = JSON.parse(JSON.stringify(base)) as { paths: Record<string, { post: object }>; components?: object }
    Object.assign(document.paths[path]?.post ?? {}, { requestBody: { content: { 'application/json': { schema: input['schema'] } } } })
    if (!isObject(input['document'])) document.components = { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }
    const definition = isObject(input['resource']) ? definitionFrom(input['resource'] as unknown as PeerResource) : definitionOf({ verbsDescription: [ALL_VERBS[2]] })
    expect(plain(open(withoutOwn(schemaOf(build(document, definition).resource, 'spec'))))).toEqual(plain(open(expected['schema'])))
  })
})

function lowered(schema: JsonValue): JsonValue | undefined {
  return at(schemaOf(specWithout({ type: 'object', properties: { it: schema } }, {}).resource, 'spec', 'properties'), 'it')
}

describe('spec-schema: prepare-for-crd', () => {
  runs(peerCases('spec-schema', 'prepare-for-crd').filter(({ input }) => input['schema'] !== null), ({ input, expected }) => {
    expect(expected['error'] ?? null).toBeNull()
    const want = plain(open(expected['schema'])) as JsonObject
    expect(plain(open(lowered(input['schema'] ?? {})))).toEqual(want['properties'] !== undefined ? { type: 'object', ...want } : want)
  })
})

describe('spec-schema: array-defaults', () => {
  runs(peerCases('spec-schema', 'array-defaults'), ({ input, expected }) => {
    expect(plain(lowered(input['schema'] ?? {}))).toEqual(plain(expected['schema']))
  })
})

/** Fields of the status that are the controller's own. */
function statusOf(crd: JsonObject): JsonObject {
  const { conditions: _, observedGeneration: __, reconcile: ___, ...properties } = schemaOf(crd, 'status', 'properties')
  return { type: 'object', properties }
}

describe('status-schema: compose', () => {
  runs(peerCases('status-schema', 'compose'), ({ input, expected }) => {
    const built = build(documentOf({ get: input['responseSchema'] ?? {} }), definitionOf({ verbsDescription: [ALL_VERBS[1]], additionalStatusFields: input['statusFields'] }))
    const want = plain(open(withoutFormats(expected['schema'])))
    expect(plain(open(withoutFormats(statusOf(built.resource))))).toEqual(want)
    expect(built.all.filter(({ code }) => ['MDL0215', 'MDL0216', 'RDF0022'].includes(code)).length).toBe(expected['warnings'])
  })
})

/** A format is told in the description, as the reference does for the spec. */
function withoutFormats(value: JsonValue | undefined): JsonValue | undefined {
  if (isArray(value)) return value.map((item) => withoutFormats(item) as JsonValue)
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([key, child]) => !(key === 'description' && typeof child === 'string' && child.startsWith('(format:')))
  return Object.fromEntries(entries.map(([key, child]) => [key, withoutFormats(child) as JsonValue]))
}

describe('status-schema: generate', () => {
  runs(peerCases('status-schema', 'generate'), (given) => {
    const { resource, all } = buildCase(given)
    expect(plain(open(statusOf(resource)))).toEqual(plain(open(given.expected['status'])))
    const fallbacks = (given.expected['generationWarnings'] as readonly string[]).filter((warning) => warning.includes('defaulting to string')).length
    expect(all.filter(({ code }) => ['MDL0215', 'MDL0216'].includes(code)).length).toBe(fallbacks)
  })
})

describe('configuration-schema: generate', () => {
  runs(peerCases('configuration-schema', 'generate'), (given) => {
    const { configuration } = buildCase(given)
    const want = given.expected['configuration']
    if (want === null) expect(configuration).toBeUndefined()
    else {
      const { authentication, configuration: parameters } = schemaOf(configuration, 'spec', 'properties')
      const { login: _, ...blocks } = at(authentication, 'properties') as JsonObject
      const made = { type: 'object', properties: { authentication: { ...(authentication as JsonObject), properties: blocks }, ...(parameters !== undefined && { configuration: parameters }) } }
      expect(plain(made)).toEqual(plain(JSON.parse(JSON.stringify(want).replaceAll('"put":', '"update":')) as JsonValue))
    }
  })
})

describe('crd-golden: JSON schema pairs', () => {
  runs(peerCases('crd-golden', 'golden').filter(({ input }) => input['schemaFile'] !== undefined), ({ input, expected }) => {
    const schema = JSON.parse(sharedFile(`peer-cases/${input['schemaFile'] as string}`) ?? '{}') as JsonObject
    const golden = parse(sharedFile(`peer-cases/${expected['crdFile'] as string}`) ?? '') as JsonObject
    const { $schema: _, title: __, ...body } = schema
    const built = build(documentOf({ create: body, root: schema['$defs'] === undefined ? {} : { $defs: schema['$defs'] } }), definitionOf({ verbsDescription: [ALL_VERBS[2]], kind: 'Hello' }, { resourceGroup: 'test.krateo.io' }))
    expect(comparable(schemaOf(built.resource, 'spec'))).toEqual(comparable(schemaOf(golden, 'spec')))
    expect(at(built.resource, 'spec', 'names', 'plural')).toBe(at(golden, 'spec', 'names', 'plural'))
  })
})

/** Beside defaults, formats, examples and nulls of enums, which are kept differently on purpose, two schemas are the same. */
function comparable(schema: JsonValue | undefined): JsonValue | undefined {
  if (isArray(schema)) return schema.map((item) => comparable(item) as JsonValue)
  if (!isObject(schema)) return schema === 'number' ? 'integer' : schema
  const rules = schema['x-kubernetes-validations']
  const dropped = ['default', 'example', 'format', 'description', 'x-kubernetes-validations', ...(schema['enum'] !== undefined ? ['nullable', 'enum'] : []), ...(rules !== undefined ? ['nullable'] : [])]
  const kept = Object.entries(schema).filter(([key, value]) => !dropped.includes(key) || (key === 'description' && isObject(value)))
  return Object.fromEntries(kept.map(([key, value]) => [key, key === 'required' ? sorted(value) : (comparable(value) as JsonValue)]))
}
