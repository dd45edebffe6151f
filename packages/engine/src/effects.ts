import { hasWritten, lastMutationStart, type Context } from './context.js'
import { currentServer } from './server.js'
import { chosenParts } from './identity.js'
import { readMemory, type Memory } from './memory.js'
import { generationOf, specOf } from './resource.js'
import { recordCreated, recordSent, secretsOf } from './sent.js'

/** What the reconcile changed so far on the other side. */
export interface Mutation {
  readonly action: 'create' | 'update' | 'delete'
  readonly isSuccess: boolean
  /** By a request, or by the end of an operation that an earlier reconcile began. */
  readonly by: 'request' | 'operation'
}

export function mutationOf(context: Context): Mutation | undefined {
  const request = lastMutationStart(context)
  const start = request >= 0 ? request : context.exchanges.findIndex(({ purpose }) => purpose.call === 'poll')
  const exchange = context.exchanges[start]
  if (exchange === undefined) return undefined
  const { action } = exchange.purpose
  if (action === 'get' || action === 'findby') return undefined
  if (exchange.purpose.call === 'poll') return hasWritten(context, 'operation', start + 1) ? { action, isSuccess: true, by: 'operation' } : undefined
  const last = context.exchanges.findLast(({ purpose }) => purpose.action === action && (purpose.call === 'main' || purpose.call === 'step'))
  const status = last?.result.type === 'response' ? last.result.response.status : 0
  const isSuccess = action === 'create' ? hasWritten(context, 'created', start) : status >= 200 && status < 300
  return { action, isSuccess, by: 'request' }
}

/** What is remembered, with what this reconcile has just sent: written by whatever ends it. */
export function memoryOf(context: Context): Memory {
  const memory = readMemory(context.resource)
  const mutation = mutationOf(context)
  if (mutation?.isSuccess !== true || mutation.action === 'delete' || mutation.by === 'operation') return memory
  return mutation.action === 'create' ? { ...afterNewObject(memory), ...sentMemory(context, 'create') } : { ...memory, ...sentMemory(context, 'update') }
}

/** What was learned about the object before it belongs to another object. */
function afterNewObject({ requested }: Memory): Memory {
  return requested === undefined ? {} : { requested }
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
