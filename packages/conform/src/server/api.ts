import { removePath } from '@oasgen/fieldpath'
import { isObject, mergePatch, type JsonObject, type JsonValue } from '@oasgen/json'
import type { BodyPlan, CallPlan, ParameterPlan, Plan, ShapePlan } from '@oasgen/plan'
import { json, problem, type Answer, type Response } from './answer.js'
import { at, objectOf, pathOf, placesOf, put, readBody, resourcePlace } from './body.js'
import { CHALLENGE, isAllowed, tokenAnswer } from './credentials.js'
import { answerAfter, answerBefore, createFaults, type FaultSettings } from './faults.js'
import type { Effect, LedgerEntry } from './ledger.js'
import { listPage, tagOf } from './lists.js'
import { createStore, type StoredObject } from './objects.js'
import { createOperations } from './operations.js'
import { random } from './random.js'
import { actionPlanOf, constantsOf, findRoutes, isConstantBody, routesOf, type Routed } from './routes.js'
import { identityValue, shapeOf, showObject, successCode, textOfValue, wrapItem, type Shape } from './shape.js'
import type { SwitchName, Verb } from './switches.js'

export interface ApiOptions {
  readonly plan: Plan
  readonly switches?: readonly SwitchName[]
  /** Verbs that faults happen to. Default: all. */
  readonly verbs?: readonly Verb[]
  readonly seed?: number
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Values of fields that only the server sets, by their path in the object. */
  readonly serverFields?: JsonObject
  /** How many requests of each action a fault happens to. Default 2. */
  readonly times?: number
  readonly retryAfterSeconds?: number
  /** How long reads lag, operations take and deleted objects can be read. */
  readonly lagMs?: number
  readonly credentials?: 'check' | 'ignore'
}

export interface ApiRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly origin: string
}

/** The API that a Plan describes, with memory and with every fault that is switched on. A function of its requests, its clock and its seed. */
export interface ScriptedApi {
  handle(request: ApiRequest): Answer
  readonly ledger: readonly LedgerEntry[]
  /** What is really there. */
  objects(): readonly StoredObject[]
  /** How many objects were ever made. */
  made(): number
  /** Somebody else changes what is there; `undefined` removes it. */
  meddle(change: (fields: JsonObject) => JsonObject | undefined): void
  /** Carries out what is due by now. */
  settle(): void
  duplicates(): number
}

interface Asked extends ApiRequest {
  readonly path: string
  readonly query: URLSearchParams
  readonly body: JsonValue | undefined
  readonly now: number
}

interface Done {
  readonly answer: Response
  readonly effect: Effect
  readonly object?: StoredObject
}

export function createApi(options: ApiOptions): ScriptedApi {
  const api = new Api(options)
  return {
    handle: (request) => api.handle(request), ledger: api.ledger, objects: () => api.store.alive(0), made: () => api.store.all.length, duplicates: () => api.store.duplicates(),
    meddle: (change) => api.meddle(change), settle: () => api.operations.settle(api.now()),
  }
}

const DEFAULT_LAG_MS = 600
const PAGE_SIZE = 2

class Api {
  readonly ledger: LedgerEntry[] = []
  readonly store = createStore()
  readonly operations
  readonly now: () => number
  readonly #plan: Plan
  readonly #switches: ReadonlySet<SwitchName>
  readonly #routes
  readonly #shape
  readonly #random
  readonly #faults: FaultSettings
  readonly #nextFault
  readonly #options: ApiOptions
  readonly #keys = new Map<string, StoredObject>()
  readonly #failed = new Set<string>()

  constructor(options: ApiOptions) {
    const { plan, switches = [], verbs = ['observe', 'create', 'update', 'delete'], times = 2, retryAfterSeconds = 1, seed = 1 } = options
    this.#options = options
    this.#plan = plan
    this.now = options.now ?? Date.now
    this.#switches = new Set(switches)
    this.#routes = routesOf(plan)
    this.#shape = shapeOf(plan)
    this.#random = random(seed)
    this.#faults = { switches, verbs, times, retryAfterSeconds }
    this.#nextFault = createFaults(this.#faults)
    this.operations = createOperations(this.#lagMs)
  }

  get #lagMs(): number {
    return this.#options.lagMs ?? DEFAULT_LAG_MS
  }

