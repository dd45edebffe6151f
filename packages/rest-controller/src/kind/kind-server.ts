import { createQueue, createQueueMetrics, runWorkers, systemClock, type Queue, type Taken, type Workers } from '@oasgen/controller'
import { createInformer, isDeleting, keyOf, uidOf, type Informer, type InformerChange, type KubeObject } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import type { ConfigurationChange } from '../environment/configurations.js'
import { createDependents, type Dependents } from '../environment/dependents.js'
import type { NamedRef } from '../environment/named-objects.js'
import { followSecrets, type Secrets } from '../environment/secrets.js'
import type { RunningPlan } from '../plan/running-plan.js'
import { createSharedObservation, type SharedObservation } from '../sending/shared-observation.js'
import { createExchangeRing, type ExchangeRing } from '../telling/exchange-ring.js'
import { createForeignLog, type ForeignLog } from '../telling/foreign-things.js'
import { createProblemLog, type ProblemLog } from '../telling/problem-log.js'
import { watchResources, type SuccessTimes } from '../telling/resource-metrics.js'
import { createExports, type Exports } from '../writing/exports.js'
import { dependenciesOf, THING, thingsOfChange, thingsOfConfiguration } from './dependencies.js'
import { createHolds, type Holds } from './holds.js'
import { createLeadership, type Leadership } from './leadership.js'
import { addFirst, isNews } from './news.js'
import type { KindSettings, KindToServe, ProcessParts } from './options.js'
import { secretNames, startPlanRun, type PlanRun } from './plan-run.js'
import { createRepeatedLooks, type RepeatedLooks } from './repeated-look.js'
import { createRunningKeys, type RunningKeys } from './running-keys.js'
import { createWork, type Work } from './work.js'

/** Serves the resources of one kind by one Plan. */
export interface KindServer {
  /** `<plural>.<group>` */
  readonly name: string
  /** From now on by this Plan. */
  run(plan: RunningPlan): void
  /** Why nothing is served although it should be; for readiness. */
  problem(): string | undefined
  readonly exchanges: ExchangeRing
  stop(graceMs: number): Promise<void>
}

export interface KindServerOptions {
  readonly parts: ProcessParts
  readonly kind: KindToServe
  readonly settings: KindSettings
}

export function startKindServer(options: KindServerOptions): KindServer {
  return new Server(options)
}

/** More than one Configuration's worth, so that one hung API never takes all of them. */
const BUDGETS = 4
const RELEASE_DELAY_MS = 200
const RELEASE_RETRY_MS = 15_000

class Server implements KindServer {
  readonly name: string
  readonly exchanges: ExchangeRing = createExchangeRing()
  readonly #options: KindServerOptions
  readonly #queue: Queue
  readonly #workers: Workers
  readonly #resources: Informer
  readonly #dependents: Dependents = createDependents()
  readonly #leadership: Leadership
  readonly #secrets: Secrets
  readonly #exports: Exports
  readonly #observation: SharedObservation
  readonly #running: RunningKeys
  readonly #problems: ProblemLog
  readonly #successes: SuccessTimes
  readonly #foreign: ForeignLog
  readonly #looks: RepeatedLooks = createRepeatedLooks()
  #run: PlanRun | undefined
  #holds: Holds | undefined
  #work: Work | undefined
  #release: NodeJS.Timeout | undefined
  #ending: AbortSignal | undefined
  #isOwn = false
  #isStopped = false

