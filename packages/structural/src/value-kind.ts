import { Decimal, Sealed, isArray, type JsonNumber, type JsonValue } from '@oasgen/json'

/** JSON types as the API server tells them apart: an integer is what fits int64. */
export type ValueKind = 'null' | 'boolean' | 'string' | 'integer' | 'number' | 'array' | 'object'

const INT64_MAX = 2n ** 63n - 1n
const INT64_MIN = -(2n ** 63n)

export function kindOf(value: JsonValue): ValueKind {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'number':
      return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63 ? 'integer' : 'number'
    case 'bigint':
      return value >= INT64_MIN && value <= INT64_MAX ? 'integer' : 'number'
    default:
      return value === null ? 'null' : isArray(value) ? 'array' : value instanceof Decimal ? 'number' : value instanceof Sealed ? 'string' : 'object'
  }
}

export function toDouble(value: JsonNumber): number {
  return typeof value === 'number' ? value : Number(value instanceof Decimal ? value.text : value)
}

/** An int64 as a bigint; only for values whose kind is integer. */
export function toInt64(value: JsonNumber): bigint {
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(toDouble(value)))
}

/** Go's conversion of a float64 bound to int64: cut, and held inside the range. */
export function cutToInt64(value: JsonNumber): bigint {
  if (typeof value === 'bigint') return value < INT64_MIN ? INT64_MIN : value > INT64_MAX ? INT64_MAX : value
  const double = toDouble(value)
  if (double >= 2 ** 63) return INT64_MAX
  return double <= -(2 ** 63) ? INT64_MIN : BigInt(Math.trunc(double))
}

const EPSILON = 1e-9

/** Whether Kubernetes takes a float64 for an integer: exactly, or off by less than one part in 1e9. */
export function isNearInteger(value: number): boolean {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false
  const whole = Math.trunc(value)
  if (whole === value) return true
  if (whole === 0) return false
  return Math.abs(value - whole) / (Math.abs(value) + Math.abs(whole)) < EPSILON
}
