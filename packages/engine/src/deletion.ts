import { finding } from '@oasgen/diagnostics'
import { ANNOTATION, FINALIZER, REASON, type Exchange } from '@oasgen/wire'
import { canRepeatCreate, unknownGraceMs } from './absent.js'
import { hasWritten, type Context } from './context.js'
import { lateUpdateUntil, withDoubt } from './late-update.js'
import { lastMutationStart } from './mutation.js'
import { afterCreate, create } from './create.js'
import type { Decision, EventRecord, Observed, Outcome } from './decision.js'
import { event, finish } from './ending.js'
import { memoryOf } from './effects.js'
import { environmentTrouble, referenceState } from './environment.js'
import type { Identity } from './identity.js'
import { paused } from './life.js'
import type { Memory } from './memory.js'
import { failedOperation, followOperation, followStep, startedOperation, stepOperation, withoutDelete, writeOperation } from './operation.js'
import { observe, type Observation, type Observing } from './observe.js'
import { isOwned, isUnidentified, wasNeverCreated } from './owned.js'
import { policyOf, type Policy } from './policy.js'
import { test } from './readiness.js'
import { resolveCreate } from './resolved.js'
import { annotationsOf, finalizersOf, metadataOf, textIn } from './resource.js'
import { completedRun, completeSteps, doneSteps, hasUnfinished, withStep, writeSteps } from './step-memory.js'
import { printInstant, readInstant } from './time.js'
import { backOffMs, retryLater, stopFor, troubleOf, unbuildable } from './trouble.js'
import { runVerb, type VerbRun } from './verb-run.js'
import { versionHeader } from './version-header.js'

/** A resource that is to go: its finalizer falls only when the object is proven gone, was never made, or is to be kept. */
export function decideDeletion(context: Context): Decision {
  const { resource, subject } = context
  if (!finalizersOf(resource).includes(FINALIZER.resource)) return { type: 'done', recheckAfterSeconds: subject.settings.resyncSeconds }
  const policy = policyOf(context)
  if (policy.paused) return paused(context)
  if (policy.invalid !== undefined) return stopFor(context, 'delete', policy.invalid)
  // Needs neither credentials nor an API that answers.
  if (policy.orphan || !policy.mayDelete) return release(context, 'kept by policy')
  if (referenceState(context) === 'absent') return release(context, 'gone')
  const start = lastMutationStart(context.exchanges)
  const action = context.exchanges[start]?.purpose.action
  const blocked = resolveCreate(context, 'delete') ?? environmentTrouble(context, 'delete')
  if (blocked !== undefined) return blocked
  const failed = failedOperation(context)
  if (failed !== undefined) return failed
  const waiting = context.memory.operation?.action === 'update' ? undefined : followStep(context)
  if (waiting !== undefined) return waiting
  if (action === 'delete') return afterDelete(context, policy, start)
  if (action !== 'create') return followBefore(context) ?? beforeDelete(context, policy, 0)
  const asked = afterCreate(context, start)
  return asked.type === 'settled' ? beforeDelete(context, policy, start + asked.used) : asked
}

/** What was begun is ended first: a create that goes on would make the object again, a delete that goes on needs no second one. */
function followBefore(context: Context): Decision | undefined {
  const { operation } = context.memory
  return operation?.handle === undefined || operation.action === 'update' ? undefined : followOperation(context, operation)
}

function beforeDelete(context: Context, policy: Policy, from: number): Decision {
  const observing = observe({ context, seen: context.exchanges.slice(from).filter(({ purpose }) => purpose.call !== 'poll'), why: 'look before deleting' })
  return observing.type === 'send' ? observing : decideOn(context, policy, observing)
}

function decideOn(context: Context, policy: Policy, observation: Observation): Decision {
  switch (observation.type) {
    case 'found': return isGone(context, observation.observed) && !hasUnfinished(context, 'delete', 1) ? release(context, 'gone') : decideFound(context, policy, observation)
    case 'assumed': return remove(context, context.known, undefined)
    case 'absent': return hasUnfinished(context, 'delete', 1) ? remove(context, context.known, undefined) : decideAbsent(context, observation)
    case 'unobservable': return decideUnobservable(context)
    case 'unbuildable': return unbuildable(context, 'delete', observation.findings)
    case 'unknown': return troubleOf(context, 'observe', observation.outcome)
  }
}

/** Soft deletion: readable, and gone all the same. */
function isGone(context: Context, observed: Observed): boolean {
  return test(context, context.prepared.conditions.deletedWhen, observed) === true
}

type Found = Extract<Observation, { type: 'found' }>

