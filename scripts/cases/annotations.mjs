import { callPlan, NOW, planOf, reconcile, resourceOf, response } from './drive.mjs'

const CREATED = { 'krateo.io/external-create-succeeded': '2020-01-01T00:00:00Z', 'krateo.io/external-name': '{}' }
const FINALIZER = ['composition.krateo.io/finalizer']
const field = { path: 'v', sources: [{ from: 'resource', path: 'spec.v' }] }
const body = { contentType: 'application/json', encoding: 'json', mode: 'full', whenEmpty: 'omit', fields: [field] }
const plan = planOf({
  actions: {
    get: { call: callPlan({ path: '/x' }) },
    create: { call: { ...callPlan({ method: 'POST', path: '/x' }), body } },
    update: { call: { ...callPlan({ method: 'PUT', path: '/x' }), body } },
    delete: { call: callPlan({ method: 'DELETE', path: '/x' }) },
  },
})

export async function answer({ group, input: { annotations } }) {
  switch (group) {
    case 'policies': return { allowed: allowed(annotations) }
    case 'paused': return { paused: run({ annotations, get: response(404) }).exchanges.length === 0 }
    case 'create-incomplete': return { incomplete: isIncomplete(annotations) }
    case 'verbose': return { verbose: annotations[(await import('@oasgen/wire')).ANNOTATION.connectorVerbose] === 'true' }
    default: throw new Error(`unknown group ${group}`)
  }
}

/** What is really sent: for an absent object, for one that differs, for a resource that is being deleted. */
function allowed(annotations) {
  const sends = (method, options) => run({ annotations, ...options }).exchanges.some(({ request }) => request.method === method)
  return {
    create: sends('POST', { get: response(404) }),
    update: sends('PUT', { get: response(200, { v: 2 }), created: true }),
    deleteExternal: sends('DELETE', { get: response(200, { v: 1 }), created: true, deletionTimestamp: new Date(NOW).toISOString() }),
  }
}

function run({ annotations, get, created = false, deletionTimestamp }) {
  const resource = resourceOf({ spec: { v: 1 } }, { annotations: { ...(created && CREATED), ...annotations }, finalizers: FINALIZER, ...(deletionTimestamp && { deletionTimestamp }) })
  return reconcile(plan, resource, (request) => (request.method === 'GET' ? get : response(204)))
}

/** With nothing to look it up by, an incomplete create asks for a person instead of creating again. */
function isIncomplete(annotations) {
  const blind = planOf({ actions: { create: { call: callPlan({ method: 'POST', path: '/x' }) } } })
  const { last } = reconcile(blind, resourceOf({ spec: {} }, { annotations }), () => response(201, {}))
  return last.type === 'stop' && last.finding.code === 'ENG0401'
}
