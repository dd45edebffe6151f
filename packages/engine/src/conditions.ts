import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue } from '@oasgen/json'
import { CONDITION, type ConditionType, type Instant } from '@oasgen/wire'

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

const OURS: readonly string[] = Object.values(CONDITION)
const MAX_MESSAGE = 1024

/** The conditions of a status after a reconcile; foreign ones stay, times move only when a status flips. */
export function nextConditions(status: JsonObject, changes: ConditionChanges, at: { readonly generation: number; readonly instant: Instant }): JsonArray {
  const before = isArray(status['conditions']) ? status['conditions'] : []
  const ready = changes.ready === 'keep' ? conditionIn(before, CONDITION.ready) : next(before, CONDITION.ready, changes.ready, at)
  return [
    ...(ready === undefined ? [] : [ready]),
    next(before, CONDITION.synced, changes.synced, at),
    ...(changes.reconciling === 'off' ? [] : [next(before, CONDITION.reconciling, changes.reconciling, at)]),
    ...(changes.stalled === 'off' ? [] : [next(before, CONDITION.stalled, changes.stalled, at)]),
    ...before.filter((condition) => !isObject(condition) || !OURS.includes(String(condition['type']))),
  ]
}

function next(before: JsonArray, type: ConditionType, state: ConditionState, at: { readonly generation: number; readonly instant: Instant }): JsonObject {
  const old = conditionIn(before, type)
  const flipped = old?.['status'] !== state.status || typeof old['lastTransitionTime'] !== 'string'
  return {
    type,
    status: state.status,
    reason: state.reason,
    message: bounded(state.message ?? ''),
    observedGeneration: at.generation,
    lastTransitionTime: flipped ? `${new Date(at.instant).toISOString().slice(0, 19)}Z` : (old['lastTransitionTime'] as JsonValue),
  }
}

function bounded(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message
}

export function conditionIn(conditions: JsonArray, type: ConditionType): JsonObject | undefined {
  return conditions.find((condition): condition is JsonObject => isObject(condition) && condition['type'] === type)
}

export function conditionOf(status: JsonObject, type: ConditionType): JsonObject | undefined {
  return isArray(status['conditions']) ? conditionIn(status['conditions'], type) : undefined
}
