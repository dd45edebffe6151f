import { finding } from '@oasgen/diagnostics'
import { REASON } from '@oasgen/wire'
import type { Context } from './context.js'
import { hasWrittenAhead } from './context.js'
import { create } from './create.js'
import type { Decision } from './decision.js'
import { memoryOf } from './effects.js'
import { finish } from './ending.js'
import type { OperationMemory } from './memory.js'
import { isLate, timedOut, waitOn } from './operation.js'
import type { Observation } from './observe.js'
import { isUnidentified } from './owned.js'
import { intervalSeconds, type Policy } from './policy.js'
import { readInstant } from './time.js'
import { retryLater, stopFor } from './trouble.js'

type Absent = Extract<Observation, { type: 'absent' }>

/** There is no object: create it, unless that was just done, may be on its way, or is not wanted. */
export function decideAbsent(context: Context, policy: Policy, absent: Absent): Decision {
  const { attempt } = context
  const { operation } = context.memory
  if (operation?.action === 'create' && operation.handle === undefined) return waitForOperation(context, operation)
  if (context.mutation?.action === 'create') return afterCreateUnseen(context)
  if (attempt.type === 'succeeded' && !isReplacing(context) && inGrace(context, attempt.at)) return waitForSight(context, attempt.at)
  if (context.memory.completed === true) return completed(context)
  const refused = notAllowed(context, policy)
  if (refused !== undefined) return refused
  if (attempt.type === 'pending' && !hasWrittenAhead(context)) return decideUnknown(context, absent, attempt.at)
  if (!hasWrittenAhead(context) && !isReplacing(context) && isInVain(context, absent)) return stopFor(context, 'create', finding('ENG0408', {}), { isAbsent: true })
  return create(context)
}

/** After so many creates that succeeded and made nothing that can be found, the next one would not either. */
const MAX_CREATES = 3

/** What was made cannot be told apart, or is never found by what the definition says: making more would not help. */
function isInVain(context: Context, absent: Absent): boolean {
  return isUnidentified(context) && (!absent.lookedUp || context.attempt.number >= MAX_CREATES)
}

/** We deleted it ourselves, and it is gone. */
function isReplacing({ memory, mutation }: Context): boolean {
  return memory.replacing !== undefined && (memory.deleteAcceptedAt !== undefined || mutation?.action === 'delete')
}

function notAllowed(context: Context, policy: Policy): Decision | undefined {
  if (policy.invalid !== undefined) return stopFor(context, 'observe', policy.invalid, { isAbsent: true })
  if (policy.adoption === 'only-existing') return stopFor(context, 'observe', finding('ENG0404', {}), { isAbsent: true })
  if (!policy.mayCreate) return stopFor(context, 'observe', finding('ENG0405', {}), { isAbsent: true })
  return undefined
}

/** The create of this reconcile does not show yet, or was answered by "exists already" and nothing is found. */
function afterCreateUnseen(context: Context): Decision {
  const { attempt } = context
  return attempt.type === 'succeeded' ? waitForSight(context, attempt.at) : retryLater(context, 'create', finding('ENG0402', {}))
}

/** The API said that it goes on working (202): absent means not yet, until the deadline. */
function waitForOperation(context: Context, operation: OperationMemory): Decision {
  if (isLate(context, operation, context.prepared.actions.create?.plan.async)) return timedOut(context, operation)
  const elapsed = context.instant - (readInstant(operation.startedAt) ?? 0)
  const pause = Math.min(Math.max(elapsed / 4, context.subject.settings.minRetrySeconds * 2000), 60_000)
  return waitOn(context, operation, context.instant + pause)
}

function inGrace({ instant, subject }: Context, since: number): boolean {
  return instant - since < subject.settings.graceSeconds * 1000
}

/** Lists and replicas lag behind: absent right after a create is no absence yet. */
function waitForSight(context: Context, since: number): Decision {
  const { instant, subject } = context
  const elapsed = Math.max(instant - since, subject.settings.minRetrySeconds * 1000)
  const until = Math.min(instant + elapsed, Math.max(since + subject.settings.graceSeconds * 1000, instant + 1000))
  return finish(context, {
    conditions: {
      ready: { status: 'False', reason: REASON.creating },
      synced: { status: 'True', reason: REASON.reconcileSuccess },
      reconciling: { status: 'True', reason: REASON.creating, message: 'created, and not visible yet' },
      stalled: 'off',
    },
    memory: memoryOf(context),
    decision: { type: 'wait', reason: REASON.creating, until },
  })
}

/**
 * A create was sent and nobody knows what came of it. It is sent again, under the same key, only when a look-up that could have
 * shown the object did not, and late enough for a slow list to have caught up.
 */
function decideUnknown(context: Context, absent: Absent, since: number): Decision {
  const { instant, subject } = context
  const isRepeatable = canRepeatCreate(context)
  if (!absent.lookedUp && !isRepeatable) return stopFor(context, 'create', finding('ENG0401', {}))
  const grace = unknownGraceMs(context)
  if (isRepeatable || instant - since >= grace) return create(context)
  const until = Math.min(since + grace, instant + Math.max(instant - since, subject.settings.minRetrySeconds * 1000))
  const message = 'the last request to create was not answered; looking whether it was carried out before sending it again'
  return finish(context, {
    conditions: {
      ready: { status: 'False', reason: REASON.creating },
      synced: { status: 'False', reason: REASON.reconcileError, message },
      reconciling: { status: 'True', reason: 'CreateUnknown', message },
      stalled: 'off',
    },
    memory: memoryOf(context),
    decision: { type: 'wait', reason: 'CreateUnknown', until },
  })
}

/** What an unanswered create began may show as late as an operation of it is allowed to take. */
export function unknownGraceMs({ prepared, subject }: Context): number {
  return Math.max(subject.settings.graceSeconds, prepared.actions.create?.plan.async?.deadlineSeconds ?? 0) * 1000
}

/** The same request twice makes one object: it carries a key, or names what it makes. */
export function canRepeatCreate({ prepared }: Context): boolean {
  const plan = prepared.actions.create?.plan
  return plan?.idempotencyKey !== undefined || plan?.call?.method === 'PUT'
}

/** It had done its work, and is not made again. */
function completed(context: Context): Decision {
  return finish(context, {
    conditions: {
      ready: { status: 'True', reason: REASON.available, message: 'completed; the external object is gone' },
      synced: { status: 'True', reason: REASON.reconcileSuccess },
      reconciling: 'off',
      stalled: 'off',
    },
    memory: memoryOf(context),
    decision: { type: 'done', recheckAfterSeconds: intervalSeconds(context) },
  })
}
