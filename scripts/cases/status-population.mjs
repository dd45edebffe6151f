import { callPlan, planOf, reconcile, resourceOf, response } from './drive.mjs'

export function answer({ group, input }) {
  switch (group) {
    case 'populate': return { resource: withStatus(input.resource, populated(input)) }
    case 'clear-before-write': return { resource: cleared(input.resource) }
    case 'value-conversion': return { value: populated({ identifiers: ['value'], additionalStatusFields: [], resource: {}, body: { value: input.value } }).value }
    default: throw new Error(`unknown group ${group}`)
  }
}

const fieldsOf = (paths) => [...new Set(paths)].map((path) => ({ path: path.replaceAll('.[', '['), from: path.replaceAll('.[', '['), type: 'any' }))

/** What get's answer leaves in status beside what the controller itself keeps there. */
function populated({ identifiers, additionalStatusFields, resource, body }) {
  const status = fieldsOf([...(identifiers ?? []), ...(additionalStatusFields ?? [])])
  const plan = planOf({ actions: { get: { call: callPlan({ path: '/x' }) } }, status })
  const { resource: after } = reconcile(plan, resourceOf({ spec: {}, ...resource }, { annotations: { 'krateo.io/external-create-succeeded': '2020-01-01T00:00:00Z' } }), () => response(200, body ?? undefined))
  return own(after.status)
}

const OURS = ['conditions', 'observedGeneration', 'reconcile']

function own(status = {}) {
  return Object.fromEntries(Object.entries(status).filter(([name]) => !OURS.includes(name)))
}

function withStatus(resource, status) {
  return Object.keys(status).length === 0 ? resource : { ...resource, status }
}

/** A create starts with a clean status: nothing of an earlier object stays. */
function cleared(resource) {
  const plan = planOf({ actions: { create: { call: callPlan({ method: 'POST', path: '/x' }) } } })
  const { resource: after } = reconcile(plan, resourceOf(resource), () => response(201, {}))
  const { status: _, ...rest } = resource
  return withStatus(rest, own(after.status))
}
