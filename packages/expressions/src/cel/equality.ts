import { compareIp, comparePrefix } from '../text/ip.js'
import { compareText } from '../text/order.js'
import { compareQuantities } from '../text/quantity.js'
import { compareVersions } from '../text/semantic-version.js'
import { NO_OVERLOAD, SEALED_READ, isError, isKind, kindOfValue, numberOf, type CelList, type CelMap, type CelValue } from './values.js'

/** `==` of CEL: numbers compare across types, values of different kinds are unequal, lists and maps compare by content. */
export function equalValues(a: CelValue, b: CelValue): CelValue {
  if (isError(a)) return a
  if (isError(b)) return b
  if (typeof a === 'string' || typeof a === 'boolean' || a === null) return kindOfValue(b) === 'sealed' ? SEALED_READ : a === b
  const [numberA, numberB] = [numberOf(a), numberOf(b)]
  // eslint-disable-next-line eqeqeq -- bigint and number compare by value with ==, exactly
  if (numberA !== undefined && numberB !== undefined) return numberA == numberB
  const [kindA, kindB] = [kindOfValue(a), kindOfValue(b)]
  if (kindA === 'sealed' || kindB === 'sealed') return SEALED_READ
  return kindA === kindB ? equalSameKind(a, b) : isKind(a, 'unknown') ? a.equals(b) : false
}

function equalSameKind(a: CelValue, b: CelValue): CelValue {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return a.length === b.length && a.every((byte, index) => byte === b[index])
  if (isKind(a, 'list') && isKind(b, 'list')) return a.equals ? a.equals(b) : equalLists(a, b)
  if (isKind(a, 'map') && isKind(b, 'map')) return a.equals ? a.equals(b) : equalMaps(a, b)
  if (isKind(a, 'optional') && isKind(b, 'optional')) {
    return a.value === undefined || b.value === undefined ? a.value === b.value : equalValues(a.value, b.value)
  }
  if (isKind(a, 'type') && isKind(b, 'type')) return a.name === b.name
  if (isKind(a, 'url') && isKind(b, 'url')) return a.text === b.text
  if (isKind(a, 'format') && isKind(b, 'format')) return a.name === b.name
  if (isKind(a, 'unknown')) return a.equals(b)
  return compareValues(a, b) === 0
}

function equalLists(a: CelList, b: CelList): CelValue {
  if (a.size !== b.size) return false
  let verdict: CelValue = true
  for (let index = 0; index < a.size; index++) {
    const same = equalValues(a.at(index), b.at(index))
    if (same === false) return false
    if (same !== true) verdict = same
  }
  return verdict
}

function equalMaps(a: CelMap, b: CelMap): CelValue {
  if (a.size !== b.size) return false
  let verdict: CelValue = true
  for (const key of a.keys()) {
    const [left, right] = [a.find(key), b.find(key)]
    if (left === undefined || right === undefined) return false
    const same = equalValues(left, right)
    if (same === false) return false
    if (same !== true) verdict = same
  }
  return verdict
}

/** -1, 0 or 1 for values that have an order among each other; an error otherwise. NaN is less than nothing and greater than nothing. */
export function compareValues(a: CelValue, b: CelValue): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  const [numberA, numberB] = [numberOf(a), numberOf(b)]
  if (numberA !== undefined && numberB !== undefined) return numberA < numberB ? -1 : numberA > numberB ? 1 : Number.isNaN(numberA) || Number.isNaN(numberB) ? Number.NaN : 0
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b)
  return a === null || b === null ? undefined : compareObjects(a, b)
}

function compareObjects(a: CelValue, b: CelValue): number | undefined {
  if (isKind(a, 'timestamp') && isKind(b, 'timestamp')) return compareBig(a.nanos, b.nanos)
  if (isKind(a, 'duration') && isKind(b, 'duration')) return compareBig(a.nanos, b.nanos)
  if (isKind(a, 'quantity') && isKind(b, 'quantity')) return compareQuantities(a.quantity, b.quantity)
  if (isKind(a, 'semver') && isKind(b, 'semver')) return compareVersions(a.version, b.version)
  if (isKind(a, 'ip') && isKind(b, 'ip')) return compareIp(a.address, b.address)
  if (isKind(a, 'cidr') && isKind(b, 'cidr')) return comparePrefix(a.prefix, b.prefix)
  return undefined
}

/** The four orders of CEL over `compareValues`. */
export function orderValues(a: CelValue, b: CelValue, holds: (order: number) => boolean): CelValue {
  if (kindOfValue(a) === 'sealed' || kindOfValue(b) === 'sealed') return SEALED_READ
  const order = compareValues(a, b)
  return order === undefined ? NO_OVERLOAD : holds(order)
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return Math.sign(a.length - b.length)
}
