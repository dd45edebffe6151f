import type { SecretState } from '@oasgen/engine'
import { isObject, type SecretReference } from '@oasgen/json'
import { resourceVersionOf, SECRETS, type Kube, type KubeObject } from '@oasgen/kube'
import { sealedHmac, type SecretReader } from '@oasgen/transport'
import { followNamed, type NamedObjects, type NamedObjectsOptions, type NamedRef } from './named-objects.js'

/** The Secrets that resources and Configurations name, kept current by watches. Values leave this module towards `transport` only. */
export interface Secrets {
  readonly objects: NamedObjects
  /** Starts to follow them and waits for their first state. */
  follow(references: readonly NamedRef[]): Promise<void> | undefined
  /** For `decide`: version and HMACs, never a value. */
  state(reference: SecretReference, hmacKey: HmacKey): SecretState
  /** Why the Secret cannot be read, when that is not simply because it is not there. */
  trouble(reference: NamedRef): SecretTrouble | undefined
  /** For `transport`. `held`: also the last value of a deleted Secret, for whoever still has to delete something with it. */
  reader(values: 'current' | 'held'): SecretReader
}

export interface SecretTrouble {
  readonly state: 'forbidden' | 'unknown'
  readonly message: string
}

/** The key of the HMACs, or why there is none although there should be one. */
export type HmacKey =
  | { readonly state: 'found'; readonly key: string }
  | { readonly state: 'none' }
  | { readonly state: 'unknown'; readonly message: string }

export function followSecrets(kube: Kube, options: NamedObjectsOptions): Secrets {
  const objects = followNamed(kube, SECRETS, options)
  return {
    objects,
    follow: (references) => objects.follow(references),
    state: (reference, hmacKey) => stateOf(objects, reference, hmacKey),
    trouble: (reference) => {
      const now = objects.now(reference)
      return now.state === 'forbidden' || now.state === 'unknown' ? now : undefined
    },
    reader: (values) => (reference) => readValue(values === 'held' ? objects.last(reference) : current(objects, reference), reference.key),
  }
}

/** How `decide` knows a key of a Secret. */
export function secretKey({ namespace, name, key }: SecretReference): string {
  return `${namespace}/${name}/${key}`
}

function stateOf(objects: NamedObjects, reference: SecretReference, hmacKey: HmacKey): SecretState {
  const now = objects.now(reference)
  if (now.state === 'missing') return now
  if (now.state !== 'found') return { state: 'unknown', message: now.message }
  const value = valueOf(now.object, reference.key)
  if (value === undefined) return { state: 'missing' }
  if (hmacKey.state === 'unknown') return hmacKey
  const hmac = hmacKey.state === 'found' ? sealedHmac(hmacKey.key, value) : undefined
  // The text is what is hashed, in whatever form it is filled in later.
  return { state: 'found', version: resourceVersionOf(now.object), hmacs: hmac === undefined ? {} : { text: hmac, json: hmac, base64: hmac } }
}

function current(objects: NamedObjects, reference: NamedRef): KubeObject | undefined {
  const now = objects.now(reference)
  // While the API server cannot be asked the last value is the best there is; only a proven deletion takes it away.
  return now.state === 'found' ? now.object : now.state === 'missing' ? undefined : objects.last(reference)
}

function readValue(secret: KubeObject | undefined, key: string): { readonly value: string; readonly version: string } | undefined {
  const value = secret === undefined ? undefined : valueOf(secret, key)
  return secret === undefined || value === undefined ? undefined : { value, version: resourceVersionOf(secret) }
}

/** Trimmed, as the reference does: files and `echo` leave a line end. */
export function valueOf(secret: KubeObject, key: string): string | undefined {
  const data = isObject(secret.data) ? secret.data : {}
  const encoded = Object.hasOwn(data, key) ? data[key] : undefined
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8').trim() : undefined
}
