import type { DocumentPlace } from '@oasgen/diagnostics'
import type { Document, Schema } from '@oasgen/openapi'
import { definitionPlace, type FieldSettings, type RequestMapping, type RestDefinition, readFieldPattern, type PatternStep } from '@oasgen/restdefinition'
import { madeSchema, plainSchema, withParts } from '../schema/derived.js'
import { itemsOf, propertiesOf, propertyOf, schemaAt } from '../schema/look.js'
import { pathNames } from '../schema/path-names.js'
import { followPath } from '../verb/response.js'
import type { CallModel, VerbModels } from '../verb/verbs.js'
import type { DraftFields } from './fields.js'

/** Fields that only the definition knows: `fields[].schema`, and sources of mappings that are declared nowhere. */
export function addDefinitionFields(drafts: DraftFields, document: Document, definition: RestDefinition, verbs: VerbModels): void {
  for (const field of definition.resource.fields) {
    const pattern = readFieldPattern(field.path)
    if (field.schema === undefined || !pattern.ok || pattern.root !== 'spec') continue
    const place = placeOf(definition, document, field)
    addAt(drafts, pattern.steps, document.schemaFrom(field.schema, place), place)
  }
  for (const verb of Object.values(verbs)) {
    for (const call of [...(verb.call ? [verb.call] : []), ...verb.steps]) {
      for (const mapping of call.description.fieldMapping) {
        if (mapping.direction === 'request') addSource(drafts, document, definition, call, mapping, verb.action)
      }
    }
  }
}

function placeOf(definition: RestDefinition, document: Document, { at }: Pick<FieldSettings, 'at'>): DocumentPlace {
  const place = definitionPlace(definition, at)
  return place.kind === 'document' ? place : { kind: 'document', uri: document.source.uri, pointer: '' }
}

function addSource(
  drafts: DraftFields,
  document: Document,
  definition: RestDefinition,
  call: CallModel,
  mapping: RequestMapping,
  action: CallAction,
): void {
  const place = placeOf(definition, document, mapping)
  const text = (path: string): void => addUndeclared(drafts, path, () => plainSchema(place, 'string'), place, action)
  if (mapping.from.type === 'secretRef') {
    text(mapping.from.nameFromCustomResource)
    text(mapping.from.keyFromCustomResource)
  } else if (mapping.from.type === 'resource') {
    addUndeclared(drafts, mapping.from.path, () => targetSchema(call, mapping) ?? plainSchema(place, 'string'), place, action)
    if (mapping.to.in === 'body') sendBy(drafts, mapping.from.path, action)
  }
}

/** Under whatever name the body has it: a field that update calls `new_name` can be changed. */
function sendBy(drafts: DraftFields, path: string, action: CallAction): void {
  const names = pathNames(path)
  if (names?.[0] === 'spec') drafts.get(names[1] ?? '')?.sentBy.add(action)
}
type CallAction = NonNullable<VerbModels[keyof VerbModels]>['action']

function addUndeclared(drafts: DraftFields, path: string, schema: () => Schema, place: DocumentPlace, action: CallAction): void {
  const names = pathNames(path)
  if (names === undefined || names[0] !== 'spec' || names.length < 2 || isDeclared(drafts, names.slice(1))) return
  addAt(drafts, names.slice(1).map((key) => ({ key })), schema(), place, action)
}

function isDeclared(drafts: DraftFields, names: readonly string[]): boolean {
  const draft = drafts.get(names[0] ?? '')
  return draft !== undefined && schemaAt(draft.schema, names.slice(1)) !== undefined
}

/** The type of what the mapping fills. */
function targetSchema({ parameters, body }: CallModel, { to, alias }: RequestMapping): Schema | undefined {
  if (alias !== undefined) return undefined
  if (to.in === 'body') return body && followPath(body.object, to.path)
  return parameters.find((parameter) => parameter.in === to.in && parameter.name === to.path)?.schema
}

function addAt(drafts: DraftFields, steps: readonly PatternStep[], schema: Schema, place: DocumentPlace, action?: CallAction): void {
  const [first, ...rest] = steps
  if (first === undefined || !('key' in first)) return
  const known = drafts.get(first.key)
  if (known !== undefined) {
    known.schema = put(known.schema, rest, schema)
    return
  }
  const sentBy = new Set(action === undefined ? (['create', 'update'] as const) : [action])
  drafts.set(
    first.key,
    { name: first.key, origin: { type: 'definition' }, schema: put(undefined, rest, schema, place), required: false, sentBy, place },
  )
}

/** The schema with another one at a place below; what is on the way and missing is made. */
function put(base: Schema | undefined, steps: readonly PatternStep[], schema: Schema, place: DocumentPlace = schema.place): Schema {
  const [step, ...rest] = steps
  if (step === undefined) return schema
  if ('each' in step) {
    const from = base ?? madeSchema(place, { types: ['array'], typeOrigin: 'inferred' })
    return withParts(from, { items: put(itemsOf(from), rest, schema, place) })
  }
  const from = base ?? madeSchema(place, { types: ['object'], typeOrigin: 'inferred' })
  const below = put(propertyOf(from, step.key), rest, schema, place)
  const own = new Map(from.properties)
  const inParts = !own.has(step.key) && propertiesOf(from).has(step.key)
  own.set(step.key, below)
  return withParts(from, { properties: own, ...(inParts && { allOf: from.allOf.map((part) => without(part, step.key)) }) })
}

/** A property that the definition replaces is not to be intersected with what the document said. */
function without(schema: Schema, name: string): Schema {
  if (!propertiesOf(schema).has(name)) return schema
  const properties = new Map(schema.properties)
  properties.delete(name)
  return withParts(schema, { properties, allOf: schema.allOf.map((part) => without(part, name)) })
}
