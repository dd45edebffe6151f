import { isObject, objectFrom, readNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import type { IdentityPart, PathPiece } from '@oasgen/plan'
import { ANNOTATION, printExternalName, readExternalName, type ExternalName } from '@oasgen/wire'
import type { Observed } from './decision.js'
import { sameIdentifier } from './loose-equal.js'
import { readerOf, type Reader } from './reader.js'
import { annotationsOf, reconcileOf } from './resource.js'

/** Values of the identity's parts by their path in the resource (`status.id`); unknown ones are absent. */
export type Identity = Readonly<Record<string, JsonValue>>

export interface PreparedIdentity {
  readonly parts: readonly PreparedPart[]
  /** What the annotation names: the parts that the API assigns, else all of them. */
  readonly named: readonly PreparedPart[]
  /** Parts that the user chose beside assigned ones; they are remembered in status, for a rename is addressed by them. */
  readonly hasChosen: boolean
}
interface PreparedPart {
  readonly plan: IdentityPart
  readonly read: Reader
  readonly from: readonly PartReader[]
}
type PartReader = (answer: Answer) => JsonValue | undefined

/** What an answer offers to read identity from. */
export interface Answer {
  readonly observed: Observed | undefined
  readonly headers: Readonly<Record<string, string>>
}

export function prepareIdentity(parts: readonly IdentityPart[]): PreparedIdentity {
  const prepared = parts.map((plan) => ({ plan, read: readerOf(plan.path), from: plan.from.map(preparePart) }))
  const assigned = prepared.filter(({ plan }) => plan.assigned === 'server')
  return { parts: prepared, named: assigned.length > 0 ? assigned : prepared, hasChosen: assigned.length > 0 && assigned.length < prepared.length }
}

function preparePart(source: IdentityPart['from'][number]): PartReader {
  switch (source.in) {
    case 'body': return bodyPart(readerOf(source.path))
    case 'header': return ({ headers }) => headers[source.name.toLowerCase()]
    case 'location': return ({ headers }) => locationPart(headers['location'], source.template, source.parameter)
  }
}

function bodyPart(read: Reader): PartReader {
  return ({ observed }) => {
    const value = read(observed?.status) ?? read(observed?.body)
    return value === null ? undefined : value
  }
}

/** The segment of a Location that stands where the parameter stands in the template, counted from the end. */
function locationPart(location: string | undefined, template: readonly PathPiece[], parameter: string): string | undefined {
  const segments = template.map((piece) => (typeof piece === 'string' ? piece : `{${piece.parameter}}`)).join('').split('/')
  const fromEnd = segments.length - segments.indexOf(`{${parameter}}`)
  if (location === undefined || fromEnd > segments.length) return undefined
  const given = location.replace(/[?#].*$/, '').replace(/\/$/, '').split('/')
  const segment = given[given.length - fromEnd]
  return segment === undefined || segment === '' ? undefined : decodeSegment(segment)
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** The last known identity: annotation, then status; parts that the user chose as they were last sent, else as the spec has them. */
export function knownIdentity(identity: PreparedIdentity, resource: JsonObject): Identity {
  const stored = storedIdentity(identity, resource)
  const known: Record<string, JsonValue> = {}
  for (const { plan, read } of identity.parts) {
    const value = stored[plan.path] ?? read(resource)
    if (isUsable(value)) known[plan.path] = value
  }
  return known
}

function isUsable(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && value !== null && value !== ''
}

function storedIdentity(identity: PreparedIdentity, resource: JsonObject): JsonObject {
  const recorded = reconcileOf(resource)['identity']
  const chosen = isObject(recorded) ? recorded : {}
  const name = readExternalName(annotationsOf(resource)[ANNOTATION.externalName])
  return name === undefined ? chosen : { ...chosen, ...fieldsOf(identity, name) }
}

/** A bare name speaks for the only part that it can mean. */
export function fieldsOf({ named }: PreparedIdentity, name: ExternalName): JsonObject {
  if (name.type === 'fields') return name.fields
  const only = named.length === 1 ? named[0] : undefined
  return only === undefined ? {} : { [only.plan.path]: typed(name.text, only.plan.type) }
}

function typed(text: string, type: IdentityPart['type']): JsonValue {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return type === 'string' ? text : readNumber(text) ?? text
}

/** The annotation for an identity; `undefined` where there is nothing to say (singletons, or not all of it is known). */
export function externalNameOf({ named }: PreparedIdentity, known: Identity): string | undefined {
  const only = named.length === 1 ? known[(named[0] as PreparedPart).plan.path] : undefined
  if (typeof only === 'string' && /^[\w.-]+$/.test(only)) return only
  const fields = named.flatMap(({ plan }) => (known[plan.path] === undefined ? [] : [[plan.path, known[plan.path] as JsonValue] as const]))
  return fields.length < named.length ? undefined : printExternalName(objectFrom(fields))
}

/** Whether everything that the API assigns is known. */
export function isComplete(identity: PreparedIdentity, known: Identity): boolean {
  return identity.parts.every(({ plan }) => known[plan.path] !== undefined)
}

/** Whether something that the API assigned is known: the object existed once. */
export function hasAssigned(identity: PreparedIdentity, known: Identity): boolean {
  return identity.parts.some(({ plan }) => plan.assigned === 'server' && known[plan.path] !== undefined)
}

/** What an answer says about the identity, over what is known already; an answer without the id never clears it. */
export function identityFrom(identity: PreparedIdentity, answer: Answer, known: Identity): Identity {
  const found: Record<string, JsonValue> = { ...known }
  for (const { plan, from } of identity.parts) {
    const value = firstUsable(from, answer)
    if (value !== undefined) found[plan.path] = value
  }
  return found
}

function firstUsable(readers: readonly PartReader[], answer: Answer): JsonValue | undefined {
  for (const read of readers) {
    const value = read(answer)
    if (isUsable(value)) return value
  }
  return undefined
}

/** Parts that the user chose, as they are now in the spec: what a request that was just sent made the identity. */
export function chosenParts(identity: PreparedIdentity, resource: JsonObject): Identity {
  const chosen: Record<string, JsonValue> = {}
  for (const { plan, read } of identity.parts) {
    const value = plan.assigned === 'spec' ? read(resource) : undefined
    if (isUsable(value)) chosen[plan.path] = value
  }
  return chosen
}

/** A part that the user chose and that is no longer what the object was last addressed by. */
export interface IdentityEdit {
  readonly path: string
  readonly wanted: JsonValue
  readonly recorded: JsonValue
}

export function identityEdits(identity: PreparedIdentity, known: Identity, resource: JsonObject): readonly IdentityEdit[] {
  const chosen = chosenParts(identity, resource)
  return Object.entries(chosen).flatMap(([path, wanted]) => {
    const recorded = known[path]
    return recorded === undefined || sameIdentifier(recorded, wanted) ? [] : [{ path, wanted, recorded }]
  })
}
