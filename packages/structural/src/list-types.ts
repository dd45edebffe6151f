import { canonicalJson, isArray, isObject, member, type JsonArray, type JsonValue } from '@oasgen/json'
import { own, valuesSchema, type StructuralSchema } from './schema.js'
import { childPath, duplicate, indexPath, invalid, keyPath, type Violation } from './violation.js'

/** Lists of type set and map hold each element, or each combination of keys, once. */
export function validateListTypes(schema: StructuralSchema, value: JsonValue, path: string): readonly Violation[] {
  const violations: Violation[] = []
  collect(schema, value, path, violations)
  return violations
}

function collect(schema: StructuralSchema, value: JsonValue, path: string, violations: Violation[]): void {
  if (isArray(value)) {
    violations.push(...checkList(schema, value, path))
    if (schema.items) for (const [index, item] of value.entries()) collect(schema.items, item, indexPath(path, index), violations)
  } else if (isObject(value)) {
    const values = valuesSchema(schema)
    for (const [name, field] of Object.entries(value)) {
      const property = own(schema.properties, name)
      if (property) collect(property, field, childPath(path, name), violations)
      if (values) collect(values, field, keyPath(path, name), violations)
    }
  }
}

function checkList(schema: StructuralSchema, value: JsonArray, path: string): readonly Violation[] {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return repeated(value).map((index) => duplicate(indexPath(path, index), value[index] ?? null))
    case 'map':
      return checkMapList(schema['x-kubernetes-list-map-keys'] ?? [], value, path)
    default:
      return []
  }
}

function checkMapList(keys: readonly string[], value: JsonArray, path: string): readonly Violation[] {
  const stranger = value.findIndex((item) => item !== null && !isObject(item))
  if (stranger >= 0) return [invalid(indexPath(path, stranger), value[stranger] ?? null, 'must be an object for an array of list-type map')]
  const keyed = value.map((item) => keysOf(item, keys))
  return repeated(keyed).map((index) => duplicate(indexPath(path, index), keyed[index] ?? null))
}

function keysOf(item: JsonValue, keys: readonly string[]): JsonValue {
  if (!isObject(item)) return {}
  return Object.fromEntries(keys.flatMap((key) => {
    const value = member(item, key)
    return value === undefined ? [] : [[key, value] as const]
  }))
}

/** The place of the second appearance of everything that appears more than once. */
function repeated(values: readonly JsonValue[]): readonly number[] {
  if (values.length < 2) return []
  const seen = new Map<string, number>()
  return values.flatMap((value, index) => {
    const key = canonicalJson(value)
    const times = seen.get(key) ?? 0
    seen.set(key, times + 1)
    return times === 1 ? [index] : []
  })
}
