import { ofKeys, printPath } from '@oasgen/fieldpath'
import { pathNames, prefixTo, type IdentityModel, type ResourceModel } from '@oasgen/model'
import type { Schema } from '@oasgen/openapi'
import { keptPath, ruleAt, specPath, type FieldIndex } from './field-index.js'
import { copiedFrom, mappingsInto, nameIn } from './mappings.js'

/** A part of the identity in the Plan: those of the item, and the names above it that the user chose. */
export interface PlannedPart extends Pick<IdentityModel, 'path' | 'assigned' | 'schema' | 'obtained' | 'inObject'> {
  readonly parameter: string
  readonly role: 'item' | 'parent'
}

/**
 * In the order of the path. A parent belongs to the identity, because an object is addressed by the parent that it was made under even
 * when somebody edits the spec or the other resource is gone; one that the Configuration names does not, for it is not the user's word.
 */
export function plannedIdentity(model: ResourceModel, fields: FieldIndex): readonly PlannedPart[] {
  const named = model.identity.map((part): PlannedPart => ({ ...part, path: keptPath(fields, part.path), role: 'item' }))
  const items = named.length > 0 || model.shape === 'singleton' ? named : askedFor(model, fields)
  const known = new Set(items.map(({ path }) => path))
  const parents = model.parents.flatMap(({ parameter }) => parentPart(model, fields, parameter)).filter(({ path }) => !known.has(path))
  const different = parents.filter(({ path }, at) => parents.findIndex((other) => other.path === path) === at)
  return [...different, ...items].toSorted((a, b) => placeOf(model, a) - placeOf(model, b))
}

/**
 * Some APIs have no path of the object: `GET /runs/get?run_id=…`. What such a call needs and only the status has is the identity.
 */
function askedFor(model: ResourceModel, fields: FieldIndex): readonly PlannedPart[] {
  const call = (model.verbs.get ?? model.verbs.delete ?? model.verbs.update)?.call
  return (call?.parameters ?? []).flatMap((parameter) => {
    if (parameter.in !== 'query' || (!parameter.required && parameter.filledBy !== 'mapping') || isChosen(fields, parameter.name)) return []
    const { name, schema } = parameter
    const mapping = mappingsInto(call?.description.fieldMapping ?? [], 'query').find(({ to }) => nameIn(to.path) === name)
    const written = copiedFrom(mapping) ?? `status.${name}`
    const names = pathNames(written)
    if (names === undefined || names[0] !== 'status' || !fields.status.has(printPath(ofKeys(...names.slice(1))))) return []
    const known = { path: keptPath(fields, written), inObject: names.slice(1) }
    return [{ parameter: name, ...known, assigned: 'server' as const, schema, obtained: [], role: 'item' as const }]
  })
}

/** What create does not send the user cannot have chosen: the field is there because get, update or delete ask for it. */
function isChosen({ spec }: FieldIndex, name: string): boolean {
  return spec.get(name)?.sentBy.includes('create') === true
}

function placeOf({ verbs }: ResourceModel, { parameter }: PlannedPart): number {
  const template = (verbs.get ?? verbs.update ?? verbs.delete)?.call?.operation.path ?? ''
  return prefixTo(template, parameter)?.length ?? template.length
}

function parentPart(model: ResourceModel, fields: FieldIndex, parameter: string): readonly PlannedPart[] {
  const sources = new Set<string | undefined>()
  let schema: Schema | undefined
  for (const call of [model.verbs.get?.call, model.verbs.update?.call, model.verbs.delete?.call]) {
    const declared = call?.parameters.find((each) => each.in === 'path' && each.name === parameter)
    if (call === undefined || declared === undefined) continue
    schema ??= declared.schema
    sources.add(onlySource(model, fields, { parameter, call }))
  }
  const [path] = [...sources]
  if (sources.size !== 1 || path === undefined) return []
  return [{ parameter, path, assigned: 'spec', schema, obtained: [], inObject: [], role: 'parent' }]
}

interface Parent {
  readonly parameter: string
  readonly call: NonNullable<NonNullable<ResourceModel['verbs']['get']>['call']>
}

/** The one plain field of the spec that fills the parameter. */
function onlySource(model: ResourceModel, fields: FieldIndex, { parameter, call }: Parent): string | undefined {
  if (model.configuration?.parameters.some((each) => each.in === 'path' && each.name === parameter) === true) return undefined
  const mappings = mappingsInto(call.description.fieldMapping, 'path').filter(({ to }) => nameIn(to.path) === parameter)
  if (mappings.length > 1) return undefined
  const own = fields.spec.has(parameter) ? specPath(parameter) : undefined
  const written = mappings.length === 0 ? own : copiedFrom(mappings[0])
  const path = written === undefined ? undefined : keptPath(fields, written)
  if (path?.startsWith('spec') !== true) return undefined
  return ruleAt(fields, path)?.companion?.type === 'secret' ? undefined : path
}
