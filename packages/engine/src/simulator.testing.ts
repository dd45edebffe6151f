import type { JsonObject } from '@oasgen/json'
import type { ActionPlan, CallPlan, ParameterPlan, Plan } from '@oasgen/plan'
import type { Decision, ResourceWrite } from './decision.js'
import { prepare, type PreparedPlan } from './prepare.js'
import { random, type Random } from './random.testing.js'
import { annotate, conditions, customResource, edit, markDeleted, reconcile, SETTINGS, world, type Asked, type Seen, type World } from './reconcile.testing.js'
import { KINDS, simulatedApi, type Kind, type SimulatedApi } from './simulated-api.testing.js'

/** What is taken away from the engine, to prove that the checker would notice. */
export type Sabotage = 'writeAhead' | 'lookUp' | 'grace' | 'none'

export interface Verdict {
  readonly seed: number
  readonly kind: Kind
  /** Absent: all invariants hold. */
  readonly broken?: string
  readonly log: readonly string[]
}

const ID: ParameterPlan = { name: 'id', in: 'path', required: true, style: 'simple', explode: false, sources: [] }

export function planFor(kind: Kind): Plan {
  const isNamed = kind === 'named'
  const part = isNamed
    ? { path: 'spec.name', assigned: 'spec' as const, from: [], type: 'string' as const }
    : { path: 'status.id', assigned: 'server' as const, from: [{ in: 'body' as const, path: 'id' }], type: 'string' as const }
  const parameters: readonly ParameterPlan[] = [{ ...ID, sources: [{ from: 'identity', path: part.path }] }]
  const item = (method: CallPlan['method']): CallPlan => ({ method, server: 0, path: ['/things/', { parameter: 'id' }], parameters, response: { successCodes: ['200', '204'] } })
  const mark = kind === 'mark' ? [{ path: 'ref', sources: [{ from: 'mark' as const, form: 'text' as const }] }] : []
  const fields = [...mark, { path: 'name', sources: [{ from: 'resource' as const, path: 'spec.name' }] }, { path: 'size', sources: [{ from: 'resource' as const, path: 'spec.size' }] }]
  const body = { contentType: 'application/json', encoding: 'json' as const, mode: 'full' as const, whenEmpty: 'omit' as const, fields }
  const create: ActionPlan = isNamed || kind === 'steps' || kind === 'operation' || kind === 'slowSteps'
    ? createOf(kind, { item, body })
    : { call: { method: 'POST', server: 0, path: ['/things'], parameters: [], body, response: { successCodes: ['201'] } }, ...(kind === 'key' && { idempotencyKey: { header: 'Idempotency-Key' } }) }
  const remove: CallPlan = { ...item('DELETE'), response: { successCodes: ['202', '204'] } }
  const findby: ActionPlan = {
    call: { method: 'GET', server: 0, path: ['/things'], parameters: [], response: { successCodes: ['200'], itemsPath: 'items' } },
    match: { policy: 'AND', identifiers: [{ path: 'name', resource: ['spec.name'] }], itemsComplete: true, ...(kind === 'mark' && { mark: { path: 'ref', form: 'text' as const } }) },
  }
  return {
    format: 1, requires: [], definition: { namespace: 'default', name: 'thing' }, resource: { group: 'api.test', version: 'v1', kind: 'Thing', plural: 'things' },
    servers: [{ url: 'https://api.test' }], auth: {}, identity: { parts: [part] },
    actions: { get: { call: item('GET') }, create, update: { call: { ...item('PUT'), body, response: { successCodes: ['200', '202'] } }, ...(kind === 'operation' && { async: asyncOf(item) }) }, delete: { call: remove, ...(kind === 'operation' && { async: asyncOf(item) }) }, ...(kind !== 'named' && kind !== 'key' && kind !== 'blind' && { findby }) },
    status: [{ path: 'id', from: 'id', type: 'string' }], compare: { scope: 'fullSpec', ignored: isNamed || kind === 'mark' ? ['name'] : [], rules: kind === 'replace' ? [{ path: 'size', immutable: 'replace' }] : [] }, policy: {},
  }
}

interface Parts {
  readonly item: (method: CallPlan['method']) => CallPlan
  readonly body: NonNullable<CallPlan['body']>
}

