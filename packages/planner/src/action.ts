import type { CallModel, StepModel, VerbModel } from '@oasgen/model'
import type { ActionPlan, AsyncPlan, StepPlan } from '@oasgen/plan'
import type { VerbAction } from '@oasgen/restdefinition'
import type { Action } from '@oasgen/wire'
import { compileAsync } from './async.js'
import { compileCall, compileSide, parameterMappings } from './call.js'
import { compileMatch } from './match.js'
import { compilePagination } from './pagination.js'
import type { Planning } from './planning.js'

/** All verbs that the model has. */
export function compileActions(planning: Planning): Readonly<Partial<Record<Action, ActionPlan>>> {
  const verbs = Object.values(planning.model.verbs)
  return Object.fromEntries(verbs.map((verb) => [verb.action, compileAction(planning, verb)]))
}

function compileAction(planning: Planning, verb: VerbModel): ActionPlan {
  const { action, description, call, steps, proof } = verb
  const match = action === 'findby' ? compileMatch(planning, verb) : undefined
  const mappings = parameterMappings(description.fieldMapping)
  return {
    ...(call !== undefined && { call: compileCall(planning, call, action, description.idempotencyKey?.header) }),
    ...(steps.length > 0 && { steps: steps.map((step) => compileStep(planning, step, action)) }),
    ...(match !== undefined && { match }),
    ...paginationMember(verb),
    ...asyncMember(planning, call ?? steps.at(-1), action),
    ...(proof !== undefined && { absenceProof: compileSide(planning, proof, { action, mappings, description }) }),
    ...(description.idempotencyKey !== undefined && { idempotencyKey: description.idempotencyKey }),
  }
}

/** A list may be cut without the definition knowing: `rel="next"` is followed wherever it is answered. */
function paginationMember({ action, description, call }: VerbModel): Pick<ActionPlan, 'pagination'> {
  if (description.pagination !== undefined) return { pagination: compilePagination(description.pagination) }
  return action === 'findby' && call?.operation.method === 'get' ? { pagination: { type: 'linkHeader', maxPages: 100 } } : {}
}

function asyncMember(planning: Planning, call: CallModel | undefined, action: VerbAction): { readonly async?: AsyncPlan } {
  const compiled = call === undefined ? undefined : compileAsync(planning, call, action)
  return compiled === undefined ? {} : { async: compiled }
}

function compileStep(planning: Planning, step: StepModel, action: VerbAction): StepPlan {
  const { description } = step
  return {
    name: step.name,
    call: compileCall(planning, step, action),
    ...(description.when !== undefined && { when: description.when }),
    ...(description.forEach !== undefined && { forEach: description.forEach }),
    ...(description.pagination !== undefined && { pagination: compilePagination(description.pagination) }),
    ...asyncMember(planning, step, action),
  }
}
