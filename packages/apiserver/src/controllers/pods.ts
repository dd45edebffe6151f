import { equalJson, type JsonObject } from '@oasgen/json'
import { child, integerOf, isDeleting, metadataOf, nameOf, namespaceOf, objects, text, timestamp, uidOf } from '../object.js'
import type { DeploymentRunner, RunningWorkload, WorkloadExit } from '../runner.js'
import type { Store } from '../store/store.js'
import { controllerOf } from './deployments.js'
import { pathOf, type Inside } from './inside.js'
import { Workshop, type Controller } from './work.js'
import { buildWorkload, NotStartable, type Surroundings } from './workload.js'

export interface PodParts {
  readonly store: Store
  readonly inside: Inside
  readonly runner: DeploymentRunner
  readonly node: string
  readonly around: Surroundings
  readonly log: (line: string) => void
}

/** What is known of one replica beyond its object. */
interface Replica {
  readonly uid: string
  state: 'starting' | 'running' | 'ready' | 'waiting'
  running: RunningWorkload | undefined
  restarts: number
  startedAt: number
  retryAt: number
  waiting: { readonly reason: string; readonly message: string } | undefined
  last: WorkloadExit | undefined
}

const FIRST_BACKOFF_MS = 1_000
const LAST_BACKOFF_MS = 60_000
const STEADY_MS = 60_000

/** The kubelet of the one node: starts pods of Deployments through the runner, restarts what ends, stops what is deleted. */
export class PodKeeper {
  readonly #parts: PodParts
  readonly #replicas = new Map<string, Replica>()
  readonly #workshop: Workshop

  constructor(parts: PodParts) {
    this.#parts = parts
    const controller: Controller = {
      name: 'pods',
      keysOf: (event) => (event.resource === 'pods' ? [event.key] : []),
      work: (key) => this.#work(key),
    }
    this.#workshop = new Workshop(controller, parts.log)
  }

  /** Pods of an earlier process run no more. */
  async start(): Promise<void> {
    for (const { object } of this.#parts.store.list('pods', '')) if (this.#isOurs(object)) await this.#remove(object)
    this.#workshop.start(this.#parts.store)
  }

  async stop(): Promise<void> {
    await this.#workshop.stop()
    await Promise.all([...this.#replicas.values()].map(async (replica) => replica.running?.stop(5_000)))
  }

  logs(namespace: string, name: string, tailLines?: number): string | undefined {
    return this.#replicas.get(`${namespace}/${name}`)?.running?.logs?.(tailLines)
  }

  #isOurs(pod: JsonObject): boolean {
    return text(child(pod, 'spec'), 'nodeName') === this.#parts.node && controllerOf(pod)?.kind === 'ReplicaSet'
  }

  async #work(key: string): Promise<number | undefined> {
    const pod = this.#parts.store.get('pods', key)?.object
    const replica = this.#replicas.get(key)
    if (!pod || replica && replica.uid !== uidOf(pod)) {
      this.#replicas.delete(key)
      await replica?.running?.stop(5_000)
    }
    if (!pod || !this.#isOurs(pod)) return undefined
    if (isDeleting(pod)) return this.#end(key, pod)
    return this.#run(key, pod)
  }

  async #end(key: string, pod: JsonObject): Promise<undefined> {
    const replica = this.#replicas.get(key)
    this.#replicas.delete(key)
    await replica?.running?.stop((integerOf(metadataOf(pod), 'deletionGracePeriodSeconds') ?? 30) * 1000)
    await this.#remove(pod)
    return undefined
  }

  async #remove(pod: JsonObject): Promise<void> {
    await this.#parts.inside.request('DELETE', pathOf('', 'v1', 'pods', namespaceOf(pod), nameOf(pod)), { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0, preconditions: { uid: uidOf(pod) } })
  }

