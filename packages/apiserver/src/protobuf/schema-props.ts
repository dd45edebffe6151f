import { objectFrom, readJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { Malformed, WireReader } from './wire.js'

/** The numbers of JSONSchemaProps. `kept` are the pointers of Go: what they point to is written even when it is empty. */
type Form = 'text' | 'kept text' | 'flag' | 'kept flag' | 'double' | 'integer' | 'json' | 'jsons' | 'texts' | 'schema' | 'schemas' | 'map' | 'orList' | 'orFlag' | 'dependencies' | 'docs' | 'rules'

const PROPS: ReadonlyMap<number, readonly [string, Form]> = numbered([
  ['id', 'text'], ['$schema', 'text'], ['$ref', 'kept text'], ['description', 'text'], ['type', 'text'], ['format', 'text'], ['title', 'text'], ['default', 'json'],
  ['maximum', 'double'], ['exclusiveMaximum', 'flag'], ['minimum', 'double'], ['exclusiveMinimum', 'flag'], ['maxLength', 'integer'], ['minLength', 'integer'],
  ['pattern', 'text'], ['maxItems', 'integer'], ['minItems', 'integer'], ['uniqueItems', 'flag'], ['multipleOf', 'double'], ['enum', 'jsons'],
  ['maxProperties', 'integer'], ['minProperties', 'integer'], ['required', 'texts'], ['items', 'orList'], ['allOf', 'schemas'], ['oneOf', 'schemas'],
  ['anyOf', 'schemas'], ['not', 'schema'], ['properties', 'map'], ['additionalProperties', 'orFlag'], ['patternProperties', 'map'], ['dependencies', 'dependencies'],
  ['additionalItems', 'orFlag'], ['definitions', 'map'], ['externalDocs', 'docs'], ['example', 'json'], ['nullable', 'flag'],
  ['x-kubernetes-preserve-unknown-fields', 'kept flag'], ['x-kubernetes-embedded-resource', 'flag'], ['x-kubernetes-int-or-string', 'flag'],
  ['x-kubernetes-list-map-keys', 'texts'], ['x-kubernetes-list-type', 'kept text'], ['x-kubernetes-map-type', 'kept text'], ['x-kubernetes-validations', 'rules'],
])
const DOCS = numbered([['description', 'text'], ['url', 'text']])
const RULE = numbered([['rule', 'kept text'], ['message', 'text'], ['messageExpression', 'text'], ['reason', 'kept text'], ['fieldPath', 'text'], ['optionalOldSelf', 'kept flag']])

function numbered(fields: readonly (readonly [string, Form])[]): ReadonlyMap<number, readonly [string, Form]> {
  return new Map(fields.map((field, index) => [index + 1, field]))
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const MAX_DEPTH = 64

/** A schema of a CRD, as the JSON that it would have. Throws `Malformed`. */
export function decodeSchemaProps(bytes: Uint8Array, depth = 0): JsonObject {
  return decodeFields(bytes, PROPS, depth)
}

function decodeFields(bytes: Uint8Array, fields: ReadonlyMap<number, readonly [string, Form]>, depth: number): JsonObject {
  if (depth > MAX_DEPTH) throw new Malformed('the schema nests too deep')
  const reader = new WireReader(bytes)
  const values = new Map<string, JsonValue>()
  while (!reader.done) {
    const { number, wire } = reader.tag()
    const field = fields.get(number)
    if (field === undefined) {
      reader.skip(wire)
      continue
    }
    const [name, form] = field
    const value = readForm(reader, wire, { form, depth, before: values.get(name) })
    if (value !== undefined) values.set(name, value)
  }
  return objectFrom(values)
}

interface Reading {
  readonly form: Form
  readonly depth: number
  readonly before: JsonValue | undefined
}

/** Undefined for what Go leaves out of JSON. */
function readForm(reader: WireReader, wire: number, { form, depth, before }: Reading): JsonValue | undefined {
  const message = (): Uint8Array => {
    if (wire !== 2) throw new Malformed(`wire type ${wire} where a message was expected`)
    return reader.bytes()
  }
  const more = (item: JsonValue): JsonValue => [...((before ?? []) as readonly JsonValue[]), item]
  switch (form) {
    case 'text': return utf8.decode(message()) || undefined
    case 'kept text': return utf8.decode(message())
    case 'flag': return reader.varint() !== 0n || undefined
    case 'kept flag': return reader.varint() !== 0n
    case 'double': return new DataView(Uint8Array.from(reader.fixed(8)).buffer).getFloat64(0, true)
    case 'integer': return Number(BigInt.asIntN(64, reader.varint()))
    case 'json': return rawJson(message())
    case 'jsons': return more(rawJson(message()))
    case 'texts': return more(utf8.decode(message()))
    case 'schema': return decodeSchemaProps(message(), depth + 1)
    case 'schemas': return more(decodeSchemaProps(message(), depth + 1))
    case 'rules': return more(decodeFields(message(), RULE, depth + 1))
    case 'docs': return decodeFields(message(), DOCS, depth + 1)
    case 'map': return withEntry(before, message(), (part) => decodeSchemaProps(part, depth + 1))
    case 'dependencies': return withEntry(before, message(), (part) => decodeChoice(part, form, depth + 1))
    case 'orList': case 'orFlag': return decodeChoice(message(), form, depth + 1)
  }
}

/**
 * A schema, or else what may stand in its place: a flag for additional properties and items, schemas for items, names for dependencies.
 * The flag comes first where there is one, and the schema is then number 2.
 */
function decodeChoice(bytes: Uint8Array, form: 'orList' | 'orFlag' | 'dependencies', depth: number): JsonValue {
  const reader = new WireReader(bytes)
  const schemaNumber = form === 'orFlag' ? 2 : 1
  let schema: JsonValue | undefined
  let flag = false
  const listed: JsonValue[] = []
  while (!reader.done) {
    const { number, wire } = reader.tag()
    if (wire === 0) flag = reader.varint() !== 0n
    else if (wire !== 2) reader.skip(wire)
    else if (number === schemaNumber) schema = decodeSchemaProps(reader.bytes(), depth)
    else listed.push(form === 'dependencies' ? utf8.decode(reader.bytes()) : decodeSchemaProps(reader.bytes(), depth))
  }
  if (schema !== undefined) return schema
  return form === 'orFlag' ? flag : listed
}

function withEntry(before: JsonValue | undefined, bytes: Uint8Array, decode: (part: Uint8Array) => JsonValue): JsonValue {
  const reader = new WireReader(bytes)
  let key = ''
  let value: JsonValue = {}
  while (!reader.done) {
    const { number, wire } = reader.tag()
    if (wire !== 2) reader.skip(wire)
    else if (number === 1) key = utf8.decode(reader.bytes())
    else if (number === 2) value = decode(reader.bytes())
    else reader.bytes()
  }
  return objectFrom([...Object.entries((before ?? {}) as JsonObject), [key, value]])
}

function rawJson(bytes: Uint8Array): JsonValue {
  const reader = new WireReader(bytes)
  let text = 'null'
  while (!reader.done) {
    const { number, wire } = reader.tag()
    if (number === 1 && wire === 2) text = utf8.decode(reader.bytes())
    else reader.skip(wire)
  }
  const read = readJson(text)
  if (!read.ok) throw new Malformed('a value of the schema is no JSON')
  return read.value
}
