import { nextCheck, systemClock, type Outcome, type Span, type Taken } from '@oasgen/controller'
import type { ResourceWrite } from '@oasgen/engine'
import { annotationsOf, finalizersOf, isDeleting, keyOf, namespaceOf, resourceVersionOf, type KubeObject } from '@oasgen/kube'
import { ANNOTATION, FINALIZER } from '@oasgen/wire'
import { readEnvironment, waitForEnvironment, type Environment, type EnvironmentSources } from '../environment/environment.js'
import type { Secrets } from '../environment/secrets.js'
import { reconcile, type Reconciled } from '../reconcile.js'
import { createSendContexts } from '../sending/configured-request.js'
import type { SharedObservation } from '../sending/shared-observation.js'
import type { ExchangeRing } from '../telling/exchange-ring.js'
import { foreignThings, type ForeignLog } from '../telling/foreign-things.js'
import type { SuccessTimes } from '../telling/resource-metrics.js'
import { withTlsCondition } from '../telling/tls-condition.js'
import type { Exports } from '../writing/exports.js'
import type { WriteResult } from '../writing/persist.js'
import { createWriter } from '../writing/writes.js'
import { createEdge, type Edge, type EdgeParts, type Signals } from './edge.js'
import { guardedBy, guardedStatus } from './guard.js'
import type { Holds } from './holds.js'
import type { KindSettings, KindToServe, ProcessParts } from './options.js'
import type { PlanRun } from './plan-run.js'
import { isLasting, isRepeatable, type RepeatableLook, type RepeatedLooks } from './repeated-look.js'
import { inSlot } from './slots.js'

/** What one worker does with one key, under one Plan. */
export interface Work {
  handle(item: Taken, resource: KubeObject, signals: Signals): Promise<Outcome>
}

export interface WorkOptions {
  readonly parts: ProcessParts
  readonly kind: KindToServe
  readonly settings: KindSettings
  readonly run: PlanRun
  readonly holds: Holds
  readonly secrets: Secrets
  readonly exports: Exports
  readonly observation: SharedObservation
  readonly exchanges: ExchangeRing
  readonly successes: SuccessTimes
  readonly pause: (budget: string, ms: number) => void
  readonly remember: (object: KubeObject) => void
  readonly mayStart: (key: string) => boolean
  readonly looks: RepeatedLooks
  readonly foreign: ForeignLog
}

/** How soon to look again at a resource that waits for others; their change wakes it sooner. */
const GUARD_RECHECK_MS = 30_000

export function createWork(options: WorkOptions): Work {
  // What was concluded under another Plan is void.
  options.looks.clear()
  return new PlannedWork(options)
}

class PlannedWork implements Work {
  readonly #options: WorkOptions
  readonly #sources: EnvironmentSources
  readonly #shared: EdgeParts
  readonly #looks: RepeatedLooks | undefined

  constructor(options: WorkOptions) {
    const { kind, run, settings, secrets, looks, ...rest } = options
    const { plan } = run.running
    this.#options = options
    this.#looks = isRepeatable(plan) ? looks : undefined
    this.#sources = { ...run, secrets, key: kind.key, crossNamespace: settings.settings.crossNamespace }
    this.#shared = {
      ...rest, run, settings, secrets, contexts: createSendContexts(), write: writeFor(options), intervalMs: (plan.policy.intervalSeconds ?? settings.settings.resyncSeconds) * 1000,
      ...(this.#looks && { looks: this.#looks }),
    }
  }

  async handle(item: Taken, resource: KubeObject, signals: Signals): Promise<Outcome> {
    const guards = guardedBy(resource)
    if (guards.length > 0) return waitForOthers(guards, resource, (current, wanted) => this.#shared.write(current, wanted, signals))
    const started = systemClock.now()
    // Waiting is the exception: what watches keep is usually there.
    const waiting = waitForEnvironment(this.#sources, resource)
    if (waiting !== undefined) await waiting
    const environment = readEnvironment(this.#sources, resource)
    const job: Job = { item, resource, environment, signals, started, span: this.#span(item) }
    const look = item.priority === 'periodic' && item.failures === 0 ? this.#looks?.find(item.key, resource, environment) : undefined
    return look === undefined ? this.#reconcile(job) : this.#repeat(job, look)
  }

  /** All is as it was when it was last looked at: only the answer of the API can be another one. */
  async #repeat(job: Job, look: RepeatableLook): Promise<Outcome> {
    const { item: { key }, resource } = job
    const edge = this.#edge(job, resource)
    if (edge.mayStart() && (await edge.repeat(look))) {
      this.#tell(job, { outcome: look.outcome, result: 'done', resource })
      return inPhase(key, look.outcome)
    }
    return this.#end(job, edge, await reconcile(edge, resource, 'periodic'))
  }

  async #reconcile(job: Job): Promise<Outcome> {
    const { resource, environment, signals, item } = job
    this.#tellForeign(resource, environment)
    const tls = tlsWrite(resource, environment)
    const current = tls === undefined ? resource : await written(resource, this.#shared.write(resource, tls, signals))
    const { exports } = this.#options
    const checked = exports.has(current) ? await exports.checked(current) : current
    const edge = this.#edge(job, checked)
    return this.#end(job, edge, await reconcile(edge, checked, item.priority === 'periodic' ? 'periodic' : 'news'))
  }

  #tellForeign(resource: KubeObject, { configured: { secrets } }: Environment): void {
    const { settings: { settings: { crossNamespace } }, run, foreign } = this.#options
    if (crossNamespace === 'warn') foreign.tell(resource, foreignThings(resource, { references: run.references.of(resource), secrets }))
  }

  #span({ key, priority }: Taken): Span | undefined {
    const { parts: { tracer }, run } = this.#options
    return tracer?.start(`reconcile ${run.running.plan.resource.kind}`, { attributes: { 'oasgen.resource': key, 'oasgen.priority': priority } })
  }

  #edge({ item, environment, signals, span }: Job, resource: KubeObject): Edge {
    const verbose = annotationsOf(resource)[ANNOTATION.connectorVerbose] === 'true'
    return createEdge(this.#shared, { item, resource, environment, signals, span, verbose, deleting: isDeleting(resource) })
  }

  #end(job: Job, edge: Edge, done: Reconciled): Outcome {
    edge.end(done.result === 'done' ? 'quiet' : 'news')
    this.#remember(job, edge, done)
    this.#tell(job, done)
    return done.result === 'done' ? inPhase(job.item.key, done.outcome) : done.outcome
  }

