import type { JsonNumber, JsonValue } from '@oasgen/json'

/** A structural schema while it is made: the keywords that we use, as the CRD spells them. */
export interface Structural {
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array'
  format?: string
  title?: string
  description?: string
  nullable?: true
  enum?: readonly JsonValue[]
  minimum?: JsonNumber
  exclusiveMinimum?: true
  maximum?: JsonNumber
  exclusiveMaximum?: true
  multipleOf?: JsonNumber
  minLength?: number
  maxLength?: number
  pattern?: string
  minItems?: number
  maxItems?: number
  minProperties?: number
  maxProperties?: number
  required?: readonly string[]
  properties?: Readonly<Record<string, Structural>>
  additionalProperties?: Structural
  items?: Structural
  default?: JsonValue
  allOf?: readonly Structural[]
  anyOf?: readonly Structural[]
  oneOf?: readonly Structural[]
  not?: Structural
  'x-kubernetes-preserve-unknown-fields'?: true
  'x-kubernetes-int-or-string'?: true
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  'x-kubernetes-list-map-keys'?: readonly string[]
  'x-kubernetes-validations'?: readonly CelRule[]
}

export interface CelRule {
  readonly rule: string
  readonly message: string
  readonly fieldPath?: string
}

export const ANYTHING: Structural = { 'x-kubernetes-preserve-unknown-fields': true }

export function freeForm(description?: string): Structural {
  return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, ...(description !== undefined && { description }) }
}

/** Whether the node has neither type nor a form that replaces it. */
export function isUntyped(node: Structural): boolean {
  return node.type === undefined && node['x-kubernetes-int-or-string'] === undefined
}

/** Whether rules can see the field: one of any type, and a list or map of such, does not exist for CEL. */
export function isVisible(node: Structural): boolean {
  if (isUntyped(node)) return false
  if (node.items !== undefined) return isVisible(node.items)
  return node.additionalProperties === undefined || isVisible(node.additionalProperties)
}
