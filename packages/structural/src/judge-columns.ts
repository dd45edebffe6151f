import { isObject, member, type JsonObject } from '@oasgen/json'
import { readSchemaPath } from './schema-path.js'
import type { StructuralSchema } from './schema.js'
import { childPath, duplicate, indexPath, invalid, required, tooMany, type Violation } from './violation.js'

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']
const MAX_SELECTABLE_FIELDS = 8

export function judgeColumn(column: JsonObject, path: string): readonly Violation[] {
  const [name, type, format, jsonPath] = ['name', 'type', 'format', 'jsonPath'].map((field) => textOf(column, field))
  const typeSentence = `must be one of ${COLUMN_TYPES.join(',')}`
  return [
    ...(name === '' ? [required(childPath(path, 'name'))] : []),
    ...(type === '' ? [required(childPath(path, 'type'), typeSentence)] : COLUMN_TYPES.includes(type ?? '') ? [] : [invalid(childPath(path, 'type'), type, typeSentence)]),
    ...(format === '' || COLUMN_FORMATS.includes(format ?? '') ? [] : [invalid(childPath(path, 'format'), format, `must be one of ${COLUMN_FORMATS.join(',')}`)]),
    ...(jsonPath === '' ? [required(childPath(path, 'JSONPath'))] : judgeSimplePath(jsonPath ?? '', childPath(path, 'JSONPath'))),
  ]
}

function judgeSimplePath(text: string, path: string): readonly Violation[] {
  return text.startsWith('.') ? [] : [invalid(path, text, 'must be a simple json path starting with .')]
}

export function judgeSelectableFields(fields: readonly JsonObject[], schema: StructuralSchema, path: string): readonly Violation[] {
  const seen = new Set<string>()
  const violations = fields.flatMap((field, index) => judgeSelectableField(textOf(field, 'jsonPath'), schema, { path: indexPath(path, index), seen }))
  return seen.size > MAX_SELECTABLE_FIELDS ? [...violations, tooMany(path, seen.size, MAX_SELECTABLE_FIELDS)] : violations
}

function judgeSelectableField(text: string, schema: StructuralSchema, place: { readonly path: string; readonly seen: Set<string> }): readonly Violation[] {
  const path = childPath(place.path, 'jsonPath')
  if (text === '') return [required(path)]
  const found = readSchemaPath(text, schema, 'refused')
  if (!found.ok) return [invalid(path, text, `is an invalid path: ${found.problem}`)]
  const violations = found.root === 'metadata' ? [invalid(path, text, 'must not point to fields in metadata')] : []
  if (!['string', 'boolean', 'integer'].includes(found.schema?.type ?? '')) {
    violations.push(invalid(path, text, 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'))
  }
  if (place.seen.has(found.path)) violations.push(duplicate(path, text))
  place.seen.add(found.path)
  return violations
}

export function judgeSubresources(subresources: JsonObject | undefined, path: string): readonly Violation[] {
  const scale = subresources && member(subresources, 'scale')
  if (!isObject(scale)) return []
  return [
    ...judgeScalePath(scale, 'specReplicasPath', { path, under: ['.spec.'], sentence: 'should be a json path under .spec' }),
    ...judgeScalePath(scale, 'statusReplicasPath', { path, under: ['.status.'], sentence: 'should be a json path under .status' }),
    ...judgeScalePath(scale, 'labelSelectorPath', { path, under: ['.spec.', '.status.'], sentence: 'should be a json path under either .spec or .status' }),
  ]
}

interface ScaleRule {
  readonly path: string
  readonly under: readonly string[]
  readonly sentence: string
}

function judgeScalePath(scale: JsonObject, name: string, rule: ScaleRule): readonly Violation[] {
  const path = `${childPath(rule.path, 'scale')}.${name}`
  const text = textOf(scale, name)
  if (text === '') return name === 'labelSelectorPath' ? [] : [required(path)]
  const violations = judgeSimplePath(text, path)
  if (violations.length > 0 || rule.under.some((prefix) => text.startsWith(prefix))) return violations
  return [invalid(path, text, rule.sentence)]
}

export function textOf(object: JsonObject, name: string): string {
  const value = member(object, name)
  return typeof value === 'string' ? value : ''
}
