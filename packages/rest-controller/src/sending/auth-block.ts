import { isArray, isObject, type JsonObject } from '@oasgen/json'
import type { CredentialValue } from '@oasgen/transport'
import { readReference } from '../environment/secret-places.js'

/** One member of `spec.authentication`: `<name>Ref` names a Secret, `<name>` is the value itself (regions, scopes, addresses). */
export class AuthBlock {
  readonly #block: JsonObject
  readonly #namespace: string
  constructor(block: JsonObject, namespace: string) {
    this.#block = block
    this.#namespace = namespace
  }

  credential(name: string): CredentialValue | undefined {
    const reference = readReference(this.#block[`${name}Ref`], this.#namespace)
    if (reference !== undefined) return { secret: reference }
    const text = this.text(name)
    return text === undefined ? undefined : { value: text }
  }

  text(name: string): string | undefined {
    const value = this.#block[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.#block[name]
    return isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined
  }

  /** An object of texts. */
  textMap(name: string): Readonly<Record<string, string>> | undefined {
    const value = this.#block[name]
    return isObject(value) ? Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')) : undefined
  }

  number(name: string): number | undefined {
    const value = this.#block[name]
    return typeof value === 'number' && value > 0 ? value : undefined
  }

  raw(name: string): JsonObject[string] | undefined {
    return this.#block[name]
  }

  get namespace(): string {
    return this.#namespace
  }
}
