import type { TransportFailure } from '@oasgen/wire'
import { member } from '@oasgen/json'
import type { OAuth2Scheme } from '../context.js'
import { failureOf } from '../failure.js'
import { encodeForm } from '../request/fill.js'
import type { SecretUse } from '../secret-values.js'
import type { Header } from './credentials.js'
import type { TokenResult } from './token-cache.js'
import { callForToken, jsonObject, jwtExpiry, secondsOf, textMember, tokenRefusal, type CallToken, type TokenAnswer } from './token-call.js'

/** What a scheme's Secrets hold at the moment. */
export interface OAuth2Values {
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  readonly username: string | undefined
  readonly password: string | undefined
  readonly scopes: readonly string[]
}

export interface OAuth2Fetch {
  readonly scheme: OAuth2Scheme
  readonly values: OAuth2Values
  readonly secrets: SecretUse
  readonly call: CallToken
  readonly now: () => number
}

/** RFC 6749 sections 4.3 and 4.4. The client proves itself by Basic and, where nothing was configured and that is refused, in the body. */
export async function fetchOAuth2Token(fetch: OAuth2Fetch): Promise<TokenResult> {
  const endpoint = await findEndpoint(fetch)
  if ('failure' in endpoint) return { type: 'failure', failure: endpoint.failure }
  const configured = fetch.scheme.clientAuthentication
  const first = await ask(fetch, endpoint.url, configured ?? 'basic')
  if (configured !== undefined || fetch.values.clientSecret === undefined || !isClientRefused(first)) return readAnswer(fetch, endpoint.url, first)
  const second = await ask(fetch, endpoint.url, 'body')
  return readAnswer(fetch, endpoint.url, second)
}

type Asked = TokenAnswer | { readonly failure: TransportFailure }

function isClientRefused(asked: Asked): boolean {
  if ('failure' in asked || (asked.status !== 400 && asked.status !== 401)) return false
  const object = jsonObject(asked.body)
  const error = object === undefined ? undefined : textMember(object, 'error')
  return error === undefined || error === 'invalid_client' || error === 'invalid_request'
}

async function findEndpoint({ scheme, call }: OAuth2Fetch): Promise<{ readonly url: URL } | { readonly failure: TransportFailure }> {
  const { endpoint } = scheme
  if ('tokenUrl' in endpoint) return tokenEndpoint(endpoint.tokenUrl)
  const discovery = tokenEndpoint(discoveryUrl(endpoint.discoveryUrl))
  if ('failure' in discovery) return discovery
  const answer = await callForToken(call, { request: { method: 'GET', url: discovery.url, headers: [['accept', 'application/json']] } })
  if ('failure' in answer) return answer
  const object = answer.status === 200 ? jsonObject(answer.body) : undefined
  const found = object === undefined ? undefined : textMember(object, 'token_endpoint')
  const { host } = discovery.url
  if (found === undefined) return { failure: failureOf('NET0213', { host, place: 'token_endpoint' }, { reason: 'protocol' }) }
  const url = tokenEndpoint(found)
  if (!('failure' in url) && discovery.url.protocol === 'https:' && url.url.protocol === 'http:') {
    return { failure: failureOf('NET0305', { host, target: url.url.origin, detail: 'it leads from https to http' }, { reason: 'notPermitted' }) }
  }
  return url
}

function discoveryUrl(given: string): string {
  return given.includes('/.well-known/') ? given : `${given.replace(/\/$/, '')}/.well-known/openid-configuration`
}

function tokenEndpoint(text: string): { readonly url: URL } | { readonly failure: TransportFailure } {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return { url }
  return { failure: failureOf('NET0306', { url: text.slice(0, 200) }, { reason: 'protocol' }) }
}

function ask(fetch: OAuth2Fetch, url: URL, authentication: 'basic' | 'body'): Promise<Asked> {
  const { scheme, values } = fetch
  const headers: Header[] = [['accept', 'application/json'], ['content-type', 'application/x-www-form-urlencoded']]
  const fields: Header[] = [['grant_type', scheme.grant === 'password' ? 'password' : 'client_credentials']]
  if (scheme.grant === 'password') fields.push(['username', values.username ?? ''], ['password', values.password ?? ''])
  if (values.scopes.length > 0) fields.push(['scope', values.scopes.join(' ')])
  if (scheme.audience !== undefined) fields.push(['audience', scheme.audience])
  fields.push(...Object.entries(scheme.parameters ?? {}))
  const basic = authentication === 'basic' && values.clientSecret !== undefined
  if (basic) headers.push(['authorization', basicOf(values, fetch.secrets)])
  else if (values.clientId !== undefined) fields.push(['client_id', values.clientId], ...(values.clientSecret === undefined ? [] : [['client_secret', values.clientSecret] as const]))
  const body = Buffer.from(fields.map(([name, value]) => `${encodeForm(name)}=${encodeForm(value)}`).join('&'))
  return callForToken(fetch.call, { request: { method: 'POST', url, headers, body } })
}

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined. */
function basicOf({ clientId = '', clientSecret = '' }: OAuth2Values, secrets: SecretUse): string {
  const pair = Buffer.from(`${encodeForm(clientId)}:${encodeForm(clientSecret)}`).toString('base64')
  secrets.hide(pair)
  return `Basic ${pair}`
}

/** An answer without `expires_in` lives as long as its JWT says, else five minutes. */
const DEFAULT_LIFETIME_MS = 300_000

function readAnswer({ secrets, now }: OAuth2Fetch, { host }: URL, asked: Asked): TokenResult {
  if ('failure' in asked) return { type: 'failure', failure: asked.failure }
  if (asked.status < 200 || asked.status > 299) return { type: 'failure', failure: tokenRefusal(asked, host, secrets) }
  const object = jsonObject(asked.body)
  const value = object === undefined ? undefined : textMember(object, 'access_token')
  if (object === undefined || value === undefined) {
    // Some servers answer 200 with an error inside.
    if (object !== undefined && textMember(object, 'error') !== undefined) return { type: 'failure', failure: tokenRefusal({ ...asked, status: 400 }, host, secrets) }
    return { type: 'failure', failure: failureOf('NET0213', { host, place: 'access_token' }, { reason: 'protocol' }) }
  }
  const seconds = secondsOf(member(object, 'expires_in'))
  const expiresAt = seconds === undefined ? jwtExpiry(value) ?? now() + DEFAULT_LIFETIME_MS : now() + seconds * 1000
  return { type: 'token', token: { value, expiresAt } }
}
