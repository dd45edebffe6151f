import type { JsonValue } from '@oasgen/json'
import type { FieldMapping, JqProgram } from './mapping.js'

/** Names of the actions; the same words as `wire`, which this package does not import. */
export type VerbAction = 'findby' | 'get' | 'create' | 'update' | 'delete'
export const VERB_ACTIONS: readonly VerbAction[] = ['create', 'update', 'get', 'delete', 'findby']

export type VerbMethod = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'
export const VERB_METHODS: readonly VerbMethod[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']

/** One action and how it is carried out: one call, or steps, or steps around the call. */
export interface VerbDescription extends CallDescription {
  readonly action: VerbAction
  /** Only on findby. */
  readonly identifiersMatchPolicy: 'AND' | 'OR'
  /** Only on get: a 404 is believed only if this path answers 2xx. */
  readonly absenceProof?: { readonly path: string; readonly at: string }
  /** Only on create. */
  readonly idempotencyKey?: { readonly header: string }
  readonly steps: readonly StepDescription[]
}

/** One of several calls of a verb. */
export interface StepDescription extends CallDescription {
  readonly name: string
  /** CEL; false = skipped. */
  readonly when?: string
  /** CEL that gives a list; one call per `item`. */
  readonly forEach?: string
}

/** The vocabulary that a verb and a step share. */
export interface CallDescription {
  /** Both absent only on a verb that consists of steps. */
  readonly method?: VerbMethod
  readonly path?: string
  /** `requestFieldMapping` and `fieldMapping`, in the order in which they are written. */
  readonly fieldMapping: readonly FieldMapping[]
  readonly headers: readonly NamedValue[]
  readonly queries: readonly NamedValue[]
  readonly successCodes: readonly number[]
  readonly tolerateCodes: readonly number[]
  readonly notFoundCodes: readonly number[]
  readonly notFoundBody?: JqProgram
  readonly requestTransform?: JqProgram
  readonly responseTransform?: JqProgram
  readonly pagination?: PaginationSettings
  readonly async?: AsyncSettings
  readonly body: BodySettings
  readonly itemPath?: string
  readonly itemsPath?: string
  readonly outcome: OutcomeSettings
  /** JSON pointer of this entry in the definition. */
  readonly at: string
}

export interface NamedValue {
  readonly name: string
  readonly value: string
}

export interface BodySettings {
  readonly contentType?: string
  /** Where the object sits in the request: `rrsets[0]`. */
  readonly path?: string
  /** The value that alone is the body: `spec.items`. */
  readonly from?: string
  readonly mode: 'full' | 'changed' | 'merged' | 'mergePatch'
  readonly whenEmpty: 'omit' | 'object'
}

export interface OutcomeSettings {
  readonly absentWhen?: string
  readonly errorWhen?: string
}

/** The reference's form: a type, and a block of that name. */
export type PaginationSettings = PaginationLimits &
  (
    | { readonly type: 'continuationToken'; readonly request: TokenPlace; readonly response: TokenPlace }
    | { readonly type: 'pageNumber'; readonly request: TokenPlace; readonly first: number; readonly end?: LastPageSign }
    | { readonly type: 'offset'; readonly request: TokenPlace; readonly step: number | 'items'; readonly end?: LastPageSign }
    | { readonly type: 'linkHeader' }
    | { readonly type: 'nextUrl'; readonly response: TokenPlace }
  )
export interface PaginationLimits {
  readonly maxPages: number
  readonly pageSize?: { readonly in: 'query' | 'body'; readonly name: string; readonly value: number }
}
export interface TokenPlace {
  readonly tokenIn: 'query' | 'header' | 'body'
  readonly tokenPath: string
}
/** How the last page is recognised; without one it is the first page that brings no item. */
export type LastPageSign =
  | { readonly type: 'totalPages'; readonly path: string }
  | { readonly type: 'totalItems'; readonly path: string }
  /** The header holds this text. */
  | { readonly type: 'header'; readonly name: string; readonly matches: string }

export interface AsyncSettings {
  /** `blocking` is accepted for the reference's manifests; both are served by requeueing. */
  readonly mode: 'blocking' | 'requeue'
  readonly operationRef?: { readonly in: 'body' | 'header'; readonly path: string; readonly jq?: JqProgram }
  readonly poll?: PollSettings
  readonly pendingValues: readonly JsonValue[]
  /** Absent: 0.21's `timeoutSeconds`, else attempts times interval. */
  readonly deadlineSeconds?: number
  readonly postGet: boolean
}
export interface PollSettings {
  readonly path: string
  readonly method: 'GET'
  readonly handleParam: string
  readonly statusPath: string
  readonly successValues: readonly JsonValue[]
  readonly failureValues: readonly JsonValue[]
  readonly intervalSeconds: number
  readonly maxAttempts: number
  readonly timeoutSeconds?: number
  readonly fieldMapping: readonly FieldMapping[]
  readonly at: string
}
