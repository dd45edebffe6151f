import { isArray, isNumber, isObject, member, objectFrom, type JsonObject, type JsonValue } from '@oasgen/json'
import { goKind } from '../api/metadata.js'
import type { FieldType, Scalar, StructType, TypeTable } from './type-table.js'
import { canonicalQuantity } from './quantity.js'

export interface TypedResult {
  readonly object: JsonObject
  /** Paths that the type does not have. */
  readonly unknown: readonly string[]
  /** The first value of a wrong type, in Go's words. */
  readonly problem?: string
}

/** An object as Go would hold it: known fields only, in their canonical forms, zero values written or dropped as Go does. */
export function readTyped(table: TypeTable, type: StructType, object: JsonObject, head: JsonObject): TypedResult {
  const reader = new TypedReader(table)
  const read = reader.struct(type, object, { path: '', go: '', struct: type.name }, new Set(Object.keys(head)))
  return { object: { ...head, ...read }, unknown: reader.unknown, ...(reader.problem !== undefined && { problem: reader.problem }) }
}

interface Place {
  /** With indexes and keys, for unknown fields. */
  readonly path: string
  /** As Go's decoder names fields: without either. */
  readonly go: string
  readonly struct: string
}

class TypedReader {
  readonly unknown: string[] = []
  problem: string | undefined
  readonly #table: TypeTable

  constructor(table: TypeTable) {
    this.#table = table
  }

  struct(type: StructType, object: JsonObject, place: Place, skip: ReadonlySet<string> = new Set()): JsonObject {
    for (const name of Object.keys(object)) {
      if (!type.byName.has(name) && !skip.has(name)) this.unknown.push(join(place.path, name))
    }
    const entries: [string, JsonValue][] = []
    const own = { ...place, struct: type.name.split('.').at(-1) ?? '' }
    for (const field of type.fields) {
      if (skip.has(field.name)) continue
      const value = member(object, field.name)
      const read = value === undefined || value === null ? undefined : this.value(field.type, value, { ...own, path: join(place.path, field.name), go: join(place.go, field.name) })
      const kept = read === undefined ? (field.emit === 'always' ? (field.nullable ? null : this.#zero(field.type)) : undefined) : field.emit === 'filled' && isZero(read) ? undefined : read
      if (kept !== undefined) entries.push([field.name, kept])
    }
    return objectFrom(entries)
  }

  value(type: FieldType, value: JsonValue, place: Place): JsonValue | undefined {
    switch (type.kind) {
      case 'scalar': return this.#scalar(type.scalar, value, place)
      case 'struct': return isObject(value) ? this.struct(this.#table.get(type.name), value, place) : this.#wrong(value, place, `v1.${type.name.split('.').at(-1) ?? ''}`)
      case 'list':
        if (!isArray(value)) return this.#wrong(value, place, `[]${goType(type.element)}`)
        return value.map((item, index) => this.#item(type.element, item, { ...place, path: `${place.path}[${index}]` }))
      case 'map':
        if (!isObject(value)) return this.#wrong(value, place, `map[string]${goType(type.value)}`)
        return objectFrom(Object.entries(value).map(([key, item]) => [key, this.#item(type.value, item, { ...place, path: join(place.path, key) })]))
    }
  }

  #item(type: FieldType, value: JsonValue, place: Place): JsonValue {
    return (value === null ? this.#zero(type) : this.value(type, value, place)) ?? null
  }

  #zero(type: FieldType): JsonValue {
    switch (type.kind) {
      case 'scalar': return ZERO[type.scalar]
      case 'struct': return this.struct(this.#table.get(type.name), {}, { path: '', go: '', struct: '' })
      case 'list': case 'map': return null
    }
  }

  #scalar(scalar: Scalar, value: JsonValue, place: Place): JsonValue | undefined {
    switch (scalar) {
      case 'string': return typeof value === 'string' ? value : this.#wrong(value, place, 'string')
      case 'bool': return typeof value === 'boolean' ? value : this.#wrong(value, place, 'bool')
      case 'int32': case 'int64': return this.#integer(scalar, value, place)
      case 'float': return isNumber(value) ? value : this.#wrong(value, place, 'float64')
      case 'any': case 'schema': return value
      case 'intstr': return typeof value === 'string' || typeof value === 'number' ? value : this.#wrong(value, place, 'intstr.IntOrString')
      case 'bytes': case 'time': case 'microtime': case 'duration': case 'quantity': return this.#text(scalar, value, place)
    }
  }

  #integer(scalar: 'int32' | 'int64', value: JsonValue, place: Place): JsonValue | undefined {
    if (!isNumber(value)) return this.#wrong(value, place, scalar)
    const whole = typeof value === 'bigint' || typeof value === 'number' && Number.isInteger(value)
    const limit = scalar === 'int32' ? 2 ** 31 : 2 ** 63
    if (!whole || Number(value) >= limit || Number(value) < -limit) return this.#wrong(value, place, scalar, ` ${String(value)}`)
    return value
  }

  #text(scalar: 'bytes' | 'time' | 'microtime' | 'duration' | 'quantity', value: JsonValue, place: Place): JsonValue | undefined {
    if (scalar === 'quantity' && typeof value === 'number') return canonicalQuantity(String(value)) ?? String(value)
    if (typeof value !== 'string') return this.#wrong(value, place, scalar === 'bytes' ? '[]uint8' : scalar)
    switch (scalar) {
      case 'bytes': return this.#bytes(value)
      case 'quantity': return canonicalQuantity(value) ?? this.#fault("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
      case 'duration': return value
      case 'time': case 'microtime': return this.#time(scalar, value)
    }
  }

  #bytes(value: string): JsonValue | undefined {
    const plain = value.replace(/[\r\n]/g, '')
    if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(plain)) return plain
    const at = plain.search(/[^A-Za-z0-9+/]/)
    return this.#fault(`illegal base64 data at input byte ${at < 0 ? Math.max(0, plain.length - plain.length % 4) : at}`)
  }

  #time(scalar: 'time' | 'microtime', value: string): JsonValue | undefined {
    const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : Number.NaN
    if (Number.isNaN(instant)) {
      return this.#fault(`parsing time ${JSON.stringify(value)} as ${scalar === 'time' ? '"2006-01-02T15:04:05Z07:00"' : '"2006-01-02T15:04:05.000000Z07:00"'}: cannot parse ${JSON.stringify(value)} as "2006"`)
    }
    const iso = new Date(instant).toISOString()
    if (scalar === 'time') return iso.replace(/\.\d+Z$/, 'Z')
    const micros = (/\.(\d+)/.exec(value)?.[1] ?? '').padEnd(6, '0').slice(0, 6)
    return iso.replace(/\.\d+Z$/, `.${micros}Z`)
  }

