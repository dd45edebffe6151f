import { equalJson, type JsonValue } from '@oasgen/json'
import type { Schema, SchemaType } from '@oasgen/openapi'
import { itemsOf, propertiesOf, type Property, typesOf } from '@oasgen/model'
import { FidelityLog } from '../fidelity/report.js'
import { type Lowering, note, type Spot } from './context.js'
import { flatten, type Merged, type Union } from './merge.js'
import { constraintsOf } from './scalar.js'
import type { Structural } from './structural.js'

/** A level without unions: what its branches allow is in the level itself, what they demand in junctors. */
export interface Settled {
  readonly merged: Merged
  readonly junctors: readonly Structural[]
}

/**
 * Pass 2, settleUnions. Branches of one type keep their junctor with the types hoisted; objects become one object with the fields of
 * all branches; whole number or text becomes int-or-string; everything else has no form and any value is taken.
 */
export function settleUnions(lowering: Lowering, merged: Merged, spot: Spot): Settled {
  if (merged.unions.length === 0) return { merged, junctors: [] }
  const known = lowering.settled.get(merged.schema) ?? settle(lowering, merged, spot)
  lowering.settled.set(merged.schema, known)
  known.log.replay(lowering.log, spot.field)
  return known.settled
}

/** Settling a union says the same at every place where its schema stands, so it is done once and told again. */
export interface Settlement {
  readonly settled: Settled
  readonly log: FidelityLog
}

function settle(lowering: Lowering, merged: Merged, spot: Spot): Settlement {
  const log = new FidelityLog()
  let settled: Settled = { merged: { ...merged, unions: [] }, junctors: [] }
  for (const union of merged.unions) settled = settleOne({ ...lowering, log }, settled, union, spot)
  return { settled, log }
}

function settleOne(lowering: Lowering, settled: Settled, given: Union, spot: Spot): Settled {
  const { merged, junctors } = settled
  const whole = { ...given, branches: spread(given.branches, new Set()) }
  const union = withoutFloatTexts(lowering, withoutEmptyText(lowering, whole, spot), spot)
  const types = meetTypes(merged.types, union.branches.map(typesIn))
  if (types === 'conflict') {
    note(lowering, spot, { outcome: 'weakened', schema: union.of, keyword: union.kind, rule: 'intersection-conflict' })
    return { merged, junctors }
  }
  const [type] = types
  const one = types.length === 1 ? type : undefined
  if (one === 'object') return settleObjects(lowering, { merged: { ...merged, types }, junctors }, union, spot)
  if (one === 'array') return settleLists(lowering, { merged: { ...merged, types }, junctors }, union, spot)
  if (one !== undefined) return settleScalars(lowering, { merged: { ...merged, types }, junctors }, union, spot)
  return { merged: { ...merged, types: types.length === 0 ? ANY : types, ...enumOf(merged, union) }, junctors }
}

/** A branch that is nothing but a union itself adds its own branches. */
function spread(branches: readonly Schema[], open: Set<Schema>): readonly Schema[] {
  return [...new Set(branches.flatMap((branch) => {
    if (open.has(branch) || !isBareUnion(branch)) return [branch]
    open.add(branch)
    return spread([...branch.anyOf, ...branch.oneOf], open)
  }))]
}

function isBareUnion(schema: Schema): boolean {
  const one = (schema.anyOf.length > 0) !== (schema.oneOf.length > 0)
  const silent = schema.types.length === 0 && schema.enum === undefined && schema.required.length === 0 && schema.items === undefined
  return one && silent && schema.properties.size === 0 && schema.allOf.length === 0
}

/** A branch that takes nothing but the empty text is a way to remove the value; leaving the field out says the same, and the type stays. */
function withoutEmptyText(lowering: Lowering, union: Union, spot: Spot): Union {
  const branches = union.branches.filter((branch) => !isEmptyText(branch))
  const others = new Set(branches.flatMap(typesIn))
  if (branches.length === union.branches.length || branches.length === 0 || others.has('string') || others.size === 0) return union
  note(lowering, spot, { outcome: 'strengthened', schema: union.of, keyword: union.kind, rule: 'empty-text' })
  return { ...union, branches }
}

/**
 * Doubles as OData describes them: a number, or a text because of the three values that JSON has no number for. A status takes all of
 * it as it comes; a spec takes the number.
 */
