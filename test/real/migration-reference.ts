import { isArray, isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'

export type ReferenceAction = 'nothing' | 'create' | 'update' | 'delete' | 'refuse'

/**
 * What the reference's controller does with a resource of the lab: its order of checks, its observe, its comparison. It is told what
 * exists outside; nothing of our own takes part.
 */
export function referenceWouldDo(resource: JsonObject, outside: readonly JsonObject[]): ReferenceAction {
  const metadata = objectAt(resource, 'metadata')
  const annotations = objectAt(metadata, 'annotations')
  if (annotations['krateo.io/paused'] === 'true') return 'nothing'
  if (metadata['deletionTimestamp'] !== undefined) return annotations['krateo.io/deletion-policy'] === 'orphan' ? 'nothing' : 'delete'
  if (isIncomplete(annotations)) return 'refuse'
  const spec = objectAt(resource, 'spec')
  const status = objectAt(resource, 'status')
  const found = outside.find((each) => (status['id'] === undefined ? each['name'] === spec['name'] : each['id'] === status['id']))
  if (found === undefined) return isPending(status) ? 'nothing' : allowed(annotations, 'create')
  return isEqual(spec, found) ? 'nothing' : allowed(annotations, 'update')
}

/** Pending newer than succeeded and failed: the human exit is all that the reference knows. */
function isIncomplete(annotations: JsonObject): boolean {
  const time = (name: string): number => Date.parse(textOf(annotations[`krateo.io/external-create-${name}`])) || 0
  return time('pending') > Math.max(time('succeeded'), time('failed'))
}

function isPending(status: JsonObject): boolean {
  const conditions = isArray(status['conditions']) ? status['conditions'].filter(isObject) : []
  return conditions.some(({ type, reason }) => type === 'Ready' && reason === 'Pending')
}

function allowed(annotations: JsonObject, action: 'create' | 'update'): ReferenceAction {
  const policy = annotations['krateo.io/management-policy'] ?? 'default'
  return policy === 'default' || policy === 'observe-create-update' ? action : 'nothing'
}

/** Only keys that both have count. */
function isEqual(spec: JsonObject, found: JsonObject): boolean {
  return Object.entries(spec).every(([name, value]) => !Object.hasOwn(found, name) || textOf(value) === textOf(found[name]))
}

function objectAt(value: JsonObject, name: string): JsonObject {
  const member: JsonValue | undefined = value[name]
  return isObject(member) ? member : {}
}
