import { readList } from '@oasgen/engine'
import { printPath } from '@oasgen/fieldpath'
import { callPlan, planOf, reconcile, resourceOf, response } from './drive.mjs'

export function answer({ group, input, want }) {
  switch (group) {
    case 'item-match': return { match: found({ ...input, body: [input.item] }) !== undefined }
    case 'value-in-resource': return valueInResource(input, want)
    case 'find-in-list': { const item = found({ ...input, body: input.items }); return { found: item !== undefined, item: item ?? null } }
    case 'response-items': { const { items } = readList({ successCodes: [] }, input.body); return items === undefined ? { error: true } : { items } }
    case 'findby-call': return findbyCall(input, want)
    case 'identifier-equality': return { equal: found({ identifiers: ['v'], resource: { spec: { v: input.a } }, body: [{ v: input.b }] }) !== undefined }
    default: throw new Error(`unknown group ${group}`)
  }
}

/** Through `decide`: the object that a list answer gives to a resource that knows nothing yet, as status shows it. */
export function found({ identifiers, matchPolicy, resource, body }) {
  const { exchanges, resource: after, last } = look({ identifiers, matchPolicy, resource, answer: response(200, body) })
  if (last.type === 'send' || exchanges.length === 0) return undefined
  return after.status?.seen
}

/** It exists already: which items a stranger's resource may take over is another question. */
const OWNED = { annotations: { 'krateo.io/management-policy': 'observe', 'krateo.io/external-create-succeeded': '2020-01-01T00:00:00Z' } }

function look({ identifiers, matchPolicy, resource, answer: given }) {
  const roots = (path) => ['spec', 'status'].map((root) => (path.startsWith('[') ? `${root}${path.replace(/^\.?/, '.')}` : `${root}.${path}`))
  const plan = planOf({
    actions: { findby: { call: callPlan({ path: '/api/test' }), match: { policy: matchPolicy ?? 'OR', identifiers: identifiers.map((path) => ({ path, resource: roots(path) })), itemsComplete: true } } },
    status: [{ path: 'seen', from: '$', type: 'any' }],
  })
  return reconcile(plan, resourceOf({ spec: {}, ...resource }, OWNED), () => given)
}

function valueInResource({ resource, value, field }, want) {
  if (resource === null) return { error: true, ...(want.errorContains && { errorContains: want.errorContains }) }
  if (field.length === 0) return { match: found({ identifiers: [], resource, body: [{ x: value }] }) !== undefined }
  const path = printPath(field.map((key) => ({ key })))
  const item = field.reduceRight((inner, key) => ({ [key]: inner }), value)
  return { match: found({ identifiers: [path], resource, body: [item] }) !== undefined }
}

function findbyCall({ identifiers, resource, response: { status, body, headers } }, want) {
  const item = found({ identifiers, resource: { spec: {}, ...resource }, body })
  if (item !== undefined) return { item }
  const { last } = look({ identifiers, resource: { spec: {}, ...resource }, answer: response(status, body, headers) })
  // A list without the object is absence, which is the reference's "item not found"; an error keeps its code.
  const text = last.finding?.reason ?? last.finding?.message ?? ''
  const says = status === 200 ? last.finding?.code === 'ENG0405' : text.includes(String(status))
  return says ? { error: true, errorContains: want.errorContains } : { error: false, text }
}
