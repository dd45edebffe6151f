import { createControllerMetrics, createLeaderElector, createQueue, nextCheck, runWorkers, systemClock, type ControllerMetrics, type Logger, type Metrics, type Taken } from '@oasgen/controller'
import type { Settings, Subject } from '@oasgen/engine'
import { isArray, isObject, type JsonValue } from '@oasgen/json'
import { annotationsOf, createEventRecorder, createInformer, generationOf, isDeleting, keyOf, labelsOf, metadataOf, namespaceOf, refOfKey, SECRETS, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import type { SendContext, Transport } from '@oasgen/transport'
import { ANNOTATION, exchangeLine, LABEL, type Exchange, type HttpRequest } from '@oasgen/wire'
import { authTable } from './auth-table.js'
import { dependentsOf, followConfigurations } from './configurations.js'
import { createExchangeRing, type ExchangeRing } from './exchange-ring.js'
import { followNamed, type NamedRef } from './named-objects.js'
import { followPlan, type RunningPlan } from './plan-source.js'
import { reconcile, type Reconciled } from './reconcile.js'
import { followReferences } from './references.js'
import { followSecrets } from './secrets.js'
import { sendContext } from './send-context.js'
import { configurationSecrets, fieldSecrets, readSubject } from './subject.js'
import { createWriter } from './writes.js'

export interface ControllerOptions {
  readonly kube: Kube
  readonly transport: Transport
  readonly type: ResourceType
  /** Absent = all namespaces. */
  readonly namespace?: string
  readonly plan: NamedRef
  readonly key?: NamedRef
  readonly settings: Settings
  readonly workers: number
  /** Unique to this start of the process. */
  readonly identity: string
  /** Name of the pod, where there is one: an earlier process of the same pod has ended. */
  readonly pod?: string
  readonly metrics: Metrics
  readonly logger: Logger
}

export interface RestController {
  isReady(): string | undefined
  readonly exchanges: ExchangeRing
  stop(graceMs: number): Promise<void>
}

/** Longest a request of ours can take; a leader stops sending this long before its Lease can be taken. */
export const REQUEST_MS = 30_000

export function startController(options: ControllerOptions): RestController {
  const { kube, type, logger } = options
  const stopping = new AbortController()
  const metrics = createControllerMetrics(options.metrics)
  const queue = createQueue({ now: () => systemClock.now(), minBackoffMs: options.settings.minRetrySeconds * 1000, maxBackoffMs: options.settings.maxRetrySeconds * 1000 })
  const resources = createInformer(kube, type, { ...(options.namespace !== undefined && { namespace: options.namespace }) })
  const wake = (key: string): void => queue.add(key, { priority: 'userEdit' })
  const wakeWhere = (test: (resource: KubeObject) => boolean): void => resources.list().filter(test).forEach((resource) => wake(keyOf(resource)))

  const plans = followPlan(kube, options.plan, (plan) => {
    logger.info('running a plan', { hash: plan.hash })
    elector.annotate({ [ANNOTATION.planHash]: plan.hash, [ANNOTATION.definition]: plan.definition })
    wakeWhere(() => true)
  })
  const runningPlan = (): RunningPlan => {
    const plan = plans.current()
    if (plan === undefined) throw new Error('work began before there was a plan')
    return plan
  }
  const keySecret = followNamed(kube, SECRETS, { onChange: () => undefined })
  const hmacKey = (): string | undefined => (options.key === undefined ? undefined : textOfKey(keySecret.held(options.key)))
  const configurations = followConfigurations({
    kube, plan: () => runningPlan().prepared.plan, resources: () => resources.list(),
    onChange: (key) => {
      for (const resource of dependentsOf(key, resources.list())) wake(keyOf(resource))
      void configurations.releaseUnused()
    },
  })
  const usesSecret = (resource: KubeObject, key: string): boolean => fieldSecrets(runningPlan().prepared.plan, resource).some((reference) => `${reference.namespace}/${reference.name}` === key)
  const secretUsers = new Map<string, Set<string>>()
  const secrets = followSecrets(kube, {
    onChange: (key) => {
      for (const user of secretUsers.get(key) ?? []) wake(user)
      wakeWhere((resource) => usesSecret(resource, key))
    },
    keeps: (key) => (secretUsers.get(key)?.size ?? 0) > 0,
    hmacKey,
  })
  const references = followReferences(kube, () => wakeWhere((resource) => hasReference(resource)))
  const recorder = createEventRecorder(kube, { component: 'rest-dynamic-controller', onProblem: (problem) => logger.debug('an event was not written', { problem: problem.message }) })
  const writer = createWriter({ kube, type, recorder, signal: stopping.signal })
  const exchanges = createExchangeRing()
  const elector = createLeaderElector(kube, {
    lease: { namespace: options.plan.namespace, name: `${type.plural}.${type.group}` },
    identity: options.identity,
    isDead: (holder) => options.pod !== undefined && holder.startsWith(`${options.pod}_`),
    longestRequestMs: REQUEST_MS,
    labels: { [LABEL.restController]: 'true' },
    onProblem: (problem) => logger.debug('the Lease could not be had', { problem: problem.message }),
  })
  elector.onChange((leadership) => {
    logger.info(leadership === 'leading' ? 'leading' : 'following', {})
    workers.setGate(leadership === 'leading' && plans.current() !== undefined ? 'open' : 'closed')
    metrics.leads(`${type.plural}.${type.group}`, leadership === 'leading')
  })
  void plans.first.then(() => workers.setGate(elector.isLeader() ? 'open' : 'closed'))

  resources.onChange((change) => {
    const key = keyOf(change.object)
    if (change.type === 'deleted') {
      queue.forget(key)
      exchanges.forget(key)
      for (const users of secretUsers.values()) users.delete(key)
      void (plans.current() !== undefined && configurations.releaseUnused())
    } else if (change.initial === true) {
      addAtStart(queue, change.object, options.settings)
    } else if (isNews(change.old, change.object)) {
      queue.add(key, { priority: isDeleting(change.object) ? 'deletion' : 'userEdit' })
    }
  })

  const readNow = async (resource: KubeObject, written: Subject['written'], failures: number): Promise<Subject> => {
    const subject = await readSubject({ plan: runningPlan().prepared.plan, settings: options.settings, configuration: (current) => configurations.stateFor(current), references, secrets }, { resource, written, failures })
    noteSecrets(secretUsers, keyOf(resource), subject)
    return subject
  }
  const handle = async (item: Taken, signal: AbortSignal): Promise<Reconciled['outcome']> => {
    await resources.synced
    const resource = resources.get(item.key)
    if (resource === undefined) return { type: 'done' }
    if (options.key !== undefined) await keySecret.read(options.key)
    await configurations.hold(resource)
    const started = systemClock.now()
    const plan = runningPlan()
    const done = await reconcile(
      {
        prepared: plan.prepared, writer, now: Date.now, signal,
        subject: (current, written) => readNow(current, written, item.failures),
        send: (request, subject) => send(options, { request, subject, plan, hmacKey: hmacKey(), secrets: secrets.reader, signal }),
        mayStart: () => elector.mayStart(REQUEST_MS),
        exchanged: (exchange) => note({ exchanges, metrics, logger, kind: type.kind, key: item.key, exchange }),
        written: (current) => resources.remember(current),
      },
      resource,
    )
    const { name, namespace } = refOfKey(item.key)
    metrics.reconciled({ kind: type.kind, namespace: namespace ?? '', result: done.result, tookMs: systemClock.now() - started })
    logger.debug('reconciled', { resource: name, namespace, result: done.result })
    return done.outcome
  }
  const workers = runWorkers({ queue, workers: options.workers, handle, onBug: ({ error, item }) => logger.error('a reconcile ended with an exception', { resource: item.key, error }) })
  workers.setGate('closed')
  resources.start()
  elector.start()
  return {
    exchanges,
    isReady: () => (plans.current() === undefined ? `no plan in ${options.plan.namespace}/${options.plan.name}` : resources.hasSynced() ? undefined : 'the resources are not known yet'),
    stop: async (graceMs) => {
      await workers.stop(graceMs)
      stopping.abort()
      await elector.stop()
      await Promise.all([resources.stop(), plans.stop(), configurations.stop(), secrets.stop(), references.stop(), keySecret.stop(), recorder.flush()])
    },
  }
}

// What is in order waits for its turn in the interval, so that a restart with ten thousand resources is no stampede.
function addAtStart(queue: ReturnType<typeof createQueue>, resource: KubeObject, settings: Settings): void {
  const key = keyOf(resource)
  if (!isInOrder(resource)) return queue.add(key, { priority: 'creation' })
  const now = Date.now()
  queue.add(key, { priority: 'periodic', afterMs: nextCheck({ key, intervalMs: settings.resyncSeconds * 1000, now, minGapMs: 0 }) - now })
}

function isInOrder(resource: KubeObject): boolean {
  const status = isObject(resource.status) ? resource.status : {}
  const conditions = isArray(status.conditions) ? status.conditions.filter(isObject) : []
  const ready = conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True')
  return ready && !isDeleting(resource) && status.observedGeneration === generationOf(resource)
}

/** Our own writes of status and annotations are remembered before the watch brings them; what is left is somebody else's. */
function isNews(old: KubeObject | undefined, next: KubeObject): boolean {
  if (old === undefined || generationOf(old) !== generationOf(next) || isDeleting(old) !== isDeleting(next)) return true
  const same = (left: JsonValue | Readonly<Record<string, string>>, right: JsonValue | Readonly<Record<string, string>>): boolean => JSON.stringify(left) === JSON.stringify(right)
  const finalizers = (object: KubeObject): JsonValue => metadataOf(object).finalizers ?? []
  return !same(annotationsOf(old), annotationsOf(next)) || !same(labelsOf(old), labelsOf(next)) || (isDeleting(next) && !same(finalizers(old), finalizers(next)))
}

function hasReference(resource: KubeObject): boolean {
  return isObject(resource.spec) && Object.keys(resource.spec).some((name) => name.endsWith('Ref') && name !== 'configurationRef')
}

function noteSecrets(users: Map<string, Set<string>>, key: string, subject: Subject): void {
  const configured = subject.configuration?.state === 'found' ? configurationSecrets(subject.configuration.object) : []
  for (const { namespace, name } of configured) {
    const secret = `${namespace}/${name}`
    users.set(secret, (users.get(secret) ?? new Set<string>()).add(key))
  }
}

function textOfKey(secret: KubeObject | undefined): string | undefined {
  const data = secret !== undefined && isObject(secret.data) ? secret.data : {}
  return typeof data.key === 'string' ? data.key : undefined
}

interface SendFacts {
  readonly request: HttpRequest
  readonly subject: Subject
  readonly plan: RunningPlan
  readonly hmacKey: string | undefined
  readonly secrets: SendContext['secrets']
  readonly signal: AbortSignal
}

async function send({ transport, logger }: ControllerOptions, facts: SendFacts): Promise<Pick<Exchange, 'result' | 'tookMs' | 'sealed'>> {
  const { subject, plan } = facts
  const context = sendContext({ plan: plan.prepared.plan, subject, auth: authTable(plan.prepared.plan, configurationSpec(subject), configurationNamespace(subject)), secrets: facts.secrets, hmacKey: facts.hmacKey, signal: facts.signal })
  const { tookMs, sealed, ...result } = await transport.send(facts.request, context)
  if (result.type === 'failure') logger.debug('no answer', { code: result.failure.code, reason: result.failure.reason })
  return { result, tookMs, ...(sealed && { sealed }) }
}

function configurationSpec(subject: Subject): ReturnType<typeof specOf> {
  return subject.configuration?.state === 'found' ? specOf(subject.configuration.object) : undefined
}

function specOf(object: KubeObject): Extract<JsonValue, object> & KubeObject | undefined {
  return isObject(object.spec) ? object.spec : undefined
}

function configurationNamespace(subject: Subject): string {
  return subject.configuration?.state === 'found' ? namespaceOf(subject.configuration.object) : namespaceOf(subject.resource)
}

interface Note {
  readonly exchanges: ExchangeRing
  readonly metrics: ControllerMetrics
  readonly logger: Logger
  readonly kind: string
  readonly key: string
  readonly exchange: Exchange
}

// Every write to the outside is one line: who, what, why, result. Reads are lines of debugging.
function note({ exchanges, metrics, logger, kind, key, exchange }: Note): void {
  exchanges.add(key, exchange)
  const { purpose, result, tookMs } = exchange
  const code = result.type === 'response' ? String(result.response.status) : result.failure.code
  metrics.exchanged({ kind, action: purpose.action, code, tookMs })
  const isWrite = exchange.request.method !== 'GET' && exchange.request.method !== 'HEAD'
  logger[isWrite ? 'info' : 'debug']('exchange', { resource: key, action: purpose.action, why: purpose.why, exchange: exchangeLine(exchange) })
}

