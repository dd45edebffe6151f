import { ofKeys, parsePath, printPath } from '@oasgen/fieldpath'
import { essence, propertiesOf, type BodyModel, type CallModel, type FieldModel, type Property } from '@oasgen/model'
import type { Schema } from '@oasgen/openapi'
import type { BodyFieldPlan, BodyPlan, ShapePlan, ValueSource } from '@oasgen/plan'
import type { RequestMapping, VerbAction } from '@oasgen/restdefinition'
import { isDrifting } from './drifting.js'
import { firstKey, ruleAt, specPath } from './field-index.js'
import { jqText } from './jq-text.js'
import { celInBody } from './cel-uses.js'
import { companionFields, markSource } from './companion-fields.js'
import { mappingsInto } from './mappings.js'
import type { Planning } from './planning.js'
import { compileProperties } from './property-encoding.js'
import { isRead } from './reading.js'
import { compileShape } from './shape.js'
import { distinctSources, mappedSources, resourceSources, specSources, statusSources, type Target } from './sources.js'

/** What a call sends, or nothing. */
export function compileBody(planning: Planning, call: CallModel, action: VerbAction): BodyPlan | undefined {
  const model = call.body
  const mappings = bodyMappings(call)
  if (model === undefined || !isSent(call, model)) return mappings.length === 0 ? undefined : mappedBody(planning, call, action)
  const { description } = call
  const transform = jqText(description.requestTransform)
  return {
    ...mediaOf(model),
    ...(model.required && { required: true }),
    mode: description.body.mode,
    whenEmpty: description.body.whenEmpty,
    ...(description.body.path !== undefined && { path: description.body.path }),
    ...contentOf(planning, call, action),
    ...compileProperties(model),
    ...(transform !== undefined && { transform }),
  }
}

/** As the reference: reads carry no body. A delete does where the document demands one. */
function isSent({ description }: CallModel, { required }: BodyModel): boolean {
  return description.method === 'DELETE' ? required : description.method !== 'GET'
}

function bodyMappings({ description }: CallModel): readonly RequestMapping[] {
  return mappingsInto(description.fieldMapping, 'body')
}

function mediaOf({ contentType, encoding }: BodyModel): Pick<BodyPlan, 'contentType' | 'encoding'> {
  return { contentType: essence(contentType).includes('*') ? 'application/json' : contentType, encoding }
}

/** Only what mappings put in: the document describes no body, or the method usually has none. */
function mappedBody(planning: Planning, call: CallModel, action: VerbAction): BodyPlan {
  const { description, body } = call
  const transform = jqText(description.requestTransform)
  const plain = { contentType: description.body.contentType ?? 'application/json', encoding: 'json' as const }
  return {
    ...(body === undefined ? plain : mediaOf(body)),
    mode: description.body.mode,
    whenEmpty: description.body.whenEmpty,
    ...(description.body.path !== undefined && { path: description.body.path }),
    fields: bodyMappings(call).map((mapping) => mappedField(planning, mapping, action)),
    ...(transform !== undefined && { transform }),
  }
}

function mappedField(planning: Planning, mapping: RequestMapping, action: VerbAction): BodyFieldPlan {
  return { path: mapping.to.path, sources: mappedSources(planning, mapping, { action, in: 'body' }) }
}

function contentOf(planning: Planning, call: CallModel, action: VerbAction): Pick<BodyPlan, 'value' | 'fields'> {
  const model = call.body as BodyModel
  if (model.form === 'object') return { fields: fieldsOf(planning, call, action) }
  return { value: wholeSources(planning, call, action), fields: [] }
}

/** The body is one value: where `body.from` says, else the field that holds it. */
function wholeSources(planning: Planning, { description, body }: CallModel, action: VerbAction): readonly ValueSource[] {
  const target: Target = { action, in: 'body' }
  const { from } = description.body
  const program = celInBody(description)
  if (program !== undefined) return [{ from: 'cel', program }]
  if (from !== undefined) return resourceSources(planning, from, target)
  const field = (body as BodyModel).field
  return [...specSources(planning, field, target), ...statusSources(planning, field, target)]
}

