import { finding, type Finding } from '@oasgen/diagnostics'
import { isNumber, numberText, writeJson, type JsonValue } from '@oasgen/json'
import type { AsyncPlan } from '@oasgen/plan'
import { headerOf, maskedText, REASON, type Exchange, type Instant, type Purpose } from '@oasgen/wire'
import { brokenBody, readAnswer, retryOf } from './answer.js'
import { failedAnnotations, succeededAnnotations } from './attempt.js'
import type { ConditionChanges } from './conditions.js'
import { hasWritten, type Context } from './context.js'
import type { Decision, Outcome } from './decision.js'
import { finish, nextStatus } from './ending.js'
import { errorText } from './error-text.js'
import { sameScalar } from './loose-equal.js'
import { withMemory, type Memory, type OperationMemory } from './memory.js'
import type { PreparedAsync } from './prepare.js'
import { readerOf } from './reader.js'
import { metadataOf, textIn } from './resource.js'
import { printInstant, readInstant } from './time.js'
import { retryLater, stopFor, troubleOf } from './trouble.js'
import { originOf, resolveUrl } from './url.js'
import { buildCall } from './verb-call.js'
import type { VerbRun } from './verb-run.js'

type Action = OperationMemory['action']

/** An operation that an answer started; `undefined`: it is done with the answer. */
export function startedOperation({ prepared, instant }: Context, action: Action, exchange: Exchange, outcome: Outcome): OperationMemory | undefined {
  const started = { action, startedAt: printInstant(instant) }
  const handle = handleOf(prepared.actions[action]?.async, exchange)
  if (handle !== undefined) return { ...started, handle }
  // 202 without a handle: reading the object tells, and for a delete its absence.
  return outcome.type === 'pending' && action === 'create' ? started : undefined
}

type Recorded = Extract<VerbRun, { type: 'record' }>

/** An operation that a step began, and that has to be over before the next step. That of the last one is the verb's. */
export function stepOperation({ instant }: Context, action: Action, { step, key, isLast, exchange }: Recorded): OperationMemory | undefined {
  const handle = isLast ? undefined : handleOf(step.async, exchange)
  return handle === undefined ? undefined : { action, startedAt: printInstant(instant), handle, step: step.plan.name, unit: key }
}

/** The body tells of the operation, not of the object: its id is another one's. */
export function describesOperation({ prepared }: Context, action: Action, exchange: Exchange | undefined): boolean {
  const verb = prepared.actions[action]
  const step = verb?.steps.find(({ plan }) => plan.name === exchange?.purpose.step)
  const async = step === undefined || step === verb?.steps.at(-1) ? verb?.async : step.async
  if (async?.plan.handle?.in !== 'body' || exchange?.result.type !== 'response') return false
  const { body } = exchange.result.response
  return body.type === 'json' && async.handle?.(body.value) !== undefined
}

function handleOf(prepared: PreparedAsync | undefined, { result }: Exchange): string | undefined {
  const handle = prepared?.plan.handle
  if (handle === undefined || prepared?.poll === undefined || result.type === 'failure') return undefined
  const { headers, body } = result.response
  const found = handle.in === 'header' ? headerOf(headers, handle.path) : body.type === 'json' ? prepared.handle?.(body.value) : undefined
  const ran = found === undefined ? undefined : prepared.handleJq?.run({ value: found })
  return textOf(ran === undefined ? found : ran.ok ? ran.value : undefined)
}

function textOf(value: JsonValue | undefined): string | undefined {
  const text = typeof value === 'string' ? value.trim() : isNumber(value) ? numberText(value) : ''
  return text === '' ? undefined : text
}

/** What is known of an operation after the exchanges of this reconcile. */
type Phase =
  /** `unknown`: the word that the definition does not list, where it lists those of work that goes on. */
  | { readonly type: 'wait'; readonly until: Instant; readonly unknown?: string }
  | { readonly type: 'succeeded'; readonly exchange: Exchange }
  | { readonly type: 'failed'; readonly finding: Finding }
  | { readonly type: 'gone' }
  | { readonly type: 'trouble'; readonly outcome: Outcome }

/** Follows an operation with a handle: polled when its time has come, no worker waits for it. `undefined`: over, go on. */
export function followOperation(context: Context, operation: OperationMemory): Decision | undefined {
  const prepared = asyncOf(context, operation)
  const async = prepared?.plan
  if (prepared?.poll === undefined || async?.poll === undefined) return closeOperation(context, operation, 'succeeded')
  const poll = pollOf(context, operation)
  if (poll === undefined) return isNew(context, operation) ? waitOn(context, operation, nextLook(context, async, undefined)) : sendPoll(context, operation, prepared)
  const phase = judge(context, async, poll)
  switch (phase.type) {
    case 'wait': return isLate(context, operation, async) ? timedOut(context, operation) : waitOn(context, operation, phase.until, phase.unknown)
    case 'succeeded':
    case 'gone': return closeOperation(context, operation, 'succeeded')
    case 'failed': return closeOperation(context, operation, 'failed') ?? stopFor(context, operation.action, phase.finding)
    case 'trouble': return isLate(context, operation, async) ? timedOut(context, operation) : troubleOf(context, operation.action, phase.outcome)
  }
}

