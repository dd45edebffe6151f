import { writeJson, type JsonValue } from '@oasgen/json'
import type { Exchange, HttpRequest, HttpResponse, Purpose } from '@oasgen/wire'

/** What a send gives, and when it was begun. */
export type Answered = Pick<Exchange, 'at' | 'tookMs' | 'result' | 'sealed'>

/**
 * One walk of a list feeds all resources of the collection: identical GETs are answered from pages that were read already, as
 * far as they may be. The engine does not know. Resources must hold to two rules, which the users of this module keep: what was
 * read before this reconcile may only confirm that all is well, and nobody is answered from before its own last write.
 */
export interface SharedObservation {
  begin(facts: Beginning): Observer
  /** A request that changes something was sent for this resource, or has just been answered. */
  mutated(scope: string, key: string): void
  forget(key: string): void
}

export interface Beginning {
  /** Requests of different scopes are never identical: other credentials see other things. */
  readonly scope: string
  readonly key: string
  /**
   * How old a walk may be. `confirm`: as old as the resource's interval, for looking whether all is still well. `act`: only what
   * was begun a moment ago and after every write of this process to the collection, so that a decision to write can rest on it.
   */
  readonly use: { readonly type: 'confirm'; readonly intervalMs: number } | { readonly type: 'act' }
}

/** The reads of one reconcile. */
export interface Observer {
  send(request: HttpRequest, purpose: Purpose, perform: (request: HttpRequest) => Promise<Answered>): Promise<Answered>
  /** Whether anything was answered that had been read before. */
  usedOlder(): boolean
}

export interface SharedObservationOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Walks kept at once. Default 32. */
  readonly walks?: number
}

/** Long enough for a burst of resources to share their look-ups, short against the time in which others change things. */
const ACT_MS = 1_000

interface Walk {
  readonly startedAt: number
  readonly pages: Map<string, Promise<Answered>>
  /** Where entity tags of the walk before this one are found. */
  readonly before: ReadonlyMap<string, Answered>
  readonly settled: Map<string, Answered>
  /** The first page is here. */
  isRead: boolean
}

export function createSharedObservation(options: SharedObservationOptions): SharedObservation {
  return new Observation(options)
}

class Observation implements SharedObservation {
  readonly #now: () => number
  readonly #limit: number
  readonly #walks = new Map<string, Walk>()
  readonly #mutatedScope = new Map<string, number>()
  readonly #mutatedKey = new Map<string, number>()
  /** Start of the walk by which a key was last observed: what is shown to it never goes back in time. */
  readonly #observed = new Map<string, number>()

  constructor({ now, walks = 32 }: SharedObservationOptions) {
    this.#now = now
    this.#limit = walks
  }

