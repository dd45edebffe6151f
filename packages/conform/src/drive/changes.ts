import { isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Plan, ShapePlan } from '@oasgen/plan'
import type { StructuralSchema } from '@oasgen/structural'
import { at, put, resourcePlace } from '../server/body.js'
import { bodyFields } from '../server/shape.js'
import { mayFollow, otherThan, type Kind } from './sample.js'

/** A field that can be changed, and how. */
export interface Change {
  /** `spec.color` */
  readonly place: string
  /** In the object. */
  readonly path: string
  readonly from: JsonValue
  readonly to: JsonValue
}

export interface ChangeInput {
  readonly plan: Plan
  readonly kind: Kind
  readonly spec: JsonObject
}

/** An ordinary field that update can carry: what drift and an edit are tried with. */
export function findEdit(input: ChangeInput): Change | undefined {
  const names = new Set(namingPlaces(input.plan))
  return candidates(input).find(({ place }) => !names.has(place))
}

/** A field by which the object is found, where update can carry it. */
export function findRename(input: ChangeInput): Change | undefined {
  const names = new Set(namingPlaces(input.plan))
  const identity = new Set(input.plan.identity.parts.map(({ path }) => path))
  return candidates(input).find(({ place }) => names.has(place) && !identity.has(place))
}

function namingPlaces({ identity, actions }: Plan): readonly string[] {
  const identifiers = actions.findby?.match?.identifiers.flatMap(({ resource }) => resource) ?? []
  return [...identity.parts.map(({ path }) => path), ...identifiers]
}

function candidates({ plan, kind, spec }: ChangeInput): readonly Change[] {
  const frozen = plan.compare.rules.filter(({ immutable, secret, compare }) => immutable !== undefined || secret === true || compare === 'ignore').map(({ path }) => `spec.${path}`)
  const ignored = plan.compare.ignored.map((path) => `spec.${path}`)
  // A field in which answers carry the identity says which object it is: another value is another object.
  const identity = plan.identity.parts.flatMap(({ from }) => from.flatMap((source) => (source.in === 'body' ? [source.path] : [])))
  return bodyFields(plan.actions.update).flatMap((field) => {
    const place = field.sources[0]?.from === 'resource' ? resourcePlace(field) : undefined
    if (place === undefined || !place.startsWith('spec.') || identity.includes(field.path) || field.writeOnly === true || [...frozen, ...ignored].includes(place)) return []
    // The object calls it as create does.
    const stored = bodyFields(plan.actions.create).find((each) => resourcePlace(each) === place) ?? field
    return changeOf({ plan, kind, spec }, { place, path: stored.path, shape: field.shape ?? true })
  })
}

interface Field extends Pick<Change, 'place' | 'path'> {
  /** What update carries of it. */
  readonly shape: ShapePlan
}

/** A scalar of the field, or the first one below it. */
function changeOf({ kind, spec }: ChangeInput, { place, path, shape }: Field): readonly Change[] {
  const value = at({ spec }, place)
  if (value === undefined || value === null || typeof value === 'object') return nested({ kind, spec }, { place, path, shape, value })
  const to = otherThan(schemaAt(kind.schema, place), value).find((other) => mayFollow(kind, spec, (put({ spec }, place, other) as { readonly spec: JsonObject }).spec))
  return to === undefined ? [] : [{ place, path, from: value, to }]
}

function nested({ kind, spec }: Pick<ChangeInput, 'kind' | 'spec'>, { place, path, shape, value }: Field & { readonly value: JsonValue | undefined }): readonly Change[] {
  if (!isObject(value)) return []
  for (const [name, child] of Object.entries(value)) {
    if (child === null || typeof child === 'object' || !/^[A-Za-z_]\w*$/.test(name) || (shape !== true && !Object.hasOwn(shape, name))) continue
    const below = `${place}.${name}`
    const to = otherThan(schemaAt(kind.schema, below), child).find((other) => mayFollow(kind, spec, (put({ spec }, below, other) as { readonly spec: JsonObject }).spec))
    if (to !== undefined) return [{ place: below, path: `${path}.${name}`, from: child, to }]
  }
  return []
}

function schemaAt(schema: StructuralSchema, place: string): StructuralSchema | undefined {
  let current: StructuralSchema | undefined = schema
  for (const name of place.split('.')) current = current?.properties?.[name]
  return current
}

export function withChange(spec: JsonObject, { place, to }: Change): JsonObject {
  return (put({ spec }, place, to) as { readonly spec: JsonObject }).spec
}
