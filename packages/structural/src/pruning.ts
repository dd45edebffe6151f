import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { mapFields } from './defaulting.js'
import { META_FIELDS, asResourceRoot, own, valuesSchema, type StructuralSchema } from './schema.js'

export interface Pruned {
  readonly value: JsonObject
  /** Paths of the fields that the schema does not know, sorted: what strict field validation reports as unknown. */
  readonly removed: readonly string[]
}

/** Removes the fields that the schema does not specify. Type and metadata of the resource and of embedded ones stay. */
export function prune(schema: StructuralSchema, object: JsonObject): Pruned {
  return pruneWith(asResourceRoot(schema), object)
}

/** As `prune`, for a value that is no resource: no field is spared for being called metadata. */
export function pruneValue(schema: StructuralSchema, value: JsonValue): JsonValue {
  return isObject(value) || isArray(value) ? visit(schema, value, { removed: [] }, '') : value
}

function pruneWith(schema: StructuralSchema, object: JsonObject): Pruned {
  const record: Removal = { removed: [] }
  const value = visit(schema, object, record, '')
  return { value: isObject(value) ? value : object, removed: record.removed.sort() }
}

interface Removal {
  readonly removed: string[]
}

function visit(schema: StructuralSchema | undefined, value: JsonValue, record: Removal, path: string): JsonValue {
  if (schema?.['x-kubernetes-preserve-unknown-fields']) return keepUnknown(schema, value, record, path)
  if (isArray(value)) return visitItems(value, (item, index) => visit(schema?.items, item, record, `${path}[${index}]`))
  if (!isObject(value)) return value
  return mapFields(value, (name, field) => {
    if (schema === undefined) return removeField(record, path, name)
    if (schema['x-kubernetes-embedded-resource'] && META_FIELDS.has(name)) return field
    const property = own(schema.properties, name)
    if (property) return visit(property, field, record, joined(path, name))
    if (schema.additionalProperties !== undefined) return visit(valuesSchema(schema), field, record, joined(path, name))
    return removeField(record, path, name)
  })
}

/** Below preserve-unknown-fields only what is specified is pruned again. */
function keepUnknown(schema: StructuralSchema, value: JsonValue, record: Removal, path: string): JsonValue {
  if (isArray(value)) {
    const { items } = schema
    return items ? visitItems(value, (item, index) => keepUnknown(items, item, record, `${path}[${index}]`)) : value
  }
  if (!isObject(value)) return value
  return mapFields(value, (name, field) => {
    if (schema['x-kubernetes-embedded-resource'] && META_FIELDS.has(name)) return field
    const property = own(schema.properties, name)
    if (property) return visit(property, field, record, joined(path, name))
    return schema.additionalProperties === undefined ? field : visit(valuesSchema(schema), field, record, joined(path, name))
  })
}

function visitItems(items: readonly JsonValue[], change: (item: JsonValue, index: number) => JsonValue): JsonValue {
  const changed = items.map(change)
  return changed.every((item, index) => item === items[index]) ? items : changed
}

function removeField(record: Removal, path: string, name: string): undefined {
  record.removed.push(joined(path, name))
  return undefined
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
