import type { JsonNumber, JsonValue } from '@oasgen/json'

/**
 * A structural schema: JSONSchemaProps of apiextensions.k8s.io/v1 as far as a structural schema may use it.
 * The keyword names are those of the CRD, so a schema that was read can be written back unchanged.
 */
export interface StructuralSchema {
  readonly type?: SchemaType
  readonly format?: string
  readonly title?: string
  readonly description?: string
  readonly default?: JsonValue
  readonly example?: JsonValue
  readonly externalDocs?: JsonValue
  readonly nullable?: boolean
  readonly enum?: readonly JsonValue[]
  readonly maximum?: JsonNumber
  readonly exclusiveMaximum?: boolean
  readonly minimum?: JsonNumber
  readonly exclusiveMinimum?: boolean
  readonly multipleOf?: JsonNumber
  readonly maxLength?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly maxItems?: number
  readonly minItems?: number
  readonly uniqueItems?: boolean
  readonly maxProperties?: number
  readonly minProperties?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, StructuralSchema>>
  readonly additionalProperties?: boolean | StructuralSchema
  readonly items?: StructuralSchema
  readonly allOf?: readonly StructuralSchema[]
  readonly anyOf?: readonly StructuralSchema[]
  readonly oneOf?: readonly StructuralSchema[]
  readonly not?: StructuralSchema
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-list-type'?: ListType
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: MapType
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[]
}

/** One of array, boolean, integer, number, object, string; any text here so that the judge can refuse others. */
export type SchemaType = string
/** atomic (the default), set or map. */
export type ListType = string
/** granular (the default) or atomic. */
export type MapType = string

/** A CEL rule of `x-kubernetes-validations`. */
export interface ValidationRule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
  readonly fieldPath?: string
  readonly optionalOldSelf?: boolean
}

/** Fields that every resource has without declaring them. */
export const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

/** An own property, so that `__proto__` and `constructor` are ordinary names. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}

/** The schema of the values of a map, when there is one. */
export function valuesSchema(schema: StructuralSchema): StructuralSchema | undefined {
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
}

/** The root of a resource behaves as an embedded resource: its metadata is not its schema's business. */
export function asResourceRoot(schema: StructuralSchema): StructuralSchema {
  return schema['x-kubernetes-embedded-resource'] ? schema : { ...schema, 'x-kubernetes-embedded-resource': true }
}
