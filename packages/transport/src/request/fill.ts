import { Sealed, isArray, isObject, objectFrom, writeJson, writePointer, type JsonValue } from '@oasgen/json'
import type { FormField, HttpBody, HttpRequest, SealedText } from '@oasgen/wire'
import type { SecretUse } from '../secret-values.js'
import { writeMultipart } from './multipart.js'

/** A request whose Sealed leaves are filled: what is signed and written. Never leaves the transport. */
export interface FilledRequest {
  readonly method: string
  readonly url: string
  /** Lower-case names. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Uint8Array
  /** Whether a secret stands in it, so that it may go nowhere but to the allowed origins. */
  readonly carriesSecrets: boolean
}

export function fillRequest(request: HttpRequest, secrets: SecretUse): FilledRequest {
  const hidden = secrets.values.size
  const url = fillText(request.url, 'url', { secrets, encode: encodeURIComponent })
  const headers = request.headers.map(({ name, value }) => [name, fillText(value, `header:${name}`, { secrets })] as const)
  const body = request.body && fillBody(request.body, secrets)
  const carriesSecrets = secrets.values.size > hidden
  if (body === undefined) return { method: request.method, url, headers, carriesSecrets }
  return { method: request.method, url, headers: withContentType(headers, body), body: body.bytes, carriesSecrets }
}

/** A header of the request wins over the body's own type, except for multipart, whose boundary only the body knows. */
function withContentType(headers: FilledRequest['headers'], { contentType }: FilledBody): FilledRequest['headers'] {
  const own = headers.some(([name]) => name === 'content-type')
  if (own && !contentType.includes('boundary=')) return headers
  return [...headers.filter(([name]) => name !== 'content-type'), ['content-type', contentType]]
}

interface TextFilling {
  readonly secrets: SecretUse
  /** How a filled part is written: percent-encoded in a URL. Literal parts are written as they are. */
  readonly encode?: (text: string) => string
}

function fillText(text: SealedText, place: string, { secrets, encode }: TextFilling): string {
  if (typeof text === 'string') return text
  return text.map((part) => {
    if (typeof part === 'string') return part
    const secret = secrets.text(part, place)
    return encode === undefined ? secret : encode(secret)
  }).join('')
}

interface FilledBody {
  readonly contentType: string
  readonly bytes: Uint8Array
}

function fillBody(body: HttpBody, secrets: SecretUse): FilledBody {
  const { contentType } = body
  switch (body.type) {
    case 'json':
      return { contentType, bytes: Buffer.from(writeJson(fillValue(body.value, [], secrets))) }
    case 'text':
      return { contentType, bytes: Buffer.from(fillText(body.text, 'body:', { secrets })) }
    case 'bytes':
      return { contentType, bytes: Buffer.from(body.base64, 'base64') }
    case 'form':
      return { contentType, bytes: Buffer.from(body.fields.map((field) => fillField(field, secrets)).join('&')) }
    case 'multipart':
      return writeMultipart(contentType, body.parts.map((part) => ({
        name: part.name,
        ...(part.filename !== undefined && { filename: part.filename }),
        ...(part.contentType !== undefined && { contentType: part.contentType }),
        bytes: fillPart(part.value, part.name, secrets),
      })))
  }
}

function fillField({ name, value }: FormField, secrets: SecretUse): string {
  const text = fillText(value, `body:${writePointer([name])}`, { secrets })
  return `${encodeForm(name)}=${encodeForm(text)}`
}

/** application/x-www-form-urlencoded as the URL standard writes it. */
export function encodeForm(text: string): string {
  return encodeURIComponent(text).replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%20', '+')
}

function fillPart(value: SealedText | { readonly base64: string } | { readonly json: JsonValue }, name: string, secrets: SecretUse): Uint8Array {
  const tokens = [name]
  if (typeof value === 'string' || Array.isArray(value)) return Buffer.from(fillText(value as SealedText, `body:${writePointer(tokens)}`, { secrets }))
  const part = value as { readonly base64: string } | { readonly json: JsonValue }
  if ('base64' in part) return Buffer.from(part.base64, 'base64')
  return Buffer.from(writeJson(fillValue(part.json, tokens, secrets)))
}

/** The same value with every Sealed leaf filled; a part without one stays the same object. */
export function fillValue(value: JsonValue, tokens: readonly (string | number)[], secrets: SecretUse): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Sealed) return secrets.json(value, `body:${writePointer(tokens)}`)
  if (!hasSealed(value)) return value
  if (isArray(value)) return value.map((item, index) => fillValue(item, [...tokens, index], secrets))
  if (!isObject(value)) return value
  return objectFrom(Object.entries(value).map(([name, item]) => [name, fillValue(item, [...tokens, name], secrets)] as const))
}

function hasSealed(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Sealed) return true
  if (isArray(value)) return value.some(hasSealed)
  return isObject(value) && Object.values(value).some(hasSealed)
}
