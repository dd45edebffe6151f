import { finding } from '@oasgen/diagnostics'
import { equalJson, type JsonObject } from '@oasgen/json'
import { ANNOTATION, FINALIZER, REASON, type Exchange, type HttpHeader } from '@oasgen/wire'
import { failedAnnotations, pendingAnnotations, succeededAnnotations } from './attempt.js'
import type { ConditionChanges } from './conditions.js'
import { hasWritten, hasWrittenAhead, type Context } from './context.js'
import type { Decision, Observed, Outcome, ResourceWrite } from './decision.js'
import { event, nextStatus } from './ending.js'
import { createdExports } from './exports.js'
import { sentMemory } from './effects.js'
import { chosenParts, externalNameOf, identityFrom, isComplete, type Identity } from './identity.js'
import type { Mutated } from './mutated.js'
import type { OperationMemory, StepMemory } from './memory.js'
import { describesOperation, operationConditions, startedOperation, stepOperation } from './operation.js'
import { policyOf } from './policy.js'
import { finalizersOf, metadataOf, textIn } from './resource.js'
import { idempotencyKey } from './source.js'
import { retryLater, stopFor, troubleOf, unbuildable } from './trouble.js'
import { completedRun, completeSteps, doneSteps, hasUnfinished, withStep } from './step-memory.js'
import { runVerb, type VerbRun } from './verb-run.js'

/** Finalizer and attempt are persisted first; then the request goes out. */
export function create(context: Context): Decision {
  const run = runCreate(context, [], { number: hasWrittenAhead(context) ? context.attempt.number : nextNumber(context) })
  if (run.type === 'unbuildable') return unbuildable(context, 'create', run.findings)
  if (!hasWrittenAhead(context)) return writeAhead(context)
  if (run.type === 'send') return run
  throw new Error('a create without exchanges cannot be answered')
}

/** Steps that a crash, an operation or a look at the object interrupted go on where they were; `undefined` when there are none. */
export function resumeCreate(context: Context, observed: Observed): Decision | undefined {
  if (!hasUnfinished(context, 'create', context.attempt.number)) return undefined
  const run = runCreate(context, [], { observed })
  if (run.type === 'unbuildable') return unbuildable(context, 'create', run.findings)
  return run.type === 'send' ? run : completeSteps(context, 'create')
}

function runCreate(context: Context, seen: readonly Exchange[], { number = context.attempt.number, observed }: { readonly number?: number; readonly observed?: Observed } = {}): VerbRun {
  const prepared = context.prepared.actions.create
  if (prepared === undefined) return { type: 'unbuildable', findings: [finding('ENG0110', { action: 'create' })] }
  const done = doneSteps(context, 'create', number)
  const completed = completedRun(context, 'create', number, seen)
  if (completed !== undefined) return completed
  return runVerb({ context, action: 'create', prepared, seen, why: 'create', headers: keyHeader(context, prepared.plan.idempotencyKey?.header), done, ...(observed && { extras: { observed } }) })
}

function keyHeader({ uid, attempt }: Context, header: string | undefined): readonly HttpHeader[] {
  return header === undefined ? [] : [{ name: header.toLowerCase(), value: idempotencyKey(uid, Math.max(attempt.number, 1)) }]
}

/** A new series only when the last one is over: an unknown create is repeated under its own number. */
function nextNumber({ attempt }: Context): number {
  return attempt.type === 'succeeded' ? attempt.number + 1 : Math.max(attempt.number, 1)
}

function writeAhead(context: Context): Decision {
  const { resource, attempt, instant } = context
  return {
    type: 'write',
    write: {
      why: attempt.type === 'pending' ? 'again' : 'attempt',
      resourceVersion: textIn(metadataOf(resource), 'resourceVersion'),
      annotations: pendingAnnotations(attempt, nextNumber(context), instant),
      ...(!finalizersOf(resource).includes(FINALIZER.resource) && { finalizers: { add: FINALIZER.resource } }),
    },
  }
}

