import { Decimal, isArray, isNumber, isObject, objectFrom, readJson, type JsonArray, type JsonNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import { indicesOfPart, itemsOf } from '../access.js'
import { add } from '../arithmetic.js'
import { compareJq, equalJq } from '../order.js'
import { printValue, sortedKeys } from '../print.js'
import { charge, describe, fail, isTrue, typeOf, type Run } from '../run.js'
import type { ValueFunction } from './table.js'
import { characterCount, indicesOfText } from './strings.js'

const length: ValueFunction = (_, value) => {
  switch (typeOf(value)) {
    case 'null':
      return 0
    case 'number':
      return magnitude(value as JsonNumber)
    case 'string':
      return characterCount(value as string)
    case 'array':
      return (value as JsonArray).length
    case 'object':
      return Object.keys(value as JsonObject).length
    case 'boolean':
      throw fail(`${describe(value)} has no length`)
  }
}

function magnitude(value: JsonNumber): JsonNumber {
  if (typeof value === 'number') return Math.abs(value)
  if (typeof value === 'bigint') return value < 0n ? -value : value
  return value.text.startsWith('-') ? new Decimal(value.text.slice(1)) : value
}

/** What is above every number is left as it is, as in jq. */
const absolute: ValueFunction = (_, value) => {
  if (isNumber(value)) return magnitude(value)
  if (value === null || typeof value === 'boolean') throw fail(`${describe(value)} has no absolute value`)
  return value
}

const keys: ValueFunction = (run, value) => {
  const type = typeOf(value)
  if (type === 'array') return (value as JsonArray).map((_, index) => index)
  if (type !== 'object') throw fail(`${describe(value)} has no keys`)
  const names = sortedKeys(value as JsonObject)
  charge(run, names.length / 4)
  return names
}

const has: ValueFunction = (_, value, [key = null]) => {
  if (value === null) return false
  if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key)
  if (isArray(value) && isNumber(key)) return Number(key) >= 0 && Math.floor(Number(key)) < value.length
  throw fail(`Cannot check whether ${typeOf(value)} has a ${typeof key === 'string' ? 'string' : typeOf(key)} key`)
}

const contains: ValueFunction = (run, value, [part = null]) => containsPart(run, value, part)

function containsPart(run: Run, value: JsonValue, part: JsonValue): boolean {
  charge(run, 1)
  const type = typeOf(value)
  if (type === 'boolean' && typeof part === 'boolean') return value === part
  if (type !== typeOf(part)) throw fail(`${describe(value)} and ${describe(part)} cannot have their containment checked`)
  if (type === 'string') return containsText(run, value as string, part as string)
  if (type === 'array') return (part as JsonArray).every((wanted) => (value as JsonArray).some((item) => containsItem(run, item, wanted)))
  if (type === 'object') return Object.entries(part as JsonObject).every(([key, wanted]) => containsMember(run, value as JsonObject, [key, wanted]))
  return equalJq(run, value, part)
}

function containsText(run: Run, text: string, part: string): boolean {
  charge(run, text.length / 64)
  return text.includes(part)
}

function containsItem(run: Run, item: JsonValue, wanted: JsonValue): boolean {
  return typeOf(item) === typeOf(wanted) && containsPart(run, item, wanted)
}

function containsMember(run: Run, object: JsonObject, [key, wanted]: readonly [string, JsonValue]): boolean {
  const found = Object.hasOwn(object, key) ? object[key] : undefined
  return found !== undefined && containsItem(run, found, wanted)
}

const addItems: ValueFunction = (run, value) => itemsOf(value).reduce<JsonValue>((sum, [item]) => add(run, sum, item), null)

const flatten: ValueFunction = (run, value, [depth]) => {
  if (depth !== undefined && !isNumber(depth)) throw fail('flatten depth must be a number')
  const levels = depth === undefined ? Number.POSITIVE_INFINITY : Number(depth)
  if (levels < 0) throw fail('flatten depth must not be negative')
  return flattened(run, itemsOf(value).map(([item]) => item), levels)
}

function flattened(run: Run, items: JsonArray, depth: number): JsonValue[] {
  charge(run, items.length)
  return items.flatMap((item) => (isArray(item) && depth > 0 ? flattened(run, item, depth - 1) : [item]))
}

const reverse: ValueFunction = (run, value) => {
  const type = typeOf(value)
  if (type === 'null') return []
  if (type === 'string') return [...(value as string)].reverse().join('')
  if (type !== 'array') throw fail(`Cannot reverse ${describe(value)}`)
  charge(run, (value as JsonArray).length / 16)
  return (value as JsonArray).toReversed()
}

const transpose: ValueFunction = (run, value) => {
  const rows = itemsOf(value).map(([row]) => itemsOf(row))
  const width = Math.max(0, ...rows.map((row) => row.length))
  charge(run, width * rows.length)
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column]?.[0] ?? null))
}

/** The index of a value in a sorted array, or -1 minus the index where it would be inserted. */
const binarySearch: ValueFunction = (run, value, [wanted = null]) => {
  if (typeOf(value) !== 'array') throw fail(`${describe(value)} cannot be searched from`)
  const items = value as JsonArray
  let [low, high] = [0, items.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const order = compareJq(run, items[middle] ?? null, wanted)
    if (order === 0) return middle
    if (order < 0) low = middle + 1
    else high = middle - 1
  }
  return -1 - low
}