  async #run(key: string, pod: JsonObject): Promise<number | undefined> {
    const now = this.#parts.inside.now()
    const replica = this.#replicas.get(key) ?? { uid: uidOf(pod), state: 'waiting', running: undefined, restarts: 0, startedAt: 0, retryAt: 0, waiting: undefined, last: undefined }
    this.#replicas.set(key, replica)
    if (replica.state === 'waiting' && now >= replica.retryAt) await this.#start(key, pod, replica)
    await this.#report(pod, replica)
    return replica.state === 'waiting' ? Math.max(50, replica.retryAt - now) : undefined
  }

  async #start(key: string, pod: JsonObject, replica: Replica): Promise<void> {
    const deployment = this.#deploymentOf(pod)
    const workload = deployment && buildWorkload(pod, deployment, this.#parts.around)
    if (!deployment || workload === undefined) return
    if (workload instanceof NotStartable) return this.#wait(replica, workload.reason, workload.message, FIRST_BACKOFF_MS)
    replica.state = 'starting'
    try {
      const running = await this.#parts.runner.start(deployment, workload)
      Object.assign(replica, { running, state: 'running', startedAt: this.#parts.inside.now(), waiting: undefined })
      this.#follow(key, replica, running)
    } catch (error) {
      this.#wait(replica, 'RunContainerError', (error as Error).message, this.#backoff(replica))
      replica.restarts++
    }
  }

  #follow(key: string, replica: Replica, running: RunningWorkload): void {
    const ready = (): void => {
      if (replica.running !== running || replica.state !== 'running') return
      replica.state = 'ready'
      this.#workshop.add(key)
    }
    const readiness = running.ready ?? Promise.resolve()
    readiness.then(ready, () => undefined)
    running.exited.then((exit) => {
      if (replica.running !== running) return
      const steady = this.#parts.inside.now() - replica.startedAt > STEADY_MS
      if (steady) replica.restarts = 0
      Object.assign(replica, { running: undefined, last: exit })
      this.#wait(replica, 'CrashLoopBackOff', `the process ended (${exit.signal ?? `exit code ${String(exit.code)}`}); it is started again`, this.#backoff(replica))
      replica.restarts++
      this.#workshop.add(key)
    }, () => undefined)
  }

  #backoff(replica: Replica): number {
    return Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(replica.restarts, 10))
  }

  #wait(replica: Replica, reason: string, message: string, ms: number): void {
    Object.assign(replica, { state: 'waiting', waiting: { reason, message }, retryAt: this.#parts.inside.now() + ms })
  }

  #deploymentOf(pod: JsonObject): JsonObject | undefined {
    const { store } = this.#parts
    const set = store.get('replicasets.apps', `${namespaceOf(pod)}/${text(controllerOf(pod) ?? {}, 'name')}`)?.object
    return set && store.get('deployments.apps', `${namespaceOf(pod)}/${text(controllerOf(set) ?? {}, 'name')}`)?.object
  }

  async #report(pod: JsonObject, replica: Replica): Promise<void> {
    const status = podStatus(pod, replica, this.#parts.inside.now())
    if (equalJson(status, child(pod, 'status'))) return
    await this.#parts.inside.request('PUT', `${pathOf('', 'v1', 'pods', namespaceOf(pod), nameOf(pod))}/status`, { ...pod, status })
  }
}

function podStatus(pod: JsonObject, replica: Replica, now: number): JsonObject {
  const before = child(pod, 'status')
  const started = text(before, 'startTime') || timestamp(now)
  const up = replica.state === 'ready' || replica.state === 'running'
  const condition = (type: string, on: boolean): JsonObject => {
    const old = objects(before, 'conditions').find((one) => one.type === type)
    const status = on ? 'True' : 'False'
    return { type, status, lastTransitionTime: old?.status === status ? text(old, 'lastTransitionTime') : timestamp(now) }
  }
  const ready = replica.state === 'ready'
  return {
    phase: up ? 'Running' : replica.restarts > 0 ? 'Running' : 'Pending',
    conditions: [condition('PodReadyToStartContainers', true), condition('Initialized', true), condition('Ready', ready), condition('ContainersReady', ready), condition('PodScheduled', true)],
    hostIP: '127.0.0.1', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }], startTime: started, qosClass: 'BestEffort',
    containerStatuses: objects(child(pod, 'spec'), 'containers').map((container) => containerStatus(container, replica)),
  }
}

function containerStatus(container: JsonObject, replica: Replica): JsonObject {
  const exit = replica.last
  const ended = { exitCode: exit?.code ?? 128, reason: exit?.code === 0 ? 'Completed' : 'Error' }
  return {
    name: text(container, 'name'), image: text(container, 'image'), imageID: '', ready: replica.state === 'ready', started: replica.running !== undefined,
    restartCount: replica.restarts,
    state: replica.running ? { running: { startedAt: timestamp(replica.startedAt) } } : { waiting: { ...replica.waiting ?? { reason: 'ContainerCreating' } } },
    lastState: exit ? { terminated: ended } : {},
  }
}
