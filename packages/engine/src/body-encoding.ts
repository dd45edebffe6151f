import { finding, type Checked } from '@oasgen/diagnostics'
import { isArray, isObject, Sealed, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { BodyPlan, PropertyPlan } from '@oasgen/plan'
import type { FormField, HttpBody, MultipartPart } from '@oasgen/wire'
import { escapeNothing, scalarText } from './parameter-text.js'
import { joinText } from './sealed-text.js'

/** The body in the form of its media type; `transport` writes the bytes. */
export function encodeBody(plan: BodyPlan, value: JsonValue): Checked<HttpBody> {
  const { contentType } = plan
  switch (plan.encoding) {
    case 'json': return ok({ type: 'json', contentType, value })
    case 'form': return isObject(value) ? ok({ type: 'form', contentType, fields: formFields(value, plan) }) : notAnObject(plan)
    case 'multipart': return isObject(value) ? multipartBody(plan, value) : notAnObject(plan)
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

/** Where the document says nothing else arrays repeat the name, and members of nested objects are named `a[b]`. */
function formFields(value: JsonObject, { properties = {} }: BodyPlan): readonly FormField[] {
  return Object.entries(value).flatMap(([name, child]) => {
    const plan = Object.hasOwn(properties, name) ? properties[name] : undefined
    return plan === undefined ? formField(name, child) : plannedField(name, child, plan)
  })
}

function formField(name: string, value: JsonValue): readonly FormField[] {
  if (value === null) return [{ name, value: '' }]
  if (isArray(value)) return value.flatMap((item, at) => formField(isObject(item) ? `${name}[${at}]` : name, item))
  if (isObject(value)) return Object.entries(value).flatMap(([key, child]) => formField(`${name}[${key}]`, child))
  return [{ name, value: scalarText(value, escapeNothing) }]
}

/** A style speaks of lists and objects; without one the media type says how they become text. */
function plannedField(name: string, value: JsonValue, { contentType, style, explode = style === 'form' }: PropertyPlan): readonly FormField[] {
  const isNested = isArray(value) || isObject(value)
  if (!isNested || style === 'deepObject') return formField(name, value)
  if (style === undefined) return isJson(contentType) ? [{ name, value: writeJson(value) }] : formField(name, value)
  const items = isArray(value) ? value : Object.entries(value).flat()
  if (!explode) return [{ name, value: joinText(items.flatMap((item, at) => [...(at === 0 ? [] : [DELIMITER[style]]), scalarText(item, escapeNothing)])) }]
  return isArray(value) ? value.flatMap((item) => formField(name, item)) : Object.entries(value).flatMap(([key, child]) => formField(key, child))
}

const DELIMITER = { form: ',', spaceDelimited: ' ', pipeDelimited: '|' } as const

function isJson(contentType: string | undefined): boolean {
  const essence = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  return essence === 'application/json' || essence.endsWith('+json')
}

function multipartBody(plan: BodyPlan, value: JsonObject): Checked<HttpBody> {
  const { contentType, properties = {} } = plan
  const parts = Object.entries(value).flatMap(([name, child]) => multipartPart(name, child, (Object.hasOwn(properties, name) ? properties[name] : undefined) ?? {}))
  const broken = parts.find(({ value: content }) => typeof content === 'object' && 'base64' in content && !isBase64(content.base64))
  if (broken !== undefined) return { value: undefined, findings: [finding('ENG0109', { contentType: `${contentType} (${broken.name})`, expected: 'base64 text' })] }
  return ok({ type: 'multipart', contentType, parts })
}

/** OpenAPI's defaults: texts as they are, what is nested as JSON, a list of plain values as one part each, bytes as a file. */
function multipartPart(name: string, value: JsonValue, plan: PropertyPlan): readonly MultipartPart[] {
  if (value === null) return []
  const { contentType, file } = plan
  const isNested = isObject(value) || (isArray(value) && value.some(isObject))
  if (isArray(value) && !isNested && !isJson(contentType)) return value.flatMap((item) => multipartPart(name, item, plan))
  if (isNested || isArray(value) || (isJson(contentType) && !(value instanceof Sealed))) return [{ name, contentType: contentType ?? 'application/json', value: { json: value } }]
  const type = contentType === undefined ? {} : { contentType }
  if (file === true && typeof value === 'string') return [{ name, filename: name, ...type, value: { base64: value } }]
  return [{ name, ...(file === true && { filename: name }), ...type, value: value instanceof Sealed ? [value] : scalarText(value, escapeNothing) }]
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}
