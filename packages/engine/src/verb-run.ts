import { finding } from '@oasgen/diagnostics'
import type { Exchange } from '@oasgen/wire'
import { bindingsOf } from './context.js'
import type { Outcome } from './decision.js'
import { interpret } from './interpret.js'
import type { PreparedAction, PreparedStep } from './prepare.js'
import { runSteps, type StepsRun } from './steps.js'
import { buildCall, type VerbInput } from './verb-call.js'

export type VerbRun =
  | Exclude<StepsRun, { type: 'failed' | 'finished' }>
  | { readonly type: 'answered'; readonly outcome: Outcome; readonly exchange: Exchange | undefined; readonly used: number }

/** The next call of the verb, or what its answers mean. */
export function runVerb(input: VerbInput): VerbRun {
  const { prepared, seen, action, context } = input
  if (prepared.steps.length > 0) return runStepped(input)
  const { call } = prepared
  if (call === undefined) return { type: 'unbuildable', findings: [finding('ENG0110', { action })] }
  const exchange = seen[0]
  if (exchange === undefined) return buildCall(input, call, { action, call: 'main', why: input.why })
  const outcome = interpret({ action, call, exchange, bindings: bindingsOf(context, input.extras) })
  return { type: 'answered', outcome, exchange, used: 1 }
}

function runStepped(input: VerbInput): VerbRun {
  const run = runSteps(input, stepsOf(input.prepared))
  switch (run.type) {
    case 'send':
    case 'record':
    case 'unbuildable': return run
    case 'failed':
    case 'finished': return { type: 'answered', outcome: run.outcome, exchange: run.exchange, used: run.used }
  }
}

/** A verb with a call and steps makes the call first; later ones read its answer as `steps.call`. */
export function stepsOf({ call, steps }: PreparedAction): readonly PreparedStep[] {
  return call === undefined ? steps : [{ plan: { name: 'call', call: call.plan }, call, when: undefined, forEach: undefined, async: undefined }, ...steps]
}
