import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { annotationsOf, generationOf, metadataOf, nameOf, namespaceOf, type KubeObject } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'

/** An object as it is made in another cluster: what the server, controllers and owners keep on it stays behind. */
export function carried(object: KubeObject, state: 'running' | 'paused'): KubeObject {
  const { labels, annotations } = metadataOf(object)
  const kept = isObject(annotations) ? Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== ANNOTATION.paused && key !== LAST_APPLIED)) : {}
  const wanted = state === 'paused' ? { ...kept, [ANNOTATION.paused]: 'true' } : kept
  const namespace = namespaceOf(object)
  const metadata = { name: nameOf(object), ...(namespace !== '' && { namespace }), ...(labels !== undefined && { labels }), ...(Object.keys(wanted).length > 0 && { annotations: wanted }) }
  return { ...Object.fromEntries(Object.entries(object).filter(([name]) => name !== 'status')), metadata }
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * The status for the copy: it knows the external object and what was last sent to it. Generations count anew there; what was not
 * yet sent here stays to be sent there.
 */
export function carriedStatus(object: KubeObject, generation: number): JsonObject | undefined {
  if (!isObject(object.status)) return undefined
  const old = generationOf(object)
  const { reconcile, conditions, ...fields } = object.status
  return {
    ...fields,
    ...(fields.observedGeneration !== undefined && { observedGeneration: fields.observedGeneration === old ? generation : 0 }),
    ...(isArray(conditions) && { conditions: conditions.map((condition) => renumbered(condition, old, generation)) }),
    ...(isObject(reconcile) && { reconcile: renumberedMemory(reconcile, old, generation) }),
  }
}

function renumbered(condition: JsonValue, old: number, generation: number): JsonValue {
  if (!isObject(condition) || condition.observedGeneration === undefined) return condition
  return { ...condition, observedGeneration: condition.observedGeneration === old ? generation : 0 }
}

function renumberedMemory(memory: JsonObject, old: number, generation: number): JsonObject {
  const { sent } = memory
  return isObject(sent) && sent.generation !== undefined ? { ...memory, sent: { ...sent, generation: sent.generation === old ? generation : 0 } } : memory
}

/** Whether its controller has seen that it is to be left alone. */
export function isQuiet(object: KubeObject): boolean {
  if (annotationsOf(object)[ANNOTATION.paused] !== 'true') return false
  const conditions = isObject(object.status) && isArray(object.status.conditions) ? object.status.conditions.filter(isObject) : []
  return conditions.some(({ type, reason }) => type === 'Synced' && reason === 'ReconcilePaused')
}
