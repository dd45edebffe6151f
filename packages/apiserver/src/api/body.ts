import { fromPlain, isObject, readJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { CORE_SCHEMA, load } from 'js-yaml'
import { badRequest, Failure, unsupportedMediaType } from '../failure.js'
import { decodeEnvelope } from '../protobuf/envelope.js'
import type { ApiRequest, Tried } from '../request.js'
import { duplicateFields } from './duplicates.js'

/** A body as it was sent, with what strict decoding has to say about its text. */
export interface Decoded {
  readonly value: JsonValue
  /** Names of members that stand twice, such as `spec.a`. */
  readonly duplicates: readonly string[]
}

export const MAX_BODY_DEPTH = 512
const ACCEPTED = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const utf8 = new TextDecoder('utf-8', { fatal: true })

export function mediaType(request: ApiRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** `kind` is what the body has to be, for the words of a refusal. */
export function readBody(request: ApiRequest, kind: string): Tried<Decoded> {
  switch (mediaType(request)) {
    case '': case 'application/json': case '*/*': return readJsonBody(request.body, kind)
    case 'application/yaml': return readYamlBody(request.body, kind)
    case 'application/vnd.kubernetes.protobuf': return readProtobuf(request.body, kind)
    default: return unsupportedMediaType(ACCEPTED)
  }
}

function readProtobuf(body: Uint8Array, kind: string): Tried<Decoded> {
  const decoded = decodeEnvelope(body)
  if (decoded === undefined) return unsupportedMediaType(ACCEPTED.slice(0, 2))
  return typeof decoded === 'string' ? unrecognized(kind, decoded, body) : { value: decoded, duplicates: [] }
}

export function readText(body: Uint8Array): string | undefined {
  try {
    return utf8.decode(body)
  } catch {
    return undefined
  }
}

function readJsonBody(body: Uint8Array, kind: string): Tried<Decoded> {
  const text = readText(body)
  if (text === undefined) return unrecognized(kind, 'couldn\'t get version/kind; json parse error: the body is not UTF-8', body)
  const read = readJson(text, { maxDepth: MAX_BODY_DEPTH })
  if (!read.ok) return unrecognized(kind, `couldn't get version/kind; json parse error: ${read.message}`, body)
  return { value: read.value, duplicates: duplicateFields(text) }
}

function readYamlBody(body: Uint8Array, kind: string): Tried<Decoded> {
  const value = readYaml(body)
  return typeof value === 'string' ? unrecognized(kind, `error converting YAML to JSON: ${value}`, body) : { value: value.value, duplicates: value.duplicates }
}

/** The value, or the sentence that says why there is none. */
export function readYaml(body: Uint8Array): Decoded | string {
  const text = readText(body)
  if (text === undefined) return 'yaml: the body is not UTF-8'
  const json = readJson(text, { maxDepth: MAX_BODY_DEPTH })
  if (json.ok) return { value: json.value, duplicates: duplicateFields(text) }
  try {
    const value = fromPlain(load(text, { schema: CORE_SCHEMA, json: true }))
    return value === undefined ? 'yaml: the document is empty or holds values that JSON does not have' : { value, duplicates: [] }
  } catch (error) {
    return `yaml: ${(error as Error).message.split('\n')[0] ?? ''}`
  }
}

export function unrecognized(kind: string, problem: string, body: Uint8Array): Failure {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${problem} (${summary(body)})`)
}

function summary(body: Uint8Array): string {
  if (body.length === 0) return '<empty>'
  const more = body.length > 30 ? ' ...' : ''
  const start = Buffer.from(body.subarray(0, 30))
  return `${body[0] === 0x7b ? start.toString('utf8') : start.toString('hex')}${more}`
}

export interface ObjectBody {
  readonly object: JsonObject
  readonly duplicates: readonly string[]
  readonly wasNull?: boolean
}

/** A body that has to be an object. */
export function readObjectBody(request: ApiRequest, kind: string): Tried<ObjectBody> {
  const read = readBody(request, kind)
  if (read instanceof Failure) return read
  if (read.value === null) return { object: {}, duplicates: [], wasNull: true }
  if (!isObject(read.value)) return unrecognized(kind, `couldn't get version/kind; json parse error: json: cannot unmarshal ${goName(read.value)} into Go value of type ${TYPE_META}`, request.body)
  return { object: read.value, duplicates: read.duplicates }
}

const TYPE_META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

function goName(value: JsonValue): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