/** The next step of a verb waits for what the last one began. */
export function followStep(context: Context): Decision | undefined {
  const { operation } = context.memory
  return operation?.step === undefined ? undefined : followOperation(context, operation)
}

function asyncOf({ prepared }: Context, { action, step }: Pick<OperationMemory, 'action' | 'step'>): PreparedAsync | undefined {
  const verb = prepared.actions[action]
  return step === undefined ? verb?.async : verb?.steps.find(({ plan }) => plan.name === step)?.async
}

/** The last answer about this very operation: not about one that was followed before it. */
function pollOf({ exchanges }: Context, { action }: OperationMemory): Exchange | undefined {
  const begun = exchanges.findLastIndex(({ purpose }) => purpose.action === action && purpose.call !== 'poll')
  return exchanges.findLast(({ purpose }, at) => at > begun && purpose.action === action && purpose.call === 'poll')
}

/** An operation of which this reconcile has learned that it failed: nothing more is begun in it. */
export function failedOperation(context: Context): Decision | undefined {
  const poll = context.exchanges.findLast(({ purpose }) => purpose.call === 'poll')
  const action = poll?.purpose.action
  if (poll === undefined || context.memory.operation !== undefined || (action !== 'create' && action !== 'update' && action !== 'delete')) return undefined
  const { step } = poll.purpose
  const async = asyncOf(context, { action, ...(step !== undefined && { step }) })?.plan
  const phase = async === undefined ? undefined : judge(context, async, poll)
  return phase?.type === 'failed' ? stopFor(context, action, phase.finding) : undefined
}

/** Started by a request of this reconcile: asking at once would only say that it has begun. */
function isNew({ exchanges }: Context, { action }: OperationMemory): boolean {
  return exchanges.some(({ purpose }) => purpose.action === action && (purpose.call === 'main' || purpose.call === 'step'))
}

