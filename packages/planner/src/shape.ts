import { itemsOf, propertiesOf } from '@oasgen/model'
import type { Schema } from '@oasgen/openapi'
import type { ShapePlan } from '@oasgen/plan'

/** How deep a shape looks; below it everything is sent as it stands. */
const LEVELS = 8

/** Properties that something puts into the spec and that no body declares: references beside a value, sources of mappings. */
export interface ShapeInput {
  /** What this body declares. */
  readonly body: Schema
  /** All that the spec field may hold. */
  readonly spec: readonly Schema[]
}

/** What of a spec field this body declares; `true` where that is all of it. */
export function compileShape(input: ShapeInput): ShapePlan {
  return shapeOf(input, LEVELS)
}

function shapeOf({ body, spec }: ShapeInput, levels: number): ShapePlan {
  const others = spec.filter((schema) => schema !== body)
  if (others.length === 0 || levels === 0 || isOpen(body)) return true
  const elements = itemsOf(body)
  if (elements !== undefined) return shapeOf({ body: elements, spec: others.flatMap((schema) => itemsOf(schema) ?? []) }, levels)
  const declared = propertiesOf(body)
  if (declared.size === 0) return true
  const shapes = [...declared].map(([name, { schema }]) => [name, shapeOf({ body: schema, spec: propertiesNamed(others, name) }, levels - 1)] as const)
  const hasMore = others.some((schema) => [...propertiesOf(schema).keys()].some((name) => !declared.has(name)))
  return !hasMore && shapes.every(([, shape]) => shape === true) ? true : Object.fromEntries(shapes)
}

function isOpen(schema: Schema): boolean {
  return schema.additionalProperties === true || typeof schema.additionalProperties === 'object' || schema.allOf.some(isOpen)
}

function propertiesNamed(schemas: readonly Schema[], name: string): readonly Schema[] {
  return schemas.flatMap((schema) => propertiesOf(schema).get(name)?.schema ?? [])
}
