import type { SecretReader, SendContext, TlsSettings } from '@oasgen/transport'
import type { HttpHeader, HttpRequest } from '@oasgen/wire'
import type { ConfiguredSending } from './configured.js'
import { LOGIN_REQUIREMENT } from './login.js'

/** The request as the Configuration wants it sent: its headers, its time limit, the token of its login. */
export function configuredRequest({ headers: configured, limitsOfRequest, login }: ConfiguredSending, request: HttpRequest): HttpRequest {
  const { method, url, body } = request
  const limits = request.limits === undefined ? limitsOfRequest : { ...limitsOfRequest, ...request.limits }
  const headers = configured.length === 0 ? request.headers : withHeaders(request.headers, configured)
  const auth = login ? LOGIN_REQUIREMENT : request.auth
  if (body === undefined) return auth === undefined ? { method, url, headers, limits } : { method, url, headers, limits, auth }
  return auth === undefined ? { method, url, headers, body, limits } : { method, url, headers, body, limits, auth }
}

/** A header of the Configuration wins, as in the reference. */
function withHeaders(own: readonly HttpHeader[], configured: readonly HttpHeader[]): readonly HttpHeader[] {
  const names = new Set(configured.map(({ name }) => name))
  return [...own.filter(({ name }) => !names.has(name)), ...configured]
}

export interface SendMoment {
  readonly secrets: SecretReader
  readonly hmacKey: string | undefined
  readonly signal: AbortSignal
}

/** Turns a Configuration's settings into what `transport` asks for; keeps one TLS identity per certificate text, so that connections are shared. */
export function createSendContexts(): (configured: ConfiguredSending, moment: SendMoment) => SendContext {
  const identities = new WeakMap<ConfiguredSending, { readonly ca: string | undefined; readonly tls: TlsSettings | undefined }>()
  const tlsOf = (configured: ConfiguredSending, secrets: SecretReader): TlsSettings | undefined => {
    if (configured.ca === undefined) return configured.tls
    const ca = secrets(configured.ca)?.value
    const known = identities.get(configured)
    if (known !== undefined && known.ca === ca) return known.tls
    const tls = ca === undefined ? configured.tls : { ...configured.tls, ca }
    identities.set(configured, { ca, tls })
    return tls
  }
  return (configured, { secrets, hmacKey, signal }) => {
    const tls = tlsOf(configured, secrets)
    const { key, auth, origins, limits, proxy } = configured
    return {
      key, auth, secrets, signal, allowedOrigins: origins,
      ...(hmacKey !== undefined && { hmacKey }), ...(tls && { tls }), ...(limits && { limits }), ...(proxy && { proxy }),
    }
  }
}