/** The answer to a create: identity is persisted before anything else; whatever is not clearly rejected is looked up. */
export function afterCreate(context: Context, start: number): Mutated {
  const run = runCreate(context, context.exchanges.slice(start))
  if (run.type === 'send') return run
  // A later step that needs the object itself: it is read first.
  if (run.type === 'unbuildable' && isUnderway(context)) return { type: 'settled', used: callsFrom(context, start) }
  if (run.type === 'unbuildable') return unbuildable(context, 'create', run.findings)
  const end = start + run.used
  if (run.type === 'record') return recordStep(context, run, end)
  if (isUnderway(context)) return afterLaterStep(context, run, end)
  switch (run.outcome.type) {
    case 'found':
    case 'accepted':
    case 'pending': return created(context, { exchange: run.exchange, outcome: run.outcome, end, used: run.used })
    // Applied together with its parent it often comes first: time cures that.
    case 'absent': return closed(context, context.attempt.number + 1, end) ?? retryLater(context, 'create', finding('ENG0210', { proof: run.outcome.proof }))
    case 'refused': return run.outcome.exists === true ? existsAlready(context, run.outcome, end, run.used) : rejected(context, run.outcome, end)
    case 'conflict': return existsAlready(context, run.outcome, end, run.used)
    case 'unauthorised':
    case 'throttled': return notProcessed(context, run.outcome, end)
    case 'broken': return run.outcome.sent === 'nothing' ? notProcessed(context, run.outcome, end) : troubleOf(context, 'create', run.outcome)
    case 'ambiguous': return troubleOf(context, 'create', run.outcome)
  }
}

function isUnderway(context: Context): boolean {
  return context.attempt.type === 'succeeded' && hasUnfinished(context, 'create', context.attempt.number)
}

function callsFrom({ exchanges }: Context, start: number): number {
  const end = exchanges.findIndex(({ purpose }, at) => at > start && (purpose.action !== 'create' || purpose.call === 'poll'))
  return (end < 0 ? exchanges.length : end) - start
}

/** The object exists already; a step after that does not make the create a rejected one. */
function afterLaterStep(context: Context, { outcome, exchange, used }: Extract<VerbRun, { type: 'answered' }>, end: number): Mutated {
  switch (outcome.type) {
    case 'found':
    case 'accepted':
    case 'pending': return created(context, { exchange, outcome, end, used })
    case 'absent': return retryLater(context, 'create', finding('ENG0504', { proof: outcome.proof }))
    case 'ambiguous':
    case 'refused':
    case 'throttled':
    case 'unauthorised':
    case 'conflict':
    case 'broken': return troubleOf(context, 'create', outcome)
  }
}

type Success = Extract<Outcome, { type: 'found' | 'accepted' | 'pending' }>

interface Creation {
  readonly exchange: Exchange | undefined
  readonly outcome: Success
  readonly end: number
  readonly used: number
}

function created(context: Context, creation: Creation): Mutated {
  const { prepared } = context
  const unfinished = completeSteps(context, 'create')
  if (unfinished !== undefined) return unfinished
  if (hasWritten(context, 'created', creation.end) || creation.exchange === undefined) return { type: 'settled', used: creation.used }
  const operation = startedOperation(context, 'create', creation.exchange, creation.outcome)
  const isWhole = isComplete(prepared.identity, identityOfCreated(context, creation))
  const status = operation !== undefined || !isWhole || isMoved(context) || isSuccessor(context) || prepared.readsStatus ? creatingStatus(context, creation, operation) : undefined
  return { type: 'write', write: { ...createdWrite(context, creation), ...(status && { status }) } }
}

/** It takes the place of one that we deleted: that delete must not explain an absence of this one. */
function isSuccessor({ memory }: Context): boolean {
  return memory.replacing !== undefined || memory.deleteAcceptedAt !== undefined
}

/** Another parent than the object before it had: what is remembered of that would lead to the wrong place. */
function isMoved({ prepared, resource, memory }: Context): boolean {
  return prepared.identity.hasChosen && memory.identity !== undefined && !equalJson(memory.identity, chosenParts(prepared.identity, resource))
}

