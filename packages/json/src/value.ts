/**
 * The values that flow through the product. A document, a custom resource and a body are all JsonValue.
 *
 * Numbers are exact: `number` when a double holds the written value, `bigint` for integers beyond 2^53,
 * `Decimal` for decimals that a double would change. Equality and canonical form live beside, never `===`.
 */
export type JsonNumber = number | bigint | Decimal
export type JsonScalar = null | boolean | string | JsonNumber | Sealed
export type JsonArray = readonly JsonValue[]
export interface JsonObject {
  readonly [key: string]: JsonValue
}
export type JsonValue = JsonScalar | JsonArray | JsonObject

/** A decimal number that a double cannot hold, kept as it was written. */
export class Decimal {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

/** Where a secret value is to be found; never the value. */
export interface SecretReference {
  readonly namespace: string
  readonly name: string
  readonly key: string
}

/** How the text of a secret becomes the value of the leaf: as it is, or read as JSON (numbers, booleans, objects). */
export type SealedForm = 'text' | 'json' | 'base64'

/**
 * A leaf whose value only `transport` may see: it fills it while the bytes are written.
 * Printing, logging or serialising one gives `MASK`, whatever the printer.
 */
export class Sealed {
  readonly reference: SecretReference
  readonly form: SealedForm
  constructor(reference: SecretReference, form: SealedForm = 'text') {
    this.reference = reference
    this.form = form
  }
  toString(): string {
    return MASK
  }
  toJSON(): string {
    return MASK
  }
}

/** What stands in every print where a secret would be. */
export const MASK = '••••'

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Decimal) && !(value instanceof Sealed)
}

export function isArray(value: JsonValue | undefined): value is JsonArray {
  return Array.isArray(value)
}

export function isNumber(value: JsonValue | undefined): value is JsonNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal
}

/** A value as text where it is one word: strings as they are, numbers and booleans printed, everything else `''`. */
export function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return isNumber(value) || typeof value === 'boolean' ? String(value) : ''
}