  /** One look, nothing written, and all is well: the next reconcile may begin with it. */
  #remember({ item: { key }, resource, environment }: Job, edge: Edge, { outcome, result, resource: left }: Reconciled): void {
    const looked = result === 'done' && left === resource ? edge.looked() : undefined
    if (looked === undefined || outcome.type !== 'recheck' || !isLasting(resource)) return this.#looks?.forget(key)
    const { configuration, configured, hmacKey } = environment
    this.#looks?.note(key, { resource, environment: { configured, hmacKey, ...(configuration && { configuration }) }, ...looked, outcome })
  }

  #tell({ item, started, span }: Job, { result, decision, resource }: Reconciled): void {
    const { parts, run, successes } = this.#options
    const finding = decision?.type === 'stop' || decision?.type === 'wait' ? decision.finding : undefined
    span?.set({ 'oasgen.result': result })
    if (finding !== undefined) span?.fail(`${finding.code} ${finding.message}`)
    span?.end()
    parts.reported.reconciled({ kind: run.running.plan.resource.kind, namespace: namespaceOf(resource), result, tookMs: systemClock.now() - started })
    if (result === 'done') successes.succeeded(item.key)
    if (!parts.logger.isOn('debug')) return
    parts.logger.debug('reconciled', { resource: item.key, result, ...(span !== undefined && { traceId: span.traceId }), ...(finding !== undefined && { code: finding.code, problem: finding.message }) })
  }
}

interface Job {
  readonly item: Taken
  readonly resource: KubeObject
  readonly environment: Environment
  readonly signals: Signals
  /** Monotonic milliseconds. */
  readonly started: number
  readonly span: Span | undefined
}

/** What the resource will need for its deletion is held before the resource itself is. */
function writeFor({ parts, kind, exports, holds, remember }: WorkOptions): EdgeParts['write'] {
  const writer = createWriter({ kube: parts.kube, type: kind.type, recorder: parts.recorder, exports, logger: parts.logger })
  return async (current, wanted, { ending }) => {
    const blocked = wanted.finalizers?.add === undefined ? undefined : await holds.ensure(current)
    if (blocked !== undefined) {
      parts.logger.warn('a resource has to wait', { resource: keyOf(current), code: blocked.code, problem: blocked.message })
      return { type: 'blocked', finding: blocked }
    }
    const result = await writer.write(current, wanted, ending)
    if (result.type === 'written') remember(result.resource)
    return result
  }
}

/** Nothing is deleted outside while others still need it for their own deletion. */
async function waitForOthers(guards: readonly string[], resource: KubeObject, write: (current: KubeObject, wanted: ResourceWrite) => Promise<WriteResult>): Promise<Outcome> {
  const status = guardedStatus(resource, guards, Date.now())
  await write(resource, { why: 'outcome', resourceVersion: resourceVersionOf(resource), status })
  return { type: 'recheck', afterMs: GUARD_RECHECK_MS, priority: 'deletion' }
}

/** Everybody who looks at the resource sees that its requests can be read by anybody in between. */
function tlsWrite(resource: KubeObject, { configured }: Environment): ResourceWrite | undefined {
  const status = withTlsCondition(resource, { insecure: configured.tls?.insecureSkipVerify === true, now: Date.now })
  if (status === undefined || !finalizersOf(resource).includes(FINALIZER.resource)) return undefined
  return { why: 'outcome', resourceVersion: resourceVersionOf(resource), status }
}

async function written(resource: KubeObject, writing: Promise<WriteResult>): Promise<KubeObject> {
  const result = await writing
  return result.type === 'written' ? result.resource : resource
}

/** Each resource has its own moment in the interval, the same in every process. */
function inPhase(key: string, outcome: Outcome): Outcome {
  if (outcome.type !== 'recheck') return outcome
  const now = Date.now()
  const at = nextCheck({ key, intervalMs: outcome.afterMs, now })
  return { type: 'recheck', afterMs: inSlot(at, outcome.afterMs) - now, priority: 'periodic' }
}