  begin(beginning: Beginning): Observer {
    return new Reading(this, beginning, this.#now())
  }

  async read(beginning: Beginning, reading: Reading, { name, request, isPage, perform }: Reader): Promise<Answered> {
    if (!isPage || reading.walk === undefined) reading.walk = await this.#walkFor(name, beginning, reading.started)
    const { walk } = reading
    if (walk.startedAt < reading.started) reading.older = true
    this.#observed.set(beginning.key, Math.max(this.#observed.get(beginning.key) ?? 0, walk.startedAt))
    return this.#page({ walk, first: name, page: pageName(request) }, request, perform)
  }

  mutated(scope: string, key: string): void {
    const now = this.#now()
    this.#mutatedScope.set(scope, now)
    this.#mutatedKey.set(key, now)
  }

  forget(key: string): void {
    this.#mutatedKey.delete(key)
    this.#observed.delete(key)
  }

  /** A walk that began at the very moment of a write may have missed it. */
  #isUsable(walk: Walk, { scope, key, use }: Beginning, started: number): boolean {
    const age = this.#now() - walk.startedAt
    const own = this.#mutatedKey.get(key) ?? NEVER
    if (use.type === 'confirm') return age < use.intervalMs && walk.startedAt > own && walk.startedAt >= (this.#observed.get(key) ?? NEVER)
    // Looking for what was just written; before that, everything that anybody wrote has to be in it.
    return age <= ACT_MS && walk.startedAt > (own >= started ? own : this.#mutatedScope.get(scope) ?? NEVER)
  }

  /** While a walk is under way that cannot serve, the next one is not begun: all who wait then share it. */
  async #walkFor(name: string, beginning: Beginning, started: number): Promise<Walk> {
    for (;;) {
      const known = this.#walks.get(name)
      if (known !== undefined && this.#isUsable(known, beginning, started)) return this.#keep(name, known)
      if (known === undefined || known.isRead) return this.#keep(name, { startedAt: this.#now(), pages: new Map(), before: known?.settled ?? new Map(), settled: new Map(), isRead: false })
      await Promise.allSettled(known.pages.values())
    }
  }

  #keep(name: string, walk: Walk): Walk {
    this.#walks.delete(name)
    // Re-inserted, so that the one that nobody asked for longest is the first to go.
    this.#walks.set(name, walk)
    const oldest = this.#walks.size > this.#limit ? this.#walks.keys().next().value : undefined
    if (oldest !== undefined) this.#walks.delete(oldest)
    return walk
  }

  async #page({ walk, first, page }: PagePlace, request: HttpRequest, perform: Perform): Promise<Answered> {
    const known = walk.pages.get(page)
    if (known !== undefined) {
      const shared = await known
      // Whoever asked was cut off; that says nothing about us.
      return isCutOff(shared) ? perform(request) : shared
    }
    const asked = conditional(request, walk.before.get(page), perform).finally(() => { walk.isRead = true })
    walk.pages.set(page, asked)
    const answered = await asked
    if (isWorthSharing(answered)) walk.settled.set(page, answered)
    else if (this.#walks.get(first) === walk) this.#walks.delete(first)
    return answered
  }
}

type Perform = (request: HttpRequest) => Promise<Answered>

interface Reader {
  readonly name: string
  readonly request: HttpRequest
  readonly isPage: boolean
  readonly perform: Perform
}

/** The reads of one reconcile. */
class Reading implements Observer {
  readonly started: number
  readonly #shared: Observation
  readonly #beginning: Beginning
  walk: Walk | undefined
  older = false

  constructor(shared: Observation, beginning: Beginning, started: number) {
    this.#shared = shared
    this.#beginning = beginning
    this.started = started
  }

  send(request: HttpRequest, purpose: Purpose, perform: Perform): Promise<Answered> {
    const name = nameOf(this.#beginning.scope, request, purpose)
    return name === undefined ? perform(request) : this.#shared.read(this.#beginning, this, { name, request, isPage: purpose.call === 'page', perform })
  }

  usedOlder(): boolean {
    return this.older
  }
}

interface PagePlace {
  readonly walk: Walk
  /** Name of the walk. */
  readonly first: string
  readonly page: string
}

function isCutOff({ result }: Answered): boolean {
  return result.type === 'failure' && result.failure.reason === 'aborted'
}

const NEVER = Number.NEGATIVE_INFINITY

/** Only pages of a list are shared: what one resource alone asks for is asked for once anyway. */
function nameOf(scope: string, request: HttpRequest, { action }: Purpose): string | undefined {
  const isShareable = action === 'findby' && request.method === 'GET' && request.body === undefined && typeof request.url === 'string'
    && request.headers.every(({ value }) => typeof value === 'string')
  return isShareable ? `${scope}\n${pageName(request)}` : undefined
}

function pageName({ url, headers, auth }: HttpRequest): string {
  return writeJson([url as string, headers.map(({ name, value }) => `${name}: ${value as string}`), (auth ?? null) as unknown as JsonValue])
}

function isWorthSharing({ result }: Answered): boolean {
  return result.type === 'response' && result.response.status >= 200 && result.response.status < 300
}

/** Asks whether the page has changed since the last walk, where the server gave it a tag. */
async function conditional(request: HttpRequest, before: Answered | undefined, perform: Perform): Promise<Answered> {
  const tag = before?.result.type === 'response' ? before.result.response.headers['etag'] : undefined
  if (before === undefined || tag === undefined || request.headers.some(({ name }) => name === 'if-none-match')) return perform(request)
  const answered = await perform({ ...request, headers: [...request.headers, { name: 'if-none-match', value: tag }] })
  if (answered.result.type !== 'response' || answered.result.response.status !== 304) return answered
  return { ...answered, result: { type: 'response', response: unchanged(before, answered.result.response) } }
}

/** RFC 9110 15.4.5: the body of before with the headers of now. */
function unchanged({ result }: Answered, fresh: HttpResponse): HttpResponse {
  const before = (result as Extract<Answered['result'], { type: 'response' }>).response
  return { ...before, headers: { ...before.headers, ...fresh.headers } }
}