  constructor(options: KindServerOptions) {
    const { parts, kind, settings } = options
    const name = `${kind.type.plural}.${kind.type.group}`
    this.#options = options
    this.name = name
    this.#problems = createProblemLog(parts.logger, () => systemClock.now())
    this.#queue = this.#openQueue(name)
    this.#resources = createInformer(parts.kube, kind.type, {
      ...(settings.namespace !== undefined && { namespace: settings.namespace }),
      onProblem: ({ finding }) => this.#problems.tell(`the resources ${name}`, finding.message),
    })
    this.#secrets = followSecrets(parts.kube, {
      onChange: (key) => this.#secretChanged(key),
      onProblem: (key, { finding }) => this.#problems.tell(`the Secret ${key}`, finding.message),
    })
    this.#exports = createExports(parts.kube)
    this.#foreign = createForeignLog(parts)
    this.#running = createRunningKeys(settings.leadership)
    this.#observation = createSharedObservation({ now: () => systemClock.now() })
    this.#leadership = createLeadership(parts.kube, {
      mode: settings.leadership, timing: settings.timing, identity: settings.identity,
      lease: { namespace: kind.leaseNamespace, name },
      onProblem: (problem) => this.#problems.tell(`the Lease ${kind.leaseNamespace}/${name}`, problem.message),
    })
    this.#successes = watchResources(parts.metrics, {
      reported: parts.reported,
      options: { kind: () => this.#run?.running.plan.resource.kind ?? kind.type.kind, resources: () => this.#resources.list(), isServing: () => this.#leadership.isServing(), now: () => systemClock.now() },
    })
    this.#workers = runWorkers({
      queue: this.#queue, workers: settings.workers * BUDGETS,
      handle: (item, stopping) => this.#handle(item, stopping),
      onBug: ({ finding, error, item }) => parts.logger.error('a reconcile ended with an exception', { resource: item.key, finding, error }),
    })
    this.#workers.setGate('closed')
    this.#leadership.onChange(() => this.#leadershipChanged())
    this.#resources.onChange((change) => this.#resourceChanged(change))
    void this.#resources.synced.then(() => this.#begin())
    this.#resources.start()
    this.#leadership.start()
  }

  run(plan: RunningPlan): void {
    const { parts, kind, settings } = this.#options
    const run = startPlanRun(plan, this.#run, {
      parts, kind, settings, problems: this.#problems,
      onConfiguration: (change) => this.#configurationChanged(change),
      onReference: (key) => this.#referenceChanged(key),
    })
    const isFirst = this.#run === undefined
    this.#run = run
    this.#holds = this.#newHolds(run)
    this.#work = createWork({
      parts, kind, settings, run, holds: this.#holds, secrets: this.#secrets, exports: this.#exports, observation: this.#observation, exchanges: this.exchanges,
      successes: this.#successes, pause: (budget, ms) => this.#queue.pause(budget, ms), remember: (object) => this.#remember(object),
      mayStart: (key) => this.#leadership.mayStart(key), looks: this.#looks, foreign: this.#foreign,
    })
    this.#dependents.clear()
    for (const resource of this.#resources.list()) this.#noteDependencies(resource)
    parts.logger.info('running a plan', { hash: plan.hash, definition: plan.definition, ...(plan.findings.length > 0 && { notices: plan.findings.map(({ message }) => message) }) })
    this.#leadership.annotate({ [ANNOTATION.planHash]: plan.hash, [ANNOTATION.definition]: plan.definition })
    if (isFirst) this.#begin()
    else for (const resource of this.#resources.list()) this.#queue.add(keyOf(resource), { priority: 'creation' })
  }

  problem(): string | undefined {
    if (this.#run === undefined) return 'there is no Plan yet'
    return this.#resources.hasSynced() ? undefined : `the resources are not known yet: ${this.#resources.problem()?.finding.message ?? 'the Kubernetes API has not answered yet'}`
  }

  async stop(graceMs: number): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#release)
    await this.#workers.stop(graceMs)
    await this.#leadership.stop()
    await Promise.all([this.#resources.stop(), this.#secrets.objects.stop(), this.#run?.configurations.stop(), this.#run?.references.stop()])
  }

  #openQueue(name: string): Queue {
    const { parts, settings } = this.#options
    const { minRetrySeconds, maxRetrySeconds } = settings.settings
    const observer = createQueueMetrics(parts.metrics, { name, now: () => systemClock.now() })
    const queue = createQueue({
      now: () => systemClock.now(), minBackoffMs: minRetrySeconds * 1000, maxBackoffMs: maxRetrySeconds * 1000, observer,
      budgetsOf: (key) => this.#budgetsOf(key),
      limitOf: () => ({ concurrency: settings.workers }),
    })
    observer.watch(queue)
    return queue
  }

  /** Everything that is sent under one Configuration goes to one API with one credential. */
  #budgetsOf(key: string): readonly string[] {
    const resource = this.#resources.get(key)
    if (this.#run === undefined || resource === undefined) return []
    return [this.#run.configuredBy(this.#run.configurations.objectFor(resource)).key]
  }

  #handle(item: Taken, stopping: AbortSignal): Promise<Awaited<ReturnType<Work['handle']>>> | Promise<{ type: 'done' }> {
    const resource = this.#resources.get(item.key)
    if (resource === undefined || this.#work === undefined || !this.#leadership.serves(item.key)) return Promise.resolve({ type: 'done' })
    return this.#tracked(item, { resource, work: this.#work, stopping })
  }

  async #tracked(item: Taken, { resource, work, stopping }: { readonly resource: KubeObject; readonly work: Work; readonly stopping: AbortSignal }): ReturnType<Work['handle']> {
    this.#watchEnd(stopping)
    const sending = this.#running.begin(item.key)
    try {
      return await work.handle(item, resource, { sending, ending: stopping })
    } finally {
      this.#running.end(item.key)
    }
  }

  /** The workers have one signal for all; one listener is enough for it. */
  #watchEnd(stopping: AbortSignal): void {
    if (this.#ending === stopping) return
    this.#ending = stopping
    stopping.addEventListener('abort', () => this.#running.cutOff(() => false), { once: true })
  }

  /** All three are there: the Plan, the resources, the right to serve. */
  #begin(): void {
    if (this.#run === undefined || !this.#resources.hasSynced() || !this.#leadership.isServing() || this.#isStopped) return
    const first = { intervalMs: this.#intervalMs(), now: Date.now() }
    for (const resource of this.#resources.list()) {
      if (this.#leadership.serves(keyOf(resource))) addFirst(this.#queue, resource, first)
    }
    this.#workers.setGate('open')
    this.#scheduleRelease()
  }

  #intervalMs(): number {
    return (this.#run?.running.plan.policy.intervalSeconds ?? this.#options.settings.settings.resyncSeconds) * 1000
  }

  #leadershipChanged(): void {
    const isServing = this.#leadership.isServing()
    const { parts, kind } = this.#options
    parts.logger.info(isServing ? 'serving' : 'standing by', { kind: kind.type.plural })
    parts.reported.leads(`${kind.type.plural}.${kind.type.group}`, isServing)
    this.#running.cutOff((key) => this.#leadership.serves(key))
    if (!isServing) return this.#workers.setGate('closed')
    // What was planned while others served is void: they looked at it meanwhile.
    for (const resource of this.#resources.list()) this.#queue.forget(keyOf(resource))
    this.#begin()
  }

  #resourceChanged({ type, object, old, initial }: InformerChange): void {
    const key = keyOf(object)
    if (type === 'deleted') return this.#resourceGone(key, object)
    this.#noteDependencies(object)
    if (initial === true || !isNews(old, object, this.#isOwn ? 'us' : 'others')) return
    this.#queue.add(key, { priority: isDeleting(object) ? 'deletion' : 'userEdit' })
  }

  #resourceGone(key: string, object: KubeObject): void {
    this.#queue.forget(key)
    this.#dependents.remove(key)
    this.exchanges.forget(key)
    this.#exports.forget(uidOf(object))
    this.#foreign.forget(uidOf(object))
    this.#observation.forget(key)
    this.#successes.forget(key)
    this.#looks.forget(key)
    this.#scheduleRelease()
  }

  /** The answer to a write of our own: the next reconcile must not see the state before it, and nobody need be woken by it. */
  #remember(object: KubeObject): void {
    this.#isOwn = true
    try {
      this.#resources.remember(object)
    } finally {
      this.#isOwn = false
    }
  }

  #noteDependencies(resource: KubeObject): void {
    if (this.#run === undefined) return
    const { places, references } = this.#run
    this.#dependents.set(keyOf(resource), dependenciesOf(resource, { secrets: places.of(resource), references: references.of(resource) }))
  }

  #wake(keys: Iterable<string>): void {
    for (const key of new Set(keys)) if (this.#leadership.serves(key)) this.#queue.add(key, { priority: 'userEdit' })
  }

  #secretChanged(key: string): void {
    const run = this.#run
    if (run === undefined) return
    const configurations = run.configurations.list().filter((configuration) => secretNames(run, configuration).includes(key))
    const things = [THING.secret(key), ...configurations.flatMap(thingsOfConfiguration)]
    this.#problems.tell(`the Secret ${key}`, undefined)
    this.#wake(things.flatMap((thing) => [...this.#dependents.of(thing)]))
  }

  #configurationChanged({ now, old }: ConfigurationChange): void {
    this.#wake(thingsOfChange(now, old).flatMap((thing) => [...this.#dependents.of(thing)]))
    this.#scheduleRelease()
  }

  #referenceChanged(key: string): void {
    this.#wake(this.#dependents.of(THING.reference(key)))
    this.#scheduleRelease()
  }

  #newHolds(run: PlanRun): Holds {
    const { parts, kind, settings } = this.#options
    return createHolds({
      kube: parts.kube, type: kind.type, configurations: run.configurations, references: run.references, secrets: this.#secrets, holdSecrets: settings.holdSecrets,
      resources: () => this.#resources.list(), resource: (key) => this.#resources.get(key),
      secretsOf: (configuration) => run.configuredBy(configuration).secrets,
      usersOf: (thing) => this.#dependents.of(thing),
      onProblem: (problem) => this.#problems.tell(problem.code, problem.message),
    })
  }

  /** Once for many changes. */
  #scheduleRelease(delayMs: number = RELEASE_DELAY_MS): void {
    if (this.#release !== undefined || this.#isStopped) return
    this.#release = setTimeout(() => {
      this.#release = undefined
      if (this.#isStopped || !this.#leadership.isServing() || !this.#resources.hasSynced()) return
      void this.#releaseUnused()
      this.#secrets.objects.retain((key) => this.#isSecretUsed(key))
    }, delayMs)
    this.#release.unref()
  }

  /** What could not be let go would hold others for ever: no change of ours need come by again. */
  async #releaseUnused(): Promise<void> {
    if ((await this.#holds?.releaseUnused()) === 'again') this.#scheduleRelease(RELEASE_RETRY_MS)
  }

  #isSecretUsed(key: string): boolean {
    const run = this.#run
    if (run === undefined || this.#dependents.has(THING.secret(key)) || isRef(this.#options.kind.key, key)) return true
    return run.configurations.list().some((configuration) => secretNames(run, configuration).includes(key))
  }
}

function isRef(ref: NamedRef | undefined, key: string): boolean {
  return ref !== undefined && `${ref.namespace}/${ref.name}` === key
}

