import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import type { HttpRequest } from '@oasgen/wire'
import { drive, reconcile } from './drive.testing.js'
import { answers, body, object, parameter, sketch, STRING } from './sketch.testing.js'

interface Declared {
  readonly path: readonly string[]
  readonly query: readonly string[]
  readonly headers: readonly string[]
  readonly cookies: readonly string[]
  readonly body: readonly string[]
}
interface Case {
  readonly name: string
  readonly input: {
    readonly call?: { readonly action?: string; readonly method?: string; readonly path?: string; readonly declared: Declared; readonly requestFieldMapping: readonly JsonObject[] } | null
    readonly resource?: { readonly spec?: JsonObject; readonly status?: JsonObject } | null
    readonly configuration?: JsonObject | null
    readonly fields?: JsonObject
    readonly already?: { readonly path: JsonObject; readonly query: JsonObject; readonly body: JsonObject }
    readonly server?: string
    readonly path?: string
    readonly pathParameters?: JsonObject
    readonly query?: JsonObject
  }
  readonly expected: JsonObject
  readonly better?: JsonObject
}

const file = `${process.env['OASGEN_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))}/peer-cases/request-building.json`
const isHere = existsSync(file)
const groups = isHere ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly groups: readonly { readonly group: string; readonly cases: readonly Case[] }[] }).groups : []
const casesOf = (name: string): readonly Case[] => groups.find(({ group }) => group === name)?.cases ?? []

/** A case of values without a call or a resource says nothing about requests. */
function isRequest({ input }: Case): boolean {
  return input.call !== null && input.resource !== null
}

interface Parts {
  readonly method: string
  readonly path: string
  readonly declared: Declared
  readonly mappings?: readonly JsonObject[]
  readonly servers?: JsonValue
  readonly resource: JsonObject
  readonly configuration?: JsonObject
}

/** The request that the whole way from document to engine gives; nothing when none can be built. */
function requestOf({ method, path, declared, mappings = [], servers, resource, configuration = {} }: Parts): HttpRequest | undefined {
  const places = [['path', declared.path], ['query', declared.query], ['header', declared.headers], ['cookie', declared.cookies]] as const
  const parameters = places.flatMap(([place, names]) => names.map((name) => parameter(name, place)))
  const fields = Object.fromEntries(declared.body.map((name) => [name, STRING]))
  const action = method === 'GET' ? 'get' : 'create'
  const configured = (['query', 'header'] as const).flatMap((place) => {
    const group = configuration[place]
    const held = isObject(group) ? Object.values(group).flatMap((names) => (isObject(names) ? Object.keys(names) : [])) : []
    return held.map((name) => ({ fromOpenAPI: { name, in: place }, fromRestDefinition: { actions: ['*'] } }))
  })
  const { plan } = sketch({
    paths: { [path]: { [method.toLowerCase()]: { parameters, ...body(object(fields)), ...answers(object({ name: STRING })) } } },
    ...(servers !== undefined && { document: { servers } }),
    verbs: [{ action, method, path, requestFieldMapping: mappings }],
    resource: { schema: 'compatible', additionalStatusFields: ['id'], configurationFields: configured },
    uri: 'configmap://default/thing/openapi.json',
  })
  const { spec, ...rest } = resource
  const driven = drive('Thing', isObject(spec) ? spec : {}, rest)
  const found = { state: 'found' as const, object: { kind: 'Configuration', metadata: { name: 'c', namespace: 'default' }, spec: { configuration } } }
  reconcile(driven, plan, () => ({ type: 'response', response: { status: 403, headers: {}, body: { type: 'empty' } } }), { configuration: found })
  return driven.requests[0]
}

function queryOf(request: HttpRequest | undefined): JsonObject {
  return Object.fromEntries(new URL(String(request?.url)).searchParams)
}

/** What the path template took; values are decoded. */
function pathOf(request: HttpRequest | undefined, names: readonly string[]): JsonObject {
  const segments = new URL(String(request?.url)).pathname.split('/').slice(2)
  return Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(segments[at] ?? '')]))
}

describe.skipIf(!isHere)(isHere ? 'request-building of the reference' : 'request-building of the reference (24 not run: folder absent)', () => {
  it.each([...casesOf('build-call'), ...casesOf('spread-fields'), ...casesOf('request-field-mapping')].filter(isRequest))('$name', ({ input, expected, better }) => {
    const wanted = better ?? expected
    const names = Object.keys(isObject(wanted['path']) ? wanted['path'] : {})
    const mappings = input.call?.requestFieldMapping ?? []
    const declared = input.call?.declared ?? { path: [], query: [], headers: [], cookies: [], body: [] }
    const { headers: header, ...others } = input.configuration ?? {}
    const hasBody = isObject(wanted['body']) && Object.keys(wanted['body']).length > 0
    const request = requestOf({
      method: hasBody ? 'POST' : 'GET', path: `/things${names.map((name) => `/{${name}}`).join('')}`, declared: { ...declared, path: names }, mappings,
      resource: input.fields === undefined ? (input.resource ?? {}) as JsonObject : { spec: input.fields },
      configuration: hasBody ? forCreate({ ...others, ...(header !== undefined && { header }) }) : { ...others, ...(header !== undefined && { header }) },
    })
    // The reference's cases look at single steps, which do not know yet that a read carries no body and a create no status.
    const isFromStatus = hasBody && names.length > 0 && input.fields === undefined && isObject(input.resource) && JSON.stringify(input.resource.status ?? {}) !== '{}'
    if (isFromStatus) return expect(request).toBeUndefined()
    expect(pathOf(request, names)).toEqual(wanted['path'] ?? {})
    expect(queryOf(request)).toEqual(wanted['query'] ?? {})
    expect(request?.body?.type === 'json' ? request.body.value : {}).toEqual(wanted['body'] ?? {})
    const given = Object.entries(isObject(wanted['headers']) ? wanted['headers'] : {}).map(([name, value]) => ({ name: name.toLowerCase(), value }))
    expect(request?.headers).toEqual(expect.arrayContaining(given) as typeof given)
  })

  it.each(casesOf('url'))('$name', ({ input, expected, better }) => {
    const wanted = better ?? expected
    const { path = '/', pathParameters = {}, query = {}, server = '' } = input
    const request = requestOf({
      method: 'GET', path, declared: { path: Object.keys(pathParameters), query: Object.keys(query), headers: [], cookies: [], body: [] },
      servers: [{ url: server }], resource: { spec: { ...pathParameters, ...query } },
    })
    if (wanted['error'] === true) return expect(request).toBeUndefined()
    const url = new URL(String(request?.url))
    if (wanted['urlPath'] !== undefined) expect([url.pathname, queryOf(request)]).toEqual([wanted['urlPath'], wanted['query']])
    else {
      const other = new URL(wanted['url'] as string)
      expect([url.origin + url.pathname, queryOf(request)]).toEqual([other.origin + other.pathname, Object.fromEntries(other.searchParams)])
    }
  })
})

/** The same values under the verb that the case is run with. */
function forCreate(configuration: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(configuration).map(([place, group]) => [place, isObject(group) ? { create: Object.assign({}, ...Object.values(group).filter(isObject)) as JsonObject } : group]))
}