function sendPoll(context: Context, { action, step, handle = '' }: OperationMemory, { plan, poll: call }: PreparedAsync): Decision {
  const { poll } = plan
  const prepared = context.prepared.actions[action]
  if (call === undefined || poll === undefined || prepared === undefined) throw new Error('an operation without poll has nothing to send')
  const purpose: Purpose = { action, call: 'poll', ...(step !== undefined && { step }), why: 'ask how far the operation is' }
  const built = buildCall({ context, action, prepared, seen: [], why: purpose.why, extraPath: { [poll.handleParameter]: handle } }, call, purpose)
  if (built.type === 'unbuildable') return stopFor(context, action, built.findings[0] ?? finding('ENG0110', { action }))
  if (!/^(?:https?:\/)?\//i.test(handle)) return built
  // A handle that is an address is followed as it is, to where the API is: the request carries our credentials.
  const current = maskedText(built.request.url)
  const url = resolveUrl(current, handle)
  if (originOf(url) === originOf(current)) return { ...built, request: { ...built.request, url } }
  return stopFor(context, action, finding('ENG0306', { url: originOf(url), origin: originOf(current) }))
}

function judge(context: Context, async: AsyncPlan, exchange: Exchange): Phase {
  const poll = async.poll
  const { action } = exchange.purpose
  if (poll === undefined) return { type: 'gone' }
  const answered = readAnswer('get', poll.call.response, exchange)
  // Many APIs forget an operation soon after it is over: the object itself tells then.
  if (answered.type === 'outcome') return answered.outcome.type === 'absent' ? { type: 'gone' } : { type: 'trouble', outcome: answered.outcome }
  const { body } = answered.response
  const status = body.type === 'json' ? readerOf(poll.statusPath)(body.value) : undefined
  if (status === undefined) return { type: 'trouble', outcome: brokenBody('get', exchange, `there is nothing at ${poll.statusPath}`) }
  if (isIn(status, poll.successValues)) return { type: 'succeeded', exchange }
  if (!isIn(status, poll.failureValues)) return { type: 'wait', until: nextLook(context, async, exchange), ...unknownWord(poll.pendingValues, status) }
  const text = errorText(answered.response)
  return { type: 'failed', finding: finding('ENG0801', { action, status: String(textOf(status) ?? status as boolean), text: text === '' ? '' : `: ${text}` }) }
}

/** Without a list of its own every other word means that the work goes on. */
function unknownWord(pending: readonly JsonValue[] | undefined, status: JsonValue): { readonly unknown?: string } {
  return pending === undefined || isIn(status, pending) ? {} : { unknown: textOf(status) ?? writeJson(status) }
}

function isIn(value: JsonValue, values: readonly JsonValue[]): boolean {
  return values.some((candidate) => sameScalar(folded(candidate), folded(value)))
}

function folded(value: JsonValue): JsonValue {
  return typeof value === 'string' ? value.toLowerCase() : value
}

/** The API's own word when to ask again wins over the interval. */
function nextLook({ instant, exchanges }: Context, { poll }: AsyncPlan, exchange: Exchange | undefined): Instant {
  const last = exchange ?? exchanges.at(-1)
  const asked = last?.result.type === 'response' ? retryOf(last.result.response, instant).retryAfterMs : undefined
  return instant + (asked ?? (poll?.intervalSeconds ?? 5) * 1000)
}

export function isLate({ instant }: Context, { startedAt }: OperationMemory, async: AsyncPlan | undefined): boolean {
  return instant > (readInstant(startedAt) ?? 0) + (async?.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS) * 1000
}
const DEFAULT_DEADLINE_SECONDS = 3600

/** What status says while an operation goes on. */
export function operationConditions(action: Action): ConditionChanges {
  const reason = action === 'delete' ? REASON.deleting : REASON.pending
  const state = { reason, message: `the API is still working on the ${action}` }
  return { ready: { status: 'False', ...state }, synced: { status: 'True', reason: REASON.reconcileSuccess }, reconciling: { status: 'True', ...state }, stalled: 'off' }
}

export function waitOn(context: Context, { action }: OperationMemory, until: Instant, unknown?: string): Decision {
  if (unknown !== undefined) return retryLater(context, action, finding('ENG0803', { action, status: unknown }), { retryAfterMs: until - context.instant })
  const reason = action === 'delete' ? REASON.deleting : REASON.pending
  return finish(context, { memory: context.memory, conditions: operationConditions(action), decision: { type: 'wait', reason, until } })
}

export function timedOut(context: Context, { action }: OperationMemory): Decision {
  return stopFor(context, action, finding('ENG0802', { action }))
}

/** It is over, which is persisted before anything follows from it. `undefined` once that is done. */
function closeOperation(context: Context, operation: OperationMemory, how: 'succeeded' | 'failed'): Decision | undefined {
  if (hasWritten(context, 'operation', context.exchanges.length)) return undefined
  if (operation.step !== undefined && (how === 'succeeded' || !isFirst(context, operation))) return closeStep(context, operation, how)
  const { resource, attempt, instant } = context
  const { action } = operation
  const { operation: _, steps, ...others } = context.memory
  const memory: Memory = { ...others, ...(steps && operation.step === undefined && { steps }) }
  const annotations = action !== 'create' ? undefined : how === 'succeeded' ? succeededAnnotations(attempt, instant) : failedAnnotations(attempt, attempt.number + 1, instant)
  return {
    type: 'write',
    write: {
      why: 'operation',
      resourceVersion: textIn(metadataOf(resource), 'resourceVersion'),
      ...(annotations && { annotations }),
      status: withMemory(resource, how === 'failed' && action === 'delete' ? withoutDelete(memory) : memory),
    },
  }
}

/** Nothing was done before it: the verb as a whole has failed. */
function isFirst({ memory: { steps } }: Context, { unit }: OperationMemory): boolean {
  return Object.keys(steps?.done ?? {}).every((key) => key === unit)
}

/** The next step may go; one that failed is made again. */
function closeStep({ resource, memory: remembered }: Context, { unit }: OperationMemory, how: 'succeeded' | 'failed'): Decision {
  const { operation: _, steps, ...memory } = remembered
  const done = how === 'succeeded' ? steps?.done : Object.fromEntries(Object.entries(steps?.done ?? {}).filter(([key]) => key !== unit))
  return { type: 'write', write: { why: 'operation', resourceVersion: textIn(metadataOf(resource), 'resourceVersion'), status: withMemory(resource, { ...memory, ...(steps && done && { steps: { ...steps, done } }) }) } }
}

export function withoutDelete(memory: Memory): Memory {
  if (memory.deleteAcceptedAt === undefined) return memory
  return Object.fromEntries(Object.entries(memory).filter(([name]) => name !== 'deleteAcceptedAt'))
}

/** Written as soon as an operation has begun: after a crash it is polled, not begun again. */
export function writeOperation(context: Context, memory: Memory & { readonly operation: OperationMemory }): Decision {
  return { type: 'write', write: { why: 'operation', status: nextStatus(context, { memory, conditions: operationConditions(memory.operation.action) }).status } }
}
