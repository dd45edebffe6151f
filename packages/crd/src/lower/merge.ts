import { type JsonNumber, type JsonValue, compareNumbers, equalJson } from '@oasgen/json'
import type { Bound, Schema, SchemaType } from '@oasgen/openapi'
import type { Lowering } from './context.js'

/** A schema and all members of its allOf as one: what a value has to fulfil at this level. */
export interface Merged {
  readonly schema: Schema
  /** The schema itself and everything that it is merged from, each once. */
  readonly parts: readonly Schema[]
  /** Empty = any. */
  readonly types: readonly SchemaType[]
  readonly nullable: boolean
  readonly properties: ReadonlyMap<string, Schema>
  readonly required: ReadonlySet<string>
  readonly additional: readonly (boolean | Schema)[]
  readonly items: readonly Schema[]
  readonly unions: readonly Union[]
  readonly nots: readonly Schema[]
  readonly enum?: readonly JsonValue[]
  readonly minimum?: Bound
  readonly maximum?: Bound
  readonly key: string
  /** Where members contradict each other. */
  readonly conflicts: readonly Conflict[]
}

export interface Conflict {
  readonly schema: Schema
  readonly keyword: 'type' | 'enum'
  readonly detail?: string
}

export interface Union {
  readonly kind: 'oneOf' | 'anyOf'
  readonly branches: readonly Schema[]
  readonly of: Schema
}

/** Pass 1, mergeAllOf: `allOf: [{a}, {b}]` becomes `{a, b}`; a property that two members declare has to fulfil both. Made once per schema. */
export function mergeAllOf(lowering: Lowering, schema: Schema): Merged {
  const known = lowering.merged.get(schema)
  if (known !== undefined) return known
  const made = merge(lowering, schema)
  lowering.merged.set(schema, made)
  return made
}

function merge(lowering: Lowering, schema: Schema): Merged {
  const parts = flatten(schema)
  const unions = parts.flatMap((of) =>
    (['oneOf', 'anyOf'] as const).filter((kind) => of[kind].length > 1).map((kind) => ({ kind, branches: of[kind], of })),
  )
  const conflicts: Conflict[] = []
  const types = meetTypes(parts, conflicts)
  const values = meetEnums(parts, conflicts)
  const minimum = tightest(parts, 'minimum')
  const maximum = tightest(parts, 'maximum')
  return {
    schema,
    parts,
    types,
    nullable: parts.some((part) => part.nullable) || unions.some(({ branches }) => branches.some((branch) => branch.nullable)),
    properties: meetProperties(lowering, parts),
    required: new Set(parts.flatMap((part) => part.required)),
    additional: parts.flatMap((part) => (part.additionalProperties === undefined ? [] : [part.additionalProperties])),
    items: parts.flatMap((part) => part.items ?? []),
    unions,
    nots: parts.flatMap((part) => part.not ?? []),
    ...(values && { enum: values }),
    ...(minimum && { minimum }),
    ...(maximum && { maximum }),
    key: parts.map((part) => lowering.same.numberOf(part)).toSorted((a, b) => a - b).join('+'),
    conflicts,
  }
}

/** The schema and its allOf members, and branches of unions that leave no choice. */
export function flatten(schema: Schema): readonly Schema[] {
  const parts = new Set<Schema>()
  const add = (part: Schema): void => {
    if (parts.has(part)) return
    parts.add(part)
    for (const member of part.allOf) add(member)
    for (const branches of [part.oneOf, part.anyOf]) if (branches.length === 1 && branches[0] !== undefined) add(branches[0])
  }
  add(schema)
  return [...parts]
}

function meetTypes(parts: readonly Schema[], conflicts: Conflict[]): readonly SchemaType[] {
  let types: readonly SchemaType[] = []
  for (const part of parts) {
    const next = meet(types, part.types)
    if (next === undefined) conflicts.push(
      { schema: part, keyword: 'type', detail: `${types.join(' or ')} and ${part.types.join(' or ')}` },
    )
    else types = next
  }
  return types
}

function meet(a: readonly SchemaType[], b: readonly SchemaType[]): readonly SchemaType[] | undefined {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a
  const common = a.filter((type) => b.includes(type))
  if (common.length > 0) return common
  const whole = (x: readonly SchemaType[], y: readonly SchemaType[]): boolean => x.includes('integer') && y.includes('number')
  return whole(a, b) || whole(b, a) ? ['integer'] : undefined
}

function meetEnums(parts: readonly Schema[], conflicts: Conflict[]): readonly JsonValue[] | undefined {
  let values: readonly JsonValue[] | undefined
  for (const part of parts) {
    const own = part.enum
    if (own === undefined) continue
    const common = values === undefined ? own : values.filter((value) => own.some((other) => equalJson(value, other)))
    if (common.length === 0) conflicts.push({ schema: part, keyword: 'enum' })
    else values = common
  }
  return values
}

function tightest(parts: readonly Schema[], keyword: 'minimum' | 'maximum'): Bound | undefined {
  let found: Bound | undefined
  for (const part of parts) {
    const bound = part[keyword]
    if (bound !== undefined && (found === undefined || isTighter(bound, found, keyword))) found = bound
  }
  return found
}

function isTighter(bound: Bound, than: Bound, keyword: 'minimum' | 'maximum'): boolean {
  const order = compareNumbers(bound.value, than.value)
  return order === 0 ? bound.exclusive && !than.exclusive : keyword === 'minimum' ? order > 0 : order < 0
}

function meetProperties(lowering: Lowering, parts: readonly Schema[]): ReadonlyMap<string, Schema> {
  const found = new Map<string, Schema[]>()
  for (const part of parts) {
    for (const [name, property] of part.properties) found.set(name, [...(found.get(name) ?? []), property])
  }
  return new Map([...found].flatMap(([name, schemas]) => {
    const schema = lowering.same.all(schemas)
    return schema === undefined ? [] : [[name, schema] as const]
  }))
}

/** The smallest maximum or the largest minimum that any part gives. */
export function limitOf(
  merged: Merged,
  keyword: 'minLength' | 'minItems' | 'minProperties' | 'maxLength' | 'maxItems' | 'maxProperties',
): { readonly value: number; readonly schema: Schema } | undefined {
  let found: { readonly value: number; readonly schema: Schema } | undefined
  for (const schema of merged.parts) {
    const value = schema[keyword]
    if (
      value !== undefined &&
      (found === undefined || (keyword.startsWith('min') ? value > found.value : value < found.value))
    ) found = { value, schema }
  }
  return found
}

export function multipleOf(merged: Merged): { readonly value: JsonNumber; readonly schema: Schema } | undefined {
  const schema = merged.parts.find((part) => part.multipleOf !== undefined)
  return schema?.multipleOf === undefined ? undefined : { value: schema.multipleOf, schema }
}

/** What the first part that says it says. */
export function firstOf<K extends keyof Schema>(merged: Merged, keyword: K): Schema[K] | undefined {
  return merged.parts.find((part) => part[keyword] !== undefined)?.[keyword]
}