const fromEntries: ValueFunction = (_, value) => objectFrom(itemsOf(value).map(([entry]) => [entryKey(entry), entryValue(entry)] as const))

const KEY_NAMES: readonly string[] = ['key', 'k', 'name', 'Name', 'Key', 'K']
const VALUE_NAMES: readonly string[] = ['value', 'v', 'Value', 'V']

function entryKey(entry: JsonValue): string {
  const found = fieldOf(entry, KEY_NAMES, (value) => value !== null && value !== false)
  if (typeof found === 'string') return found
  if (isNumber(found) || typeof found === 'boolean') return printValue(found)
  if (found === null && fieldOf(entry, KEY_NAMES, () => true) === false) return 'false'
  if (found === null) return 'null'
  throw fail(`Cannot use ${describe(found)} as object key`)
}

function entryValue(entry: JsonValue): JsonValue {
  return fieldOf(entry, VALUE_NAMES, () => true)
}

function fieldOf(entry: JsonValue, names: readonly string[], accepts: (value: JsonValue) => boolean): JsonValue {
  if (!isObject(entry)) throw fail(`Cannot index ${typeOf(entry)} with "key"`)
  for (const name of names) {
    const value = Object.hasOwn(entry, name) ? entry[name] : undefined
    if (value !== undefined && accepts(value)) return value
  }
  return null
}

const indices: ValueFunction = (run, value, [part = null]) => indicesIn(run, value, part)

function indicesIn(run: Run, value: JsonValue, part: JsonValue): JsonArray | null {
  if (value === null) return null
  if (typeof value === 'string' && typeof part === 'string') return indicesOfText(run, value, part)
  if (isArray(value)) return indicesOfPart(run, value, isArray(part) ? part : [part])
  throw fail(`Cannot determine indices of ${typeOf(part)} in ${typeOf(value)}`)
}

const tonumber: ValueFunction = (_, value) => {
  if (isNumber(value)) return value
  if (typeof value !== 'string') throw fail(`${describe(value)} cannot be parsed as a number`)
  const number = numberIn(value)
  if (number === undefined) throw fail(`${describe(value)} cannot be parsed as a number`)
  return number
}

/** More than JSON allows: `+1`, `.5`, `5.` and leading zeros. */
function numberIn(text: string): JsonNumber | undefined {
  const match = /^([+-]?)0*(\d*)(?:\.(\d*))?((?:[eE][+-]?\d+)?)$/.exec(text)
  const digits = /\d/.test(text.split(/e/i)[0] ?? '')
  if (match === null || !digits) return undefined
  const [, sign, whole, fraction, power] = match
  const parsed = readJson(`${sign === '-' ? '-' : ''}${whole || '0'}${fraction ? `.${fraction}` : ''}${power}`)
  return parsed.ok && isNumber(parsed.value) ? parsed.value : undefined
}

const fromjson: ValueFunction = (run, value) => {
  if (typeOf(value) !== 'string') throw fail(`${describe(value)} only strings can be parsed`)
  charge(run, (value as string).length / 16)
  const parsed = readJson(value as string)
  if (!parsed.ok) throw fail(`${parsed.message} (while parsing ${describe(value)})`)
  return parsed.value
}

export function textForm(run: Run, value: JsonValue): string {
  const text = typeof value === 'string' ? value : jsonForm(run, value)
  charge(run, text.length / 64)
  return text
}

export function jsonForm(run: Run, value: JsonValue): string {
  refuseSecrets(value)
  const text = printValue(value)
  charge(run, text.length / 32)
  return text
}

/** A text of a value with a secret in it would hold the secret's mask, and nobody could tell. */
function refuseSecrets(value: JsonValue): void {
  if (isArray(value)) for (const item of value) refuseSecrets(item)
  else if (typeOf(value) === 'object') for (const item of Object.values(value as JsonObject)) refuseSecrets(item)
}

function quantified(decisive: boolean): ValueFunction {
  return (_, value) => itemsOf(value).some(([item]) => isTrue(item) === decisive) === decisive
}

export const VALUE_FUNCTIONS: Readonly<Record<string, ValueFunction>> = {
  'not/0': (_, value) => !isTrue(value),
  'length/0': length,
  'abs/0': absolute,
  'keys/0': keys,
  'keys_unsorted/0': keys,
  'has/1': has,
  'contains/1': contains,
  'add/0': addItems,
  'any/0': quantified(true),
  'all/0': quantified(false),
  'flatten/0': flatten,
  'flatten/1': flatten,
  'reverse/0': reverse,
  'transpose/0': transpose,
  'bsearch/1': binarySearch,
  'from_entries/0': fromEntries,
  'indices/1': indices,
  'index/1': (run, value, [part = null]) => indicesIn(run, value, part)?.[0] ?? null,
  'rindex/1': (run, value, [part = null]) => indicesIn(run, value, part)?.at(-1) ?? null,
  'type/0': (_, value) => typeOf(value),
  'tojson/0': jsonForm,
  'fromjson/0': fromjson,
  'tostring/0': textForm,
  'tonumber/0': tonumber,
  'toarray/0': (_, value) => (isArray(value) ? value : [value]),
  'have_literal_numbers/0': () => true,
  'have_decnum/0': () => true,
}
