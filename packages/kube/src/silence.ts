import { messageOf } from './credentials.js'
import { errorOfSilence, errorOfSize, type KubeError, type NoAnswer } from './error.js'
import type { KubeRequest } from './request.js'

/** The client was closed by ourselves. */
export class ClosedError extends Error {
  readonly code = 'OASGEN_CLOSED'
}

/** Without its authority no server can be believed, so nothing is sent. */
export class AuthorityError extends Error {
  readonly code = 'OASGEN_AUTHORITY'
}

const REASON_OF_CODE: Readonly<Record<string, NoAnswer>> = Object.fromEntries(
  (
    [
      ['Dns', 'nothing', 'ENOTFOUND EAI_AGAIN EAI_FAIL EAI_NODATA'],
      ['Connect', 'nothing', 'ECONNREFUSED EHOSTUNREACH ENETUNREACH ENETDOWN EHOSTDOWN ECONNABORTED ETIMEDOUT UND_ERR_CONNECT_TIMEOUT EADDRNOTAVAIL'],
      ['Timeout', 'maybe', 'UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT'],
      ['Reset', 'maybe', 'ECONNRESET EPIPE UND_ERR_SOCKET'],
      ['Closed', 'nothing', 'UND_ERR_CLOSED OASGEN_CLOSED'],
      ['Credentials', 'nothing', 'OASGEN_AUTHORITY'],
      ['Closed', 'maybe', 'UND_ERR_DESTROYED'],
    ] as const
  ).flatMap(([reason, sent, codes]) => codes.split(' ').map((code) => [code, { reason, sent, message: '' }])),
)

const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|ERR_OSSL|HOSTNAME_MISMATCH|INVALID_CA|ERR_CRYPTO)/

export function errorOfCause(request: KubeRequest, cause: unknown, facts: { isTimeout: boolean; maxBytes: number }): KubeError {
  const code = codeOf(cause)
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return errorOfSize(request.attempt, facts.maxBytes)
  return errorOfSilence(request.attempt, { ...silenceOf(code, cause, facts.isTimeout), message: describeCause(code, cause, facts.isTimeout) })
}

function silenceOf(code: string, cause: unknown, isTimeout: boolean): NoAnswer {
  if (isTimeout) return { reason: 'Timeout', sent: 'maybe', message: '' }
  const known = REASON_OF_CODE[code]
  if (known !== undefined) return known
  if (TLS_CODE.test(code)) return { reason: 'Tls', sent: 'nothing', message: '' }
  if (cause instanceof Error && cause.name === 'AbortError') return { reason: 'Aborted', sent: 'maybe', message: '' }
  return { reason: 'Reset', sent: 'maybe', message: '' }
}

function describeCause(code: string, cause: unknown, isTimeout: boolean): string {
  if (isTimeout) return 'no answer in time'
  const text = messageOf(cause)
  return text !== '' && code !== '' && !text.includes(code) ? `${text} (${code})` : text || code
}

function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return ''
  const { code, cause: inner } = cause as { readonly code?: unknown; readonly cause?: unknown }
  return typeof code === 'string' ? code : inner === undefined ? '' : codeOf(inner)
}
