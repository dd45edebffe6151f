import { finding, type FindingCode, type FindingTexts } from '@oasgen/diagnostics'
import type { TransportFailure, TransportFailureReason } from '@oasgen/wire'

export interface FailureForm {
  readonly reason: TransportFailureReason
  readonly sent?: 'nothing' | 'maybe'
  readonly retryAfterMs?: number
}

/** Bounded, so that a server's or a library's text never fills a condition. */
const MAX_MESSAGE = 500

/** A failure whose sentence comes from the catalogue. `sent` is `nothing` unless said otherwise. */
export function failureOf<C extends FindingCode>(code: C, texts: FindingTexts<C>, form: FailureForm): TransportFailure {
  const message = finding(code, texts).message
  return {
    reason: form.reason,
    sent: form.sent ?? 'nothing',
    message: bounded(message, MAX_MESSAGE),
    code,
    ...(form.retryAfterMs !== undefined && { retryAfterMs: Math.max(0, Math.round(form.retryAfterMs)) }),
  }
}

export function bounded(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`
}

/** Thrown only inside the transport, from connectors and look-ups through undici, and caught where the exchange ends. */
export class RefusedError extends Error {
  readonly failure: TransportFailure
  constructor(failure: TransportFailure) {
    super(failure.message)
    this.failure = failure
  }
}

export interface ExchangePart {
  readonly host: string
  /** Whether undici had begun to write the request. */
  readonly started: boolean
  /** Whether the head of the response was there. */
  readonly answered: boolean
  readonly connectTimeoutMs: number
  readonly headersTimeoutMs: number
  readonly bodyTimeoutMs: number
}

/** What an error of undici, TLS, DNS or the socket means. `sent: 'nothing'` only where no byte of the request was written. */
export function failureOfError(error: unknown, part: ExchangePart): TransportFailure {
  if (error instanceof RefusedError) return error.failure
  const code = errorCode(error)
  const detail = detailOf(error)
  const sent = part.started ? 'maybe' : 'nothing'
  const { host } = part
  return timeoutFailure(code, part)
    ?? tlsFailure(code, { host, detail, sent })
    ?? (part.started ? brokenExchange(code, detail, part) : noConnection(code, detail, host))
}

function timeoutFailure(code: string, part: ExchangePart): TransportFailure | undefined {
  const { host } = part
  const sent = part.started ? 'maybe' : 'nothing'
  switch (code) {
    case 'UND_ERR_CONNECT_TIMEOUT':
      return failureOf('NET0104', { host, timeout: part.connectTimeoutMs }, { reason: 'timeout' })
    case 'UND_ERR_HEADERS_TIMEOUT':
      return failureOf('NET0121', { host, timeout: part.headersTimeoutMs }, { reason: 'timeout', sent })
    case 'UND_ERR_BODY_TIMEOUT':
      return failureOf('NET0122', { host, timeout: part.bodyTimeoutMs }, { reason: 'timeout', sent })
    default:
      return undefined
  }
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_UNTRUSTED', 'CERT_REJECTED', 'INVALID_CA', 'INVALID_PURPOSE', 'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE', 'CERT_CHAIN_TOO_LONG', 'PATH_LENGTH_EXCEEDED',
])

interface TlsPart {
  readonly host: string
  readonly detail: string
  readonly sent: 'nothing' | 'maybe'
}

function tlsFailure(code: string, { host, detail, sent }: TlsPart): TransportFailure | undefined {
  const form = { reason: 'tls', sent } as const
  if (UNTRUSTED.has(code)) return failureOf('NET0111', { host, detail }, form)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return failureOf('NET0112', { host, detail }, form)
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return failureOf('NET0113', { host, detail }, form)
  if (/CERTIFICATE_REQUIRED|ALERT_(BAD|UNKNOWN|UNSUPPORTED|HANDSHAKE)|ALERT_CERTIFICATE|UNKNOWN_CA|BAD_CERTIFICATE/.test(code)) {
    return failureOf('NET0115', { host, detail }, form)
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code.startsWith('ERR_OSSL_')) {
    return failureOf('NET0114', { host, detail }, form)
  }
  return undefined
}

function noConnection(code: string, detail: string, host: string): TransportFailure {
  if (code === 'ENOTFOUND') return failureOf('NET0101', { host }, { reason: 'dns' })
  if (code.startsWith('EAI_') || code === 'ENODATA' || code === 'ESERVFAIL') return failureOf('NET0102', { host, detail }, { reason: 'dns' })
  if (code === 'ETIMEDOUT') return failureOf('NET0103', { host, detail }, { reason: 'timeout' })
  if (code === 'UND_ERR_INVALID_ARG') return failureOf('NET0153', { host, detail }, { reason: 'protocol' })
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED' || code === 'UND_ERR_ABORTED') {
    return failureOf('NET0161', { host, detail }, { reason: 'aborted' })
  }
  if (isBrokenSocket(code)) return failureOf('NET0114', { host, detail }, { reason: 'connect' })
  return failureOf('NET0103', { host, detail }, { reason: 'connect' })
}

function isBrokenSocket(code: string): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET'
}

function brokenExchange(code: string, detail: string, { host, answered }: ExchangePart): TransportFailure {
  const sent = 'maybe'
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') {
    return failureOf('NET0142', { host, limit: MAX_HEADER_BYTES }, { reason: 'tooLarge', sent })
  }
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return failureOf('NET0161', { host, detail }, { reason: 'aborted', sent })
  if (code.startsWith('HPE_')) return failureOf('NET0151', { host, detail }, { reason: 'protocol', sent })
  if (answered) return failureOf('NET0132', { host, detail }, { reason: 'reset', sent })
  return failureOf('NET0131', { host, detail }, { reason: 'reset', sent })
}

/** undici's own default, set explicitly so that the message is true. */
export const MAX_HEADER_BYTES = 65_536

function errorCode(error: unknown): string {
  // undici's parser has an error without a code for what is not HTTP at all.
  if (error instanceof Error && error.name === 'HTTPParserError' && (error as { code?: unknown }).code === undefined) return 'HPE_INVALID'
  const own = (error as { code?: unknown } | null)?.code
  if (typeof own === 'string') return own
  const first = (error as { errors?: readonly unknown[] } | null)?.errors?.[0]
  return first === undefined ? '' : errorCode(first)
}

/** One line, without the ports and ids that change from run to run and would make a condition flap. */
function detailOf(error: unknown): string {
  const first = (error as { errors?: readonly unknown[] } | null)?.errors?.[0]
  const source = error instanceof AggregateError && first !== undefined ? first : error
  const text = source instanceof Error ? source.message : String(source)
  return bounded((text.split('\n')[0] ?? '').replace(/^[0-9A-F]{8,}:error:[0-9A-F]+:/i, '').replace(/:[^:]*\.c:\d+:?.*$/, '').trim() || 'no details', 300)
}
