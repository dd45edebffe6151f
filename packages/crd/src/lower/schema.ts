import { canonicalJson, type JsonValue } from '@oasgen/json'
import type { Schema, SchemaType } from '@oasgen/openapi'
import { below, type Lowering, note, type Spot } from './context.js'
import { describe, LONGEST_DESCRIPTION } from './describe.js'
import { firstOf, mergeAllOf, type Merged } from './merge.js'
import { lowerList } from './list.js'
import { lowerNot } from './not.js'
import { lowerObject, nameStep } from './object.js'
import { childrenOf, plainChildren, shareRoom, sizeOf } from './room.js'
import { lowerConstraints, lowerEnum, lowerFormat } from './scalar.js'
import { ANYTHING, freeForm, type Structural } from './structural.js'
import { settleUnions, type Settled } from './union.js'

/**
 * One schema of the document as a structural schema. Total: what has no form is weakened or left out, and each such step is noted.
 * The passes run at every level in this order: mergeAllOf, settleUnions, settleType, lowerEnum, lowerFormat, lowerConstraints,
 * lowerPattern, lowerList, lowerObject, lowerNot, lowerNull, noteLost.
 */
export function lowerSchema(lowering: Lowering, schema: Schema, spot: Spot, prefix?: string): Structural {
  const { budget, limits: bounds } = lowering
  budget.nodes += 1
  if (budget.isSpent) return ANYTHING
  const merged = mergeAllOf(lowering, schema)
  const settled = settleUnions(lowering, merged, spot)
  if (spot.open.filter((key) => key === merged.key).length > bounds.revisits) {
    budget.recursionCut = true
    return cut(lowering, { merged: settled.merged, spot, rule: 'recursion', description: 'Circular reference' })
  }
  const children = childrenOf(lowering, settled.merged).length
  if (children > 0 && (spot.depth > bounds.depth || !hasRoom(lowering, schema, children, spot.room))) {
    budget.sizeCut = true
    const description = describe(settled.merged, prefix === undefined ? {} : { prefix }, LONGEST_DESCRIPTION)
    return cut(lowering, { merged: settled.merged, spot, rule: 'size', description })
  }
  return lowerMerged(lowering, settled, spot, prefix)
}

/** A subtree up to this size is made whole or not at all: half of it would be many small objects without fields. */
const WHOLE = 400

function hasRoom(lowering: Lowering, schema: Schema, children: number, room: number): boolean {
  if (room <= children) return false
  const size = sizeOf(lowering, schema)
  return size <= room || (size > WHOLE && room >= children * 4)
}

interface Cut {
  readonly merged: Merged
  readonly spot: Spot
  readonly rule: 'recursion' | 'size'
  readonly description: string | undefined
}

/** Ends the tree here: of an object its plain fields are kept with their types, and whatever else it holds is taken as it comes. */
function cut(lowering: Lowering, { merged, spot, rule, description }: Cut): Structural {
  const text = description === undefined ? {} : { description }
  const [type, ...others] = merged.types
  if (type === 'array' && others.length === 0) return { type: 'array', items: cutElements(lowering, { merged, spot, rule, description }), ...(rule === 'size' && text) }
  note(lowering, spot, { outcome: 'weakened', schema: merged.schema, keyword: 'properties', rule })
  if (rule === 'size' && (type !== 'object' || others.length > 0)) return { ...ANYTHING, ...text }
  const plain = plainChildren(lowering, merged)
  if (plain.length === 0 || plain.length >= spot.room) return freeForm(description)
  const step = (name: string): Spot => below(spot, { name: nameStep(name), key: merged.key, room: 1, repeated: false })
  const fields = plain.map(([name, schema]) => [name, lowerSchema(lowering, schema, step(name))] as const)
  return { type: 'object', ...text, properties: Object.fromEntries(fields), 'x-kubernetes-preserve-unknown-fields': true }
}

function cutElements(lowering: Lowering, { merged, spot, rule, description }: Cut): Structural {
  const at = below(spot, { name: '[]', key: merged.key, room: spot.room - 1, repeated: true })
  const schema = lowering.same.all(merged.items)
  const items = schema && settleUnions(lowering, mergeAllOf(lowering, schema), at).merged
  if (items !== undefined && items.schema !== merged.schema) return cut(lowering, { merged: items, spot: at, rule, description: rule === 'size' ? undefined : description })
  note(lowering, at, { outcome: 'weakened', schema: merged.schema, keyword: 'items', rule })
  return ANYTHING
}

