import { expect } from 'vitest'
import { decide, prepare, type ConfigurationState, type Decision, type PreparedPlan, type ResourceWrite, type Subject, type WriteRecord } from '@oasgen/engine'
import { fromPlain, isObject, Sealed, toPlain, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { maskedText, readConditions, type Exchange, type ExchangeResult, type HttpRequest } from '@oasgen/wire'

/** A case as it is written; see specs/engine/README.md. */
export interface EngineCase {
  readonly about: string
  readonly base?: string
  readonly verbs?: Readonly<Record<string, JsonObject | null>>
  readonly document: JsonObject
  readonly definition: JsonObject
  /** `spec.policy` of the definition. */
  readonly policy?: JsonObject
  /** Its `spec.document`. */
  readonly settingsOfDocument?: JsonObject
  readonly resource: { readonly spec: JsonObject; readonly metadata?: JsonObject; readonly status?: JsonObject }
  readonly configuration?: JsonObject
  readonly references?: Subject['references']
  readonly secrets?: Subject['secrets']
  readonly settings?: JsonObject
  readonly script: readonly Act[]
}

type Act =
  | { readonly reconcile: Reconcile }
  | { readonly edit: JsonObject }
  | { readonly unset: readonly string[] }
  | { readonly annotate: Readonly<Record<string, string>> }
  | { readonly wait: number }
  | { readonly delete: true }
  | { readonly references: Subject['references'] }
  | { readonly secrets: Subject['secrets'] }
  | { readonly configuration: JsonObject }

interface Reconcile {
  readonly exchanges?: readonly Scripted[]
  /** After so many performed decisions the process is gone. */
  readonly crash?: number
  readonly decision?: string
  /** Seconds until the resource is looked at again. */
  readonly after?: number
  readonly ready?: string
  readonly conditions?: readonly string[]
  readonly message?: string
  readonly status?: JsonObject
  readonly annotations?: JsonObject
  readonly events?: readonly string[]
  readonly exports?: readonly JsonObject[]
  readonly writes?: readonly string[]
  readonly gone?: true
}

interface Scripted {
  readonly send: string
  readonly body?: JsonValue
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
  /** Schemes of the first way to authenticate. */
  readonly auth?: readonly string[]
  /** Of a multipart body, in order. */
  readonly parts?: readonly JsonObject[]
  readonly answer: number | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: JsonValue; readonly text?: string; readonly failure?: string; readonly sent?: 'nothing' | 'maybe' }
}

interface World {
  resource: JsonObject | undefined
  now: number
  subject: Partial<Subject>
  writes: ResourceWrite[]
}

const SETTINGS: Subject['settings'] = { resyncSeconds: 180, minRetrySeconds: 1, maxRetrySeconds: 90, graceSeconds: 30, deleteDeadlineSeconds: 600, crossNamespace: 'warn' }

export function runCase(plan: Plan, given: EngineCase): void {
  const { value: prepared, findings } = prepare(plan)
  expect(findings).toEqual([])
  const w: World = { resource: resourceOf(plan, given), now: Date.UTC(2026, 0, 1), subject: subjectOf(given), writes: [] }
  for (const [at, act] of given.script.entries()) perform(prepared as PreparedPlan, w, act, `step ${at + 1} (${Object.keys(act).join()})`)
}

function resourceOf(plan: Plan, { resource }: EngineCase): JsonObject {
  return {
    apiVersion: `${plan.resource.group}/${plan.resource.version}`, kind: plan.resource.kind, ...resource,
    metadata: { name: 'case', namespace: 'default', uid: '11111111-2222-4333-8444-555555555555', generation: 1, resourceVersion: '1', annotations: {}, finalizers: [], ...resource.metadata },
  }
}

function subjectOf({ configuration = {}, references, secrets, settings }: EngineCase): Partial<Subject> {
  const state: ConfigurationState = { state: 'found', object: { spec: configuration } }
  return { configuration: state, ...(references && { references }), ...(secrets && { secrets }), settings: { ...SETTINGS, ...(settings as object) } }
}

