import type { ResponseBody, TransportFailure } from '@oasgen/wire'
import { isNumber, isObject, member, numberText, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Purpose } from '../connection/guard.js'
import type { RawHeaders, RawResult } from '../connection/dispatch.js'
import type { TlsSettings } from '../context.js'
import { bounded, failureOf } from '../failure.js'
import type { ComposedRequest } from '../request/compose.js'
import { createMask } from '../response/mask.js'
import { readBody } from '../response/read-body.js'
import type { SecretUse } from '../secret-values.js'

export interface TokenCall {
  readonly request: ComposedRequest
  readonly purpose?: Purpose
  /** Replaces the TLS settings of the API. */
  readonly tls?: TlsSettings
}

/** One call to a token endpoint: no redirects, no repetition, a time limit of its own. Never rejects. */
export type CallToken = (call: TokenCall) => Promise<RawResult>

export interface TokenAnswer {
  readonly status: number
  readonly headers: RawHeaders
  /** Unmasked: it holds the token. */
  readonly body: ResponseBody
}

const NO_MASK = createMask(new Set())

export async function callForToken(call: CallToken, request: TokenCall): Promise<TokenAnswer | { readonly failure: TransportFailure }> {
  const { host } = request.request.url
  const result = await call(request)
  if (result.type === 'failure') {
    const { failure } = result
    const reason = failure.reason === 'tls' || failure.reason === 'notPermitted' || failure.reason === 'dns' ? failure.reason : 'connect'
    return { failure: { ...failureOf('NET0212', { host, detail: failure.message }, { reason }), ...(failure.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }) } }
  }
  const contentType = result.headers['content-type']
  const body = readBody(result.body, typeof contentType === 'string' ? contentType : '', NO_MASK)
  return { status: result.status, headers: result.headers, body }
}

/** What a token endpoint's refusal means: wrong credentials, or its own trouble. Its words are shown, masked and bounded. */
export function tokenRefusal(answer: TokenAnswer, host: string, secrets: SecretUse): TransportFailure {
  const detail = createMask(secrets.values).text(bounded(refusalText(answer), 200))
  const object = jsonObject(answer.body)
  const error = object === undefined ? undefined : textMember(object, 'error')
  const rejected = answer.status === 401 || answer.status === 403 || (answer.status === 400 && error !== undefined && REJECTIONS.has(error))
  if (rejected) return failureOf('NET0211', { host, detail }, { reason: 'credentialsRejected' })
  return failureOf('NET0212', { host, detail }, { reason: answer.status === 429 ? 'throttled' : 'connect' })
}

const REJECTIONS = new Set(['invalid_client', 'invalid_grant', 'unauthorized_client', 'invalid_scope', 'access_denied', 'unsupported_grant_type', 'invalid_target'])

function refusalText({ status, body }: TokenAnswer): string {
  const object = jsonObject({ body }.body)
  if (object === undefined) return `it answered ${status}`
  const error = textMember(object, 'error') ?? textMember(object, 'code')
  const description = textMember(object, 'error_description') ?? textMember(object, 'message')
  const words = [error, description].filter((word) => word !== undefined).join(': ').replace(/\s+/g, ' ')
  return words === '' ? `it answered ${status}` : `it answered ${status}, ${words}`
}

export function jsonObject(body: ResponseBody): JsonObject | undefined {
  return body.type === 'json' && isObject(body.value) ? body.value : undefined
}

export function textMember(object: JsonObject, name: string): string | undefined {
  const value = member(object, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Lifetimes come as numbers and as texts of digits. */
export function secondsOf(value: JsonValue | undefined): number | undefined {
  const text = typeof value === 'string' ? value : isNumber(value) ? numberText(value) : ''
  const number = Number(text)
  return text !== '' && Number.isFinite(number) && number > 0 ? number : undefined
}

/** The `exp` of a JWT, in milliseconds; undefined where it is none or says nothing. Not verified: only to know when to ask again. */
export function jwtExpiry(token: string): number | undefined {
  const payload = token.split('.')[1]
  if (payload === undefined) return undefined
  const body = readBody(Buffer.from(payload, 'base64url'), 'application/json', NO_MASK)
  const object = jsonObject(body)
  const exp = object === undefined ? undefined : secondsOf(member(object, 'exp'))
  return exp === undefined ? undefined : exp * 1000
}