  #wrong(value: JsonValue, place: Place, wanted: string, shown = ''): undefined {
    return this.#fault(`json: cannot unmarshal ${goKind(value)}${shown} into Go struct field ${place.struct}.${place.go} of type ${wanted}`)
  }

  #fault(problem: string): undefined {
    this.problem ??= problem
    return undefined
  }
}

const ZERO: Readonly<Record<Scalar, JsonValue>> = {
  string: '', bool: false, int32: 0, int64: 0, float: 0, bytes: null, time: null, microtime: null, duration: '0s', intstr: 0, quantity: '0', any: null, schema: null,
}

function goType(type: FieldType): string {
  switch (type.kind) {
    case 'scalar': return type.scalar
    case 'struct': return `v1.${type.name.split('.').at(-1) ?? ''}`
    case 'list': return `[]${goType(type.element)}`
    case 'map': return `map[string]${goType(type.value)}`
  }
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** What Go's `omitempty` leaves out. */
function isZero(value: JsonValue): boolean {
  if (isArray(value)) return value.length === 0
  if (isObject(value)) return Object.keys(value).length === 0
  return value === '' || value === 0 || value === false || value === null
}


/** The object as it comes back from storage: protobuf does not tell an empty list from none. */
export function asStored(table: TypeTable, type: StructType, object: JsonObject): JsonObject {
  let made = object
  for (const field of type.fields) {
    const value = member(object, field.name)
    if (value === undefined || value === null) continue
    const stored = storedValue(table, field.type, value)
    if (stored !== value) made = { ...made, [field.name]: stored }
  }
  return made
}

function storedValue(table: TypeTable, type: FieldType, value: JsonValue): JsonValue {
  switch (type.kind) {
    case 'scalar': return value
    case 'struct': return isObject(value) ? asStored(table, table.get(type.name), value) : value
    case 'map': return value
    case 'list': return !isArray(value) ? value : value.length === 0 ? null : storedItems(table, type.element, value)
  }
}

function storedItems(table: TypeTable, type: FieldType, list: readonly JsonValue[]): JsonValue {
  if (type.kind === 'scalar') return list
  const stored = list.map((item) => storedValue(table, type, item))
  return stored.every((item, index) => item === list[index]) ? list : stored
}