function lowerMerged(lowering: Lowering, { merged, junctors }: Settled, spot: Spot, prefix: string | undefined): Structural {
  for (const { schema, keyword, detail } of merged.conflicts) note(
    lowering,
    spot,
    { outcome: 'weakened', schema, keyword, rule: 'intersection-conflict', ...(detail !== undefined && { detail }) },
  )
  const type = settleType(lowering, merged, spot)
  const form = formOf(lowering, merged, type, spot)
  const relaxed = lowering.rules.get(spot.field)?.relax === true
  const nots = relaxed ? [] : lowerNot(lowering, merged, form.node, spot)
  const body = relaxed ? onlyType(lowering, merged, form.node, spot) : { ...form.node, ...joinJunctors(form.node, [...junctors, ...nots]) }
  const told = describe(
    merged,
    { ...(prefix !== undefined && { prefix }), ...(form.told !== undefined && { format: form.told }) },
    LONGEST_DESCRIPTION,
  )
  noteLost(lowering, merged, spot)
  const title = titleOf(lowering, merged)
  const node: Structural = { ...body, ...(title !== undefined && { title }), ...(told !== undefined && { description: told }) }
  return lowerNull(lowering, merged, node, spot)
}

/** Titles are for the fields of a spec; a status has its names. */
function titleOf(lowering: Lowering, merged: Merged): string | undefined {
  const title = lowering.mode === 'status' ? undefined : firstOf(merged, 'title')
  return title === undefined || title.trim() === '' || title.length > 120 ? undefined : title
}

/** Pass 3, settleType: the one type, or what stands for several. */
function settleType(lowering: Lowering, merged: Merged, spot: Spot): SchemaType | 'intOrString' | 'any' {
  const { types, schema } = merged
  const [only, ...others] = types
  if (only !== undefined && others.length === 0) return only
  if (only === undefined) return guessType(merged)
  if (types.every((type) => type === 'integer' || type === 'number')) return 'number'
  if (types.length === 2 && types.includes('integer') && types.includes('string')) {
    lowering.log.carried()
    return 'intOrString'
  }
  note(lowering, spot, { outcome: 'weakened', schema, keyword: 'type', rule: 'structural-type', detail: types.join(' or ') })
  return 'any'
}

/** The document says no type: what its other keywords speak of. */
function guessType(merged: Merged): SchemaType | 'any' {
  if (merged.properties.size > 0 || merged.additional.some((value) => typeof value === 'object')) return 'object'
  if (merged.items.length > 0) return 'array'
  if (merged.enum !== undefined && merged.enum.every((value) => typeof value === 'string')) return 'string'
  return 'any'
}

interface Form {
  readonly node: Structural
  /** A format for the description. */
  readonly told?: string
}

function formOf(lowering: Lowering, merged: Merged, type: SchemaType | 'intOrString' | 'any', spot: Spot): Form {
  switch (type) {
    case 'any':
      if (merged.types.length === 0) note(
        lowering,
        spot,
        { outcome: 'weakened', schema: merged.schema, keyword: 'type', rule: 'free-form' },
      )
      return { node: ANYTHING }
    case 'intOrString': {
      const values = lowerEnum(lowering, merged, type, spot)
      return { node: { 'x-kubernetes-int-or-string': true, ...(values && { enum: values }) } }
    }
    case 'object':
      return { node: lowerObject(lowering, merged, spot, lowerChildren(lowering, merged, spot)) }
    case 'array':
      return { node: lowerList(lowering, merged, spot, lowerChildren(lowering, merged, spot)) }
    case 'string': case 'integer': case 'number': case 'boolean':
      return lowerScalar(lowering, merged, type, spot)
  }
}

function lowerScalar(lowering: Lowering, merged: Merged, type: 'string' | 'integer' | 'number' | 'boolean', spot: Spot): Form {
  lowering.log.carried()
  const values = lowerEnum(lowering, merged, type, spot)
  const { format, told } = lowerFormat(lowering, merged, type, spot)
  const node: Structural = {
    type,
    ...(format !== undefined && { format }),
    ...(values && { enum: values }),
    ...lowerConstraints(lowering, merged, type, spot),
  }
  return { node, ...(told !== undefined && { told }) }
}

/** Lowers the children of a level together, since they share its room. */
export type LowerChildren = (children: readonly (readonly [name: string, schema: Schema])[]) => readonly Structural[]

function lowerChildren(lowering: Lowering, merged: Merged, spot: Spot): LowerChildren {
  return (children) => inRoom(lowering, children.map(([, schema]) => schema), spot.room - 1, (index, room) => {
    const [name, schema] = children[index] as readonly [string, Schema]
    return lowerSchema(lowering, schema, below(spot, { name, key: merged.key, room, repeated: name === '[]' || name === '*' }))
  })
}