/** What was never ours by record is deleted only where adoption would have made it ours. */
function decideFound(context: Context, policy: Policy, found: Found): Decision {
  const isOurs = isOwned(context) || context.attempt.type === 'pending'
  if (!isOurs && policy.adoption === 'refuse') return release(context, 'never created')
  return remove(context, found.identity, found.observed)
}

function decideAbsent(context: Context, absent: Extract<Observation, { type: 'absent' }>): Decision {
  const { attempt, instant, subject } = context
  if (wasNeverCreated(context)) return release(context, 'never created')
  if (attempt.type === 'pending' && !absent.lookedUp && canRepeatCreate(context)) return create(context)
  const late = lateCreate(context) ?? lateUpdate(context, undefined)
  if (late !== undefined) return late
  const isYoung = attempt.type === 'succeeded' && instant - attempt.at < subject.settings.graceSeconds * 1000
  if (isYoung && context.memory.deleteAcceptedAt === undefined) return tooYoung(context, attempt.at + subject.settings.graceSeconds * 1000)
  if (attempt.type === 'pending' && !absent.lookedUp) return askByKey(context)
  if (isUnidentified(context) && !absent.lookedUp) return stopFor(context, 'delete', finding('ENG0408', {}))
  return release(context, 'gone')
}

/** An unanswered create may still be on its way, also after what it (or one before it) made is deleted. */
function lateCreate(context: Context): Decision | undefined {
  const { attempt, instant } = context
  if (attempt.type !== 'pending') return undefined
  const until = attempt.at + unknownGraceMs(context)
  return instant < until ? tooYoung(context, until) : undefined
}

/** The same of an update that would make the object anew. */
function lateUpdate(context: Context, before: Found | undefined): Decision | undefined {
  const until = lateUpdateUntil(context, before)
  return until === undefined ? undefined : waitFor(context, { reason: 'UpdateUnknown', message: 'an update may still be on its way; an absence is not believed yet', until, memory: withoutDelete(memoryOf(context)) })
}

/** What comes after all is deleted at once: no delete that was accepted before can have meant it. */
function tooYoung(context: Context, until: number): Decision {
  return waitFor(context, { reason: 'CreateUnknown', message: 'created a moment ago; an absence is not believed yet', until, memory: withoutDelete(memoryOf(context)) })
}

function decideUnobservable(context: Context): Decision {
  if (wasNeverCreated(context) || context.attempt.type === 'failed') return release(context, 'never created')
  if (context.attempt.type === 'pending') return askByKey(context)
  return remove(context, context.known, undefined)
}

/**
 * A create whose answer got lost, and no list to look: under the same key the API answers once more what it made, and that can be
 * deleted. Without a key a person has to look.
 */
function askByKey(context: Context): Decision {
  return canRepeatCreate(context) ? create(context) : stopFor(context, 'delete', finding('ENG0401', {}))
}

/** Sends the delete, unless one was accepted a short while ago. */
function remove(context: Context, identity: Identity, observed: Observed | undefined): Decision {
  if (context.prepared.actions.delete === undefined) return release(context, 'there is no delete')
  const accepted = readInstant(context.memory.deleteAcceptedAt ?? '')
  const deadline = (accepted ?? 0) + context.subject.settings.deleteDeadlineSeconds * 1000
  if (accepted !== undefined && context.instant < deadline) return stillThere(context, context.memory, observed)
  const isStepped = context.prepared.actions.delete.steps.length > 0
  if (isStepped && context.memory.steps?.action !== 'delete') return writeSteps(context, { action: 'delete', run: 1, done: {} })
  const run = runDelete(context, [], identity, observed)
  if (run.type === 'send') return run
  if (run.type === 'unbuildable') return unbuildable(context, 'delete', run.findings)
  return completeSteps(context, 'delete') ?? stillThere(context, { ...context.memory, deleteAcceptedAt: printInstant(context.instant) }, observed)
}

function runDelete(context: Context, seen: Context['exchanges'], identity: Identity, observed: Observed | undefined): VerbRun {
  const prepared = context.prepared.actions.delete
  if (prepared === undefined) return { type: 'unbuildable', findings: [finding('ENG0110', { action: 'delete' })] }
  return completedRun(context, 'delete', 1, seen) ?? runVerb({ context, action: 'delete', prepared, seen, why: 'delete', extras: { identity, observed }, headers: versionHeader(context, 'delete'), done: doneSteps(context, 'delete', 1) })
}

