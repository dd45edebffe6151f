import type { Checked } from '@oasgen/diagnostics'
import type { ActionPlan, AsyncPlan, Plan, StepPlan } from '@oasgen/plan'
import type { Action } from '@oasgen/wire'
import { prepareComparison, type PreparedComparison } from './compare-rules.js'
import type { PreparedExport } from './exports.js'
import { prepareIdentity, type PreparedIdentity } from './identity.js'
import { prepareMatch, type PreparedMatch } from './match.js'
import { prepareCall, type PreparedCall } from './prepared-call.js'
import { compiler, type Compiler, type Program } from './programs.js'
import { readerOf, type Reader } from './reader.js'
import type { Sends } from './sent.js'
import { prepareSends } from './sends.js'
import { addressOf } from './server.js'
import { originOf } from './url.js'
import { prepareStatusFields, type PreparedStatusField } from './status-fields.js'

/** A Plan with its paths parsed and its programs compiled: made once per Plan, used by every `decide`. */
export interface PreparedPlan {
  readonly plan: Plan
  readonly identity: PreparedIdentity
  readonly actions: Readonly<Partial<Record<Action, PreparedAction>>>
  readonly status: readonly PreparedStatusField[]
  readonly comparison: PreparedComparison
  readonly conditions: PreparedConditions
  readonly exports: readonly PreparedExport[]
  /** Something is addressed by a field of status that is no part of the identity: status is written before it is needed. */
  readonly readsStatus: boolean
  /** The address of the first server, where nothing but the Plan says it. */
  readonly home: string | undefined
  /** Which fields of the spec a verb's requests carry. */
  readonly sends: (action: Action) => Sends
}

export interface PreparedAction {
  readonly plan: ActionPlan
  readonly call: PreparedCall | undefined
  readonly steps: readonly PreparedStep[]
  readonly match: PreparedMatch | undefined
  readonly async: PreparedAsync | undefined
  readonly absenceProof: PreparedCall | undefined
}

export interface PreparedStep {
  readonly plan: StepPlan
  readonly call: PreparedCall
  readonly when: Program | undefined
  readonly forEach: Program | undefined
  readonly async: PreparedAsync | undefined
}

/** An operation that an answer may begin. */
export interface PreparedAsync {
  readonly plan: AsyncPlan
  readonly poll: PreparedCall | undefined
  readonly handle: Reader | undefined
  readonly handleJq: Program | undefined
}

export interface PreparedConditions {
  readonly readyWhen: Program | undefined
  readonly failedWhen: Program | undefined
  readonly completedWhen: Program | undefined
  readonly deletedWhen: Program | undefined
}

/** Findings only for programs that do not compile here: a Plan made for another interpreter. */
export function prepare(plan: Plan): Checked<PreparedPlan> {
  const programs = compiler()
  const prepared: PreparedPlan = {
    plan,
    identity: prepareIdentity(plan.identity.parts),
    actions: prepareActions(plan.actions, programs),
    status: prepareStatusFields(plan.status),
    comparison: prepareComparison(plan.compare, programs),
    conditions: prepareConditions(plan, programs),
    exports: (plan.exports ?? []).map((entry) => ({ plan: entry, value: programs.cel(entry.value) })),
    readsStatus: readsStatus(plan),
    home: homeOf(plan),
    sends: prepareSends(plan),
  }
  return { value: programs.findings.length > 0 ? undefined : prepared, findings: programs.findings }
}

function readsStatus({ actions }: Plan): boolean {
  const calls = [actions.get, actions.update, actions.delete].flatMap((action) => [...(action?.call ? [action.call] : []), ...(action?.steps ?? []).map((step) => step.call)])
  return calls.some(({ parameters }) => parameters.some(({ sources }) => sources.some((source) => source.from === 'resource' && source.path.startsWith('status'))))
}

function homeOf({ servers: [first] }: Plan): string | undefined {
  return first === undefined || first.url.includes('{') || originOf(first.url) === '' ? undefined : addressOf(first.url)
}

function prepareActions(actions: Plan['actions'], programs: Compiler): PreparedPlan['actions'] {
  const entries = Object.entries(actions) as readonly (readonly [Action, ActionPlan])[]
  return Object.fromEntries(entries.map(([action, plan]) => [action, prepareAction(plan, programs)]))
}

function prepareAction(plan: ActionPlan, programs: Compiler): PreparedAction {
  return {
    plan,
    call: plan.call && prepareCall(plan.call, programs),
    steps: addsFirst(plan.steps ?? []).map((step) => prepareStep(step, programs)),
    match: plan.match && prepareMatch(plan.match),
    async: plan.async && prepareAsync(plan.async, programs),
    absenceProof: plan.absenceProof && prepareCall(plan.absenceProof, programs),
  }
}

function prepareAsync(plan: AsyncPlan, programs: Compiler): PreparedAsync {
  const { handle, poll } = plan
  return {
    plan,
    poll: poll && prepareCall(poll.call, programs),
    handle: handle?.in === 'body' ? readerOf(handle.path) : undefined,
    handleJq: handle?.jq === undefined ? undefined : programs.jq(handle.jq),
  }
}

/** Elements are added before others are removed: a list that is empty for a moment can lock people out. */
function addsFirst(steps: readonly StepPlan[]): readonly StepPlan[] {
  const firstRemoving = steps.findIndex(({ forEach }) => forEach !== undefined && /\bremoved\s*\(/.test(forEach))
  const lastAdding = steps.findLastIndex(({ forEach }) => forEach !== undefined && /\badded\s*\(/.test(forEach))
  if (firstRemoving < 0 || lastAdding < firstRemoving) return steps
  const removing = steps.slice(firstRemoving, lastAdding).filter(({ forEach }) => forEach !== undefined && /\bremoved\s*\(/.test(forEach))
  return [...steps.slice(0, lastAdding + 1).filter((step) => !removing.includes(step)), ...removing, ...steps.slice(lastAdding + 1)]
}

function prepareStep(plan: StepPlan, programs: Compiler): PreparedStep {
  return {
    plan,
    call: prepareCall(plan.call, programs),
    when: plan.when === undefined ? undefined : programs.cel(plan.when),
    forEach: plan.forEach === undefined ? undefined : programs.cel(plan.forEach),
    async: plan.async && prepareAsync(plan.async, programs),
  }
}

function prepareConditions({ conditions = {} }: Plan, programs: Compiler): PreparedConditions {
  const cel = (source: string | undefined): Program | undefined => (source === undefined ? undefined : programs.cel(source))
  return {
    readyWhen: cel(conditions.readyWhen),
    failedWhen: cel(conditions.failedWhen),
    completedWhen: cel(conditions.completedWhen),
    deletedWhen: cel(conditions.deletedWhen),
  }
}
