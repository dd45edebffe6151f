import { isArray, isNumber, isObject, member, type JsonArray, type JsonNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import { compareJq } from './order.js'
import { printShort, sortedKeys } from './print.js'
import { charge, describe, fail, typeOf, type JqError, type Run } from './run.js'

/** `value[key]` of jq: null has every key, with null behind it. */
export function getKey(run: Run, value: JsonValue, key: JsonValue): JsonValue {
  if (typeof key === 'string' && isObject(value)) return member(value, key) ?? null
  if (isNumber(key) && isArray(value)) return itemAt(value, key)
  const type = typeOf(value)
  const keyType = typeOf(key)
  if (type === 'string' && keyType === 'number') return characterAt(run, value as string, key as JsonNumber)
  if (keyType === 'object' && (type === 'array' || type === 'null' || type === 'string')) return sliceBy(run, value, key as JsonObject)
  if (type === 'null' && (keyType === 'string' || keyType === 'number' || keyType === 'null')) return null
  if (type === 'array' && keyType === 'array') return indicesOfPart(run, value as JsonArray, key as JsonArray)
  throw cannotIndex(value, key)
}

export function cannotIndex(value: JsonValue, key: JsonValue): JqError {
  return fail(typeof key === 'string' ? `Cannot index ${typeOf(value)} with ${JSON.stringify(key)}` : `Cannot index ${typeOf(value)} with ${typeOf(key)}`)
}

function itemAt(items: JsonArray, key: JsonNumber): JsonValue {
  const index = Math.floor(Number(key))
  return items[index < 0 ? index + items.length : index] ?? null
}

/** Texts have items as arrays do: their characters. */
function characterAt(run: Run, text: string, key: JsonNumber): JsonValue {
  charge(run, text.length / 64)
  const characters = charactersOf(text)
  const index = Math.floor(Number(key))
  return characters[index < 0 ? index + characters.length : index] ?? null
}

/** Where a run of items begins. */
export function indicesOfPart(run: Run, items: JsonArray, part: JsonArray): JsonArray {
  if (part.length === 0) return []
  const found: number[] = []
  for (let start = 0; start + part.length <= items.length; start++) {
    charge(run, 1)
    if (part.every((wanted, offset) => compareJq(run, items[start + offset] ?? null, wanted) === 0)) found.push(start)
  }
  return found
}

function sliceBy(run: Run, value: JsonValue, { start = null, end = null }: JsonObject): JsonValue {
  return getSlice(run, value, [start, end])
}

export type Bounds = readonly [start: JsonValue, end: JsonValue]

export function getSlice(run: Run, value: JsonValue, bounds: Bounds): JsonValue {
  const type = typeOf(value)
  if (type === 'null') return null
  if (type !== 'array' && type !== 'string') throw fail(`Cannot index ${type} with object`)
  const sequence = type === 'array' ? value as JsonArray : charactersOf(value as string)
  const [start, end] = limitsOf(bounds, sequence.length)
  charge(run, (end - start) / 16)
  const part = sequence.slice(start, end)
  return type === 'array' ? part as JsonArray : typeof part === 'string' ? part : (part as readonly string[]).join('')
}

/** Texts count characters, not UTF-16 units. */
function charactersOf(text: string): string | readonly string[] {
  return /[\ud800-\udfff]/.test(text) ? [...text] : text
}

function limitsOf([start, end]: Bounds, length: number): readonly [number, number] {
  if ((start !== null && !isNumber(start)) || (end !== null && !isNumber(end))) throw fail('Start and end indices of an array slice must be numbers')
  const from = start === null ? 0 : clamp(Math.floor(Number(start)), length)
  const to = end === null ? length : clamp(Math.ceil(Number(end)), length)
  return [from, Math.max(from, to)]
}

function clamp(index: number, length: number): number {
  if (Number.isNaN(index)) return 0
  return Math.min(length, Math.max(0, index < 0 ? index + length : index))
}

/** What `.[]` gives, members in the order of their names: the same for every writer of the object. */
export function itemsOf(value: JsonValue): readonly (readonly [JsonValue, number | string])[] {
  if (isArray(value)) return value.map((item, index) => [item, index] as const)
  if (typeOf(value) === 'object') return sortedKeys(value as JsonObject).map((key) => [(value as JsonObject)[key] ?? null, key] as const)
  throw fail(`Cannot iterate over ${describe(value)}`)
}

export function getPathJq(run: Run, value: JsonValue, path: JsonArray): JsonValue {
  let current = value
  for (const key of path) {
    charge(run, 1)
    if (current === null) return null
    current = getKey(run, current, key)
  }
  return current
}

export function pathOf(value: JsonValue): JsonArray {
  if (typeOf(value) !== 'array') throw fail('Path must be specified as an array')
  return value as JsonArray
}

export function invalidPath(value: JsonValue): JqError {
  return fail(`Invalid path expression with result ${printShort(value)}`)
}
