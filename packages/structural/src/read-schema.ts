import { finding, type Checked, type Finding } from '@oasgen/diagnostics'
import { isArray, isNumber, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import type { StructuralSchema } from './schema.js'

/** What JSONSchemaProps lets a keyword be; the words are those of the server's decoding errors. */
export type KeywordKind =
  | 'string' | 'bool' | 'number' | 'integer' | 'any' | 'strings' | 'values' | 'schema' | 'schemas' | 'schemaMap' | 'schemaOrBool'
  | 'schemaOrSchemas' | 'dependencies' | 'rules' | 'docs'

/** Every keyword that the server's type knows; any other is an unknown field. */
export const KEYWORDS: Readonly<Record<string, KeywordKind>> = {
  id: 'string', $schema: 'string', $ref: 'string', description: 'string', type: 'string', format: 'string', title: 'string',
  default: 'any', maximum: 'number', exclusiveMaximum: 'bool', minimum: 'number', exclusiveMinimum: 'bool', maxLength: 'integer',
  minLength: 'integer', pattern: 'string', maxItems: 'integer', minItems: 'integer', uniqueItems: 'bool', multipleOf: 'number',
  enum: 'values', maxProperties: 'integer', minProperties: 'integer', required: 'strings', items: 'schemaOrSchemas', allOf: 'schemas',
  oneOf: 'schemas', anyOf: 'schemas', not: 'schema', properties: 'schemaMap', additionalProperties: 'schemaOrBool',
  patternProperties: 'schemaMap', dependencies: 'dependencies', additionalItems: 'schemaOrBool', definitions: 'schemaMap',
  externalDocs: 'docs', example: 'any', nullable: 'bool', 'x-kubernetes-preserve-unknown-fields': 'bool',
  'x-kubernetes-embedded-resource': 'bool', 'x-kubernetes-int-or-string': 'bool', 'x-kubernetes-list-map-keys': 'strings',
  'x-kubernetes-list-type': 'string', 'x-kubernetes-map-type': 'string', 'x-kubernetes-validations': 'rules',
}

/** A keyword whose value the server's decoder would refuse. */
export interface Misfit {
  readonly path: string
  readonly expected: string
  readonly actual: string
  readonly value: JsonValue
}

/**
 * Reads JSONSchemaProps. Values of the wrong JSON type are findings and left out; keywords that a CRD cannot
 * hold are left out silently, as the server does without strict field validation.
 */
export function readSchema(json: JsonValue, path = ''): Checked<StructuralSchema> {
  const { schema, misfits } = decodeSchema(json, path)
  const findings = misfits.map((misfit): Finding => finding('CRD0002', { path: misfit.path, expected: misfit.expected, actual: misfit.actual }))
  return { value: schema, findings }
}

/** The decoder's view: a schema with the well-typed keywords, forbidden ones included, and what did not fit. */
export function decodeSchema(json: JsonValue, path: string): { readonly schema: StructuralSchema; readonly misfits: readonly Misfit[] } {
  const misfits: Misfit[] = []
  const schema = schemaOf(json, path, misfits)
  return { schema, misfits }
}

function schemaOf(json: JsonValue, path: string, misfits: Misfit[]): StructuralSchema {
  if (!isObject(json)) {
    if (json !== null) misfits.push({ path, expected: 'object', actual: jsonKind(json), value: json })
    return {}
  }
  const entries: [string, JsonValue][] = []
  for (const keyword of Object.keys(json)) {
    const kind = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined
    const value = json[keyword]
    if (kind === undefined || value === undefined || (value === null && kind !== 'any')) continue
    const decoded = decodeKeyword(kind, value, `${path}${path === '' ? '' : '.'}${keyword}`, misfits)
    if (decoded !== undefined) entries.push([keyword, decoded])
  }
  return withoutEmptyProperties(Object.fromEntries(entries) as StructuralSchema)
}

/** Beside additionalProperties, no properties are none at all: the object is a map. */
function withoutEmptyProperties(schema: StructuralSchema): StructuralSchema {
  if (schema.additionalProperties === undefined || schema.properties === undefined || Object.keys(schema.properties).length > 0) return schema
  const { properties: _none, ...map } = schema
  return map
}

function decodeKeyword(kind: KeywordKind, value: JsonValue, path: string, misfits: Misfit[]): JsonValue | undefined {
  const expect = (fits: boolean, expected: string): JsonValue | undefined => {
    if (fits) return value
    misfits.push({ path, expected, actual: jsonKind(value), value })
    return undefined
  }
  const each = (list: readonly JsonValue[]): JsonValue => list.map((item, index) => schemaOf(item, `${path}[${index}]`, misfits) as JsonValue)
  switch (kind) {
    case 'any':
      return value
    case 'string':
      return expect(typeof value === 'string', 'string')
    case 'bool':
      return expect(typeof value === 'boolean', 'bool')
    case 'number':
      return expect(isNumber(value), 'float64')
    case 'integer':
      return expect(typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value)), 'int64')
    case 'values':
      return expect(isArray(value), 'array')
    case 'strings':
      return expect(isArray(value) && value.every((item) => typeof item === 'string'), 'array of strings')
    case 'rules':
    case 'docs':
      return kind === 'docs' ? expect(isObject(value), 'object') : rulesOf(value, path, misfits)
    case 'schema':
      return schemaOf(value, path, misfits) as JsonValue
    case 'schemas':
      return isArray(value) ? each(value) : expect(false, 'array')
    case 'schemaMap':
      return isObject(value) ? mapOf(value, path, misfits) : expect(false, 'object')
    case 'schemaOrBool':
      return typeof value === 'boolean' ? value : isObject(value) ? (schemaOf(value, path, misfits) as JsonValue) : expect(false, 'boolean or JSON schema')
    case 'schemaOrSchemas':
      return isArray(value) ? each(value) : isObject(value) ? (schemaOf(value, path, misfits) as JsonValue) : expect(false, 'JSON schema')
    case 'dependencies':
      return expect(isObject(value), 'object')
  }
}

