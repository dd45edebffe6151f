import type { JsonValue } from '@oasgen/json'
import { escapeField } from './escape.js'
import { BOOL, DYN, INT, STRING, listOf, mapOf, simpleType, type CelType } from './types.js'

/** What this package needs to know of a structural schema; the keywords are those of a CRD. */
export interface RuleSchema {
  readonly type?: string
  readonly format?: string
  readonly nullable?: boolean
  readonly default?: JsonValue
  readonly enum?: readonly JsonValue[]
  readonly required?: readonly string[]
  readonly maxLength?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  readonly properties?: Readonly<Record<string, RuleSchema>>
  readonly additionalProperties?: boolean | RuleSchema
  readonly items?: RuleSchema
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
}

/** A schema as CEL sees it: its type, and how large its values can be. */
export interface DeclaredType {
  readonly type: CelType
  /** Bytes of the smallest JSON that fits. */
  readonly minSize: number
  /** Characters, items or entries at most; undefined where size means nothing. */
  readonly maxElements: number | undefined
  readonly fields?: ReadonlyMap<string, DeclaredType>
  readonly key?: DeclaredType
  readonly element?: DeclaredType
}

/** The largest request that the server takes. */
export const MAX_REQUEST_BYTES = 3 * 1024 * 1024

/** The server counts keys of maps as nothing. */
const STRING_KEY: DeclaredType = { type: STRING, minSize: 2, maxElements: undefined }

/** Undefined where rules see nothing: untyped places, and lists and maps of such. */
export function declareSchema(schema: RuleSchema, isResource: boolean, name = 'selfType'): DeclaredType | undefined {
  if (schema['x-kubernetes-int-or-string']) return { type: DYN, minSize: 1, maxElements: schema.maxLength === undefined ? MAX_REQUEST_BYTES - 2 : charactersOf(schema.maxLength) }
  const seen = isResource ? withMeta(schema) : schema
  switch (seen.type) {
    case 'array':
      return declareList(seen, name)
    case 'object':
      return typeof seen.additionalProperties === 'object' ? declareMap(seen, seen.additionalProperties, name) : declareObject(seen, name)
    case 'string':
      return declareString(seen)
    case 'boolean':
      return { type: BOOL, minSize: 4, maxElements: undefined }
    case 'number':
      return { type: simpleType('double'), minSize: 1, maxElements: undefined }
    case 'integer':
      return { type: INT, minSize: 1, maxElements: undefined }
    default:
      return undefined
  }
}

/** Kind, apiVersion and the names are always there at the root of a resource. */
export function withMeta(schema: RuleSchema): RuleSchema {
  const properties = schema.properties ?? {}
  const text: RuleSchema = { type: 'string' }
  const { kind, apiVersion, metadata } = properties
  const complete = kind?.type === 'string' && apiVersion?.type === 'string' && metadata?.type === 'object' &&
    metadata.properties?.name?.type === 'string' && metadata.properties.generateName?.type === 'string'
  if (complete) return schema
  return { ...schema, properties: { ...properties, kind: text, apiVersion: text, metadata: { type: 'object', properties: { name: text, generateName: text } } } }
}

function declareList(schema: RuleSchema, name: string): DeclaredType | undefined {
  const { items } = schema
  const element = items && declareSchema(items, items['x-kubernetes-embedded-resource'] === true, `${name}.@idx`)
  if (element === undefined) return undefined
  const maxElements = schema.maxItems === undefined ? Math.floor((MAX_REQUEST_BYTES - 2) / (element.minSize + 1)) : atLeastZero(schema.maxItems)
  return { type: listOf(element.type), minSize: 2, maxElements, element }
}

function declareMap(schema: RuleSchema, values: RuleSchema, name: string): DeclaredType | undefined {
  const element = declareSchema(values, values['x-kubernetes-embedded-resource'] === true, `${name}.@elem`)
  if (element === undefined) return undefined
  const maxElements = schema.maxProperties === undefined ? Math.floor((MAX_REQUEST_BYTES - 2) / (element.minSize + 6)) : atLeastZero(schema.maxProperties)
  return { type: mapOf(STRING, element.type), minSize: 2, maxElements, key: STRING_KEY, element }
}

function declareObject(schema: RuleSchema, name: string): DeclaredType {
  const fields = new Map<string, DeclaredType>()
  let minSize = 2
  for (const [property, propertySchema] of Object.entries(schema.properties ?? {})) {
    const escaped = escapeField(property)
    const declared = declareSchema(propertySchema, propertySchema['x-kubernetes-embedded-resource'] === true, `${name}.${escaped ?? property}`)
    if (declared === undefined) continue
    if (escaped !== undefined) fields.set(escaped, declared)
    const isNeeded = (schema.required ?? []).includes(property) && (propertySchema.default === undefined || propertySchema.default === null)
    if (isNeeded) minSize += property.length + declared.minSize + 4
  }
  const types = new Map([...fields].map(([field, declared]) => [field, declared.type]))
  return { type: { kind: 'struct', name, fields: types }, minSize, maxElements: undefined, fields }
}

function declareString(schema: RuleSchema): DeclaredType {
  switch (schema.format) {
    case 'byte':
      return { type: simpleType('bytes'), minSize: 2, maxElements: schema.maxLength === undefined ? MAX_REQUEST_BYTES - 2 : atLeastZero(schema.maxLength) }
    case 'duration':
      return { type: simpleType('duration'), minSize: 3, maxElements: 32 }
    case 'date':
      return { type: simpleType('timestamp'), minSize: 12, maxElements: 12 }
    case 'date-time':
      return { type: simpleType('timestamp'), minSize: 21, maxElements: 32 }
    default:
      return { type: STRING, minSize: 2, maxElements: stringLimit(schema) }
  }
}

function stringLimit(schema: RuleSchema): number {
  if (schema.maxLength !== undefined) return charactersOf(schema.maxLength)
  const choices = schema.enum ?? []
  if (choices.length === 0) return MAX_REQUEST_BYTES - 2
  return Math.max(0, ...choices.map((choice) => (typeof choice === 'string' ? choice.length : 0)))
}

/** A character may take four bytes, and the server counts in bytes. */
function charactersOf(maxLength: number): number {
  return atLeastZero(maxLength) * 4
}

function atLeastZero(value: number): number {
  return Math.max(0, Number(value))
}
