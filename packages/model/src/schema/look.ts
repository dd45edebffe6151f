import type { Schema, SchemaType } from '@oasgen/openapi'
import { allOfThese, anyOfThese } from './derived.js'

/** A property as all of a schema's parts together see it. */
export interface Property {
  readonly schema: Schema
  readonly required: boolean
  /** Declared only by branches of a union, so that it may be absent. */
  readonly inUnion: boolean
}

/** Properties of a schema with its allOf members and the branches of its unions, in the document's order. */
export function propertiesOf(schema: Schema): ReadonlyMap<string, Property> {
  return collect(schema, new Set())
}

function collect(schema: Schema, open: Set<Schema>): Map<string, Property> {
  const found = new Map<string, Property>()
  if (open.has(schema)) return found
  open.add(schema)
  for (const [name, property] of schema.properties) found.set(
    name,
    { schema: property, required: schema.required.includes(name), inUnion: false },
  )
  for (const part of schema.allOf) addPart(found, collect(part, open))
  for (const branches of [schema.oneOf, schema.anyOf]) if (branches.length > 0) addPart(found, union(branches, open))
  open.delete(schema)
  for (const name of schema.required) require(found, name)
  return found
}

/** A property that two parts declare has to satisfy both. */
function addPart(found: Map<string, Property>, part: ReadonlyMap<string, Property>): void {
  for (const [name, property] of part) {
    const known = found.get(name)
    if (known === undefined) found.set(name, property)
    else found.set(
      name,
      {
        schema: allOfThese([known.schema, property.schema]) ?? known.schema,
        required: known.required || property.required,
        inUnion: known.inUnion && property.inUnion,
      },
    )
  }
}

function require(found: Map<string, Property>, name: string): void {
  const known = found.get(name)
  if (known !== undefined && !known.required) found.set(name, { ...known, required: true })
}

function union(branches: readonly Schema[], open: Set<Schema>): Map<string, Property> {
  const parts = branches.map((branch) => collect(branch, open))
  const names = new Set(parts.flatMap((part) => [...part.keys()]))
  const found = new Map<string, Property>()
  for (const name of names) {
    const of = parts.flatMap((part) => part.get(name) ?? [])
    const schema = anyOfThese(of.map((property) => property.schema))
    const required = of.length === parts.length && of.every((property) => property.required)
    if (schema !== undefined) found.set(name, { schema, required, inUnion: true })
  }
  return found
}

/** The property, or undefined. */
export function propertyOf(schema: Schema, name: string): Schema | undefined {
  return schema.properties.get(name) ?? propertiesOf(schema).get(name)?.schema
}

/** The schema at a path of plain names below. */
export function schemaAt(schema: Schema, names: readonly string[]): Schema | undefined {
  let current: Schema | undefined = schema
  for (const name of names) {
    if (current === undefined) return undefined
    current = propertyOf(current, name) ?? valueOf(current)
  }
  return current
}

/** The schema of the values of a map. */
function valueOf(schema: Schema): Schema | undefined {
  const values = schema.additionalProperties
  return typeof values === 'object' ? values : undefined
}

/** The types that the schema leaves, its parts considered: the intersection over allOf, the union over branches. Empty = any. */
export function typesOf(schema: Schema): readonly SchemaType[] {
  return types(schema, new Set())
}

function types(schema: Schema, open: Set<Schema>): readonly SchemaType[] {
  if (open.has(schema)) return []
  open.add(schema)
  let left: readonly SchemaType[] = schema.types
  for (const part of schema.allOf) left = meet(left, types(part, open))
  for (const branches of [schema.oneOf, schema.anyOf]) if (branches.length > 0) left = meet(
    left,
    join(branches.map((branch) => types(branch, open))),
  )
  open.delete(schema)
  return left
}

function meet(a: readonly SchemaType[], b: readonly SchemaType[]): readonly SchemaType[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a
  const common = a.filter((type) => b.includes(type) || (type === 'integer' && b.includes('number')))
  return common.length > 0 ? common : a.includes('number') && b.includes('integer') ? ['integer'] : a
}

function join(all: readonly (readonly SchemaType[])[]): readonly SchemaType[] {
  return all.some((each) => each.length === 0) ? [] : [...new Set(all.flat())]
}

export function isListSchema(schema: Schema): boolean {
  const left = typesOf(schema)
  return left.length === 0 ? itemsOf(schema) !== undefined : left.length === 1 && left[0] === 'array'
}

export function isObjectSchema(schema: Schema): boolean {
  const left = typesOf(schema)
  return left.length === 0 ? propertiesOf(schema).size > 0 : left.length === 1 && left[0] === 'object'
}

/** The schema of the elements, also where an allOf member or a branch has it. */
export function itemsOf(schema: Schema): Schema | undefined {
  if (schema.items !== undefined) return schema.items
  for (const part of [...schema.allOf, ...schema.oneOf, ...schema.anyOf]) {
    if (part.items !== undefined) return part.items
  }
  return undefined
}
