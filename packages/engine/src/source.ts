import { finding, type Finding } from '@oasgen/diagnostics'
import { equalJson, hashJson, Sealed, type JsonObject, type JsonValue, type SealedForm } from '@oasgen/json'
import type { AliasPair, ValueSource } from '@oasgen/plan'
import type { ReferenceState, SecretState } from './decision.js'
import type { Identity } from './identity.js'
import type { Bindings, Compiler } from './programs.js'
import { readerOf } from './reader.js'

/** What a request may be filled from. */
export interface Scope {
  readonly resource: JsonObject
  readonly namespace: string
  readonly uid: string
  /** `spec` of the Configuration. */
  readonly configuration: JsonObject | undefined
  readonly identity: Identity
  readonly references: Readonly<Record<string, ReferenceState>>
  readonly secrets: Readonly<Record<string, SecretState>>
  readonly bindings: Bindings
}

/** Gives the value, nothing, or why there is none although there should be. */
export type SourceReader = (scope: Scope) => Sourced
export type Sourced = { readonly value?: JsonValue; readonly problem?: Finding }
const NOTHING: Sourced = {}

/** The first source that gives a value wins; a problem ends the search, because a lower source would be a silent lie. */
export function prepareSources(sources: readonly ValueSource[], programs: Compiler): SourceReader {
  const readers = sources.map((source) => prepareSource(source, programs))
  if (readers.length === 1 && readers[0] !== undefined) return readers[0]
  return (scope) => {
    for (const read of readers) {
      const sourced = read(scope)
      if (sourced.value !== undefined || sourced.problem !== undefined) return sourced
    }
    return NOTHING
  }
}

function prepareSource(source: ValueSource, programs: Compiler): SourceReader {
  switch (source.from) {
    case 'resource': return resourceReader(source.path, source.alias)
    case 'configuration': return configurationReader(source.path)
    case 'constant': return () => ({ value: source.value })
    case 'cel': return celReader(source.program, programs)
    case 'secretRef': return secretReader(readerOf(source.name), readerOf(source.key), 'text')
    case 'secretField': return secretReader(readerOf(`${source.path}.name`), readerOf(`${source.path}.key`), source.form)
    case 'identity': return ({ identity }) => some(identity[source.path])
    case 'reference': return ({ references }) => referenceValue(references[source.path])
    case 'mark': return ({ uid }) => ({ value: ownershipMark(uid, source.form) })
  }
}

function some(value: JsonValue | undefined): Sourced {
  return value === undefined ? NOTHING : { value }
}

function resourceReader(path: string, alias: readonly AliasPair[] | undefined): SourceReader {
  const read = readerOf(path)
  if (alias === undefined) return ({ resource }) => some(read(resource))
  return ({ resource }) => some(toApi(read(resource), alias))
}

/** The API's word for a value of the resource; a value without an alias stays as it is. */
function toApi(value: JsonValue | undefined, alias: readonly AliasPair[]): JsonValue | undefined {
  if (value === undefined) return undefined
  return alias.find((pair) => equalJson(pair.customResourceValue, value))?.apiValue ?? value
}

/** The resource's word for a value of the API. */
export function fromApi(value: JsonValue, alias: readonly AliasPair[]): JsonValue {
  return alias.find((pair) => equalJson(pair.apiValue, value))?.customResourceValue ?? value
}

function configurationReader(path: string): SourceReader {
  const read = readerOf(`configuration.${path}`)
  return ({ configuration }) => some(read(configuration))
}

function celReader(source: string, programs: Compiler): SourceReader {
  const program = programs.cel(source)
  return ({ bindings }) => {
    const ran = program.run(bindings)
    if (!ran.ok) return { problem: finding('ENG0105', { expression: source, problem: ran.problem }) }
    return ran.value === null || ran.value === undefined ? NOTHING : { value: ran.value }
  }
}

type Read = ReturnType<typeof readerOf>

function secretReader(name: Read, key: Read, form: SealedForm): SourceReader {
  return ({ resource, namespace, secrets }) => {
    const [secret, entry] = [name(resource), key(resource)]
    if (typeof secret !== 'string' || typeof entry !== 'string') return NOTHING
    const place = `${namespace}/${secret}/${entry}`
    const state = secrets[place]
    if (state?.state === 'missing') return { problem: finding('ENG0107', { name: place }) }
    if (state?.state === 'unknown') return { problem: finding('ENG0704', { problem: state.message }) }
    return { value: new Sealed({ namespace, name: secret, key: entry }, form) }
  }
}

function referenceValue(state: ReferenceState | undefined): Sourced {
  return state?.state === 'resolved' ? { value: state.value } : NOTHING
}

/** Derived from the uid, so that whoever finds it can tell whose it is, and the same resource always writes the same. */
export function ownershipMark(uid: string, form: 'uuid' | 'text'): string {
  return form === 'text' ? `krateo-${uid}` : isUuid(uid) ? uid : uuidOf(uid)
}

/** One key per attempt series of one resource. */
export function idempotencyKey(uid: string, attempt: number): string {
  return uuidOf(`${uid}/${attempt}`)
}

function isUuid(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
}

/** A hash in the layout of RFC 9562 version 8, because many APIs take nothing but a UUID. */
function uuidOf(text: string): string {
  const hash = hashJson(text)
  return [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `a${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-')
}

