import { systemClock, type Span, type Taken } from '@oasgen/controller'
import type { PreparedPlan, ResourceWrite, Subject, WriteRecord } from '@oasgen/engine'
import { namespaceOf, type KubeObject } from '@oasgen/kube'
import type { SecretReader, SendContext, Sent } from '@oasgen/transport'
import { retryAfter, type Exchange, type HttpRequest, type Purpose } from '@oasgen/wire'
import type { Environment } from '../environment/environment.js'
import type { Secrets } from '../environment/secrets.js'
import type { ReconcileEdge } from '../reconcile.js'
import { configuredRequest, type createSendContexts } from '../sending/configured-request.js'
import type { Answered, Observer, SharedObservation } from '../sending/shared-observation.js'
import type { ExchangeRing } from '../telling/exchange-ring.js'
import { endExchangeSpan, startExchangeSpan } from '../telling/exchange-span.js'
import { isRead, tellExchange, type ExchangeAudience } from '../telling/tell-exchange.js'
import type { WriteResult } from '../writing/persist.js'
import type { KindSettings, ProcessParts } from './options.js'
import type { PlanRun } from './plan-run.js'
import type { RepeatableLook, RepeatedLooks } from './repeated-look.js'

export interface Signals {
  /** Cuts requests off: the key is no longer ours, or the process ends. */
  readonly sending: AbortSignal
  /** The process is about to be killed: even facts are given up. */
  readonly ending: AbortSignal
}

/** What all reconciles under one Plan share. */
export interface EdgeParts {
  readonly parts: ProcessParts
  readonly settings: KindSettings
  readonly run: PlanRun
  readonly secrets: Secrets
  readonly observation: SharedObservation
  readonly exchanges: ExchangeRing
  readonly contexts: ReturnType<typeof createSendContexts>
  readonly intervalMs: number
  readonly write: (current: KubeObject, wanted: ResourceWrite, signals: Signals) => Promise<WriteResult>
  readonly pause: (budget: string, ms: number) => void
  readonly mayStart: (key: string) => boolean
  /** Absent: nothing of this Plan can be taken as said before. */
  readonly looks?: RepeatedLooks
}

export interface EdgeFacts {
  readonly item: Taken
  readonly resource: KubeObject
  readonly environment: Environment
  readonly signals: Signals
  /** `krateo.io/connector-verbose` is on it. */
  readonly verbose: boolean
  readonly deleting: boolean
  /** Of the reconcile, where it is traced. */
  readonly span?: Span | undefined
}

/** The edge of one reconcile; `end` when it is over. */
export interface Edge extends ReconcileEdge {
  /** Sends what the last reconcile began with. True: the answer is the same. Otherwise it is the first exchange of this reconcile. */
  repeat(look: RepeatableLook): Promise<boolean>
  /** What a later reconcile may begin with, when this one consisted of one look. */
  looked(): Pick<RepeatableLook, 'request' | 'purpose' | 'digest'> | undefined
  end(result: 'quiet' | 'news'): void
}

export function createEdge(parts: EdgeParts, facts: EdgeFacts): Edge {
  return new KindEdge(parts, facts)
}

/** A class, because one is made per reconcile: its methods cost nothing to make. */
class KindEdge implements Edge {
  readonly #parts: EdgeParts
  readonly #facts: EdgeFacts
  readonly #scope: string
  /** Exchanges that are not in the ring yet. */
  #told: Exchange[] = []
  #context: SendContext | undefined
  #sent = 0
  /** The last look whose answer can be known again. */
  #look: Pick<RepeatableLook, 'request' | 'purpose' | 'digest'> | undefined
  /** Answered by `repeat`, and not asked for yet. */
  #ahead: Ahead | undefined

  constructor(parts: EdgeParts, facts: EdgeFacts) {
    this.#parts = parts
    this.#facts = facts
    this.#scope = facts.environment.configured.key
  }

  get prepared(): PreparedPlan {
    return this.#parts.run.running.prepared
  }

  now(): number {
    return Date.now()
  }

  /** Written out: copying objects of many shapes is what a steady reconcile would spend most of its time with. */
  subject(resource: KubeObject, written: readonly WriteRecord[]): Subject {
    const { environment: { configuration, references, secrets }, item: { failures } } = this.#facts
    const { settings } = this.#parts.settings
    if (configuration === undefined) return { resource, references, secrets, settings, written, failures }
    return { resource, configuration, references, secrets, settings, written, failures }
  }

  write(current: KubeObject, wanted: ResourceWrite): Promise<WriteResult> {
    return this.#parts.write(current, wanted, this.#facts.signals)
  }

  mayStart(): boolean {
    return !this.#facts.signals.sending.aborted && this.#parts.mayStart(this.#facts.item.key)
  }

  observer(use: 'confirm' | 'act'): Observer {
    return this.#parts.observation.begin({ scope: this.#scope, key: this.#facts.item.key, use: use === 'act' ? ACT : { type: 'confirm', intervalMs: this.#parts.intervalMs } })
  }

  async repeat({ request, purpose, digest }: RepeatableLook): Promise<boolean> {
    const asked = this.#ask(request, purpose)
    const sent = await this.#parts.parts.transport.look(request, this.#sendContext(), digest)
    if (sent.type === 'same') {
      this.#tellSame(asked, sent)
      return true
    }
    this.#look = noted(request, purpose, sent)
    this.#ahead = { url: request.url, answered: this.#answered(asked, sent) }
    return false
  }

