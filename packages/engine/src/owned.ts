import { ANNOTATION, CONDITION } from '@oasgen/wire'
import { statusCondition } from './conditions.js'
import type { Context } from './context.js'
import { hasAssigned } from './identity.js'
import { annotationsOf, statusOf } from './resource.js'

/** Whether an external object was made or adopted for this resource, as far as its own records tell. */
export function isOwned(context: Context): boolean {
  const { resource, attempt, prepared, known } = context
  const name = annotationsOf(resource)[ANNOTATION.externalName]
  return (name !== undefined && name !== '') || attempt.type === 'succeeded' || hasAssigned(prepared.identity, known) || context.memory.sent !== undefined
}

/** No attempt in either form, no external name, no identifier, never observed: there cannot be anything to delete. */
export function wasNeverCreated(context: Context): boolean {
  const ready = statusCondition(statusOf(context.resource), CONDITION.ready)
  const wasReady = ready?.status === 'True'
  return !isOwned(context) && context.attempt.type === 'none' && context.attempt.number === 0 && !wasReady
}

/** A create succeeded, and nothing has told since which object it made. */
export function isUnidentified({ attempt, prepared, known }: Context): boolean {
  const isAssigned = prepared.identity.parts.some(({ plan }) => plan.assigned === 'server')
  return attempt.type === 'succeeded' && isAssigned && !hasAssigned(prepared.identity, known)
}
