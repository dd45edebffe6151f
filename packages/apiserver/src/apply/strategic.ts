import { equalJson, isArray, isObject, member, objectFrom, withMember, withoutMember, type JsonObject, type JsonValue } from '@oasgen/json'
import { plain } from '../object.js'
import { badRequest, Failure } from '../failure.js'
import type { Tried } from '../request.js'
import { UNTYPED, type MergeType } from './merge-type.js'

const PATCH = '$patch'
const RETAIN = '$retainKeys'
const ORDER = '$setElementOrder/'
const DELETE_FROM = '$deleteFromPrimitiveList/'

/** `application/strategic-merge-patch+json`: a merge patch that knows which lists have keys, and its directives. */
export function strategicMerge(type: MergeType, object: JsonObject, patch: JsonObject): Tried<JsonObject> {
  return mergeMap(type, object, patch)
}

function unsupported(problem: string): Failure {
  return badRequest(problem)
}

function mergeMap(type: MergeType, original: JsonObject, patch: JsonObject): Tried<JsonObject> {
  const directive = member(patch, PATCH)
  if (directive === 'replace') return withoutDirectives(withoutMember(patch, PATCH)) as JsonObject
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge') return new Failure(500, '', `unknown patch type: ${goPrint(directive)} in map: ${goPrint(patch)}`)
  const retained = retain(original, member(patch, RETAIN))
  if (retained instanceof Failure) return retained
  let result = retained
  for (const name of fieldNames(patch)) {
    const merged = mergeField(type, result, patch, name)
    if (merged instanceof Failure) return merged
    result = merged
  }
  return result
}

/** The fields that the patch speaks about, those of its directives included. */
function fieldNames(patch: JsonObject): readonly string[] {
  return [...new Set(Object.keys(patch).filter((name) => name !== PATCH && name !== RETAIN).map((name) => {
    if (name.startsWith(ORDER)) return name.slice(ORDER.length)
    return name.startsWith(DELETE_FROM) ? name.slice(DELETE_FROM.length) : name
  }))]
}

function retain(original: JsonObject, keys: JsonValue | undefined): Tried<JsonObject> {
  if (keys === undefined) return original
  if (!isArray(keys)) return unsupported('expecting []interface{} as the value of directive $retainKeys')
  return objectFrom(Object.entries(original).filter(([name]) => keys.includes(name)))
}

function mergeField(type: MergeType, original: JsonObject, patch: JsonObject, name: string): Tried<JsonObject> {
  const below = type.type === 'map' ? type.member(name) ?? UNTYPED : UNTYPED
  const [before, change] = [member(original, name), member(patch, name)]
  const [order, removed] = [member(patch, ORDER + name), member(patch, DELETE_FROM + name)]
  if (change === null) return withoutMember(original, name)
  if (order !== undefined || removed !== undefined || isArray(change)) {
    const list = mergeListField(below, before, { change, order, removed })
    if (list instanceof Failure) return list
    return list === undefined ? original : withMember(original, name, list)
  }
  if (change === undefined) return original
  if (isObject(change) && isObject(before)) {
    const merged = mergeMap(below, before, change)
    return merged instanceof Failure ? merged : withMember(original, name, merged)
  }
  if (isObject(change) && member(change, PATCH) === 'delete') return withoutMember(original, name)
  return withMember(original, name, withoutDirectives(change))
}

interface ListChange {
  readonly change: JsonValue | undefined
  readonly order: JsonValue | undefined
  readonly removed: JsonValue | undefined
}

function mergeListField(type: MergeType, before: JsonValue | undefined, { change, order, removed }: ListChange): Tried<JsonValue | undefined> {
  const strategic = type.type === 'list' ? type.strategic : undefined
  const original = isArray(before) ? before : []
  if (change !== undefined && !isArray(change)) return unsupported('invalid patch format of a list')
  if (strategic?.merge !== 'merge' || type.type !== 'list') return change === undefined ? undefined : withoutDirectives(change)
  if (order !== undefined && !isArray(order) || removed !== undefined && !isArray(removed)) return unsupported('invalid patch format of setElementOrder list')
  const merged = strategic.key === ''
    ? mergePrimitives(original, change ?? [], isArray(removed) ? removed : [])
    : mergeItems(type, strategic.key, original, change ?? [])
  if (merged instanceof Failure) return merged
  if (before === undefined && merged.length === 0) return change === undefined ? undefined : []
  return reorder(merged, original, isArray(order) ? order : (change ?? []).filter((item) => !(isObject(item) && member(item, PATCH) !== undefined)), strategic.key)
}

