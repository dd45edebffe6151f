// What the adapters share: small Plans in the reference's vocabulary, and the edge around `decide`.
import { decide, prepare } from '@oasgen/engine'
import { printPath } from '@oasgen/fieldpath'

const SETTINGS = { resyncSeconds: 180, minRetrySeconds: 1, maxRetrySeconds: 90, graceSeconds: 30, deleteDeadlineSeconds: 600, crossNamespace: 'warn' }
export const NOW = Date.UTC(2026, 0, 1)
const ORDER = { path: 'path', query: 'query', header: 'headers', cookie: 'cookies' }

export const inSpec = (name) => ({ from: 'resource', path: printPath([{ key: 'spec' }, { key: name }]) })
const inStatus = (name) => ({ from: 'resource', path: printPath([{ key: 'status' }, { key: name }]) })

/** A call as the reference describes it: declared names, mappings, and values of the Configuration by location. */
export function callPlan({ method = 'GET', path, declared = {}, mappings = [], configuration = {}, action = 'get', response = {} }) {
  const names = (place) => unique([...(declared[ORDER[place]] ?? []), ...targets(mappings, place), ...Object.keys(configuration[ORDER[place]] ?? {})])
  const parameters = Object.keys(ORDER).flatMap((place) => names(place).map((name) => parameter(place, name, { mappings, configuration, action })))
  const bodyNames = unique([...(declared.body ?? []).map((name) => printPath([{ key: name }])), ...targets(mappings, 'body')])
  const inPath = names('path')
  const template = path ?? `/x${inPath.map((name) => `/{${name}}`).join('')}`
  return {
    method, server: 0, path: pieces(template), parameters,
    ...(bodyNames.length > 0 && { body: { contentType: 'application/json', encoding: 'json', mode: 'full', whenEmpty: 'omit', fields: bodyNames.map((name) => bodyField(name, { mappings, declared })) } }),
    response: { successCodes: ['200', '201', '202', '204'], ...response },
  }
}

export function pieces(template) {
  return template.split(/(\{[^{}]+\})/).filter((piece) => piece !== '').map((piece) => (/^\{.*\}$/.test(piece) ? { parameter: piece.slice(1, -1) } : piece))
}

function unique(names) {
  return [...new Set(names)]
}

const KEY = { path: 'inPath', query: 'inQuery', body: 'inBody' }
/** A parameter's name may be written as a path that quotes it. */
const bare = (text) => /^\['(.*)'\]$/.exec(text)?.[1] ?? text

function targets(mappings, place) {
  return mappings.flatMap((mapping) => (mapping[KEY[place]] === undefined ? [] : [place === 'body' ? mapping.inBody : bare(mapping[KEY[place]])]))
}

function mapped(mappings, place, name) {
  return mappings.filter((mapping) => mapping[KEY[place]] !== undefined && (place === 'body' ? mapping.inBody : bare(mapping[KEY[place]])) === name).map((mapping) => ({ from: 'resource', path: mapping.inCustomResource }))
}

function parameter(place, name, { mappings, configuration, action }) {
  const configured = configuration[ORDER[place]]?.[name] === undefined ? [] : [{ from: 'configuration', path: printPath([{ key: ORDER[place] }, { key: action }, { key: name }]) }]
  const own = place === 'path' || place === 'query' ? [inSpec(name), inStatus(name)] : []
  return { name, in: place, style: place === 'query' || place === 'cookie' ? 'form' : 'simple', explode: place === 'query', sources: [...mapped(mappings, place, name), ...configured, ...own] }
}

function bodyField(name, { mappings, declared }) {
  const isDeclared = (declared.body ?? []).includes(name)
  return { path: name, sources: [...mapped(mappings, 'body', name), ...(isDeclared ? [inSpec(name), inStatus(name)] : [])] }
}

export function planOf({ actions, identity = [], status = [], rules = [], ignored = [], server = 'https://api.test' }) {
  return {
    format: 1, requires: [], definition: { namespace: 'default', name: 'case' }, resource: { group: 'cases.test', version: 'v1', kind: 'Case', plural: 'cases' },
    servers: [{ url: server }], auth: {}, identity: { parts: identity }, actions, status, compare: { scope: 'fullSpec', ignored, rules }, policy: {},
  }
}

export function resourceOf(given, { annotations = {}, finalizers = [], deletionTimestamp } = {}) {
  return {
    ...given,
    metadata: { name: 'case', namespace: 'default', uid: '00000000-0000-4000-8000-000000000000', generation: 1, resourceVersion: '1', annotations, finalizers, ...(deletionTimestamp && { deletionTimestamp }), ...given.metadata },
  }
}

/** One reconcile against a function that answers requests; gives everything that happened. */
export function reconcile(plan, resource, answer, configuration) {
  const { value: prepared, findings } = prepare(plan)
  if (prepared === undefined) throw new Error(findings.map(({ message }) => message).join('; '))
  const [exchanges, written] = [[], []]
  let current = resource
  for (let step = 0; step < 200; step += 1) {
    const decision = decide(prepared, subjectOf(current, written, configuration), exchanges, NOW)
    if (decision.type === 'send') {
      const given = answer(decision.request, decision.purpose)
      if (given === undefined) return { last: decision, exchanges, resource: current }
      exchanges.push({ purpose: decision.purpose, request: decision.request, at: NOW, tookMs: 1, result: given })
    } else if (decision.type === 'write') {
      current = applied(current, decision.write)
      written.push({ why: decision.write.why, exchanges: exchanges.length })
    } else return { last: decision, exchanges, resource: current, written }
  }
  throw new Error('the reconcile did not end')
}

export function subjectOf(resource, written = [], configuration) {
  return { resource, references: {}, secrets: {}, settings: SETTINGS, written, failures: 0, ...(configuration && { configuration: configuration.state === undefined ? { state: 'found', object: { spec: { configuration } } } : configuration }) }
}

function applied(resource, { annotations = {}, finalizers = {}, status, why }) {
  const kept = { ...resource.metadata.annotations, ...annotations }
  for (const [name, value] of Object.entries(kept)) if (value === null) delete kept[name]
  const held = [...resource.metadata.finalizers.filter((name) => name !== finalizers.remove), ...(finalizers.add ? [finalizers.add] : [])]
  const next = { ...resource, metadata: { ...resource.metadata, annotations: kept, finalizers: held }, ...(status && { status }) }
  return why === 'released' ? { ...next, released: true } : next
}

export function response(status, value, headers = {}) {
  return { type: 'response', response: { status, headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text])), body: value === undefined ? { type: 'empty' } : { type: 'json', value } } }
}

/** URL, query as pairs, headers and body as plain values. */
export function plainRequest(request) {
  const url = new URL(String(request.url))
  return { url, query: Object.fromEntries(url.searchParams), headers: Object.fromEntries(request.headers.map(({ name, value }) => [name, String(value)])), body: request.body?.value }
}
