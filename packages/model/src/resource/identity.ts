import type { Schema } from '@oasgen/openapi'
import type { RestDefinition } from '@oasgen/restdefinition'
import { propertiesOf, type Property, schemaAt } from '../schema/look.js'
import { pathNames } from '../schema/path-names.js'
import { successResponse } from '../verb/response.js'
import type { CallModel, VerbModel, VerbModels } from '../verb/verbs.js'
import type { DraftFields } from './fields.js'
import { parametersIn, prefixTo, trailingParameters } from './places.js'
import { itemPath, mainCall, pathOf, type ResourceShape } from './shape.js'
import { answerOf, type StatusFieldModel } from './status.js'

/** One path parameter that tells which object is meant. */
export interface IdentityModel {
  readonly parameter: string
  /** `status.id` (server-assigned), `spec.name` or `metadata.name`. */
  readonly path: string
  readonly assigned: 'server' | 'spec'
  readonly schema: Schema | undefined
  /** Where its value comes from after a create; empty when nothing tells it. */
  readonly obtained: readonly ('body' | 'location' | 'findby')[]
  /** Names in the object (behind the envelope) that hold it. */
  readonly inObject: readonly string[]
}

/** A path parameter that names another resource: proposed as reference, never imposed. */
export interface ParentModel {
  readonly parameter: string
  readonly field: string
  /** `/zones/{zone_id}`: the collection that it most likely belongs to. */
  readonly collection?: string
}

export interface IdentityFacts {
  readonly definition: RestDefinition
  readonly verbs: VerbModels
  readonly shape: ResourceShape
  readonly status: readonly StatusFieldModel[]
  readonly drafts: DraftFields
}

/** Parameters of the item's path that the collection's path does not have. */
export function buildIdentity(facts: IdentityFacts): readonly IdentityModel[] {
  return facts.shape === 'singleton' ? [] : identityParameters(facts.verbs).map((name) => buildPart(facts, name))
}

export function identityParameters(verbs: VerbModels): readonly string[] {
  const item = itemPath(verbs)
  if (item === undefined) return []
  const collection = collectionPath(verbs, item)
  if (collection === undefined) return namedByPath(verbs, item)
  const parents = parentsOf(verbs, item, collection)
  const own = parametersIn(item).filter((name) => !parents.includes(name))
  return own.length > 0 ? own : trailingParameters(item)
}

/** Without a collection the parameters at the end of a path that ends with some name the item. */
function namedByPath(verbs: VerbModels, item: string): readonly string[] {
  const known = new Set(parametersIn(item))
  const paths = [item, ...[verbs.create, verbs.update, verbs.delete].map(pathOf).filter((path) => path !== undefined)]
  const ends = paths.map((path) => trailingParameters(path).filter((name) => known.has(name)))
  return ends.find((names) => names.length > 0) ?? parametersIn(item).slice(-1)
}

function collectionPath(verbs: VerbModels, item: string): string | undefined {
  const candidates = [pathOf(verbs.findby), pathOf(verbs.create)]
  return candidates.find((path) => path !== undefined && path !== item && parametersIn(path).length < parametersIn(item).length)
}

/** The same parameter may have another name in the item's path: it stands at the same place behind the same words. */
function parentsOf(verbs: VerbModels, item: string, collection: string): readonly string[] {
  const names = new Set(parametersIn(collection))
  const mapped = mappedTogether(verbs, names)
  return parametersIn(item).filter((name) => names.has(name) || mapped.has(name) || samePlace(item, collection, name))
}

function mappedTogether(verbs: VerbModels, names: ReadonlySet<string>): ReadonlySet<string> {
  const sources = new Map<string, string>()
  for (const verb of Object.values(verbs)) for (const mapping of pathMappings(verb)) sources.set(mapping.parameter, mapping.source)
  const shared = new Set([...names].flatMap((name) => sources.get(name) ?? `spec.${name}`))
  return new Set([...sources].filter(([, source]) => shared.has(source)).map(([parameter]) => parameter))
}

function samePlace(item: string, collection: string, name: string): boolean {
  const end = prefixTo(item, name)
  if (end === undefined) return false
  const shape = (path: string): string => path.replace(/\{[^}]+\}/g, '{}')
  return shape(collection).startsWith(`${shape(end)}/`)
}

interface PathMapping {
  readonly parameter: string
  readonly source: string
}

