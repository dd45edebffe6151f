import { compareValues, equalValues, orderValues } from '../equality.js'
import {
  NO_OVERLOAD, error, isError, isKind, itemsOf, keyOf, typeNameOf, type CelList, type CelMap, type CelValue,
} from '../values.js'
import type { FunctionTable } from './table.js'

const INT_MAX = 2n ** 63n - 1n
const INT_MIN = -(2n ** 63n)
const UINT_MAX = 2n ** 64n - 1n

export const INT_OVERFLOW = error('integer overflow')
const UINT_OVERFLOW = error('unsigned integer overflow')
const DURATION_OVERFLOW = error('duration overflow')
const TIMESTAMP_OVERFLOW = error('timestamp overflow')

/** Midnight of the first day of year 1: Go's zero time. */
export const FIRST_INSTANT = -62135596800n * 10n ** 9n
const LAST_INSTANT = 253402300799n * 10n ** 9n + 999_999_999n

export function toInt(value: bigint): CelValue {
  return value > INT_MAX || value < INT_MIN ? INT_OVERFLOW : value
}

export function toUint(value: bigint): CelValue {
  return value < 0n || value > UINT_MAX ? UINT_OVERFLOW : { kind: 'uint', value }
}

export function toDuration(nanos: bigint): CelValue {
  return nanos > INT_MAX || nanos < INT_MIN ? DURATION_OVERFLOW : { kind: 'duration', nanos }
}

export function toTimestamp(nanos: bigint, offset = 0): CelValue {
  return nanos < FIRST_INSTANT || nanos > LAST_INSTANT ? TIMESTAMP_OVERFLOW : { kind: 'timestamp', nanos, offset }
}

interface Arithmetic {
  readonly int: (a: bigint, b: bigint) => CelValue
  readonly uint: (a: bigint, b: bigint) => CelValue
  readonly double: ((a: number, b: number) => CelValue) | undefined
}

function arithmetic(rules: Arithmetic, a: CelValue, b: CelValue): CelValue {
  if (typeof a === 'bigint' && typeof b === 'bigint') return rules.int(a, b)
  if (typeof a === 'number' && typeof b === 'number') return rules.double?.(a, b) ?? NO_OVERLOAD
  return isKind(a, 'uint') && isKind(b, 'uint') ? rules.uint(a.value, b.value) : NO_OVERLOAD
}

const ADDITION: Arithmetic = { int: (a, b) => toInt(a + b), uint: (a, b) => toUint(a + b), double: (a, b) => a + b }
const SUBTRACTION: Arithmetic = { int: (a, b) => toInt(a - b), uint: (a, b) => toUint(a - b), double: (a, b) => a - b }
const MULTIPLICATION: Arithmetic = { int: (a, b) => toInt(a * b), uint: (a, b) => toUint(a * b), double: (a, b) => a * b }
const DIVISION: Arithmetic = {
  int: (a, b) => (b === 0n ? error('division by zero') : toInt(a / b)),
  uint: (a, b) => (b === 0n ? error('division by zero') : toUint(a / b)),
  double: (a, b) => a / b,
}
const REMAINDER: Arithmetic = {
  int: (a, b) => (b === 0n ? error('modulus by zero') : a === INT_MIN && b === -1n ? INT_OVERFLOW : a % b),
  uint: (a, b) => (b === 0n ? error('modulus by zero') : toUint(a % b)),
  double: undefined,
}

