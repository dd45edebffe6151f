import type { JsonValue } from '@oasgen/json'
import { hasWritten, type Context } from './context.js'
import type { Decision } from './decision.js'
import type { StepMemory } from './memory.js'
import { withMemory } from './operation.js'
import { metadataOf, textIn } from './resource.js'

type Action = StepMemory['action']

/** What an earlier reconcile has done of this run of a verb. */
export function doneSteps({ memory: { steps } }: Context, action: Action, run: number): Readonly<Record<string, JsonValue>> {
  return steps?.action === action && steps.run === run ? steps.done : {}
}

export function withStep(context: Context, action: Action, run: number, { key, answer }: { readonly key: string; readonly answer: JsonValue }): StepMemory {
  return { action, run, done: { ...doneSteps(context, action, run), [key]: answer } }
}

/** Remembers a step; where the verb is written ahead (delete), `key` may be absent. */
export function writeSteps({ resource, memory }: Context, steps: StepMemory): Decision {
  return { type: 'write', write: { why: 'step', status: withMemory(resource, { ...memory, steps }) } }
}

/** The verb is done: its steps are no longer of interest. */
export function forgetSteps({ resource, memory: before }: Context): Decision {
  const { steps: _, ...memory } = before
  return { type: 'write', write: { why: 'step', resourceVersion: textIn(metadataOf(resource), 'resourceVersion'), status: withMemory(resource, memory) } }
}

/** All steps of the verb were recorded, and the record was taken away again. */
export function isRecorded(context: Context): boolean {
  return hasWritten(context, 'step') && context.memory.steps === undefined
}

export function hasUnfinished({ memory: { steps } }: Context, action: Action, run: number): boolean {
  return steps?.action === action && steps.run === run
}
