import type { JsonValue } from '@oasgen/json'
import { hasWritten, type Context } from './context.js'
import type { Decision } from './decision.js'
import { readMemory, type StepMemory } from './memory.js'
import { withMemory } from './operation.js'
import { metadataOf, textIn } from './resource.js'

type Action = StepMemory['action']

/** What an earlier reconcile has done of this run of a verb. */
export function doneSteps({ resource }: Context, action: Action, run: number): Readonly<Record<string, JsonValue>> {
  const { steps } = readMemory(resource)
  return steps?.action === action && steps.run === run ? steps.done : {}
}

export function withStep(context: Context, action: Action, run: number, { key, answer }: { readonly key: string; readonly answer: JsonValue }): StepMemory {
  return { action, run, done: { ...doneSteps(context, action, run), [key]: answer } }
}

/** Remembers a step; where the verb is written ahead (delete), `key` may be absent. */
export function writeSteps({ resource }: Context, steps: StepMemory): Decision {
  return { type: 'write', write: { why: 'step', status: withMemory(resource, { ...readMemory(resource), steps }) } }
}

/** The verb is done: its steps are no longer of interest. */
export function forgetSteps({ resource }: Context): Decision {
  const { steps: _, ...memory } = readMemory(resource)
  return { type: 'write', write: { why: 'step', resourceVersion: textIn(metadataOf(resource), 'resourceVersion'), status: withMemory(resource, memory) } }
}

/** All steps of the verb were recorded, and the record was taken away again. */
export function isRecorded(context: Context): boolean {
  return hasWritten(context, 'step') && readMemory(context.resource).steps === undefined
}

export function hasUnfinished({ resource }: Context, action: Action, run: number): boolean {
  const { steps } = readMemory(resource)
  return steps?.action === action && steps.run === run
}
