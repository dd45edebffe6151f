import type { Schema } from '@oasgen/openapi'
import { propertiesOf } from './look.js'

/** Branches of a union at the root of a body: groups of fields of which one (oneOf) or at least one (anyOf) applies. */
export interface FieldUnion {
  readonly kind: 'oneOf' | 'anyOf'
  readonly branches: readonly UnionBranch[]
  /** The field whose value tells the branch. */
  readonly discriminator?: string
  readonly schema: Schema
}

export interface UnionBranch {
  /** Its title, else the name of its component, else its number. */
  readonly name: string
  readonly fields: readonly string[]
  readonly required: readonly string[]
  /** Values of the discriminator. */
  readonly values?: readonly string[]
}

export function unionsOf(schema: Schema): readonly FieldUnion[] {
  return collect(schema, new Set())
}

function collect(schema: Schema, open: Set<Schema>): readonly FieldUnion[] {
  if (open.has(schema)) return []
  open.add(schema)
  const own = (['oneOf', 'anyOf'] as const).filter((kind) => schema[kind].length > 1).map((kind) => union(schema, kind))
  return [...own, ...schema.allOf.flatMap((part) => collect(part, open))]
}

function union(schema: Schema, kind: 'oneOf' | 'anyOf'): FieldUnion {
  const discriminator = schema.discriminator
  const branches = schema[kind].map((branch, index) => {
    const properties = propertiesOf(branch)
    const values = discriminator && [...discriminator.mapping].filter(([, target]) => target === branch).map(([value]) => value)
    return {
      name: branch.title ?? branch.refName ?? String(index + 1),
      fields: [...properties.keys()],
      required: [...properties].filter(([, property]) => property.required).map(([name]) => name),
      ...(values && values.length > 0 && { values }),
    }
  })
  return { kind, branches, ...(discriminator && { discriminator: discriminator.propertyName }), schema }
}
