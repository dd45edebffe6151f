import { getPath, parsePath, setPath } from '@oasgen/fieldpath'
import { isArray, isObject, MASK, type JsonObject, type JsonValue } from '@oasgen/json'
import type { KubeObject } from '@oasgen/kube'
import type { PreparedPlan } from '@oasgen/engine'
import { configuredRequest, createSendContexts } from '@oasgen/rest-controller'
import type { Transport } from '@oasgen/transport'
import { CONDITION, maskedUrl, readConditions, type Exchange, type ExchangeResult, type HttpRequest, type Purpose } from '@oasgen/wire'
import { isRead, type Answerer } from './drive.js'
import type { PlanEnvironment } from './world.js'

/** Nothing is asked: every look-up finds nothing, so that the plan shows what making it would take. */
export function absentAnswers(prepared: PreparedPlan): Answerer {
  return async (_, purpose) => (isRead(purpose) ? { at: 0, tookMs: 0, result: absence(prepared, purpose) } : undefined)
}

function absence(prepared: PreparedPlan, { action, call }: Purpose): ExchangeResult {
  if (call === 'absenceProof') return respond(200, {})
  return action === 'findby' ? respond(200, listOf(prepared, [])) : respond(404, { message: 'not there' })
}

function listOf({ plan: { actions } }: PreparedPlan, items: readonly JsonValue[]): JsonValue {
  return at(actions.findby?.call?.response.itemsPath, items)
}

function at(path: string | undefined, value: JsonValue): JsonValue {
  const parsed = path === undefined || path === '$' ? undefined : parsePath(path)
  return parsed?.ok === true ? setPath({}, parsed.path, value) : value
}

export function respond(status: number, value: JsonValue | undefined): ExchangeResult {
  return { type: 'response', response: { status, headers: { 'content-type': 'application/json' }, body: value === undefined ? { type: 'empty' } : { type: 'json', value } } }
}

/** Reads are really sent, with the credentials of the Configuration; what would change anything is not. */
export function liveAnswers(transport: Transport, environment: PlanEnvironment, signal: AbortSignal): Answerer {
  const { configured, reader, hmacKey } = environment
  const context = createSendContexts()(configured, { secrets: reader, hmacKey, signal })
  return async (request, purpose) => {
    if (!isRead(purpose)) return undefined
    const at = Date.now()
    const sent = await transport.send(configuredRequest(configured, request), context)
    const result: ExchangeResult = sent.type === 'response' ? { type: 'response', response: sent.response } : { type: 'failure', failure: sent.failure }
    return { at, tookMs: sent.tookMs, result, ...(sent.sealed && { sealed: sent.sealed }) }
  }
}

/** Where what is known of an object comes from when nobody is asked. */
export type ObservationSource = 'exchange' | 'status' | 'nothing'

export interface ObservedAnswers {
  readonly answer: Answerer
  readonly source: () => ObservationSource
}

/**
 * Answers from what was last seen: the recorded exchange of the same request, else the object that another answer showed, else
 * what the resource itself tells (its spec while it was in sync, and its status).
 */
export function observedAnswers(prepared: PreparedPlan, resource: KubeObject, recorded: readonly Exchange[]): ObservedAnswers {
  let source: ObservationSource = 'nothing'
  const newest = recorded.findLastIndex(({ purpose, result }) => purpose.action !== 'findby' && isSuccess(result))
  const answer: Answerer = async (request, purpose) => {
    if (!isRead(purpose)) return undefined
    // A list that was read before the object was made or changed shows another world.
    const same = recorded.findLast((exchange, index) => index >= newest && isSameRequest(exchange.request, request))
    const kept = same ?? shownBy(prepared, recorded[newest], purpose)
    source = kept === undefined ? 'status' : 'exchange'
    if (kept !== undefined) return { at: kept.at, tookMs: kept.tookMs, result: withSecrets(kept.result, resource) }
    return { at: 0, tookMs: 0, result: fromStatus(prepared, resource, purpose) }
  }
  return { answer, source: () => source }
}

function isSameRequest(left: HttpRequest, right: HttpRequest): boolean {
  return left.method === right.method && maskedUrl(left.url) === maskedUrl(right.url)
}

/** The object of another answer, in the envelope of this one. */
function shownBy(prepared: PreparedPlan, exchange: Exchange | undefined, { action, call }: Purpose): Exchange | undefined {
  if (exchange?.result.type !== 'response' || exchange.result.response.body.type !== 'json' || exchange.purpose.action === 'delete') return undefined
  const { actions } = prepared.plan
  const object = inside(actions[exchange.purpose.action]?.call?.response.itemPath, exchange.result.response.body.value)
  if (!isObject(object)) return undefined
  const body = call === 'absenceProof' ? {} : action === 'findby' ? listOf(prepared, [at(actions.findby?.call?.response.itemPath, object)]) : at(actions.get?.call?.response.itemPath, object)
  return { ...exchange, result: respond(200, body) }
}

function inside(path: string | undefined, value: JsonValue): JsonValue | undefined {
  const parsed = path === undefined || path === '$' ? undefined : parsePath(path)
  return parsed?.ok === true ? getPath(value, parsed.path) : value
}

function isSuccess(result: ExchangeResult): boolean {
  return result.type === 'response' && result.response.status >= 200 && result.response.status < 300 && result.response.body.type === 'json'
}

/** Recorded exchanges are masked: where the mask stands, the resource's own value is taken as what was there. */
export function withSecrets(result: ExchangeResult, resource: KubeObject): ExchangeResult {
  if (result.type === 'failure' || result.response.body.type !== 'json') return result
  const value = unmask(result.response.body.value, isObject(resource.spec) ? resource.spec : {})
  return { type: 'response', response: { ...result.response, body: { type: 'json', value: value ?? null } } }
}

function unmask(value: JsonValue, spec: JsonValue | undefined): JsonValue | undefined {
  if (value === MASK) return spec
  if (isArray(value)) return value.flatMap((item, index) => unmask(item, isArray(spec) ? spec[index] : spec) ?? [])
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => {
    const shown = unmask(member, isObject(spec) ? spec[name] ?? spec : undefined)
    return shown === undefined || isObject(shown) !== isObject(member) ? [] : [[name, shown]]
  }))
}

function fromStatus(prepared: PreparedPlan, resource: KubeObject, { action, call }: Purpose): ExchangeResult {
  const object = objectFrom(resource)
  if (call === 'absenceProof') return respond(200, {})
  if (object === undefined) return absence(prepared, { action, call, why: '' })
  if (action === 'findby') return respond(200, listOf(prepared, [at(prepared.plan.actions.findby?.call?.response.itemPath, object)]))
  return respond(200, at(prepared.plan.actions.get?.call?.response.itemPath, object))
}

/** The object as status and spec describe it; undefined where it was never seen. */
function objectFrom({ spec, status }: KubeObject): JsonObject | undefined {
  if (!isObject(status)) return undefined
  const { conditions, observedGeneration: _, reconcile: __, ...fields } = status
  const isSynced = readConditions(conditions).some((condition) => condition.type === CONDITION.synced && condition.status === 'True')
  if (!isSynced && Object.keys(fields).length === 0) return undefined
  return { ...(isObject(spec) ? spec : {}), ...fields }
}
