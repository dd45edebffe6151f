import { itemsOf, propertiesOf } from '@oasgen/model'
import type { Schema } from '@oasgen/openapi'
import type { ShapePlan } from '@oasgen/plan'
import type { PatternStep } from '@oasgen/restdefinition'

/** How deep a shape looks, and how many places it has at most; beyond that everything is sent as it stands. */
const LEVELS = 8
const MAX_PLACES = 2_000

export interface ShapeInput {
  /** What this body declares; absent inside of what the definition adds. */
  readonly body: Schema | undefined
  /** All that the spec field may hold. */
  readonly spec: readonly Schema[]
  /** Places below that the definition adds to the body. */
  readonly added: readonly (readonly PatternStep[])[]
  /** Places below that are in the spec for us alone: references to Secrets and to other resources. */
  readonly kept: readonly (readonly PatternStep[])[]
}

/** What of a spec field this body declares; `true` where that is all of it. */
export function compileShape(input: ShapeInput): ShapePlan {
  return shapeOf(input, { levels: LEVELS, room: { left: MAX_PLACES } })
}

interface Bounds {
  readonly levels: number
  readonly room: { left: number }
}

function shapeOf(input: ShapeInput, bounds: Bounds): ShapePlan {
  const { body, kept } = input
  const { levels, room } = bounds
  room.left -= 1
  const others = input.spec.filter((schema) => schema !== body)
  if (levels === 0 || room.left < 0 || (others.length === 0 && kept.length === 0)) return true
  const elements = body && itemsOf(body)
  if (elements !== undefined || [...kept, ...input.added].some(([step]) => step !== undefined && 'each' in step)) {
    const spec = others.flatMap((schema) => itemsOf(schema) ?? [])
    return shapeOf({ body: elements, spec, added: inElements(input.added), kept: inElements(kept) }, { levels: levels - 1, room })
  }
  return body === undefined || (isOpen(body) && kept.length === 0) ? true : objectShape({ ...input, body, spec: others }, bounds)
}

function objectShape({ body, spec, added, kept }: ShapeInput & { readonly body: Schema }, { levels, room }: Bounds): ShapePlan {
  const declared = propertiesOf(body)
  const names = [...new Set([...declared.keys(), ...added.flatMap(firstKey)])]
  if (names.length === 0) return true
  const wider = spec.map(propertiesOf)
  const shapes = names.map((name) => [name, shapeOf({
    body: declared.get(name)?.schema,
    spec: wider.flatMap((properties) => properties.get(name)?.schema ?? []),
    added: inMember(added, name),
    kept: inMember(kept, name),
  }, { levels: levels - 1, room })] as const)
  const others = wider.flatMap((properties) => [...properties.keys()]).filter((name) => !names.includes(name))
  const hasMore = others.length > 0 || kept.some((steps) => steps.length === 1)
  return !hasMore && shapes.every(([, shape]) => shape === true) ? true : Object.fromEntries(shapes)
}

/** Anything may stand there. */
function isOpen(schema: Schema): boolean {
  return schema.additionalProperties === true || typeof schema.additionalProperties === 'object' || schema.allOf.some(isOpen)
}

function firstKey([step]: readonly PatternStep[]): readonly string[] {
  return step !== undefined && 'key' in step ? [step.key] : []
}

function inElements(places: ShapeInput['added']): ShapeInput['added'] {
  return places.flatMap(([step, ...rest]) => (step !== undefined && 'each' in step ? [rest] : []))
}

function inMember(places: ShapeInput['added'], name: string): ShapeInput['added'] {
  return places.flatMap((steps) => (firstKey(steps)[0] === name && steps.length > 1 ? [steps.slice(1)] : []))
}