/** Each child with its share, and with what those before it left. */
export function inRoom(
  lowering: Lowering,
  schemas: readonly Schema[],
  room: number,
  lower: (index: number, room: number) => Structural,
): readonly Structural[] {
  const shares = shareRoom(schemas.map((schema) => sizeOf(lowering, schema)), room)
  let spare = room - shares.reduce((sum, share) => sum + share, 0)
  return schemas.map((_, index) => {
    const before = lowering.budget.nodes
    const given = (shares[index] ?? 0) + Math.max(0, spare)
    const node = lower(index, given)
    spare = given - (lowering.budget.nodes - before)
    return node
  })
}

function joinJunctors(node: Structural, junctors: readonly Structural[]): Structural {
  const [first, ...rest] = junctors
  if (first === undefined) return {}
  const all = [...(node.allOf ?? []), ...rest]
  return { ...first, ...(all.length > 0 && { allOf: all }) }
}

/** `relax: true` keeps the type and the fields, not what the document says about them. */
function onlyType(lowering: Lowering, merged: Merged, node: Structural, spot: Spot): Structural {
  note(lowering, spot, { outcome: 'weakened', schema: merged.schema, keyword: 'type', rule: 'definition-relaxed' })
  const { type, properties, items, additionalProperties } = node
  const preserved = node['x-kubernetes-preserve-unknown-fields']
  const either = node['x-kubernetes-int-or-string']
  return {
    ...(type !== undefined && { type }), ...(properties && { properties }), ...(items && { items }), ...(
      additionalProperties &&
      { additionalProperties }
    ),
    ...(preserved && { 'x-kubernetes-preserve-unknown-fields': true }), ...(either && { 'x-kubernetes-int-or-string': true }),
  }
}

/** Pass 11, lowerNull: an enum refuses null whatever it lists, so there the values move into a rule, or null goes. */
function lowerNull(lowering: Lowering, merged: Merged, node: Structural, spot: Spot): Structural {
  if (!merged.nullable) return node
  if (node.enum === undefined) {
    lowering.log.carried()
    return { ...node, nullable: true }
  }
  const schema = merged.parts.find((part) => part.enum !== undefined) ?? merged.schema
  const values = node.enum
  const list = values.map((value) => celLiteral(value, node))
  if (spot.repeated || values.length > 64 || list.includes(undefined)) {
    note(lowering, spot, { outcome: 'weakened', schema, keyword: 'nullable', rule: 'enum-null' })
    return node
  }
  const { enum: _, ...rest } = node
  lowering.log.carried()
  const shown = values.map((value) => (typeof value === 'string' ? value : canonicalJson(value))).join(', ').replace(/\s+/g, ' ')
  const rule = { rule: `self in [${list.join(', ')}]`, message: `must be null or one of: ${shown.length > 200 ? `${shown.slice(0, 199)}…` : shown}` }
  return { ...rest, nullable: true, 'x-kubernetes-validations': [rule] }
}

/** Texts of these formats are bytes and points in time for CEL, and are compared with none of its literals. */
const NOT_TEXT: readonly string[] = ['byte', 'date', 'date-time', 'datetime', 'duration']

/** A value of an enum as CEL writes one of that type; undefined where it cannot. */
function celLiteral(value: JsonValue, { type, format }: Structural): string | undefined {
  if (typeof value === 'string') return type === 'string' && !NOT_TEXT.includes(format ?? '') ? celText(value) : undefined
  if (typeof value === 'boolean') return type === 'boolean' ? String(value) : undefined
  if (typeof value !== 'number') return undefined
  if (type === 'integer') return Number.isSafeInteger(value) ? String(value) : undefined
  const text = String(value)
  return type === 'number' ? (/[.e]/.test(text) ? text : `${text}.0`) : undefined
}

export function celText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll('\'', '\\\'').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
}

/** Pass 12, noteLost: keywords without a counterpart, and defaults, which the comparison keeps. */
function noteLost(lowering: Lowering, merged: Merged, spot: Spot): void {
  for (const schema of merged.parts) {
    if (schema.default !== undefined) note(lowering, spot, { outcome: 'dropped', schema, keyword: 'default', rule: 'defaults' })
    for (const { keyword } of schema.unsupported) note(lowering, spot, { outcome: 'dropped', schema, keyword, rule: 'no-form' })
    if (schema.nullBranch !== undefined) note(lowering, spot, { outcome: 'strengthened', schema, keyword: schema.nullBranch, rule: 'null-branch' })
  }
}
