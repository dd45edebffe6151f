import { compareNumbers, type JsonNumber, isInteger, isNumber, type JsonValue } from '@oasgen/json'
import type { Bound, Schema, SchemaType } from '@oasgen/openapi'
import { type Lowering, note, type Spot } from './context.js'
import { firstOf, flatten, limitOf, type Merged, multipleOf } from './merge.js'
import { lowerPattern } from './pattern.js'
import type { Structural } from './structural.js'

/** Formats that the API server checks, and checks as OpenAPI means them. */
const CHECKED_FORMATS: Readonly<Record<string, readonly string[]>> = {
  string: ['date-time', 'date', 'uuid', 'ipv4', 'ipv6', 'email', 'hostname', 'uri', 'byte', 'password'],
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
}

/** Known to the API server under the same word with another meaning. */
const OTHER_MEANING: readonly string[] = [
  'duration',
  'isbn',
  'mac',
  'cidr',
  'creditcard',
  'ssn',
  'hexcolor',
  'rgbcolor',
  'bsonobjectid',
  'uuid3',
  'uuid4',
  'uuid5',
  'isbn10',
  'isbn13',
  'datetime',
  'k8s-short-name',
  'k8s-long-name',
]

/** Widths of whole numbers are carried everywhere: the reference checks every one as int32. */
const ALWAYS: readonly string[] = ['int32', 'int64']

/** Pass 5, lowerFormat: formats that mean the same on both sides; others are told in the description. */
export function lowerFormat(
  lowering: Lowering,
  merged: Merged,
  type: SchemaType,
  spot: Spot,
): { readonly format?: string; readonly told?: string } {
  const schema = merged.parts.find((part) => part.format !== undefined)
  const format = schema?.format
  if (schema === undefined || format === undefined) return {}
  const known = CHECKED_FORMATS[type]?.includes(format) === true
  if (known && (lowering.mode === 'strict' || ALWAYS.includes(format))) {
    if (lowering.mode !== 'status' || ALWAYS.includes(format)) lowering.log.carried()
    return { format }
  }
  const rule = lowering.mode === 'status'
    ? 'status-open'
    : known ? 'compatible' : OTHER_MEANING.includes(format) ? 'format-meaning' : 'format-unknown'
  note(lowering, spot, { outcome: 'weakened', schema, keyword: 'format', rule, detail: format })
  return { told: format }
}

/** Pass 6, lowerConstraints: patterns, lengths and bounds of texts and numbers; only `strict` carries them. */
export function lowerConstraints(lowering: Lowering, merged: Merged, type: SchemaType, spot: Spot): Structural {
  if (lowering.mode === 'strict') return strictConstraints(lowering, merged, type, spot)
  const rule = lowering.mode === 'status' ? 'status-open' : 'compatible'
  for (const keyword of SCALAR_KEYWORDS) {
    const schema = merged.parts.find((part) => part[keyword] !== undefined)
    if (schema !== undefined) note(lowering, spot, { outcome: 'dropped', schema, keyword, rule })
  }
  return {}
}

function strictConstraints(lowering: Lowering, merged: Merged, type: SchemaType, spot: Spot): Structural {
  if (type === 'string') return textConstraints(lowering, merged, spot)
  return type === 'integer' || type === 'number' ? numberConstraints(lowering, merged, type, spot) : {}
}

