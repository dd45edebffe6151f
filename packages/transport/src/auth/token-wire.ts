import { rootCertificates } from 'node:tls'
import { Deadline } from '../connection/deadline.js'
import type { SendContext, TlsSettings } from '../context.js'
import type { Wire } from '../wire-exchange.js'
import type { CallToken } from './token-call.js'

/** Enough for a slow identity provider; several requests may be waiting for it. */
const TOKEN_TIMEOUT_MS = 20_000
const MAX_TOKEN_BYTES = 1024 * 1024

export interface TokenWireContext {
  readonly context: SendContext
  readonly isTrusted: (origin: string) => boolean
}

/** Token calls outlive the request that caused them: others may be waiting for the same token. */
export function createTokenCall(wire: Wire, { context, isTrusted }: TokenWireContext): CallToken {
  return async ({ request, purpose = 'resource', tls }) => {
    const deadline = new Deadline(TOKEN_TIMEOUT_MS)
    // Metadata endpoints are never behind a proxy.
    const proxy = purpose === 'credentialProvider' ? { url: 'none' } : context.proxy
    const settings = { purpose, tls: tls ?? tokenTls(context.tls, isTrusted(request.url.origin)), proxy, maxBytes: MAX_TOKEN_BYTES }
    try {
      return await wire.exchange(request, settings, deadline)
    } finally {
      deadline.release()
    }
  }
}

/**
 * The Configuration's TLS settings are about the API. For another host its CA is one more beside the usual ones, and
 * verification stays on: a client secret is worth more than a quick start.
 */
function tokenTls(tls: TlsSettings | undefined, isApi: boolean): TlsSettings {
  if (tls === undefined || isApi) return tls ?? {}
  return tls.ca === undefined ? {} : { ca: [...rootCertificates, tls.ca].join('\n') }
}
