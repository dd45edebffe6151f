import { finding } from '@oasgen/diagnostics'
import { REASON, type Exchange } from '@oasgen/wire'
import { hasWritten, type Context } from './context.js'
import type { Decision, Observed } from './decision.js'
import type { Difference } from './differences.js'
import { event, finish } from './ending.js'
import type { Identity } from './identity.js'
import type { Memory } from './memory.js'
import type { Mutated } from './mutated.js'
import { stepOperation } from './operation.js'
import { generationOf } from './resource.js'
import { doneSteps, withStep, writeSteps } from './step-memory.js'
import { printInstant, readInstant } from './time.js'
import { backOffMs, troubleOf, unbuildable } from './trouble.js'
import { runVerb, type VerbRun } from './verb-run.js'

export interface Replacement {
  readonly observed: Observed
  readonly identity: Identity
  readonly memory: Memory
  readonly difference: Difference
}

const ANNOUNCE_MS = 5_000

/** A change that needs another object: told first, then the old one is deleted, and once it is gone the new one is created. */
export function replace(context: Context, { observed, identity, memory, difference }: Replacement): Decision {
  const generation = String(generationOf(context.resource))
  const accepted = readInstant(context.memory.deleteAcceptedAt ?? '')
  const isWaiting = accepted !== undefined && context.instant < accepted + context.subject.settings.deleteDeadlineSeconds * 1000
  if (context.memory.replacing !== generation || hasWritten(context, 'outcome')) return announce(context, observed, { ...memory, replacing: generation }, difference.path)
  if (isWaiting) return waitForAbsence(context, observed, context.memory)
  const run = runDelete(context, [], { identity, observed })
  if (run.type === 'send') return run
  if (run.type === 'unbuildable') return unbuildable(context, 'delete', run.findings, { observed })
  throw new Error('a delete without exchanges cannot be answered')
}

function announce(context: Context, observed: Observed, memory: Memory, field: string): Decision {
  const message = `${field} cannot be changed in place: the external object is deleted and created anew`
  return finish(context, {
    observed, memory,
    conditions: {
      ready: { status: 'False', reason: REASON.deleting, message }, synced: { status: 'True', reason: REASON.reconcileSuccess },
      reconciling: { status: 'True', reason: 'Replacing', message }, stalled: 'off',
    },
    events: [event('Warning', 'ReplacingExternalResource', message)],
    decision: { type: 'wait', reason: 'Replacing', until: context.instant + ANNOUNCE_MS },
  })
}

function waitForAbsence(context: Context, observed: Observed | undefined, memory: Memory): Decision {
  const message = 'the old object is being deleted; the new one is created when it is gone'
  return finish(context, {
    observed, memory,
    conditions: {
      ready: { status: 'False', reason: REASON.deleting, message }, synced: { status: 'True', reason: REASON.reconcileSuccess },
      reconciling: { status: 'True', reason: 'Replacing', message }, stalled: 'off',
    },
    decision: { type: 'wait', reason: 'Replacing', until: context.instant + Math.max(backOffMs(context), 2000) },
  })
}

function runDelete(context: Context, seen: readonly Exchange[], extras: { readonly identity: Identity; readonly observed: Observed | undefined }): VerbRun {
  const prepared = context.prepared.actions.delete
  if (prepared === undefined) return { type: 'unbuildable', findings: [finding('ENG0110', { action: 'delete' })] }
  return runVerb({ context, action: 'delete', prepared, seen, why: 'replace', extras, done: doneSteps(context, 'delete', 1) })
}

/** The old object's delete was answered: absent goes on to create, anything else waits. */
export function afterReplacingDelete(context: Context, start: number): Mutated {
  const run = runDelete(context, context.exchanges.slice(start), { identity: context.known, observed: undefined })
  if (run.type === 'send') return run
  if (run.type === 'unbuildable') return unbuildable(context, 'delete', run.findings)
  if (run.type === 'record') return writeSteps(context, withStep(context, 'delete', 1, run), stepOperation(context, 'delete', run))
  switch (run.outcome.type) {
    case 'found':
    case 'accepted':
    case 'pending':
    case 'absent': return { type: 'settled', used: run.used }
    case 'ambiguous':
    case 'refused':
    case 'throttled':
    case 'unauthorised':
    case 'conflict':
    case 'broken': return troubleOf(context, 'delete', run.outcome)
  }
}

/** Still there after the delete of this reconcile: remembered, so that it is not sent again. */
export function deleteGoesOn(context: Context, observed: Observed): Decision {
  return waitForAbsence(context, observed, { ...context.memory, deleteAcceptedAt: printInstant(context.instant) })
}
