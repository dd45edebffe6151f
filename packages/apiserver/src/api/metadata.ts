import { equalJson, isArray, isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { forbiddenField, invalidValue, required, type FieldFault } from '../failure.js'
import { validateMetaMaps } from '@oasgen/structural'
import { faultOf } from '../schema/violation.js'
import { labelFaults, nameFaults, pathSegmentFaults, type NameRule } from './field-names.js'
import { finalizersOf, isDeleting, metadataOf, objects, text } from '../object.js'

type Shape = 'string' | 'integer' | 'strings' | 'stringMap' | 'time' | 'owners' | 'managers' | 'boolean' | 'object'

const SHAPES: Readonly<Record<string, Shape>> = {
  name: 'string', generateName: 'string', namespace: 'string', selfLink: 'string', uid: 'string', resourceVersion: 'string',
  generation: 'integer', creationTimestamp: 'time', deletionTimestamp: 'time', deletionGracePeriodSeconds: 'integer',
  labels: 'stringMap', annotations: 'stringMap', ownerReferences: 'owners', finalizers: 'strings', managedFields: 'managers',
}
const OWNER: Readonly<Record<string, Shape>> = {
  apiVersion: 'string', kind: 'string', name: 'string', uid: 'string', controller: 'boolean', blockOwnerDeletion: 'boolean',
}
const MANAGER: Readonly<Record<string, Shape>> = {
  manager: 'string', operation: 'string', apiVersion: 'string', time: 'time', fieldsType: 'string', fieldsV1: 'object', subresource: 'string',
}

export interface MetadataResult {
  readonly metadata: JsonObject
  readonly unknown: readonly string[]
  /** The first member of a wrong type, as Go's decoder tells it. */
  readonly problem?: string
}

/**
 * ObjectMeta as Kubernetes decodes it: known members of the right type; empty ones are as good as absent. `goPath`: what Go's
 * decoder has read when it comes to the member; nothing, where metadata is decoded apart.
 */
export function readMetadata(value: JsonValue | undefined, goPath = 'metadata.'): MetadataResult {
  if (value === undefined || value === null) return { metadata: {}, unknown: [] }
  if (!isObject(value)) return { metadata: {}, unknown: [], problem: mismatch(value, 'metadata', 'ObjectMeta', 'v1.ObjectMeta') }
  const read = readMembers(value, SHAPES, 'metadata')
  return read.problem === undefined ? read : { ...read, problem: read.problem.replace('ObjectMeta.metadata.', `ObjectMeta.${goPath}`) }
}

function readMembers(value: JsonObject, shapes: Readonly<Record<string, Shape>>, path: string): MetadataResult {
  const metadata: Record<string, JsonValue> = {}
  const unknown: string[] = []
  let problem: string | undefined
  for (const [name, part] of Object.entries(value)) {
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined
    if (shape === undefined) {
      unknown.push(`${path}.${name}`)
      continue
    }
    if (part === null) continue
    const read = readShape(part, shape, `${path}.${name}`)
    problem ??= read.problem
    unknown.push(...read.unknown)
    if (read.value !== undefined && !isEmpty(read.value)) metadata[name] = read.value
  }
  return { metadata, unknown, ...(problem !== undefined && { problem }) }
}

interface ShapeResult {
  readonly value?: JsonValue
  readonly unknown: readonly string[]
  readonly problem?: string
}

function readShape(value: JsonValue, shape: Shape, path: string): ShapeResult {
  switch (shape) {
    case 'string': return typeof value === 'string' ? good(value) : bad(value, path, 'string')
    case 'boolean': return typeof value === 'boolean' ? good(value) : bad(value, path, 'bool')
    case 'integer': return typeof value === 'number' && Number.isInteger(value) ? good(value) : bad(value, path, 'int64')
    case 'time': return readTime(value, path)
    case 'object': return isObject(value) ? good(value) : bad(value, path, 'object')
    case 'strings': return isArray(value) && value.every((part) => typeof part === 'string') ? good(value) : bad(value, path, '[]string')
    case 'stringMap': return readStringMap(value, path)
    case 'owners': return readList(value, OWNER, path)
    case 'managers': return readList(value, MANAGER, path)
  }
}

function readTime(value: JsonValue, path: string): ShapeResult {
  if (typeof value !== 'string') return bad(value, path, 'time')
  const instant = Date.parse(value)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) || Number.isNaN(instant)) {
    return { unknown: [], problem: `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"` }
  }
  return good(new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z'))
}

function readStringMap(value: JsonValue, path: string): ShapeResult {
  if (!isObject(value)) return bad(value, path, 'map[string]string')
  const wrong = Object.values(value).find((part) => typeof part !== 'string' && part !== null)
  if (wrong !== undefined) return bad(wrong, path, 'string')
  if (!Object.values(value).includes(null)) return good(value)
  return good(Object.fromEntries(Object.entries(value).map(([name, part]) => [name, part ?? ''])))
}

function readList(value: JsonValue, shapes: Readonly<Record<string, Shape>>, path: string): ShapeResult {
  if (!isArray(value)) return bad(value, path, 'list')
  const wrong = value.find((part) => !isObject(part))
  if (wrong !== undefined) return bad(wrong, path, 'object')
  const read = value.map((part, index) => readMembers(part as JsonObject, shapes, `${path}[${index}]`))
  const problem = read.find((one) => one.problem !== undefined)?.problem
  return { value: read.map((one) => one.metadata), unknown: read.flatMap((one) => one.unknown), ...(problem !== undefined && { problem }) }
}

