import { createHash } from 'node:crypto'
import type { AuthUse, TransportFailure } from '@oasgen/wire'
import type { ApiKeyScheme, AuthScheme, AwsV4Scheme, CredentialValue, LoginScheme, OAuth2Scheme, OciPrincipal } from '../context.js'
import { failureOf } from '../failure.js'
import type { SecretUse } from '../secret-values.js'
import { signAwsV4 } from './aws-v4.js'
import { NO_CREDENTIALS, mergeCredentials, placeToken, type Credentials, type CredentialsResult } from './credentials.js'
import type { DigestSessions } from './digest-sessions.js'
import { fetchLoginToken } from './login.js'
import { fetchOAuth2Token } from './oauth2.js'
import { fetchInstanceToken, fetchWorkloadToken, type OciToken } from './oci-principals.js'
import { signOci } from './oci-signature.js'
import { fetchFileToken } from './oidc.js'
import type { PrivateKeys } from './private-keys.js'
import type { Token, TokenCache, TokenResult } from './token-cache.js'
import type { CallToken } from './token-call.js'

/** What lives longer than a request: tokens, challenges, parsed keys. */
export interface AuthRuntime {
  readonly tokens: TokenCache
  readonly principals: TokenCache<OciToken>
  readonly digests: DigestSessions
  readonly keys: PrivateKeys
  readonly now: () => number
}

export interface AuthWork {
  readonly runtime: AuthRuntime
  readonly schemes: Readonly<Record<string, AuthScheme>>
  readonly secrets: SecretUse
  readonly origin: string
  readonly isTrusted: (origin: string) => boolean
  readonly call: CallToken
}

type Failed = { readonly failure: TransportFailure }
type Later<T> = T | Promise<T>

/** Satisfies every scheme of the chosen alternative. A promise only where a token has to be fetched. */
export function satisfy(uses: readonly AuthUse[], work: AuthWork): Later<Credentials | Failed> {
  if (uses.length === 0) return NO_CREDENTIALS
  const parts = uses.map((use) => satisfyScheme(use, work))
  if (!parts.some((part) => part instanceof Promise)) return joined(parts as readonly CredentialsResult[])
  return Promise.all(parts.map((part) => Promise.resolve(part))).then(joined)
}

function joined(parts: readonly CredentialsResult[]): Credentials | Failed {
  const failed = parts.find((part) => 'failure' in part) as Failed | undefined
  return failed ?? mergeCredentials(parts as readonly Partial<Credentials>[])
}

function satisfyScheme(use: AuthUse, work: AuthWork): Later<CredentialsResult> {
  const { secrets } = work
  const scheme = work.schemes[use.scheme]
  if (scheme === undefined) return unusable(use.scheme, 'the scheme is not configured')
  switch (scheme.type) {
    case 'basic':
      return basicCredentials(read(scheme.username, secrets), hidden(scheme.password, secrets), secrets)
    case 'digest':
      return digestCredentials(scheme, work)
    case 'bearer':
      return headerToken(use.scheme, hidden(scheme.token, secrets), 'Bearer')
    case 'http':
      return headerToken(use.scheme, hidden(scheme.credentials, secrets), scheme.scheme)
    case 'apiKey':
      return apiKeyCredentials(scheme, use.scheme, secrets)
    case 'mutualTls':
      return clientCertificate(scheme, use.scheme, work)
    case 'awsV4':
      return awsCredentials(scheme, secrets)
    case 'ociSignature':
      return ociCredentials(scheme.principal, use.scheme, work)
    case 'oauth2':
      return oauth2Credentials(scheme, use, work)
    case 'oidcToken':
      return fetched(work.runtime.tokens, { key: keyOf(['oidc', scheme.file]), fetch: () => fetchFileToken(scheme.file, work.runtime.now) }, (token) => {
        secrets.hide(token.value)
        return placeToken(token.value, scheme.placement)
      })
    case 'login':
      return loginCredentials(scheme, work)
  }
}

