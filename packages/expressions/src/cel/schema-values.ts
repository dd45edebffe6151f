import { Decimal, Sealed, equalJson, isArray, isNumber, isObject, member, type JsonArray, type JsonObject, type JsonValue } from '@oasgen/json'
import { isDate } from '../text/formats.js'
import { decodeBase64 } from '../text/base64.js'
import { parseScalaDuration } from '../text/scala-duration.js'
import { parseInstant } from '../text/time.js'
import { withMeta, type RuleSchema } from './declared-type.js'
import { equalValues } from './equality.js'
import { escapeField, unescapeField } from './escape.js'
import { NO_OVERLOAD, error, isError, isKind, itemsOf, keyOf, listFrom, type CelList, type CelMap, type CelValue } from './values.js'

/** A JSON value as rules see it through a schema: integers are ints, dates are timestamps, and untyped places cannot be read. */
export function valueBySchema(value: JsonValue, schema: RuleSchema): CelValue {
  if (value instanceof Sealed) return value
  if (value === null) return schema.nullable ? null : error('invalid data, got null for schema with nullable=false')
  if (schema['x-kubernetes-int-or-string']) return intOrString(value)
  switch (schema.type) {
    case 'object':
      return isObject(value) ? objectValue(value, schema) : error('invalid data, expected a map for the provided schema with type=object')
    case 'array':
      return isArray(value) ? listValue(value, schema) : error('invalid data, expected an array for the provided schema with type=array')
    case 'string':
      return typeof value === 'string' ? textValue(value, schema.format) : unexpected('string', value)
    case 'number':
      return isNumber(value) ? toDouble(value) : unexpected('float', value)
    case 'integer':
      return toInteger(value) ?? unexpected('int', value)
    case 'boolean':
      return typeof value === 'boolean' ? value : unexpected('bool', value)
    default:
      return unknownValue(value, schema)
  }
}

function unknownValue(value: JsonValue, schema: RuleSchema): CelValue {
  if (!schema['x-kubernetes-preserve-unknown-fields']) return error(`invalid type, got ${schema.type ?? ''}`)
  return { kind: 'unknown', value, equals: (other) => isKind(other, 'unknown') && equalJson(value, other.value as JsonValue) }
}

function intOrString(value: JsonValue): CelValue {
  if (typeof value === 'string') return value
  return toInteger(value) ?? error('invalid data, expected XIntOrString value to be either a string or integer')
}

/** What fits int64; larger numbers are doubles on the server. */
export function toInteger(value: JsonValue): bigint | undefined {
  if (typeof value !== 'bigint' && (typeof value !== 'number' || !Number.isInteger(value))) return undefined
  const whole = BigInt(value)
  return whole >= -(2n ** 63n) && whole < 2n ** 63n ? whole : undefined
}

/** Only ratcheted objects hold values of the wrong type when rules run. The server names Go's types. */
function unexpected(wanted: string, value: JsonValue): CelValue {
  return error(`invalid data, expected ${wanted}, got ${goType(value)}`)
}

function goType(value: JsonValue): string {
  if (isNumber(value)) return toInteger(value) === undefined ? 'float64' : 'int64'
  if (typeof value === 'boolean') return 'bool'
  return isArray(value) ? '[]interface {}' : isObject(value) ? 'map[string]interface {}' : 'string'
}

export function toDouble(value: number | bigint | Decimal): number {
  return value instanceof Decimal ? Number(value.text) : Number(value)
}

function textValue(text: string, format: string | undefined): CelValue {
  switch (format) {
    case 'duration': {
      const nanos = parseScalaDuration(text)
      return nanos === undefined ? error(`Invalid duration ${text}`) : { kind: 'duration', nanos }
    }
    case 'date':
      return timestampOf(isDate(text) ? `${text}T00:00:00Z` : '', `Invalid date formatted string ${text}`)
    case 'date-time':
      return timestampOf(/[zZ]|[+-]\d{2}:\d{2}$/.test(text) ? text : `${text}Z`, `Invalid date-time formatted string ${text}`)
    case 'byte': {
      const bytes = text.length % 4 === 0 && !/[-_]/.test(text) ? decodeBase64(text) : undefined
      return bytes ?? error(`Invalid byte formatted string ${text}`)
    }
    default:
      return text
  }
}

function timestampOf(text: string, complaint: string): CelValue {
  const instant = parseInstant(text)
  return instant === undefined ? error(complaint) : { kind: 'timestamp', ...instant }
}

/** A resource; its own type and names are there even when the schema does not say so. */
export function resourceValue(value: JsonObject, schema: RuleSchema): CelValue {
  return valueBySchema(value, withMeta(schema))
}

function objectValue(value: JsonObject, schema: RuleSchema): CelMap {
  const seen = schema['x-kubernetes-embedded-resource'] ? withMeta(schema) : schema
  const { properties } = seen
  if (properties !== undefined) return structValue(value, properties)
  const values = typeof seen.additionalProperties === 'object' ? seen.additionalProperties : undefined
  return values ? mapValue(value, values) : structValue(value, {})
}

