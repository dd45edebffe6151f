import { finding } from '@oasgen/diagnostics'
import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { generationOf, type KubeObject } from '@oasgen/kube'
import { timestamp } from '@oasgen/wire'

/** Not one of the four that `decide` keeps: it says how requests are sent, not how the resource is. */
export const TLS_CONDITION = 'TLSVerified'

export interface TlsFacts {
  /** The Configuration says that any certificate is to be trusted. */
  readonly insecure: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** The status with the condition as it should be; `undefined` when it is so already. Absent is the good state. */
export function withTlsCondition(resource: KubeObject, { insecure, now }: TlsFacts): JsonObject | undefined {
  const status = isObject(resource.status) ? resource.status : {}
  const all: readonly JsonValue[] = isArray(status.conditions) ? status.conditions : []
  if (all.some(isTlsCondition) === insecure) return undefined
  const others = all.filter((condition) => !isTlsCondition(condition))
  return { ...status, conditions: insecure ? [...others, insecureCondition(resource, now())] : others }
}

function isTlsCondition(condition: JsonValue): boolean {
  return isObject(condition) && condition.type === TLS_CONDITION
}

function insecureCondition(resource: KubeObject, now: number): JsonObject {
  return {
    type: TLS_CONDITION, status: 'False', reason: 'InsecureSkipVerify', message: finding('CTL0207', {}).message,
    observedGeneration: generationOf(resource), lastTransitionTime: timestamp(now),
  }
}
