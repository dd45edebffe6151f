import type { JsonObject, JsonValue } from '@oasgen/json'
import { readConditions, type Exchange, type ExchangeResult, type HttpRequest, type Instant, type Purpose } from '@oasgen/wire'
import type { ConfigurationState, Decision, ResourceWrite, Settings, Subject, WriteRecord } from './decision.js'
import { decide } from './decide.js'
import type { PreparedPlan } from './prepare.js'

/** The edge around `decide` for tests: applies writes to one object in memory and hands requests to a function. */
export interface World {
  resource: JsonObject | undefined
  now: Instant
  readonly api: (request: HttpRequest, now: Instant, purpose: Purpose) => ExchangeResult
  readonly subject: Partial<Subject>
  /** Everything that happened, in order. */
  readonly log: string[]
  readonly events: string[]
  readonly writes: ResourceWrite[]
  readonly exchanges: Exchange[]
  failures: number
  /** What the resource was before each write, for caches that lag. */
  readonly before?: JsonObject[]
  /** Every question to `decide` with its answer, where somebody wants to ask again. */
  readonly asked?: Asked[]
}

export interface Asked {
  readonly subject: Subject
  readonly exchanges: readonly Exchange[]
  readonly now: Instant
  readonly decision: Decision
}

export const SETTINGS: Settings = {
  resyncSeconds: 180, minRetrySeconds: 1, maxRetrySeconds: 90, graceSeconds: 30, deleteDeadlineSeconds: 600, crossNamespace: 'warn',
}

export const CONFIGURATION: ConfigurationState = { state: 'found', object: { kind: 'Configuration', metadata: { name: 'c', namespace: 'default' }, spec: {} } }

export function world(resource: JsonObject, api: World['api'], subject: Partial<Subject> = {}): World {
  return { resource, now: Date.UTC(2026, 10, 21, 12), api, subject, log: [], events: [], writes: [], exchanges: [], failures: 0 }
}

/** How a reconcile may be cut short: after so many performed decisions nothing more is done, as by a crash. */
export interface Cut {
  readonly after: number
}

/** What a cache may still show when a reconcile begins: writes that rest on it are refused. */
export interface Seen {
  readonly stale: JsonObject
}

export const STEP_CAP = 400

/** One reconcile. Gives its last decision; `undefined` when the object is gone or the reconcile was cut. */
export function reconcile(prepared: PreparedPlan, w: World, cut?: Cut, seen?: Seen): Decision | undefined {
  const exchanges: Exchange[] = []
  const written: WriteRecord[] = []
  let resource = seen?.stale ?? w.resource
  for (let step = 0; step < STEP_CAP; step += 1) {
    if (resource === undefined) return undefined
    const subject: Subject = { references: {}, secrets: {}, settings: SETTINGS, configuration: CONFIGURATION, ...w.subject, resource, written, failures: w.failures }
    const decision = decide(prepared, subject, exchanges, w.now)
    w.asked?.push({ subject: { ...subject, written: [...written] }, exchanges: [...exchanges], now: w.now, decision })
    if (decision.type !== 'send' && decision.type !== 'write') {
      w.failures = decision.type === 'done' || (decision.type === 'wait' && decision.finding === undefined) ? 0 : w.failures + 1
      return decision
    }
    if (cut !== undefined && step >= cut.after) return undefined
    if (decision.type === 'send') {
      const exchange = perform(w, decision.request, decision.purpose)
      exchanges.push(exchange)
      w.exchanges.push(exchange)
    } else {
      if (isRefused(w, decision.write)) return undefined
      applyWrite(w, decision.write)
      resource = w.resource
      written.push({ why: decision.write.why, exchanges: exchanges.length })
    }
  }
  throw new Error(`a reconcile did not end:\n${w.log.slice(-20).join('\n')}`)
}

function perform(w: World, request: HttpRequest, purpose: Purpose): Exchange {
  const result = w.api(request, w.now, purpose)
  const answer = result.type === 'response' ? String(result.response.status) : result.failure.reason
  w.log.push(`${request.method} ${String(request.url).replace(/^https?:\/\/[^/]+/, '')}${bodyText(request)} → ${answer}`)
  return { purpose, request, at: w.now, tookMs: 1, result }
}

