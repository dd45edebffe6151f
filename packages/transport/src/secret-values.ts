import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Sealed, readJson, type JsonValue, type SecretReference } from '@oasgen/json'
import type { TransportFailure } from '@oasgen/wire'
import type { CredentialValue, SecretReader } from './context.js'
import { failureOf } from './failure.js'

/**
 * The HMAC by which a filled secret is told from another without being known: 128 bits of HMAC-SHA256 as hex,
 * of the text without surrounding white space. Whoever compares with an exchange's `sealed` computes it with this.
 */
export function sealedHmac(key: string, secret: string): string {
  return createHmac('sha256', key).update(secret.trim(), 'utf8').digest('hex').slice(0, 32)
}

/**
 * What one request reads from Secrets: the values that were filled, so that answers and messages can be masked, their
 * HMACs by place, and the first thing that was missing. One per request, never kept.
 */
export class SecretUse {
  readonly #read: SecretReader
  readonly #hmacKey: string | undefined
  readonly #values = new Set<string>()
  #sealed: Record<string, string> | undefined
  #problem: TransportFailure | undefined

  constructor(read: SecretReader, hmacKey?: string) {
    this.#read = read
    this.#hmacKey = hmacKey
  }

  get problem(): TransportFailure | undefined {
    return this.#problem
  }

  get sealed(): Readonly<Record<string, string>> | undefined {
    return this.#sealed
  }

  /** The texts that must not come back. */
  get values(): ReadonlySet<string> {
    return this.#values
  }

  /** Also for derived texts: `base64(user:password)`, fetched tokens. */
  hide(text: string): void {
    if (text !== '') this.#values.add(text)
  }

  /** The first problem is the one that is told. */
  fail(problem: TransportFailure): void {
    this.#problem ??= problem
  }

  /** Fills a leaf that stands where only text can stand. */
  text(leaf: Sealed, place: string): string {
    const secret = this.#leaf(leaf, place)
    if (leaf.form === 'base64') return this.#derived(Buffer.from(secret, 'utf8').toString('base64'))
    return secret
  }

  /** Fills a leaf in a JSON body. */
  json(leaf: Sealed, place: string): JsonValue {
    if (leaf.form !== 'json') return this.text(leaf, place)
    const secret = this.#leaf(leaf, place)
    if (this.#problem !== undefined) return null
    const read = readJson(secret)
    if (read.ok) return read.value
    this.fail(failureOf('NET0204', { ...leaf.reference }, { reason: 'credentialsMissing' }))
    return null
  }

  /** A credential's text, or undefined when it is not there (which is no problem yet: another alternative may serve). */
  credential(value: CredentialValue): string | undefined {
    const text = this.#credentialText(value)?.trim()
    return text === '' ? undefined : text
  }

  /** Everything secret that a scheme refers to, as it is now: part of the key under which its token is kept, never shown. */
  fingerprint(scheme: unknown): readonly unknown[] {
    if (typeof scheme !== 'object' || scheme === null) return []
    if (scheme instanceof Sealed) return [scheme.reference, this.#read(scheme.reference)?.value]
    if ('secret' in scheme || 'file' in scheme) return [scheme, this.#credentialText(scheme as CredentialValue)]
    return Object.values(scheme).flatMap((part) => this.fingerprint(part))
  }

  #credentialText(value: CredentialValue): string | undefined {
    if ('value' in value) return value.value
    if ('secret' in value) return this.#read(value.secret)?.value
    return readTextFile(value.file)
  }

  #leaf(leaf: Sealed, place: string): string {
    const secret = this.#read(leaf.reference)?.value.trim()
    if (secret === undefined) {
      this.fail(secretMissing(leaf.reference))
      return ''
    }
    this.hide(secret)
    this.#remember(place, secret)
    return secret
  }

  #derived(text: string): string {
    this.hide(text)
    return text
  }

  #remember(place: string, secret: string): void {
    if (this.#hmacKey === undefined) return
    this.#sealed ??= {}
    this.#sealed[freePlace(this.#sealed, place)] = sealedHmac(this.#hmacKey, secret)
  }
}

function freePlace(taken: Readonly<Record<string, string>>, place: string): string {
  if (!Object.hasOwn(taken, place)) return place
  let index = 1
  while (Object.hasOwn(taken, `${place}#${index}`)) index += 1
  return `${place}#${index}`
}

function readTextFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

export function secretMissing(reference: SecretReference): TransportFailure {
  return failureOf('NET0202', { namespace: reference.namespace, name: reference.name, key: reference.key }, { reason: 'credentialsMissing' })
}