function createOf(kind: Kind, { item, body }: Parts): ActionPlan {
  const post: CallPlan = { method: 'POST', server: 0, path: ['/things'], parameters: [], body, response: { successCodes: ['201', '202'] } }
  if (kind === 'named') return { call: { ...item('PUT'), parameters: [{ ...ID, sources: [{ from: 'resource', path: 'spec.name' }] }], body } }
  if (kind === 'steps') {
    const parameters: readonly ParameterPlan[] = [{ ...ID, sources: [{ from: 'cel', program: 'steps.create.body.id' }] }]
    return { steps: [{ name: 'create', call: post }, { name: 'label', call: { ...item('PUT'), path: ['/things/', { parameter: 'id' }, '/label'], parameters } }] }
  }
  if (kind === 'slowSteps') {
    const parameters: readonly ParameterPlan[] = [{ ...ID, sources: [{ from: 'cel', program: 'observed.id' }] }]
    const later = (member: string): CallPlan => ({ ...item('PUT'), path: ['/things/', { parameter: 'id' }, `/${member}`], parameters, response: { successCodes: ['200', '202'] } })
    const async = asyncOf(item)
    return { steps: [{ name: 'create', call: post, async }, { name: 'label', call: later('label'), async }, { name: 'start', call: later('start') }] }
  }
  return { call: post, async: asyncOf(item) }
}

function asyncOf(item: Parts['item']): NonNullable<ActionPlan['async']> {
  const call: CallPlan = { ...item('GET'), path: ['/operations/', { parameter: 'id' }], parameters: [{ ...ID, sources: [] }] }
  const poll = { call, handleParameter: 'id', statusPath: 'status', successValues: ['succeeded'], failureValues: ['failed'], intervalSeconds: 2 }
  return { handle: { in: 'header', path: 'Operation-Location' }, poll, deadlineSeconds: 60 }
}

const PLANS = new Map(KINDS.map((kind) => [kind, prepare(planFor(kind)).value as PreparedPlan]))

export function preparedFor(kind: Kind): PreparedPlan {
  return PLANS.get(kind) as PreparedPlan
}

/** A run with everything that can go wrong, then a calm one; afterwards everything must be in order. */
export function runSchedule(seed: number, sabotage: Sabotage = 'none', kinds: readonly Kind[] = KINDS, asked?: Asked[]): Verdict {
  const rand = random(seed)
  const kind = rand.pick(kinds)
  const api = simulatedApi(kind, rand)
  const settings = sabotage === 'grace' ? { settings: { ...SETTINGS, graceSeconds: 0 } } : {}
  const w: World = { ...world(customResource('Thing', { name: 'x', size: 1 }), sabotaged(api, sabotage), settings), before: [], ...(asked && { asked }) }
  const prepared = preparedFor(kind)
  const broken = storm({ w, api, rand, prepared, sabotage }) ?? calm({ w, api, rand, prepared, sabotage })
  return { seed, kind, ...(broken !== undefined && { broken }), log: w.log }
}

interface Run {
  readonly w: World
  readonly api: SimulatedApi
  readonly rand: Random
  readonly prepared: PreparedPlan
  readonly sabotage: Sabotage
}

function sabotaged(api: SimulatedApi, sabotage: Sabotage): World['api'] {
  return (request, now) => {
    const result = api.answer(request, now)
    const isList = request.method === 'GET' && String(request.url).endsWith('/things')
    return sabotage === 'lookUp' && isList && result.type === 'response' && result.response.status === 200
      ? { type: 'response', response: { ...result.response, body: { type: 'json', value: { items: [] } } } }
      : result
  }
}

/** As a process without write-ahead: what it wrote before the create is forgotten with the process. */
function forget(run: Run, writesBefore: number): void {
  const wroteAhead = run.w.writes.slice(writesBefore).some((write: ResourceWrite) => write.why === 'attempt')
  const knows = run.w.writes.slice(writesBefore).some((write: ResourceWrite) => write.why === 'created' || write.why === 'adopted' || write.why === 'identity' || write.why === 'notCreated')
  if (run.sabotage === 'writeAhead' && wroteAhead && !knows) annotate(run.w, { 'krateo.io/external-create-pending': '', 'krateo.io/external-create-attempt': '' })
}

const STORM_STEPS = 14

function storm(run: Run): string | undefined {
  const { w, rand } = run
  for (let step = 0; step < STORM_STEPS && w.resource !== undefined; step += 1) {
    disturb(run, step)
    const before = w.writes.length
    const decision = reconcile(run.prepared, w, rand.chance(0.35) ? { after: rand.below(7) } : undefined, lagging(run))
    forget(run, before)
    w.now += pause(decision, w, rand)
    run.api.settle(w.now)
    const broken = duplicates(run)
    if (broken !== undefined) return broken
  }
  return undefined
}

/** The cache has not heard of the last writes yet. */
function lagging({ w, rand }: Run): Seen | undefined {
  const stale = w.before?.slice(-3)[rand.below(3)]
  return stale !== undefined && rand.chance(0.12) ? { stale } : undefined
}

