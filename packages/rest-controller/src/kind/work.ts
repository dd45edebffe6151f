import { nextCheck, systemClock, type Outcome, type Taken } from '@oasgen/controller'
import type { ResourceWrite } from '@oasgen/engine'
import { annotationsOf, finalizersOf, isDeleting, keyOf, namespaceOf, resourceVersionOf, type KubeObject } from '@oasgen/kube'
import { ANNOTATION, FINALIZER, retryAfter, type Exchange, type HttpRequest } from '@oasgen/wire'
import { readEnvironment, type Environment } from '../environment/environment.js'
import type { Secrets } from '../environment/secrets.js'
import { reconcile, type Reconciled, type ReconcileEdge } from '../reconcile.js'
import { configuredRequest, createSendContexts } from '../sending/configured-request.js'
import type { Answered, SharedObservation } from '../sending/shared-observation.js'
import type { ExchangeRing } from '../telling/exchange-ring.js'
import type { SuccessTimes } from '../telling/resource-metrics.js'
import { tellExchange } from '../telling/tell-exchange.js'
import { withTlsCondition } from '../telling/tls-condition.js'
import type { Exports } from '../writing/exports.js'
import type { WriteResult } from '../writing/persist.js'
import { createWriter } from '../writing/writes.js'
import { guardedBy, guardedStatus } from './guard.js'
import type { Holds } from './holds.js'
import type { KindSettings, KindToServe, ProcessParts } from './options.js'
import type { PlanRun } from './plan-run.js'

/** What one worker does with one key, under one Plan. */
export interface Work {
  handle(item: Taken, resource: KubeObject, signals: Signals): Promise<Outcome>
}

export interface Signals {
  /** Cuts requests off: the key is no longer ours, or the process ends. */
  readonly sending: AbortSignal
  /** The process is about to be killed: even facts are given up. */
  readonly ending: AbortSignal
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
}

/** How soon to look again at a resource that waits for others; their change wakes it sooner. */
const GUARD_RECHECK_MS = 30_000

export function createWork(options: WorkOptions): Work {
  const { parts, kind, run, settings } = options
  const writer = createWriter({ kube: parts.kube, type: kind.type, recorder: parts.recorder, exports: options.exports, logger: parts.logger })
  const contexts = createSendContexts()
  const write = async (current: KubeObject, wanted: ResourceWrite, { ending }: Signals): Promise<WriteResult> => {
    const blocked = wanted.finalizers?.add === undefined ? undefined : await options.holds.ensure(current)
    if (blocked !== undefined) {
      parts.logger.warn('a resource has to wait', { resource: keyOf(current), code: blocked.code, problem: blocked.message })
      return { type: 'blocked', finding: blocked }
    }
    const result = await writer.write(current, wanted, ending)
    if (result.type === 'written') options.remember(result.resource)
    return result
  }
  const send = async (environment: Environment, request: HttpRequest, { deleting, signals }: { readonly deleting: boolean; readonly signals: Signals }): Promise<Answered> => {
    const at = Date.now()
    const secrets = options.secrets.reader(deleting ? 'held' : 'current')
    const context = contexts(environment.configured, { secrets, hmacKey: environment.hmacKey, signal: signals.sending })
    const { tookMs, sealed, ...result } = await parts.transport.send(configuredRequest(environment.configured, request), context)
    return { at, result, tookMs, ...(sealed && { sealed }) }
  }
  const edgeFor = (item: Taken, { resource, environment, signals }: Started): ReconcileEdge => {
    const { key } = item
    const scope = environment.configured.key
    const deleting = isDeleting(resource)
    const verbose = annotationsOf(resource)[ANNOTATION.connectorVerbose] === 'true'
    return {
      prepared: run.running.prepared,
      subject: { ...pick(environment), settings: settings.settings, failures: item.failures },
      now: Date.now,
      write: (current, wanted) => write(current, wanted, signals),
      send: async (request) => {
        const isWrite = request.method !== 'GET'
        if (isWrite) options.observation.mutated(scope, key)
        const answered = await send(environment, request, { deleting, signals })
        if (isWrite) options.observation.mutated(scope, key)
        return answered
      },
      mayStart: () => !signals.sending.aborted && options.mayStart(key),
      exchanged: (exchange) => {
        tellExchange({ kind: run.running.plan.resource.kind, exchanges: options.exchanges, metrics: parts.reported, logger: parts.logger, print: parts.print, bodies: settings.bodies }, { key, exchange, verbose })
        // Nobody changed anything here, and yet something had to be put right there.
        if (item.priority === 'periodic' && exchange.purpose.action === 'update') parts.reported.drifted(run.running.plan.resource.kind, namespaceOf(resource))
        const pauseMs = pauseFor(exchange)
        if (pauseMs !== undefined) options.pause(scope, pauseMs)
      },
      observer: (use) => options.observation.begin({ scope, key, use: use === 'act' ? { type: 'act' } : { type: 'confirm', intervalMs: intervalMs(options) } }),
    }
  }
  return {
    handle: async (item, resource, signals) => {
      const guards = guardedBy(resource)
      if (guards.length > 0) return waitForOthers(guards, resource, (current, wanted) => write(current, wanted, signals))
      const started = systemClock.now()
      const environment = await readEnvironment({ ...run, secrets: options.secrets, key: kind.key, crossNamespace: settings.settings.crossNamespace }, resource)
      const current = await withTruthAboutTls(resource, environment, (object, wanted) => write(object, wanted, signals))
      const checked = await options.exports.checked(current)
      const done = await reconcile(edgeFor(item, { resource: checked, environment, signals }), checked, item.priority === 'periodic' ? 'periodic' : 'news')
      tell(options, item, done, systemClock.now() - started)
      return inPhase(item.key, done)
    },
  }
}