  handle(request: ApiRequest): Answer {
    const [path = '', query = ''] = request.url.split('?', 2)
    const asked: Asked = { ...request, path, query: new URLSearchParams(query), body: readBody(request.text, request.headers['content-type'] ?? ''), now: this.now() }
    this.operations.settle(asked.now)
    this.#purge(asked.now)
    const token = tokenAnswer(path, request.origin)
    if (token !== undefined) return this.#record(asked, { action: 'token', effect: 'none' }, json(200, token))
    const routed = this.#choose(asked)
    return routed === undefined ? this.#record(asked, { effect: 'none' }, problem(404, `no operation ${request.method} ${path}`)) : this.#serve(asked, routed)
  }

  #serve(asked: Asked, routed: Routed): Answer {
    const { action, call } = routed.route
    if (this.#options.credentials !== 'ignore' && !isAllowed(this.#plan, call.auth, asked)) {
      return this.#record(asked, { action, effect: 'none' }, problem(401, 'credentials are missing', { 'www-authenticate': CHALLENGE }))
    }
    const verb = this.#verbOf(asked, routed)
    const fault = this.#nextFault(action, verb)
    const early = fault === undefined ? undefined : answerBefore(fault, asked.now, this.#faults)
    const known = { action, verb, template: templateOf(call), values: routed.values, ...(fault !== undefined && { switch: fault }) }
    if (early !== undefined) return this.#record(asked, { ...known, effect: 'none' }, early)
    const done = this.#perform(asked, routed, verb)
    return this.#record(asked, { ...known, effect: done.effect, ...(done.object && { object: done.object.serial }) }, answerAfter(fault, done.answer))
  }

