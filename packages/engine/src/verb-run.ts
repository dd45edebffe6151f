import { finding, type Finding } from '@oasgen/diagnostics'
import type { Action, Exchange, HttpHeader, Purpose } from '@oasgen/wire'
import { bindingsOf, scopeOf, send, type Context, type ScopeExtras } from './context.js'
import type { Decision, Outcome } from './decision.js'
import { interpret } from './interpret.js'
import type { PreparedAction } from './prepare.js'
import type { PreparedCall } from './prepared-call.js'
import { buildRequest } from './request.js'
import type { Change } from './body.js'

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
}

export type VerbRun =
  | Extract<Decision, { type: 'send' }>
  /** The request cannot be built: nothing was sent. */
  | { readonly type: 'unbuildable'; readonly findings: readonly Finding[] }
  | { readonly type: 'answered'; readonly outcome: Outcome; readonly exchange: Exchange; readonly used: number }

/** The next call of the verb, or what its answers mean. */
export function runVerb(input: VerbInput): VerbRun {
  const { prepared, seen, action, context } = input
  const { call } = prepared
  if (call === undefined) return { type: 'unbuildable', findings: [finding('ENG0110', { action })] }
  const exchange = seen[0]
  if (exchange === undefined) return sendCall(input, call, { action, call: 'main', why: input.why })
  const outcome = interpret({ action, call, exchange, bindings: bindingsOf(context, input.extras) })
  return { type: 'answered', outcome, exchange, used: 1 }
}

export function sendCall(input: VerbInput, call: PreparedCall, purpose: Purpose): VerbRun {
  const { context, action, extras, change, headers } = input
  const built = buildRequest({
    action, call, servers: context.prepared.plan.servers, scope: scopeOf(context, extras),
    ...(change && { change }), ...(headers && { extraHeaders: headers }),
  })
  return built.value === undefined ? { type: 'unbuildable', findings: built.findings } : send(built.value, purpose)
}

/** Whether all that is missing are values that the resource does not have yet. */
export function lacksValues(findings: readonly Finding[]): boolean {
  return findings.every(({ code }) => code === 'ENG0101')
}
