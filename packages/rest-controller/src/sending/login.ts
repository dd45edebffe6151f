import { parsePath, setPath } from '@oasgen/fieldpath'
import { isArray, isObject, Sealed, type JsonObject, type JsonValue } from '@oasgen/json'
import type { AuthScheme } from '@oasgen/transport'
import type { AuthRequirement } from '@oasgen/wire'
import { readReference } from '../environment/secret-places.js'
import { AuthBlock } from './auth-block.js'

/** Name of the scheme in the table; no name of a document has a slash. */
export const LOGIN_SCHEME = 'authentication/login'

/** What requests need where the Configuration has a login: its token is sent with every one, in place of everything else. */
export const LOGIN_REQUIREMENT: AuthRequirement = { alternatives: [{ schemes: [{ scheme: LOGIN_SCHEME, scopes: [] }] }] }

export interface LoginInput {
  /** `spec` of the Configuration. */
  readonly configuration: JsonObject
  readonly namespace: string
  /** Address of the API, without trailing slash. */
  readonly base: string
}

/** `spec.authentication.login`: one call with the credentials that hands out a session token. */
export function loginScheme({ configuration, namespace, base }: LoginInput): AuthScheme | undefined {
  const blocks = isObject(configuration.authentication) ? configuration.authentication : {}
  if (!isObject(blocks.login)) return undefined
  const block = new AuthBlock(blocks.login, namespace)
  const username = block.credential('username')
  const password = block.credential('password')
  const method = block.text('method')
  const lifetimeSeconds = block.number('lifetimeSeconds')
  const body = bodyOf(block)
  return {
    type: 'login',
    url: joined(base, block.text('path') ?? ''),
    token: tokenPlace(block),
    placement: placementOf(block),
    ...(isMethod(method) && { method }),
    ...(body !== undefined && { body: { encoding: block.text('encoding') === 'form' ? 'form' : 'json', value: body } }),
    ...(username && password && { basic: { username, password } }),
    ...(lifetimeSeconds !== undefined && { lifetimeSeconds }),
  }
}

function joined(base: string, path: string): string {
  return `${base.replace(/\/$/, '')}/${path.replace(/^\//, '')}`
}

function isMethod(text: string | undefined): text is 'POST' | 'PUT' | 'GET' {
  return text === 'POST' || text === 'PUT' || text === 'GET'
}

function bodyOf(block: AuthBlock): JsonValue | undefined {
  const written = block.raw('body')
  const secrets = block.raw('secrets')
  const entries = isArray(secrets) ? secrets.filter(isObject) : []
  if (!isObject(written) && entries.length === 0) return undefined
  return entries.reduce<JsonValue>((body, entry) => withSecret(body, entry, block.namespace), isObject(written) ? written : {})
}

function withSecret(body: JsonValue, { path, secretRef }: JsonObject, namespace: string): JsonValue {
  const reference = readReference(secretRef, namespace)
  const parsed = typeof path === 'string' ? parsePath(path) : undefined
  if (reference === undefined || parsed?.ok !== true) return body
  return setPath(body, parsed.path, new Sealed(reference, 'text'))
}

function tokenPlace(block: AuthBlock): Extract<AuthScheme, { type: 'login' }>['token'] {
  const header = block.text('tokenHeader')
  const cookie = block.text('tokenCookie')
  if (header !== undefined) return { from: 'header', name: header }
  if (cookie !== undefined) return { from: 'cookie', name: cookie }
  return { from: 'body', path: block.text('tokenPath') ?? 'token' }
}

/** A session cookie goes back as that cookie, unless a header is named. */
function placementOf(block: AuthBlock): NonNullable<Extract<AuthScheme, { type: 'login' }>['placement']> {
  const header = block.text('header')
  const cookie = block.text('tokenCookie')
  const prefix = block.text('valuePrefix')
  if (header === undefined && cookie !== undefined) return { in: 'cookie', name: cookie }
  const isAuthorization = header === undefined || header.toLowerCase() === 'authorization'
  const valuePrefix = prefix ?? (isAuthorization ? 'Bearer ' : undefined)
  return { in: 'header', name: header ?? 'Authorization', ...(valuePrefix !== undefined && { valuePrefix }) }
}