function bodyText({ body }: HttpRequest): string {
  return body?.type === 'json' ? ` ${JSON.stringify(body.value)}` : ''
}

/** As the API server: it is gone, or is no longer what the decision rests on. */
function isRefused(w: World, { resourceVersion, why }: ResourceWrite): boolean {
  const current = (w.resource?.['metadata'] as JsonObject | undefined)?.['resourceVersion']
  const isConflict = w.resource === undefined || (resourceVersion !== undefined && resourceVersion !== current)
  if (isConflict) w.log.push(`write ${why} → conflict`)
  return isConflict
}

function applyWrite(w: World, write: ResourceWrite): void {
  const resource = w.resource as JsonObject
  w.before?.push(resource)
  const metadata = resource['metadata'] as JsonObject
  const annotations: Record<string, JsonValue> = { ...(metadata['annotations'] as JsonObject | undefined) }
  for (const [name, value] of Object.entries(write.annotations ?? {})) {
    if (value === null) delete annotations[name]
    else annotations[name] = value
  }
  const finalizers = ((metadata['finalizers'] as readonly string[] | undefined) ?? []).filter((name) => name !== write.finalizers?.remove)
  if (write.finalizers?.add !== undefined) finalizers.push(write.finalizers.add)
  const resourceVersion = String(Number(metadata['resourceVersion']) + 1)
  w.resource = { ...resource, metadata: { ...metadata, annotations, finalizers, resourceVersion }, ...(write.status && { status: write.status }) }
  if (metadata['deletionTimestamp'] !== undefined && finalizers.length === 0) w.resource = undefined
  w.writes.push(write)
  w.log.push(`write ${write.why}`)
  w.events.push(...(write.events ?? []).map(({ reason }) => reason))
}

export function customResource(kind: string, spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'bookshop.example/v1alpha1', kind, spec,
    metadata: { name: 'a', namespace: 'default', uid: '1b4e28ba-2fa1-41d2-883f-0016d3cca427', generation: 1, resourceVersion: '1', ...metadata },
  }
}

/** The user edits the spec: a new generation. */
export function edit(w: World, spec: JsonObject): void {
  const resource = w.resource as JsonObject
  const metadata = resource['metadata'] as JsonObject
  const resourceVersion = String(Number(metadata['resourceVersion']) + 1)
  w.resource = { ...resource, spec: { ...(resource['spec'] as JsonObject), ...spec }, metadata: { ...metadata, generation: Number(metadata['generation']) + 1, resourceVersion } }
}

export function annotate(w: World, annotations: JsonObject): void {
  const resource = w.resource as JsonObject
  const metadata = resource['metadata'] as JsonObject
  w.resource = { ...resource, metadata: { ...metadata, annotations: { ...(metadata['annotations'] as JsonObject | undefined), ...annotations } } }
}

/** As Kubernetes: without finalizers the object is gone at once. */
export function markDeleted(w: World): void {
  const resource = w.resource as JsonObject
  const metadata = resource['metadata'] as JsonObject
  if (((metadata['finalizers'] as readonly string[] | undefined) ?? []).length === 0) {
    w.resource = undefined
    return
  }
  w.resource = { ...resource, metadata: { ...metadata, generation: Number(metadata['generation']) + 1, resourceVersion: String(Number(metadata['resourceVersion']) + 1), deletionTimestamp: new Date(w.now).toISOString().replace(/\.\d+Z$/, 'Z') } }
}

export function answer(status: number, value?: JsonValue, headers: Readonly<Record<string, string>> = {}): ExchangeResult {
  const body = value === undefined ? { type: 'empty' as const } : { type: 'json' as const, value }
  return { type: 'response', response: { status, headers, body } }
}

/** `Ready=True/Available` and the like, for short expectations. */
export function conditions(w: World): readonly string[] {
  const status = w.resource?.['status'] as JsonObject | undefined
  return readConditions(status?.['conditions']).map((condition) => `${condition.type}=${condition.status}/${condition.reason}`)
}
