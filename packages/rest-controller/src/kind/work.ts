import { nextCheck, systemClock, type Outcome, type Taken } from '@oasgen/controller'
import type { ResourceWrite } from '@oasgen/engine'
import { annotationsOf, finalizersOf, isDeleting, keyOf, namespaceOf, resourceVersionOf, type KubeObject } from '@oasgen/kube'
import { ANNOTATION, FINALIZER } from '@oasgen/wire'
import { readEnvironment, waitForEnvironment, type Environment, type EnvironmentSources } from '../environment/environment.js'
import type { Secrets } from '../environment/secrets.js'
import { reconcile, type Reconciled } from '../reconcile.js'
import { createSendContexts } from '../sending/configured-request.js'
import type { SharedObservation } from '../sending/shared-observation.js'
import type { ExchangeRing } from '../telling/exchange-ring.js'
import type { SuccessTimes } from '../telling/resource-metrics.js'
import { withTlsCondition } from '../telling/tls-condition.js'
import type { Exports } from '../writing/exports.js'
import type { WriteResult } from '../writing/persist.js'
import { createWriter } from '../writing/writes.js'
import { createEdge, type EdgeParts, type Signals } from './edge.js'
import { guardedBy, guardedStatus } from './guard.js'
import type { Holds } from './holds.js'
import type { KindSettings, KindToServe, ProcessParts } from './options.js'
import type { PlanRun } from './plan-run.js'

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
}

/** How soon to look again at a resource that waits for others; their change wakes it sooner. */
const GUARD_RECHECK_MS = 30_000

export function createWork(options: WorkOptions): Work {
  const { kind, run, settings, secrets } = options
  const sources: EnvironmentSources = { ...run, secrets, key: kind.key, crossNamespace: settings.settings.crossNamespace }
  const shared: EdgeParts = { ...options, contexts: createSendContexts(), write: writeFor(options), intervalMs: (run.running.plan.policy.intervalSeconds ?? settings.settings.resyncSeconds) * 1000 }
  return {
    handle: async (item, resource, signals) => {
      const guards = guardedBy(resource)
      if (guards.length > 0) return waitForOthers(guards, resource, (current, wanted) => shared.write(current, wanted, signals))
      const started = systemClock.now()
      // Waiting is the exception: what watches keep is usually there.
      const waiting = waitForEnvironment(sources, resource)
      if (waiting !== undefined) await waiting
      const environment = readEnvironment(sources, resource)
      const tls = tlsWrite(resource, environment)
      const current = tls === undefined ? resource : await written(resource, shared.write(resource, tls, signals))
      const checked = options.exports.has(current) ? await options.exports.checked(current) : current
      const edge = createEdge(shared, { item, resource: checked, environment, signals, verbose: annotationsOf(resource)[ANNOTATION.connectorVerbose] === 'true', deleting: isDeleting(resource) })
      const done = await reconcile(edge, checked, item.priority === 'periodic' ? 'periodic' : 'news')
      edge.end(done.result === 'done' ? 'quiet' : 'news')
      tell(options, item, { done, tookMs: systemClock.now() - started })
      return inPhase(item.key, done)
    },
  }
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

function tell({ parts, run, successes }: WorkOptions, item: Taken, { done, tookMs }: { readonly done: Reconciled; readonly tookMs: number }): void {
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
  return { type: 'recheck', afterMs: nextCheck({ key, intervalMs: outcome.afterMs, now }) - now, priority: 'periodic' }
}
