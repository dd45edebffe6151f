import { isObject, type JsonObject, type JsonValue } from '@oasgen/json'

/** A kind as the API serves it. `plural` is the last segment of its URL. */
export interface ResourceType {
  /** `''` for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
}

/** Which object. `namespace` is needed for namespaced kinds and ignored for the others. */
export interface ObjectRef {
  readonly namespace?: string
  readonly name: string
}

/**
 * An object as the server sent it. Nothing of it is trusted: use the readers below, which answer for any JSON.
 * Objects from an informer are shared and stripped (no managedFields, no last-applied annotation): never PUT one back, patch instead.
 */
export interface KubeObject extends JsonObject {}

export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`
}

/** Such as `ConfigMap default/settings`; what messages call an object. */
export function describeRef(type: ResourceType, ref: ObjectRef): string {
  return `${type.kind} ${type.namespaced && ref.namespace !== undefined ? `${ref.namespace}/${ref.name}` : ref.name}`
}

export function metadataOf(object: KubeObject): JsonObject {
  const metadata = object.metadata
  return isObject(metadata) ? metadata : NOTHING
}

export function nameOf(object: KubeObject): string {
  return textOf(metadataOf(object).name)
}

export function namespaceOf(object: KubeObject): string {
  return textOf(metadataOf(object).namespace)
}

export function uidOf(object: KubeObject): string {
  return textOf(metadataOf(object).uid)
}

export function resourceVersionOf(object: KubeObject): string {
  return textOf(metadataOf(object).resourceVersion)
}

/** 0 where the server keeps none (events, config maps). */
export function generationOf(object: KubeObject): number {
  const generation = metadataOf(object).generation
  return typeof generation === 'number' ? generation : 0
}

export function annotationsOf(object: KubeObject): Readonly<Record<string, string>> {
  return textsOf(metadataOf(object).annotations)
}

export function labelsOf(object: KubeObject): Readonly<Record<string, string>> {
  return textsOf(metadataOf(object).labels)
}

export function finalizersOf(object: KubeObject): readonly string[] {
  const finalizers = metadataOf(object).finalizers
  return Array.isArray(finalizers) ? finalizers.filter((item): item is string => typeof item === 'string') : []
}

export function isDeleting(object: KubeObject): boolean {
  return textOf(metadataOf(object).deletionTimestamp) !== ''
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller: boolean
}

export function ownersOf(object: KubeObject): readonly OwnerReference[] {
  const owners = metadataOf(object).ownerReferences
  if (!Array.isArray(owners)) return []
  return owners.filter((owner): owner is JsonObject => isObject(owner)).map((owner) => ({
    apiVersion: textOf(owner.apiVersion),
    kind: textOf(owner.kind),
    name: textOf(owner.name),
    uid: textOf(owner.uid),
    controller: owner.controller === true,
  }))
}

/** `namespace/name`, or `name` for cluster-wide objects: the key of informers and queues. */
export function keyOf(object: KubeObject): string {
  return keyOfRef({ namespace: namespaceOf(object), name: nameOf(object) })
}

export function keyOfRef(ref: ObjectRef): string {
  return ref.namespace === undefined || ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`
}

export function refOfKey(key: string): ObjectRef {
  const slash = key.indexOf('/')
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

export function refOf(object: KubeObject): ObjectRef {
  return refOfKey(keyOf(object))
}

/**
 * Whether `left` is an older state than `right`. Resource versions are decimal integers that compare by value (promised by
 * Kubernetes since 1.35 and true of every server before); undefined for anything else: then nobody may guess.
 */
export function compareResourceVersions(left: string, right: string): number | undefined {
  if (!DECIMAL.test(left) || !DECIMAL.test(right)) return undefined
  if (left.length !== right.length) return left.length - right.length
  return left === right ? 0 : left < right ? -1 : 1
}

const DECIMAL = /^[1-9][0-9]*$/
const NOTHING: JsonObject = Object.freeze({})

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function textsOf(value: JsonValue | undefined): Readonly<Record<string, string>> {
  return isObject(value) ? (value as Readonly<Record<string, string>>) : {}
}
