import { isArray, isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'

/** A JSON Schema that editors understand, out of a CRD. Unknown fields are errors there, as the API server would drop them. */
export function jsonSchemaOf(crd: JsonObject): JsonObject {
  const spec = isObject(crd.spec) ? crd.spec : {}
  const names = isObject(spec.names) ? spec.names : {}
  const versions = isArray(spec.versions) ? spec.versions.filter(isObject) : []
  const version = versions.find(({ storage }) => storage === true) ?? versions[0] ?? {}
  const schema = isObject(version.schema) && isObject(version.schema.openAPIV3Schema) ? version.schema.openAPIV3Schema : {}
  const lowered = lower(schema)
  const properties = isObject(lowered.properties) ? lowered.properties : {}
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: textOf(names.kind),
    ...lowered,
    properties: {
      ...properties,
      apiVersion: { const: `${textOf(spec.group)}/${textOf(version.name)}` },
      kind: { const: textOf(names.kind) },
      metadata: METADATA,
    },
    required: ['apiVersion', 'kind', 'metadata', ...texts(lowered.required).filter((name) => !['apiVersion', 'kind', 'metadata'].includes(name))],
  }
}

/** Several kinds in one schema, for files with objects of each: no member of `oneOf` fits two kinds. */
export function anyOfKinds(schemas: readonly JsonObject[]): JsonObject {
  const [only] = schemas
  if (schemas.length === 1 && only !== undefined) return only
  return { $schema: 'http://json-schema.org/draft-07/schema#', oneOf: schemas.map((schema) => without(schema, '$schema')) }
}

const METADATA: JsonObject = {
  type: 'object',
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$', maxLength: 253 }, generateName: { type: 'string' }, namespace: { type: 'string', maxLength: 63 },
    labels: { type: 'object', additionalProperties: { type: 'string' } }, annotations: { type: 'object', additionalProperties: { type: 'string' } },
  },
}

const KEPT = new Set([
  'type', 'description', 'title', 'format', 'default', 'enum', 'pattern', 'minimum', 'maximum', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems',
  'minProperties', 'maxProperties', 'required',
])

function lower(schema: JsonObject): JsonObject {
  const kept = Object.fromEntries(Object.entries(schema).filter(([name]) => KEPT.has(name)))
  const parts = { ...kept, ...bounds(schema), ...members(schema), ...choices(schema) }
  return schema['x-kubernetes-int-or-string'] === true ? { ...without(parts, 'type'), anyOf: [{ type: 'integer' }, { type: 'string' }] } : nullable(schema, parts)
}

/** Draft 4's words for open bounds. */
function bounds({ exclusiveMinimum, exclusiveMaximum, minimum, maximum }: JsonObject): JsonObject {
  return {
    ...(exclusiveMinimum === true && minimum !== undefined && { exclusiveMinimum: minimum }),
    ...(exclusiveMaximum === true && maximum !== undefined && { exclusiveMaximum: maximum }),
  }
}

function members(schema: JsonObject): JsonObject {
  const { properties, items, additionalProperties } = schema
  const isClosed = isObject(properties) && additionalProperties === undefined && schema['x-kubernetes-preserve-unknown-fields'] !== true && schema['x-kubernetes-embedded-resource'] !== true
  return {
    ...(isObject(properties) && { properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, isObject(child) ? lower(child) : {}])) }),
    ...(isObject(items) && { items: lower(items) }),
    ...(isObject(additionalProperties) ? { additionalProperties: lower(additionalProperties) } : isClosed ? { additionalProperties: false } : {}),
  }
}

/** Below a choice nothing is closed: it only constrains what the outer schema declares. */
function choices(schema: JsonObject): JsonObject {
  const lists = (['allOf', 'anyOf', 'oneOf'] as const).flatMap((name) => (isArray(schema[name]) ? [[name, schema[name].filter(isObject).map(open)] as const] : []))
  return { ...Object.fromEntries(lists), ...(isObject(schema.not) && { not: open(schema.not) }) }
}

function open(schema: JsonObject): JsonObject {
  const lowered = lower(schema)
  return lowered.additionalProperties === false ? without(lowered, 'additionalProperties') : lowered
}

function nullable(schema: JsonObject, lowered: JsonObject): JsonObject {
  if (schema.nullable !== true || typeof lowered.type !== 'string') return lowered
  return { ...lowered, type: [lowered.type, 'null'], ...(isArray(lowered.enum) && { enum: [...lowered.enum, null] }) }
}

function without(schema: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== name))
}

function texts(value: JsonValue | undefined): readonly string[] {
  return isArray(value) ? value.map(textOf) : []
}
