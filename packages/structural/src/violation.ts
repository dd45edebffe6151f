import { Decimal, isArray, isObject, type JsonValue } from '@oasgen/json'
import { goFloat, goQuote } from './go-text.js'

/** Kubernetes' own words for what is wrong with a field; they stand as `reason` in the causes of a Status. */
export type ViolationType =
  | 'FieldValueNotFound' | 'FieldValueRequired' | 'FieldValueDuplicate' | 'FieldValueInvalid' | 'FieldValueNotSupported'
  | 'FieldValueForbidden' | 'FieldValueTooLong' | 'FieldValueTooMany' | 'FieldValueTypeInvalid' | 'InternalError'

/** One thing that the API server would refuse, in its words and with its field path. */
export interface Violation {
  /** As Kubernetes prints it: `spec.a[0]`, `spec.labels[a/b]`; `<nil>` where the server has none. */
  readonly path: string
  readonly type: ViolationType
  /** What follows the value; may be empty. */
  readonly message: string
  /** The refused value. Absent where the server prints none. */
  readonly value?: JsonValue
  /** Printed in place of `value`, where the server prints a Go value that is no JSON. */
  readonly valueText?: string
}

/** The path that the server prints when it has none. */
export const NO_PATH = '<nil>'

const HEADS: Readonly<Record<ViolationType, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
}

/** `path: Invalid value: "x": message`, byte for byte as the server. */
export function printViolation(violation: Violation): string {
  return `${violation.path}: ${violationBody(violation)}`
}

/** The same without the path: what stands as `message` in the causes of a Status. */
export function violationBody(violation: Violation): string {
  const shown = shownValue(violation)
  return `${HEADS[violation.type]}${shown === undefined ? '' : `: ${shown}`}${violation.message === '' ? '' : `: ${violation.message}`}`
}

function shownValue(violation: Violation): string | undefined {
  switch (violation.type) {
    case 'FieldValueRequired':
    case 'FieldValueForbidden':
    case 'FieldValueTooLong':
    case 'InternalError':
      return undefined
    default:
      return violation.valueText ?? (violation.value === undefined ? undefined : printValue(violation.value))
  }
}

function printValue(value: JsonValue): string {
  if (typeof value === 'string') return goQuote(value)
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value).toString() : goFloat(value)
  return goJson(value)
}

/** `json.Marshal`: keys sorted, and the characters that could end an HTML element escaped. */
export function goJson(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(goJson).join(',')}]`
  if (isObject(value)) {
    return `{${Object.keys(value).sort().map((key) => `${jsonString(key)}:${goJson(value[key] ?? null)}`).join(',')}}`
  }
  if (typeof value === 'string') return jsonString(value)
  if (typeof value === 'bigint' || value instanceof Decimal) return value.toString()
  return JSON.stringify(value)
}

function jsonString(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function invalid(path: string, value: JsonValue | undefined, message: string): Violation {
  return value === undefined ? { path, type: 'FieldValueInvalid', message } : { path, type: 'FieldValueInvalid', message, value }
}

export function typeInvalid(path: string, value: JsonValue, message: string): Violation {
  return { path, type: 'FieldValueTypeInvalid', message, value }
}

export function required(path: string, message = ''): Violation {
  return { path, type: 'FieldValueRequired', message }
}

export function forbidden(path: string, message: string): Violation {
  return { path, type: 'FieldValueForbidden', message }
}

export function duplicate(path: string, value: JsonValue): Violation {
  return { path, type: 'FieldValueDuplicate', message: '', value }
}

export function notSupported(path: string, value: JsonValue, supported: readonly string[]): Violation {
  const message = supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`
  return { path, type: 'FieldValueNotSupported', message, value }
}

export function tooLong(path: string, limit: number): Violation {
  return { path, type: 'FieldValueTooLong', message: `may not be more than ${limit} ${limit === 1 ? 'byte' : 'bytes'}` }
}

export function tooMany(path: string, actual: number, limit: number): Violation {
  return { path, type: 'FieldValueTooMany', message: `must have at most ${limit} ${limit === 1 ? 'item' : 'items'}`, value: actual }
}

/** `path.name`, or the name alone where there is no path yet. */
export function childPath(path: string, name: string): string {
  return path === '' || path === NO_PATH ? name : `${path}.${name}`
}

export function indexPath(path: string, index: number): string {
  return `${path}[${index}]`
}

/** A key of a map, which Kubernetes prints in brackets and without quotes. */
export function keyPath(path: string, key: string): string {
  return `${path}[${key}]`
}
