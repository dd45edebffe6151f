import { isArray, isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Instant } from './http.js'
import { CONDITION, type Condition, type ConditionType } from './kubernetes.js'

/** A condition as it should be; the writer of the status adds when it changed. */
export type WantedCondition = Omit<Condition, 'lastTransitionTime'>

/** A condition as it is in a cluster: types of other writers included. */
export type StoredCondition = Omit<Condition, 'type'> & { readonly type: string }

/**
 * The conditions to write. `wanted` is complete for our types: those of ours that it does not hold are dropped, others' stay.
 * `lastTransitionTime` moves only with `status`. The very same array comes back when nothing changed, so that no write follows.
 */
export function setConditions(existing: readonly StoredCondition[], wanted: readonly WantedCondition[], now: Instant): readonly StoredCondition[] {
  const kept = existing.flatMap((old) => {
    const next = wanted.find((condition) => condition.type === old.type)
    if (next !== undefined) return [changed(old, next, now)]
    return isOurs(old.type) ? [] : [old]
  })
  const added = wanted.filter((condition) => !existing.some((old) => old.type === condition.type))
  const result = [...kept, ...added.map((condition) => ({ ...condition, lastTransitionTime: timestamp(now) }))]
  return result.length === existing.length && result.every((condition, at) => condition === existing[at]) ? existing : result
}

function changed(old: StoredCondition, next: WantedCondition, now: Instant): StoredCondition {
  const sameStatus = old.status === next.status && old.lastTransitionTime !== undefined
  const same = sameStatus && old.reason === next.reason && old.message === next.message && old.observedGeneration === next.observedGeneration
  if (same) return old
  return { ...next, lastTransitionTime: sameStatus ? (old.lastTransitionTime ?? timestamp(now)) : timestamp(now) }
}

function isOurs(type: string): type is ConditionType {
  return Object.values(CONDITION).some((ours) => ours === type)
}

/** RFC 3339 to the second, as Kubernetes writes times. */
export function timestamp(instant: Instant): string {
  return new Date(instant).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** `status.conditions` as it came from the API server; what is no condition is left out. */
export function readConditions(value: JsonValue | undefined): readonly StoredCondition[] {
  return isArray(value) ? value.flatMap((item) => (isObject(item) ? readCondition(item) : [])) : []
}

function readCondition(value: JsonObject): readonly StoredCondition[] {
  const type = textOf(value, 'type')
  const status = textOf(value, 'status')
  if (type === '' || (status !== 'True' && status !== 'False' && status !== 'Unknown')) return []
  const generation = member(value, 'observedGeneration')
  const time = textOf(value, 'lastTransitionTime')
  return [{
    type, status, reason: textOf(value, 'reason'), message: textOf(value, 'message'),
    observedGeneration: typeof generation === 'number' ? generation : 0, ...(time !== '' && { lastTransitionTime: time }),
  }]
}

function textOf(value: JsonObject, name: string): string {
  const text = member(value, name)
  return typeof text === 'string' ? text : ''
}

export function conditionOf(conditions: readonly StoredCondition[], type: ConditionType): StoredCondition | undefined {
  return conditions.find((condition) => condition.type === type)
}
