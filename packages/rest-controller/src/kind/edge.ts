import { systemClock, type Taken } from '@oasgen/controller'
import type { PreparedPlan, ResourceWrite, Subject, WriteRecord } from '@oasgen/engine'
import { namespaceOf, type KubeObject } from '@oasgen/kube'
import type { SecretReader, SendContext } from '@oasgen/transport'
import { retryAfter, type Exchange, type HttpRequest, type Purpose } from '@oasgen/wire'
import type { Environment } from '../environment/environment.js'
import type { Secrets } from '../environment/secrets.js'
import type { ReconcileEdge } from '../reconcile.js'
import { configuredRequest, type createSendContexts } from '../sending/configured-request.js'
import type { Answered, Observer, SharedObservation } from '../sending/shared-observation.js'
import type { ExchangeRing } from '../telling/exchange-ring.js'
import { isRead, tellExchange } from '../telling/tell-exchange.js'
import type { WriteResult } from '../writing/persist.js'
import type { KindSettings, ProcessParts } from './options.js'
import type { PlanRun } from './plan-run.js'

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
}

export interface EdgeFacts {
  readonly item: Taken
  readonly resource: KubeObject
  readonly environment: Environment
  readonly signals: Signals
  /** `krateo.io/connector-verbose` is on it. */
  readonly verbose: boolean
  readonly deleting: boolean
}

/** The edge of one reconcile; `end` when it is over. */
export interface Edge extends ReconcileEdge {
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

  async exchange(request: HttpRequest, purpose: Purpose): Promise<Answered> {
    const { parts, observation } = this.#parts
    const { environment, item } = this.#facts
    const isWrite = request.method !== 'GET'
    if (isWrite) observation.mutated(this.#scope, item.key)
    const at = Date.now()
    const sent = await parts.transport.send(configuredRequest(environment.configured, request), this.#sendContext())
    if (isWrite) observation.mutated(this.#scope, item.key)
    const { tookMs, sealed } = sent
    const result: Exchange['result'] = sent.type === 'response' ? { type: 'response', response: sent.response } : { type: 'failure', failure: sent.failure }
    this.#tell({ purpose, request, at, tookMs, result })
    return sealed === undefined ? { at, tookMs, result } : { at, tookMs, result, sealed }
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

  #tell(exchange: Exchange): void {
    const { parts, settings, run, pause } = this.#parts
    const { item, resource, verbose } = this.#facts
    const { kind } = run.running.plan.resource
    tellExchange({ kind, metrics: parts.reported, logger: parts.logger, print: parts.print, bodies: settings.bodies }, { key: item.key, exchange, verbose })
    this.#told.push(exchange)
    if (!isRead(exchange)) this.end('news')
    // Nobody changed anything here, and yet something had to be put right there.
    if (item.priority === 'periodic' && exchange.purpose.action === 'update') parts.reported.drifted(kind, namespaceOf(resource))
    const pauseMs = pauseFor(exchange)
    if (pauseMs !== undefined) pause(this.#scope, pauseMs)
  }
}

const ACT = { type: 'act' } as const

/** The other side asked for a pause: nobody of this Configuration need find that out again. */
function pauseFor({ result, at, tookMs }: Exchange): number | undefined {
  if (result.type === 'failure') return result.failure.reason === 'throttled' ? result.failure.retryAfterMs : undefined
  const { status, headers } = result.response
  return status === 429 || (status === 503 && headers['retry-after'] !== undefined) ? retryAfter(headers, at + tookMs) : undefined
}
