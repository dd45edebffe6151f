import { isArray, isNumber, isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { checkLabel1035, checkLabel1123, checkLabelKey, checkLabelValue, checkPathSegment, type NameCheck } from '@oasgen/expressions'
import { jsonKind } from './read-schema.js'
import { META_FIELDS, asResourceRoot, own, valuesSchema, type StructuralSchema } from './schema.js'
import { childPath, forbidden, indexPath, invalid, keyPath, required, tooLong, type Violation } from './violation.js'

const ANNOTATIONS_LIMIT = 256 * 1024

export interface ObjectMetaOptions {
  readonly scope: 'Namespaced' | 'Cluster'
  readonly checkName: NameCheck
}

/** ObjectMeta as the server judges it on create: names, labels, annotations, owners, finalizers. */
export function validateObjectMeta(meta: JsonObject, path: string, options: ObjectMetaOptions): readonly Violation[] {
  const misfit = findMisfit(meta)
  if (misfit !== undefined) return [invalid(path, meta, misfit)]
  return [...validateNames(meta, path, options), ...validateNamespace(meta, path, options.scope), ...validateMetaMaps(meta, path)]
}

/** Labels, annotations, owners and finalizers: what is judged on update as on create. */
export function validateMetaMaps(meta: JsonObject, path: string): readonly Violation[] {
  return [
    ...validateGeneration(meta, path),
    ...validateLabels(stringMap(meta, 'labels'), childPath(path, 'labels')),
    ...validateAnnotations(stringMap(meta, 'annotations'), childPath(path, 'annotations')),
    ...validateOwners(meta, childPath(path, 'ownerReferences')),
    ...validateFinalizers(meta, childPath(path, 'finalizers')),
  ]
}

function validateNames(meta: JsonObject, path: string, options: ObjectMetaOptions): readonly Violation[] {
  const [name, generateName] = [text(meta, 'name'), text(meta, 'generateName')]
  const prefix = generateName === '' ? [] : options.checkName(generateName.replace(/-$/, 'a')).map((complaint) => invalid(childPath(path, 'generateName'), generateName, complaint))
  if (name === '') return [...prefix, required(childPath(path, 'name'), 'name or generateName is required')]
  return [...prefix, ...options.checkName(name).map((complaint) => invalid(childPath(path, 'name'), name, complaint))]
}

function validateNamespace(meta: JsonObject, path: string, scope: 'Namespaced' | 'Cluster'): readonly Violation[] {
  const namespace = text(meta, 'namespace')
  const place = childPath(path, 'namespace')
  if (scope === 'Cluster') return namespace === '' ? [] : [forbidden(place, 'not allowed on this type')]
  return namespace === '' ? [required(place)] : checkLabel1123(namespace).map((complaint) => invalid(place, namespace, complaint))
}

function validateGeneration(meta: JsonObject, path: string): readonly Violation[] {
  const generation = member(meta, 'generation')
  return typeof generation === 'number' && generation < 0 ? [invalid(childPath(path, 'generation'), generation, 'must be greater than or equal to 0')] : []
}

export function validateLabels(labels: ReadonlyMap<string, string>, path: string): readonly Violation[] {
  return [...labels].flatMap(([key, value]) => [
    ...checkLabelKey(key).map((complaint) => invalid(path, key, complaint)),
    ...checkLabelValue(value).map((complaint) => invalid(path, value, complaint)),
  ])
}

function validateAnnotations(annotations: ReadonlyMap<string, string>, path: string): readonly Violation[] {
  const violations = [...annotations.keys()].flatMap((key) => checkLabelKey(key.toLowerCase()).map((complaint) => invalid(path, key, complaint)))
  let size = 0
  for (const [key, value] of annotations) size += key.length + value.length
  return size > ANNOTATIONS_LIMIT ? [...violations, tooLong(path, ANNOTATIONS_LIMIT)] : violations
}

function validateOwners(meta: JsonObject, path: string): readonly Violation[] {
  const owners = list(meta, 'ownerReferences').filter(isObject)
  const violations = owners.flatMap((owner) => validateOwner(owner, path))
  const controllers = owners.filter((owner) => member(owner, 'controller') === true).map((owner) => `${text(owner, 'kind')}/${text(owner, 'name')}`)
  if (controllers.length < 2) return violations
  const sentence = `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]} and ${controllers[1]}`
  return [...violations, invalid(path, owners, sentence)]
}

function validateOwner(owner: JsonObject, path: string): readonly Violation[] {
  const version = text(owner, 'apiVersion').split('/').at(-1) ?? ''
  return [
    ...(version === '' ? [invalid(childPath(path, 'apiVersion'), text(owner, 'apiVersion'), 'version must not be empty')] : []),
    ...['kind', 'name', 'uid'].filter((name) => text(owner, name) === '').map((name) => invalid(childPath(path, name), '', 'must not be empty')),
    ...(text(owner, 'apiVersion') === 'v1' && text(owner, 'kind') === 'Event' ? [invalid(path, owner, '/v1, Kind=Event is disallowed from being an owner')] : []),
  ]
}

function validateFinalizers(meta: JsonObject, path: string): readonly Violation[] {
  const finalizers = list(meta, 'finalizers').filter((item) => typeof item === 'string')
  const violations = finalizers.flatMap((name) => checkLabelKey(name).map((complaint) => invalid(path, name, complaint)))
  if (!finalizers.includes('orphan') || !finalizers.includes('foregroundDeletion')) return violations
  return [...violations, invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')]
}

/** Fields of ObjectMeta and what Go reads into them. */
const META_TYPES: Readonly<Record<string, 'string' | 'int64' | 'map[string]string' | '[]string' | '[]object' | 'time'>> = {
  name: 'string', generateName: 'string', namespace: 'string', selfLink: 'string', uid: 'string', resourceVersion: 'string',
  generation: 'int64', creationTimestamp: 'time', deletionTimestamp: 'time', deletionGracePeriodSeconds: 'int64',
  labels: 'map[string]string', annotations: 'map[string]string', ownerReferences: '[]object', finalizers: '[]string', managedFields: '[]object',
}

/** Names that ObjectMeta has; others are dropped by the server, or reported under strict field validation. */
export function isMetaField(name: string): boolean {
  return Object.hasOwn(META_TYPES, name)
}

/** The decoding error that Go would give for ObjectMeta, when there is one. */
export function findMisfit(meta: JsonObject): string | undefined {
  for (const name of Object.keys(META_TYPES)) {
    const value = member(meta, name)
    const problem = value === undefined || value === null ? undefined : misfitOf(name, value)
    if (problem !== undefined) return problem
  }
  return undefined
}

function misfitOf(name: string, value: JsonValue): string | undefined {
  const into = (actual: JsonValue, path: string, type: string): string =>
    `json: cannot unmarshal ${jsonKind(actual)} into Go struct field ObjectMeta.${path} of type ${type}`
  const badText = (item: JsonValue): boolean => typeof item !== 'string' && item !== null
  switch (META_TYPES[name]) {
    case 'string':
      return typeof value === 'string' ? undefined : into(value, name, name === 'uid' ? 'types.UID' : 'string')
    case 'int64':
      return isNumber(value) ? undefined : into(value, name, 'int64')
    case 'time':
      return typeof value === 'string' ? undefined : into(value, name, 'string')
    case 'map[string]string': {
      if (!isObject(value)) return into(value, name, 'map[string]string')
      const bad = Object.values(value).find(badText)
      return bad === undefined ? undefined : into(bad, name, 'string')
    }
    case '[]string': {
      const bad = isArray(value) ? value.find(badText) : value
      return bad === undefined ? undefined : into(bad, name, isArray(value) ? 'string' : '[]string')
    }
    case '[]object': {
      const bad = isArray(value) ? value.find((item) => !isObject(item)) : value
      return bad === undefined ? undefined : into(bad, name, 'v1.OwnerReference')
    }
    default:
      return undefined
  }
}

/**
 * The first thing about types and metadata of embedded resources that cannot be decoded at all; the server stops at it.
 * A field that is merely missing is no such thing.
 */
export function findCoercionError(schema: StructuralSchema | undefined, value: JsonValue, path: string): Violation | undefined {
  if (schema === undefined) return undefined
  if (isArray(value)) return firstOf(value.entries(), ([index, item]) => findCoercionError(schema.items, item, indexPath(path, index)))
  if (!isObject(value)) return undefined
  return firstOf(Object.entries(value), ([name, field]) => {
    const problem = schema['x-kubernetes-embedded-resource'] ? metaCoercionError(name, field, childPath(path, name)) : undefined
    if (problem) return problem
    const property = own(schema.properties, name)
    if (property) return findCoercionError(property, field, childPath(path, name))
    return findCoercionError(valuesSchema(schema), field, keyPath(path, name))
  })
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => Violation | undefined): Violation | undefined {
  for (const item of items) {
    const found = find(item)
    if (found) return found
  }
  return undefined
}

function metaCoercionError(name: string, value: JsonValue, path: string): Violation | undefined {
  if (name === 'apiVersion' || name === 'kind') return typeof value === 'string' ? undefined : invalid(path, value, 'must be a string')
  if (name !== 'metadata') return undefined
  if (isObject(value)) {
    const misfit = findMisfit(value)
    return misfit === undefined ? undefined : invalid(path, value, misfit)
  }
  return value === null ? undefined : invalid(path, value, `json: cannot unmarshal ${jsonKind(value)} into Go value of type v1.ObjectMeta`)
}

/** Embedded resources: each must name its type, and its metadata must be sound. The root only when `root` says so. */
export function validateEmbedded(schema: StructuralSchema, value: JsonValue, path: string, root: 'root' | 'nested'): readonly Violation[] {
  return embeddedIn(root === 'root' ? asResourceRoot(schema) : schema, value, path)
}

function embeddedIn(schema: StructuralSchema | undefined, value: JsonValue, path: string): readonly Violation[] {
  if (schema === undefined) return []
  if (isArray(value)) return value.flatMap((item, index) => embeddedIn(schema.items, item, indexPath(path, index)))
  if (!isObject(value)) return []
  const violations = schema['x-kubernetes-embedded-resource'] ? [...validateTypeAndMeta(value, path)] : []
  for (const [name, field] of Object.entries(value)) {
    const property = own(schema.properties, name)
    if (property) violations.push(...embeddedIn(property, field, childPath(path, name)))
    else if (schema.additionalProperties !== undefined) violations.push(...embeddedIn(valuesSchema(schema), field, keyPath(path, name)))
  }
  return violations
}

function validateTypeAndMeta(value: JsonObject, path: string): readonly Violation[] {
  const violations = ['apiVersion', 'kind'].filter((name) => !Object.hasOwn(value, name)).map((name) => required(childPath(path, name)))
  for (const name of META_FIELDS) {
    const field = member(value, name)
    if (field !== undefined) violations.push(...validateMetaField(name, field, childPath(path, name)))
  }
  return violations
}

function validateMetaField(name: string, value: JsonValue, path: string): readonly Violation[] {
  if (name === 'metadata') return validateEmbeddedMeta(value, path)
  if (typeof value !== 'string') return [invalid(path, value, 'must be a string')]
  if (value === '') return [invalid(path, value, 'must not be empty')]
  if (name === 'apiVersion') return value.split('/').length > 2 ? [invalid(path, value, `unexpected GroupVersion string: ${value}`)] : []
  const complaints = checkLabel1035(value.toLowerCase())
  return complaints.length === 0 ? [] : [invalid(path, value, `may have mixed case, but should otherwise match: ${complaints.join(',')}`)]
}

function validateEmbeddedMeta(value: JsonValue, path: string): readonly Violation[] {
  if (!isObject(value)) return value === null ? [] : [invalid(path, value, `json: cannot unmarshal ${jsonKind(value)} into Go value of type v1.ObjectMeta`)]
  const named = text(value, 'name') === '' ? { ...value, name: 'fakename' } : value
  return validateObjectMeta(named, path, { scope: text(value, 'namespace') === '' ? 'Cluster' : 'Namespaced', checkName: checkPathSegment })
}

function text(value: JsonObject, name: string): string {
  const field = member(value, name)
  return typeof field === 'string' ? field : ''
}

function list(value: JsonObject, name: string): readonly JsonValue[] {
  const field = member(value, name)
  return isArray(field) ? field : []
}

function stringMap(value: JsonObject, name: string): ReadonlyMap<string, string> {
  const field = member(value, name)
  return new Map(isObject(field) ? Object.entries(field).flatMap(([key, item]) => (typeof item === 'string' ? [[key, item] as const] : [])) : [])
}
