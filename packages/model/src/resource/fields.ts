import type { DocumentPlace } from '@oasgen/diagnostics'
import { parsePath } from '@oasgen/fieldpath'
import type { Schema } from '@oasgen/openapi'
import type { RestDefinition, VerbAction } from '@oasgen/restdefinition'
import { propertiesOf, type Property } from '../schema/look.js'
import type { ParameterModel } from '../verb/parameters.js'
import type { CallModel, VerbModels } from '../verb/verbs.js'

/** One top-level field of `spec`; deeper levels are in `schema`. */
export interface FieldModel {
  readonly name: string
  readonly origin: FieldOrigin
  readonly schema: Schema
  /** Schema of the same field in update's body, where it differs. */
  readonly updateSchema?: Schema
  readonly required: boolean
  /** Verbs whose request can carry it. */
  readonly sentBy: readonly VerbAction[]
  /** The object that get (else findby) answers has it. */
  readonly returned: boolean
  readonly place: DocumentPlace
}
export type FieldOrigin =
  | { readonly type: 'body' }
  | { readonly type: 'parameter'; readonly in: ParameterModel['in']; readonly name: string; readonly description?: string; readonly deprecated: boolean }
  /** Declared by a mapping source or `fields[].schema` of the definition. */
  | { readonly type: 'definition' }

/** Fields that somebody declares, before the definition takes some away. */
export interface DraftField {
  readonly name: string
  origin: FieldOrigin
  schema: Schema
  updateSchema?: Schema
  required: boolean
  readonly sentBy: Set<VerbAction>
  readonly place: DocumentPlace
}

export type DraftFields = Map<string, DraftField>

/** Bodies of create first, then what only update (or another verb) takes; parameters after them. */
const BODY_ORDER: readonly VerbAction[] = ['create', 'update', 'get', 'findby', 'delete']

export function draftFields(verbs: VerbModels, definition: RestDefinition): DraftFields {
  const drafts: DraftFields = new Map()
  const making = verbs.create === undefined ? 'update' : 'create'
  for (const action of BODY_ORDER) for (const call of callsOf(verbs, action)) addBody(drafts, call, { action, making })
  for (const { action } of definition.resource.verbsDescription) {
    for (const call of callsOf(verbs, action)) for (const parameter of call.parameters) addParameter(drafts, parameter, action, definition)
  }
  return drafts
}

function callsOf(verbs: VerbModels, action: VerbAction): readonly CallModel[] {
  const verb = verbs[action]
  return verb === undefined ? [] : [...(verb.call === undefined ? [] : [verb.call]), ...verb.steps]
}

interface BodyOf {
  readonly action: VerbAction
  /** The action whose required fields are required of the user: what only update demands cannot be known before there is anything to update. */
  readonly making: VerbAction
}

function addBody(drafts: DraftFields, { body, description }: CallModel, { action, making }: BodyOf): void {
  if (body === undefined || (action !== 'create' && action !== 'update' && body.form !== 'object')) return
  if (body.form !== 'object') return addWhole(
    drafts,
    body.field,
    { schema: body.schema, required: body.required && action === making, inUnion: false },
    action,
  )
  const mapped = mappedBodyFields(description.fieldMapping)
  const conditional = 'when' in description && description.when !== undefined
  for (const [name, property] of propertiesOf(body.object)) {
    const required = property.required && !conditional && !mapped.has(name) && action === making
    addWhole(drafts, name, { ...property, required }, action)
  }
}

function mappedBodyFields(mappings: CallModel['description']['fieldMapping']): ReadonlySet<string> {
  const names = mappings.flatMap((mapping) => {
    if (mapping.direction !== 'request' || mapping.to.in !== 'body') return []
    const parsed = parsePath(mapping.to.path)
    const first = parsed.ok ? parsed.path[0] : undefined
    return first !== undefined && 'key' in first && parsed.ok && parsed.path.length === 1 ? [first.key] : []
  })
  return new Set(names)
}

function addWhole(drafts: DraftFields, name: string, property: Property, action: VerbAction): void {
  const known = drafts.get(name)
  if (known === undefined) {
    const required = property.required && !property.schema.readOnly
    drafts.set(
      name,
      { name, origin: { type: 'body' }, schema: property.schema, required, sentBy: new Set([action]), place: property.schema.place },
    )
    return
  }
  known.sentBy.add(action)
  if (action === 'update' && property.schema !== known.schema) known.updateSchema = property.schema
}

/** A body field of the name wins and feeds the parameter too, as in the reference. */
function addParameter(drafts: DraftFields, parameter: ParameterModel, action: VerbAction, definition: RestDefinition): void {
  if (parameter.filledBy === 'constant' || isVersion(parameter) || (definition.resource.schema === 'strict' && !isNeeded(parameter, action))) return
  const known = drafts.get(parameter.name)
  if (known !== undefined) {
    known.sentBy.add(action)
    known.required ||= isRequired(parameter, definition)
    return
  }
  const { name, schema, place } = parameter
  const origin = {
    type: 'parameter' as const, in: parameter.in, name, deprecated: parameter.deprecated,
    ...(parameter.description !== undefined && { description: parameter.description }),
  }
  drafts.set(name, { name, origin, schema, required: isRequired(parameter, definition), sentBy: new Set([action]), place })
}

function isRequired(parameter: ParameterModel, definition: RestDefinition): boolean {
  return definition.resource.schema === 'strict' ? parameter.required : parameter.declaredRequired
}

/** The version that was just read goes into it: nobody writes it into a desired state. */
function isVersion({ name, in: place }: ParameterModel): boolean {
  return place === 'header' && name.toLowerCase() === 'if-match'
}

/** OpenAPI itself gives these headers no meaning as parameters. */
const PROTOCOL_HEADERS: readonly string[] = ['accept', 'content-type']

/** Under `strict` the spec holds what describes the object or has to be said; what merely selects or shapes an answer stays out. */
function isNeeded(parameter: ParameterModel, action: VerbAction): boolean {
  if (
    parameter.filledBy !== 'resource' ||
    (parameter.in === 'header' && PROTOCOL_HEADERS.includes(parameter.name.toLowerCase()))
  ) return false
  return parameter.required || parameter.in === 'path' || action === 'create' || action === 'update'
}
