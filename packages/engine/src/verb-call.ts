import type { Finding } from '@oasgen/diagnostics'
import type { JsonValue } from '@oasgen/json'
import type { Action, Exchange, HttpHeader, Purpose } from '@oasgen/wire'
import type { Change } from './body.js'
import { scopeOf, send, type Context, type ScopeExtras } from './context.js'
import type { Decision } from './decision.js'
import type { PreparedAction } from './prepare.js'
import type { PreparedCall } from './prepared-call.js'
import { buildRequest } from './request.js'

export type Send = Extract<Decision, { type: 'send' }>

/** One verb, its calls in order. `seen`: the exchanges of this verb so far, and whatever follows them. */
export interface VerbInput {
  readonly context: Context
  readonly action: Action
  readonly prepared: PreparedAction
  readonly seen: readonly Exchange[]
  readonly why: string
  readonly extras?: ScopeExtras
  readonly change?: Change
  readonly headers?: readonly HttpHeader[]
  /** Answers of steps that an earlier reconcile has made. */
  readonly done?: Readonly<Record<string, JsonValue>>
  readonly extraPath?: Readonly<Record<string, JsonValue>>
}

/** The request is sent, or the reasons why it cannot be built. */
export function buildCall(input: VerbInput, call: PreparedCall, purpose: Purpose): Send | { readonly type: 'unbuildable'; readonly findings: readonly Finding[] } {
  const { context, action, extras, change, headers, extraPath } = input
  const built = buildRequest({
    action, call, servers: context.prepared.plan.servers, scope: scopeOf(context, extras),
    ...(change && { change }), ...(headers && { extraHeaders: headers }), ...(extraPath && { extraPath }),
  })
  return built.value === undefined ? { type: 'unbuildable', findings: built.findings } : send(built.value, purpose)
}

/** Whether all that is missing are values that the resource does not have yet. */
export function lacksValues(findings: readonly Finding[]): boolean {
  return findings.every(({ code }) => code === 'ENG0101')
}
