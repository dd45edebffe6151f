import type { Schema } from '@oasgen/openapi'
import type { FieldSettings } from '@oasgen/restdefinition'
import { type FieldModel, type FieldUnion, propertiesOf, type ResourceModel, withParts } from '@oasgen/model'
import type { Lowering, Spot } from '../lower/context.js'
import { note } from '../lower/context.js'
import { flatten } from '../lower/merge.js'
import { nameStep, withReferences } from '../lower/object.js'
import { inRoom, lowerSchema } from '../lower/schema.js'
import { freeForm, type Structural } from '../lower/structural.js'
import { objectJunctor } from '../lower/union.js'

const SPEC: Spot = { field: 'spec', depth: 0, open: [], repeated: false, room: 0 }

/** The spec: fields of the bodies, parameters, what the definition adds, and the way to the Configuration. */
export function renderSpec(model: ResourceModel, lowering: Lowering): Structural {
  const nodes = inRoom(
    lowering,
    model.spec.map((field) => schemaOf(lowering, field)),
    lowering.limits.nodes,
    (index, room) => renderField(lowering, model.spec[index] as FieldModel, room),
  )
  const properties = new Map(model.spec.map(({ name }, index) => [name, nodes[index] ?? freeForm()]))
  const required = model.spec.filter((field) => field.required).map(({ name }) => name)
  noteBody(model, lowering)
  const { fields, rules } = withReferences(lowering, properties, required, SPEC)
  const all = new Map(fields.properties)
  const names = [...fields.required]
  if (model.configuration !== undefined) {
    all.set('configurationRef', CONFIGURATION_REF)
    if (model.configuration.required) names.push('configurationRef')
  }
  return {
    type: 'object',
    description: `Desired state of the ${model.names.kind}.`,
    ...(names.length > 0 && { required: names.toSorted() }),
    properties: Object.fromEntries(all),
    ...openness(model, lowering),
    ...junctors(model, lowering, all, names),
    ...(rules.length > 0 && { 'x-kubernetes-validations': rules }),
  }
}

const CONFIGURATION_REF: Structural = {
  type: 'object',
  description: 'A reference to the Configuration CR that holds all the needed configuration for this resource. OASGen Provider added this field automatically.',
  properties: {
    name: { type: 'string' },
    namespace: {
      type: 'string',
      description: 'Namespace of the referenced Configuration CR. If not provided, the same namespace will be used.',
    },
  },
  required: ['name'],
}

/** Create and update may describe a field differently; the spec takes what either takes. */
function schemaOf(lowering: Lowering, { schema, updateSchema }: FieldModel): Schema {
  return updateSchema === undefined ? schema : lowering.same.any([schema, updateSchema]) ?? schema
}

function renderField(lowering: Lowering, field: FieldModel, room: number): Structural {
  const spot: Spot = { field: `spec.${nameStep(field.name)}`, depth: 1, open: [], repeated: false, room }
  const schema = schemaOf(lowering, field)
  if (field.origin.type !== 'parameter') return lowerSchema(lowering, schema, spot)
  const { description, deprecated, in: place } = field.origin
  const text = description ?? ''
  const own = schema.description !== undefined && schema.description.trim() !== ''
  const prefix = `${deprecated ? 'DEPRECATED. ' : ''}PARAMETER: ${place}${text === '' || (own && schema.description === text) ? '' : ` - ${text}`}`
  return lowerSchema(lowering, text === '' ? schema : withParts(schema, { description: undefined }), spot, prefix)
}

/** A body of which the document names no field takes anything, as in the reference. */
function openness(model: ResourceModel, lowering: Lowering): Structural {
  const body = model.verbs.create?.call?.body
  if (lowering.mode !== 'compatible' || body?.form !== 'object') return {}
  const open = body.object.additionalProperties !== undefined && body.object.additionalProperties !== false
  return open || propertiesOf(body.object).size === 0 ? { 'x-kubernetes-preserve-unknown-fields': true } : {}
}

/** A union at the root of the body, as far as its fields are fields of the spec. */
function junctors(
  model: ResourceModel,
  lowering: Lowering,
  properties: ReadonlyMap<string, Structural>,
  required: readonly string[],
): Structural {
  const found = model.unions.flatMap((union) => unionJunctor(lowering, union, properties, required))
  const [first, ...rest] = found
  return first === undefined ? {} : { ...first, ...(rest.length > 0 && { allOf: rest }) }
}

function unionJunctor(
  lowering: Lowering,
  { kind, schema }: FieldUnion,
  properties: ReadonlyMap<string, Structural>,
  required: readonly string[],
): readonly Structural[] {
  const branches = schema[kind].map((branch) => new Map([...propertiesOf(branch)].filter(([name]) => properties.has(name))))
  return objectJunctor(
    lowering,
    { union: { kind, branches: schema[kind], of: schema }, branches, required: new Set(required), known: properties, spot: SPEC },
  )
}

/** Keywords of the body itself; its fields speak for themselves. */
function noteBody(model: ResourceModel, lowering: Lowering): void {
  const body = model.verbs.create?.call?.body
  if (body?.form !== 'object') return
  for (const schema of flatten(body.object)) {
    if (schema.additionalProperties === false) note(
      lowering,
      SPEC,
      { outcome: 'dropped', schema, keyword: 'additionalProperties', rule: 'no-closed-objects' },
    )
    if (typeof schema.additionalProperties === 'object') note(
      lowering,
      SPEC,
      { outcome: 'weakened', schema, keyword: 'additionalProperties', rule: 'map-with-fields' },
    )
    for (const keyword of ['minProperties', 'maxProperties'] as const) if (schema[keyword] !== undefined) note(
      lowering,
      SPEC,
      { outcome: 'dropped', schema, keyword, rule: lowering.mode === 'compatible' ? 'compatible' : 'body-count' },
    )
    for (const { keyword } of schema.unsupported) note(lowering, SPEC, { outcome: 'dropped', schema, keyword, rule: 'no-form' })
    if (schema.not !== undefined) note(lowering, SPEC, { outcome: 'dropped', schema, keyword: 'not', rule: 'not' })
  }
}

/** Entries of `fields` by their path. */
export function rulesOf(model: ResourceModel): ReadonlyMap<string, FieldSettings> {
  return new Map(model.definition.resource.fields.toReversed().map((field) => [field.path, field]))
}

