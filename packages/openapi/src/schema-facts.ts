import type { Finding } from '@oasgen/diagnostics'
import { compareNumbers, isArray, isNumber, isObject, type JsonNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import { extensionsOf, readKeywords, type KeywordReader } from './keywords.js'
import { placeOf, type Located, type Report } from './link-context.js'
import type { Bound, Schema, UnsupportedKeyword } from './normal-form.js'
import { below } from './pointer.js'
import { listedValues, readTypes, type TypeFacts } from './schema-types.js'

/** The members of a schema that are other schemas: made when they are read. */
export type SchemaChildren = Pick<
  Schema,
  'properties' | 'additionalProperties' | 'items' | 'prefixItems' | 'allOf' | 'oneOf' | 'anyOf' | 'not' | 'discriminator'
>

/** All others: plain values, known at once. */
export type SchemaFacts = Omit<Schema, keyof SchemaChildren>

export function readFacts(located: Located<JsonObject>): SchemaFacts {
  const findings: Finding[] = []
  const report: Report = (problem) => findings.push(problem)
  const reader = readKeywords(located, report)
  const types = readTypes(located, report)
  return {
    ...identityOf(located),
    kind: 'schema',
    types: types.types,
    typeOrigin: types.typeOrigin,
    nullable: isNullable(located.value, types),
    ...annotations(reader),
    ...values(reader, types),
    ...assertions(reader),
    required: requiredOf(reader),
    extensions: extensionsOf(located.value),
    unsupported: unsupportedIn(located),
    findings,
  }
}

/** What is the same for every kind of node. */
export function identityOf(located: Located): Pick<SchemaFacts, 'uri' | 'pointer' | 'place' | 'placeOf' | 'refName'> {
  const name = componentName(located.pointer)
  const place = placeOf(located)
  return {
    uri: located.source.uri,
    pointer: located.pointer,
    place,
    ...(name !== undefined && { refName: name }),
    placeOf: (keyword) => (isObject(located.value) && Object.hasOwn(located.value, keyword) ? placeOf(located, keyword) : place),
  }
}

/** A node about which nothing is known. */
export function emptyFacts(located: Located, kind: Schema['kind'], findings: readonly Finding[] = []): SchemaFacts {
  return {
    ...identityOf(located),
    kind,
    types: [],
    typeOrigin: 'absent',
    nullable: kind === 'true' || kind === 'unresolved',
    required: [],
    uniqueItems: false,
    readOnly: false,
    writeOnly: false,
    deprecated: false,
    extensions: {},
    unsupported: [],
    findings,
  }
}

function componentName(pointer: string): string | undefined {
  const name = /^\/(?:components\/schemas|definitions)\/([^/]+)$/.exec(pointer)?.[1]
  return name?.replaceAll('~1', '/').replaceAll('~0', '~')
}

function isNullable(value: JsonObject, types: TypeFacts): boolean {
  if (types.takesNull || value['nullable'] === true || value['x-nullable'] === true) return true
  return listedValues(value).includes(null) || ['oneOf', 'anyOf'].some((name) => isArray(value[name]) && value[name].some(allowsOnlyNull))
}

/** `{type: null}` and its like, as a member of a union. */
export function allowsOnlyNull(value: JsonValue): boolean {
  if (!isObject(value)) return false
  const { type } = value
  if (type === 'null' || (isArray(type) && type.length > 0 && type.every((name) => name === 'null'))) return true
  const listed = listedValues(value)
  return listed.length > 0 && listed.every((item) => item === null)
}

type Annotations = Pick<SchemaFacts, 'title' | 'description' | 'default' | 'example' | 'readOnly' | 'writeOnly' | 'deprecated'>

export function annotations(reader: KeywordReader): Annotations {
  const { value } = reader.located
  const title = reader.text('title')
  const description = reader.text('description')
  const example = exampleOf(value)
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(Object.hasOwn(value, 'default') && value['default'] !== undefined && { default: value['default'] }),
    ...(example !== undefined && { example }),
    readOnly: reader.flag('readOnly'),
    writeOnly: reader.flag('writeOnly'),
    deprecated: reader.flag('deprecated'),
  }
}

