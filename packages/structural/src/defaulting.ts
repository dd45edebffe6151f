import { isArray, isObject, member, objectFrom, type JsonObject, type JsonValue } from '@oasgen/json'
import { own, valuesSchema, type StructuralSchema } from './schema.js'

/**
 * Fills defaults, and drops nulls where null is not allowed: those with a default take it, others go.
 * What needs no change comes back as the same value, so `===` tells whether anything happened.
 */
export function applyDefaults(schema: StructuralSchema, object: JsonObject): JsonObject {
  return fillDefaults(schema, dropNulls(schema, object) as JsonObject)
}

/** Fills defaults only: what is null without having one stays null, to be found by validation. */
export function fillDefaults(schema: StructuralSchema, object: JsonObject): JsonObject {
  const value = fill(schema, object)
  return isObject(value) ? value : object
}

/** Removes nulls of fields that are not nullable and have no default; a later step defaults the others. */
export function dropNulls(schema: StructuralSchema | undefined, value: JsonValue): JsonValue {
  if (isArray(value)) return mapItems(value, (item) => dropNulls(schema?.items, item))
  if (!isObject(value)) return value
  return mapFields(value, (name, field) => {
    const property = fieldSchema(schema, name)
    return field === null && property !== undefined && !property.nullable && !hasDefault(property) ? undefined : dropNulls(property, field)
  })
}

function fieldSchema(schema: StructuralSchema | undefined, name: string): StructuralSchema | undefined {
  return schema && (own(schema.properties, name) ?? valuesSchema(schema))
}

/** `default: null` counts as none. */
function hasDefault(schema: StructuralSchema): boolean {
  return schema.default !== undefined && schema.default !== null
}

function fill(schema: StructuralSchema | undefined, value: JsonValue): JsonValue {
  if (schema === undefined) return value
  if (isArray(value)) return mapItems(value, (item) => fill(schema.items, defaulted(schema.items, item)))
  if (!isObject(value)) return value
  const values = valuesSchema(schema)
  const present = mapFields(value, (name, field) => {
    const property = own(schema.properties, name)
    return fill(property ?? values, defaulted(property ?? values, field))
  })
  return addMissing(schema, present)
}

function defaulted(schema: StructuralSchema | undefined, value: JsonValue): JsonValue {
  return value === null && schema !== undefined && !schema.nullable && hasDefault(schema) ? (schema.default ?? null) : value
}

function addMissing(schema: StructuralSchema, value: JsonObject): JsonObject {
  const missing: [string, JsonValue][] = []
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (hasDefault(property) && !Object.hasOwn(value, name)) missing.push([name, fill(property, property.default ?? null)])
  }
  return missing.length === 0 ? value : objectFrom([...Object.entries(value), ...missing])
}

function mapItems(items: readonly JsonValue[], change: (item: JsonValue) => JsonValue): JsonValue {
  const changed = items.map(change)
  return changed.every((item, index) => item === items[index]) ? items : changed
}

/** A field for which `change` answers undefined goes. */
export function mapFields(value: JsonObject, change: (name: string, field: JsonValue) => JsonValue | undefined): JsonObject {
  const entries: [string, JsonValue][] = []
  let same = true
  for (const name of Object.keys(value)) {
    const field = member(value, name) ?? null
    const next = change(name, field)
    if (next !== field) same = false
    if (next !== undefined) entries.push([name, next])
  }
  return same ? value : objectFrom(entries)
}
