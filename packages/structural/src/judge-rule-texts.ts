import type { JsonValue } from '@oasgen/json'
import { readSchemaPath } from './schema-path.js'
import type { StructuralSchema, ValidationRule } from './schema.js'
import { childPath, indexPath, invalid, notSupported, required, type Violation } from './violation.js'

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

/** What can be said of a rule without compiling it: texts present, one line, known reason, existing fieldPath. */
export function judgeRuleTexts(schema: StructuralSchema, path: string): readonly Violation[] {
  const rules = schema['x-kubernetes-validations'] ?? []
  return rules.flatMap((rule, index) => judgeRule(rule, schema, indexPath(childPath(path, 'x-kubernetes-validations'), index)))
}

function judgeRule(rule: ValidationRule, schema: StructuralSchema, path: string): readonly Violation[] {
  const violations = [...judgeMessage(rule, path)]
  const expression = rule.messageExpression ?? ''
  if (expression !== '' && expression.trim() === '') {
    violations.push(required(childPath(path, 'messageExpression'), 'messageExpression must be non-empty if specified'))
  }
  if (rule.reason !== undefined && !REASONS.includes(rule.reason)) violations.push(notSupported(childPath(path, 'reason'), rule.reason, REASONS))
  return [...violations, ...judgeFieldPath(rule.fieldPath ?? '', schema, childPath(path, 'fieldPath'))]
}

function judgeMessage(rule: ValidationRule, path: string): readonly Violation[] {
  const message = rule.message ?? ''
  const place = childPath(path, 'message')
  if (rule.rule.trim() === '') return [required(childPath(path, 'rule'), 'rule is not specified')]
  if (message !== '' && message.trim() === '') return [invalid(place, message, 'must be non-empty if specified')]
  if (hasLineBreak(message.trim())) return [invalid(place, message, 'must not contain line breaks')]
  if (hasLineBreak(rule.rule.trim()) && message.trim() === '') return [required(place, 'message must be specified if rule contains line breaks')]
  return []
}

function judgeFieldPath(fieldPath: string, schema: StructuralSchema, place: string): readonly Violation[] {
  if (fieldPath === '') return []
  const violations: Violation[] = []
  if (fieldPath.trim() === '') violations.push(invalid(place, fieldPath, 'must be non-empty if specified'))
  if (hasLineBreak(fieldPath)) violations.push(invalid(place, fieldPath, 'must not contain line breaks'))
  const usable = structuralProblem(schema) === undefined
  if (usable && !readSchemaPath(fieldPath, schema).ok) violations.push(invalid(place, fieldPath, 'must be a valid path'))
  return violations
}

function hasLineBreak(text: string): boolean {
  return /[\n\r]/.test(text)
}

const UNSUPPORTED = ['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions']

/** Why a schema cannot be read as structural at all; the first reason, as the server finds it. */
export function structuralProblem(schema: StructuralSchema): string | undefined {
  const raw = schema as Readonly<Record<string, JsonValue | undefined>>
  for (const keyword of UNSUPPORTED) {
    if (isUsed(raw[keyword], keyword)) return `OpenAPIV3Schema '${keyword === '$schema' ? 'schema' : keyword}' is not supported`
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined"
  if (Array.isArray(raw.items)) return raw.items.length > 0 ? "OpenAPIV3Schema 'items' must be a schema, but is an array" : undefined
  for (const child of childSchemas(schema)) {
    const problem = structuralProblem(child)
    if (problem !== undefined) return problem
  }
  return undefined
}

function isUsed(value: JsonValue | undefined, keyword: string): boolean {
  if (value === undefined || value === null || value === '') return false
  return keyword === 'additionalItems' || typeof value === 'string' || Object.keys(value as object).length > 0
}

/** Every schema directly inside a schema. */
export function childSchemas(schema: StructuralSchema): readonly StructuralSchema[] {
  return [
    ...(schema.not ? [schema.not] : []),
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.items && !Array.isArray(schema.items) ? [schema.items] : []),
    ...Object.values(schema.properties ?? {}),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ]
}
