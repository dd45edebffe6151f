import type { JsonValue } from '@oasgen/json'
import { judgePatterns } from './judge-patterns.js'
import { own, valuesSchema, type StructuralSchema } from './schema.js'
import { childPath, forbidden, indexPath, invalid, keyPath, printViolation, required, type Violation } from './violation.js'

/** Whether a schema is structural: every field typed, junctors free of structure, and complete. Sorted as the server sorts. */
export function judgeStructural(schema: StructuralSchema, path: string): readonly Violation[] {
  const violations = [...judgeNode(schema, 'root', path), ...judgePatterns(schema, path), ...judgeCompleteness(schema, schema, path, path)]
  return violations.map((violation) => ({ violation, text: printViolation(violation) })).sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)).map(({ violation }) => violation)
}

type Level = 'root' | 'item' | 'field'

const MISSING_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

function judgeNode(schema: StructuralSchema, level: Level, path: string): readonly Violation[] {
  return [
    ...judgeChildren(schema, level, path),
    ...judgeExtensions(schema, path),
    ...judgeValueRules(schema, intOrStringPattern(schema), path),
    ...judgeType(schema, level, path),
    ...judgeMeta(schema, level, path),
    ...judgeEmbedded(schema, path),
  ]
}

function judgeChildren(schema: StructuralSchema, level: Level, path: string): readonly Violation[] {
  const violations: Violation[] = []
  if (schema.type === 'array' && schema.items === undefined) violations.push(required(childPath(path, 'items'), 'must be specified'))
  if (schema.items) violations.push(...judgeNode(schema.items, 'item', childPath(path, 'items')))
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    violations.push(...judgeNode(property, 'field', keyPath(childPath(path, 'properties'), name)))
  }
  if (schema.additionalProperties === undefined) return violations
  const place = childPath(path, 'additionalProperties')
  if (level === 'root') violations.push(forbidden(place, 'must not be used at the root'))
  const values = valuesSchema(schema)
  return values ? [...violations, ...judgeNode(values, 'field', place)] : violations
}

function judgeExtensions(schema: StructuralSchema, path: string): readonly Violation[] {
  if (!schema['x-kubernetes-int-or-string']) return []
  return (['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const)
    .filter((keyword) => schema[keyword])
    .map((keyword) => invalid(childPath(path, keyword), true, 'must be false if x-kubernetes-int-or-string is true'))
}

function judgeType(schema: StructuralSchema, level: Level, path: string): readonly Violation[] {
  const place = childPath(path, 'type')
  const type = schema.type ?? ''
  const violations: Violation[] = []
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') {
    const sentence = 'must be object if x-kubernetes-embedded-resource is true'
    violations.push(type === '' ? required(place, sentence) : invalid(place, type, sentence))
  } else if (type === '' && !schema['x-kubernetes-int-or-string'] && !schema['x-kubernetes-preserve-unknown-fields']) {
    violations.push(required(place, MISSING_TYPE[level]))
  }
  if (level === 'root' && type !== '' && type !== 'object') violations.push(invalid(place, type, 'must be object at the root'))
  return violations
}

function judgeEmbedded(schema: StructuralSchema, path: string): readonly Violation[] {
  if (!schema['x-kubernetes-embedded-resource']) return []
  const violations: Violation[] = []
  if (schema.additionalProperties !== undefined) {
    violations.push(forbidden(childPath(path, 'additionalProperties'), 'must not be used if x-kubernetes-embedded-resource is set'))
  }
  if (!schema['x-kubernetes-preserve-unknown-fields'] && Object.keys(schema.properties ?? {}).length === 0) {
    const sentence = 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    violations.push(required(childPath(path, 'properties'), sentence))
  }
  return violations
}

/** The root's metadata may constrain name and generateName only; kind and apiVersion are texts. */
function judgeMeta(schema: StructuralSchema, level: Level, path: string): readonly Violation[] {
  const isResource = level === 'root' || schema['x-kubernetes-embedded-resource'] === true
  const violations: Violation[] = []
  for (const name of ['kind', 'apiVersion']) {
    const property = own(schema.properties, name)
    if (!isResource || property === undefined || property.type === 'string') continue
    violations.push(invalid(childPath(keyPath(childPath(path, 'properties'), name), 'type'), property.type ?? '', 'must be string'))
  }
  const metadata = own(schema.properties, 'metadata')
  if (metadata === undefined) return violations
  const place = keyPath(childPath(path, 'properties'), 'metadata')
  if (isResource && metadata.type !== 'object') violations.push(invalid(childPath(place, 'type'), metadata.type ?? '', 'must be object'))
  if (level === 'root' && !isPlainMetadata(metadata)) {
    violations.push(forbidden(place, 'must not specify anything other than name and generateName, but metadata is implicitly specified'))
  }
  return violations
}

function isPlainMetadata(metadata: StructuralSchema): boolean {
  const names = Object.keys(metadata.properties ?? {})
  return names.every((name) => name === 'name' || name === 'generateName') &&
    Object.entries(metadata).every(([keyword, value]) => keyword === 'properties' || keyword === 'type' || keyword === 'default' || keyword === 'example' || keyword === 'externalDocs' || isZero(value as JsonValue))
}

/** What Go decodes to the zero value, as if the keyword were absent. Numbers are pointers there: 0 is not absent. */
export function isZero(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false || value === '') return true
  return Array.isArray(value) && value.length === 0
}