  #record(asked: Asked, entry: Pick<LedgerEntry, 'action' | 'verb' | 'template' | 'values' | 'switch' | 'effect' | 'object'>, answer: Answer): Answer {
    const shown = answer.type === 'hang' || answer.damage === 'middle'
      ? { type: 'none' as const, how: answer.type === 'hang' ? ('hang' as const) : ('cut' as const) }
      : { type: 'response' as const, status: answer.status, headers: answer.headers, body: answer.body }
    const { now, method, url, headers, body } = asked
    this.ledger.push({ at: now, method, url, headers, body, ...entry, answer: shown })
    return answer
  }

  /** Several calls may have one address: the body of constants, then whether there is an object, tells which is meant. */
  #choose(asked: Asked): Routed | undefined {
    const found = findRoutes(this.#routes, { method: asked.method, path: asked.path, query: asked.query })
    const [first, ...others] = found
    if (first === undefined || others.length === 0) return first
    const possible = found.filter(({ route }) => !isContradicted(route.call.body, asked.body))
    const constant = possible.find(({ route }) => isConstantBody(route.call.body) || (route.action === 'delete' && constantsOf(route.call.body).length > 0))
    if (constant !== undefined) return constant
    const rest = possible.filter(({ route }) => route.action !== 'delete' || asked.method === 'DELETE')
    const exists = this.#find(asked, rest[0] ?? first, 'real') !== undefined
    return rest.find(({ route }) => route.action === (exists ? 'update' : 'create')) ?? rest[0] ?? first
  }

  #verbOf(asked: Asked, routed: Routed): Verb {
    switch (routed.route.action) {
      case 'get': case 'findby': case 'poll': case 'proof': return 'observe'
      // A PUT to a name makes it or changes it.
      case 'create': return asked.method !== 'POST' && this.#find(asked, routed, 'real') !== undefined ? 'update' : 'create'
      case 'update': return 'update'
      case 'delete': return 'delete'
    }
  }

  #perform(asked: Asked, routed: Routed, verb: Verb): Done {
    const { action, call, async } = routed.route
    switch (action) {
      case 'proof': return { answer: json(200, {}), effect: 'none' }
      case 'poll': return { answer: async === undefined ? problem(404, 'no operation') : this.operations.answer(handleOf(routed), async, asked.now), effect: 'none' }
      case 'get': return { answer: this.#read(asked, routed), effect: 'none' }
      case 'findby': return { answer: this.#list(asked, routed), effect: 'none' }
      case 'create': case 'update': case 'delete': return asked.method === 'GET' ? { answer: this.#anything(asked, call), effect: 'none' } : this.#write(asked, routed, verb)
    }
  }

  // A step of a verb may look before it writes.
  #anything(asked: Asked, call: CallPlan): Response {
    const [object] = this.store.alive(asked.now)
    return object === undefined ? problem(404, 'there is nothing yet') : json(200, wrapItem(call.response, this.#show(object.fields, call)))
  }

  // ------------------------------------------------------------------ reads

  #read(asked: Asked, routed: Routed): Response {
    const object = this.#find(asked, routed, 'seen')
    const fields = object === undefined ? undefined : this.#view(object, asked.now)
    if (object === undefined || fields === undefined) return problem(404, 'not found')
    const { call } = routed.route
    const shown = wrapItem(call.response, this.#show(fields, call))
    return this.#tagged(asked, json(successCode(call, [200]), shown), `"v${object.version}"`)
  }

  #tagged(asked: Asked, answer: Response, tag: string): Response {
    if (!this.#switches.has('etag')) return answer
    if (asked.headers['if-none-match'] === tag) return json(304, undefined, { ...withoutBody(answer.headers), etag: tag })
    return { ...answer, headers: { ...answer.headers, etag: tag } }
  }

  #list(asked: Asked, routed: Routed): Response {
    const { route } = routed
    const seen = this.store.all.filter((object) => this.#fits(object, asked, routed)).flatMap((object) => {
      const fields = this.#view(object, asked.now)
      return fields === undefined ? [] : [this.#show(fields, route.call)]
    })
    const { itemsPath, itemPath } = route.call.response
    if (itemsPath === undefined && itemPath === '$') return seen[0] === undefined ? problem(404, 'not found') : json(200, seen[0])
    const all = this.#arranged([...this.#others(seen[0], route.call), ...(this.#switches.has('duplicateIds') ? [...seen, ...seen] : seen)])
    const pagination = this.#plan.actions.findby?.pagination
    const page = listPage({ ...asked, call: route.call, pagination, pageSize: this.#switches.has('paged') ? PAGE_SIZE : undefined }, all)
    return this.#tagged(asked, page, tagOf(page.body))
  }

  #arranged(objects: readonly JsonObject[]): readonly JsonObject[] {
    // Pages that shift while they are read would hide objects from any reader: an order holds for a walk.
    if (!this.#switches.has('reorder')) return objects
    if (this.#switches.has('paged')) return objects.toReversed()
    const order = objects.map((object) => ({ object, rank: this.#random.next() }))
    return order.toSorted((a, b) => a.rank - b.rank).map(({ object }) => object)
  }

  /** Objects that belong to somebody else: a look-up has to tell them apart. */
  #others(like: JsonObject | undefined, call: CallPlan): readonly JsonObject[] {
    const count = this.#switches.has('paged') ? 5 : 2
    const sources = this.#plan.identity.parts.flatMap((part) => part.from.flatMap((source) => (source.in === 'body' ? [{ part, path: source.path }] : [])))
    if (call.response.itemsPath === undefined && call.response.transform !== undefined) return []
    return Array.from({ length: count }, (_, index) => {
      const named = this.#shape.names.reduce<JsonValue>((object, path) => {
        const known = like === undefined ? undefined : at(like, path)
        return put(object, path, typeof known === 'number' ? 900_000 + index : `somebody-elses-${index}`)
      }, {})
      return sources.reduce<JsonValue>((object, { part, path }) => put(object, path, identityValue(part, 900_000 + index)), named) as JsonObject
    })
  }

  /** What a reader sees; undefined: nothing. */
  #view(object: StoredObject, now: number): JsonObject | undefined {
    const isLagging = this.#switches.has('eventual') && now < object.changedAt + this.#lagMs && this.#random.chance(0.7)
    if (isLagging) return object.before
    return object.gone ? undefined : object.fields
  }

  #show(fields: JsonObject, call: CallPlan): JsonObject {
    return showObject(this.#shape, { plan: this.#plan, switches: this.#switches, serverFields: this.#options.serverFields ?? {} }, fields, call.response)
  }

  // ------------------------------------------------------------------ which object

  #find(asked: Asked, routed: Routed, which: 'real' | 'seen'): StoredObject | undefined {
    return this.store.all.findLast((object) => (which === 'seen' ? this.#view(object, asked.now) !== undefined || !object.gone : !object.gone) && this.#fits(object, asked, routed))
  }

  /** No value of the request contradicts what is known of the object; what was not known is learned. */
  #fits(object: StoredObject, asked: Asked, { route, values }: Routed): boolean {
    const parameters = valuesOf(asked, route.call.parameters, values).filter(({ names }) => names || route.action === 'findby')
    const given = [...parameters, ...this.#namedInBody(asked, route, parameters)]
    return given.every(({ place, text }) => [undefined, text].includes(object.places.get(place)))
  }

  /** What parameters do not say of which object is meant, the body does. */
  #namedInBody(asked: Asked, { action, call }: Routed['route'], parameters: readonly GivenValue[]): readonly GivenValue[] {
    const identity = new Set(this.#plan.identity.parts.map(({ path }) => path))
    const said = new Set(parameters.map(({ place }) => place))
    if (asked.method === 'GET' || action === 'findby') return []
    return [...placesOf(call.body, objectOf(call.body, asked.body))].filter(([place]) => identity.has(place) && !said.has(place)).map(([place, value]) => ({ place, text: textOfValue(value), names: true }))
  }

  // ------------------------------------------------------------------ writes

  #write(asked: Asked, routed: Routed, verb: Verb): Done {
    const object = this.#find(asked, routed, 'real')
    const refused = this.#refused(asked, routed, object)
    if (refused !== undefined) return { answer: refused, effect: 'none' }
    if (verb === 'create' && !(routed.route.step !== undefined && routed.route.step > 0)) return this.#create(asked, routed)
    const target = object ?? (routed.route.step === undefined ? undefined : this.store.alive(asked.now).at(-1))
    if (target === undefined) return { answer: problem(404, 'not found'), effect: 'none' }
    return verb === 'delete' ? this.#delete(asked, routed, target) : this.#update(asked, routed, target)
  }

  #refused({ headers }: Asked, { route }: Routed, object: StoredObject | undefined): Response | undefined {
    if (object === undefined || !this.#switches.has('etag')) return undefined
    const wants = route.call.parameters.some(({ name, in: place }) => place === 'header' && name.toLowerCase() === 'if-match')
    const given = headers['if-match']
    if (given === undefined) return wants ? problem(428, 'If-Match is missing') : undefined
    return given === `"v${object.version}"` || given === '*' ? undefined : problem(412, 'changed meanwhile')
  }

  #create(asked: Asked, routed: Routed): Done {
    const { call } = routed.route
    const header = this.#plan.actions.create?.idempotencyKey?.header.toLowerCase()
    const key = header === undefined ? undefined : asked.headers[header]
    const known = key === undefined ? undefined : this.#keys.get(key)
    if (known !== undefined) return { answer: this.#answerTo(routed, known, [200, 201]), effect: 'none', object: known }
    const fields = objectOf(call.body, asked.body)
    const places = new Map<string, string>()
    for (const [place, value] of placesOf(call.body, fields)) places.set(place, textOfValue(value))
    for (const { place, text } of valuesOf(asked, call.parameters, routed.values)) places.set(place, text)
    const make = (now: number): StoredObject => {
      const object = this.store.add({ owner: this.#ownerOf(places), places, fields: this.#identified(fields, places) }, now)
      if (key !== undefined) this.#keys.set(key, object)
      return object
    }
    const later = this.#later(asked, routed, make)
    if (later !== undefined) return { answer: later, effect: 'created' }
    const object = make(asked.now)
    return { answer: this.#answerTo(routed, object, [201, 200]), effect: 'created', object }
  }

  #ownerOf(places: ReadonlyMap<string, string>): string {
    const identifiers = this.#plan.actions.findby?.match?.identifiers.flatMap(({ resource }) => resource.filter((place) => place.startsWith('spec.'))) ?? []
    const own = this.#plan.identity.parts.map(({ path }) => path)
    return [...identifiers, ...own, 'spec.name'].map((place) => places.get(place) ?? '').join('|')
  }

  /** With the identity that the server gives and what the path said. */
  #identified(fields: JsonObject, places: Map<string, string>): JsonObject {
    let object: JsonValue = fields
    for (const part of this.#plan.identity.parts) {
      const source = part.from.find((each) => each.in === 'body')
      const sent = source?.in === 'body' ? at(fields, source.path) : undefined
      const value = sent ?? places.get(part.path) ?? identityValue(part, this.store.all.length + 1)
      places.set(part.path, textOfValue(value))
      if (source?.in === 'body' && sent === undefined) object = put(object, source.path, typed(value, part.type))
    }
    for (const { path, resource } of this.#plan.actions.findby?.match?.identifiers ?? []) {
      const known = resource.map((place) => places.get(place)).find((text) => text !== undefined)
      if (known !== undefined && at(object, path) === undefined) object = put(object, path, known)
    }
    return object as JsonObject
  }

  #update(asked: Asked, routed: Routed, object: StoredObject): Done {
    const { call } = routed.route
    const sent = objectOf(call.body, asked.body)
    const kept = (path: string): string => storedPath(this.#shape, call.body, path)
    const stored = (call.body?.fields ?? []).reduce<JsonValue>((object, { path }) => moved(object, path, kept(path)), sent) as JsonObject
    const own = new Set((call.body?.fields ?? []).map(({ path }) => kept(path).split(/[.[]/, 1)[0] ?? path))
    const run = (now: number): void => {
      for (const [place, value] of placesOf(call.body, sent)) object.places.set(place, textOfValue(value))
      const whole = withUndeclared(object.fields, stored, (call.body?.fields ?? []).map((field) => ({ path: kept(field.path), shape: field.shape ?? true })))
      this.store.change(object, changed(object.fields, whole, asked.method === 'PUT' && routed.route.step === undefined ? own : undefined), now)
    }
    const later = this.#later(asked, routed, run)
    if (later !== undefined) return { answer: later, effect: 'updated', object }
    run(asked.now)
    return { answer: this.#answerTo(routed, object, [200, 204]), effect: 'updated', object }
  }

  #delete(asked: Asked, routed: Routed, object: StoredObject): Done {
    if (object.fading !== undefined) return { answer: problem(404, 'deleted already'), effect: 'none' }
    const run = (now: number): void => (this.#switches.has('softDelete') ? this.#fade(object, now) : this.store.remove(object, now))
    const later = this.#later(asked, routed, run)
    if (later !== undefined) return { answer: later, effect: 'deleted', object }
    run(asked.now)
    const code = successCode(routed.route.call, [204, 200])
    return { answer: code === 204 ? json(204) : json(code, wrapItem(routed.route.call.response, {})), effect: 'deleted', object }
  }

  /** Where the definition knows what deleted looks like, the object can be read for good. */
  #fade(object: StoredObject, now: number): void {
    const state = /observed\.([\w.]+)\s*==\s*'([^']*)'/.exec(this.#plan.conditions?.deletedWhen ?? '')
    object.fading = { until: state === null ? now + 3 * this.#lagMs : Infinity }
    if (state?.[1] !== undefined) object.fields = put(object.fields, state[1], state[2] ?? '') as JsonObject
  }

  #purge(now: number): void {
    for (const object of this.store.all) if (object.fading !== undefined && now >= object.fading.until) object.gone = true
  }

  /** Begins an operation where this API has them: the answer names it. */
  #later(asked: Asked, { route }: Routed, run: (now: number) => unknown): Response | undefined {
    const async = actionPlanOf(this.#plan, route)?.async
    const always = route.call.response.successCodes.every((code) => code === '202')
    if (async === undefined || !(this.#switches.has('async') || this.#switches.has('asyncFails') || always)) return undefined
    const fails = this.#switches.has('asyncFails') && !this.#failed.has(route.action)
    this.#failed.add(route.action)
    const handle = this.operations.begin(run, { now: asked.now, fails })
    if (async.handle === undefined) return json(202)
    return async.handle.in === 'header'
      ? json(202, {}, { [async.handle.path.toLowerCase()]: this.#handleText(asked, async, handle) })
      : json(202, put({}, async.handle.path, handle))
  }

  // A header that names an operation is usually its address.
  #handleText(asked: Asked, async: NonNullable<ReturnType<typeof actionPlanOf>>['async'] & object, handle: string): string {
    const path = (async.poll?.call.path ?? []).map((piece) => (typeof piece === 'string' ? piece : piece.parameter === async.poll?.handleParameter ? handle : '_')).join('')
    return path === '' ? handle : `${asked.origin}${path}`
  }

  #answerTo({ route }: Routed, object: StoredObject, codes: readonly number[]): Response {
    const code = successCode(route.call, codes)
    const headers = this.#identityHeaders(object)
    return code === 204 ? json(204, undefined, headers) : json(code, wrapItem(route.call.response, this.#show(object.fields, route.call)), headers)
  }

  #identityHeaders(object: StoredObject): Readonly<Record<string, string>> {
    const entries = this.#plan.identity.parts.flatMap((part) => part.from.flatMap((source): readonly (readonly [string, string])[] => {
      const text = object.places.get(part.path) ?? ''
      if (source.in === 'header') return [[source.name.toLowerCase(), text]]
      return source.in === 'location' ? [['location', source.template.map((piece) => (typeof piece === 'string' ? piece : encodeURIComponent(piece.parameter === source.parameter ? text : '_'))).join('')]] : []
    }))
    return Object.fromEntries(entries)
  }

  meddle(change: (fields: JsonObject) => JsonObject | undefined): void {
    const now = this.now()
    for (const object of this.store.alive(now)) {
      const fields = change(object.fields)
      if (fields === undefined) this.store.remove(object, now)
      else this.store.change(object, fields, now)
    }
  }
}

/** A constant of the call that the body has otherwise. */
function isContradicted(plan: BodyPlan | undefined, body: JsonValue | undefined): boolean {
  const object = objectOf(plan, body)
  return constantsOf(plan).some(({ path, value }) => textOfValue(at(object, path) ?? null) !== textOfValue(value))
}

interface GivenValue {
  readonly place: string
  readonly text: string
  /** It says which object is meant, not how the call is to be carried out. */
  readonly names: boolean
}

/** What the parameters of a request say about the resource. */
function valuesOf({ query }: Pick<Asked, 'query'>, parameters: readonly ParameterPlan[], values: Readonly<Record<string, string>>): readonly GivenValue[] {
  return parameters.flatMap((parameter) => {
    const place = resourcePlace(parameter)
    const text = parameter.in === 'path' ? values[parameter.name] : parameter.in === 'query' ? (query.get(parameter.name) ?? undefined) : undefined
    return place === undefined || text === undefined ? [] : [{ place, text: unstyled(parameter, text), names: parameter.in === 'path' || parameter.sources.some(({ from }) => from === 'identity') }]
  })
}

function unstyled({ style, name }: ParameterPlan, text: string): string {
  return style === 'label' ? text.replace(/^\./, '') : style === 'matrix' ? text.replace(`;${name}=`, '') : text
}

function typed(value: JsonValue, type: 'string' | 'integer' | 'number' | 'boolean'): JsonValue {
  if (typeof value !== 'string') return value
  return (type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : type === 'boolean' ? value === 'true' : value
}

/** A PUT replaces what its body can carry; everything else is merged. */
function changed(fields: JsonObject, sent: JsonObject, replaced: ReadonlySet<string> | undefined): JsonObject {
  if (replaced === undefined) return mergePatch(fields, sent) as JsonObject
  return { ...Object.fromEntries(Object.entries(fields).filter(([name]) => !replaced.has(name))), ...sent }
}

/** Members that the body of this call cannot carry are not taken away by it. */
function withUndeclared(fields: JsonObject, sent: JsonObject, declared: readonly { readonly path: string; readonly shape: ShapePlan }[]): JsonObject {
  return declared.reduce<JsonValue>((object, { path, shape }) => {
    const [before, now] = [at(fields, path), at(object, path)]
    if (shape === true || !isObject(before) || !isObject(now)) return object
    return put(object, path, { ...Object.fromEntries(Object.entries(before).filter(([name]) => !Object.hasOwn(shape, name))), ...now })
  }, sent) as JsonObject
}

/** An update may call a field otherwise than create does: the object has it once. */
function storedPath({ fields }: Shape, body: BodyPlan | undefined, path: string): string {
  const field = body?.fields.find((each) => each.path === path)
  const place = field === undefined ? undefined : resourcePlace(field)
  return (place === undefined ? undefined : fields.find((each) => resourcePlace(each) === place)?.path) ?? path
}

function moved(object: JsonValue, from: string, to: string): JsonValue {
  const value = from === to ? undefined : at(object, from)
  return value === undefined ? object : put(removePath(object, pathOf(from)), to, value)
}

function templateOf({ path }: CallPlan): string {
  return path.map((piece) => (typeof piece === 'string' ? piece : `{${piece.parameter}}`)).join('')
}

function handleOf({ route, values }: Routed): string {
  return values[route.async?.poll?.handleParameter ?? ''] ?? ''
}

function withoutBody(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-type'))
}

