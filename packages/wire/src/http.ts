import type { JsonValue, Sealed } from '@oasgen/json'

export type Action = 'findby' | 'get' | 'create' | 'update' | 'delete'
export const ACTIONS: readonly Action[] = ['findby', 'get', 'create', 'update', 'delete']

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

/** Text that may hold secrets: parts that are Sealed are filled (and percent-encoded where `url`) by `transport`. */
export type SealedText = string | readonly (string | Sealed)[]

/** A request as a value. Absolute, complete, without credentials: `auth` names what `transport` adds. */
export interface HttpRequest {
  readonly method: HttpMethod
  /** Absolute URL, already serialised and percent-encoded; Sealed parts are encoded when they are filled. */
  readonly url: SealedText
  /** Lower-case names, in the order of sending. */
  readonly headers: readonly HttpHeader[]
  readonly body?: HttpBody
  /** Which security requirement to satisfy; absent = none. */
  readonly auth?: AuthRequirement
  readonly limits?: RequestLimits
}

export interface HttpHeader {
  readonly name: string
  readonly value: SealedText
}

export type HttpBody =
  | { readonly type: 'json'; readonly contentType: string; readonly value: JsonValue }
  | { readonly type: 'form'; readonly contentType: string; readonly fields: readonly FormField[] }
  | { readonly type: 'multipart'; readonly contentType: string; readonly parts: readonly MultipartPart[] }
  | { readonly type: 'text'; readonly contentType: string; readonly text: SealedText }
  /** base64 of the bytes */
  | { readonly type: 'bytes'; readonly contentType: string; readonly base64: string }

export interface FormField {
  readonly name: string
  readonly value: SealedText
}

export interface MultipartPart {
  readonly name: string
  readonly filename?: string
  readonly contentType?: string
  readonly value: SealedText | { readonly base64: string } | { readonly json: JsonValue }
}

/** Alternatives in the document's order; `transport` takes the first for which every scheme has a credential. */
export interface AuthRequirement {
  readonly alternatives: readonly AuthAlternative[]
}
export interface AuthAlternative {
  /** All of them are needed. Empty = anonymous is allowed. */
  readonly schemes: readonly AuthUse[]
}
export interface AuthUse {
  /** Name of the scheme in the Plan's `auth.schemes`. */
  readonly scheme: string
  readonly scopes: readonly string[]
}

export interface RequestLimits {
  readonly timeoutMs?: number
  readonly maxResponseBytes?: number
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names; repeated ones joined with `, `; never `set-cookie`. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: ResponseBody
}

export type ResponseBody =
  | { readonly type: 'empty' }
  | { readonly type: 'json'; readonly value: JsonValue }
  | { readonly type: 'text'; readonly contentType: string; readonly text: string }
  /** Neither JSON nor text, or JSON that does not parse (`problem` says why). */
  | { readonly type: 'unreadable'; readonly contentType: string; readonly bytes: number; readonly problem: string }

/** Why there is no response. `sent: 'nothing'` is proof that the server saw no byte of it. */
export interface TransportFailure {
  readonly reason: TransportFailureReason
  readonly sent: 'nothing' | 'maybe'
  /** Bounded, masked. */
  readonly message: string
  /** Code of a finding, such as `NET0101`. */
  readonly code: string
  readonly retryAfterMs?: number
}
export type TransportFailureReason =
  | 'dns' | 'connect' | 'tls' | 'timeout' | 'reset' | 'tooLarge' | 'protocol' | 'aborted'
  | 'credentialsMissing' | 'credentialsRejected' | 'circuitOpen' | 'throttled' | 'notPermitted'

/** Milliseconds since the epoch. Time always arrives as a value. */
export type Instant = number

/** One request and what came of it: what logs, bug reports, replays and tests share. */
export interface Exchange {
  readonly purpose: Purpose
  readonly request: HttpRequest
  readonly at: Instant
  readonly tookMs: number
  readonly result: ExchangeResult
  /** HMACs of the Sealed leaves that were filled, by place: `body:/password`, `header:x-token`, `url`. */
  readonly sealed?: Readonly<Record<string, string>>
}
export type ExchangeResult =
  | { readonly type: 'response'; readonly response: HttpResponse }
  | { readonly type: 'failure'; readonly failure: TransportFailure }

/** What a request is for, so that an exchange explains itself and `decide` can find it again. */
export interface Purpose {
  readonly action: Action
  /** Which call of the action: the plain call, a page of it, a proof of absence, a poll, a step. */
  readonly call: 'main' | 'page' | 'absenceProof' | 'poll' | 'postGet' | 'step'
  readonly step?: string
  /** Page number, poll number or index of a forEach item, from 0. */
  readonly index?: number
  /** Why this action now, for people: `observe`, `look up before create`, `confirm absence`, … */
  readonly why: string
}