function pathMappings(verb: VerbModel | undefined): readonly PathMapping[] {
  const mappings = verb === undefined ? [] : [verb.description, ...verb.steps.map(({ description }) => description)].flatMap(({ fieldMapping }) => fieldMapping)
  return mappings.flatMap((mapping) =>
    mapping.direction === 'request' && mapping.to.in === 'path' && mapping.from.type === 'resource' ? [
      { parameter: mapping.to.path, source: mapping.from.path },
    ] : [],
  )
}

function buildPart(facts: IdentityFacts, parameter: string): IdentityModel {
  const { verbs } = facts
  const mapped = [verbs.get, verbs.update, verbs.delete].flatMap(pathMappings).find((mapping) => mapping.parameter === parameter)?.source
  const path = mapped ?? defaultPath(facts, parameter)
  const assigned = path.startsWith('status.') ? 'server' : 'spec'
  const names = path.startsWith('metadata.') ? [] : pathNames(path)?.slice(1) ?? []
  const calls = [verbs.get, verbs.update, verbs.delete].flatMap((verb) => (verb === undefined ? [] : [...(verb.call ? [verb.call] : []), ...verb.steps]))
  const declared = calls.flatMap((call) => call.parameters).find((each) => each.in === 'path' && each.name === parameter)
  return { parameter, path, assigned, schema: declared?.schema, obtained: obtainedFrom(facts, parameter, { path, names }), inObject: names }
}

/**
 * A field that the user has to give, else a status field, else a field that the user may give, else the parameter's own spec field.
 * Documents often use one schema for requests and answers, so an id that create could carry is still the API's when the definition
 * keeps it in the status.
 */
function defaultPath({ drafts, status, verbs, definition }: IdentityFacts, parameter: string): string {
  const draft = definition.resource.excludedSpecFields.includes(parameter) ? undefined : drafts.get(parameter)
  const kept = status.some(({ names }) => names.length === 1 && names[0] === parameter)
  const body = createProperty(verbs, parameter) ?? (
    verbs.create === undefined &&
    draft?.origin.type === 'body' ? { schema: draft.schema, required: draft.required } : undefined
  )
  const inBody = draft !== undefined && body !== undefined && !body.schema.readOnly
  const inCreatePath = draft !== undefined && mainCall(verbs.create)?.parameters.some((each) =>
    each.in === 'path' && each.name === parameter,
  ) === true
  if (inCreatePath || (inBody && (body.required || !kept))) return `spec.${parameter}`
  return kept ? `status.${parameter}` : `spec.${parameter}`
}

function createProperty(verbs: VerbModels, name: string): Pick<Property, 'schema' | 'required'> | undefined {
  const body = mainCall(verbs.create)?.body
  return body?.form === 'object' ? propertiesOf(body.object).get(name) : undefined
}

function obtainedFrom(
  { verbs }: IdentityFacts,
  parameter: string,
  { path, names }: { readonly path: string; readonly names: readonly string[] },
): IdentityModel['obtained'] {
  const create = answerOf(verbs, 'create')
  const found: ('body' | 'location' | 'findby')[] = []
  const answered = create !== undefined && names.length > 0 && schemaAt(create.object, names) !== undefined
  if (answered || writes(verbs.create, path)) found.push('body')
  if (hasLocation(mainCall(verbs.create)) && pathOf(verbs.get)?.includes(`{${parameter}}`) === true) found.push('location')
  const list = answerOf(verbs, 'findby')
  if (list !== undefined && names.length > 0 && schemaAt(list.object, names) !== undefined) found.push('findby')
  return found
}

/** Whether a mapping of the verb's answers fills the path. */
function writes(verb: VerbModel | undefined, path: string): boolean {
  const calls = verb === undefined ? [] : [verb.description, ...verb.steps.map(({ description }) => description)]
  return calls.some(({ fieldMapping }) => fieldMapping.some((mapping) => mapping.direction === 'response' && mapping.to === path))
}

function hasLocation(call: CallModel | undefined): boolean {
  const response = call && successResponse(call.operation)
  return response !== undefined && [...response.headers.keys()].some((name) => name.toLowerCase() === 'location')
}

export function buildParents(facts: IdentityFacts): readonly ParentModel[] {
  const item = itemPath(facts.verbs) ?? pathOf(facts.verbs.create) ?? pathOf(facts.verbs.findby)
  if (item === undefined) return []
  const own = new Set(facts.shape === 'singleton' ? [] : identityParameters(facts.verbs))
  return parametersIn(item)
    .filter((name) => !own.has(name))
    .map((parameter) => {
      const collection = prefixTo(item, parameter)
      return { parameter, field: `spec.${parameter}`, ...(collection !== undefined && { collection }) }
    })
}
