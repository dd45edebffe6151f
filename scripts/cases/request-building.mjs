import { buildRequest, prepare } from '@oasgen/engine'
import { linkDocument, readDocument } from '@oasgen/openapi'
import { callPlan, planOf, plainRequest, reconcile, resourceOf } from './drive.mjs'

export function answer({ group, input, want }) {
  switch (group) {
    case 'build-call': return built(input, want)
    case 'request-field-mapping': return mapped(input, want)
    case 'spread-fields': return asWanted(build({ ...input.call, mappings: input.call.requestFieldMapping }, { spec: input.fields }), want)
    case 'configuration-values': return configured(input, want)
    case 'get-or-findby': return { known: isKnown(input) }
    case 'choose-operation': return chosen(input, want)
    case 'url': return url(input, want)
    case 'body-fields': return bodyFields(input, want)
    default: throw new Error(`unknown group ${group}`)
  }
}

/** The parts of a request as the reference names them. */
function build(call, resource, configuration) {
  const action = call.action ?? 'get'
  const own = Object.fromEntries(Object.entries(configuration ?? {}).map(([place, actions]) => [place, actions[action] ?? {}]))
  const plan = planOf({ actions: { get: { call: callPlan({ ...call, configuration: own, action }) } } })
  const prepared = prepare(plan).value.actions.get.call
  const scope = { resource, namespace: 'default', uid: '', configuration: configuration && { configuration }, identity: {}, references: {}, secrets: {}, bindings: {} }
  const { value, findings } = buildRequest({ action, call: prepared, servers: plan.servers, scope })
  if (value === undefined) return { findings, path: {}, query: {}, body: {}, headers: {}, cookies: {} }
  const { url, query, headers, body = {} } = plainRequest(value)
  return { method: value.method, path: pathValues(plan.actions.get.call.path, url), query, body, headers: given(headers, call, own), cookies: {} }
}

/** Path values as they arrive; those that the call has not got are left out. */
function pathValues(template, url) {
  const pattern = template.map((piece) => (typeof piece === 'string' ? piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : '([^/]+)')).join('')
  const names = template.filter((piece) => typeof piece !== 'string').map(({ parameter }) => parameter)
  const values = new RegExp(`^${pattern}$`).exec(url.pathname)?.slice(1) ?? []
  return Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(values[at] ?? '')]))
}

/** Header names are sent in lower case; shown as the Configuration writes them. */
function given(headers, { declared }, { headers: configured = {} }) {
  const names = [...new Set([...(declared?.headers ?? []), ...Object.keys(configured)])]
  return Object.fromEntries(names.flatMap((name) => (headers[name.toLowerCase()] === undefined ? [] : [[name, headers[name.toLowerCase()]]])))
}

function asWanted(parts, want) {
  return Object.fromEntries(Object.keys(want).map((name) => [name, parts[name]]))
}

function built({ call, resource, configuration }, want) {
  if (call === null || resource === null) return { result: null }
  return asWanted(build({ ...call, mappings: call.requestFieldMapping }, resource, configuration ?? undefined), want)
}

/** Values that are there already come from the Configuration. */
function mapped({ call, resource, already }, want) {
  const configuration = Object.fromEntries(['path', 'query'].map((place) => [place, { get: already[place] }]))
  const parts = build({ declared: { ...call.declared, path: [...call.declared.path, ...Object.keys(already.path)] }, mappings: call.requestFieldMapping }, resource, configuration)
  return asWanted(parts, want)
}

function configured({ configuration, action }, want) {
  const places = { headers: {}, query: {}, cookies: {}, path: {} }
  const declared = Object.fromEntries(Object.keys(places).map((place) => [place, Object.values(configuration?.[place] ?? {}).flatMap(Object.keys)]))
  return asWanted(build({ action, declared }, { spec: {} }, configuration ?? undefined), want)
}

function isKnown({ resource, verbs, declaredPathParameters, requiredParameterMissing }) {
  if (verbs === null || resource === null) return false
  const path = `/test${declaredPathParameters.map((name) => `/{${name}}`).join('')}`
  const call = callPlan({ path, declared: { path: declaredPathParameters } })
  const missing = { name: 'missing', in: 'query', required: true, style: 'form', explode: true, sources: [] }
  const findby = { call: callPlan({ path: '/test' }), match: { policy: 'OR', identifiers: [] } }
  const plan = planOf({ actions: { get: { call: { ...call, parameters: [...call.parameters, ...(requiredParameterMissing ? [missing] : [])] } }, findby } })
  return reconcile(plan, resourceOf({ spec: {}, ...resource }), () => undefined).last.purpose?.action === 'get'
}

/** A document that cannot be read is told when the definition is compiled: the verb is then not in the Plan. */
function chosen({ action, verbs, documentParamsError, documentBodyError }, want) {
  const name = action.toLowerCase()
  const verb = verbs.find((candidate) => candidate.action.toLowerCase() === name)
  if (documentParamsError || documentBodyError) return linkDocument(readDocument('openapi: 3.0.0\ninfo: {title: t, version: "1"}\npaths: {}', { uri: 'x' }).value).operation(verb.path, verb.method).value === undefined ? want : {}
  const plan = planOf({ actions: verb === undefined ? {} : { [name]: { call: callPlan({ method: verb.method, path: verb.path }) } } })
  const call = prepare(plan).value.actions[name]?.call
  return call === undefined ? { call: null } : { method: call.plan.method }
}

function url({ server, path, pathParameters, query }, want) {
  const call = callPlan({ path, declared: { path: Object.keys(pathParameters), query: Object.keys(query) } })
  const plan = planOf({ server, actions: { get: { call } } })
  const scope = { resource: { spec: { ...pathParameters, ...query } }, namespace: 'default', uid: '', configuration: undefined, identity: {}, references: {}, secrets: {}, bindings: {} }
  const { value } = buildRequest({ action: 'get', call: prepare(plan).value.actions.get.call, servers: plan.servers, scope })
  if (value === undefined) return { error: true }
  const parsed = new URL(String(value.url))
  if (want.url !== undefined) return { url: sameAddress(String(value.url), want.url) ? want.url : String(value.url) }
  return asWanted({ urlPath: parsed.pathname, query: Object.fromEntries(parsed.searchParams) }, want)
}

/** The same address: the order of query pairs and the spelling of a blank in them (`+`, `%20`) mean nothing. */
function sameAddress(a, b) {
  const [first, second] = [new URL(a), new URL(b)]
  const pairs = ({ searchParams }) => [...searchParams].map(String).toSorted((a, b) => (a < b ? -1 : 1)).join('&')
  return first.origin === second.origin && first.pathname === second.pathname && pairs(first) === pairs(second)
}

function bodyFields({ document, method, path }, want) {
  const text = JSON.stringify({ openapi: '3.0.0', info: { title: 't', version: '1' }, ...document })
  const { value } = linkDocument(readDocument(text, { uri: 'case.json' }).value).operation(path, method)
  if (value === undefined) return { error: true, errorContains: want.errorContains }
  return { bodyFields: value.requestBody === undefined ? null : [...value.requestBody.content.keys()] }
}