const SCALAR_KEYWORDS = ['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'multipleOf'] as const

function textConstraints(lowering: Lowering, merged: Merged, spot: Spot): Structural {
  const patterns = merged.parts.flatMap((schema) =>
    (schema.pattern === undefined ? [] : [{ schema, pattern: lowerPattern(lowering, schema, spot) }]),
  )
  const kept = [...new Set(patterns.flatMap(({ pattern }) => pattern ?? []))]
  const [pattern, ...others] = kept
  return {
    ...limits(lowering, merged, ['minLength', 'maxLength']),
    ...(pattern !== undefined && { pattern }),
    ...(others.length > 0 && { allOf: others.map((other) => ({ pattern: other })) }),
  }
}

export function limits(lowering: Lowering, merged: Merged, keywords: readonly Parameters<typeof limitOf>[1][]): Structural {
  const found: Structural = {}
  for (const keyword of keywords) {
    const limit = limitOf(merged, keyword)
    if (limit === undefined || limit.value < 0) continue
    if (limit.value > 0 || keyword.startsWith('max')) found[keyword] = limit.value
    lowering.log.carried()
  }
  return found
}

function numberConstraints(lowering: Lowering, merged: Merged, type: 'integer' | 'number', spot: Spot): Structural {
  const multiple = multipleOf(merged)
  return {
    ...bound(lowering, merged, 'minimum', type, spot),
    ...bound(lowering, merged, 'maximum', type, spot),
    ...(multiple && positive(lowering, multiple, spot)),
  }
}

function positive(lowering: Lowering, { value, schema }: { readonly value: JsonNumber; readonly schema: Schema }, spot: Spot): Structural {
  if (compareNumbers(value, 0) > 0) {
    lowering.log.carried()
    return { multipleOf: value }
  }
  note(lowering, spot, { outcome: 'dropped', schema, keyword: 'multipleOf', rule: 'bound' })
  return {}
}

const SAFE = 9007199254740991n

/** A bound is a float64 for the API server, and one that only repeats the width of the type says nothing. */
function bound(lowering: Lowering, merged: Merged, keyword: 'minimum' | 'maximum', type: 'integer' | 'number', spot: Spot): Structural {
  const found = merged[keyword]
  if (found === undefined) return {}
  if (isExact(found) && !isWidth(found, keyword, type, firstOf(merged, 'format'))) {
    lowering.log.carried()
    return keyword === 'minimum'
      ? { minimum: found.value, ...(found.exclusive && { exclusiveMinimum: true }) }
      : { maximum: found.value, ...(found.exclusive && { exclusiveMaximum: true }) }
  }
  const schema = merged.parts.find((part) => part[keyword] === found) ?? merged.schema
  note(lowering, spot, { outcome: 'dropped', schema, keyword, rule: 'bound', detail: String(found.value) })
  return {}
}

function isExact({ value }: Bound): boolean {
  if (typeof value === 'bigint') return value <= SAFE && value >= -SAFE
  return typeof value === 'number'
}

function isWidth({ value, exclusive }: Bound, keyword: 'minimum' | 'maximum', type: string, format: string | undefined): boolean {
  if (exclusive || type !== 'integer' || format !== 'int32') return false
  return compareNumbers(value, keyword === 'minimum' ? -2147483648 : 2147483647) === 0
}

/** Pass 4, lowerEnum: values of the type; null is never among them. */
export function lowerEnum(
  lowering: Lowering,
  merged: Merged,
  type: SchemaType | 'intOrString',
  spot: Spot,
): readonly JsonValue[] | undefined {
  const values = merged.enum
  if (values === undefined) return undefined
  const schema = merged.parts.find((part) => part.enum !== undefined) ?? merged.schema
  if (lowering.mode === 'status') {
    note(lowering, spot, { outcome: 'dropped', schema, keyword: 'enum', rule: 'status-open' })
    return undefined
  }
  const fitting = values.map((value) => fitted(value, type)).filter((value) => value !== undefined)
  if (fitting.length < values.length) note(
    lowering,
    spot,
    {
      outcome: 'weakened',
      schema,
      keyword: 'enum',
      rule: 'enum-type',
      detail: `${values.length - fitting.length} of ${values.length} values`,
    },
  )
  else lowering.log.carried()
  if (fitting.length === 0) return undefined
  if (fitting.length <= MOST_VALUES) return fitting
  note(lowering, spot, { outcome: 'dropped', schema, keyword: 'enum', rule: 'enum-size', detail: `${fitting.length} values` })
  return undefined
}

/** A list longer than this is data, not a schema. */
const MOST_VALUES = 2000

/** Documents write `enum: [1, 2]` for texts and `enum: ["1"]` for numbers. */
function fitted(value: JsonValue, type: SchemaType | 'intOrString'): JsonValue | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : isNumber(value) || typeof value === 'boolean' ? String(value) : undefined
    case 'integer': case 'number':
      if (isNumber(value)) return type === 'number' || isInteger(value) ? value : undefined
      return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined
    case 'intOrString':
      return typeof value === 'string' || (isNumber(value) && isInteger(value)) ? value : undefined
    case 'object': case 'array':
      return undefined
  }
}

/** The constraints of one branch of a union of scalars, as a junctor can hold them. */
export function constraintsOf(lowering: Lowering, branch: Schema, type: SchemaType | undefined, spot: Spot): Structural {
  const parts = flatten(branch)
  const values = parts.find((part) => part.enum !== undefined)?.enum
  const fitting = values?.map((value) => fitted(value, type ?? 'string')).filter((value) => value !== undefined)
  const patterned = parts.find((part) => part.pattern !== undefined)
  const pattern = patterned && lowerPattern(lowering, patterned, spot)
  if (patterned !== undefined && pattern === undefined) return {}
  const [minLength, maxLength] = [
    parts.find((part) => part.minLength)?.minLength,
    parts.find((part) => part.maxLength !== undefined)?.maxLength,
  ]
  const [minimum, maximum] = [parts.find((part) => part.minimum)?.minimum, parts.find((part) => part.maximum)?.maximum]
  return {
    ...(fitting && fitting.length > 0 && { enum: fitting }),
    ...(pattern !== undefined && { pattern }),
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(minimum && isExact(minimum) && { minimum: minimum.value, ...(minimum.exclusive && { exclusiveMinimum: true as const }) }),
    ...(maximum && isExact(maximum) && { maximum: maximum.value, ...(maximum.exclusive && { exclusiveMaximum: true as const }) }),
  }
}