function disturb({ w, api, rand }: Run, step: number): void {
  if (rand.chance(0.12)) { edit(w, { size: rand.below(5) }); w.log.push('-- user edits') }
  if (rand.chance(0.06)) { api.meddle((fields) => ({ ...fields, size: 99 })); w.log.push('-- somebody changes it') }
  if (rand.chance(0.04)) { api.meddle(() => undefined); w.log.push('-- somebody deletes it') }
  // Which steps of a create are done stands in status alone.
  if (rand.chance(0.04) && api.kind !== 'steps' && api.kind !== 'slowSteps') { loseStatus(w); w.log.push('-- status is lost') }
  if (step > 4 && rand.chance(0.08) && !isDeleting(w)) { markDeleted(w); w.log.push('-- user deletes') }
}

/** As a backup that is restored without the status subresource. */
function loseStatus(w: World): void {
  const { status: _, ...resource } = w.resource as JsonObject
  w.resource = resource
}

function isDeleting(w: World): boolean {
  return (w.resource?.['metadata'] as JsonObject | undefined)?.['deletionTimestamp'] !== undefined
}

/** A crash restarts at once; else the time that was asked for, and sometimes a watch event before it. */
function pause(decision: Decision | undefined, w: World, rand: Random): number {
  if (decision === undefined || rand.chance(0.3)) return rand.below(3_000)
  switch (decision.type) {
    case 'done': return decision.recheckAfterSeconds * 1000
    case 'stop': return decision.retryAfterSeconds * 1000
    case 'wait': return Math.max(0, decision.until - w.now)
    case 'send':
    case 'write': return 0
  }
}

function duplicates({ api }: Run): string | undefined {
  return api.mostAtOnce() > 1 ? `a second object: ${JSON.stringify(api.objects())}` : undefined
}

/** The API behaves again. What is not in order after a while never will be. */
function calm(run: Run): string | undefined {
  const { w, api } = run
  api.calm = true
  w.log.push('-- calm')
  let last: Decision | undefined
  // A delete that was accepted before the object came (late) is sent again only after its deadline.
  for (let step = 0; step < (isDeleting(w) ? 400 : 60) && w.resource !== undefined; step += 1) {
    last = reconcile(run.prepared, w)
    w.now += last === undefined ? 1000 : Math.max(1000, last.type === 'wait' ? last.until - w.now : 60_000)
    api.settle(w.now)
    const broken = duplicates(run)
    if (broken !== undefined) return broken
  }
  return inOrder(run, last) ?? quiet(run)
}

function inOrder({ w, api }: Run, last: Decision | undefined): string | undefined {
  // Where nothing can tell what became of a create, a person is asked: told, not guessed.
  if (api.kind === 'blind' && last?.type === 'stop' && last.finding.code === 'ENG0401') return undefined
  if (w.resource === undefined) return api.objects().length === 0 ? undefined : `lost: ${JSON.stringify(api.objects())}`
  if (isDeleting(w)) return `a delete that does not end: ${JSON.stringify(last)}`
  const [object] = api.objects()
  const spec = w.resource['spec'] as JsonObject
  if (object === undefined) return `no object: ${JSON.stringify(last)}`
  if (api.kind === 'slowSteps' && object['started'] !== true) return `a step is missing: ${JSON.stringify(object)}`
  if (api.kind === 'steps' && object['label'] !== 'done') return `a step is missing: ${JSON.stringify(object)}`
  if (object['size'] !== spec['size']) return `not what is wanted: ${JSON.stringify([object, spec, last])}`
  return conditions(w).includes('Ready=True/Available') && last?.type === 'done' ? undefined : `not ready: ${conditions(w).join(' ')} ${JSON.stringify(last)}`
}

function quiet({ w, api, prepared }: Run): string | undefined {
  if (w.resource === undefined || api.kind === 'blind') return undefined
  const [writes, calls] = [w.writes.length, w.exchanges.length]
  reconcile(prepared, w)
  if (w.writes.length > writes) return `a write at a steady state: ${JSON.stringify(w.writes.at(-1))}`
  return w.exchanges.length - calls > 1 ? 'more than one read at a steady state' : undefined
}

/** Runs seeds from `from` on; gives the first that breaks an invariant, and how many ran. */
export function check(from: number, count: number, sabotage: Sabotage = 'none', kinds: readonly Kind[] = KINDS): { readonly ran: number; readonly failed: Verdict | undefined } {
  for (let seed = from; seed < from + count; seed += 1) {
    const verdict = runSchedule(seed, sabotage, kinds)
    if (verdict.broken !== undefined) return { ran: seed - from + 1, failed: verdict }
  }
  return { ran: count, failed: undefined }
}
