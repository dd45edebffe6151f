import type { ReferenceState, ResourceWrite, SecretState, Settings } from '@oasgen/engine'
import { isArray, isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { sealedHmac, type SecretReader } from '@oasgen/transport'
import { at } from '../server/body.js'
import { authenticationOf, SECRET_VALUES } from '../server/credentials.js'
import { sampleOf, kindOf } from './sample.js'

/** Times of a drive: short beside those of a cluster, and virtual, so that nobody waits. */
export const SETTINGS: Settings = {
  resyncSeconds: 60, minRetrySeconds: 1, maxRetrySeconds: 30, graceSeconds: 10, deleteDeadlineSeconds: 120, crossNamespace: 'allow',
}

export const HMAC_KEY = 'conform'

/** A custom resource right after `kubectl apply`. */
export function appliedResource(object: Pick<JsonObject, 'apiVersion' | 'kind' | 'spec'> & JsonObject): JsonObject {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {}
  return {
    ...object,
    metadata: { name: 'conform', namespace: 'default', uid: '1b4e28ba-2fa1-41d2-883f-0016d3cca427', generation: 1, resourceVersion: '1', ...metadata },
    status: { observedGeneration: -1 },
  }
}

/** As Kubernetes applies what the controller writes; undefined: the object is gone. */
export function afterWrite(resource: JsonObject, write: ResourceWrite): JsonObject | undefined {
  const metadata = metadataOf(resource)
  const annotations = Object.entries({ ...(isObject(metadata['annotations']) ? metadata['annotations'] : {}), ...write.annotations }).filter(([, value]) => value !== null)
  const before = isArray(metadata['finalizers']) ? metadata['finalizers'] : []
  const kept = before.filter((name) => name !== write.finalizers?.remove)
  const finalizers = write.finalizers?.add === undefined ? kept : [...kept, write.finalizers.add]
  if (metadata['deletionTimestamp'] !== undefined && finalizers.length === 0) return undefined
  return { ...resource, metadata: { ...metadata, annotations: Object.fromEntries(annotations), finalizers, resourceVersion: nextVersion(metadata) }, ...(write.status && { status: write.status }) }
}

export function withSpec(resource: JsonObject, spec: JsonObject): JsonObject {
  const metadata = metadataOf(resource)
  return { ...resource, spec, metadata: { ...metadata, generation: Number(metadata['generation']) + 1, resourceVersion: nextVersion(metadata) } }
}

/** As Kubernetes: without finalizers the object is gone at once. */
export function markDeleted(resource: JsonObject): JsonObject | undefined {
  const metadata = metadataOf(resource)
  if (!isArray(metadata['finalizers']) || metadata['finalizers'].length === 0) return undefined
  return { ...resource, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z', generation: Number(metadata['generation']) + 1, resourceVersion: nextVersion(metadata) } }
}

export function metadataOf(resource: JsonObject): JsonObject {
  return isObject(resource['metadata']) ? resource['metadata'] : {}
}

function nextVersion(metadata: JsonObject): string {
  return String(Number(metadata['resourceVersion']) + 1)
}

/** A Configuration for the server: its address, credentials, and values for what the definition takes from it. */
export function configurationFor(plan: Plan, url: string, crd: JsonObject | undefined): JsonObject {
  const own = crd === undefined ? undefined : kindOf(crd).schema.properties?.['spec']?.properties?.['configuration']
  const configuration = own === undefined ? undefined : sampleOf(own, { name: 'configuration', depth: 0, serial: 0 })
  return {
    apiVersion: `${plan.resource.group}/${plan.resource.version}`, kind: plan.configuration?.kind ?? 'Configuration', metadata: { name: 'conform', namespace: 'default' },
    spec: { baseURL: url, authentication: authenticationOf(plan, url), ...(isObject(configuration) && { configuration }) },
  }
}

/** Every reference that the resource has, resolved. */
export function referencesOf(plan: Plan, resource: JsonObject): Readonly<Record<string, ReferenceState>> {
  const present = (plan.references ?? []).filter(({ path }) => at(resource, path) !== undefined)
  return Object.fromEntries(present.map(({ path }) => [path, { state: 'resolved', value: 'conform-reference' }]))
}

/** Every Secret that the resource names, with the same value. */
export function secretsOf(plan: Plan, resource: JsonObject): Readonly<Record<string, SecretState>> {
  const hmac = sealedHmac(HMAC_KEY, secretText())
  const state: SecretState = { state: 'found', version: '1', hmacs: { text: hmac, json: hmac, base64: hmac } }
  const named = [...(plan.secrets ?? []).map(({ path }) => at(resource, path)), ...secretRefs(plan, resource)]
  return Object.fromEntries(named.flatMap((reference) => (isObject(reference) ? [[`default/${textOf(reference['name'] ?? '')}/${textOf(reference['key'] ?? '')}`, state] as const] : [])))
}

/** `resolver: secretRef` names the Secret by two fields of the resource. */
function secretRefs(plan: Plan, resource: JsonObject): readonly JsonValue[] {
  const text = JSON.stringify(plan.actions)
  const found = [...text.matchAll(/"from":"secretRef","key":"([^"]+)","name":"([^"]+)"|"from":"secretRef","name":"([^"]+)","key":"([^"]+)"/g)]
  return found.map(([, key, name, name2, key2]) => ({ name: at(resource, name ?? name2 ?? '') ?? '', key: at(resource, key ?? key2 ?? '') ?? '' }))
}

function secretText(): string {
  return SECRET_VALUES['value'] ?? ''
}

export const readSecret: SecretReader = ({ key }) => ({ value: SECRET_VALUES[key] ?? secretText(), version: '1' })
