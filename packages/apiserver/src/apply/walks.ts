import { equalJson, isArray, isNumber, isObject, member, objectFrom, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { fieldSetOf, isEmpty, type FieldPath, type FieldSet } from './field-set.js'
import { SCALAR, UNTYPED, type MergeType } from './merge-type.js'

/** Walks over values together with their merge types: what they hold, how two of them differ, how one goes into the other. */

type ListType = MergeType & { readonly type: 'list' }
type MapType = MergeType & { readonly type: 'map' }

/** What an untyped value is taken for: maps merge, everything else is one piece. */
const DEDUCED_MAP: MapType = { type: 'map', atomic: false, member: () => UNTYPED, fields: new Set() }
const ATOMIC_LIST: ListType = { type: 'list', merge: 'atomic', keys: [], element: UNTYPED, keyDefaults: {} }

function resolve(type: MergeType, value: JsonValue | undefined): MergeType {
  if (type.type === 'opaque') return SCALAR
  if (type.type !== 'untyped') return type
  return isObject(value) || value === null ? DEDUCED_MAP : isArray(value) ? ATOMIC_LIST : SCALAR
}

const memberType = (type: MapType, name: string): MergeType => type.member(name) ?? UNTYPED
const fieldKey = (name: string): string => `f:${name}`

/** The path element of a list item; a sentence when it has none. */
export function itemKey(type: ListType, item: JsonValue): { readonly key: string } | { readonly problem: string } {
  if (type.merge === 'set') {
    if (isObject(item)) return { problem: "associative list without keys has an element that's a map type" }
    if (isArray(item)) return { problem: 'not supported: associative list with lists as elements' }
    return item === null ? { problem: "associative list without keys has an element that's an explicit null" } : { key: `v:${writeJson(item)}` }
  }
  if (item === null) return { problem: 'associative list with keys may not have a null element' }
  if (!isObject(item)) return { problem: 'associative list with keys may not have non-map elements' }
  const found = [...type.keys].sort().flatMap((name): [string, JsonValue][] => {
    const value = member(item, name) ?? type.keyDefaults[name]
    return value === undefined ? [] : [[name, value]]
  })
  if (found.length === 0) {
    return { problem: `associative list with keys has an element that omits all key fields [${type.keys.map((key) => JSON.stringify(key)).join(' ')}] (and doesn't have default values for any key fields)` }
  }
  return { key: `k:${writeJson(objectFrom(found))}` }
}

/** The first way in which the value does not fit its type: `.spec.foo: field not declared in schema`. */
export function misfit(type: MergeType, value: JsonValue, duplicates: 'refuse' | 'allow', path = ''): string | undefined {
  if (value === null || type.type === 'untyped' || type.type === 'opaque') return undefined
  switch (type.type) {
    case 'scalar': return scalarMisfit(type.scalar, value, path)
    case 'map': return isObject(value) ? mapMisfit(type, value, duplicates, path) : `${path}: expected map, got ${kindWord(value)}`
    case 'list': return isArray(value) ? listMisfit(type, value, duplicates, path) : `${path}: expected list, got ${kindWord(value)}`
  }
}

function scalarMisfit(scalar: 'string' | 'numeric' | 'boolean' | undefined, value: JsonValue, path: string): string | undefined {
  switch (scalar) {
    case 'string': return typeof value === 'string' ? undefined : `${path}: expected string, got &value.valueUnstructured{Value:${goValue(value)}}`
    case 'numeric': return isNumber(value) ? undefined : `${path}: expected numeric (int or float), got ${goTypeName(value)}`
    case 'boolean': return typeof value === 'boolean' ? undefined : `${path}: expected boolean, got &{${typeof value === 'string' ? value : goValue(value)}}`
    case undefined: return isObject(value) || isArray(value) ? `${path}: expected any scalar, got &{${goValue(value)}}` : undefined
  }
}

/** `%#v` of Go for what JSON can hold. */
function goValue(value: JsonValue): string {
  if (isArray(value)) return `[]interface {}{${value.map(goValue).join(', ')}}`
  if (isObject(value)) return `map[string]interface {}{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${goValue(value[key] ?? null)}`).join(', ')}}`
  return writeJson(value)
}

function goTypeName(value: JsonValue): string {
  if (isArray(value)) return '[]interface {}'
  if (isObject(value)) return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : 'string'
}

const kindWord = (value: JsonValue): string => (isArray(value) ? 'list' : isObject(value) ? 'map' : writeJson(value))

function mapMisfit(type: MapType, value: JsonObject, duplicates: 'refuse' | 'allow', path: string): string | undefined {
  for (const [name, part] of Object.entries(value)) {
    const below = type.member(name)
    const fault = below === undefined ? `${path}.${name}: field not declared in schema` : misfit(below, part, duplicates, `${path}.${name}`)
    if (fault !== undefined) return fault
  }
  return undefined
}

function listMisfit(type: ListType, value: readonly JsonValue[], duplicates: 'refuse' | 'allow', path: string): string | undefined {
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    const key = type.merge === 'atomic' ? { key: `i:${index}` } : itemKey(type, item)
    if ('problem' in key) return `${path}: element ${index}: ${key.problem}`
    if (seen.has(key.key) && duplicates === 'refuse') return `${path}: duplicate entries for key ${shownKey(key.key)}`
    seen.add(key.key)
    const fault = misfit(type.element, item, duplicates, `${path}[${index}]`)
    if (fault !== undefined) return fault
  }
  return undefined
}

function shownKey(key: string): string {
  if (!key.startsWith('k:')) return `[=${key.slice(2)}]`
  return `[${Object.entries(JSON.parse(key.slice(2)) as Record<string, unknown>).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`
}

/** The fields that a configuration speaks about. */
export function fieldsOf(type: MergeType, value: JsonValue): FieldSet {
  const found: FieldPath[] = []
  collect(resolve(type, value), value, [], found)
  return fieldSetOf(found)
}

function collect(type: MergeType, value: JsonValue, path: FieldPath, found: FieldPath[]): void {
  if (type.type === 'map' && (isObject(value) || value === null)) {
    if (type.atomic) found.push(path)
    else if (isObject(value)) collectMap(type, value, path, found)
  } else if (type.type === 'list' && (isArray(value) || value === null)) {
    if (type.merge === 'atomic') found.push(path)
    else if (isArray(value)) collectList(type, value, path, found)
  } else found.push(path)
}

function collectMap(type: MapType, value: JsonObject, path: FieldPath, found: FieldPath[]): void {
  for (const [name, part] of Object.entries(value)) {
    const below = [...path, fieldKey(name)]
    collect(resolve(memberType(type, name), part), part, below, found)
    if (part === null || isObject(part) && Object.keys(part).length === 0 || !type.fields.has(name)) found.push(below)
  }
}

function collectList(type: ListType, value: readonly JsonValue[], path: FieldPath, found: FieldPath[]): void {
  for (const item of value) {
    const key = itemKey(type, item)
    if ('problem' in key) continue
    const below = [...path, key.key]
    collect(resolve(type.element, item), item, below, found)
    found.push(below)
  }
}

export interface Comparison {
  readonly removed: FieldSet
  readonly modified: FieldSet
  readonly added: FieldSet
}

/** How the right side differs from the left. */
export function compare(type: MergeType, left: JsonValue, right: JsonValue): Comparison {
  const walk = new Compare()
  walk.compare(type, left, right, [])
  return { removed: fieldSetOf(walk.removed), modified: fieldSetOf(walk.modified), added: fieldSetOf(walk.added) }
}

class Compare {
  readonly removed: FieldPath[] = []
  readonly modified: FieldPath[] = []
  readonly added: FieldPath[] = []

  compare(type: MergeType, left: JsonValue | undefined, right: JsonValue | undefined, path: FieldPath): void {
    const [asLeft, asRight] = [resolve(type, left === undefined ? right : left), resolve(type, right === undefined ? left : right)]
    // What changed its kind is looked at as both: what the one held is gone, what the other holds is new.
    if (asLeft.type !== asRight.type && !this.#descend(asLeft, left, right, path)) this.#leaf(left, right, path)
    if (!this.#descend(asRight, left, right, path)) return this.#leaf(left, right, path)
    if (left === undefined) this.added.push(path)
    else if (right === undefined) this.removed.push(path)
  }

  /** false = this is one piece. */
  #descend(type: MergeType, left: JsonValue | undefined, right: JsonValue | undefined, path: FieldPath): boolean {
    if (type.type === 'map') return this.#map(type, left, right, path)
    return type.type === 'list' && this.#list(type, left, right, path)
  }

  #map(type: MapType, left: JsonValue | undefined, right: JsonValue | undefined, path: FieldPath): boolean {
    const [before, after] = [isObject(left) ? left : {}, isObject(right) ? right : {}]
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    if (type.atomic || names.size === 0) return false
    for (const name of names) {
      const [from, to] = [member(before, name), member(after, name)]
      if (from !== to) this.compare(memberType(type, name), from, to, [...path, fieldKey(name)])
    }
    return true
  }

  #list(type: ListType, left: JsonValue | undefined, right: JsonValue | undefined, path: FieldPath): boolean {
    const [before, after] = [isArray(left) ? left : [], isArray(right) ? right : []]
    if (type.merge === 'atomic' || before.length + after.length === 0) return false
    const [from, to] = [byKey(type, before), byKey(type, after)]
    for (const key of new Set([...from.keys(), ...to.keys()])) this.#item(type, from.get(key) ?? [], to.get(key) ?? [], [...path, key])
    return true
  }

  /** Items that stand twice are compared as one piece. */
  #item(type: ListType, before: readonly JsonValue[], after: readonly JsonValue[], path: FieldPath): void {
    if (before.length <= 1 && after.length <= 1) return this.compare(type.element, before[0], after[0], path)
    if (before.length > 1 && after.length > 1) {
      if (!equalJson(before, after)) this.modified.push(path)
      return
    }
    const [many, one] = before.length > 1 ? [this.removed, after[0]] : [this.added, before[0]]
    if (one !== undefined) this.compare(type.element, before.length > 1 ? undefined : one, before.length > 1 ? one : undefined, path)
    many.push(path)
  }

  #leaf(left: JsonValue | undefined, right: JsonValue | undefined, path: FieldPath): void {
    if (left === undefined) this.added.push(path)
    else if (right === undefined) this.removed.push(path)
    else if (!equalJson(left, right)) this.modified.push(path)
  }
}

function byKey(type: ListType, list: readonly JsonValue[]): ReadonlyMap<string, readonly JsonValue[]> {
  const found = new Map<string, JsonValue[]>()
  for (const item of list) {
    const key = itemKey(type, item)
    if ('problem' in key) continue
    const known = found.get(key.key)
    if (known) known.push(item)
    else found.set(key.key, [item])
  }
  return found
}

/** The left side with the right one put into it: maps and keyed lists by member, all else replaced. */
export function merge(type: MergeType, left: JsonValue | undefined, right: JsonValue | undefined): JsonValue | undefined {
  if (right === undefined) return left
  if (left === undefined && type.type !== 'map' && type.type !== 'list') return right
  const known = resolve(type, right)
  if (known.type === 'map' && !known.atomic) return mergeMaps(known, left, right)
  if (known.type === 'list' && known.merge !== 'atomic') return mergeLists(known, left, right)
  return right
}

function mergeMaps(type: MapType, left: JsonValue | undefined, right: JsonValue): JsonValue {
  const [before, after] = [isObject(left) ? left : {}, isObject(right) ? right : {}]
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  if (names.length === 0) return right
  return objectFrom(names.flatMap((name): [string, JsonValue][] => {
    const value = merge(memberType(type, name), member(before, name), member(after, name))
    return value === undefined ? [] : [[name, value]]
  }))
}

/** Items of both, in an order that keeps the right side's, and the left side's where the right one does not say. */
function mergeLists(type: ListType, left: JsonValue | undefined, right: JsonValue): JsonValue {
  const [before, after] = [isArray(left) ? left : [], isArray(right) ? right : []]
  if (before.length + after.length === 0) return right
  const [from, to] = [byKey(type, before), byKey(type, after)]
  const merger = new ListMerge(type, before, { from, to })
  return merger.run(keysIn(type, before), keysIn(type, after))
}

function keysIn(type: ListType, list: readonly JsonValue[]): readonly string[] {
  return list.flatMap((item) => {
    const key = itemKey(type, item)
    return 'key' in key ? [key.key] : []
  })
}

class ListMerge {
  readonly #out: JsonValue[] = []
  readonly #merged = new Set<string>()
  readonly #type: ListType
  readonly #before: readonly JsonValue[]
  readonly #items: { readonly from: ReadonlyMap<string, readonly JsonValue[]>; readonly to: ReadonlyMap<string, readonly JsonValue[]> }

  constructor(type: ListType, before: readonly JsonValue[], items: { readonly from: ReadonlyMap<string, readonly JsonValue[]>; readonly to: ReadonlyMap<string, readonly JsonValue[]> }) {
    this.#type = type
    this.#before = before
    this.#items = items
  }

  run(left: readonly string[], right: readonly string[]): JsonValue {
    const { from, to } = this.#items
    const shared = right.filter((key) => from.has(key))
    let [l, r] = [0, 0]
    while (l < left.length || r < right.length) {
      const [leftKey, rightKey] = [left[l], right[r]]
      if (leftKey !== undefined && rightKey !== undefined) {
        if (leftKey === rightKey) {
          this.#both(leftKey)
          shared.shift()
          l++
          r++
          continue
        }
        // Shared, but not the one whose turn it is.
        if (to.has(leftKey) && shared[0] !== undefined && shared[0] !== leftKey) {
          l++
          continue
        }
      }
      if (leftKey !== undefined) {
        if (!to.has(leftKey)) {
          this.#out.push(this.#before[l] as JsonValue)
          l++
          continue
        }
        if (this.#merged.has(leftKey)) l++
      }
      if (rightKey !== undefined) {
        this.#both(rightKey)
        r++
        if (shared[0] === rightKey) shared.shift()
      }
    }
    return this.#out
  }

  #both(key: string): void {
    this.#merged.add(key)
    const before = this.#items.from.get(key) ?? []
    const left = before.length > 1 ? null : before[0]
    const value = merge(this.#type.element, left, this.#items.to.get(key)?.[0])
    if (value !== undefined) this.#out.push(value)
  }
}

/** The value without the fields of the set. */
export function removeFields(type: MergeType, value: JsonValue, set: FieldSet): JsonValue | undefined {
  const known = resolve(type, value)
  if (known.type === 'map') return isObject(value) ? removeMembers(known, value, set) : undefined
  if (known.type === 'list') return isArray(value) ? removeItems(known, value, set) : undefined
  return value
}

function removeMembers(type: MapType, value: JsonObject, set: FieldSet): JsonValue | undefined {
  if (type.atomic) return undefined
  const kept = Object.entries(value).flatMap(([name, part]): [string, JsonValue][] => {
    const key = fieldKey(name)
    if (set.members.has(key)) return []
    const below = set.children.get(key)
    const rest = below && !isEmpty(below) ? removeFields(memberType(type, name), part, below) : part
    return [[name, rest ?? null]]
  })
  return kept.length === 0 ? undefined : objectFrom(kept)
}

function removeItems(type: ListType, value: readonly JsonValue[], set: FieldSet): JsonValue | undefined {
  if (type.merge === 'atomic') return undefined
  const kept = value.flatMap((item): JsonValue[] => {
    const key = itemKey(type, item)
    if ('problem' in key) return [item]
    if (set.members.has(key.key)) return []
    const below = set.children.get(key.key)
    const rest = below && !isEmpty(below) ? removeFields(type.element, item, below) : item
    return [rest ?? null]
  })
  return kept.length === 0 ? undefined : kept
}

/** The set with the named fields above its members: who owns `a.b` owns `a`, too, unless `a` is a key of a map. */
export function withNamedFields(type: MergeType, set: FieldSet): FieldSet {
  const members = new Set(set.members)
  const children = new Map<string, FieldSet>()
  for (const [key, child] of set.children) {
    const name = key.startsWith('f:') ? key.slice(2) : undefined
    const map = type.type === 'map' ? type : undefined
    if (name !== undefined && map?.fields.has(name)) members.add(key)
    const below = name !== undefined ? (map?.member(name) ?? UNTYPED) : key.startsWith('k:') && type.type === 'list' ? type.element : UNTYPED
    children.set(key, withNamedFields(below, child))
  }
  return { members, children }
}