const good = (value: JsonValue): ShapeResult => ({ value, unknown: [] })
const bad = (value: JsonValue, path: string, wanted: string): ShapeResult => ({ unknown: [], problem: mismatch(value, path, 'ObjectMeta', wanted) })

/** Go's sentence for a JSON value that does not fit a field. */
export function mismatch(value: JsonValue, path: string, struct: string, wanted: string): string {
  return `json: cannot unmarshal ${goKind(value)} into Go struct field ${struct}.${path} of type ${wanted}`
}

export function goKind(value: JsonValue): string {
  if (isArray(value)) return 'array'
  if (isObject(value)) return 'object'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : 'number'
}

function isEmpty(value: JsonValue): boolean {
  if (isArray(value)) return value.length === 0
  if (isObject(value)) return Object.keys(value).length === 0
  return value === '' || value === 0 && !Object.is(value, -0)
}

/** What every object must satisfy, created or changed. */
export function metadataFaults(object: JsonObject, scope: 'Namespaced' | 'Cluster', rule: NameRule): readonly FieldFault[] {
  const metadata = metadataOf(object)
  return [
    ...nameOfObjectFaults(metadata, rule), ...namespaceFaults(metadata, scope), ...mapFaults(metadata), ...managerFaults(metadata),
  ]
}

function nameOfObjectFaults(metadata: JsonObject, rule: NameRule): readonly FieldFault[] {
  const name = text(metadata, 'name')
  const prefix = text(metadata, 'generateName')
  return [
    ...(prefix === '' ? [] : nameFaults(rule, prefix, 'prefix').map((message) => invalidValue('metadata.generateName', prefix, message))),
    ...(name === ''
      ? [required('metadata.name', 'name or generateName is required')]
      : [...new Set([...nameFaults(rule, name, 'whole'), ...pathSegmentFaults(name)])].map((message) => invalidValue('metadata.name', name, message))),
  ]
}

function namespaceFaults(metadata: JsonObject, scope: 'Namespaced' | 'Cluster'): readonly FieldFault[] {
  const namespace = text(metadata, 'namespace')
  if (scope === 'Cluster') return namespace === '' ? [] : [forbiddenField('metadata.namespace', 'not allowed on this type')]
  if (namespace === '') return [required('metadata.namespace')]
  return labelFaults(namespace).map((message) => invalidValue('metadata.namespace', namespace, message))
}

/** Generation, labels, annotations, owners and finalizers. */
const mapFaults = (metadata: JsonObject): readonly FieldFault[] => validateMetaMaps(metadata, 'metadata').map(faultOf)

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

/** Core kinds want finalizers with a domain; others only warn. */
export function coreFinalizerFaults(object: JsonObject): readonly FieldFault[] {
  return finalizersOf(object).flatMap((name, index) => (name.includes('/') || STANDARD_FINALIZERS.has(name) ? []
    : [invalidValue(`metadata.finalizers[${index}]`, name, 'name is neither a standard finalizer name nor is it fully qualified')]))
}

function managerFaults(metadata: JsonObject): readonly FieldFault[] {
  return objects(metadata, 'managedFields').flatMap((entry, index) => {
    const path = `metadata.managedFields[${index}]`
    const operation = text(entry, 'operation')
    return [
      ...(operation === 'Apply' || operation === 'Update' ? [] : [invalidValue(`${path}.operation`, operation, 'must be `Apply` or `Update`')]),
      ...(['', 'FieldsV1'].includes(text(entry, 'fieldsType')) ? [] : [invalidValue(`${path}.fieldsType`, text(entry, 'fieldsType'), 'must be `FieldsV1`')]),
    ]
  })
}

/** What must stay as it is when an object changes. */
export function metadataUpdateFaults(object: JsonObject, old: JsonObject): readonly FieldFault[] {
  const now = metadataOf(object)
  const before = metadataOf(old)
  const fixed = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds']
  const { finalizers: _, ...judgedAgain } = now
  return [
    ...(isDeleting(old) ? addedFinalizerFaults(object, old) : []),
    ...fixed.filter((name) => !equalJson(member(now, name) ?? null, member(before, name) ?? null))
      .map((name) => invalidValue(`metadata.${name}`, member(now, name) ?? (name.endsWith('Timestamp') ? null : ''), 'field is immutable')),
    ...mapFaults(judgedAgain), ...managerFaults(now),
  ]
}

function addedFinalizerFaults(object: JsonObject, old: JsonObject): readonly FieldFault[] {
  const extra = finalizersOf(object).filter((name) => !finalizersOf(old).includes(name)).sort()
  if (extra.length === 0) return []
  const list = `[]string{${extra.map((name) => JSON.stringify(name)).join(', ')}}`
  return [forbiddenField('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`)]
}

/** Two references to one owner are one, as the API server keeps them. */
export function withoutDuplicateOwners(object: JsonObject): { readonly object: JsonObject; readonly warnings: readonly string[] } {
  const owners = objects(metadataOf(object), 'ownerReferences')
  const seen = new Set<string>()
  const kept = owners.filter((owner) => !seen.has(JSON.stringify(owner)) && seen.add(JSON.stringify(owner)))
  if (kept.length === owners.length) return { object, warnings: [] }
  const uids = [...new Set(owners.filter((owner, index) => owners.indexOf(owner) !== index || owners.some((other, at) => at < index && equalJson(other, owner)))
    .map((owner) => text(owner, 'uid')))]
  return {
    object: { ...object, metadata: { ...metadataOf(object), ownerReferences: kept } },
    warnings: [`.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids.join(', ')}`],
  }
}

