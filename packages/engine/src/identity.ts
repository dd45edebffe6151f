import { canonicalJson, isNumber, isObject, numberText, readJson, readNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import type { IdentityPart, PathPiece } from '@oasgen/plan'
import { ANNOTATION } from '@oasgen/wire'
import type { Observed } from './decision.js'
import { readerOf, type Reader } from './reader.js'
import { annotationsOf, reconcileOf } from './resource.js'

/** Values of the identity's parts by their path in the resource (`status.id`); unknown ones are absent. */
export type Identity = Readonly<Record<string, JsonValue>>

export interface PreparedIdentity {
  readonly parts: readonly PreparedPart[]
  /** The one part that the API assigns, when it is the only one: its annotation is the bare value. */
  readonly bare: PreparedPart | undefined
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
  return { parts: prepared, bare: assigned.length === 1 ? assigned[0] : undefined }
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
  const name = annotationsOf(resource)[ANNOTATION.externalName]
  if (name === undefined || name === '') return chosen
  return { ...chosen, ...readExternalName(identity, name) }
}

/** Bare text for the single part that the API assigns, else compact JSON by path; anything else says nothing. */
export function readExternalName(identity: PreparedIdentity, text: string): JsonObject {
  if (identity.bare !== undefined) return { [identity.bare.plan.path]: typed(text, identity.bare.plan.type) }
  const read = readJson(text)
  if (read.ok && isObject(read.value)) return read.value
  const only = identity.parts.length === 1 ? identity.parts[0] : undefined
  return only === undefined ? {} : { [only.plan.path]: typed(text, only.plan.type) }
}

function typed(text: string, type: IdentityPart['type']): JsonValue {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return type === 'string' ? text : readNumber(text) ?? text
}

/** The annotation for an identity; `undefined` where there is nothing to say (singletons). */
export function externalNameOf(identity: PreparedIdentity, known: Identity): string | undefined {
  if (identity.bare !== undefined) return textOf(known[identity.bare.plan.path])
  const parts = identity.parts.flatMap(({ plan }) => (known[plan.path] === undefined ? [] : [[plan.path, known[plan.path]] as const]))
  return parts.length === 0 ? undefined : canonicalJson(Object.fromEntries(parts) as JsonObject)
}

function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : isNumber(value) ? numberText(value) : canonicalJson(value)
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
