import type { Schema } from '@oasgen/openapi'
import { FidelityLog } from '../fidelity/report.js'
import type { Lowering, Spot } from './context.js'
import { mergeAllOf, type Merged } from './merge.js'
import { settleUnions } from './union.js'

const NOWHERE: Spot = { field: '', depth: 0, open: [], repeated: false, room: 0 }

/** How many nodes a schema becomes when nothing is cut but recursion; each schema is counted once and remembered. */
export function sizeOf(lowering: Lowering, schema: Schema): number {
  return lowering.sizes.get(mergeAllOf(lowering, schema).key) ?? count({ ...lowering, log: new FidelityLog() }, schema, new Set())
}

/** More than any budget; keeps sums of sums finite. */
const ENOUGH = 1_000_000

function count(lowering: Lowering, schema: Schema, open: Set<string>): number {
  const merged = mergeAllOf(lowering, schema)
  const known = lowering.sizes.get(merged.key)
  if (known !== undefined) return known
  if (open.has(merged.key) || open.size > DEEPEST) return cutSize(lowering, merged)
  open.add(merged.key)
  const settled = settleUnions(lowering, merged, NOWHERE).merged
  const total = childrenOf(lowering, settled).reduce((sum, child) => Math.min(ENOUGH, sum + count(lowering, child, open)), 1)
  open.delete(merged.key)
  lowering.sizes.set(merged.key, total)
  return total
}

/** Deeper schemas are cut anyway. */
const DEEPEST = 60

/** Nodes that are left where the tree is cut. */
function cutSize(lowering: Lowering, merged: Merged): number {
  const item = merged.types[0] === 'array' ? lowering.same.all(merged.items) : undefined
  const end = item === undefined ? merged : mergeAllOf(lowering, item)
  return (item === undefined ? 1 : 2) + plainChildren(lowering, settleUnions(lowering, end, NOWHERE).merged).length
}

/** The fields of an object that have one plain type: what is left of it where the tree is cut. */
export function plainChildren(lowering: Lowering, { types, properties }: Merged): readonly (readonly [name: string, schema: Schema])[] {
  if (types.length > 1 || (types[0] !== undefined && types[0] !== 'object')) return []
  return [...properties].filter(([, schema]) => {
    const { unions, types: [type, ...others] } = mergeAllOf(lowering, schema)
    return unions.length === 0 && others.length === 0 && type !== undefined && type !== 'object' && type !== 'array'
  })
}

/** What a level is made of below itself. */
export function childrenOf(lowering: Lowering, merged: Merged): readonly Schema[] {
  const { types, properties, items, additional } = merged
  const [type] = types
  if (types.length > 1) return []
  if (type === 'array' || (type === undefined && properties.size === 0 && items.length > 0)) {
    const item = items.length > 0 ? lowering.same.all(items) : lowering.same.any(merged.schema.prefixItems)
    return item === undefined ? [] : [item]
  }
  if (type !== undefined && type !== 'object') return []
  if (properties.size > 0) return [...properties.values()]
  const values = lowering.same.all(additional.filter((value): value is Schema => typeof value === 'object'))
  return values === undefined ? [] : [values]
}

/**
 * Room for each child: small ones get what they need, and what is left is shared evenly among the large ones, so that few large
 * subtrees are cut instead of many small ones.
 */
export function shareRoom(sizes: readonly number[], room: number): readonly number[] {
  const sorted = sizes.toSorted((a, b) => a - b)
  let left = room
  for (const [index, size] of sorted.entries()) {
    const share = Math.floor(left / (sorted.length - index))
    if (size > share) return sizes.map((each) => Math.min(each, share))
    left -= size
  }
  return sizes
}