function fieldsOf(planning: Planning, call: CallModel, action: VerbAction): readonly BodyFieldPlan[] {
  const model = call.body as BodyModel
  const mappings = bodyMappings(call)
  const declared = [...propertiesOf(model.object)].flatMap(([name, property]) => declaredField(planning, call, { name, property, action }))
  const known = new Set(declared.map(({ path }) => path))
  const others = mappings.filter(({ to }) => !known.has(printed(to.path)))
  return [...declared, ...additions(planning, action, known), ...others.map((mapping) => mappedField(planning, mapping, action))]
}

function printed(path: string): string {
  const parsed = parsePath(path)
  return parsed.ok ? printPath(parsed.path) : path
}

interface Declared {
  readonly name: string
  readonly property: Property
  readonly action: VerbAction
}

function declaredField(planning: Planning, call: CallModel, { name, property, action }: Declared): readonly BodyFieldPlan[] {
  const path = printPath(ofKeys(name))
  const sources = fieldSources(planning, call, { name, property, action })
  if (action === 'findby' && !property.required && isDrifting(planning, sources)) return []
  const field = planning.fields.spec.get(name)
  const shape = field === undefined ? true : shapeOfField(planning, field, property.schema)
  const below = field === undefined ? [] : companionFields(planning, name, action)
  if (sources.length === 0) return below
  const writeOnly = isWriteOnly(planning, name, property) ? { writeOnly: true as const } : {}
  return [{ path, sources, ...(property.required && { required: true }), ...writeOnly, ...shapeMember(shape) }, ...below]
}

function shapeOfField({ fields }: Planning, { name, schema, updateSchema }: FieldModel, body: Schema): ShapePlan {
  const below = [...fields.rules.values()].filter(({ steps }) => firstKey(steps) === name && steps.length > 1)
  return compileShape({
    body,
    spec: updateSchema === undefined ? [schema] : [schema, updateSchema],
    added: below.flatMap(({ settings, steps }) => (settings.schema === undefined ? [] : [steps.slice(1)])),
    kept: below.flatMap(({ companion }) => (companion === undefined ? [] : [companion.steps.slice(1)])),
  })
}

function shapeMember(shape: ShapePlan): { readonly shape?: ShapePlan } {
  return shape === true ? {} : { shape }
}

/** Mapping, mark, spec, status. What the object is changed by part of is never filled from its own status. */
function fieldSources(planning: Planning, { description }: CallModel, { name, property, action }: Declared): readonly ValueSource[] {
  const target: Target = { action, in: 'body' }
  const path = printPath(ofKeys(name))
  const own = mappingsInto(description.fieldMapping, 'body').filter(({ to }) => printed(to.path) === path)
  const mapped = own.flatMap((mapping) => mappedSources(planning, mapping, target))
  const rule = ruleAt(planning.fields, specPath(name))
  if (rule?.settings.ownershipMark === true && (action === 'create' || action === 'update')) return [...mapped, markSource(planning, rule)]
  const whole = property.required || (description.body.mode === 'full' && !property.schema.readOnly)
  return distinctSources([...mapped, ...specSources(planning, name, target), ...(whole ? statusSources(planning, name, target) : [])])
}

/** Sent, and never seen again: what a merged body has to repeat. */
function isWriteOnly({ model, fields }: Planning, name: string, { schema }: Property): boolean {
  if (schema.writeOnly || ruleAt(fields, specPath(name))?.settings.writeOnly === true) return true
  const described = model.object !== undefined && propertiesOf(model.object.object).size > 0
  return described && fields.spec.get(name)?.returned === false
}

/** Fields that the definition adds to what the document describes, less those that it only reads. */
function additions(planning: Planning, action: VerbAction, known: ReadonlySet<string>): readonly BodyFieldPlan[] {
  if (action !== 'create' && action !== 'update') return []
  const rules = [...planning.fields.rules.values()].filter(({ settings }) => settings.schema !== undefined)
  const added = rules.flatMap(({ steps }) => firstKey(steps) ?? [])
  return [...new Set(added)].flatMap((name) => {
    const path = printPath(ofKeys(name))
    const isOwn = planning.fields.spec.get(name)?.origin.type === 'definition'
    if (!isOwn || known.has(path) || isRead(planning.model, name)) return []
    return [{ path, sources: specSources(planning, name, { action, in: 'body' }) }]
  })
}
