import { canonicalJson, isArray, isObject, member, type JsonValue } from '@oasgen/json'
import type { StructuralSchema } from './schema.js'

/** Finds the item with the same keys in a list of type map; in other lists nothing corresponds to anything. */
export type ItemIndex = (item: JsonValue) => JsonValue | undefined

export function indexItems(list: StructuralSchema, items: JsonValue | undefined): ItemIndex {
  const keys = list['x-kubernetes-list-map-keys'] ?? []
  if (list.type !== 'array' || list['x-kubernetes-list-type'] !== 'map' || keys.length === 0 || !isArray(items)) return () => undefined
  let index: Map<string, JsonValue> | undefined
  return (item) => {
    index ??= new Map([...items].reverse().flatMap((candidate) => entryOf(candidate, keys)))
    const key = itemKey(item, keys)
    return key === undefined ? undefined : index.get(key)
  }
}

function entryOf(item: JsonValue, keys: readonly string[]): [string, JsonValue][] {
  const key = itemKey(item, keys)
  return key === undefined ? [] : [[key, item]]
}

/** Items without every key, or with a key that is no scalar, correspond to nothing. */
function itemKey(item: JsonValue, keys: readonly string[]): string | undefined {
  if (!isObject(item)) return undefined
  const values = keys.map((key) => member(item, key))
  return values.every((value) => value !== undefined && value !== null && typeof value !== 'object')
    ? canonicalJson(values.map((value) => value ?? null))
    : undefined
}
