import { applyJsonPatch, isArray, isObject, member, mergePatch, readJson, readPointer, type JsonObject, type JsonPatchResult, type JsonValue } from '@oasgen/json'
import { trackUpdate } from '../apply/managers.js'
import { applyConfiguration } from '../apply/apply.js'
import { goPrint, strategicMerge } from '../apply/strategic.js'
import { badRequest, Failure, invalid, invalidValue, notFound, unroutedMediaType, unsupportedMediaType } from '../failure.js'
import type { Tried } from '../request.js'
import { MAX_BODY_DEPTH, mediaType, readText, readYaml } from './body.js'
import { adviceOn, place } from './create.js'
import { decodeObject } from './decode.js'
import { duplicateFields } from './duplicates.js'
import { withoutDuplicateOwners } from './metadata.js'
import { presentStored } from './present.js'
import type { Updated } from './update.js'
import { checkName, current, update, type WriteContext } from './write.js'

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

const TYPES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json', 'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic', 'application/apply-patch+yaml': 'apply',
}
const MAX_OPERATIONS = 10_000

export function readPatchType(context: Pick<WriteContext, 'request' | 'target'>): Tried<PatchType> {
  const type = TYPES[mediaType(context.request)]
  const { strategic } = context.target.version.schema
  if (type !== undefined && (type !== 'strategic' || strategic)) return type
  if (context.target.type.origin === 'builtin') return unroutedMediaType()
  return unsupportedMediaType(Object.keys(TYPES).filter((name) => strategic || TYPES[name] !== 'strategic'))
}

export function patch(context: WriteContext, type: PatchType): Tried<Updated> {
  if (type === 'apply') return applyPatch(context)
  const stored = current(context)
  const body = readPatch(context.request.body, type)
  if (body instanceof Failure) return body
  if (!stored) return notFound(context.target.type, context.target.name)
  const old = presentStored(context.target, stored)
  const patched = applied(context, old, body.value, type)
  if (patched instanceof Failure) return patched
  const decoded = decodeObject(context.target, { object: patched, duplicates: body.duplicates, validation: context.options.fieldValidation, from: 'patch' })
  if (decoded instanceof Failure) return type === 'strategic' ? inStrategicWords(decoded, body.value) : decoded
  const placed = place(context.target, decoded.object)
  if (placed instanceof Failure) return placed
  const renamed = checkName(context.target, placed)
  if (renamed) return renamed
  const owners = withoutDuplicateOwners(placed)
  const next = trackUpdate({ ...context, old, next: owners.object })
  const change = update({ context, stored, old, next })
  const warnings = [...decoded.warnings, ...owners.warnings]
  return change instanceof Failure ? change.warned(warnings) : { ...change, warnings: [...warnings, ...adviceOn(context.target, change.object, old)], created: false }
}

/** Strategic merges are decoded by another of Go's decoders, which has words of its own. */
function inStrategicWords(failure: Failure, patch: JsonValue): Failure {
  const wanted = /json: cannot unmarshal .* of type (\S+)$/.exec(failure.message)?.[1]
  return wanted === undefined ? failure : invalid({ group: '', resource: '', kind: '' }, '', [invalidValue('patch', goPrint(patch), `unrecognized type: ${wanted}`)])
}

interface PatchBody {
  readonly value: JsonValue
  readonly duplicates: readonly string[]
}

function readPatch(body: Uint8Array, type: PatchType): Tried<PatchBody> {
  const text = readText(body)
  if (text === undefined) return badRequest('error decoding patch: the body is not UTF-8')
  const read = readJson(text, { maxDepth: MAX_BODY_DEPTH })
  if (!read.ok) return badRequest(`error decoding patch: ${read.message}`)
  if (type === 'json' && !isArray(read.value)) return badRequest('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp')
  if (type !== 'json' && !isObject(read.value)) return badRequest('error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}')
  return { value: read.value, duplicates: duplicateFields(text) }
}

function applied(context: WriteContext, old: JsonObject, body: JsonValue, type: PatchType): Tried<JsonObject> {
  switch (type) {
    case 'json': return jsonPatched(old, body)
    case 'merge': return mergePatch(old, body) as JsonObject
    case 'strategic': return strategicMerge(context.target.version.schema.merge, old, body as JsonObject)
    case 'apply': return old
  }
}

function jsonPatched(old: JsonObject, body: JsonValue): Tried<JsonObject> {
  const operations = isArray(body) ? body : []
  if (operations.length > MAX_OPERATIONS) {
    return new Failure(413, 'RequestEntityTooLarge', `Request entity too large: The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`)
  }
  const result = patchAsKubernetes(old, operations)
  if (!result.ok) return unprocessable()
  return isObject(result.value) ? result.value : invalid({ group: '', resource: '', kind: '' }, '', [invalidValue('patch', result.value, 'the patched object is no object')])
}

/** What the API server says of a JSON patch that cannot be applied: no more than that. */
function unprocessable(): Failure {
  return new Failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
}

/** RFC 6902, except that the API server lets `replace` set a member that was not there. */
function patchAsKubernetes(old: JsonObject, operations: readonly JsonValue[]): JsonPatchResult {
  let result: JsonPatchResult = { ok: true, value: old }
  for (const operation of operations) {
    if (!result.ok) return result
    const before: JsonValue = result.value
    result = applyJsonPatch(before, [operation])
    if (result.ok || !isObject(operation) || operation.op !== 'replace' || operation.value === undefined) continue
    const parent = typeof operation.path === 'string' ? readPointer(operation.path)?.slice(0, -1) : undefined
    if (parent !== undefined && isObject(valueAt(before, parent))) result = applyJsonPatch(before, [{ ...operation, op: 'add' }])
  }
  return result
}

function valueAt(value: JsonValue, tokens: readonly string[]): JsonValue | undefined {
  return tokens.reduce<JsonValue | undefined>((found, token) => (isObject(found) ? member(found, token) : isArray(found) ? found[Number(token)] : undefined), value)
}

function applyPatch(context: WriteContext): Tried<Updated> {
  const read = readYaml(context.request.body)
  if (typeof read === 'string') return badRequest(`error decoding YAML: ${read}`)
  if (!isObject(read.value)) return badRequest('error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal a value that is no object')
  return applyConfiguration(context, read.value, read.duplicates)
}