function perform(prepared: PreparedPlan, w: World, act: Act, name: string): void {
  if ('reconcile' in act) check(w, reconcile(prepared, w, act.reconcile, name), act.reconcile, name)
  else if ('wait' in act) w.now += act.wait * 1000
  else if ('delete' in act) metadata(w, { deletionTimestamp: '2026-01-01T00:00:00Z' })
  else if ('annotate' in act) metadata(w, { annotations: { ...(metadataOf(w)['annotations'] as JsonObject), ...act.annotate } })
  else if ('configuration' in act) w.subject = { ...w.subject, configuration: { state: 'found', object: { spec: act.configuration } } }
  else if ('references' in act || 'secrets' in act) w.subject = { ...w.subject, ...act }
  else editSpec(w, act)
}

function metadataOf(w: World): JsonObject {
  return (w.resource as JsonObject)['metadata'] as JsonObject
}
function metadata(w: World, change: JsonObject): void {
  w.resource = { ...w.resource, metadata: { ...metadataOf(w), ...change } }
}
function editSpec(w: World, act: Extract<Act, { edit: unknown } | { unset: unknown }>): void {
  const spec = { ...((w.resource as JsonObject)['spec'] as JsonObject), ...('edit' in act ? act.edit : {}) }
  if ('unset' in act) for (const name of act.unset) delete (spec as Record<string, JsonValue>)[name]
  w.resource = { ...w.resource, spec }
  metadata(w, { generation: Number(metadataOf(w)['generation']) + 1 })
}

interface Reconciled {
  readonly decision: Decision | undefined
  readonly sent: number
  readonly writes: readonly ResourceWrite[]
}

function reconcile(prepared: PreparedPlan, w: World, { exchanges: scripted = [], crash }: Reconcile, name: string): Reconciled {
  const exchanges: Exchange[] = []
  const written: WriteRecord[] = []
  const writes: ResourceWrite[] = []
  for (let step = 0; step < 300 && w.resource !== undefined; step += 1) {
    const subject: Subject = { references: {}, secrets: {}, settings: SETTINGS, ...w.subject, resource: w.resource, written, failures: 0 }
    const decision = decide(prepared, subject, exchanges, w.now)
    if (crash !== undefined && step >= crash) return { decision: undefined, sent: exchanges.length, writes }
    if (decision.type === 'send') {
      const expected = scripted[exchanges.length]
      const line = requestLine(decision.request)
      if (expected === undefined) throw new Error(`${name}: nothing more was to be sent, and then ${line} ${JSON.stringify(bodyOf(decision.request) ?? '')}`)
      checkRequest(decision.request, expected, `${name}, request ${exchanges.length + 1}`)
      exchanges.push({ purpose: decision.purpose, request: decision.request, at: w.now, tookMs: 1, result: resultOf(expected.answer) })
    } else if (decision.type === 'write') {
      apply(w, decision.write)
      writes.push(decision.write)
      written.push({ why: decision.write.why, exchanges: exchanges.length })
    } else return { decision, sent: exchanges.length, writes }
  }
  return { decision: undefined, sent: exchanges.length, writes }
}

function requestLine({ method, url }: HttpRequest): string {
  return `${method} ${maskedText(url).replace('https://api.test', '')}`
}

function checkRequest(request: HttpRequest, expected: Scripted, name: string): void {
  expect(`${name}: ${requestLine(request)}`).toBe(`${name}: ${expected.send}`)
  if ('body' in expected) expect({ name, body: bodyOf(request) }).toEqual({ name, body: expected.body })
  if (expected.form !== undefined) expect({ name, form: formOf(request) }).toEqual({ name, form: expected.form })
  if (expected.auth !== undefined) expect({ name, auth: request.auth?.alternatives[0]?.schemes.map(({ scheme }) => scheme) }).toEqual({ name, auth: expected.auth })
  if (expected.parts !== undefined) expect({ name, parts: partsOf(request) }).toEqual({ name, parts: expected.parts })
  const headers = Object.fromEntries(request.headers.map((header) => [header.name, maskedText(header.value)]))
  if (expected.headers !== undefined) expect({ name, headers }).toEqual({ name, headers: expect.objectContaining(expected.headers) as unknown })
}

/** Sealed leaves show as `$secret namespace/name/key`. */
function bodyOf({ body }: HttpRequest): unknown {
  if (body === undefined) return undefined
  return body.type === 'json' ? shown(body.value) : body.type === 'text' ? maskedText(body.text) : body.type
}
function shown(value: JsonValue): unknown {
  if (value instanceof Sealed) return `$secret ${value.reference.namespace}/${value.reference.name}/${value.reference.key}`
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(shown)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shown(child)])) : toPlain(value)
}
function formOf({ body }: HttpRequest): unknown {
  return body?.type === 'form' ? Object.fromEntries(body.fields.map(({ name, value }) => [name, maskedText(value)])) : undefined
}

