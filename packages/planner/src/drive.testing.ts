import { decide, prepare, type Decision, type Settings, type Subject, type WriteRecord } from '@oasgen/engine'
import { isArray, isObject, MASK, Sealed, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { maskedText, type Exchange, type ExchangeResult, type HttpRequest } from '@oasgen/wire'

/** An API as a function of one request. */
export type Api = (request: HttpRequest, path: string) => ExchangeResult

/** One resource, driven by the real engine with a Plan of ours against a scripted API. */
export interface Drive {
  resource: JsonObject
  now: number
  /** Requests in the order of sending: `POST /v1/books {"title":"x"}`. */
  readonly sent: string[]
  readonly requests: HttpRequest[]
}

const SETTINGS: Settings = { resyncSeconds: 180, minRetrySeconds: 1, maxRetrySeconds: 90, graceSeconds: 30, deleteDeadlineSeconds: 600, crossNamespace: 'warn' }

export function drive(kind: string, spec: JsonObject, parts: JsonObject = {}): Drive {
  const metadata = { name: 'a', namespace: 'default', uid: '1b4e28ba-2fa1-41d2-883f-0016d3cca427', generation: 1, resourceVersion: '1' }
  return { resource: { apiVersion: 'bookshop.example/v1alpha1', kind, metadata, spec, ...parts }, now: Date.UTC(2026, 10, 21, 12), sent: [], requests: [] }
}

/** One reconcile; gives its last decision. */
export function reconcile(driven: Drive, plan: Plan, api: Api, extras: Partial<Subject> = {}): Decision {
  const prepared = prepare(plan).value
  if (prepared === undefined) throw new Error('the engine does not take the Plan')
  const exchanges: Exchange[] = []
  const written: WriteRecord[] = []
  for (let step = 0; step < 100; step += 1) {
    const subject: Subject = { references: {}, secrets: {}, settings: SETTINGS, failures: 0, written, ...extras, resource: driven.resource }
    const decision = decide(prepared, subject, exchanges, driven.now)
    if (decision.type === 'send') exchanges.push(answered(driven, decision, api))
    else if (decision.type === 'write') {
      apply(driven, decision.write)
      written.push({ why: decision.write.why, exchanges: exchanges.length })
    } else return decision
  }
  throw new Error(`no end: ${driven.sent.slice(-10).join('\n')}`)
}

function answered(driven: Drive, { request, purpose }: Extract<Decision, { type: 'send' }>, api: Api): Exchange {
  const url = maskedText(request.url)
  const path = url.replace(/^https?:\/\/[^/]+/, '')
  driven.requests.push(request)
  driven.sent.push(`${request.method} ${path}${bodyText(request)}`)
  return { purpose, request, at: driven.now, tookMs: 1, result: api(request, path) }
}

function bodyText({ body }: HttpRequest): string {
  if (body === undefined) return ''
  if (body.type === 'json') return ` ${writeJson(masked(body.value))}`
  return body.type === 'form' ? ` ${body.fields.map(({ name, value }) => `${name}=${maskedText(value)}`).join('&')}` : ` (${body.type})`
}

function masked(value: JsonValue): JsonValue {
  if (value instanceof Sealed) return MASK
  if (isArray(value)) return value.map(masked)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, child]) => [name, masked(child)])) : value
}

function apply(driven: Drive, write: Extract<Decision, { type: 'write' }>['write']): void {
  const metadata = driven.resource['metadata'] as JsonObject
  const annotations = Object.entries({ ...(metadata['annotations'] as JsonObject | undefined), ...write.annotations }).filter(([, value]) => value !== null)
  const finalizers = ((metadata['finalizers'] as readonly string[] | undefined) ?? []).filter((name) => name !== write.finalizers?.remove)
  driven.resource = {
    ...driven.resource,
    metadata: { ...metadata, annotations: Object.fromEntries(annotations), finalizers: write.finalizers?.add === undefined ? finalizers : [...finalizers, write.finalizers.add], resourceVersion: String(Number(metadata['resourceVersion']) + 1) },
    ...(write.status !== undefined && { status: write.status }),
  }
}

/** The user edits the spec. */
export function edit(driven: Drive, spec: JsonObject): void {
  const metadata = driven.resource['metadata'] as JsonObject
  driven.resource = { ...driven.resource, spec: { ...(driven.resource['spec'] as JsonObject), ...spec }, metadata: { ...metadata, generation: Number(metadata['generation']) + 1 } }
  driven.now += 60_000
}

export function remove(driven: Drive): void {
  driven.resource = { ...driven.resource, metadata: { ...(driven.resource['metadata'] as JsonObject), deletionTimestamp: '2026-11-21T12:00:00Z' } }
  driven.now += 60_000
}

export function answer(status: number, value?: JsonValue, headers: Readonly<Record<string, string>> = {}): ExchangeResult {
  return { type: 'response', response: { status, headers, body: value === undefined ? { type: 'empty' } : { type: 'json', value } } }
}

/** What was sent since the last time. */
export function taken({ sent }: Drive): readonly string[] {
  return sent.splice(0)
}

export function statusOf({ resource }: Drive): JsonObject {
  const status = resource['status']
  return isObject(status) ? status : {}
}

/** A collection that behaves: what is sent is kept, ids are counted. */
export function collection(options: { readonly path: string; readonly id: string; readonly nextId: () => JsonValue; readonly list?: (items: readonly JsonObject[]) => JsonValue }): Api & { readonly items: Map<string, JsonObject> } {
  const items = new Map<string, JsonObject>()
  const api: Api = (request, full) => {
    const [path = ''] = full.split('?')
    const body = request.body?.type === 'json' && isObject(request.body.value) ? request.body.value : {}
    if (path === options.path) {
      if (request.method === 'GET') return answer(200, options.list?.([...items.values()]) ?? [...items.values()])
      const id = options.nextId()
      const made = { ...body, [options.id]: id }
      items.set(typeof id === 'string' ? id : writeJson(id), made)
      return answer(201, made)
    }
    const key = decodeURIComponent(path.slice(options.path.length + 1))
    const known = items.get(key)
    if (request.method === 'PUT' && known === undefined) {
      items.set(key, { ...body, [options.id]: key })
      return answer(201, items.get(key))
    }
    if (known === undefined) return answer(404, { title: 'Not Found' })
    if (request.method === 'PUT' || request.method === 'PATCH') items.set(key, { ...known, ...body })
    if (request.method === 'DELETE') items.delete(key)
    return request.method === 'DELETE' ? answer(204) : answer(200, items.get(key))
  }
  return Object.assign(api, { items })
}
