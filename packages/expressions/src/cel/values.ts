import { Sealed } from '@oasgen/json'
import type { IpAddress, IpPrefix } from '../text/ip.js'
import type { Quantity } from '../text/quantity.js'
import type { RequestUri } from '../text/request-uri.js'
import type { Literal } from './ast.js'
import type { SemanticVersion } from '../text/semantic-version.js'

/**
 * What CEL computes with. An int is a bigint and a double is a number, so `1` and `1.0` never mix by accident.
 * Errors are values too: `false && error` is false.
 */
export type CelValue =
  | null | boolean | string | bigint | number | Uint8Array | Sealed
  | CelUint | CelTimestamp | CelDuration | CelList | CelMap | CelTypeName | CelOptional | CelOpaque | CelError

export interface CelUint {
  readonly kind: 'uint'
  readonly value: bigint
}
/** Nanoseconds since 1970, and the seconds east of Greenwich with which it was written. */
export interface CelTimestamp {
  readonly kind: 'timestamp'
  readonly nanos: bigint
  readonly offset: number
}
export interface CelDuration {
  readonly kind: 'duration'
  readonly nanos: bigint
}
export interface CelList {
  readonly kind: 'list'
  readonly size: number
  at(index: number): CelValue
  /** Lists of type set and map compare without order. */
  readonly equals?: (other: CelList) => CelValue
  /** … and their sum is a union. */
  readonly plus?: (other: CelList) => CelList
}
export interface CelMap {
  readonly kind: 'map'
  readonly size: number
  find(key: CelValue): CelValue | undefined
  keys(): readonly CelValue[]
  /** Objects of a schema compare in their own way. */
  readonly equals?: (other: CelMap) => CelValue
}
export interface CelTypeName {
  readonly kind: 'type'
  readonly name: string
}
export interface CelOptional {
  readonly kind: 'optional'
  readonly value: CelValue | undefined
}
export type CelOpaque =
  | { readonly kind: 'url'; readonly uri: RequestUri; readonly text: string }
  | { readonly kind: 'ip'; readonly address: IpAddress }
  | { readonly kind: 'cidr'; readonly prefix: IpPrefix }
  | { readonly kind: 'quantity'; readonly quantity: Quantity }
  | { readonly kind: 'semver'; readonly version: SemanticVersion }
  | { readonly kind: 'format'; readonly name: string; readonly regexSize: number; readonly check: (text: string) => readonly string[] }
  /** Data below preserve-unknown-fields, which can be compared and nothing else. */
  | { readonly kind: 'unknown'; readonly value: unknown; readonly equals: (other: CelValue) => boolean }
export interface CelError {
  readonly kind: 'error'
  readonly message: string
  /** Set when a secret would have been read: no operator may swallow that. */
  readonly sealed?: true
}

export type CelKind =
  | 'null' | 'bool' | 'string' | 'int' | 'double' | 'bytes' | 'sealed' | 'uint' | 'timestamp' | 'duration' | 'list' | 'map' | 'type' | 'optional'
  | CelOpaque['kind'] | 'error'

export function kindOfValue(value: CelValue): CelKind {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    default:
      if (value === null) return 'null'
      if (value instanceof Uint8Array) return 'bytes'
      return value instanceof Sealed ? 'sealed' : value.kind
  }
}

export function isError(value: CelValue | undefined): value is CelError {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'error'
}

export function error(message: string): CelError {
  return { kind: 'error', message }
}

export const NO_OVERLOAD: CelError = error('no such overload')
export const NONE: CelOptional = { kind: 'optional', value: undefined }

/** A secret may be handed on, never looked at. */
export const SEALED_READ: CelError = { kind: 'error', message: 'a secret value cannot be read by an expression', sealed: true }

export function isKind<K extends Exclude<CelKind, 'null' | 'bool' | 'string' | 'int' | 'double' | 'bytes' | 'sealed'>>(
  value: CelValue, kind: K,
): value is Extract<CelValue, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind
}

export function listFrom(items: readonly CelValue[]): CelList {
  return { kind: 'list', size: items.length, at: (index) => items[index] ?? null }
}

export function itemsOf(list: CelList): readonly CelValue[] {
  return Array.from({ length: list.size }, (_, index) => list.at(index))
}

/** A map by the text of its keys; 1, 1u and 1.0 are one key. */
export function mapFrom(entries: Iterable<readonly [CelValue, CelValue]>): CelMap {
  const byKey = new Map<string | number | boolean, readonly [CelValue, CelValue]>()
  for (const [key, value] of entries) byKey.set(keyOf(key) ?? '', [key, value])
  return {
    kind: 'map',
    size: byKey.size,
    find: (key) => {
      const wanted = keyOf(key)
      return wanted === undefined ? undefined : byKey.get(wanted)?.[1]
    },
    keys: () => [...byKey.values()].map(([key]) => key),
  }
}

/** Undefined for what cannot be a key. */
export function keyOf(key: CelValue): string | boolean | undefined {
  switch (typeof key) {
    case 'boolean':
      return key
    case 'string':
      return `s${key}`
    case 'bigint':
      return `n${key}`
    case 'number':
      return Number.isInteger(key) ? `n${BigInt(key)}` : `f${key}`
    default:
      return key !== null && isKind(key, 'uint') ? `n${key.value}` : undefined
  }
}

/** The type name that `type(x)` answers. */
export function typeNameOf(value: CelValue): string {
  const kind = kindOfValue(value)
  return Object.hasOwn(TYPE_NAMES, kind) ? (TYPE_NAMES[kind] ?? kind) : kind
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  null: 'null_type', timestamp: 'google.protobuf.Timestamp', duration: 'google.protobuf.Duration', optional: 'optional_type', url: 'kubernetes.URL',
  ip: 'net.IP', cidr: 'net.CIDR', quantity: 'kubernetes.Quantity', semver: 'kubernetes.Semver', format: 'kubernetes.NamedFormat',
}

/** A number as a double, whatever its type; undefined for what is none. */
export function numberOf(value: CelValue): number | bigint | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  return value !== null && isKind(value, 'uint') ? value.value : undefined
}

export function literalValue(literal: Literal): CelValue {
  switch (literal.kind) {
    case 'null':
      return null
    case 'uint':
      return { kind: 'uint', value: literal.value }
    default:
      return literal.value
  }
}
