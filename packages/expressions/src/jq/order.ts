import { Decimal, Sealed, compareNumbers, isArray, type JsonArray, type JsonNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import { compareText } from '../text/order.js'
import { sortedKeys } from './print.js'
import { charge, sealedRead, type Run } from './run.js'

/** null < false < true < numbers < texts < arrays < objects. Secrets have no place in it. */
export function compareJq(run: Run, a: JsonValue, b: JsonValue): number {
  if (typeof a === 'number' && typeof b === 'number') return compareDoubles(a, b)
  const [left, right] = [rankOf(a), rankOf(b)]
  if (left !== right) return left - right
  switch (left) {
    case 3:
      return compareNumeric(a as JsonNumber, b as JsonNumber)
    case 4:
      charge(run, Math.min((a as string).length, (b as string).length) / 64)
      return compareText(a as string, b as string)
    case 5:
      return compareArrays(run, a as JsonArray, b as JsonArray)
    case 6:
      return compareObjects(run, a as JsonObject, b as JsonObject)
    default:
      return 0
  }
}

export function equalJq(run: Run, a: JsonValue, b: JsonValue): boolean {
  return compareJq(run, a, b) === 0
}

function rankOf(value: JsonValue): number {
  switch (typeof value) {
    case 'boolean':
      return value ? 2 : 1
    case 'number':
    case 'bigint':
      return 3
    case 'string':
      return 4
    default:
      return rankOfObject(value)
  }
}

function rankOfObject(value: JsonValue): number {
  if (value === null) return 0
  if (value instanceof Sealed) throw sealedRead()
  if (value instanceof Decimal) return 3
  return isArray(value) ? 5 : 6
}

/** NaN is below every number, itself included. */
function compareDoubles(a: number, b: number): number {
  return a < b || Number.isNaN(a) ? -1 : a === b ? 0 : 1
}

function compareNumeric(a: JsonNumber, b: JsonNumber): number {
  const odd = [a, b].some((value) => typeof value === 'number' && !Number.isFinite(value))
  return odd ? compareDoubles(Number(a), Number(b)) : compareNumbers(a, b)
}

function compareArrays(run: Run, a: JsonArray, b: JsonArray): number {
  charge(run, 1)
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const order = compareJq(run, a[index] ?? null, b[index] ?? null)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** By the sorted names first, then by the values in that order. */
function compareObjects(run: Run, a: JsonObject, b: JsonObject): number {
  const [left, right] = [sortedKeys(a), sortedKeys(b)]
  charge(run, 1 + left.length / 4)
  const names = compareArrays(run, left, right)
  if (names !== 0) return names
  for (const key of left) {
    const order = compareJq(run, a[key] ?? null, b[key] ?? null)
    if (order !== 0) return order
  }
  return 0
}

/** A stable sort of whatever carries its key. */
export function sortByKey<T extends { readonly key: JsonValue }>(run: Run, items: readonly T[]): T[] {
  charge(run, items.length)
  return items.toSorted((a, b) => compareJq(run, a.key, b.key))
}
