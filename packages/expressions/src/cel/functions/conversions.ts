import { NO_OVERLOAD, error, isKind, kindOfValue, typeNameOf, type CelValue } from '../values.js'
import { parseDuration, parseInstant, printDuration, printTimestamp } from '../../text/time.js'
import { printCidr, printIp } from '../../text/ip.js'
import { INT_OVERFLOW, toDuration, toInt, toTimestamp, toUint } from './operators.js'
import type { FunctionTable } from './table.js'
import { decodeUtf8, utf8Of } from '../../text/utf8.js'

export const CONVERSIONS: FunctionTable = {
  type: (a = null) => ({ kind: 'type', name: isKind(a, 'type') ? 'type' : typeNameOf(a) }),
  dyn: (a = null) => a,
  bool: (a = null) => (typeof a === 'boolean' ? a : typeof a === 'string' ? readBool(a) : NO_OVERLOAD),
  bytes: (a = null) => (a instanceof Uint8Array ? a : typeof a === 'string' ? Uint8Array.from(utf8Of(a)) : NO_OVERLOAD),
  double: (a = null) => toDoubleValue(a),
  int: (a = null) => toIntValue(a),
  uint: (a = null) => toUintValue(a),
  string: (a = null) => toStringValue(a),
  duration: (a = null) => toDurationValue(a),
  timestamp: (a = null) => toTimestampValue(a),
}

function readBool(text: string): CelValue {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false
  return error(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
}

function toDoubleValue(value: CelValue): CelValue {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (isKind(value, 'uint')) return Number(value.value)
  if (typeof value !== 'string') return NO_OVERLOAD
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) return Number(value)
  const special: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Infinity, '+Infinity': Infinity, '-Infinity': -Infinity, Inf: Infinity, '-Inf': -Infinity }
  return Object.hasOwn(special, value) ? (special[value] ?? Number.NaN) : error(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`)
}

function toIntValue(value: CelValue): CelValue {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : INT_OVERFLOW
  if (isKind(value, 'uint')) return toInt(value.value)
  if (isKind(value, 'duration')) return value.nanos
  if (isKind(value, 'timestamp')) return value.nanos / 10n ** 9n - (value.nanos % 10n ** 9n < 0n ? 1n : 0n)
  if (typeof value !== 'string') return NO_OVERLOAD
  if (!/^[+-]?[0-9]+$/.test(value)) return error(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
  const parsed = value.length > 40 ? 2n ** 64n : BigInt(value.replace(/^\+/, ''))
  return parsed >= 2n ** 63n || parsed < -(2n ** 63n) ? error(`strconv.ParseInt: parsing ${JSON.stringify(value)}: value out of range`) : parsed
}

function toUintValue(value: CelValue): CelValue {
  if (isKind(value, 'uint')) return value
  if (typeof value === 'bigint') return toUint(value)
  if (typeof value === 'number') return value >= 0 && value < 2 ** 64 ? { kind: 'uint', value: BigInt(Math.trunc(value)) } : error('unsigned integer overflow')
  if (typeof value !== 'string') return NO_OVERLOAD
  return /^[0-9]{1,20}$/.test(value) ? toUint(BigInt(value)) : error(`strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`)
}

export function toStringValue(value: CelValue): CelValue {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return printDouble(value)
  if (value instanceof Uint8Array) return decodeUtf8(value) ?? error('invalid UTF-8 in bytes, cannot convert to string')
  return objectToString(value)
}

function objectToString(value: CelValue): CelValue {
  if (isKind(value, 'uint')) return value.value.toString()
  if (isKind(value, 'timestamp')) return printTimestamp(value.nanos, value.offset)
  if (isKind(value, 'duration')) return printDuration(value.nanos)
  if (isKind(value, 'ip')) return printIp(value.address)
  if (isKind(value, 'cidr')) return printCidr(value.prefix)
  if (isKind(value, 'type')) return value.name
  return NO_OVERLOAD
}

/** `%g` with shortest digits, as cel-go prints doubles. */
export function printDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [digits = '', exponentText = '0'] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  if (exponent >= -4 && exponent < 21) return Math.abs(value) < 1e21 ? plainDigits(value) : String(value)
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function plainDigits(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value)
}

function toDurationValue(value: CelValue): CelValue {
  if (kindOfValue(value) === 'duration') return value
  if (typeof value === 'bigint') return toDuration(value)
  if (typeof value !== 'string') return NO_OVERLOAD
  const nanos = parseDuration(value)
  return nanos === undefined ? error(`time: invalid duration ${JSON.stringify(value)}`) : { kind: 'duration', nanos }
}

function toTimestampValue(value: CelValue): CelValue {
  if (kindOfValue(value) === 'timestamp') return value
  if (typeof value === 'bigint') return toTimestamp(value * 10n ** 9n)
  if (typeof value !== 'string') return NO_OVERLOAD
  const instant = parseInstant(value)
  return instant === undefined ? error(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse`) : toTimestamp(instant.nanos, instant.offset)
}
