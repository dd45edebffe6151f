import { type Lowering, note, type Spot } from './context.js'
import { type Merged } from './merge.js'
import type { LowerChildren } from './schema.js'
import { limits } from './scalar.js'
import { ANYTHING, type Structural } from './structural.js'

/** Pass 8, lowerList: one schema for all elements; what `fields` says about the identity of elements makes a set or a map. */
export function lowerList(lowering: Lowering, merged: Merged, spot: Spot, lower: LowerChildren): Structural {
  const items = elements(lowering, merged, spot, lower)
  noteTuple(lowering, merged, spot)
  const bounds = lowering.mode === 'strict' ? limits(lowering, merged, ['minItems', 'maxItems']) : noteBounds(lowering, merged, spot)
  return { type: 'array', items, ...bounds, ...listType(lowering, merged, items, spot) }
}

function elements(lowering: Lowering, merged: Merged, spot: Spot, lower: LowerChildren): Structural {
  const schema = merged.items.length > 0 ? lowering.same.all(merged.items) : lowering.same.any(merged.schema.prefixItems)
  if (schema !== undefined) return lower([['[]', schema]])[0] ?? ANYTHING
  note(lowering, spot, { outcome: 'weakened', schema: merged.schema, keyword: 'items', rule: 'free-form' })
  return ANYTHING
}

function noteTuple(lowering: Lowering, merged: Merged, spot: Spot): void {
  const schema = merged.parts.find((part) => part.prefixItems.length > 0)
  if (schema !== undefined) note(lowering, spot, { outcome: 'weakened', schema, keyword: 'prefixItems', rule: 'no-tuples' })
}

function noteBounds(lowering: Lowering, merged: Merged, spot: Spot): Structural {
  for (const keyword of ['minItems', 'maxItems'] as const) {
    const schema = merged.parts.find((part) => part[keyword] !== undefined)
    if (schema !== undefined) note(
      lowering,
      spot,
      { outcome: 'dropped', schema, keyword, rule: lowering.mode === 'status' ? 'status-open' : 'compatible' },
    )
  }
  return {}
}

function listType(lowering: Lowering, merged: Merged, items: Structural, spot: Spot): Structural {
  const rule = lowering.mode === 'status' ? undefined : lowering.rules.get(spot.field)
  const keys = rule?.compare === 'keyed' ? rule.keys : []
  if (keys.length > 0 && canKey(items, keys)) return {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': keys,
    items: requiring(items, keys),
  }
  const scalar = isScalar(items) && items.nullable === undefined
  const unique = merged.parts.find((part) => part.uniqueItems)
  const asked = rule?.compare === 'set'
  if (asked && scalar) return { 'x-kubernetes-list-type': 'set' }
  if (unique === undefined) return {}
  if (lowering.mode === 'strict' && scalar) {
    lowering.log.carried()
    return { 'x-kubernetes-list-type': 'set' }
  }
  const because = lowering.mode === 'strict' ? 'unique-items' : lowering.mode === 'status' ? 'status-open' : 'compatible'
  note(lowering, spot, { outcome: 'dropped', schema: unique, keyword: 'uniqueItems', rule: because })
  return {}
}

function isScalar(items: Structural): boolean {
  return items.type === 'string' || items.type === 'integer' || items.type === 'boolean'
}

/** Keys are direct scalar fields without null. */
function canKey(items: Structural, keys: readonly string[]): boolean {
  return items.type === 'object' && keys.every((key) => {
    const property = items.properties?.[key]
    return property !== undefined && isScalar(property) && property.nullable === undefined
  })
}

function requiring(items: Structural, keys: readonly string[]): Structural {
  return { ...items, required: [...new Set([...(items.required ?? []), ...keys])].toSorted() }
}
