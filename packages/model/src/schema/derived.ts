import type { DocumentPlace } from '@oasgen/diagnostics'
import type { Schema, SchemaType } from '@oasgen/openapi'

/** What a schema that no document wrote may say; everything else is as in an empty schema. */
export type SchemaParts = Partial<Omit<Schema, 'placeOf' | 'kind' | 'uri' | 'pointer' | 'place'>>

const NOTHING = {
  types: [],
  typeOrigin: 'absent',
  nullable: false,
  properties: new Map(),
  required: [],
  additionalProperties: undefined,
  prefixItems: [],
  uniqueItems: false,
  allOf: [],
  oneOf: [],
  anyOf: [],
  readOnly: false,
  writeOnly: false,
  deprecated: false,
  extensions: {},
  unsupported: [],
  findings: [],
} as const satisfies SchemaParts

const MADE = Symbol('made')

/** A schema of our own, cited where the thing stands that it was made for. */
export function madeSchema(place: DocumentPlace, parts: SchemaParts): Schema {
  const schema: Schema = { ...NOTHING, kind: 'schema', uri: place.uri, pointer: place.pointer, place, ...parts, placeOf: () => place }
  return Object.defineProperty(schema, MADE, { value: true })
}

/** Whether no document wrote the schema: its keywords are ours and stand in no report. */
export function isMade(schema: Schema): boolean {
  return Object.hasOwn(schema, MADE)
}

/** A type and nothing else. */
export function plainSchema(place: DocumentPlace, type: SchemaType): Schema {
  return madeSchema(place, { types: [type], typeOrigin: 'inferred' })
}

/** All of them hold at once. One alone, or the same one again, is itself. */
export function allOfThese(schemas: readonly Schema[]): Schema | undefined {
  const different = [...new Set(schemas)]
  const [first] = different
  return first === undefined || different.length === 1 ? first : madeSchema(first.place, { allOf: different })
}

/** One of them holds. */
export function anyOfThese(schemas: readonly Schema[]): Schema | undefined {
  const different = [...new Set(schemas)]
  const [first] = different
  return first === undefined || different.length === 1 ? first : madeSchema(first.place, { anyOf: different })
}

const PARTS = [
  'refName', 'types', 'typeOrigin', 'nullable', 'nullBranch', 'title', 'description', 'properties', 'required', 'additionalProperties', 'minProperties',
  'maxProperties', 'items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems', 'allOf', 'oneOf', 'anyOf', 'not', 'enum', 'format', 'pattern',
  'minLength', 'maxLength', 'minimum', 'maximum', 'multipleOf', 'default', 'example', 'readOnly', 'writeOnly', 'deprecated', 'discriminator',
  'extensions', 'unsupported', 'findings',
] as const satisfies readonly (keyof SchemaParts)[]

/** The schema with some of its keywords replaced, or taken out where `undefined`. Children are shared, so identity below stays. */
export function withParts(schema: Schema, parts: { readonly [K in keyof SchemaParts]?: SchemaParts[K] | undefined }): Schema {
  const copy: Record<string, unknown> = {
    kind: schema.kind,
    uri: schema.uri,
    pointer: schema.pointer,
    placeOf: (keyword: string) => schema.placeOf(keyword),
  }
  Object.defineProperty(copy, 'place', { get: () => schema.place, enumerable: true })
  for (const part of PARTS) {
    if (Object.hasOwn(parts, part)) {
      if (parts[part] !== undefined) copy[part] = parts[part]
    } else if (schema[part] !== undefined) copy[part] = schema[part]
  }
  return copy as unknown as Schema
}
