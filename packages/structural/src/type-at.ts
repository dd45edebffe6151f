import { own, valuesSchema, type StructuralSchema } from './schema.js'

/** How server-side apply treats a place. */
export interface PlaceType {
  readonly schema: StructuralSchema
  readonly listType?: 'atomic' | 'set' | 'map'
  readonly listMapKeys?: readonly string[]
  readonly mapType?: 'granular' | 'atomic'
}

/** A field name, or the step into whatever item of a list. */
export type PathStep = string | { readonly item: true }

export const ITEM: PathStep = { item: true }

/** The type of a place below `schema`; undefined where the schema says nothing (apply then deduces from the value). */
export function typeAt(schema: StructuralSchema, path: readonly PathStep[]): PlaceType | undefined {
  let place: StructuralSchema | undefined = schema
  for (const step of path) {
    if (place === undefined) return undefined
    place = typeof step === 'string' ? (own(place.properties, step) ?? valuesSchema(place)) : place.items
  }
  return place && placeType(place)
}

function placeType(schema: StructuralSchema): PlaceType {
  if (schema.type === 'array') return { schema, ...listTypeOf(schema) }
  if (schema.type === 'object') return { schema, mapType: schema['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : 'granular' }
  return { schema }
}

/** Lists are atomic unless they say otherwise. */
export function listTypeOf(schema: StructuralSchema): { readonly listType: 'atomic' | 'set' | 'map'; readonly listMapKeys?: readonly string[] } {
  const listType = schema['x-kubernetes-list-type']
  if (listType === 'map') return { listType, listMapKeys: listMapKeysOf(schema) }
  return { listType: listType === 'set' ? 'set' : 'atomic' }
}

export function listMapKeysOf(schema: StructuralSchema): readonly string[] {
  return schema['x-kubernetes-list-map-keys'] ?? []
}