/** Fields of an object with properties are reached by their escaped names, and a null field is an absent one. */
function structValue(value: JsonObject, properties: Readonly<Record<string, RuleSchema>>): CelMap {
  const schemaOf = (name: string): RuleSchema | undefined => (Object.hasOwn(properties, name) ? properties[name] : undefined)
  const find = (key: CelValue): CelValue | undefined => {
    const name = typeof key === 'string' ? unescapeField(key) : undefined
    const field = name === undefined ? undefined : member(value, name)
    const schema = name === undefined ? undefined : schemaOf(name)
    return field === undefined || field === null || schema === undefined ? undefined : valueBySchema(field, schema)
  }
  const keys = (): readonly CelValue[] => Object.keys(value).flatMap((name) => (schemaOf(name) ? [escapeField(name) ?? name] : []))
  const self: CelMap & { readonly source: JsonObject } = { kind: 'map', size: Object.keys(value).length, find, keys, source: value, equals: (other) => equalStructs(self, other, schemaOf) }
  return self
}

/** Typed fields compare by value, untyped ones as JSON. */
function equalStructs(a: CelMap & { readonly source: JsonObject }, b: CelMap, schemaOf: (name: string) => RuleSchema | undefined): CelValue {
  if (a.size !== b.size) return false
  const other = (b as { readonly source?: JsonObject }).source
  for (const [name, field] of Object.entries(a.source)) {
    const same = schemaOf(name) ? equalFields(a, b, name) : other === undefined ? NO_OVERLOAD : member(other, name) === undefined || equalJson(field, member(other, name) ?? null)
    if (same !== true) return same
  }
  return true
}

function equalFields(a: CelMap, b: CelMap, name: string): CelValue {
  const key = escapeField(name) ?? name
  const [left, right] = [a.find(key), b.find(key)]
  return left === undefined || right === undefined ? left === right : equalInside(left, right)
}

/** Inside of objects and lists an unreadable value is an error, but beside a scalar on the left it is just unequal. */
function equalInside(left: CelValue, right: CelValue): CelValue {
  const isScalar = !isError(left) && !isKind(left, 'map') && !isKind(left, 'list')
  return isScalar && isError(right) ? false : equalValues(left, right)
}

function mapValue(value: JsonObject, values: RuleSchema): CelMap {
  const find = (key: CelValue): CelValue | undefined => {
    const field = typeof key === 'string' ? member(value, key) : undefined
    return field === undefined ? undefined : valueBySchema(field, values)
  }
  const self: CelMap = { kind: 'map', size: Object.keys(value).length, find, keys: () => Object.keys(value), equals: (other) => equalMaps(self, other) }
  return self
}

function equalMaps(a: CelMap, b: CelMap): CelValue {
  if (a.size !== b.size) return false
  for (const key of a.keys()) {
    const [left, right] = [a.find(key), b.find(key)]
    const same = left === undefined || right === undefined ? left === right : equalInside(left, right)
    if (same !== true) return same
  }
  return true
}

function listValue(value: JsonArray, schema: RuleSchema): CelValue {
  const { items } = schema
  if (items === undefined) return error('invalid array type, expected Items with a non-empty Schema')
  const list: CelList = { kind: 'list', size: value.length, at: (index) => valueBySchema(value[index] ?? null, items) }
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return setList(list, (item) => setKey(item))
    case 'map': {
      const keys = schema['x-kubernetes-list-map-keys'] ?? []
      return setList(list, (item) => mapListKey(item, keys), 'replace')
    }
    default:
      return { ...list, at: (index) => list.at(index), equals: (other: CelList) => equalLists(list, other) }
  }
}

function equalLists(a: CelList, b: CelList): CelValue {
  if (a.size !== b.size) return false
  for (let index = 0; index < a.size; index++) {
    const same = equalInside(a.at(index), b.at(index))
    if (same !== true) return same
  }
  return true
}

type KeyOf = (item: CelValue) => string

function setKey(item: CelValue): string {
  const key = keyOf(item)
  return key === undefined ? 'other' : `${typeof key}:${String(key)}`
}

function mapListKey(item: CelValue, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => {
    const value = isKind(item, 'map') ? item.find(escapeField(key) ?? key) : undefined
    return value === undefined ? '' : setKey(value)
  }))
}

/** Equality without order; a sum that keeps the order of the left side and adds, or replaces, by key. */
function setList(list: CelList, key: KeyOf, onSame: 'keep' | 'replace' = 'keep'): CelList {
  return {
    ...list,
    at: (index) => list.at(index),
    equals: (other) => {
      if (list.size !== other.size) return false
      const own = new Map(itemsOf(list).map((item) => [key(item), item]))
      for (const item of itemsOf(other)) {
        const match = own.get(key(item))
        if (match === undefined || isError(item)) return false
        const same = equalValues(match, item)
        if (same !== true) return same
      }
      return true
    },
    plus: (other) => {
      const merged = new Map(itemsOf(list).map((item) => [key(item), item]))
      for (const item of itemsOf(other)) {
        if (onSame === 'replace' || !merged.has(key(item))) merged.set(key(item), item)
      }
      return setList(listFrom([...merged.values()]), key, onSame)
    },
  }
}