function partsOf({ body }: HttpRequest): unknown {
  return body?.type === 'multipart' ? body.parts.map((part) => ({ ...part, value: typeof part.value === 'string' || 'json' in part.value || 'base64' in part.value ? part.value : shown(part.value as unknown as JsonValue) })) : undefined
}

function resultOf(answer: Scripted['answer']): ExchangeResult {
  if (typeof answer === 'number') return { type: 'response', response: { status: answer, headers: {}, body: { type: 'empty' } } }
  if (answer.failure !== undefined) return { type: 'failure', failure: { reason: answer.failure as 'timeout', sent: answer.sent ?? 'maybe', message: answer.failure, code: 'NET0001' } }
  const { status = 200, headers = {}, body, text } = answer
  const content = text !== undefined ? { type: 'text' as const, contentType: 'text/plain', text } : body === undefined ? { type: 'empty' as const } : { type: 'json' as const, value: fromPlain(body) ?? null }
  return { type: 'response', response: { status, headers, body: content } }
}

function apply(w: World, write: ResourceWrite): void {
  const before = metadataOf(w)
  const annotations: Record<string, JsonValue> = { ...(before['annotations'] as JsonObject) }
  for (const [key, value] of Object.entries(write.annotations ?? {})) {
    if (value === null) delete annotations[key]
    else annotations[key] = value
  }
  const finalizers = (before['finalizers'] as readonly string[]).filter((name) => name !== write.finalizers?.remove)
  if (write.finalizers?.add !== undefined) finalizers.push(write.finalizers.add)
  w.resource = { ...w.resource, ...(write.status && { status: write.status }) }
  metadata(w, { annotations, finalizers, resourceVersion: String(Number(before['resourceVersion']) + 1) })
  if (before['deletionTimestamp'] !== undefined && finalizers.length === 0) w.resource = undefined
}

function check(w: World, { decision, sent, writes }: Reconciled, wanted: Reconcile, name: string): void {
  expect(`${name}: ${sent} requests`).toBe(`${name}: ${wanted.exchanges?.length ?? 0} requests`)
  const status = w.resource?.['status'] as JsonObject | undefined
  const conditions = readConditions(status?.['conditions'])
  const got: Record<string, unknown> = {
    decision: decisionText(decision),
    after: decision?.type === 'wait' ? Math.round((decision.until - w.now) / 1000) : decision?.type === 'done' ? Math.round(decision.recheckAfterSeconds) : undefined,
    ready: conditions.filter(({ type }) => type === 'Ready').map((condition) => `${condition.status}/${condition.reason}`)[0],
    conditions: conditions.map((condition) => `${condition.type}=${condition.status}/${condition.reason}`),
    message: conditions.map(({ message }) => message).join('\n'),
    status: status && subset(status, wanted.status),
    annotations: w.resource && subset(metadataOf(w)['annotations'] as JsonObject, wanted.annotations),
    events: writes.flatMap(({ events = [] }) => events.map(({ reason }) => reason)),
    exports: writes.flatMap(({ exports = [] }) => exports.map((entry) => ({ ...entry }))),
    writes: writes.map(({ why }) => why),
    gone: w.resource === undefined,
  }
  const { exchanges: _, crash: __, message, ...rest } = wanted
  for (const [key, value] of Object.entries(rest)) expect({ name, [key]: got[key] }).toEqual({ name, [key]: value })
  if (message !== undefined) expect(`${name}: ${String(got['message'])}`).toContain(message)
}

function decisionText(decision: Decision | undefined): string {
  if (decision === undefined) return 'none'
  switch (decision.type) {
    case 'stop': return `stop ${decision.finding.code}`
    case 'wait': return decision.finding === undefined ? `wait ${decision.reason}` : `wait ${decision.finding.code}`
    case 'done':
    case 'send':
    case 'write': return decision.type
  }
}

/** The members that are asked for, at every depth. */
function subset(value: JsonValue | undefined, wanted: JsonValue | undefined): unknown {
  if (!isObject(wanted) || !isObject(value)) return value === undefined ? undefined : toPlain(value)
  return Object.fromEntries(Object.keys(wanted).filter((key) => Object.hasOwn(value, key)).map((key) => [key, subset(value[key], wanted[key])]))
}
