import { objectFrom, readJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Field, FieldType, Scalar, StructType, TypeTable, WireField } from '../schema/type-table.js'
import { decodeSchemaProps } from './schema-props.js'
import { Malformed, WireReader } from './wire.js'

const utf8 = new TextDecoder('utf-8', { fatal: true })
const MAX_DEPTH = 64

/** A message as the JSON that the same object would have. Throws `Malformed`. */
export function decodeMessage(table: TypeTable, type: StructType, bytes: Uint8Array, depth = 0): JsonObject {
  if (depth > MAX_DEPTH) throw new Malformed('the message nests too deep')
  const reader = new WireReader(bytes)
  const byNumber = new Map<number, WireField>(type.wire.map((wire) => [wire.number, wire]))
  const values = new Map<string, JsonValue>()
  while (!reader.done) {
    const { number, wire } = reader.tag()
    const known = byNumber.get(number)
    if (!known) reader.skip(wire)
    else if (known.inline) for (const [name, value] of Object.entries(decodeMessage(table, known.inline, message(reader, wire), depth + 1))) values.set(name, value)
    else if (known.field) readField({ table, reader, wire, values, depth }, known.field)
  }
  return objectFrom(values)
}

interface Reading {
  readonly table: TypeTable
  readonly reader: WireReader
  readonly wire: number
  readonly values: Map<string, JsonValue>
  readonly depth: number
}

function message(reader: WireReader, wire: number): Uint8Array {
  if (wire !== 2) throw new Malformed(`wire type ${wire} where a message was expected`)
  return reader.bytes()
}

function readField(reading: Reading, { name, type }: Field): void {
  const { values } = reading
  switch (type.kind) {
    case 'list': {
      const before = (values.get(name) ?? []) as readonly JsonValue[]
      values.set(name, [...before, ...readItems(reading, type.element)])
      return
    }
    case 'map': {
      const [key, value] = readEntry(reading, type.value)
      values.set(name, objectFrom([...Object.entries((values.get(name) ?? {}) as JsonObject), [key, value]]))
      return
    }
    case 'scalar': case 'struct': values.set(name, readOne(reading, type))
  }
}

/** Numbers of a list may come packed into one field. */
function readItems(reading: Reading, element: FieldType): readonly JsonValue[] {
  const packable = element.kind === 'scalar' && ['int32', 'int64', 'bool'].includes(element.scalar)
  if (!packable || reading.wire !== 2) return [readOne(reading, element)]
  const packed = new WireReader(reading.reader.bytes())
  const items: JsonValue[] = []
  while (!packed.done) items.push(readOne({ ...reading, reader: packed, wire: 0 }, element))
  return items
}

function readEntry(reading: Reading, value: FieldType): readonly [string, JsonValue] {
  const entry = new WireReader(message(reading.reader, reading.wire))
  let key = ''
  let found: JsonValue = zero(value)
  while (!entry.done) {
    const { number, wire } = entry.tag()
    if (number === 1) key = utf8.decode(message(entry, wire))
    else if (number === 2) found = readOne({ ...reading, reader: entry, wire }, value)
    else entry.skip(wire)
  }
  return [key, found]
}

function readOne(reading: Reading, type: FieldType): JsonValue {
  const { table, reader, wire, depth } = reading
  switch (type.kind) {
    case 'struct': return decodeMessage(table, table.get(type.name), message(reader, wire), depth + 1)
    case 'scalar': return readScalar(reader, wire, type.scalar)
    // A list as the value of a map is a message with its items in field 1.
    case 'list': return readWrapped(message(reader, wire), reading, type.element)
    case 'map': throw new Malformed('a map of maps is not known')
  }
}

function readWrapped(bytes: Uint8Array, reading: Reading, element: FieldType): JsonValue {
  const reader = new WireReader(bytes)
  const items: JsonValue[] = []
  while (!reader.done) {
    const { number, wire } = reader.tag()
    if (number === 1) items.push(readOne({ ...reading, reader, wire }, element))
    else reader.skip(wire)
  }
  return items
}

function zero(type: FieldType): JsonValue {
  if (type.kind === 'list') return []
  return type.kind === 'scalar' && type.scalar === 'bool' ? false : ''
}

function readScalar(reader: WireReader, wire: number, scalar: Scalar): JsonValue {
  switch (scalar) {
    case 'string': return utf8.decode(message(reader, wire))
    case 'bytes': return Buffer.from(message(reader, wire)).toString('base64')
    case 'bool': return reader.varint() !== 0n
    case 'int32': case 'int64': return integer(reader.varint())
    case 'float': return new DataView(Uint8Array.from(reader.fixed(8)).buffer).getFloat64(0, true)
    case 'schema': return decodeSchemaProps(message(reader, wire))
    case 'time': case 'microtime': case 'duration': case 'intstr': case 'quantity': case 'any': return readSpecial(message(reader, wire), scalar)
  }
}

function integer(value: bigint): JsonValue {
  const signed = BigInt.asIntN(64, value)
  return signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(signed) : signed
}

/** Types with a message of their own and a JSON form of their own. */
function readSpecial(bytes: Uint8Array, scalar: 'time' | 'microtime' | 'duration' | 'intstr' | 'quantity' | 'any'): JsonValue {
  const parts = new Map<number, bigint | Uint8Array>()
  const reader = new WireReader(bytes)
  while (!reader.done) {
    const { number, wire } = reader.tag()
    if (wire === 0) parts.set(number, reader.varint())
    else if (wire === 2) parts.set(number, reader.bytes())
    else reader.skip(wire)
  }
  const number = (at: number): number => Number(BigInt.asIntN(64, (parts.get(at) as bigint | undefined) ?? 0n))
  const text = (at: number): string => utf8.decode((parts.get(at) as Uint8Array | undefined) ?? new Uint8Array())
  switch (scalar) {
    case 'time': return parts.size === 0 ? null : new Date(number(1) * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
    case 'microtime': return parts.size === 0 ? null : new Date(number(1) * 1000).toISOString().replace(/\.\d+Z$/, `.${String(Math.floor(number(2) / 1000)).padStart(6, '0')}Z`)
    case 'duration': return `${number(1) / 1e9}s`
    case 'intstr': return number(1) === 0 ? number(2) : text(3)
    case 'quantity': return text(1)
    case 'any': return raw(text(1))
  }
}

function raw(text: string): JsonValue {
  const read = readJson(text)
  return read.ok ? read.value : null
}
