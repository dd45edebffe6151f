import type { Instant } from '@oasgen/wire'
import { compareFound, type Found } from './compare-found.js'
import type { Context } from './context.js'
import type { Outcome } from './decision.js'
import { memoryOf } from './effects.js'
import type { Memory } from './memory.js'
import { generationOf, metadataOf, specOf, textIn } from './resource.js'
import { editedPaths } from './sent.js'
import { printInstant, readInstant } from './time.js'

/**
 * Where an update names what it changes and would make it anew (PUT to a name), an update that is still on its way outlives the
 * delete behind it. So its absence is believed only when none can be on its way any more.
 */
function canMakeAnew({ prepared }: Context): boolean {
  const { create, update } = prepared.actions
  return create?.plan.call?.method === 'PUT' && update?.plan.call?.method === 'PUT'
}

/** What is remembered after an update that nobody answered; `undefined` where it could not make an object. */
export function unsureMemory(context: Context, outcome: Outcome): Memory | undefined {
  const isUnknown = outcome.type === 'broken' && outcome.sent === 'maybe'
  return isUnknown && canMakeAnew(context) ? { ...memoryOf(context), unsureUpdateAt: printInstant(context.instant) } : undefined
}

/** The memory of a delete that was accepted while an update might be on its way. */
export function withDoubt(context: Context, memory: Memory, before: Found | undefined): Memory {
  return mayBeOnItsWay(context, before) ? { ...memory, unsureUpdateAt: printInstant(context.instant) } : memory
}

/** Until when an absence is not believed yet; `undefined` when nothing can be on its way. */
export function lateUpdateUntil(context: Context, before: Found | undefined): Instant | undefined {
  if (!canMakeAnew(context)) return undefined
  const { memory, subject, instant, attempt } = context
  const grace = subject.settings.graceSeconds * 1000
  const unsure = (readInstant(memory.unsureUpdateAt ?? '') ?? 0) + grace
  // Gone before we deleted it, or a crash forgot the delete: what it was like is not known.
  const isUnseen = before === undefined && memory.deleteAcceptedAt === undefined
  const isThere = attempt.type === 'succeeded'
  const doubt = isThere && (isUnseen || mayBeOnItsWay(context, before)) ? deletedAt(context) + grace : 0
  const until = Math.max(unsure, doubt)
  return instant < until ? until : undefined
}

/** Something was wanted that the object did not have, or it cannot be told. */
function mayBeOnItsWay(context: Context, before: Found | undefined): boolean {
  const { prepared, resource, memory: { sent } } = context
  if (!canMakeAnew(context)) return false
  // Kubernetes counts the deletion itself as one generation.
  if (sent === undefined || generationOf(resource) - sent.generation > 1) return true
  if (editedPaths(prepared.comparison, sent, specOf(resource)).length > 0) return true
  return before !== undefined && compareFound(context, before).some(({ settled }) => !settled)
}

function deletedAt({ resource }: Context): Instant {
  return readInstant(textIn(metadataOf(resource), 'deletionTimestamp')) ?? 0
}
