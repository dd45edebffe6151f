import { finding } from '@oasgen/diagnostics'
import { REASON } from '@oasgen/wire'
import { decideAbsent } from './absent.js'
import { afterCreate } from './create.js'
import { afterUpdate } from './update.js'
import { type Context } from './context.js'
import { lastMutationStart } from './mutation.js'
import type { Decision } from './decision.js'
import { event, finish } from './ending.js'
import { environmentTrouble, referenceState } from './environment.js'
import { decideAssumed, decideFound } from './found.js'
import { memoryOf } from './effects.js'
import { failedOperation, followOperation, followStep } from './operation.js'
import { observe, type Observing } from './observe.js'
import type { Mutated } from './mutated.js'
import { policyOf, type Policy } from './policy.js'
import { afterReplacingDelete } from './replace.js'
import { resolveCreate } from './resolved.js'
import { retryLater, troubleOf, unbuildable } from './trouble.js'

/** A resource that is to exist: observe, then create, adopt, update or leave alone. */
export function decideLife(context: Context): Decision {
  const policy = policyOf(context)
  if (policy.paused) return paused(context)
  const blocked = resolveCreate(context, 'create') ?? environmentTrouble(context, 'observe') ?? referenceTrouble(context)
  if (blocked !== undefined) return blocked
  const waiting = followStep(context)
  if (waiting !== undefined) return waiting
  const start = lastMutationStart(context.exchanges)
  const mutation = start < 0 ? { type: 'settled' as const, used: 0 } : afterMutation(context, start)
  if (mutation.type !== 'settled') return mutation
  const { operation } = context.memory
  const followed = operation?.handle === undefined ? undefined : followOperation(context, operation)
  if (followed !== undefined) return followed
  const failed = failedOperation(context)
  if (failed !== undefined) return failed
  const seen = context.exchanges.slice(Math.max(start, 0) + mutation.used).filter(({ purpose }) => purpose.call !== 'poll')
  return decideOn(context, policy, observe({ context, seen, why: start < 0 ? 'observe' : 'confirm' }))
}

function afterMutation(context: Context, start: number): Mutated {
  const action = context.exchanges[start]?.purpose.action
  if (action === 'delete') return afterReplacingDelete(context, start)
  return action === 'create' ? afterCreate(context, start) : afterUpdate(context, start)
}

function decideOn(context: Context, policy: Policy, observing: Observing): Decision {
  switch (observing.type) {
    case 'send': return observing
    case 'found': return decideFound(context, policy, observing)
    case 'assumed': return decideAssumed(context, policy, 'Resource is assumed to be up-to-date. Returned body is nil.')
    case 'absent': return decideAbsent(context, policy, observing)
    case 'unobservable': return decideUnobservable(context, policy)
    case 'unknown': return troubleOf(context, 'observe', observing.outcome)
    case 'unbuildable': return unbuildable(context, 'observe', observing.findings)
  }
}

/** Nothing can be asked: what was never created is created, and what was is believed to be there (the reference's rule). */
function decideUnobservable(context: Context, policy: Policy): Decision {
  if (context.attempt.type === 'succeeded') return decideAssumed(context, policy, 'Resource is assumed to be up-to-date. API call not found for FindBy.')
  return decideAbsent(context, policy, { type: 'absent', proof: 'nothing can be asked', lookedUp: false })
}

function referenceTrouble(context: Context): Decision | undefined {
  const state = referenceState(context)
  if (state === 'resolved') return undefined
  return retryLater(context, 'observe', state === 'absent' ? finding('ENG0705', { path: 'a parent', problem: 'it is gone on the other side' }) : state)
}

export function paused(context: Context): Decision {
  const message = 'Reconciliation is paused via the pause annotation'
  return finish(context, {
    conditions: { ready: 'keep', synced: { status: 'False', reason: REASON.reconcilePaused, message }, reconciling: 'off', stalled: 'off' },
    memory: memoryOf(context),
    events: [event('Normal', 'ReconciliationPaused', message)],
    decision: { type: 'done', recheckAfterSeconds: context.subject.settings.resyncSeconds },
  })
}
