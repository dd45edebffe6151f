import { finding, type Finding } from '@oasgen/diagnostics'
import type { ActionPlan, AsyncPlan, BodyPlan, CallPlan, Plan } from '@oasgen/plan'
import { definitionPlace, type VerbAction } from '@oasgen/restdefinition'
import { callsOf } from './calls.js'
import { plannedCalls } from './features.js'
import { keptPath } from './field-index.js'
import type { Planning } from './planning.js'

/** Verbs that were compiled and cannot do all that they are there for. */
export function callFindings(planning: Planning, plan: Plan): readonly Finding[] {
  const verbs = Object.values(planning.model.verbs)
  return [
    ...verbs.flatMap((verb) => {
      const { action } = verb
      const compiled = plan.actions[action]
      if (compiled === undefined) return []
      return [asyncFindings, sideFindings, sealedFindings].flatMap((check) => check(planning, action, compiled))
    }),
    ...createFindings(planning),
    ...scopeFindings(planning, plan),
  ]
}

function at({ model }: Planning, pointer: string): { readonly where: ReturnType<typeof definitionPlace> } {
  return { where: definitionPlace(model.definition, pointer) }
}

/** A create has no status to read from. */
function createFindings(planning: Planning): readonly Finding[] {
  return callsOf(planning.model.verbs.create).flatMap(({ description }) =>
    description.fieldMapping.flatMap((mapping) => {
      const path = mapping.direction === 'request' && mapping.from.type === 'resource' ? mapping.from.path : ''
      if (!keptPath(planning.fields, path).startsWith('status')) return []
      return [finding('PLN0108', { path }, at(planning, `${mapping.at}/inCustomResource`))]
    }))
}

/** The work goes on, and nobody would see it end. */
function asyncFindings(planning: Planning, action: VerbAction, plan: ActionPlan): readonly Finding[] {
  const described = callsOf(planning.model.verbs[action]).map(({ description }) => description)
  const inSteps = (plan.steps ?? []).map((step) => step.async)
  const compiled: readonly (AsyncPlan | undefined)[] = plan.call === undefined ? inSteps : [plan.async, ...inSteps]
  return described.flatMap((description, index) => {
    const asynchronous = compiled[index]
    if (asynchronous?.handle === undefined || asynchronous.poll !== undefined || asynchronous.handle.in === 'header') return []
    return [finding('PLN0109', { action }, at(planning, `${description.at}/async`))]
  })
}

/** Polls and proofs are requests too: all their path parameters need a value. */
function sideFindings(planning: Planning, action: VerbAction, plan: ActionPlan): readonly Finding[] {
  const description = planning.model.verbs[action]?.description
  const polls = [plan.async, ...(plan.steps ?? []).map((step) => step.async)].flatMap((each) => each?.poll ?? [])
  const sides = [
    ...polls.map((poll) => ({ call: poll.call, what: 'poll', given: poll.handleParameter })),
    ...(plan.absenceProof === undefined ? [] : [{ call: plan.absenceProof, what: 'absenceProof', given: undefined }]),
  ]
  return sides.flatMap(({ call, what, given }) =>
    unfilled(call, given).map((parameter) => finding('PLN0110', { what, action, parameter }, at(planning, description?.at ?? ''))))
}

function unfilled({ parameters }: CallPlan, given: string | undefined): readonly string[] {
  const empty = parameters.filter(({ name, sources }) => sources.length === 0 && name !== given)
  return empty.filter(({ in: place, required }) => place === 'path' || required === true).map(({ name }) => name)
}

/** A secret may pass through a request, never through a program. */
function sealedFindings(planning: Planning, action: VerbAction, plan: ActionPlan): readonly Finding[] {
  const bodies = plannedCalls(plan).flatMap(({ body }) => body ?? [])
  const where = at(planning, `${planning.model.verbs[action]?.description.at ?? ''}/requestTransform`)
  return bodies.filter((body) => body.transform !== undefined && holdsSecret(body)).map(() => finding('PLN0111', { action }, where))
}

function holdsSecret({ fields, value }: BodyPlan): boolean {
  return [...fields.flatMap(({ sources }) => sources), ...(value ?? [])].some(({ from }) => from === 'secretField' || from === 'secretRef')
}

function scopeFindings(planning: Planning, { compare }: Plan): readonly Finding[] {
  if (compare.scope !== 'updatable' || planning.model.verbs.update === undefined || (compare.updatable ?? []).length > 0) return []
  return [finding('PLN0112', {}, at(planning, '/spec/resource/compareScope'))]
}