  looked(): Pick<RepeatableLook, 'request' | 'purpose' | 'digest'> | undefined {
    return this.#sent === 1 ? this.#look : undefined
  }

  async exchange(request: HttpRequest, purpose: Purpose): Promise<Answered> {
    const ahead = this.#ahead
    this.#ahead = undefined
    this.#sent += 1
    if (ahead !== undefined && this.#sent === 1 && request.method === 'GET' && request.url === ahead.url) return ahead.answered
    return request.method === 'GET' ? this.#read(request, purpose) : this.#change(request, purpose)
  }

  async #read(request: HttpRequest, purpose: Purpose): Promise<Answered> {
    const { parts: { transport }, looks } = this.#parts
    const asked = this.#ask(request, purpose)
    const configured = configuredRequest(this.#facts.environment.configured, request)
    if (looks === undefined || purpose.action !== 'get' || this.#sent > 1) return this.#answered(asked, await transport.send(configured, this.#sendContext()))
    const sent = await transport.look(configured, this.#sendContext())
    if (sent.type === 'same') throw new Error('an answer was known that nobody had seen')
    this.#look = noted(configured, purpose, sent)
    return this.#answered(asked, sent)
  }

  async #change(request: HttpRequest, purpose: Purpose): Promise<Answered> {
    const { parts: { transport }, observation } = this.#parts
    const { environment, item } = this.#facts
    observation.mutated(this.#scope, item.key)
    const asked = this.#ask(request, purpose)
    const sent = await transport.send(configuredRequest(environment.configured, request), this.#sendContext())
    observation.mutated(this.#scope, item.key)
    return this.#answered(asked, sent)
  }

  #ask(request: HttpRequest, purpose: Purpose): Asked {
    const { parts: { tracer } } = this.#parts
    const { span } = this.#facts
    const own = tracer === undefined || span === undefined ? undefined : startExchangeSpan(tracer, span, request, purpose)
    return { request, purpose, at: Date.now(), span: own }
  }

  #answered({ request, purpose, at, span }: Asked, sent: Sent): Answered {
    const { tookMs, sealed } = sent
    const result: Exchange['result'] = sent.type === 'response' ? { type: 'response', response: sent.response } : { type: 'failure', failure: sent.failure }
    if (span !== undefined) endExchangeSpan(span, result)
    this.#tell({ purpose, request, at, tookMs, result })
    return sealed === undefined ? { at, tookMs, result } : { at, tookMs, result, sealed }
  }

  #tellSame({ request, purpose, at, span }: Asked, { status, tookMs }: { readonly status: number; readonly tookMs: number }): void {
    const { item: { key } } = this.#facts
    if (span !== undefined) endExchangeSpan(span, { type: 'same', status })
    const result: Exchange['result'] = { type: 'response', response: { status, headers: {}, body: { type: 'empty' } } }
    tellExchange(this.#audience(), { key, exchange: { purpose, request, at, tookMs, result }, verbose: false })
    this.#parts.exchanges.touch(key, { at, tookMs }, systemClock.now())
  }

  end(result: 'quiet' | 'news'): void {
    if (this.#told.length === 0) return
    this.#parts.exchanges.add(this.#facts.item.key, this.#told, result, systemClock.now())
    this.#told = []
  }

  #sendContext(): SendContext {
    const { environment, signals, deleting } = this.#facts
    this.#context ??= this.#parts.contexts(environment.configured, { secrets: this.#reader(deleting), hmacKey: environment.hmacKey, signal: signals.sending })
    return this.#context
  }

  #reader(deleting: boolean): SecretReader {
    return this.#parts.secrets.reader(deleting ? 'held' : 'current')
  }

  #audience(): ExchangeAudience {
    const { parts: { reported, logger, print }, settings, run } = this.#parts
    return { kind: run.running.plan.resource.kind, metrics: reported, logger, print, bodies: settings.bodies }
  }

  #tell(exchange: Exchange): void {
    const { parts, run, pause } = this.#parts
    const { item, resource, verbose } = this.#facts
    const { kind } = run.running.plan.resource
    tellExchange(this.#audience(), { key: item.key, exchange, verbose, traceId: this.#facts.span?.traceId })
    this.#told.push(exchange)
    if (!isRead(exchange)) this.end('news')
    // Nobody changed anything here, and yet something had to be put right there.
    if (item.priority === 'periodic' && exchange.purpose.action === 'update') parts.reported.drifted(kind, namespaceOf(resource))
    const pauseMs = pauseFor(exchange)
    if (pauseMs !== undefined) pause(this.#scope, pauseMs)
  }
}

const ACT = { type: 'act' } as const

/** A request that is on its way. */
type Asked = Pick<Exchange, 'request' | 'purpose' | 'at'> & { readonly span: Span | undefined }

function noted(request: HttpRequest, purpose: Purpose, { digest }: { readonly digest?: string }): Pick<RepeatableLook, 'request' | 'purpose' | 'digest'> | undefined {
  return digest === undefined ? undefined : { request, purpose, digest }
}

interface Ahead {
  readonly url: HttpRequest['url']
  readonly answered: Answered
}

/** The other side asked for a pause: nobody of this Configuration need find that out again. */
function pauseFor({ result, at, tookMs }: Exchange): number | undefined {
  if (result.type === 'failure') return result.failure.reason === 'throttled' ? result.failure.retryAfterMs : undefined
  const { status, headers } = result.response
  return status === 429 || (status === 503 && headers['retry-after'] !== undefined) ? retryAfter(headers, at + tookMs) : undefined
}
