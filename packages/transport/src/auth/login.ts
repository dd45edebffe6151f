import { Decimal, isNumber, numberText, writeJson, type JsonValue } from '@oasgen/json'
import { getPath, parsePath } from '@oasgen/fieldpath'
import type { LoginScheme } from '../context.js'
import { failureOf } from '../failure.js'
import { encodeForm, fillValue } from '../request/fill.js'
import type { SecretUse } from '../secret-values.js'
import type { Header } from './credentials.js'
import type { TokenResult } from './token-cache.js'
import { callForToken, jwtExpiry, tokenRefusal, type CallToken, type TokenAnswer } from './token-call.js'

export interface LoginFetch {
  readonly scheme: LoginScheme
  readonly url: URL
  readonly secrets: SecretUse
  readonly call: CallToken
  readonly now: () => number
}

const DEFAULT_LIFETIME_MS = 900_000

/** One call with the credentials; the session token is where the definition says. */
export async function fetchLoginToken({ scheme, url, secrets, call, now }: LoginFetch): Promise<TokenResult> {
  const { headers, body } = loginParts(scheme, secrets)
  if (secrets.problem !== undefined) return { type: 'failure', failure: secrets.problem }
  const method = scheme.method ?? 'POST'
  const answer = await callForToken(call, { request: { method, url, headers, ...(body !== undefined && { body }) } })
  if ('failure' in answer) return { type: 'failure', failure: answer.failure }
  // A form login answers its success with a redirect to a page; the cookie is already there.
  const accepted = answer.status < 300 || (answer.status < 400 && scheme.token.from !== 'body')
  if (!accepted) return { type: 'failure', failure: tokenRefusal(answer, url.host, secrets) }
  const value = findToken(scheme, answer)
  if (value === undefined) return { type: 'failure', failure: failureOf('NET0213', { host: url.host, place: placeOf(scheme) }, { reason: 'protocol' }) }
  const lifetimeMs = scheme.lifetimeSeconds === undefined ? undefined : scheme.lifetimeSeconds * 1000
  const expiresAt = lifetimeMs === undefined ? jwtExpiry(value) ?? now() + DEFAULT_LIFETIME_MS : now() + lifetimeMs
  return { type: 'token', token: { value, expiresAt } }
}

function loginParts(scheme: LoginScheme, secrets: SecretUse): { readonly headers: readonly Header[]; readonly body?: Uint8Array } {
  const headers: Header[] = [['accept', 'application/json, */*;q=0.5']]
  if (scheme.basic !== undefined) {
    const pair = `${secrets.credential(scheme.basic.username) ?? ''}:${secrets.credential(scheme.basic.password) ?? ''}`
    const encoded = Buffer.from(pair).toString('base64')
    secrets.hide(encoded)
    headers.push(['authorization', `Basic ${encoded}`])
  }
  if (scheme.body === undefined) return { headers }
  const filled = fillValue(scheme.body.value, [], secrets)
  const json = scheme.body.encoding === 'json'
  headers.push(['content-type', json ? 'application/json' : 'application/x-www-form-urlencoded'])
  return { headers, body: Buffer.from(json ? writeJson(filled) : formOf(filled)) }
}

function formOf(value: JsonValue): string {
  const members = typeof value === 'object' && value !== null ? Object.entries(value as Readonly<Record<string, JsonValue>>) : []
  return members.map(([name, item]) => `${encodeForm(name)}=${encodeForm(typeof item === 'string' ? item : writeJson(item))}`).join('&')
}

function findToken({ token }: LoginScheme, answer: TokenAnswer): string | undefined {
  switch (token.from) {
    case 'header':
      return firstOf(answer.headers[token.name.toLowerCase()])
    case 'cookie':
      return cookieOf(answer.headers['set-cookie'], token.name)
    case 'body':
      return bodyToken(answer, token.path)
  }
}

function bodyToken({ body }: TokenAnswer, path: string): string | undefined {
  if (body.type === 'text' && (path === '' || path === '$')) return body.text.trim() || undefined
  if (body.type !== 'json') return undefined
  if (path === '' || path === '$') return scalarText(body.value)
  const parsed = parsePath(path)
  return parsed.ok ? scalarText(getPath(body.value, parsed.path)) : undefined
}

function scalarText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value.trim() || undefined
  return isNumber(value) || value instanceof Decimal ? numberText(value) : undefined
}

function firstOf(value: string | readonly string[] | undefined): string | undefined {
  const text = typeof value === 'string' ? value : value?.[0]
  return text?.trim() || undefined
}

function cookieOf(header: string | readonly string[] | undefined, name: string): string | undefined {
  const cookies = header === undefined ? [] : typeof header === 'string' ? [header] : header
  for (const cookie of cookies) {
    const [pair = ''] = cookie.split(';')
    const equals = pair.indexOf('=')
    if (pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim() || undefined
  }
  return undefined
}

function placeOf({ token }: LoginScheme): string {
  return token.from === 'body' ? token.path || 'the whole body' : `the ${token.from} ${token.name}`
}