function afterDelete(context: Context, policy: Policy, start: number): Decision {
  const created = context.exchanges.findLastIndex(({ purpose }, at) => at < start && purpose.action === 'create')
  const before = observe({ context, seen: context.exchanges.slice(created + 1, start), why: 'look before deleting' })
  const identity = before.type === 'found' ? before.identity : context.known
  const run = runDelete(context, context.exchanges.slice(start), identity, before.type === 'found' ? before.observed : undefined)
  if (run.type === 'send') return run
  if (run.type === 'unbuildable') return unbuildable(context, 'delete', run.findings)
  if (run.type === 'record') return writeSteps(context, withStep(context, 'delete', 1, run), stepOperation(context, 'delete', run))
  switch (run.outcome.type) {
    case 'found':
    case 'accepted':
    case 'pending':
    case 'absent': return accepted(context, policy, { ...run, end: start + run.used, before: before.type === 'found' ? before : undefined })
    case 'ambiguous':
    case 'refused':
    case 'throttled':
    case 'unauthorised':
    case 'conflict':
    case 'broken': return troubleOf(context, 'delete', run.outcome)
  }
}

interface Accepted {
  readonly outcome: Outcome
  readonly exchange: Exchange | undefined
  readonly end: number
  readonly before: Found | undefined
}

/** Everything of the delete was accepted: steps are forgotten, an operation is followed, and else it is looked whether the object is gone. */
function accepted(context: Context, policy: Policy, { outcome, exchange, end, before }: Accepted): Decision {
  const memory = context.memory
  const unfinished = completeSteps(context, 'delete')
  if (unfinished !== undefined) return unfinished
  const operation = exchange === undefined ? undefined : startedOperation(context, 'delete', exchange, outcome)
  if (operation !== undefined && !hasWritten(context, 'operation', end)) return writeOperation(context, { ...memory, deleteAcceptedAt: printInstant(context.instant), operation })
  const followed = memory.operation?.handle === undefined ? undefined : followOperation(context, memory.operation)
  return followed ?? confirmed(context, { policy, before }, observe({ context, seen: context.exchanges.slice(end).filter(({ purpose }) => purpose.call !== 'poll'), why: 'confirm the absence' }))
}

function confirmed(context: Context, { policy, before }: { readonly policy: Policy } & Pick<Accepted, 'before'>, observing: Observing): Decision {
  const memory = withDoubt(context, { ...memoryOf(context), deleteAcceptedAt: printInstant(context.instant) }, before)
  switch (observing.type) {
    case 'send': return observing
    case 'absent': return lateCreate(context) ?? lateUpdate(context, before) ?? release(context, 'gone')
    case 'unobservable':
    case 'assumed': return release(context, 'gone')
    case 'found': return isGone(context, observing.observed) ? release(context, 'gone') : stillThere(context, memory, observing.observed)
    case 'unbuildable':
    case 'unknown': return retryLater(context, 'delete', finding('ENG0602', { policy: policy.orphan ? 'orphan' : 'delete' }), { memory })
  }
}

function stillThere(context: Context, memory: Memory, observed: Observed | undefined): Decision {
  return waitFor(context, { reason: REASON.deleting, message: 'the delete was accepted; waiting until the object is gone', until: context.instant + Math.max(backOffMs(context), 2000), memory, observed })
}

interface Waiting {
  readonly reason: string
  readonly message: string
  readonly until: number
  readonly memory?: Memory
  readonly observed?: Observed | undefined
}

function waitFor(context: Context, { reason, message, until, memory, observed }: Waiting): Decision {
  return finish(context, {
    observed, memory: memory ?? memoryOf(context),
    conditions: {
      ready: { status: 'False', reason: REASON.deleting },
      synced: { status: 'True', reason: REASON.reconcileSuccess },
      reconciling: { status: 'True', reason, message },
      stalled: 'off',
    },
    decision: { type: 'wait', reason, until },
  })
}

const DELETED: EventRecord = event('Normal', 'DeletedExternalResource', 'Successfully requested deletion of external resource')

/** Only our own finalizer falls; those of others stay. */
function release(context: Context, why: 'gone' | 'never created' | 'kept by policy' | 'there is no delete'): Decision {
  const name = annotationsOf(context.resource)[ANNOTATION.externalName]
  const kept = event('Normal', 'ReleasedExternalResource', `Released without an external delete: ${why}${name === undefined ? '' : ` (${name})`}`)
  return {
    type: 'write',
    write: {
      why: 'released',
      resourceVersion: textIn(metadataOf(context.resource), 'resourceVersion'),
      finalizers: { remove: FINALIZER.resource },
      events: [why === 'gone' ? DELETED : kept],
    },
  }
}