function mapOf(value: JsonObject, path: string, misfits: Misfit[]): JsonValue {
  return Object.fromEntries(
    Object.keys(value).map((name) => [name, schemaOf(value[name] ?? null, `${path}[${name}]`, misfits) as JsonValue]),
  )
}

const RULE_FIELDS: Readonly<Record<string, 'string' | 'boolean'>> = {
  rule: 'string', message: 'string', messageExpression: 'string', reason: 'string', fieldPath: 'string', optionalOldSelf: 'boolean',
}

function rulesOf(value: JsonValue, path: string, misfits: Misfit[]): JsonValue | undefined {
  if (!isArray(value)) {
    misfits.push({ path, expected: 'array', actual: jsonKind(value), value })
    return undefined
  }
  return value.map((item, index) => ruleOf(item, `${path}[${index}]`, misfits))
}

function ruleOf(value: JsonValue, path: string, misfits: Misfit[]): JsonValue {
  if (!isObject(value)) {
    misfits.push({ path, expected: 'object', actual: jsonKind(value), value })
    return { rule: '' }
  }
  const entries: [string, JsonValue][] = [['rule', '']]
  for (const [name, kind] of Object.entries(RULE_FIELDS)) {
    const field = Object.hasOwn(value, name) ? value[name] : undefined
    if (field === undefined || field === null) continue
    if (typeof field === kind) entries.push([name, field])
    else misfits.push({ path: `${path}.${name}`, expected: kind === 'boolean' ? 'bool' : 'string', actual: jsonKind(field), value: field })
  }
  return Object.fromEntries(entries)
}

export function jsonKind(value: JsonValue): string {
  if (value === null) return 'null'
  if (isArray(value)) return 'array'
  if (isNumber(value)) return 'number'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : 'object'
}
