import type { JsonObject, JsonValue } from '@oasgen/json'
import { maskedText, requestHeader, type ExchangeResult, type HttpRequest, type Instant } from '@oasgen/wire'
import { answer } from './reconcile.testing.js'
import type { Random } from './random.testing.js'

/** What an API offers to find out what became of a create. */
export type Kind =
  /** A list that shows names, no uniqueness. */
  | 'list'
  /** A list, and a name may exist once (409). */
  | 'unique'
  /** No list; creates carry an idempotency key. */
  | 'key'
  /** PUT to a name. */
  | 'named'
  /** A list that shows names otherwise than they were sent, and a field that carries our mark. */
  | 'mark'
  /** A list, and creates, updates and deletes that go on as operations, which may fail. */
  | 'operation'
  /** A list, and a create of two calls. */
  | 'steps'
  /** A list, and a create of three calls, the first two of which begin operations. */
  | 'slowSteps'
  /** A list, and a size that only another object can have. */
  | 'replace'
  /** Nothing: only an id that the answer to create gives. */
  | 'blind'
export const KINDS: readonly Kind[] = ['list', 'unique', 'key', 'named', 'mark', 'operation', 'steps', 'slowSteps', 'replace', 'blind']

interface Thing {
  readonly id: string
  fields: JsonObject
  /** When reads begin to show it as it is now, for readers that lag. */
  visibleAt: Instant
  /** What a lagging reader still sees; absent = not there. */
  before: JsonObject | undefined
}

interface Operation {
  /** What it makes or changes; absent: it removes. */
  readonly fields: JsonObject | undefined
  readonly makes: boolean
  readonly id: string
  readonly doneAt: Instant
  readonly fails: boolean
  isDone: boolean
}

/** A REST server in virtual time that loses, delays and repeats what it is sent, and whose readers lag. */
export interface SimulatedApi {
  readonly kind: Kind
  readonly answer: (request: HttpRequest, now: Instant) => ExchangeResult
  /** What is really there. */
  readonly objects: () => readonly JsonObject[]
  readonly mostAtOnce: () => number
  readonly settle: (now: Instant) => void
  /** Somebody else changes or removes it. */
  readonly meddle: (change: (fields: JsonObject) => JsonObject | undefined) => void
  calm: boolean
}

/** Slower than any read lag or late delivery that happens here; the engine's grace must be longer. */
export const MAX_LAG_MS = 8_000

