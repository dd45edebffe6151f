import { finding, nearest } from '@oasgen/diagnostics'
import { isArray, isInteger, isNumber, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { placeOf, type Located, type Report } from './link-context.js'
import { nameValue, shorten } from './name-value.js'
import type { Schema, SchemaType } from './normal-form.js'
import { updateFix } from './overlay-fix.js'

export interface TypeFacts {
  readonly types: readonly SchemaType[]
  readonly typeOrigin: Schema['typeOrigin']
  /** `null` is among the types. */
  readonly takesNull: boolean
  /** What the name of a foreign type says about the format: `date`, `float`. */
  readonly format?: string
}

/** The types of a schema, whichever way they are written, or what its other keywords leave. */
export function readTypes(located: Located<JsonObject>, report: Report): TypeFacts {
  const declared = located.value['type']
  if (declared === undefined || declared === null) return inferTypes(located.value)
  const names = isArray(declared) ? declared : [declared]
  const known = names.map((name) => knownType(name))
  for (const [index, type] of known.entries()) {
    if (type === undefined || type.told) reportType(located, names[index], type, report)
  }
  const found = known.filter((type) => type !== undefined)
  const types = [...new Set(found.flatMap((type) => (type.type === 'null' ? [] : [type.type])))]
  const format = found.find((type) => type.format !== undefined)?.format
  const takesNull = found.some((type) => type.type === 'null')
  if (types.length === 0 && !takesNull) return inferTypes(located.value)
  return { types: withoutCovered(types), typeOrigin: 'declared', takesNull, ...(format !== undefined && { format }) }
}

/** A number may be an integer, so the pair says no more than `number`. */
function withoutCovered(types: readonly SchemaType[]): readonly SchemaType[] {
  return types.includes('number') ? types.filter((type) => type !== 'integer') : types
}

interface KnownType {
  readonly type: SchemaType | 'null'
  readonly format?: string
  /** The name is no type of OpenAPI, and its meaning is a guess that is told. */
  readonly told?: boolean
}

const TYPES: Readonly<Record<string, KnownType>> = {
  string: { type: 'string' },
  number: { type: 'number' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  object: { type: 'object' },
  array: { type: 'array' },
  null: { type: 'null' },
  /** Of Swagger 2.0: the content of a file. */
  file: { type: 'string', format: 'binary' },
}

const FOREIGN: Readonly<Record<string, KnownType>> = {
  str: { type: 'string' },
  text: { type: 'string' },
  uuid: { type: 'string', format: 'uuid' },
  date: { type: 'string', format: 'date' },
  datetime: { type: 'string', format: 'date-time' },
  'date-time': { type: 'string', format: 'date-time' },
  timestamp: { type: 'string', format: 'date-time' },
  int: { type: 'integer' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  long: { type: 'integer', format: 'int64' },
  float: { type: 'number', format: 'float' },
  double: { type: 'number', format: 'double' },
  decimal: { type: 'number' },
  bool: { type: 'boolean' },
  map: { type: 'object' },
  hash: { type: 'object' },
  dict: { type: 'object' },
  list: { type: 'array' },
}

function knownType(name: JsonValue | undefined): KnownType | undefined {
  // `type: null` in YAML without quotes, inside of a list.
  if (name === null) return TYPES['null']
  if (typeof name !== 'string') return undefined
  if (Object.hasOwn(TYPES, name)) return TYPES[name]
  const folded = name.trim().toLowerCase()
  const meant = Object.hasOwn(TYPES, folded) ? TYPES[folded] : Object.hasOwn(FOREIGN, folded) ? FOREIGN[folded] : undefined
  return meant === undefined ? undefined : { ...meant, told: true }
}

function reportType(located: Located<JsonObject>, name: JsonValue | undefined, meant: KnownType | undefined, report: Report): void {
  const type = typeof name === 'string' ? shorten(name, 40) : nameValue(name)
  const consequence = meant === undefined ? 'it is left out' : `it is read as \`${meant.type}\``
  const fix = isArray(located.value['type']) ? {} : typeFix(located, meant ?? nearType(name))
  report(finding('OAS0401', { type, consequence }, { where: placeOf(located, 'type'), ...fix }))
}

function typeFix(located: Located<JsonObject>, meant: KnownType | undefined): ReturnType<typeof updateFix> {
  if (meant === undefined) return {}
  const format = meant.format !== undefined && located.value['format'] === undefined ? { format: meant.format } : {}
  return updateFix(located, `set the type ${meant.type}`, { type: meant.type, ...format })
}

/** What a slip of the pen most likely meant. */
function nearType(name: JsonValue | undefined): KnownType | undefined {
  const near = typeof name === 'string' ? nearest(name, Object.keys(TYPES)) : undefined
  return near === undefined ? undefined : TYPES[near]
}

/** Keywords that make sense for one type only, strongest first. */
const HINTS: readonly { readonly type: SchemaType; readonly keywords: readonly string[] }[] = [
  {
    type: 'object',
    keywords: ['properties', 'additionalProperties', 'patternProperties', 'minProperties', 'maxProperties', 'propertyNames'],
  },
  { type: 'array', keywords: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'] },
  { type: 'string', keywords: ['pattern', 'minLength', 'maxLength', 'contentEncoding', 'contentMediaType'] },
  { type: 'number', keywords: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'] },
]

const FORMATS: Readonly<Record<string, SchemaType>> = {
  int32: 'integer', int64: 'integer', uint32: 'integer', uint64: 'integer', float: 'number', double: 'number',
  date: 'string', 'date-time': 'string', uuid: 'string', uri: 'string', email: 'string', password: 'string', byte: 'string',
  binary: 'string',  hostname: 'string', ipv4: 'string', ipv6: 'string',
}

function inferTypes(value: JsonObject): TypeFacts {
  const inferred = hintedType(value) ?? formatType(value) ?? valuesType(value)
  return inferred === undefined
    ? { types: [], typeOrigin: 'absent', takesNull: onlyNulls(value) }
    : { types: [inferred], typeOrigin: 'inferred', takesNull: false }
}

function hintedType(value: JsonObject): SchemaType | undefined {
  const type = HINTS.find((hint) => hint.keywords.some((keyword) => Object.hasOwn(value, keyword)))?.type
  if (type !== undefined) return type === 'number' && value['format'] !== undefined ? (formatType(value) ?? type) : type
  return isArray(value['required']) && !hasCombinator(value) ? 'object' : undefined
}

function hasCombinator(value: JsonObject): boolean {
  return ['allOf', 'oneOf', 'anyOf'].some((name) => Object.hasOwn(value, name))
}

function formatType(value: JsonObject): SchemaType | undefined {
  const { format } = value
  return typeof format === 'string' && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined
}

/** Of `enum` and `const`, where all values are of one type; null is nothing. */
function valuesType(value: JsonObject): SchemaType | undefined {
  const values = listedValues(value).filter((item) => item !== null)
  const types = new Set(values.map(typeOfValue))
  if (types.size === 2 && types.has('number') && types.has('integer')) return 'number'
  return types.size === 1 ? [...types][0] : undefined
}

export function listedValues(value: JsonObject): readonly JsonValue[] {
  if (isArray(value['enum'])) return value['enum']
  return Object.hasOwn(value, 'const') && value['const'] !== undefined ? [value['const']] : []
}

function onlyNulls(value: JsonObject): boolean {
  const values = listedValues(value)
  return values.length > 0 && values.every((item) => item === null)
}

function typeOfValue(value: JsonValue): SchemaType | undefined {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'boolean'
  if (isNumber(value)) return isInteger(value) ? 'integer' : 'number'
  if (isArray(value)) return 'array'
  return isObject(value) ? 'object' : undefined
}
