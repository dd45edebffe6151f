import { canonicalNumber, isArray, isNumber, isObject, member, readNumber, type JsonArray, type JsonValue } from '@oasgen/json'
import type { FieldPath, Segment } from './path.js'

/** The field, or `undefined` when there is none or a selection does not take exactly one element. */
export function getPath(value: JsonValue | undefined, path: FieldPath): JsonValue | undefined {
  let current = value
  for (const segment of path) {
    if (current === undefined) return undefined
    current = child(current, segment)
  }
  return current
}

/** A reader for a path that is read often. Inherited names such as `constructor` are never found. */
export function compilePath(path: FieldPath): (value: JsonValue | undefined) => JsonValue | undefined {
  const names = path.map((segment) => ('key' in segment ? segment.key : undefined))
  if (names.every((name) => name !== undefined)) return (value) => readNames(value, names)
  return (value) => getPath(value, path)
}

function readNames(value: JsonValue | undefined, names: readonly string[]): JsonValue | undefined {
  let current: JsonValue | undefined = value
  for (const name of names) {
    if (!isObject(current) || !Object.hasOwn(current, name)) return undefined
    current = current[name]
  }
  return current
}

function child(value: JsonValue, segment: Segment): JsonValue | undefined {
  if ('key' in segment) return isObject(value) ? member(value, segment.key) : undefined
  if (!isArray(value)) return undefined
  if ('index' in segment) return value[segment.index]
  const matches = matchingIndexes(value, segment)
  return matches.length === 1 ? value[matches[0] as number] : undefined
}

export type Selection = Extract<Segment, { readonly select: unknown }>

export function matchingIndexes(items: JsonArray, { select }: Selection): readonly number[] {
  const matches: number[] = []
  for (const [index, item] of items.entries()) {
    const found = isObject(item) ? member(item, select.key) : undefined
    if (found !== undefined && readsAs(found, select.value)) matches.push(index)
  }
  return matches
}

/** Texts by letters, numbers by value (`[?port=80]` also takes `80.0`), true, false and null by their words. */
function readsAs(value: JsonValue, text: string): boolean {
  if (typeof value === 'string') return value === text
  if (typeof value === 'boolean' || value === null) return String(value) === text
  const wanted = isNumber(value) ? readNumber(text) : undefined
  return isNumber(value) && wanted !== undefined && canonicalNumber(value) === canonicalNumber(wanted)
}

/** What a path takes: exactly one field, none, or no single one because a selection fits several elements. */
export type Taken =
  | { readonly found: 'one'; readonly value: JsonValue }
  /** `at` is the first part of the path that is not there; `message` says why. */
  | { readonly found: 'none'; readonly at: FieldPath; readonly message: string }
  | { readonly found: 'several'; readonly at: FieldPath; readonly count: number; readonly message: string }

/** As `getPath`, and says why there is nothing: a selection must take exactly one element, never the first of several. */
export function selectPath(value: JsonValue | undefined, path: FieldPath): Taken {
  let current = value
  for (const [at, segment] of path.entries()) {
    const next = current === undefined ? undefined : child(current, segment)
    if (next === undefined) return notTaken(current, path.slice(0, at + 1))
    current = next
  }
  return current === undefined ? { found: 'none', at: [], message: 'there is nothing' } : { found: 'one', value: current }
}

function notTaken(parent: JsonValue | undefined, at: FieldPath): Taken {
  const segment = at.at(-1)
  if (parent === undefined || segment === undefined) return { found: 'none', at, message: 'there is nothing' }
  if ('key' in segment) {
    return { found: 'none', at, message: isObject(parent) ? `there is no field \`${segment.key}\`` : `found ${kindOf(parent)}, expected an object` }
  }
  if (!isArray(parent)) return { found: 'none', at, message: `found ${kindOf(parent)}, expected an array` }
  if ('index' in segment) return { found: 'none', at, message: `the array has ${elements(parent.length)}, there is none at ${segment.index}` }
  return notSelected(parent, segment, at)
}

function notSelected(items: JsonArray, segment: Selection, at: FieldPath): Taken {
  const count = matchingIndexes(items, segment).length
  const condition = `\`${segment.select.key}\` = \`${segment.select.value}\``
  if (count === 0) return { found: 'none', at, message: `none of ${elements(items.length)} has ${condition}` }
  return { found: 'several', at, count, message: `${count} of ${elements(items.length)} have ${condition}, expected exactly one` }
}

function elements(count: number): string {
  return count === 1 ? '1 element' : `${count} elements`
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (isArray(value)) return 'an array'
  if (isNumber(value)) return 'a number'
  if (isObject(value)) return 'an object'
  return typeof value === 'object' ? 'a secret' : `a ${typeof value}`
}