function add(a: CelValue, b: CelValue): CelValue {
  if (typeof a === 'string') return typeof b === 'string' ? a + b : NO_OVERLOAD
  if (isKind(a, 'list') && isKind(b, 'list')) return a.plus ? a.plus(b) : concatenate(a, b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Uint8Array.from([...a, ...b])
  if (isKind(a, 'duration')) return isKind(b, 'duration') ? toDuration(a.nanos + b.nanos) : isKind(b, 'timestamp') ? toTimestamp(a.nanos + b.nanos, b.offset) : NO_OVERLOAD
  if (isKind(a, 'timestamp')) return isKind(b, 'duration') ? toTimestamp(a.nanos + b.nanos, a.offset) : NO_OVERLOAD
  return arithmetic(ADDITION, a, b)
}

function concatenate(a: CelList, b: CelList): CelList {
  return { kind: 'list', size: a.size + b.size, at: (index) => (index < a.size ? a.at(index) : b.at(index - a.size)) }
}

function subtract(a: CelValue, b: CelValue): CelValue {
  if (isKind(a, 'duration') && isKind(b, 'duration')) return toDuration(a.nanos - b.nanos)
  if (isKind(a, 'timestamp')) return isKind(b, 'timestamp') ? toDuration(a.nanos - b.nanos) : isKind(b, 'duration') ? toTimestamp(a.nanos - b.nanos, a.offset) : NO_OVERLOAD
  return arithmetic(SUBTRACTION, a, b)
}

function negate(a: CelValue): CelValue {
  if (typeof a === 'bigint') return toInt(-a)
  return typeof a === 'number' ? -a : NO_OVERLOAD
}

export function indexValue(container: CelValue, key: CelValue): CelValue {
  if (isKind(container, 'map')) {
    const found = container.find(key)
    return found === undefined ? error(`no such key: ${printKey(key)}`) : found
  }
  if (isKind(container, 'list')) return indexList(container, key)
  if (isKind(container, 'optional')) return container.value === undefined ? container : optionalIndex(container.value, key)
  return NO_OVERLOAD
}

function indexList(list: CelList, key: CelValue): CelValue {
  const index = wholeIndex(key)
  if (index === undefined) return error(`unsupported index type '${typeNameOf(key)}' in list`)
  return index < 0 || index >= list.size ? error(`index out of bounds: ${index}`) : list.at(index)
}

function wholeIndex(key: CelValue): number | undefined {
  if (typeof key === 'bigint') return Number(key)
  if (typeof key === 'number') return Number.isInteger(key) ? key : undefined
  return isKind(key, 'uint') ? Number(key.value) : undefined
}

/** `a[?key]`: nothing instead of an error. */
export function optionalIndex(container: CelValue, key: CelValue): CelValue {
  const inner = isKind(container, 'optional') ? container.value : container
  if (inner === undefined) return { kind: 'optional', value: undefined }
  const index = isKind(inner, 'list') ? wholeIndex(key) : undefined
  const value = isKind(inner, 'map') ? inner.find(key) : isKind(inner, 'list') && index !== undefined && index >= 0 && index < inner.size ? inner.at(index) : undefined
  return isError(value) ? value : { kind: 'optional', value }
}

export function printKey(key: CelValue): string {
  if (typeof key === 'string' || typeof key === 'bigint' || typeof key === 'boolean' || typeof key === 'number') return String(key)
  return isKind(key, 'uint') ? key.value.toString() : typeNameOf(key)
}

export function contains(needle: CelValue, container: CelValue): CelValue {
  if (isKind(container, 'map')) return containsKey(container, needle)
  if (!isKind(container, 'list')) return NO_OVERLOAD
  let verdict: CelValue = false
  for (let index = 0; index < container.size; index++) {
    const same = equalValues(container.at(index), needle)
    if (same === true) return true
    if (isError(same)) verdict = same
  }
  return verdict
}

function containsKey(map: CelMap, key: CelValue): CelValue {
  return keyOf(key) === undefined ? false : map.find(key) !== undefined
}

function size(value: CelValue): CelValue {
  if (typeof value === 'string') return BigInt(characterCount(value))
  if (value instanceof Uint8Array) return BigInt(value.length)
  return isKind(value, 'list') || isKind(value, 'map') ? BigInt(value.size) : NO_OVERLOAD
}

/** Characters, not UTF-16 units. */
export function characterCount(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length - 1; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(index + 1))) {
      count--
      index++
    }
  }
  return count
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

/** A map with one or more keys added; a key that is there already is an error. */
function insert(map: CelValue, ...rest: readonly CelValue[]): CelValue {
  if (!isKind(map, 'map')) return NO_OVERLOAD
  const [first, value] = rest
  const added: readonly (readonly [CelValue, CelValue])[] =
    rest.length === 2 && first !== undefined && value !== undefined ? [[first, value]] : isKind(first ?? null, 'map') ? entriesOf(first as CelMap) : []
  const clash = added.find(([key]) => map.find(key) !== undefined)
  if (clash) return error(`insert failed: key ${printKey(clash[0])} already exists`)
  return extend(map, added)
}

function extend(map: CelMap, added: readonly (readonly [CelValue, CelValue])[]): CelMap {
  const own = new Map(added.map(([key, value]) => [keyOf(key), value]))
  return { kind: 'map', size: map.size + own.size, find: (key) => (own.has(keyOf(key)) ? own.get(keyOf(key)) : map.find(key)), keys: () => [...map.keys(), ...added.map(([key]) => key)] }
}

export function entriesOf(map: CelMap): readonly (readonly [CelValue, CelValue])[] {
  return map.keys().map((key) => [key, map.find(key) ?? null])
}

export const OPERATORS: FunctionTable = {
  '_==_': (a = null, b = null) => equalValues(a, b),
  '_!=_': (a = null, b = null) => {
    const same = equalValues(a, b)
    return typeof same === 'boolean' ? !same : same
  },
  '_<_': (a = null, b = null) => orderValues(a, b, (order) => order < 0),
  '_<=_': (a = null, b = null) => orderValues(a, b, (order) => order <= 0),
  '_>_': (a = null, b = null) => orderValues(a, b, (order) => order > 0),
  '_>=_': (a = null, b = null) => orderValues(a, b, (order) => order >= 0),
  '_+_': (a = null, b = null) => add(a, b),
  '_-_': (a = null, b = null) => subtract(a, b),
  '_*_': (a = null, b = null) => arithmetic(MULTIPLICATION, a, b),
  '_/_': (a = null, b = null) => arithmetic(DIVISION, a, b),
  '_%_': (a = null, b = null) => arithmetic(REMAINDER, a, b),
  '-_': (a = null) => negate(a),
  '!_': (a = null) => (typeof a === 'boolean' ? !a : NO_OVERLOAD),
  '_[_]': (a = null, b = null) => indexValue(a, b),
  '_[?_]': (a = null, b = null) => optionalIndex(a, b),
  '_?._': (a = null, b = null) => optionalIndex(a, b),
  '@in': (a = null, b = null) => contains(a, b),
  size: (a = null) => size(a),
  'cel.@mapInsert': insert,
}

/** Whether a list holds only values that can be put in order, and they are. */
export function sortedItems(items: readonly CelValue[]): readonly CelValue[] | undefined {
  const sorted = [...items]
  let comparable = true
  sorted.sort((a, b) => {
    const order = compareValues(a, b)
    if (order === undefined) comparable = false
    return order ?? 0
  })
  return comparable ? sorted : undefined
}

export function toList(value: CelValue): readonly CelValue[] | undefined {
  return isKind(value, 'list') ? itemsOf(value) : undefined
}

