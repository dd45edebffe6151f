import { finding, type Finding } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'

/**
 * What went wrong, by what a caller does about it.
 * `conflict` read again · `notFound`, `gone` (a resource version or page token is too old) list again · `alreadyExists` adopt or stop ·
 * `forbidden`, `unauthorized`, `invalid` a person must act · `throttled`, `unreachable`, `server` wait and repeat ·
 * `tooLarge` send less · `protocol` the answer is not Kubernetes.
 */
export type KubeErrorKind =
  | 'conflict' | 'notFound' | 'alreadyExists' | 'gone' | 'forbidden' | 'unauthorized' | 'invalid'
  | 'throttled' | 'unreachable' | 'tooLarge' | 'server' | 'protocol'

export interface KubeError {
  readonly kind: KubeErrorKind
  /** HTTP status; 0 when there was no answer. */
  readonly code: number
  /** The server's own reason (`Conflict`, `Expired`, …), or ours: `Timeout`, `Reset`, `Dns`, `Tls`, `Connect`, `Aborted`. */
  readonly reason: string
  /** The server's words, bounded. For people the finding says what was attempted too. */
  readonly message: string
  /** Fields that the server found wrong. */
  readonly causes: readonly ErrorCause[]
  /** The server asked for this pause. */
  readonly retryAfterMs?: number
  /** Whether the server can have seen the request: decides if a write may be repeated blindly. */
  readonly sent: 'nothing' | 'maybe' | 'answered'
  readonly finding: Finding
}

export interface ErrorCause {
  readonly field: string
  readonly reason: string
  readonly message: string
}

export type KubeResult<T> =
  | { readonly ok: true; readonly value: T; /** `Warning` headers of the server. */ readonly warnings?: readonly string[] }
  | { readonly ok: false; readonly error: KubeError }

/** What was attempted, for messages: `verb` as in `create`, `about` as in `ConfigMap default/a`. */
export interface Attempt {
  readonly verb: string
  readonly about: string
}

export interface AnswerTexts {
  readonly code: number
  readonly retryAfter: string | undefined
  readonly body: JsonValue | undefined
  /** The beginning of a body that is not a Status. */
  readonly text: string
}