function createdWrite(context: Context, creation: Creation): ResourceWrite {
  const { prepared, attempt, instant } = context
  const identity = identityOfCreated(context, creation)
  const isWhole = isComplete(prepared.identity, identity)
  const exports = creation.exchange === undefined ? [] : createdExports(context, creation.exchange, creation.outcome.observed)
  return {
    why: 'created',
    annotations: { ...succeededAnnotations(attempt, instant), [ANNOTATION.externalName]: (isWhole ? externalNameOf(prepared.identity, identity) : undefined) ?? null },
    events: [event('Normal', 'CreatedExternalResource', 'Successfully requested creation of external resource')],
    ...(exports.length > 0 && { exports }),
  }
}

/** Only what the spec chose counts beforehand: an id of an object that is gone must not survive a new create. Steps add to it. */
function identityOfCreated(context: Context, { exchange, outcome }: Creation): Identity {
  const { prepared, resource, known } = context
  const observed = describesOperation(context, 'create', exchange) ? undefined : outcome.observed
  const isLater = context.memory.steps?.action === 'create' || hasWritten(context, 'created')
  const before = isLater ? known : chosenParts(prepared.identity, resource)
  const headers = exchange?.result.type === 'response' ? exchange.result.response.headers : {}
  return identityFrom(prepared.identity, { observed, headers }, before)
}

/** Written at once where the rest of the reconcile could not tell it again: an operation that goes on, an id that is no longer true. */
function creatingStatus(context: Context, { outcome, exchange }: Creation, operation: OperationMemory | undefined, steps?: StepMemory): JsonObject {
  return nextStatus(context, {
    clear: true, observed: describesOperation(context, 'create', exchange) ? undefined : outcome.observed,
    memory: { ...sentMemory(context, 'create'), ...(operation && { operation }), ...(steps && { steps }) },
    conditions: operation === undefined ? CREATING : operationConditions('create'),
  }).status
}

const CREATING: ConditionChanges = {
  ready: { status: 'False', reason: REASON.creating }, synced: { status: 'True', reason: REASON.reconcileSuccess },
  reconciling: { status: 'True', reason: REASON.creating }, stalled: 'off',
}

/** A step of a create is done: with the first one the object may exist, so its identity goes along. */
function recordStep(context: Context, run: Extract<VerbRun, { type: 'record' }>, end: number): Decision {
  const outcome = run.outcome.type === 'found' || run.outcome.type === 'pending' ? run.outcome : { type: 'accepted' as const }
  const creation: Creation = { exchange: run.exchange, outcome, end, used: run.used }
  const steps = withStep(context, 'create', context.attempt.number, run)
  return { type: 'write', write: { ...createdWrite(context, creation), status: creatingStatus(context, creation, stepOperation(context, 'create', run), steps) } }
}

type Refused = Extract<Outcome, { type: 'refused' }>

/** The request itself is wrong: the next one is a new attempt with a new key. */
function rejected(context: Context, outcome: Refused, end: number): Decision {
  return closed(context, context.attempt.number + 1, end) ?? stopFor(context, 'create', outcome.finding)
}

/** The API did not get to it: the same attempt goes on later. */
function notProcessed(context: Context, outcome: Outcome, end: number): Decision {
  return closed(context, Math.max(context.attempt.number, 1), end) ?? troubleOf(context, 'create', outcome)
}

/** Only the first request of a series can close it: of an earlier one nobody knows whether it was carried out. */
function closed(context: Context, next: number, end: number): Decision | undefined {
  if (hasWritten(context, 'notCreated', end) || hasWritten(context, 'again')) return undefined
  return { type: 'write', write: { why: 'notCreated', annotations: failedAnnotations(context.attempt, next, context.instant) } }
}

/**
 * Somebody has it already: perhaps we, by a request that was delivered twice or whose answer got lost. So it stays unknown and is
 * looked up; only where a stranger's object must not be taken over, the attempt is closed first.
 */
function existsAlready(context: Context, outcome: Refused | Extract<Outcome, { type: 'conflict' }>, end: number, used: number): Mutated {
  const { adoption } = policyOf(context)
  const unwritten = adoption === 'refuse' || adoption === 'match' ? closed(context, Math.max(context.attempt.number, 1), end) : undefined
  if (unwritten !== undefined) return unwritten
  const { findby, get } = context.prepared.actions
  return findby === undefined && get === undefined ? retryLater(context, 'create', outcome.finding) : { type: 'settled', used }
}
