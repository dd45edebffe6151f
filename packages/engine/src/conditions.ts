import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue } from '@oasgen/json'
import { CONDITION, conditionOf, readConditions, setConditions, type ConditionType, type Instant, type StoredCondition, type WantedCondition } from '@oasgen/wire'

export interface ConditionState {
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message?: string
}

/** `keep`: as it was. `off`: Reconciling and Stalled are there only while they are true, as kstatus wants it. */
export interface ConditionChanges {
  readonly ready: ConditionState | 'keep'
  readonly synced: ConditionState
  readonly reconciling: ConditionState | 'off'
  readonly stalled: ConditionState | 'off'
}

const MAX_MESSAGE = 1024

/** The conditions of a status after a reconcile: foreign ones stay, times move only when a status flips; the very list when nothing changes. */
export function nextConditions(status: JsonObject, changes: ConditionChanges, at: { readonly generation: number; readonly instant: Instant }): JsonValue {
  const current = status['conditions']
  if (isArray(current) && NAMES.every(([name, type]) => isUnchanged(current, type, changes[name], at.generation))) return current
  const before = readConditions(current)
  const ready = changes.ready === 'keep' ? kept(conditionOf(before, CONDITION.ready)) : [wanted(CONDITION.ready, changes.ready, at.generation)]
  const others = NAMES.slice(1).flatMap(([name, type]) => {
    const state = changes[name]
    return state === 'off' || state === 'keep' ? [] : [wanted(type, state, at.generation)]
  })
  return setConditions(before, [...ready, ...others], at.instant) as unknown as JsonValue
}

const NAMES = [['ready', CONDITION.ready], ['synced', CONDITION.synced], ['reconciling', CONDITION.reconciling], ['stalled', CONDITION.stalled]] as const

function isUnchanged(current: JsonArray, type: ConditionType, state: ConditionState | 'keep' | 'off', generation: number): boolean {
  const found = current.find((condition) => isObject(condition) && condition['type'] === type) as JsonObject | undefined
  if (state === 'keep') return true
  if (state === 'off' || found === undefined) return state === 'off' && found === undefined
  return found['status'] === state.status && found['reason'] === state.reason && found['message'] === (state.message ?? '') && found['observedGeneration'] === generation
}

function kept(ready: StoredCondition | undefined): readonly WantedCondition[] {
  if (ready === undefined) return []
  const { status, reason, message, observedGeneration } = ready
  return [{ type: CONDITION.ready, status, reason, message, observedGeneration }]
}

function wanted(type: ConditionType, { status, reason, message = '' }: ConditionState, observedGeneration: number): WantedCondition {
  return { type, status, reason, message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message, observedGeneration }
}

export function statusCondition(status: JsonObject, type: ConditionType): StoredCondition | undefined {
  return conditionOf(readConditions(status['conditions']), type)
}
