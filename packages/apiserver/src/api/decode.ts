import { type JsonObject } from '@oasgen/json'
import { badRequest, Failure, invalid, invalidValue } from '../failure.js'
import { apiVersionOf, kindOf, nameOf, splitApiVersion, text } from '../object.js'
import { builtinTable, tableName } from '../schema/type-table.js'
import type { ResourceTarget, Tried } from '../request.js'
import { readMetadata } from './metadata.js'
import type { FieldValidation } from './options.js'

/** An object of the target's kind in the target's version: known fields, right types, defaults set. */
export interface DecodedObject {
  readonly object: JsonObject
  /** What strict decoding objects to; with `Warn` these go out as warnings. */
  readonly warnings: readonly string[]
}

export interface DecodeInput {
  readonly object: JsonObject
  readonly duplicates: readonly string[]
  readonly validation: FieldValidation
  /** The body was `null`, which is as good as an empty object. */
  readonly wasNull?: boolean
  /** What was applied keeps its nulls, for validation to refuse; bodies lose those that mean nothing. */
  readonly nulls?: 'drop' | 'keep'
  /** How a refusal is worded: bodies are 400, what a patch made is 422. */
  readonly from: 'body' | 'patch'
}

/** The last steps before an object is trusted to be of its kind. */
export function decodeObject(target: ResourceTarget, input: DecodeInput): Tried<DecodedObject> {
  const typedObject = checkType(target, input)
  if (typedObject instanceof Failure) return typedObject
  const metadata = readMetadata(typedObject.metadata, target.type.origin === 'custom' ? '' : 'metadata.')
  if (metadata.problem !== undefined) return undecodable(target, input, metadata.problem)
  const admitted = target.version.schema.admit({ ...typedObject, metadata: metadata.metadata }, input.nulls)
  if (admitted.problem !== undefined) return undecodable(target, input, admitted.problem)
  const strict = [
    ...input.duplicates.map((path) => `duplicate field "${path}"`),
    ...metadata.unknown.map((path) => `unknown field "${path}"`), ...admitted.unknown.map((path) => `unknown field "${path}"`),
  ]
  if (strict.length > 0 && input.validation === 'Strict') return undecodable(target, input, `strict decoding error: ${strict.join(', ')}`)
  return { object: admitted.object, warnings: input.validation === 'Warn' ? strict : [] }
}

function checkType(target: ResourceTarget, input: DecodeInput): Tried<JsonObject> {
  const { type, version } = target
  const expected = apiVersionOf(type.group, version.name)
  const { object } = input
  const apiVersion = text(object, 'apiVersion')
  const kind = kindOf(object)
  if (input.from === 'patch' && type.origin === 'custom' && (apiVersion !== expected || kind !== type.kind)) return retyped(target, object)
  for (const field of ['apiVersion', 'kind'] as const) {
    const value = object[field]
    if (value !== undefined && value !== null && typeof value !== 'string') {
      return badRequest(`couldn't get version/kind; json parse error: json: cannot unmarshal ${typeof value} into Go struct field .${field} of type string`)
    }
  }
  if (type.origin === 'custom' && kind === '') return missing(target, 'Kind', input)
  if (apiVersion !== '' && apiVersion !== expected && type.origin === 'builtin') return unregistered(target, apiVersion, kind || type.kind)
  if (apiVersion !== expected && (apiVersion !== '' || type.origin === 'custom')) {
    const { group, version: asked } = splitApiVersion(apiVersion)
    return badRequest(`the API version in the data (${apiVersionOf(group, asked)}) does not match the expected API version (${expected})`)
  }
  if (kind !== '' && kind !== type.kind) return wrongKind(target, kind, nameOf(object))
  return { ...object, apiVersion: expected, kind: type.kind }
}

/** A patch of a custom resource may not make it another kind. */
function retyped({ type, version }: ResourceTarget, object: JsonObject): Failure {
  const expected = apiVersionOf(type.group, version.name)
  const { group } = splitApiVersion(text(object, 'apiVersion'))
  return invalid({ group, resource: '', kind: kindOf(object) }, nameOf(object), [
    ...(kindOf(object) === type.kind ? [] : [invalidValue('kind', kindOf(object), `must be ${type.kind}`)]),
    ...(text(object, 'apiVersion') === expected ? [] : [invalidValue('apiVersion', text(object, 'apiVersion'), `must be ${expected}`)]),
  ])
}

function wrongKind(target: ResourceTarget, kind: string, name: string): Failure {
  const { type, version } = target
  if (type.origin === 'custom') return invalid({ ...type, kind }, name, [invalidValue('kind', kind, `must be ${type.kind}`)])
  return unregistered(target, apiVersionOf(type.group, version.name), kind)
}

/** What Go's scheme says of an object that is no version of the target's kind. */
function unregistered({ type }: ResourceTarget, apiVersion: string, kind: string): Failure {
  const { group, version } = splitApiVersion(apiVersion)
  const known = builtinTable.find(tableName(group, version, kind)) !== undefined
  const internal = tableName(type.group, '', '').split('.')[0] ?? ''
  const problem = known ? `converting (${version}.${kind}) to (${internal}.${type.kind}): unknown conversion`
    : `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${type.kind}: ${problem}`)
}

function missing(target: ResourceTarget, what: 'Kind' | 'apiVersion', input: DecodeInput): Failure {
  const body = Object.keys(input.object).length === 0 && input.wasNull ? 'null' : JSON.stringify(input.object, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
  const summary = body === 'null' ? '6e756c6c' : body.length > 30 ? `${body.slice(0, 30)} ...` : body
  return badRequest(`the object provided is unrecognized (must be of type ${target.type.kind}): Object '${what}' is missing in '${body}' (${summary})`)
}

function undecodable(target: ResourceTarget, input: DecodeInput, problem: string): Failure {
  const { kind } = target.type
  if (input.from === 'body') return badRequest(`${kind} in version "${target.version.name}" cannot be handled as a ${kind}: ${problem}`)
  const sorted = Object.fromEntries(Object.entries(input.object).sort(([a], [b]) => (a < b ? -1 : 1)))
  const shown = JSON.stringify(sorted, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
  return invalid({ group: '', resource: '', kind: '' }, '', [invalidValue('patch', shown, problem)])
}