function exampleOf(value: JsonObject): JsonValue | undefined {
  if (Object.hasOwn(value, 'example')) return value['example']
  const { examples } = value
  return isArray(examples) ? examples[0] : value['x-example']
}

function values(reader: KeywordReader, types: TypeFacts): Pick<SchemaFacts, 'enum' | 'format' | 'pattern'> {
  const listed = Object.hasOwn(reader.located.value, 'enum') ? reader.list('enum') : listedValues(reader.located.value)
  const listedTypes = listed?.filter((item) => item !== null) ?? []
  const format = reader.text('format') ?? types.format ?? contentFormat(reader.located.value)
  const pattern = reader.text('pattern')
  return {
    ...(listedTypes.length > 0 && { enum: listedTypes }),
    ...(format !== undefined && { format }),
    ...(pattern !== undefined && { pattern }),
  }
}

/** 3.1 says with two keywords what 3.0 said with a format. */
function contentFormat(value: JsonObject): string | undefined {
  if (value['contentEncoding'] === 'base64') return 'byte'
  return value['contentMediaType'] === 'application/octet-stream' ? 'binary' : undefined
}

type Assertions = Pick<
  SchemaFacts,
  'minLength' | 'maxLength' | 'minimum' | 'maximum' | 'multipleOf' | 'minItems' | 'maxItems' | 'uniqueItems' | 'minProperties' | 'maxProperties'
>

const COUNTS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'] as const

function assertions(reader: KeywordReader): Assertions {
  const counts = COUNTS.map((name) => [name, reader.count(name)] as const).filter(([, count]) => count !== undefined)
  const minimum = boundOf(reader, 'minimum', 'exclusiveMinimum')
  const maximum = boundOf(reader, 'maximum', 'exclusiveMaximum')
  const multipleOf = reader.number('multipleOf')
  return {
    ...(Object.fromEntries(counts) as Partial<Assertions>),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(multipleOf !== undefined && { multipleOf }),
    uniqueItems: reader.flag('uniqueItems'),
  }
}

/** 3.0 has a number and a flag beside it, 3.1 two numbers of which the tighter counts. */
function boundOf(reader: KeywordReader, plain: 'minimum' | 'maximum', exclusive: string): Bound | undefined {
  const inclusive = reader.number(plain)
  const written = reader.located.value[exclusive]
  if (!isNumber(written)) return inclusive === undefined ? undefined : { value: inclusive, exclusive: reader.flag(exclusive) }
  return inclusive !== undefined && isTighter(inclusive, written, plain) ? { value: inclusive, exclusive: false } : { value: written, exclusive: true }
}

function isTighter(inclusive: JsonNumber, exclusive: JsonNumber, side: 'minimum' | 'maximum'): boolean {
  const order = compareNumbers(inclusive, exclusive)
  return side === 'minimum' ? order > 0 : order < 0
}

/** `required: true` inside of a property is of an old draft; it is among the unsupported keywords. */
function requiredOf(reader: KeywordReader): readonly string[] {
  if (typeof reader.located.value['required'] === 'boolean') return []
  return [...new Set(reader.texts('required') ?? [])]
}

const UNSUPPORTED = new Set([
  'patternProperties', 'propertyNames', 'dependencies', 'dependentRequired', 'dependentSchemas', 'if', 'then', 'else',
  'unevaluatedProperties', 'unevaluatedItems', 'contains', 'minContains', 'maxContains', 'additionalItems', 'contentSchema',
  '$dynamicRef', '$recursiveRef', '$id',
])

function unsupportedIn(located: Located<JsonObject>): readonly UnsupportedKeyword[] {
  return Object.keys(located.value)
    .filter((keyword) => UNSUPPORTED.has(keyword) || (keyword === 'required' && typeof located.value['required'] === 'boolean'))
    .map((keyword) => ({ keyword, pointer: below(located.pointer, keyword) }))
}
