import type { ConfigurationField, RequestMapping, RestDefinition } from '@oasgen/restdefinition'
import { propertiesOf, propertyOf } from '../schema/look.js'
import { firstName, pathNames } from '../schema/path-names.js'
import type { VerbModels } from '../verb/verbs.js'
import type { DraftField, DraftFields, FieldModel } from './fields.js'
import type { IdentityModel } from './identity.js'
import { withoutProperty } from './removal.js'
import { answerOf } from './status.js'

/** An entry of the definition that takes a field away and found none. */
export interface MissedRemoval {
  readonly path: string
  readonly at: string
  readonly list: 'excludedSpecFields' | 'configurationFields'
}

/** Takes away what the Configuration holds and what the definition excludes. Paths that name nothing are answered. */
export function removeFields(drafts: DraftFields, definition: RestDefinition): readonly MissedRemoval[] {
  const { configurationFields, excludedSpecFields } = definition.resource
  const entries = [
    ...configurationFields.map((field) =>
      ({ path: writtenName(drafts, field), at: `${field.at}/fromOpenAPI/name`, list: 'configurationFields' as const }),
    ),
    ...excludedSpecFields.map((path, index) =>
      ({ path, at: `/spec/resource/excludedSpecFields/${index}`, list: 'excludedSpecFields' as const }),
    ),
  ]
  const names = new Set<string>()
  return entries.filter((entry) => {
    const again = names.has(entry.path)
    names.add(entry.path)
    return !again && !removeOne(drafts, entry.path)
  })
}

/** Names of headers know no case: the field is called as the document calls the parameter. */
function writtenName(drafts: DraftFields, { name, in: place }: ConfigurationField): string {
  if (place !== 'header' || drafts.has(name)) return name
  return [...drafts.keys()].find((each) => each.toLowerCase() === name.toLowerCase()) ?? name
}

/** A parameter may have dots in its name, so the whole text is tried first. */
function removeOne(drafts: DraftFields, path: string): boolean {
  if (drafts.delete(path)) return true
  const [first, ...rest] = pathNames(path) ?? []
  const draft = first === undefined ? undefined : drafts.get(first)
  if (first === undefined || draft === undefined) return false
  if (rest.length === 0) return drafts.delete(first)
  const schema = withoutProperty(draft.schema, rest)
  if (schema === undefined) return false
  draft.schema = schema
  const update = draft.updateSchema && withoutProperty(draft.updateSchema, rest)
  if (update !== undefined) draft.updateSchema = update
  return true
}

/** Under `strict`, what a mapping or the API's answer fills has no place in the spec. */
export function removeFilled(drafts: DraftFields, definition: RestDefinition, identity: readonly IdentityModel[]): void {
  if (definition.resource.schema !== 'strict') return
  for (const { parameter, path } of identity) {
    const draft = drafts.get(parameter)
    const fromElsewhere = path !== `spec.${parameter}` && draft !== undefined
    if (fromElsewhere && (draft.origin.type === 'parameter' || !draft.sentBy.has('create'))) drafts.delete(parameter)
  }
  for (const names of nestedTargets(definition)) removeNested(drafts, names)
  for (const [name, draft] of drafts) {
    if (draft.schema.readOnly && draft.origin.type === 'body') drafts.delete(name)
    else if (isMappedAway(name, definition)) drafts.delete(name)
  }
}

/** Fields of the body that a mapping fills below the top. */
function nestedTargets({ resource }: RestDefinition): readonly (readonly string[])[] {
  return resource.verbsDescription.flatMap((verb) => [verb, ...verb.steps].flatMap(({ fieldMapping }) => fieldMapping.flatMap((mapping) => {
    const names = mapping.direction === 'request' && mapping.to.in === 'body' ? pathNames(mapping.to.path) : undefined
    const self = mapping.direction === 'request' && mapping.from.type === 'resource' && mapping.from.path === `spec.${mapping.to.path}`
    return names !== undefined && names.length > 1 && !self ? [names] : []
  })))
}

/** An object of which nothing is left goes too. */
function removeNested(drafts: DraftFields, [first = '', ...rest]: readonly string[]): void {
  const draft = drafts.get(first)
  const schema = draft && withoutProperty(draft.schema, rest)
  if (draft === undefined || schema === undefined) return
  draft.schema = schema
  if (propertiesOf(schema).size === 0 && schema.additionalProperties === undefined) drafts.delete(first)
}

/** Every verb that would send the field takes the value from elsewhere. */
function isMappedAway(name: string, { resource }: RestDefinition): boolean {
  const mappings = resource.verbsDescription.flatMap((verb) => [verb, ...verb.steps].flatMap(({ fieldMapping }) => fieldMapping))
  const requests = mappings.flatMap((mapping) => (mapping.direction === 'request' ? [mapping] : []))
  const isTarget = requests.some(({ to }) => to.path === name)
  return isTarget && !requests.some(({ from }) => isReadBy(from, name))
}

/** A computed value may only correct what the user says: then the user still says it. */
function isReadBy(from: RequestMapping['from'], name: string): boolean {
  switch (from.type) {
    case 'resource': return pathNames(from.path)?.[0] === 'spec' && pathNames(from.path)?.[1] === name
    case 'cel': return new RegExp(`\\bself\\.spec(\\.${escaped(name)}\\b|\\[['"]${escaped(name)}['"]\\])`).test(from.program)
    case 'secretRef': return false
  }
}

function escaped(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '\\$&')
}

export function buildSpec(drafts: DraftFields, verbs: VerbModels): readonly FieldModel[] {
  const object = (answerOf(verbs, 'get') ?? answerOf(verbs, 'findby'))?.object
  const mapped = new Set(responseTargets(verbs))
  return [...drafts.values()].map((draft) => {
    const returned = mapped.has(draft.name) || (object !== undefined && propertyOf(object, draft.name) !== undefined)
    return finish(draft, returned)
  })
}

function finish(draft: DraftField, returned: boolean): FieldModel {
  const { name, origin, schema, updateSchema, required, sentBy, place } = draft
  return { name, origin, schema, ...(updateSchema && { updateSchema }), required, sentBy: [...sentBy], returned, place }
}

/** Spec fields that a mapping of get or findby writes. */
function responseTargets(verbs: VerbModels): readonly string[] {
  const calls = [verbs.get, verbs.findby].flatMap((verb) => (verb === undefined ? [] : [...(verb.call ? [verb.call] : []), ...verb.steps]))
  return calls.flatMap(({ description }) =>
    description.fieldMapping.flatMap((mapping) => {
      const names = mapping.direction === 'response' ? pathNames(mapping.to) : undefined
      const first = names?.[0] === 'spec' ? names[1] : undefined
      return first ?? (mapping.direction === 'response' && mapping.to.startsWith('spec.') ? firstName(mapping.to.slice(5)) ?? [] : [])
    }),
  )
}
