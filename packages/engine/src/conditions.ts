import type { JsonObject } from '@oasgen/json'
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

/** The conditions of a status after a reconcile; foreign ones stay, times move only when a status flips. */
export function nextConditions(status: JsonObject, changes: ConditionChanges, at: { readonly generation: number; readonly instant: Instant }): readonly StoredCondition[] {
  const before = readConditions(status['conditions'])
  const ready = changes.ready === 'keep' ? kept(conditionOf(before, CONDITION.ready)) : [wanted(CONDITION.ready, changes.ready, at.generation)]
  const others = ([['synced', CONDITION.synced], ['reconciling', CONDITION.reconciling], ['stalled', CONDITION.stalled]] as const).flatMap(([name, type]) => {
    const state = changes[name]
    return state === 'off' ? [] : [wanted(type, state, at.generation)]
  })
  return setConditions(before, [...ready, ...others], at.instant)
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