function withoutFloatTexts(lowering: Lowering, union: Union, spot: Spot): Union {
  if (lowering.mode === 'status' || !union.branches.some(namesInfinity)) return union
  const numbers = union.branches.filter((branch) => typesIn(branch).every((type) => type === 'number') && typesIn(branch).length > 0)
  if (numbers.length === 0) return union
  note(lowering, spot, { outcome: 'strengthened', schema: union.of, keyword: union.kind, rule: 'float-text' })
  return { ...union, branches: numbers }
}

function namesInfinity({ enum: values, allOf }: Schema): boolean {
  return allOf.length === 0 && values !== undefined && values.length > 0 && values.every((value) => typeof value === 'string' && /^(?:[-+]?inf(?:inity)?|nan)$/i.test(value))
}

function isEmptyText(branch: Schema): boolean {
  return branch.enum?.length === 1 && branch.enum[0] === '' && branch.allOf.length === 0
}

/** Several types that have no form together: the next pass says so. */
const ANY: readonly SchemaType[] = ['string', 'number', 'boolean', 'object', 'array']

/** The types of a branch; one that says nothing of types takes those of the level. */
function typesIn(branch: Schema): readonly SchemaType[] {
  const types = typesOf(branch)
  if (types.length > 0) return types
  if (propertiesOf(branch).size > 0 || typeof branch.additionalProperties === 'object') return ['object']
  return itemsOf(branch) === undefined ? [] : ['array']
}

function meetTypes(own: readonly SchemaType[], branches: readonly (readonly SchemaType[])[]): readonly SchemaType[] | 'conflict' {
  const silent = branches.some((types) => types.length === 0)
  const all = [...new Set(branches.flat())]
  if (own.length === 0) return silent ? [] : narrowed(all)
  if (silent) return own
  const common = own.filter((type) =>
    all.includes(type) || (type === 'integer' && all.includes('number')) || (type === 'number' && all.includes('integer')),
  )
  return common.length === 0 ? 'conflict' : common
}

function narrowed(types: readonly SchemaType[]): readonly SchemaType[] {
  return types.includes('number') ? types.filter((type) => type !== 'integer') : types
}

function settleObjects(lowering: Lowering, { merged, junctors }: Settled, union: Union, spot: Spot): Settled {
  const branches = union.branches.map((branch) => propertiesOf(branch))
  const properties = new Map(merged.properties)
  for (const name of new Set(branches.flatMap((branch) => [...branch.keys()]))) {
    const schemas = branches.flatMap((branch) => branch.get(name)?.schema ?? [])
    const joined = lowering.same.any(schemas)
    const own = merged.properties.get(name)
    const schema = own === undefined || joined === undefined ? joined : lowering.same.all([own, joined])
    if (schema !== undefined) properties.set(name, schema)
  }
  const shared = sharedNames(branches)
  const additional = union.branches.flatMap((branch) => flatten(branch).flatMap((part) => part.additionalProperties ?? []))
  const next: Merged = {
    ...merged,
    properties,
    required: new Set([...merged.required, ...shared]),
    additional: [...merged.additional, ...additional.filter((value) => value !== false)],
  }
  return {
    merged: next,
    junctors: [...junctors, ...objectJunctor(lowering, { union, branches, required: next.required, known: properties, spot })],
  }
}

function sharedNames(branches: readonly ReadonlyMap<string, Property>[]): readonly string[] {
  const [first, ...rest] = branches.map(requiredIn)
  return [...(first ?? [])].filter((name) => rest.every((names) => names.has(name)))
}

function requiredIn(branch: ReadonlyMap<string, Property>): ReadonlySet<string> {
  return new Set([...branch].filter(([, property]) => property.required && !property.schema.readOnly).map(([name]) => name))
}

/** What a branch requires, whether it declares the fields itself or the level does. */
function demands(branch: Schema, properties: ReadonlyMap<string, Property> | undefined): readonly string[] {
  const named = flatten(branch).flatMap((part) => part.required)
  const readOnly = (name: string): boolean => properties?.get(name)?.schema.readOnly === true
  return [...new Set([...named, ...(properties ? requiredIn(properties) : [])])].filter((name) => !readOnly(name))
}

interface ObjectUnion {
  readonly union: Union
  readonly branches: readonly ReadonlyMap<string, Property>[]
  readonly required: ReadonlySet<string>
  /** Fields that the object has. */
  readonly known: ReadonlyMap<string, unknown>
  readonly spot: Spot
}

