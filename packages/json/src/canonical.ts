import { canonicalNumber } from './number.js'
import { sha256 } from './sha256.js'
import { Decimal, MASK, Sealed, type JsonArray, type JsonObject, type JsonValue } from './value.js'

/**
 * One text per value: members sorted by UTF-16 units, no spaces, one form per number value (`1.0`, `1` and `1e0` are one).
 * A Sealed leaf stands as its reference, so that two different references never hash alike; its value is not involved.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal) return canonicalNumber(value)
  if (value instanceof Sealed) return canonicalSealed(value)
  if (Array.isArray(value)) return `[${(value as JsonArray).map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) return canonicalObject(value as JsonObject)
  return String(value)
}

function canonicalObject(value: JsonObject): string {
  const parts: string[] = []
  for (const name of Object.keys(value).sort()) {
    const child = value[name]
    if (child !== undefined) parts.push(`${JSON.stringify(name)}:${canonicalJson(child)}`)
  }
  return `{${parts.join(',')}}`
}

function canonicalSealed({ reference, form }: Sealed): string {
  return canonicalJson({ [MASK]: [reference.namespace, reference.name, reference.key, form] })
}

/** SHA-256 of the canonical form, in hex. Never of secrets: a plain hash of a password can be guessed (`hmacSha256`). */
export function hashJson(value: JsonValue): string {
  return sha256(canonicalJson(value))
}
