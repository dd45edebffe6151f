import { finding, type Finding } from '@oasgen/diagnostics'
import { getPath, setPath, type FieldPath } from '@oasgen/fieldpath'
import { equalJson, isArray, isInteger, isNumber, isObject, numberText, readNumber, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { StatusFieldPlan } from '@oasgen/plan'
import { pathOf, readerOf, type Reader } from './reader.js'

export interface PreparedStatusField {
  readonly plan: StatusFieldPlan
  readonly path: FieldPath
  /** Set where the path is one plain name, which most are. */
  readonly name: string | undefined
  readonly read: Reader
}

export function prepareStatusFields(fields: readonly StatusFieldPlan[]): readonly PreparedStatusField[] {
  return fields.map((plan) => {
    const path = pathOf(plan.path)
    const only = path.length === 1 ? path[0] : undefined
    return { plan, path, name: only !== undefined && 'key' in only ? only.key : undefined, read: readerOf(plan.from) }
  })
}

export interface Projected {
  readonly status: JsonObject
  readonly findings: readonly Finding[]
}

/** The fields of status that the object shows. One that it does not show stays; one of the wrong type is coerced or left out and told. */
export function projectStatus(fields: readonly PreparedStatusField[], shown: JsonObject, status: JsonObject): Projected {
  const findings: Finding[] = []
  let result: JsonValue = status
  for (const field of fields) {
    const value = field.read(shown)
    if (value === undefined) continue
    const fitting = coerce(field.plan.type, value)
    if (fitting !== undefined) result = put(result, field, fitting)
    else if (value !== null) findings.push(finding('ENG0708', { path: field.plan.path, type: field.plan.type }))
  }
  return { status: isObject(result) ? result : status, findings }
}

/** The same object when the value is there already. */
function put(status: JsonValue, { path, name }: PreparedStatusField, value: JsonValue): JsonValue {
  const before = name === undefined ? getPath(status, path) : (status as JsonObject)[name]
  return before !== undefined && equalJson(before, value) ? status : setPath(status, path, value)
}

/** The value in the type that the field has in the CRD: a status write with one wrong field would fail as a whole. */
function coerce(type: StatusFieldPlan['type'], value: JsonValue): JsonValue | undefined {
  switch (type) {
    case 'any': return value
    case 'string': return toText(value)
    case 'integer': return toInteger(value)
    case 'number': return toNumber(value)
    case 'boolean': return toBoolean(value)
    case 'object': return isObject(value) ? value : undefined
    case 'array': return isArray(value) ? value : undefined
  }
}

function toText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value
  if (isNumber(value)) return numberText(value)
  if (typeof value === 'boolean') return String(value)
  return isObject(value) || isArray(value) ? writeJson(value) : undefined
}

function toNumber(value: JsonValue): JsonValue | undefined {
  if (isNumber(value)) return value
  return typeof value === 'string' ? readNumber(value.trim()) : undefined
}

function toInteger(value: JsonValue): JsonValue | undefined {
  const number = toNumber(value)
  return isNumber(number) && isInteger(number) ? number : undefined
}

function toBoolean(value: JsonValue): boolean | undefined {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.toLowerCase() : ''
  return word === 'true' ? true : word === 'false' ? false : undefined
}
