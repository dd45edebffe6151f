import { isArray, isObject, MASK, objectFrom, Sealed, type JsonValue } from '@oasgen/json'
import type {
  Exchange, ExchangeResult, FormField, HttpBody, HttpHeader, HttpRequest, HttpResponse, MultipartPart, ResponseBody, SealedText,
} from './http.js'
import type { ResponseHeaders } from './headers.js'

/** Prints sealed parts as the mask. */
export function maskedText(text: SealedText): string {
  if (typeof text === 'string') return text
  return text.map((part) => (part instanceof Sealed ? MASK : part)).join('')
}

const SECRET_WORDS = /^(?:.*[-_.])?(?:auth|authorization|cookie|credentials?|key|passphrase|passwd|password|pwd|secret|session|sig|signature|token)$/
const SECRET_ENDINGS = /(?:apikey|accesskey|secretkey|privatekey|signingkey|passphrase|password|secret|token|credentials?)$/
const HARMLESS = /^(?:.*(?:next|page|continuation|continue|sync|idempotency|public|primary|foreign|partition|sort)[-_.]?(?:token|key)|key)$/

/**
 * Whether a header, parameter or member of this name is expected to hold a secret that nobody declared. A guess in favour of
 * masking; what is known to be secret is a Sealed leaf and never depends on it.
 */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase()
  const joined = words.replace(/[-_.\s]/g, '')
  if (HARMLESS.test(words) || HARMLESS.test(joined)) return false
  return SECRET_WORDS.test(words) || SECRET_ENDINGS.test(joined)
}

/** A URL for people: sealed parts, user information and the values of secret parameters masked; no fragment. */
export function maskedUrl(url: SealedText): string {
  const [address] = splitOnce(maskedText(url), '#')
  const [path, query] = splitOnce(address, '?')
  const shown = path.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/@]*@/i, `$1${MASK}@`)
  return query === undefined ? shown : `${shown}?${query.split('&').map(maskedPair).join('&')}`
}

function maskedPair(pair: string): string {
  const [name, value] = splitOnce(pair, '=')
  return value !== undefined && value !== '' && isSecretName(decoded(name)) ? `${name}=${MASK}` : pair
}

function splitOnce(text: string, mark: string): readonly [string, string?] {
  const at = text.indexOf(mark)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + mark.length)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** A URL as a place in a finding: no query, no fragment, no user information. */
export function placeUrl(url: SealedText): string {
  return maskedUrl(url).split('?', 1)[0] ?? ''
}

/**
 * An exchange for logs, bug reports and replays: every Sealed part and every value under a secret name is the mask; hashes of
 * sealed leaves are left out. Structure, status and all other values stay.
 */
export function maskedExchange(exchange: Exchange): Exchange {
  const { purpose, request, at, tookMs, result } = exchange
  return { purpose, request: maskedRequest(request), at, tookMs, result: maskedResult(result) }
}

export function maskedRequest(request: HttpRequest): HttpRequest {
  return {
    ...request,
    url: maskedUrl(request.url),
    headers: request.headers.map(maskedHeader),
    ...(request.body && { body: maskedBody(request.body) }),
  }
}

function maskedHeader({ name, value }: HttpHeader): HttpHeader {
  return { name, value: isSecretName(name) ? MASK : maskedText(value) }
}

function maskedBody(body: HttpBody): HttpBody {
  switch (body.type) {
    case 'json': return { ...body, value: maskedValue(body.value) }
    case 'form': return { ...body, fields: body.fields.map(maskedField) }
    case 'multipart': return { ...body, parts: body.parts.map(maskedPart) }
    case 'text': return { ...body, text: maskedText(body.text) }
    case 'bytes': return body
  }
}

function maskedField({ name, value }: FormField): FormField {
  return { name, value: isSecretName(name) ? MASK : maskedText(value) }
}

function maskedPart(part: MultipartPart): MultipartPart {
  if (isSecretName(part.name)) return { ...part, value: MASK }
  const { value } = part
  if (typeof value === 'string' || Array.isArray(value)) return { ...part, value: maskedText(value as SealedText) }
  return 'json' in value ? { ...part, value: { json: maskedValue(value.json) } } : part
}

/** A value with Sealed leaves and texts and numbers under secret names replaced by the mask. */
export function maskedValue(value: JsonValue): JsonValue {
  if (value instanceof Sealed) return MASK
  if (isArray(value)) return value.map(maskedValue)
  if (!isObject(value)) return value
  return objectFrom(Object.entries(value).map(([name, item]) => [name, isSecretName(name) ? maskedSecret(item) : maskedValue(item)]))
}

// An empty text, null and true tell whether something is set, which is what one looks for in a report.
function maskedSecret(value: JsonValue): JsonValue {
  if (value === null || value === '' || typeof value === 'boolean') return value
  if (isArray(value)) return value.map(maskedSecret)
  return isObject(value) ? maskedValue(value) : MASK
}

function maskedResult(result: ExchangeResult): ExchangeResult {
  return result.type === 'failure' ? result : { type: 'response', response: maskedResponse(result.response) }
}

function maskedResponse({ status, headers, body }: HttpResponse): HttpResponse {
  return { status, headers: maskedHeaders(headers), body: maskedResponseBody(body) }
}

function maskedHeaders(headers: ResponseHeaders): ResponseHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, maskedResponseHeader(name, value)]))
}

function maskedResponseHeader(name: string, value: string): string {
  if (isSecretName(name)) return MASK
  return name === 'location' || name === 'content-location' ? maskedUrl(value) : value
}

function maskedResponseBody(body: ResponseBody): ResponseBody {
  return body.type === 'json' ? { type: 'json', value: maskedValue(body.value) } : body
}