interface Started {
  readonly resource: KubeObject
  readonly environment: Environment
  readonly signals: Signals
}

function pick({ configuration, references, secrets }: Environment): Pick<Environment, 'configuration' | 'references' | 'secrets'> {
  return { ...(configuration && { configuration }), references, secrets }
}

function intervalMs({ run, settings }: WorkOptions): number {
  return (run.running.plan.policy.intervalSeconds ?? settings.settings.resyncSeconds) * 1000
}

type Write = (current: KubeObject, wanted: ResourceWrite) => Promise<WriteResult>

/** Nothing is deleted outside while others still need it for their own deletion. */
async function waitForOthers(guards: readonly string[], resource: KubeObject, write: Write): Promise<Outcome> {
  const status = guardedStatus(resource, guards, Date.now())
  await write(resource, { why: 'outcome', resourceVersion: resourceVersionOf(resource), status })
  return { type: 'recheck', afterMs: GUARD_RECHECK_MS, priority: 'deletion' }
}

/** Everybody who looks at the resource sees that its requests can be read by anybody in between. */
async function withTruthAboutTls(resource: KubeObject, { configured }: Environment, write: Write): Promise<KubeObject> {
  const status = withTlsCondition(resource, { insecure: configured.tls?.insecureSkipVerify === true, now: Date.now() })
  if (status === undefined || !finalizersOf(resource).includes(FINALIZER.resource)) return resource
  const result = await write(resource, { why: 'outcome', resourceVersion: resourceVersionOf(resource), status })
  return result.type === 'written' ? result.resource : resource
}

/** The other side asked for a pause: nobody of this Configuration need find that out again. */
function pauseFor({ result, at, tookMs }: Exchange): number | undefined {
  if (result.type === 'failure') return result.failure.reason === 'throttled' ? result.failure.retryAfterMs : undefined
  const { status, headers } = result.response
  return status === 429 || (status === 503 && headers['retry-after'] !== undefined) ? retryAfter(headers, at + tookMs) : undefined
}

function tell({ parts, run, successes }: WorkOptions, item: Taken, done: Reconciled, tookMs: number): void {
  const { result, decision } = done
  parts.reported.reconciled({ kind: run.running.plan.resource.kind, namespace: namespaceOf(done.resource), result, tookMs })
  if (result === 'done') successes.succeeded(item.key)
  if (!parts.logger.isOn('debug')) return
  const finding = decision?.type === 'stop' || decision?.type === 'wait' ? decision.finding : undefined
  parts.logger.debug('reconciled', { resource: item.key, result, ...(finding !== undefined && { code: finding.code, problem: finding.message }) })
}

/** Each resource has its own moment in the interval, the same in every process. */
function inPhase(key: string, { decision, outcome }: Reconciled): Outcome {
  if (decision?.type !== 'done' || outcome.type !== 'recheck') return outcome
  const now = Date.now()
  return { ...outcome, afterMs: nextCheck({ key, intervalMs: outcome.afterMs, now }) - now }
}

