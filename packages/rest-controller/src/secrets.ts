import type { SecretState } from '@oasgen/engine'
import { isObject, type SecretReference } from '@oasgen/json'
import { resourceVersionOf, SECRETS, type Kube, type KubeObject } from '@oasgen/kube'
import { sealedHmac, type SecretReader } from '@oasgen/transport'
import { followNamed, type NamedObjects } from './named-objects.js'

/** The Secrets that resources and Configurations name, kept current by watches. */
export interface Secrets {
  /** For `decide`: versions and HMACs, never a value. */
  states(references: readonly SecretReference[]): Promise<Readonly<Record<string, SecretState>>>
  /** For `transport`: what is held now. */
  readonly reader: SecretReader
  stop(): Promise<void>
}

export interface SecretsOptions {
  readonly onChange: (key: string) => void
  /** A deleted Secret keeps its last value in memory while a dependent needs it, so that a namespace deletion ends. */
  readonly keeps: (key: string) => boolean
  readonly hmacKey: () => string | undefined
}

export function followSecrets(kube: Kube, options: SecretsOptions): Secrets {
  const objects = followNamed(kube, SECRETS, options)
  return {
    states: async (references) => Object.fromEntries(await Promise.all(references.map(async (reference) => [secretKey(reference), await stateOf(objects, reference, options)] as const))),
    reader: (reference) => {
      const object = objects.held(reference)
      const value = object === undefined ? undefined : valueOf(object, reference.key)
      return object === undefined || value === undefined ? undefined : { value, version: resourceVersionOf(object) }
    },
    stop: () => objects.stop(),
  }
}

export function secretKey({ namespace, name, key }: SecretReference): string {
  return `${namespace}/${name}/${key}`
}

async function stateOf(objects: NamedObjects, reference: SecretReference, { hmacKey }: SecretsOptions): Promise<SecretState> {
  const read = await objects.read(reference)
  if (read.state !== 'found') return read
  const value = valueOf(read.object, reference.key)
  if (value === undefined) return { state: 'missing' }
  const key = hmacKey()
  // The text is what is hashed, in whatever form it is filled in later.
  const hmac = key === undefined ? undefined : sealedHmac(key, value)
  const hmacs = hmac === undefined ? {} : { text: hmac, json: hmac, base64: hmac }
  return { state: 'found', version: resourceVersionOf(read.object), hmacs }
}

/** Trimmed, as the reference does: files and `echo` leave a line end. */
function valueOf(secret: KubeObject, key: string): string | undefined {
  const data = isObject(secret.data) ? secret.data : {}
  const encoded = Object.hasOwn(data, key) ? data[key] : undefined
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8').trim() : undefined
}