/** An HTTP answer of 400 and more. */
export function errorOfAnswer(attempt: Attempt, answer: AnswerTexts): KubeError {
  const status = isObject(answer.body) && answer.body.kind === 'Status' ? answer.body : undefined
  const retryAfterMs = retryAfterOf(answer.retryAfter, status)
  return makeError(attempt, {
    code: answer.code,
    reason: textOf(status?.reason),
    message: bounded(textOf(status?.message) || answer.text || `HTTP ${answer.code}`),
    causes: causesOf(status),
    sent: 'answered',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

/** A Status inside a watch stream. */
export function errorOfStatus(attempt: Attempt, status: JsonObject): KubeError {
  const code = typeof status.code === 'number' ? status.code : 500
  return errorOfAnswer(attempt, { code, retryAfter: undefined, body: { ...status, kind: 'Status' }, text: '' })
}

export interface NoAnswer {
  readonly reason: 'Dns' | 'Connect' | 'Tls' | 'Timeout' | 'Reset' | 'Aborted' | 'Credentials' | 'Closed'
  readonly message: string
  readonly sent: 'nothing' | 'maybe'
}

export function errorOfSilence(attempt: Attempt, failure: NoAnswer): KubeError {
  const base = { kind: 'unreachable', code: 0, reason: failure.reason, message: bounded(failure.message), causes: [], sent: failure.sent } as const
  const isOurs = failure.reason === 'Credentials'
  return { ...base, finding: isOurs ? finding('KUB0205', { problem: base.message }) : finding('KUB0110', { ...attempt, message: base.message }) }
}

/** An answer that cannot be read as what was asked for. */
export function errorOfProtocol(attempt: Attempt, message: string, code = 200): KubeError {
  const base = { kind: 'protocol', code, reason: 'Unreadable', message: bounded(message), causes: [], sent: 'answered' } as const
  return { ...base, finding: finding('KUB0113', { ...attempt, message: base.message }) }
}

export function errorOfSize(attempt: Attempt, limitBytes: number): KubeError {
  const message = `the answer is larger than ${limitBytes} bytes`
  return { kind: 'tooLarge', code: 0, reason: 'TooLarge', message, causes: [], sent: 'answered', finding: finding('KUB0111', { ...attempt, message }) }
}

/** Whether the same request can succeed later without anybody changing anything. */
export function isTransient(error: KubeError): boolean {
  return error.kind === 'throttled' || error.kind === 'unreachable' || error.kind === 'server'
}

export function isKind<K extends KubeErrorKind>(result: KubeResult<unknown>, ...kinds: readonly K[]): boolean {
  return !result.ok && (kinds as readonly KubeErrorKind[]).includes(result.error.kind)
}

export function failed<T>(error: KubeError): KubeResult<T> {
  return { ok: false, error }
}

const BY_REASON: Readonly<Record<string, KubeErrorKind>> = {
  Conflict: 'conflict', NotFound: 'notFound', AlreadyExists: 'alreadyExists', Expired: 'gone', Gone: 'gone', Forbidden: 'forbidden',
  Unauthorized: 'unauthorized', Invalid: 'invalid', BadRequest: 'invalid', TooManyRequests: 'throttled', ServerTimeout: 'server',
  Timeout: 'server', ServiceUnavailable: 'server', InternalError: 'server', RequestEntityTooLarge: 'tooLarge', MethodNotAllowed: 'invalid',
  NotAcceptable: 'invalid', UnsupportedMediaType: 'invalid', StoreReadError: 'server',
}

const BY_CODE: Readonly<Record<number, KubeErrorKind>> = {
  400: 'invalid', 401: 'unauthorized', 403: 'forbidden', 404: 'notFound', 405: 'invalid', 406: 'invalid', 408: 'server', 409: 'conflict',
  410: 'gone', 413: 'tooLarge', 415: 'invalid', 422: 'invalid', 429: 'throttled',
}

const CODE_OF_KIND = {
  conflict: 'KUB0101', notFound: 'KUB0102', alreadyExists: 'KUB0103', gone: 'KUB0104', forbidden: 'KUB0105', unauthorized: 'KUB0106',
  invalid: 'KUB0107', throttled: 'KUB0108', server: 'KUB0109', unreachable: 'KUB0110', tooLarge: 'KUB0111', protocol: 'KUB0113',
} as const satisfies Record<KubeErrorKind, string>

/** 500 keeps its kind whatever the reason says, but a reason refines 409 into conflict and already exists. */
export function kindOf(code: number, reason: string): KubeErrorKind {
  if (code >= 500) return 'server'
  return BY_REASON[reason] ?? BY_CODE[code] ?? (code >= 400 ? 'invalid' : 'protocol')
}

function makeError(attempt: Attempt, facts: Omit<KubeError, 'kind' | 'finding'>): KubeError {
  const kind = kindOf(facts.code, facts.reason)
  return { kind, ...facts, finding: finding(CODE_OF_KIND[kind], { ...attempt, message: facts.message }) }
}

function causesOf(status: JsonObject | undefined): readonly ErrorCause[] {
  const details = status?.details
  const causes = isObject(details) ? details.causes : undefined
  if (!isArray(causes)) return []
  return causes.slice(0, MAX_CAUSES).filter(isObject).map((cause) => ({
    field: textOf(cause.field), reason: textOf(cause.reason), message: bounded(textOf(cause.message)),
  }))
}

/** Seconds in the header, or `details.retryAfterSeconds`; the API server never sends an HTTP date, proxies may and are then ignored. */
function retryAfterOf(header: string | undefined, status: JsonObject | undefined): number | undefined {
  const details = status?.details
  const fromBody = isObject(details) ? details.retryAfterSeconds : undefined
  const seconds = header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : fromBody
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined
}

const MAX_MESSAGE = 2048
const MAX_CAUSES = 64

function bounded(text: string): string {
  return text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE)}…`
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