function read(value: CredentialValue, secrets: SecretUse): string {
  return secrets.credential(value) ?? ''
}

/** A credential that must never come back. */
function hidden(value: CredentialValue, secrets: SecretUse): string {
  const text = read(value, secrets)
  secrets.hide(text)
  return text
}

function basicCredentials(username: string, password: string, secrets: SecretUse): Partial<Credentials> {
  const pair = Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
  secrets.hide(pair)
  return { headers: [['authorization', `Basic ${pair}`]] }
}

function digestCredentials(scheme: Extract<AuthScheme, { type: 'digest' }>, { secrets, runtime, origin }: AuthWork): Partial<Credentials> {
  const { signer, watcher } = runtime.digests.use(read(scheme.username, secrets), hidden(scheme.password, secrets), origin)
  return { signers: [signer], watchers: [watcher] }
}

function headerToken(name: string, token: string, scheme: string): CredentialsResult {
  return isHeaderValue(token) ? { headers: [['authorization', `${scheme} ${token}`]] } : unusable(name, 'it holds a character that no header may hold')
}

function apiKeyCredentials(scheme: ApiKeyScheme, name: string, secrets: SecretUse): CredentialsResult {
  const value = hidden(scheme.value, secrets)
  if (scheme.in !== 'query' && !isHeaderValue(value)) return unusable(name, 'it holds a character that no header may hold')
  return placeToken(value, scheme)
}

function clientCertificate(scheme: Extract<AuthScheme, { type: 'mutualTls' }>, name: string, { secrets, runtime }: AuthWork): CredentialsResult {
  const passphrase = scheme.passphrase && hidden(scheme.passphrase, secrets)
  const cert = read(scheme.certificate, secrets)
  const key = hidden(scheme.privateKey, secrets)
  if (!cert.includes('-----BEGIN CERTIFICATE-----')) return unusable(name, 'the certificate is not a PEM text')
  if (runtime.keys.read(key, passphrase) === undefined) return unusable(name, 'the private key cannot be read')
  return { clientCertificate: { cert, key, ...(passphrase !== undefined && { passphrase }) } }
}

function awsCredentials(scheme: AwsV4Scheme, secrets: SecretUse): Partial<Credentials> {
  const sessionToken = scheme.sessionToken && hidden(scheme.sessionToken, secrets)
  const signing = {
    region: scheme.region,
    service: scheme.service,
    accessKeyId: read(scheme.accessKeyId, secrets),
    secretAccessKey: hidden(scheme.secretAccessKey, secrets),
    ...(sessionToken !== undefined && { sessionToken }),
  }
  return { signers: [(request, at) => signAwsV4(request, { ...signing, at })] }
}

function ociCredentials(principal: OciPrincipal, name: string, work: AuthWork): Later<CredentialsResult> {
  const { runtime, secrets, call } = work
  const { principals, keys, now } = runtime
  const signed = ({ value, key }: OciToken): Partial<Credentials> => {
    secrets.hide(value)
    return { signers: [(request, at) => signOci(request, { keyId: `ST$${value}`, key, at })] }
  }
  switch (principal.type) {
    case 'instance':
      return fetched(principals, { key: 'instance', fetch: () => fetchInstanceToken({ call, keys, now }) }, signed)
    case 'workload':
      return fetched(principals, { key: keyOf(['workload', principal.host, principal.tokenFile]), fetch: () => fetchWorkloadToken({ call, keys, now }, principal) }, signed)
    case 'user':
    case 'session':
    case 'resource':
      return ociKeyCredentials(principal, name, work)
  }
}

type OciKeyPrincipal = Extract<OciPrincipal, { privateKey: unknown }>

