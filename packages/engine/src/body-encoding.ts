import { finding, type Checked } from '@oasgen/diagnostics'
import { isArray, isObject, Sealed, type JsonObject, type JsonValue } from '@oasgen/json'
import type { BodyPlan } from '@oasgen/plan'
import type { FormField, HttpBody, MultipartPart } from '@oasgen/wire'
import { escapeNothing, scalarText } from './parameter-text.js'

/** The body in the form of its media type; `transport` writes the bytes. */
export function encodeBody(plan: BodyPlan, value: JsonValue): Checked<HttpBody> {
  const { contentType } = plan
  switch (plan.encoding) {
    case 'json': return ok({ type: 'json', contentType, value })
    case 'form': return isObject(value) ? ok({ type: 'form', contentType, fields: formFields(value) }) : notAnObject(plan)
    case 'multipart': return isObject(value) ? ok({ type: 'multipart', contentType, parts: multipartParts(value) }) : notAnObject(plan)
    case 'text': return ok({ type: 'text', contentType, text: scalarText(onlyValue(value), escapeNothing) })
    case 'bytes': return bytesBody(contentType, onlyValue(value))
  }
}

function ok(value: HttpBody): Checked<HttpBody> {
  return { value, findings: [] }
}

function notAnObject({ contentType }: BodyPlan): Checked<HttpBody> {
  return { value: undefined, findings: [finding('ENG0109', { contentType, expected: 'an object of fields' })] }
}

/** A body that is one text or file is held by the resource as its only field. */
function onlyValue(value: JsonValue): JsonValue {
  const members = isObject(value) ? Object.values(value) : []
  return members.length === 1 && members[0] !== undefined ? members[0] : value
}

function bytesBody(contentType: string, value: JsonValue): Checked<HttpBody> {
  if (typeof value === 'string') return ok({ type: 'bytes', contentType, base64: value })
  return { value: undefined, findings: [finding('ENG0109', { contentType, expected: 'base64 text' })] }
}

/** OpenAPI's default for forms: arrays repeat the name; members of nested objects are named `a[b]`. */
function formFields(value: JsonObject): readonly FormField[] {
  return Object.entries(value).flatMap(([name, child]) => formField(name, child))
}

function formField(name: string, value: JsonValue): readonly FormField[] {
  if (value === null) return [{ name, value: '' }]
  if (isArray(value)) return value.flatMap((item, at) => formField(isObject(item) ? `${name}[${at}]` : name, item))
  if (isObject(value)) return Object.entries(value).flatMap(([key, child]) => formField(`${name}[${key}]`, child))
  return [{ name, value: scalarText(value, escapeNothing) }]
}

function multipartParts(value: JsonObject): readonly MultipartPart[] {
  return Object.entries(value).flatMap(([name, child]) => multipartPart(name, child))
}

function multipartPart(name: string, value: JsonValue): readonly MultipartPart[] {
  if (value === null) return []
  if (isArray(value) && !value.some(isObject)) return value.flatMap((item) => multipartPart(name, item))
  if (isArray(value) || isObject(value)) return [{ name, contentType: 'application/json', value: { json: value } }]
  return [{ name, value: value instanceof Sealed ? [value] : scalarText(value, escapeNothing) }]
}