type IntOrString = 'anyOf' | 'allOf' | 'none'

/** The two ways to spell int-or-string whose types inside a junctor are allowed. */
export function intOrStringPattern(schema: StructuralSchema): IntOrString {
  if (isIntegerOrString(schema.anyOf)) return 'anyOf'
  return isIntegerOrString(schema.allOf?.[0]?.anyOf) ? 'allOf' : 'none'
}

function isIntegerOrString(branches: readonly StructuralSchema[] | undefined): boolean {
  const isOnly = (branch: StructuralSchema | undefined, type: string): boolean =>
    branch !== undefined && Object.entries(branch).every(([keyword, value]) => (keyword === 'type' ? value === type : isZero(value as JsonValue))) && branch.type === type
  return branches?.length === 2 && isOnly(branches[0], 'integer') && isOnly(branches[1], 'string')
}

function judgeValueRules(schema: StructuralSchema, excused: IntOrString, path: string): readonly Violation[] {
  const violations: Violation[] = []
  if (excused !== 'anyOf') violations.push(...judgeBranches(schema.anyOf, childPath(path, 'anyOf')))
  for (const [index, branch] of (schema.allOf ?? []).entries()) {
    violations.push(...judgeNested(branch, excused === 'allOf' && index === 0 ? 'anyOf' : 'none', indexPath(childPath(path, 'allOf'), index)))
  }
  violations.push(...judgeBranches(schema.oneOf, childPath(path, 'oneOf')))
  if (schema.not) violations.push(...judgeNested(schema.not, 'none', childPath(path, 'not')))
  return violations
}

function judgeBranches(branches: readonly StructuralSchema[] | undefined, path: string): readonly Violation[] {
  return (branches ?? []).flatMap((branch, index) => judgeNested(branch, 'none', indexPath(path, index)))
}

const NESTED_BANS: readonly (readonly [keyof StructuralSchema, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

/** Inside a junctor stand conditions on values only, never structure. */
function judgeNested(schema: StructuralSchema, excused: IntOrString, path: string): readonly Violation[] {
  const violations = [...judgeValueRules(schema, excused, path)]
  if (schema.items) violations.push(...judgeNested(schema.items, 'none', childPath(path, 'items')))
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    violations.push(...judgeNested(property, 'none', keyPath(childPath(path, 'properties'), name)))
  }
  for (const [keyword, sentence] of NESTED_BANS) {
    if (isBanned(schema, keyword)) violations.push(forbidden(childPath(path, keyword), sentence))
  }
  if (own(schema.properties, 'metadata')) {
    violations.push(forbidden(keyPath(childPath(path, 'properties'), 'metadata'), 'must not be specified in a nested context'))
  }
  return violations
}

/** A list or map type is a pointer in Go: even an empty text is something. */
function isBanned(schema: StructuralSchema, keyword: keyof StructuralSchema): boolean {
  const value = schema[keyword] as JsonValue | undefined
  return keyword === 'x-kubernetes-list-type' || keyword === 'x-kubernetes-map-type' ? value !== undefined : !isZero(value)
}

/** Everything that a junctor speaks of must also be specified outside of it. */
function judgeCompleteness(rules: StructuralSchema, schema: StructuralSchema, path: string, rulesPath: string): readonly Violation[] {
  const nested = (branch: StructuralSchema, place: string): readonly Violation[] => judgeNestedCompleteness(branch, schema, path, place)
  return [
    ...(rules.not ? nested(rules.not, childPath(rulesPath, 'not')) : []),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((junctor) =>
      (rules[junctor] ?? []).flatMap((branch, index) => nested(branch, indexPath(childPath(rulesPath, junctor), index))),
    ),
  ]
}

function judgeNestedCompleteness(rules: StructuralSchema, schema: StructuralSchema | undefined, path: string, rulesPath: string): readonly Violation[] {
  if (schema === undefined) return [required(path, `because it is defined in ${rulesPath}`)]
  const violations = [...judgeCompleteness(rules, schema, path, rulesPath)]
  if (rules.items) violations.push(...judgeNestedCompleteness(rules.items, schema.items, childPath(path, 'items'), childPath(rulesPath, 'items')))
  for (const [name, property] of Object.entries(rules.properties ?? {})) {
    const place = keyPath(childPath(path, 'properties'), name)
    violations.push(...judgeNestedCompleteness(property, own(schema.properties, name), place, keyPath(childPath(rulesPath, 'properties'), name)))
  }
  return violations
}