function ociKeyCredentials(principal: OciKeyPrincipal, name: string, { runtime, secrets }: AuthWork): CredentialsResult {
  const passphrase = principal.passphrase && hidden(principal.passphrase, secrets)
  const key = runtime.keys.read(hidden(principal.privateKey, secrets), passphrase)
  if (key === undefined || key.asymmetricKeyType !== 'rsa') return unusable(name, 'the private key is no readable RSA key in PEM form')
  const keyId = principal.type === 'user'
    ? `${read(principal.tenancy, secrets)}/${read(principal.user, secrets)}/${read(principal.fingerprint, secrets)}`
    : `ST$${hidden(principal.token, secrets).replace(/^ST\$/, '')}`
  return { signers: [(request, at) => signOci(request, { keyId, key, at })] }
}

function oauth2Credentials(scheme: OAuth2Scheme, use: AuthUse, work: AuthWork): Later<CredentialsResult> {
  const { secrets, runtime, call } = work
  const optional = (value: CredentialValue | undefined): string | undefined => value && secrets.credential(value)
  const values = {
    clientId: optional(scheme.clientId),
    clientSecret: scheme.clientSecret && hidden(scheme.clientSecret, secrets),
    username: optional(scheme.username),
    password: scheme.password && hidden(scheme.password, secrets),
    scopes: scheme.scopes ?? use.scopes,
  }
  const fetch = (): Promise<TokenResult> => fetchOAuth2Token({ scheme, values, secrets, call, now: runtime.now })
  return fetched(runtime.tokens, { key: keyOf(['oauth2', scheme, values]), fetch }, (token) => {
    secrets.hide(token.value)
    return placeToken(token.value, scheme.placement)
  })
}

function loginCredentials(scheme: LoginScheme, work: AuthWork): Later<CredentialsResult> {
  const { secrets, runtime, call, isTrusted } = work
  const url = URL.canParse(scheme.url) ? new URL(scheme.url) : undefined
  if (url === undefined) return { failure: failureOf('NET0306', { url: scheme.url.slice(0, 200) }, { reason: 'protocol' }) }
  if (!isTrusted(url.origin)) return { failure: failureOf('NET0301', { origin: url.origin, allowed: 'the hosts of the API' }, { reason: 'notPermitted' }) }
  const fetch = (): Promise<TokenResult> => fetchLoginToken({ scheme, url, secrets, call, now: runtime.now })
  return fetched(runtime.tokens, { key: keyOf(['login', scheme, secrets.fingerprint(scheme)]), fetch }, (token) => {
    secrets.hide(token.value)
    return placeToken(token.value, scheme.placement ?? cookiePlacement(scheme))
  })
}

/** A session that came as a cookie goes back as one, unless the definition says otherwise. */
function cookiePlacement({ token }: LoginScheme): { readonly in: 'cookie'; readonly name: string } | undefined {
  return token.from === 'cookie' ? { in: 'cookie', name: token.name } : undefined
}

interface TokenSource<T extends Token> {
  readonly key: string
  readonly fetch: () => Promise<TokenResult<T>>
}

function fetched<T extends Token>(cache: TokenCache<T>, { key, fetch }: TokenSource<T>, use: (token: T) => Partial<Credentials>): Later<CredentialsResult> {
  const settle = (result: TokenResult<T>): CredentialsResult => {
    if (result.type === 'failure') return { failure: result.failure }
    const { token } = result
    return { ...use(token), watchers: [{ refused: () => cache.refuse(key, token), accepted: () => cache.confirm(key) }] }
  }
  const taken = cache.take(key, fetch)
  return taken instanceof Promise ? taken.then(settle) : settle(taken)
}

/** Two requests share a token exactly when everything that it depends on is the same, current secret texts included. */
function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64')
}

function unusable(scheme: string, detail: string): CredentialsResult {
  return { failure: failureOf('NET0203', { scheme, detail }, { reason: 'credentialsMissing' }) }
}

function isHeaderValue(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what a header may not hold
  return !/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)
}
