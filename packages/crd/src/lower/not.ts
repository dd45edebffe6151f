import type { Schema } from '@oasgen/openapi'
import { type Lowering, note, type Spot } from './context.js'
import type { Merged } from './merge.js'
import { constraintsOf } from './scalar.js'
import type { Structural } from './structural.js'

/** Pass 10, lowerNot: fields that may not stand together, and values that a scalar may not have. Everything else has no form. */
export function lowerNot(lowering: Lowering, merged: Merged, node: Structural, spot: Spot): readonly Structural[] {
  const forms = merged.nots.flatMap((schema) => {
    const form = lowering.mode === 'strict' ? formOf(lowering, schema, node, spot) : undefined
    return form === undefined ? [] : [{ not: form }]
  })
  const lost = merged.nots.length - forms.length
  const schema = merged.parts.find((part) => part.not !== undefined)
  if (schema !== undefined && lost > 0) note(lowering, spot, { outcome: 'dropped', schema, keyword: 'not', rule: ruleOf(lowering) })
  for (const _ of forms) lowering.log.carried()
  return forms
}

function ruleOf({ mode }: Lowering): 'not' | 'compatible' | 'status-open' {
  return mode === 'strict' ? 'not' : mode === 'status' ? 'status-open' : 'compatible'
}

function formOf(lowering: Lowering, schema: Schema, node: Structural, spot: Spot): Structural | undefined {
  const elsewhere = node.type !== undefined && schema.typeOrigin === 'declared' && !schema.types.includes(node.type)
  if (elsewhere || saysMore(schema)) return undefined
  if (node.type === 'object') return schema.enum === undefined ? withoutFields(schema, node) : undefined
  if (node.type === undefined || node.type === 'array' || schema.required.length > 0 || schema.pattern !== undefined) return undefined
  const form = constraintsOf(lowering, schema, node.type, spot)
  return schema.enum !== undefined && form.enum?.length === schema.enum.length && Object.keys(form).length === 1 ? form : undefined
}

/** What stands beside the list of fields or values would be lost, and less under a `not` forbids more. */
function saysMore(schema: Schema): boolean {
  const combined = schema.allOf.length + schema.oneOf.length + schema.anyOf.length + schema.unsupported.length > 0
  const below = schema.properties.size > 0 || schema.items !== undefined || schema.additionalProperties !== undefined || schema.not !== undefined
  const bounds = [schema.minimum, schema.maximum, schema.multipleOf, schema.minLength, schema.maxLength, schema.minItems, schema.maxItems, schema.minProperties, schema.maxProperties]
  return combined || below || bounds.some((bound) => bound !== undefined)
}

/** Fields that are all required cannot be forbidden together: no object would be valid. */
function withoutFields({ required }: Schema, node: Structural): Structural | undefined {
  const declared = required.every((name) => node.properties !== undefined && Object.hasOwn(node.properties, name))
  const possible = !required.every((name) => node.required?.includes(name) === true)
  return required.length > 0 && declared && possible ? { required: [...required].toSorted() } : undefined
}
