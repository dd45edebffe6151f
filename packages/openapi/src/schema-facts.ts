import type { Finding } from '@oasgen/diagnostics'
import {
  compareNumbers, isArray, isNumber, isObject, putMember, type JsonNumber, type JsonObject, type JsonValue, type Members,
} from '@oasgen/json'
import { countOf, flagOf, misuse, textOf, textsOf } from './keywords.js'
import { placeOf, type Located } from './link-context.js'
import type { Bound, Schema, UnsupportedKeyword } from './normal-form.js'
import { below } from './pointer.js'
import { listedValues, readTypes } from './schema-types.js'

/** The members of a schema that are other schemas: made when they are read. */
export type SchemaChildren = Pick<
  Schema,
  'properties' | 'additionalProperties' | 'items' | 'prefixItems' | 'allOf' | 'oneOf' | 'anyOf' | 'not' | 'discriminator'
>

/** All others: plain values, known at once. */
export type SchemaFacts = Omit<Schema, keyof SchemaChildren>

/** Facts while they are gathered. */
type Draft = { -readonly [K in keyof SchemaFacts]: SchemaFacts[K] } & {
  readonly extensions: Members
  readonly unsupported: UnsupportedKeyword[]
  readonly findings: Finding[]
}

/** One look at each keyword that is there, by the table below. */
export function readFacts(located: Located<JsonObject>): SchemaFacts {
  const draft = blankDraft(located, 'schema')
  for (const keyword of Object.keys(located.value)) readKeyword(draft, located, keyword)
  const types = readTypes(located, (problem) => draft.findings.push(problem))
  draft.types = types.types
  draft.typeOrigin = types.typeOrigin
  draft.nullable ||= types.takesNull || listedValues(located.value).includes(null)
  if (types.format !== undefined) draft.format ??= types.format
  const minimum = boundOf(located.value, 'minimum')
  const maximum = boundOf(located.value, 'maximum')
  if (minimum !== undefined) draft.minimum = minimum
  if (maximum !== undefined) draft.maximum = maximum
  return draft
}

/** A node about which nothing is known. */
export function emptyFacts(located: Located, kind: Schema['kind'], findings: readonly Finding[] = []): SchemaFacts {
  const draft = blankDraft(located, kind)
  draft.nullable = kind === 'true' || kind === 'unresolved'
  draft.findings.push(...findings)
  return draft
}

function blankDraft(located: Located, kind: Schema['kind']): Draft {
  const draft: Draft = {
    kind,
    uri: located.source.uri,
    pointer: located.pointer,
    place: placeOf(located),
    placeOf: (keyword) => keywordPlace(located, keyword),
    types: [],
    typeOrigin: 'absent',
    nullable: false,
    required: [],
    uniqueItems: false,
    readOnly: false,
    writeOnly: false,
    deprecated: false,
    extensions: {},
    unsupported: [],
    findings: [],
  }
  const name = componentName(located.pointer)
  if (name !== undefined) draft.refName = name
  return draft
}

export function keywordPlace(located: Located, keyword: string): SchemaFacts['place'] {
  return isObject(located.value) && Object.hasOwn(located.value, keyword) ? placeOf(located, keyword) : placeOf(located)
}

