import { finding, type Finding } from '@oasgen/diagnostics'
import { REASON } from '@oasgen/wire'
import type { ConditionState } from './conditions.js'
import { bindingsOf, type Context } from './context.js'
import type { Observed } from './decision.js'
import type { Program } from './programs.js'

/** What the definition's expressions say about an object that is there. */
export interface Readiness {
  readonly ready: ConditionState
  readonly failed: Finding | undefined
  readonly isCompleted: boolean
}

export function readinessOf(context: Context, observed: Observed, message: string): Readiness {
  const { readyWhen, failedWhen, completedWhen } = context.prepared.conditions
  const expressions = context.prepared.plan.conditions
  const failed = test(context, failedWhen, observed)
  const completed = test(context, completedWhen, observed)
  const isReady = completed === true ? true : test(context, readyWhen, observed) ?? true
  const problem = [failed, completed, isReady].find((result) => typeof result === 'string')
  const findingOf = (expression: string | undefined, text: string): Finding => finding('ENG0105', { expression: expression ?? '', problem: text })
  return {
    ready: isReady === true ? { status: 'True', reason: REASON.available, message } : { status: 'False', reason: REASON.pending, message: `waiting for ${expressions?.readyWhen ?? 'readiness'}` },
    failed: problem !== undefined ? findingOf(undefined, problem) : failed === true ? finding('ENG0309', { expression: expressions?.failedWhen ?? '' }) : undefined,
    isCompleted: completed === true,
  }
}

/** A text is why the expression has no answer. */
export function test(context: Context, program: Program | undefined, observed: Observed): boolean | string | undefined {
  if (program === undefined) return undefined
  const ran = program.run(bindingsOf(context, { observed }))
  return ran.ok ? ran.value === true : ran.problem
}
