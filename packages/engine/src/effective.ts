import { getPath, printPath, removePath, setPath, type FieldPath } from '@oasgen/fieldpath'
import { isObject, Sealed, type JsonObject, type JsonValue } from '@oasgen/json'
import { placesOf, type Plan, type ReferencePlan, type SecretFieldPlan } from '@oasgen/plan'
import type { ReferenceState } from './decision.js'
import { pathOf } from './reader.js'

/**
 * The resource as if the user had written the ids that its references stand for: so they are compared, remembered and part of the
 * identity like any other field. What the user did write stays.
 */
export function withReferences(resource: JsonObject, references: Plan['references'], states: Readonly<Record<string, ReferenceState>>): JsonObject {
  if (references === undefined) return resource
  return references.reduce((filled, reference) => fillReference(filled, reference, states), resource)
}

function fillReference(resource: JsonObject, reference: ReferencePlan, states: Readonly<Record<string, ReferenceState>>): JsonObject {
  if (reference.path.includes('[]')) return fillListReference(resource, reference, states)
  const [place, state] = [pathOf(reference.field), states[reference.path]]
  if (state?.state !== 'resolved' || getPath(resource, place) !== undefined) return resource
  return asObject(setPath(resource, place, state.value), resource)
}

/** An element is sent and compared as a whole: the id takes the place of the reference, which the API does not know. */
function fillListReference(resource: JsonObject, { path, field }: ReferencePlan, states: Readonly<Record<string, ReferenceState>>): JsonObject {
  return placesOf(resource, path).reduce<JsonObject>((filled, place) => {
    const state = states[printPath(place)]
    const target = besideOf(place, { path, field })
    if (state?.state !== 'resolved' || getPath(filled, target) !== undefined) return filled
    return asObject(setPath(removePath(filled, place) as JsonValue, target, state.value), filled)
  }, resource)
}

/** The field of the same element that a reference, or a secret's, stands for. */
function besideOf(place: FieldPath, { path, field }: { readonly path: string; readonly field: string }): FieldPath {
  const depth = pathOf(inElement(path)).length
  return [...place.slice(0, place.length - depth), ...pathOf(inElement(field))]
}

function inElement(pattern: string): string {
  return pattern.slice(pattern.lastIndexOf('[]') + 2).replace(/^\./, '')
}

/** Secrets inside of lists have no place in a body of their own: they are put where their references stand. */
export function withListSecrets(resource: JsonObject, secrets: Plan['secrets'], namespace: string): JsonObject {
  const inLists = (secrets ?? []).filter(({ path }) => path.includes('[]'))
  return inLists.length === 0 ? resource : inLists.reduce((filled, secret) => fillSecrets(filled, secret, namespace), resource)
}

function fillSecrets(resource: JsonObject, { path, field, form }: SecretFieldPlan, namespace: string): JsonObject {
  return placesOf(resource, path).reduce<JsonObject>((filled, place) => {
    const reference = getPath(filled, place)
    if (!isObject(reference) || typeof reference['name'] !== 'string' || typeof reference['key'] !== 'string') return filled
    const target = besideOf(place, { path, field })
    const sealed = new Sealed({ namespace, name: reference['name'], key: reference['key'] }, form)
    return asObject(setPath(removePath(filled, place) as JsonValue, target, sealed), filled)
  }, resource)
}

function asObject(value: JsonValue | undefined, other: JsonObject): JsonObject {
  return isObject(value) ? value : other
}