export function componentName(pointer: string): string | undefined {
  if (!pointer.startsWith('/components/schemas/') && !pointer.startsWith('/definitions/')) return undefined
  const name = /^\/(?:components\/schemas|definitions)\/([^/]+)$/.exec(pointer)?.[1]
  return name?.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** Takes a value over; what it says instead of `true` is what was expected. */
type KeywordRule = (draft: Draft, value: JsonValue, located: Located<JsonObject>) => true | string

function rule<K extends keyof Draft>(member: K, accept: (value: JsonValue) => Draft[K] | undefined, expected: string): KeywordRule {
  return (draft, value) => {
    const accepted = accept(value)
    if (accepted === undefined) return expected
    draft[member] = accepted
    return true
  }
}

const text = (member: 'title' | 'description' | 'format' | 'pattern') => rule(member, textOf, 'a text')
const flag = (member: 'readOnly' | 'writeOnly' | 'deprecated' | 'uniqueItems') => rule(member, flagOf, '`true` or `false`')
type Count = 'minLength' | 'maxLength' | 'minItems' | 'maxItems' | 'minProperties' | 'maxProperties'
const count = (member: Count) => rule(member, countOf, 'a whole number from 0')
const nullable: KeywordRule = (draft, value) => {
  draft.nullable ||= value === true
  return true
}
const union = (keyword: 'oneOf' | 'anyOf'): KeywordRule => (draft, value) => {
  if (!isArray(value)) return 'a list of schemas'
  draft.nullable ||= value.some((item) => meansNull(item, value))
  if (value.some((item) => isAnyObjectOrNull(item) && meansNull(item, value))) draft.nullBranch = keyword
  return true
}
const number: KeywordRule = (_, value) => isNumber(value) || 'a number'
const numberOrFlag: KeywordRule = (_, value) => isNumber(value) || flagOf(value) !== undefined || 'a number, or `true` or `false`'
const unsupported = (keyword: string): KeywordRule => (draft, _, located) => {
  draft.unsupported.push({ keyword, pointer: below(located.pointer, keyword) })
  return true
}

const UNSUPPORTED = [
  'patternProperties', 'propertyNames', 'dependencies', 'dependentRequired', 'dependentSchemas', 'if', 'then', 'else',
  'unevaluatedProperties', 'unevaluatedItems', 'contains', 'minContains', 'maxContains', 'additionalItems', 'contentSchema',
  '$dynamicRef', '$recursiveRef', '$id',
]

/** Every keyword that is a fact; those that are children, types or nothing to us are not in it. */
const KEYWORDS: ReadonlyMap<string, KeywordRule> = new Map<string, KeywordRule>([
  ['title', text('title')],
  ['description', text('description')],
  ['format', text('format')],
  ['pattern', text('pattern')],
  ['readOnly', flag('readOnly')],
  ['writeOnly', flag('writeOnly')],
  ['deprecated', flag('deprecated')],
  ['uniqueItems', flag('uniqueItems')],
  ['minLength', count('minLength')],
  ['maxLength', count('maxLength')],
  ['minItems', count('minItems')],
  ['maxItems', count('maxItems')],
  ['minProperties', count('minProperties')],
  ['maxProperties', count('maxProperties')],
  ['multipleOf', rule('multipleOf', (value) => (isNumber(value) ? value : undefined), 'a number')],
  ['minimum', number],
  ['maximum', number],
  ['exclusiveMinimum', numberOrFlag],
  ['exclusiveMaximum', numberOrFlag],
  ['nullable', nullable],
  ['x-nullable', nullable],
  ['oneOf', union('oneOf')],
  ['anyOf', union('anyOf')],
  ['allOf', (_, value) => isArray(value) || 'a list of schemas'],
  ['properties', (_, value) => isObject(value) || 'an object'],
  ['default', rule('default', (value) => value, 'a value')],
  ['example', rule('example', (value) => value, 'a value')],
  ['examples', firstExample],
  ['x-example', rule('example', (value) => value, 'a value')],
  ['enum', enumeration],
  ['const', (draft, value) => enumeration(draft, [value])],
  ['required', required],
  ['contentEncoding', contentFormat('base64', 'byte')],
  ['contentMediaType', contentFormat('application/octet-stream', 'binary')],
  ...UNSUPPORTED.map((keyword): [string, KeywordRule] => [keyword, unsupported(keyword)]),
])

function readKeyword(draft: Draft, located: Located<JsonObject>, keyword: string): void {
  const value = located.value[keyword]
  if (value === undefined) return
  if (keyword.startsWith('x-')) putMember(draft.extensions, keyword, value)
  const known = KEYWORDS.get(keyword)
  // `default: null` and `const: null` say something, other keywords with null say nothing.
  if (known === undefined || (value === null && !VALUES.has(keyword))) return
  const expected = known(draft, value, located)
  if (expected === true) return
  draft.findings.push(misuse(located, keyword, expected))
}

const VALUES = new Set(['default', 'const', 'example'])

function firstExample(draft: Draft, value: JsonValue): true {
  if (isArray(value) && value[0] !== undefined) draft.example ??= value[0]
  return true
}

/** Null is no value of it, see `nullable`. */
function enumeration(draft: Draft, value: JsonValue): true | string {
  if (!isArray(value)) return 'a list'
  const values = value.filter((item) => item !== null)
  if (values.length > 0) draft.enum = values
  return true
}

/** `required: true` inside of a property is of an old draft. */
function required(draft: Draft, value: JsonValue, located: Located<JsonObject>): true | string {
  if (typeof value === 'boolean') return unsupported('required')(draft, value, located)
  const names = textsOf(value)
  if (names === undefined) return 'a list of texts'
  draft.required = [...new Set(names)]
  return true
}

/** 3.1 says with two keywords what 3.0 said with a format. */
function contentFormat(written: string, format: string): KeywordRule {
  return (draft, value) => {
    if (value === written) draft.format ??= format
    return true
  }
}

/** Whether a member of a union says nothing but that null is taken. */
export function meansNull(item: JsonValue, among: readonly JsonValue[]): boolean {
  return allowsOnlyNull(item) || (isAnyObjectOrNull(item) && !among.every((other) => allowsOnlyNull(other) || isAnyObjectOrNull(other)))
}

/** `{type: object, nullable: true}`: how generators of 3.0, which has no null, write "or null" beside another schema. */
function isAnyObjectOrNull(value: JsonValue): boolean {
  return isObject(value) && value['type'] === 'object' && value['nullable'] === true && Object.keys(value).length === 2
}

/** `{type: null}` and its like, as a member of a union. */
function allowsOnlyNull(value: JsonValue): boolean {
  if (!isObject(value)) return false
  const { type } = value
  if (type === 'null' || (isArray(type) && type.length > 0 && type.every((name) => name === 'null'))) return true
  const listed = listedValues(value)
  return listed.length > 0 && listed.every((item) => item === null)
}

/** 3.0 has a number and a flag beside it, 3.1 two numbers of which the tighter counts. */
function boundOf(value: JsonObject, plain: 'minimum' | 'maximum'): Bound | undefined {
  const inclusive = value[plain]
  const exclusive = value[plain === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum']
  if (isNumber(exclusive)) {
    const inclusiveCounts = isNumber(inclusive) && isTighter(inclusive, exclusive, plain)
    return inclusiveCounts ? { value: inclusive, exclusive: false } : { value: exclusive, exclusive: true }
  }
  return isNumber(inclusive) ? { value: inclusive, exclusive: exclusive !== undefined && flagOf(exclusive) === true } : undefined
}

function isTighter(inclusive: JsonNumber, exclusive: JsonNumber, side: 'minimum' | 'maximum'): boolean {
  const order = compareNumbers(inclusive, exclusive)
  return side === 'minimum' ? order > 0 : order < 0
}
