import { compareValues, equalValues } from '../equality.js'
import { NO_OVERLOAD, NONE, error, isError, isKind, listFrom, type CelValue } from '../values.js'
import { FIRST_INSTANT, OPERATORS, sortedItems, toList } from './operators.js'
import { indexOfText, lastIndexOfText } from './strings.js'
import type { FunctionTable } from './table.js'

type Items = readonly CelValue[]

function onList(apply: (items: Items) => CelValue): (a?: CelValue) => CelValue {
  return (a = null) => {
    const items = toList(a)
    return items === undefined ? NO_OVERLOAD : apply(items)
  }
}

function onLists(apply: (a: Items, b: Items) => CelValue): (a?: CelValue, b?: CelValue) => CelValue {
  return (a = null, b = null) => {
    const [left, right] = [toList(a), toList(b)]
    return left === undefined || right === undefined ? NO_OVERLOAD : apply(left, right)
  }
}

function has(items: Items, value: CelValue): boolean {
  return items.some((item) => equalValues(item, value) === true)
}

function isSorted(items: Items): CelValue {
  for (let index = 1; index < items.length; index++) {
    const order = compareValues(items[index - 1] ?? null, items[index] ?? null)
    if (order === undefined) return NO_OVERLOAD
    if (order > 0) return false
  }
  return true
}

/** The sum of nothing is the zero of the list's type, which only the compiler knows: it is handed in by the call. */
function sum(items: Items): CelValue {
  const [first, ...rest] = items
  if (first === undefined) return 0n
  return rest.reduce<CelValue>((total, item) => (isError(total) ? total : (OPERATORS['_+_']?.(total, item) ?? NO_OVERLOAD)), first)
}

function extreme(items: Items, name: 'min' | 'max'): CelValue {
  const [first, ...rest] = items
  if (first === undefined) return error(`${name} called on empty list`)
  return rest.reduce<CelValue>((best, item) => {
    const order = isError(best) ? undefined : compareValues(item, best)
    if (order === undefined) return isError(best) ? best : NO_OVERLOAD
    return (name === 'min' ? order < 0 : order > 0) ? item : best
  }, first)
}

function slice(list: CelValue, start: CelValue, end: CelValue): CelValue {
  const items = toList(list)
  if (items === undefined || typeof start !== 'bigint' || typeof end !== 'bigint') return NO_OVERLOAD
  if (start < 0n || end < 0n) return error(`cannot slice(${start}, ${end}), negative indexes not supported`)
  if (start > end) return error(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`)
  if (end > items.length) return error(`cannot slice(${start}, ${end}), list is length ${items.length}`)
  return listFrom(items.slice(Number(start), Number(end)))
}

function flatten(items: Items, depth: bigint): Items {
  return items.flatMap((item) => {
    const inner = depth > 0n ? toList(item) : undefined
    return inner === undefined ? [item] : flatten(inner, depth - 1n)
  })
}

function range(count: CelValue): CelValue {
  if (typeof count !== 'bigint') return NO_OVERLOAD
  const size = count < 0n ? 0 : Number(count)
  return { kind: 'list', size, at: (index) => BigInt(index) }
}

function distinct(items: Items): CelValue {
  const seen: CelValue[] = []
  for (const item of items) if (!has(seen, item)) seen.push(item)
  return listFrom(seen)
}

function sortBy(items: Items, keys: Items): CelValue {
  if (items.length !== keys.length) {
    return error(`@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${items.length} and ${keys.length} elements respectively`)
  }
  if (sortedItems(keys) === undefined) return error('list elements must be comparable')
  const order = items.map((_, index) => index).sort((a, b) => compareValues(keys[a] ?? null, keys[b] ?? null) ?? 0)
  return listFrom(order.map((index) => items[index] ?? null))
}

function indexOf(container: CelValue, value: CelValue, from: CelValue | undefined): CelValue {
  const items = toList(container)
  if (items === undefined) return indexOfText(container, value, from ?? 0n)
  return BigInt(items.findIndex((item) => equalValues(item, value) === true))
}

function lastIndexOf(container: CelValue, value: CelValue, from: CelValue | undefined): CelValue {
  const items = toList(container)
  if (items === undefined) return lastIndexOfText(container, value, from)
  return BigInt(items.findLastIndex((item) => equalValues(item, value) === true))
}

function unwrap(items: Items): CelValue {
  const stranger = items.find((item) => !isKind(item, 'optional'))
  if (stranger !== undefined) return error('value is not optional')
  return listFrom(items.flatMap((item) => (isKind(item, 'optional') && item.value !== undefined ? [item.value] : [])))
}

function isZeroValue(value: CelValue): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true
  if (value instanceof Uint8Array) return value.length === 0
  if (isKind(value, 'list') || isKind(value, 'map')) return value.size === 0
  if (isKind(value, 'uint')) return value.value === 0n
  return (isKind(value, 'duration') && value.nanos === 0n) || (isKind(value, 'timestamp') && value.nanos === FIRST_INSTANT)
}

function optionalOf(value: CelValue): CelValue {
  return isError(value) ? value : { kind: 'optional', value }
}

export const COLLECTION_FUNCTIONS: FunctionTable = {
  isSorted: onList(isSorted),
  sum: onList(sum),
  min: onList((items) => extreme(items, 'min')),
  max: onList((items) => extreme(items, 'max')),
  indexOf: (a = null, b = null, c) => indexOf(a, b, c),
  lastIndexOf: (a = null, b = null, c) => lastIndexOf(a, b, c),
  slice: (a = null, b = null, c = null) => slice(a, b, c),
  flatten: (a = null, b = 1n) => {
    const items = toList(a)
    if (items === undefined || typeof b !== 'bigint') return NO_OVERLOAD
    return b < 0n ? error('level must be non-negative') : listFrom(flatten(items, b))
  },
  sort: onList((items) => {
    const sorted = sortedItems(items)
    return sorted ? listFrom(sorted) : error('list elements must be comparable')
  }),
  '@sortByAssociatedKeys': onLists(sortBy),
  'lists.range': (a = null) => range(a),
  reverse: onList((items) => listFrom([...items].reverse())),
  distinct: onList(distinct),
  first: onList((items) => (items.length === 0 ? NONE : optionalOf(items[0] ?? null))),
  last: onList((items) => (items.length === 0 ? NONE : optionalOf(items.at(-1) ?? null))),
  'sets.contains': onLists((a, b) => b.every((item) => has(a, item))),
  'sets.equivalent': onLists((a, b) => a.every((item) => has(b, item)) && b.every((item) => has(a, item))),
  'sets.intersects': onLists((a, b) => a.some((item) => has(b, item))),
  'optional.of': (a = null) => optionalOf(a),
  'optional.ofNonZeroValue': (a = null) => (isZeroValue(a) ? NONE : optionalOf(a)),
  'optional.none': () => NONE,
  'optional.unwrap': onList(unwrap),
  unwrapOpt: onList(unwrap),
  hasValue: (a = null) => (isKind(a, 'optional') ? a.value !== undefined : NO_OVERLOAD),
  value: (a = null) => (isKind(a, 'optional') ? (a.value === undefined ? error('optional.none() dereference') : a.value) : NO_OVERLOAD),
}
