import type { JsonValue } from '@oasgen/json'
import type { Exchange } from '@oasgen/wire'
import type { Context } from './context.js'
import type { Decision } from './decision.js'
import { withMemory, type OperationMemory, type StepMemory } from './memory.js'
import type { VerbRun } from './verb-run.js'

type Action = StepMemory['action']

/** What an earlier reconcile has done of this run of a verb. */
export function doneSteps({ memory: { steps } }: Context, action: Action, run: number): Readonly<Record<string, JsonValue>> {
  return steps?.action === action && steps.run === run ? steps.done : {}
}

export function withStep(context: Context, action: Action, run: number, { key, answer }: { readonly key: string; readonly answer: JsonValue }): StepMemory {
  return { action, run, done: { ...doneSteps(context, action, run), [key]: answer } }
}

/** Remembers steps before the next one is sent. */
export function writeSteps({ resource, memory }: Context, steps: StepMemory, operation?: OperationMemory): Decision {
  return { type: 'write', write: { why: 'step', status: withMemory(resource, { ...memory, steps, ...(operation && { operation }) }) } }
}

/** The last step is done: known before anything is concluded from it. `undefined` when it is known, or the verb has no steps. */
export function completeSteps(context: Context, action: Action): Decision | undefined {
  const { steps } = context.memory
  return steps?.action !== action || steps.complete === true ? undefined : writeSteps(context, { ...steps, complete: true })
}

/** A run whose steps are all done, whatever of them this reconcile has seen. */
export function completedRun({ memory: { steps } }: Context, action: Action, run: number, seen: readonly Exchange[]): VerbRun | undefined {
  if (steps?.action !== action || steps.run !== run || steps.complete !== true) return undefined
  const end = seen.findIndex(({ purpose }) => purpose.action !== action || purpose.call === 'poll')
  const used = end < 0 ? seen.length : end
  return { type: 'answered', outcome: { type: 'accepted' }, exchange: undefined, used }
}

export function hasUnfinished({ memory: { steps } }: Context, action: Action, run: number): boolean {
  return steps?.action === action && steps.run === run && steps.complete !== true
}
