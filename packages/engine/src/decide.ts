import { finding } from '@oasgen/diagnostics'
import type { Exchange, Instant } from '@oasgen/wire'
import { contextOf } from './context.js'
import type { Decision, Subject } from './decision.js'
import { decideDeletion } from './deletion.js'
import { decideLife } from './life.js'
import type { PreparedPlan } from './prepare.js'
import { metadataOf } from './resource.js'
import { stopFor } from './trouble.js'

/**
 * The next thing to do for one resource. A pure function: the same values give the same decision, so a reconcile can be stopped
 * anywhere and begun again, and a recorded one can be replayed. `exchanges`: those of this reconcile, oldest first.
 */
export function decide(prepared: PreparedPlan, subject: Subject, exchanges: readonly Exchange[], instant: Instant): Decision {
  const context = contextOf(prepared, subject, exchanges, instant)
  if (metadataOf(subject.resource)['deletionTimestamp'] !== undefined) return decideDeletion(context)
  return subject.resource['spec'] === undefined ? stopFor(context, 'observe', finding('ENG0709', {})) : decideLife(context)
}
