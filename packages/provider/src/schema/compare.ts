import { equalJson, isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'

/** Equal in all that a schema says; metadata and what the server adds do not count. */
export function isSameSchema(wanted: JsonObject, live: JsonObject): boolean {
  return equalJson(comparable(wanted), comparable(live))
}

/** The part of a CRD that we write, in one form: the server fills defaults into what it stores. */
export function comparable(crd: JsonObject): JsonValue {
  const spec = isObject(crd.spec) ? crd.spec : {}
  const { conversion: _, preserveUnknownFields: __, versions, ...rest } = spec
  return { ...rest, versions: isArray(versions) ? versions.map(withoutDefaults) : [] }
}

function withoutDefaults(version: JsonValue): JsonValue {
  if (!isObject(version)) return version
  const { schema, additionalPrinterColumns, ...rest } = version
  const root = isObject(schema) ? schema.openAPIV3Schema : undefined
  const columns = isArray(additionalPrinterColumns) && additionalPrinterColumns.length > 0 ? { additionalPrinterColumns } : {}
  return { ...rest, ...columns, schema: isObject(root) ? plainSchema(root) : null }
}

/** `x-kubernetes-…: atomic` and the like are what an absent keyword means. */
function plainSchema(schema: JsonObject): JsonObject {
  const entries = Object.entries(schema).filter(([name, value]) => !isMeaningless(name, value))
  return Object.fromEntries(entries.map(([name, value]) => [name, plainKeyword(name, value)]))
}

function isMeaningless(name: string, value: JsonValue): boolean {
  return (name === 'x-kubernetes-list-type' && value === 'atomic') || (name === 'nullable' && value === false)
}

function plainKeyword(name: string, value: JsonValue): JsonValue {
  if (name === 'properties' && isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, isObject(child) ? plainSchema(child) : child]))
  if ((name === 'items' || name === 'additionalProperties') && isObject(value)) return plainSchema(value)
  return value
}
