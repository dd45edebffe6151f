import type { Context } from './context.js'
import { currentServer } from './server.js'
import { chosenParts } from './identity.js'
import type { Memory } from './memory.js'
import { generationOf, specOf } from './resource.js'
import { readInstant } from './time.js'
import { recordCreated, recordSent, secretsOf } from './sent.js'

/** What is remembered, with what this reconcile has just sent: written by whatever ends it. */
export function memoryOf(context: Context): Memory {
  const memory = context.memory
  const { mutation } = context
  if (mutation?.isSuccess !== true || mutation.action === 'delete' || mutation.by === 'operation') return memory
  return mutation.action === 'create' ? { ...afterNewObject(memory), ...sentMemory(context, 'create') } : { ...withoutOldDoubt(context), ...sentMemory(context, 'update') }
}

/** A doubt that time has settled is forgotten when something is written anyway. */
function withoutOldDoubt({ memory, instant, subject }: Context): Memory {
  const { unsureUpdateAt, ...rest } = memory
  const isOld = unsureUpdateAt !== undefined && instant - (readInstant(unsureUpdateAt) ?? 0) > subject.settings.graceSeconds * 1000
  return isOld ? rest : memory
}

/** What was learned about the object before it belongs to another object; what the create itself began goes on, and what may be on its way. */
function afterNewObject({ requested, steps, operation, unsureUpdateAt }: Memory): Memory {
  return {
    ...(requested !== undefined && { requested }),
    ...(unsureUpdateAt !== undefined && { unsureUpdateAt }),
    ...(steps?.action === 'create' && { steps }),
    ...(operation?.action === 'create' && { operation }),
  }
}

/** `inEffect`: found as it is wanted, without anything being sent. */
export function sentMemory(context: Context, by: 'create' | 'update' | 'inEffect'): Memory {
  const { prepared, resource } = context
  const server = currentServer(context)
  const chosen = chosenParts(prepared.identity, resource)
  const secrets = secretsOf(context)
  const generation = generationOf(resource)
  const sent = by === 'create'
    ? recordCreated(prepared.comparison, specOf(resource), { generation, create: prepared.sends('create'), update: prepared.sends('update') })
    : recordSent(prepared.comparison, specOf(resource), generation)
  return {
    ...(prepared.identity.hasChosen && Object.keys(chosen).length > 0 && { identity: chosen }),
    ...(server !== undefined && { server }),
    sent: { ...sent, ...(Object.keys(secrets).length > 0 && { secrets }) },
  }
}
