import type { Credentials, Header } from '../auth/credentials.js'
import type { FilledRequest } from './fill.js'

/** A request with its credentials, ready to be signed and written. */
export interface ComposedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: readonly Header[]
  readonly body?: Uint8Array
}

export interface Composition {
  readonly request: FilledRequest
  readonly url: URL
  readonly credentials: Credentials
  readonly defaults: readonly Header[]
  readonly at: number
}

/** Adds defaults, credentials and, last of all, signatures: they cover everything else. */
export function composeRequest(composition: Composition): ComposedRequest {
  const { headers, query, cookies, signers } = composition.credentials
  const isPlain = headers.length + query.length + cookies.length + signers.length === 0
  return isPlain ? composePlain(composition) : composeAuthorized(composition)
}

function composePlain({ request: { method, headers, body }, url, defaults }: Composition): ComposedRequest {
  const missing = defaults.filter(([name]) => !headers.some(([present]) => present === name))
  const all = [...missing, ...headers]
  return body === undefined ? { method, url, headers: all } : { method, url, headers: all, body }
}

function composeAuthorized({ request, url: given, credentials, defaults, at }: Composition): ComposedRequest {
  const url = credentials.query.length === 0 ? given : withQuery(given, credentials.query)
  const added = credentials.cookies.length === 0 ? credentials.headers : [...credentials.headers, cookieHeader(request.headers, credentials.cookies)]
  const replaced = new Set(added.map(([name]) => name))
  const own = replaced.size === 0 ? request.headers : request.headers.filter(([name]) => !replaced.has(name))
  const missing = defaults.filter(([name]) => !own.some(([present]) => present === name) && !replaced.has(name))
  const unsigned = { method: request.method, url, headers: [...missing, ...own, ...added], ...(request.body && { body: request.body }) }
  return credentials.signers.reduce<ComposedRequest>((signed, sign) => {
    const extra = sign(signed, at)
    const names = new Set(extra.map(([name]) => name))
    return { ...signed, headers: [...signed.headers.filter(([name]) => !names.has(name)), ...extra] }
  }, unsigned)
}

/** Appended textually: rewriting the query by URLSearchParams would change how the engine encoded it. */
function withQuery(url: URL, pairs: readonly Header[]): URL {
  const extended = new URL(url)
  const extra = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
  extended.search = url.search === '' ? `?${extra}` : `${url.search}&${extra}`
  return extended
}

function cookieHeader(headers: readonly Header[], cookies: readonly Header[]): Header {
  const own = headers.filter(([name]) => name === 'cookie').map(([, value]) => value)
  return ['cookie', [...own, ...cookies.map(([name, value]) => `${name}=${value}`)].join('; ')]
}
