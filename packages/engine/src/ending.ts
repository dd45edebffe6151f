import type { Finding } from '@oasgen/diagnostics'
import { equalJson, isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { CONDITION, REASON } from '@oasgen/wire'
import { nextConditions, statusCondition, type ConditionChanges } from './conditions.js'
import { hasWritten, type Context } from './context.js'
import type { Decision, EventRecord, ExportWrite, Observed } from './decision.js'

import { printMemory, withoutDoneSteps, type Memory } from './memory.js'
import { generationOf, metadataOf, statusOf, textIn } from './resource.js'
import { projectStatus } from './status-fields.js'

/** How a reconcile ends: what status says from now on, and the decision that follows once it is written. */
export interface Ending {
  readonly conditions: ConditionChanges
  readonly observed?: Observed | undefined
  readonly memory: Memory
  /** Fields of status that are no longer true. */
  readonly clear?: boolean
  /** Told when status changes by them. */
  readonly events?: readonly EventRecord[]
  /** Told in any case: something was done. */
  readonly announce?: readonly EventRecord[]
  readonly exports?: readonly ExportWrite[]
  readonly decision: Extract<Decision, { type: 'done' | 'wait' | 'stop' }>
}

/** Writes status only when something in it changes; at a steady state the decision follows at once. */
export function finish(context: Context, ending: Ending): Decision {
  if (hasWritten(context, 'outcome', context.exchanges.length)) return ending.decision
  const current = statusOf(context.resource)
  const { status, findings } = nextStatus(context, ending)
  const exports = ending.exports ?? []
  const isSame = status === current || equalJson(current, status) || equalJson(withoutNoise(current), withoutNoise(status))
  const events = [...(isSame ? [] : ending.events ?? []), ...(ending.announce ?? [])]
  if (isSame && exports.length === 0 && events.length === 0) return withNotices(ending.decision, findings)
  return {
    type: 'write',
    write: {
      why: 'outcome',
      resourceVersion: textIn(metadataOf(context.resource), 'resourceVersion'),
      ...(!isSame && { status }),
      ...(events.length > 0 && { events }),
      ...(exports.length > 0 && { exports }),
    },
  }
}

/** Request ids, times and counters in what an API says are no news: a condition that differs in nothing else is not written again. */
function withoutNoise(status: JsonObject): JsonObject {
  const conditions = status['conditions']
  if (!isArray(conditions)) return status
  return { ...status, conditions: conditions.map((condition) => (isObject(condition) ? { ...condition, message: quiet(condition['message']) } : condition)) }
}

function quiet(message: JsonValue | undefined): JsonValue {
  return typeof message === 'string' ? message.replace(NOISE, '#') : null
}

/** UUIDs, tokens of letters and digits as requests are numbered with, and any number. */
const NOISE = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\b(?=[\w-]*\d)[\w-]{12,}\b|\d+(?:[.:,]\d+)*/gi

function withNotices(decision: Ending['decision'], findings: readonly Finding[]): Decision {
  return decision.type === 'done' && findings.length > 0 ? { ...decision, findings: [...(decision.findings ?? []), ...findings] } : decision
}

export interface NextStatus {
  readonly status: JsonObject
  readonly findings: readonly Finding[]
}

/** The very status that is there when nothing in it changes. */
export function nextStatus(context: Context, { conditions, observed, memory, clear }: Omit<Ending, 'decision'>): NextStatus {
  const { prepared, resource, instant, mutation } = context
  const current = statusOf(resource)
  const isNew = clear === true || (mutation?.action === 'create' && mutation.isSuccess)
  // What an earlier object left in status is not true of a new one.
  const kept: JsonObject = isNew ? NOTHING : current
  const projected = observed === undefined ? { status: kept, findings: [] } : projectStatus(prepared.status, observed.status, kept)
  const generation = generationOf(resource)
  const next = nextConditions(current, conditions, { generation, instant })
  const isSame = projected.status === current && next === current['conditions'] && current['observedGeneration'] === generation && memory === context.memory
  if (isSame) return { status: current, findings: projected.findings }
  const remembered = printMemory(mutation?.action === memory.steps?.action ? memory : withoutDoneSteps(memory))
  const { reconcile: _, ...fields } = projected.status
  const status: Record<string, JsonValue> = { ...fields, observedGeneration: generation, conditions: next as JsonValue }
  if (remembered !== undefined) status['reconcile'] = remembered
  return { status, findings: projected.findings }
}
const NOTHING: JsonObject = {}

/** Ready as it was; a resource that never had it gets the reason why not. */
export function readyOrUnavailable(resource: JsonObject, message: string): ConditionChanges['ready'] {
  const ready = statusCondition(statusOf(resource), CONDITION.ready)
  return ready === undefined ? { status: 'False', reason: REASON.unavailable, message } : 'keep'
}

export function event(type: EventRecord['type'], reason: string, message: string): EventRecord {
  return { type, reason, message }
}

