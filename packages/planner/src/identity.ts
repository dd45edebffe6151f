import { ofKeys, printPath } from '@oasgen/fieldpath'
import { typesOf } from '@oasgen/model'
import type { PlannedPart } from './planned-identity.js'
import type { IdentityPart, IdentityPlan, IdentitySource, PathPiece } from '@oasgen/plan'
import { ruleAt } from './field-index.js'
import { compileTemplate } from './path-template.js'
import type { Planning } from './planning.js'

/** What fills the paths of get, update and delete, in their order. */
export function compileIdentity(planning: Planning): IdentityPlan {
  const parts = planning.identity.map((part) => {
    const { path, assigned } = part
    return { path, assigned, from: sourcesOf(planning, part), type: typeOf(part) }
  })
  return { parts }
}

function typeOf({ schema }: PlannedPart): IdentityPart['type'] {
  const types = schema === undefined ? [] : typesOf(schema)
  const [only] = types
  return types.length === 1 && (only === 'integer' || only === 'number' || only === 'boolean') ? only : 'string'
}

function sourcesOf(planning: Planning, part: PlannedPart): readonly IdentitySource[] {
  const body: readonly IdentitySource[] = part.inObject.length === 0 ? [] : [{ in: 'body', path: printPath(ofKeys(...part.inObject)) }]
  if (part.role === 'parent') return []
  if (part.assigned === 'spec') return mayBeAssigned(planning, part) ? body : []
  return [...body, ...locationSources(planning, part)]
}

/** A name that the user may leave out is then chosen by the API. Otherwise what was sent is the identity, however answers spell it. */
function mayBeAssigned({ fields }: Planning, { path, inObject }: PlannedPart): boolean {
  const [name] = inObject
  const field = name !== undefined && inObject.length === 1 ? fields.spec.get(name) : undefined
  return field !== undefined && !field.required && field.origin.type === 'body' && ruleAt(fields, path)?.settings.immutable !== 'never'
}

/** A Location that leads to an operation is no address of the object. */
function locationSources({ model }: Planning, part: PlannedPart): readonly IdentitySource[] {
  const handle = model.verbs.create?.description.async?.operationRef
  const isOperation = handle?.in === 'header' && handle.path.toLowerCase() === 'location'
  const item = model.verbs.get?.call?.operation.path
  if (!part.obtained.includes('location') || isOperation || item === undefined) return []
  return [{ in: 'location', template: pieces(item), parameter: part.parameter }]
}

function pieces(path: string): readonly PathPiece[] {
  return compileTemplate(path).pieces
}
