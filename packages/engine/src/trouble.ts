import { entryOf, finding, type Finding } from '@oasgen/diagnostics'
import { CONDITION, REASON } from '@oasgen/wire'
import type { Context } from './context.js'
import type { Decision, EventRecord, Observed, Outcome } from './decision.js'
import { statusCondition, type ConditionChanges } from './conditions.js'
import { event, finish, readyOrUnavailable } from './ending.js'
import { memoryOf } from './effects.js'
import type { Memory } from './memory.js'
import { statusOf } from './resource.js'

export type Verb = 'observe' | 'create' | 'update' | 'delete'

/** The reference's names. */
const EVENT: Readonly<Record<Verb, string>> = {
  observe: 'CannotObserveExternalResource', create: 'CannotCreateExternalResource', update: 'CannotUpdateExternalResource', delete: 'CannotDeleteExternalResource',
}

export interface TroubleExtras {
  readonly observed?: Observed | undefined
  readonly memory?: Memory
  /** There is no object, so the resource cannot be ready whatever it was. */
  readonly isAbsent?: true
}

/** Something went wrong that time may cure: told, and tried again with growing pauses. Ready stays as it was, unless there is no object. */
export function retryLater(context: Context, verb: Verb, found: Finding, extras: TroubleExtras & { readonly retryAfterMs?: number | undefined } = {}): Decision {
  const until = context.instant + Math.max(extras.retryAfterMs ?? 0, backOffMs(context))
  return finish(context, {
    ...troubleStatus(context, verb, found, extras),
    conditions: {
      ready: readyAfter(context, verb, found, extras),
      synced: { status: 'False', reason: REASON.reconcileError, message: messageOf(verb, found) },
      reconciling: { status: 'True', reason: reasonOf(found), message: messageOf(verb, found) },
      stalled: 'off',
    },
    decision: { type: 'wait', reason: reasonOf(found), until, finding: found },
  })
}

/** Something went wrong that needs a person or a change; looked at again slowly all the same. */
export function stopFor(context: Context, verb: Verb, found: Finding, extras: TroubleExtras = {}): Decision {
  const { settings } = context.subject
  return finish(context, {
    ...troubleStatus(context, verb, found, extras),
    conditions: {
      ready: readyAfter(context, verb, found, extras),
      synced: { status: 'False', reason: REASON.reconcileError, message: messageOf(verb, found) },
      reconciling: 'off',
      stalled: { status: 'True', reason: reasonOf(found), message: messageOf(verb, found) },
    },
    decision: { type: 'stop', finding: found, retryAfterSeconds: Math.max(settings.resyncSeconds, settings.maxRetrySeconds) },
  })
}

function readyAfter(context: Context, verb: Verb, found: Finding, { isAbsent }: TroubleExtras): ConditionChanges['ready'] {
  const message = messageOf(verb, found)
  const wasReady = statusCondition(statusOf(context.resource), CONDITION.ready)?.status === 'True'
  return wasReady && (verb === 'create' || isAbsent === true) ? { status: 'False', reason: REASON.unavailable, message } : readyOrUnavailable(context.resource, message)
}

function troubleStatus(context: Context, verb: Verb, found: Finding, { observed, memory }: TroubleExtras): { readonly observed: Observed | undefined; readonly memory: Memory; readonly events: readonly EventRecord[] } {
  return { observed, memory: memory ?? memoryOf(context), events: [event('Warning', EVENT[verb], messageOf(verb, found))] }
}

export function reasonOf(found: Finding): string {
  return entryOf(found.code)?.reason ?? 'Unknown'
}

export function messageOf(verb: Verb, found: Finding): string {
  return `${verb} failed: ${found.message}${found.help === undefined ? '' : `. ${found.help}`}`
}

/** 1, 2, 4, … times the smallest pause, up to the largest. */
export function backOffMs({ subject }: Context): number {
  const { minRetrySeconds, maxRetrySeconds } = subject.settings
  return Math.min(minRetrySeconds * 2 ** Math.min(subject.failures, 20), maxRetrySeconds) * 1000
}

/** The class of an outcome decides how it is retried (R5). */
export function troubleOf(context: Context, verb: Verb, outcome: Outcome, extras: TroubleExtras = {}): Decision {
  switch (outcome.type) {
    case 'refused':
    case 'ambiguous': return stopFor(context, verb, outcome.finding, extras)
    case 'throttled': return retryLater(context, verb, outcome.finding, { ...extras, retryAfterMs: outcome.retryAfterMs })
    case 'broken': return retryLater(context, verb, outcome.finding, { ...extras, retryAfterMs: outcome.retryAfterMs })
    case 'unauthorised':
    case 'conflict': return retryLater(context, verb, outcome.finding, extras)
    case 'found':
    case 'absent':
    case 'pending':
    case 'accepted': throw new Error(`${outcome.type} is no trouble; the caller should have handled it`)
  }
}

/** The request cannot be built. A Secret that is missing or cannot be read comes by itself; everything else needs a change. */
export function unbuildable(context: Context, verb: Verb, findings: readonly Finding[], extras: TroubleExtras = {}): Decision {
  const first = findings[0] ?? finding('ENG0110', { action: verb })
  const passes = first.code === 'ENG0107' || first.code === 'ENG0704'
  return passes ? retryLater(context, verb, first, extras) : stopFor(context, verb, first, extras)
}