/** What tells the branches apart and what each demands, where both can be said without types. */
export function objectJunctor(lowering: Lowering, objects: ObjectUnion): readonly Structural[] {
  const { union, branches, required, spot } = objects
  const report = (rule: 'union-merged' | 'union-relaxed' | 'compatible' | 'status-open'): readonly Structural[] => {
    note(lowering, spot, { outcome: 'weakened', schema: union.of, keyword: union.kind, rule })
    return []
  }
  if (lowering.mode !== 'strict') return report(lowering.mode === 'status' ? 'status-open' : 'compatible')
  const own = union.branches.map((branch, index) =>
    demands(branch, branches[index]).filter((name) => objects.known.has(name) && !required.has(name) && name !== 'metadata'),
  )
  const mark = discriminatorOf(union, branches)
  if (mark !== undefined) {
    lowering.log.carried()
    return [
      {
        oneOf: mark.values.map((values, index) =>
          ({ properties: { [mark.property]: { enum: values } }, required: [...new Set([mark.property, ...(own[index] ?? [])])] }),
        ),
      },
    ]
  }
  if (own.some((names) => names.length === 0)) return report('union-merged')
  if (union.kind === 'oneOf') report('union-relaxed')
  else lowering.log.carried()
  return [{ anyOf: own.map((names) => ({ required: names })) }]
}

interface Mark {
  readonly property: string
  readonly values: readonly (readonly JsonValue[])[]
}

/** A property whose values tell the branch: named by `discriminator`, or a constant that differs in every branch. */
function discriminatorOf(union: Union, branches: readonly ReadonlyMap<string, Property>[]): Mark | undefined {
  const named = union.of.discriminator?.propertyName
  const candidates = named === undefined ? [...(branches[0]?.keys() ?? [])] : [named]
  for (const property of candidates) {
    const values = branches.map((branch, index) => constants(union, branch.get(property), index))
    const flat = values.flat()
    const distinct = flat.every((value, index) => flat.findIndex((other) => equalJson(value, other)) === index)
    if (values.every((each) => each.length > 0) && distinct && property !== 'metadata') return { property, values }
  }
  return undefined
}

function constants(union: Union, property: Property | undefined, index: number): readonly JsonValue[] {
  const own = property === undefined ? undefined : flatten(property.schema).find((part) => part.enum !== undefined)?.enum
  if (own !== undefined) return own
  const branch = union.branches[index]
  const mapping = union.of.discriminator?.mapping
  return mapping === undefined || property === undefined
    ? []
    : [...mapping].filter(([, target]) => target === branch).map(([value]) => value)
}

function settleLists(lowering: Lowering, { merged, junctors }: Settled, union: Union, spot: Spot): Settled {
  const items = lowering.same.any(union.branches.flatMap((branch) => itemsOf(branch) ?? []))
  note(lowering, spot, { outcome: 'weakened', schema: union.of, keyword: union.kind, rule: 'union-merged' })
  return { merged: { ...merged, items: items === undefined ? merged.items : [...merged.items, items] }, junctors }
}

function settleScalars(lowering: Lowering, { merged, junctors }: Settled, union: Union, spot: Spot): Settled {
  const values = enumOf(merged, union)
  const next = { ...merged, ...values }
  if (values.enum !== undefined) {
    lowering.log.carried()
    return { merged: next, junctors }
  }
  const constraints = lowering.mode === 'strict'
    ? union.branches.map((branch) => constraintsOf(lowering, branch, merged.types[0], spot))
    : []
  if (constraints.length > 0 && constraints.every((each) => Object.keys(each).length > 0)) {
    lowering.log.carried()
    return { merged: next, junctors: [...junctors, { anyOf: constraints }] }
  }
  note(
    lowering,
    spot,
    {
      outcome: 'weakened',
      schema: union.of,
      keyword: union.kind,
      rule: lowering.mode === 'strict' ? 'union-merged' : lowering.mode === 'status' ? 'status-open' : 'compatible',
    },
  )
  return { merged: next, junctors }
}

/** Branches that all list their values make one longer list. */
function enumOf(merged: Merged, union: Union): { readonly enum?: readonly JsonValue[] } {
  const lists = union.branches.map((branch) => flatten(branch).find((part) => part.enum !== undefined)?.enum)
  if (lists.some((list) => list === undefined)) return {}
  const all = lists.flatMap((list) => list ?? [])
  const distinct = all.filter((value, index) => all.findIndex((other) => equalJson(value, other)) === index)
  const own = merged.enum
  return { enum: own === undefined ? distinct : own.filter((value) => distinct.some((other) => equalJson(value, other))) }
}