export function simulatedApi(kind: Kind, rand: Random): SimulatedApi {
  const things = new Map<string, Thing>()
  const ghosts: { readonly fields: JsonObject; readonly until: Instant }[] = []
  const keys = new Map<string, string>()
  let late: { readonly at: Instant; readonly request: HttpRequest }[] = []
  const operations = new Map<string, Operation>()
  let [next, most] = [1, 0]
  const count = (): void => { most = Math.max(most, things.size) }
  const lag = (now: Instant): Instant => (api.calm ? now : now + rand.below(MAX_LAG_MS))

  function apply(request: HttpRequest, now: Instant): ExchangeResult {
    const path = maskedText(request.url).replace('https://api.test', '').replace(/\?.*/, '')
    const [, collection, id, member] = path.split('/')
    const body = (request.body?.type === 'json' ? request.body.value : {}) as JsonObject
    switch (request.method) {
      case 'GET': return collection === 'operations' ? operation(id ?? '', now) : id === undefined ? list(now) : read(id, now)
      case 'POST': return create(request, body, now)
      case 'PUT':
      case 'PATCH': return kind === 'operation' && things.has(id ?? '') ? begin(now, { id: id ?? '', fields: body, makes: false }) : member === 'label' ? label(id ?? '', now) : member === 'start' ? start(id ?? '', now) : put(id ?? '', body, now, request.method === 'PUT' && kind === 'named')
      case 'DELETE': return remove(id ?? '', now)
      case 'HEAD':
      case 'OPTIONS': return answer(405)
    }
  }

  function shown(thing: Thing, now: Instant): JsonObject | undefined {
    return now >= thing.visibleAt || !rand.chance(0.5) ? thing.fields : thing.before
  }
  function list(now: Instant): ExchangeResult {
    const seen = [...things.values()].map((thing) => shown(thing, now)).filter((fields) => fields !== undefined)
    const gone = ghosts.filter(({ until }) => now < until && rand.chance(0.5)).map(({ fields }) => fields)
    return answer(200, { items: [...seen, ...gone.filter((ghost) => !seen.some((item) => item['id'] === ghost['id']))] })
  }
  function read(id: string, now: Instant): ExchangeResult {
    const thing = things.get(id)
    const fields = thing === undefined ? ghosts.find((ghost) => ghost.fields['id'] === id && now < ghost.until && rand.chance(0.5))?.fields : shown(thing, now)
    return fields === undefined ? answer(404, { message: 'not found' }) : answer(200, fields)
  }
  function create(request: HttpRequest, body: JsonObject, now: Instant): ExchangeResult {
    const key = requestHeader(request.headers, 'idempotency-key')
    const known = typeof key === 'string' ? keys.get(key) : undefined
    if (known !== undefined) return things.has(known) ? answer(201, (things.get(known) as Thing).fields) : answer(201, { id: known })
    if (kind === 'unique' && [...things.values()].some(({ fields }) => fields['name'] === body['name'])) return answer(409, { message: 'already exists' })
    const id = String(next++)
    if (kind === 'operation' || kind === 'slowSteps') return begin(now, { id, fields: { ...body, id }, makes: true })
    if (typeof key === 'string') keys.set(key, id)
    const fields: JsonObject = { ...body, id, ...(kind === 'mark' && { name: marked(body['name']) }) }
    things.set(id, { id, fields, visibleAt: lag(now), before: undefined })
    count()
    return answer(201, fields)
  }
  function begin(now: Instant, operation: Pick<Operation, 'id' | 'fields' | 'makes'>): ExchangeResult {
    const name = String(operations.size + 1)
    operations.set(name, { ...operation, doneAt: now + rand.below(api.calm ? 3_000 : MAX_LAG_MS), fails: !api.calm && rand.chance(0.2), isDone: false })
    return answer(202, undefined, { 'operation-location': `/operations/${name}` })
  }
  function operation(id: string, now: Instant): ExchangeResult {
    const found = operations.get(id)
    if (found === undefined) return answer(404)
    return answer(200, { status: now < found.doneAt ? 'running' : found.fails ? 'failed' : 'succeeded' })
  }
  function endOperations(now: Instant): void {
    for (const found of operations.values()) {
      if (found.isDone || now < found.doneAt) continue
      found.isDone = true
      if (found.fails) continue
      if (found.fields === undefined) takeAway(found.id, found.doneAt)
      else if (things.has(found.id)) put(found.id, found.fields, found.doneAt, false)
      else if (found.makes) things.set(found.id, { id: found.id, fields: found.fields, visibleAt: lag(found.doneAt), before: undefined })
      count()
    }
  }
  function put(id: string, body: JsonObject, now: Instant, mayCreate: boolean): ExchangeResult {
    const thing = things.get(id)
    if (thing === undefined && !mayCreate) return answer(404, { message: 'not found' })
    const before = thing?.fields
    things.set(id, { id, fields: { ...before, ...body, id, ...(kind === 'named' && { name: id }) }, visibleAt: lag(now), before })
    count()
    return answer(thing === undefined ? 201 : 200, (things.get(id) as Thing).fields)
  }
  function remove(id: string, now: Instant): ExchangeResult {
    if (!things.has(id)) return answer(404, { message: 'not found' })
    if (kind === 'operation') return begin(now, { id, fields: undefined, makes: false })
    takeAway(id, now)
    return answer(204)
  }
  function label(id: string, now: Instant): ExchangeResult {
    if (kind !== 'slowSteps' || !things.has(id)) return put(id, { label: 'done' }, now, false)
    return begin(now, { id, fields: { label: 'done' }, makes: false })
  }
  function start(id: string, now: Instant): ExchangeResult {
    const thing = things.get(id)
    return thing?.fields['label'] === 'done' ? put(id, { started: true }, now, false) : answer(thing === undefined ? 404 : 400, { message: 'not labelled' })
  }
  function takeAway(id: string, now: Instant): void {
    const thing = things.get(id)
    if (thing !== undefined) ghosts.push({ fields: thing.fields, until: lag(now) })
    things.delete(id)
  }

  function deliver(request: HttpRequest, now: Instant): ExchangeResult {
    if (api.calm) return apply(request, now)
    const isRead = request.method === 'GET'
    switch (rand.below(isRead ? 9 : 12)) {
      case 0: return lost('timeout')
      case 1: return answer(500, { message: 'internal error' })
      case 2: return answer(429, { message: 'slow down' }, { 'retry-after': '2' })
      case 3: return refused()
      case 4: apply(request, now); return lost('reset')
      case 5: apply(request, now); return answer(503, { message: 'try later' })
      case 9: late.push({ at: now + rand.below(MAX_LAG_MS), request }); return lost('timeout')
      // Repeated by something on the way. A create without a key would be doubled whatever we do.
      case 10: if (request.method !== 'POST' || kind === 'key' || kind === 'unique') apply(request, now); return apply(request, now)
      default: return apply(request, now)
    }
  }

  const api: SimulatedApi = {
    kind,
    calm: false,
    answer: (request, now) => {
      api.settle(now)
      return deliver(request, now)
    },
    objects: () => [...things.values()].map(({ fields }) => fields),
    mostAtOnce: () => most,
    settle: (now) => {
      const due = late.filter(({ at }) => at <= now)
      late = late.filter(({ at }) => at > now)
      for (const { request, at } of due) apply(request, at)
      endOperations(now)
    },
    meddle: (change) => {
      for (const [id, thing] of new Map(things)) {
        const fields = change(thing.fields)
        if (fields === undefined) things.delete(id)
        else thing.fields = fields
      }
    },
  }
  return api
}

function lost(reason: 'timeout' | 'reset'): ExchangeResult {
  return { type: 'failure', failure: { reason, sent: 'maybe', message: reason, code: 'NET0001' } }
}
function refused(): ExchangeResult {
  return { type: 'failure', failure: { reason: 'connect', sent: 'nothing', message: 'connection refused', code: 'NET0002' } }
}

function marked(name: JsonValue | undefined): string {
  return typeof name === 'string' ? `[${name}]` : '[]'
}