function mergePrimitives(original: readonly JsonValue[], change: readonly JsonValue[], removed: readonly JsonValue[]): readonly JsonValue[] {
  const kept = original.filter((item) => !removed.some((other) => equalJson(item, other)))
  return [...kept, ...change.filter((item) => !kept.some((other) => equalJson(item, other)))]
}

function mergeItems(type: MergeType & { type: 'list' }, key: string, original: readonly JsonValue[], change: readonly JsonValue[]): Tried<readonly JsonValue[]> {
  const replaces = change.some((item) => isObject(item) && member(item, PATCH) === 'replace')
  if (replaces) return change.filter((item) => !(isObject(item) && member(item, PATCH) === 'replace')).map(withoutDirectives)
  let result: readonly JsonValue[] = original
  for (const item of change) {
    if (!isObject(item)) return unsupported('expecting object in patch list')
    const wanted = member(item, key)
    if (wanted === undefined) return new Failure(500, '', `map: ${goPrint(item)} does not contain declared merge key: ${key}`)
    const at = result.findIndex((other) => isObject(other) && equalJson(member(other, key) ?? null, wanted))
    if (member(item, PATCH) === 'delete') result = result.filter((other) => !(isObject(other) && equalJson(member(other, key) ?? null, wanted)))
    else if (at < 0) result = [...result, withoutDirectives(item)]
    else {
      const merged = mergeMap(type.element, result[at] as JsonObject, item)
      if (merged instanceof Failure) return merged
      result = result.with(at, merged)
    }
  }
  return result
}

/** The order of the patch for what it names, the server's for what it does not. */
function reorder(merged: readonly JsonValue[], server: readonly JsonValue[], order: readonly JsonValue[], key: string): readonly JsonValue[] {
  const idOf = (item: JsonValue): JsonValue => (key === '' ? item : isObject(item) ? member(item, key) ?? null : null)
  const position = (list: readonly JsonValue[], item: JsonValue): number => list.findIndex((other) => equalJson(idOf(other), idOf(item)))
  const left = merged.filter((item) => position(order, item) >= 0).sort((a, b) => position(order, a) - position(order, b))
  const right = merged.filter((item) => position(order, item) < 0)
  const sorted: JsonValue[] = []
  let [l, r] = [0, 0]
  while (l < left.length || r < right.length) {
    const [a, b] = [left[l], right[r]]
    if (b === undefined) sorted.push(left[l++] as JsonValue)
    else if (a === undefined) sorted.push(right[r++] as JsonValue)
    else {
      const [from, to] = [position(server, a), position(server, b)]
      sorted.push(from >= 0 && to >= 0 && from > to ? right[r++] as JsonValue : left[l++] as JsonValue)
    }
  }
  return sorted
}

/** What goes in where nothing was: no directives, no nulls. */
function withoutDirectives(value: JsonValue): JsonValue {
  if (isArray(value)) return value.filter((item) => !(isObject(item) && member(item, PATCH) === 'delete')).map(withoutDirectives)
  if (!isObject(value)) return value
  return objectFrom(Object.entries(value)
    .filter(([name, part]) => part !== null && name !== PATCH && name !== RETAIN && !name.startsWith(ORDER) && !name.startsWith(DELETE_FROM))
    .map(([name, part]) => [name, withoutDirectives(part)]))
}

/** `%v` of Go: `map[a:1 b:[x y]]`. */
export function goPrint(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(goPrint).join(' ')}]`
  if (isObject(value)) return `map[${Object.keys(value).sort().map((key) => `${key}:${goPrint(value[key] ?? null)}`).join(' ')}]`
  return value === null ? '<nil>' : plain(value)
}
