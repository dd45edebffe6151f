import { finding } from '@oasgen/diagnostics'
import { equalJson, type JsonObject } from '@oasgen/json'
import { ANNOTATION, FINALIZER } from '@oasgen/wire'
import { succeededAnnotations } from './attempt.js'
import { hasWritten, type Context } from './context.js'
import { compareFound, type Found } from './compare-found.js'
import { converge } from './converge.js'
import type { Decision, Observed } from './decision.js'
import type { Difference } from './differences.js'

import { event } from './ending.js'
import { externalNameOf, isComplete, type Identity } from './identity.js'
import { resumeCreate } from './create.js'
import { withMemory, type StepMemory } from './memory.js'
import { withoutDelete } from './operation.js'
import { isOwned } from './owned.js'
import type { Policy } from './policy.js'
import { annotationsOf, finalizersOf, metadataOf, textIn } from './resource.js'
import { briefAnswer } from './steps.js'
import { stopFor } from './trouble.js'
import { stepsOf } from './verb-run.js'

/** There is an object: make sure that it is ours and that we know it again, then compare. */
export function decideFound(context: Context, policy: Policy, found: Found): Decision {
  const differences = compareFound(context, found)
  return adopt(context, policy, found, differences) ?? keepIdentity(context, policy, found) ?? resumeCreate(context, found.observed) ?? converge(context, { policy, found, differences })
}

/** An object that nobody made through this resource is taken over by policy; one that our own unanswered create made is ours. */
function adopt(context: Context, policy: Policy, found: Found, differences: readonly Difference[]): Decision | undefined {
  if (isOurs(context, found)) return undefined
  if (policy.invalid !== undefined) return stopFor(context, 'observe', policy.invalid, { observed: found.observed })
  if (policy.adoption === 'refuse') return stopFor(context, 'observe', finding('ENG0403', { identity: nameOf(context, found.identity) }))
  const differing = differences.filter(({ kind }) => kind !== 'hidden').map(({ path }) => path)
  if (policy.adoption === 'match' && differing.length > 0) return stopFor(context, 'observe', finding('ENG0406', { identity: nameOf(context, found.identity), fields: differing.slice(0, 5).join(', ') }))
  return recordIdentity(context, policy, { found, why: 'adopted' })
}

function isOurs(context: Context, found: Found): boolean {
  if (context.attempt.type === 'pending' || context.mutation?.isSuccess === true) return true
  return isOwned(context) && (found.match === 'same' || isSameIdentity(context, found.identity))
}

function isSameIdentity({ prepared, known }: Context, identity: Identity): boolean {
  return prepared.identity.parts.every(({ plan }) => known[plan.path] === undefined || equalJson(known[plan.path] ?? null, identity[plan.path] ?? null))
}

function nameOf({ prepared }: Context, identity: Identity): string {
  return externalNameOf(prepared.identity, identity) ?? 'the object'
}

/** The identity stands in the annotation before anything is done with it; an unanswered create is thereby answered. */
function keepIdentity(context: Context, policy: Policy, found: Found): Decision | undefined {
  if (policy.invalid !== undefined) return stopFor(context, 'observe', policy.invalid, { observed: found.observed })
  const name = wholeName(context, found.identity)
  const isKept = name === undefined || annotationsOf(context.resource)[ANNOTATION.externalName] === name
  if (isKept && context.attempt.type !== 'pending' && isHeld(context, policy)) return undefined
  return recordIdentity(context, policy, { found, why: 'identity' })
}

function wholeName({ prepared }: Context, identity: Identity): string | undefined {
  return isComplete(prepared.identity, identity) ? externalNameOf(prepared.identity, identity) : undefined
}

/** Where nothing will be deleted, nothing has to be held. */
function isHeld({ resource }: Context, { mayDelete }: Policy): boolean {
  return !mayDelete || finalizersOf(resource).includes(FINALIZER.resource)
}

interface Recording {
  readonly found: Found
  readonly why: 'adopted' | 'identity'
}

function recordIdentity(context: Context, policy: Policy, { found, why }: Recording): Decision | undefined {
  if (hasWritten(context, why, context.exchanges.length)) return undefined
  const { resource, attempt, instant } = context
  const name = wholeName(context, found.identity)
  return {
    type: 'write',
    write: {
      why,
      resourceVersion: textIn(metadataOf(resource), 'resourceVersion'),
      annotations: {
        ...(name !== undefined && { [ANNOTATION.externalName]: name }),
        ...((attempt.type === 'pending' || why === 'adopted') && succeededAnnotations(attempt, instant)),
      },
      ...(!isHeld(context, policy) && { finalizers: { add: FINALIZER.resource } }),
      ...(attempt.type === 'pending' && madeByUs(context, found.observed)),
      ...(why === 'adopted' && { events: [event('Normal', 'AdoptedExternalResource', `Adopted the existing external resource ${name ?? ''}`.trim())] }),
    },
  }
}

/** What an unanswered create made: a delete that was accepted before cannot have meant it, and further steps are still to come. */
function madeByUs(context: Context, observed: Observed): { readonly status?: JsonObject } {
  const memory = withoutDelete(context.memory)
  const steps = firstStepDone(context, observed)
  if (steps === undefined && memory === context.memory) return {}
  return { status: withMemory(context.resource, { ...memory, ...(steps && { steps }) }) }
}

function firstStepDone({ prepared, attempt }: Context, observed: Observed): StepMemory | undefined {
  const create = prepared.actions.create
  const steps = create === undefined ? [] : stepsOf(create)
  const first = steps.find(({ call }) => call.plan.method !== 'GET' && call.plan.method !== 'HEAD')
  if (create === undefined || create.steps.length === 0 || first === undefined) return undefined
  const done = { [first.plan.name]: briefAnswer({ status: 200, headers: {}, body: observed.body }) }
  return { action: 'create', run: attempt.number, done }
}

/** There, with nothing to compare: what the user changed since it was last sent is all that can be known. */
export function decideAssumed(context: Context, policy: Policy, message: string): Decision {
  const found: Found = { type: 'found', observed: { body: NOTHING, spec: NOTHING, status: NOTHING }, match: 'same', identity: context.known, via: 'get' }
  return converge(context, { policy, found, differences: compareFound(context, found), assumed: message })
}
const NOTHING: JsonObject = {}
