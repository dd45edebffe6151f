import { isArray, isNumber, isObject, member, withMember, withoutMember, type JsonArray, type JsonNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import { getKey, getSlice, type Bounds } from './access.js'
import { compareJq } from './order.js'
import { charge, describe, fail, typeOf, type Run } from './run.js'

/** Longest array that setting an index may make. */
const MAX_INDEX = 1_000_000

/** A copy of the value with what stands at the path changed; what is missing on the way is made. */
export function setPathJq(run: Run, value: JsonValue, [path, index, change]: readonly [JsonArray, number, (old: JsonValue) => JsonValue]): JsonValue {
  const key = path[index]
  if (key === undefined) return change(value)
  charge(run, 1)
  const inner = (old: JsonValue): JsonValue => setPathJq(run, old, [path, index + 1, change])
  if (typeof key === 'string') return setMember(run, value, [key, inner])
  if (isNumber(key)) return setItem(run, value, [key, inner])
  if (isObject(key)) return setSlice(run, value, [key, inner])
  if (isArray(value) && isArray(key)) throw fail('Cannot update field at array index of array')
  throw fail(`Cannot update field at ${typeOf(key)} index of ${typeOf(value)}`)
}

type Change<K> = readonly [key: K, inner: (old: JsonValue) => JsonValue]

function setMember(run: Run, value: JsonValue, [key, inner]: Change<string>): JsonValue {
  if (value === null) return withMember({}, key, inner(null))
  if (typeOf(value) !== 'object') throw fail(`Cannot index ${typeOf(value)} with ${JSON.stringify(key)}`)
  const object = value as JsonObject
  charge(run, Object.keys(object).length / 16)
  return withMember(object, key, inner(member(object, key) ?? null))
}

function setItem(run: Run, value: JsonValue, [key, inner]: Change<JsonNumber>): JsonValue {
  if (value !== null && typeOf(value) !== 'array') throw fail(`Cannot index ${typeOf(value)} with number`)
  const items = (value ?? []) as JsonArray
  const floor = Math.floor(Number(key))
  const index = floor < 0 ? floor + items.length : floor
  if (!(index >= 0)) throw fail('Out of bounds negative array index')
  if (index > MAX_INDEX) throw fail('Array index too large')
  const next = inner(items[index] ?? null)
  charge(run, Math.max(items.length, index) / 16)
  const copy: JsonValue[] = [...items]
  while (copy.length < index) copy.push(null)
  copy[index] = next
  return copy
}

function setSlice(run: Run, value: JsonValue, [key, inner]: Change<JsonObject>): JsonValue {
  if (value !== null && typeOf(value) !== 'array') throw fail(`Cannot update field at object index of ${typeOf(value)}`)
  const items = (value ?? []) as JsonArray
  const bounds: Bounds = [key.start ?? null, key.end ?? null]
  const next = inner(value === null ? null : getSlice(run, items, bounds))
  if (!isArray(next)) throw fail('A slice of an array can only be assigned another array')
  const [from, to] = sliceLimits(run, items, bounds)
  charge(run, (items.length + next.length) / 16)
  return [...items.slice(0, from), ...next, ...items.slice(to)]
}

/** Found by slicing the positions themselves, so that bounds mean the same in both directions. */
function sliceLimits(run: Run, items: JsonArray, bounds: Bounds): readonly [number, number] {
  const positions = items.map((_, index) => index)
  const before = getSlice(run, positions, [null, bounds[0] ?? 0]) as JsonArray
  const part = getSlice(run, positions, bounds) as JsonArray
  return [before.length, before.length + part.length]
}

/** Paths are deleted from the last to the first, so that no deletion moves another. */
export function deletePaths(run: Run, value: JsonValue, paths: JsonValue): JsonValue {
  if (typeOf(paths) !== 'array') throw fail('Paths must be specified as an array')
  const sorted = (paths as JsonArray).toSorted((a, b) => compareJq(run, b, a))
  return sorted.reduce<JsonValue>((current, path) => deleteOne(run, current, path), value)
}

function deleteOne(run: Run, value: JsonValue, path: JsonValue): JsonValue {
  if (typeOf(path) !== 'array') throw fail('Path must be specified as an array')
  return deletePath(run, value, [path as JsonArray, 0])
}

function deletePath(run: Run, value: JsonValue, [path, index]: readonly [JsonArray, number]): JsonValue {
  const key = path[index]
  if (key === undefined || value === null) return null
  charge(run, 1)
  if (index === path.length - 1) return deleteKey(run, value, key)
  const child = getKey(run, value, key)
  if (child === null) return value
  return setPathJq(run, value, [[key], 0, () => deletePath(run, child, [path, index + 1])])
}

function deleteKey(run: Run, value: JsonValue, key: JsonValue): JsonValue {
  const type = typeOf(value)
  if (type === 'object' && typeof key === 'string') return withoutMember(value as JsonObject, key)
  if (type === 'array' && isNumber(key)) return withoutItem(value as JsonArray, key)
  if (type === 'array' && isObject(key)) return withoutSlice(run, value as JsonArray, key)
  throw fail(type === 'object' ? `Cannot delete field at object index of ${typeOf(key)}` : `Cannot delete field at ${typeOf(key)} index of ${describe(value)}`)
}

function withoutItem(items: JsonArray, key: JsonNumber): JsonArray {
  const floor = Math.floor(Number(key))
  const index = floor < 0 ? floor + items.length : floor
  return items.filter((_, position) => position !== index)
}

function withoutSlice(run: Run, items: JsonArray, key: JsonObject): JsonArray {
  const [from, to] = sliceLimits(run, items, [key.start ?? null, key.end ?? null])
  return [...items.slice(0, from), ...items.slice(to)]
}
