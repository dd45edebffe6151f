import { isArray, isObject, member, withoutMember, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'

/** Reading and rebuilding Kubernetes objects. Nothing here trusts the shape of what it is given. */

export const EMPTY: JsonObject = {}

export function child(object: JsonObject, name: string): JsonObject {
  const value = member(object, name)
  return isObject(value) ? value : EMPTY
}

export function metadataOf(object: JsonObject): JsonObject {
  return child(object, 'metadata')
}

export function text(object: JsonObject, name: string): string {
  const value = member(object, name)
  return typeof value === 'string' ? value : ''
}

export function items(object: JsonObject, name: string): readonly JsonValue[] {
  const value = member(object, name)
  return isArray(value) ? value : []
}

export function objects(object: JsonObject, name: string): readonly JsonObject[] {
  return items(object, name).filter(isObject)
}

export function strings(object: JsonObject, name: string): readonly string[] {
  return items(object, name).filter((value) => typeof value === 'string')
}

/** A scalar as text; anything else as JSON. */
export function plain(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : writeJson(value)
}

export function integerOf(object: JsonObject, name: string): number | undefined {
  const value = member(object, name)
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined
}

export const nameOf = (object: JsonObject): string => text(metadataOf(object), 'name')
export const namespaceOf = (object: JsonObject): string => text(metadataOf(object), 'namespace')
export const uidOf = (object: JsonObject): string => text(metadataOf(object), 'uid')
export const kindOf = (object: JsonObject): string => text(object, 'kind')
export const finalizersOf = (object: JsonObject): readonly string[] => strings(metadataOf(object), 'finalizers')
export const labelsOf = (object: JsonObject): JsonObject => child(metadataOf(object), 'labels')
export const annotationsOf = (object: JsonObject): JsonObject => child(metadataOf(object), 'annotations')
export const isDeleting = (object: JsonObject): boolean => text(metadataOf(object), 'deletionTimestamp') !== ''
export const generationOf = (object: JsonObject): number => integerOf(metadataOf(object), 'generation') ?? 0

/** The object with some members of its metadata set; `undefined` removes one. */
export function withMetadata(object: JsonObject, changes: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return { ...object, metadata: withMembers(metadataOf(object), changes) }
}

export function withMembers(object: JsonObject, changes: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  let result: JsonObject = object
  for (const [name, value] of Object.entries(changes)) {
    result = value === undefined ? withoutMember(result, name) : { ...result, [name]: value }
  }
  return result
}

/** With `kind` and `apiVersion` first, as the API server writes objects. */
export function typed(object: JsonObject, apiVersion: string, kind: string): JsonObject {
  if (object.apiVersion === apiVersion && object.kind === kind) return object
  const { apiVersion: _, kind: __, ...rest } = object
  return { kind, apiVersion, ...rest }
}

export const apiVersionOf = (group: string, version: string): string => (group === '' ? version : `${group}/${version}`)

/** The group and version of an `apiVersion`. */
export function splitApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const at = apiVersion.indexOf('/')
  return at < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, at), version: apiVersion.slice(at + 1) }
}

export const keyOf = (namespace: string, name: string): string => (namespace === '' ? name : `${namespace}/${name}`)

/** RFC 3339 in whole seconds, as `metav1.Time` is written. */
export const timestamp = (instant: number): string => new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z')

/** RFC 3339 with microseconds, as `metav1.MicroTime` is written. */
export const microTimestamp = (instant: number): string => new Date(instant).toISOString().replace(/Z$/, '000Z')
