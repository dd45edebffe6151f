import { randomBytes } from 'node:crypto'
import { createQueue, runWorkers, systemClock, type Outcome } from '@oasgen/controller'
import type { JsonValue } from '@oasgen/json'
import {
  annotationsOf, createEventRecorder, createInformer, DEPLOYMENTS, keyOf, keyOfRef, LEASES, type EventRecorder, type Informer, type Kube, type KubeObject,
  type ResourceType,
} from '@oasgen/kube'
import { readSourceUri } from '@oasgen/openapi'
import { finding } from '@oasgen/diagnostics'
import type { Plan } from '@oasgen/plan'
import type { Transport } from '@oasgen/transport'
import { ANNOTATION, LABEL } from '@oasgen/wire'
import { createCompiler } from './compiler.js'
import { createApplier } from './objects/apply.js'
import type { DeployedNames } from './objects/names.js'
import type { SecretKey } from './objects/rbac.js'
import { REST_DEFINITIONS, type DefinitionEdge, type ProviderSettings } from './edge.js'
import { reconcileDefinition, type DefinitionMemory, type Pass } from './reconcile.js'
import { createClusterSources, type LoadedSource } from './source.js'
import { createRemoteSources } from './remote-source.js'
import { secretsOf } from './secret-access.js'

export interface ProviderOptions {
  readonly kube: Kube
  readonly transport: Transport
  readonly settings: ProviderSettings
  readonly workers: number
  /** URL of the bundled compile worker; absent = compile in this thread. */
  readonly compileWorker?: URL
  readonly compileTimeoutMs?: number
  /** `file://` documents are read: the CLI on somebody's own machine. */
  readonly allowFiles?: boolean
  readonly log: (line: ProviderLine) => void
}

export interface ProviderLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly values?: Readonly<Record<string, JsonValue>>
}

export interface Provider {
  /** Takes work only while it leads. */
  setGate(gate: 'open' | 'closed'): void
  stop(graceMs: number): Promise<void>
  readonly synced: Promise<void>
}

export function startProvider(options: ProviderOptions): Provider {
  const { kube } = options
  const queue = createQueue({ now: () => systemClock.now(), minBackoffMs: 1000, maxBackoffMs: 60_000 })
  const definitions = createInformer(kube, REST_DEFINITIONS)
  const deployments = createInformer(kube, DEPLOYMENTS, { labelSelector: `${LABEL.definitionObject}=true` })
  const leases = createInformer(kube, LEASES, { labelSelector: `${LABEL.restController}=true` })
  const recorder = createEventRecorder(kube, { component: 'managed/restdefinition.ogen.krateo.io' })
  const configurations = watchConfigurations(kube, (key) => queue.add(key, { priority: 'userEdit' }))
  const clusterSources = createClusterSources(kube, (prefix) => enqueueUsers(definitions, prefix, (key) => queue.add(key, { priority: 'userEdit' })))
  const remoteSources = createRemoteSources(options)
  const compiler = createCompiler({ ...(options.compileWorker && { worker: options.compileWorker }), ...(options.compileTimeoutMs !== undefined && { timeoutMs: options.compileTimeoutMs }) })
  const memories = new Map<string, DefinitionMemory>()
  const edge: DefinitionEdge = {
    kube, compiler, applier: createApplier(kube), settings: options.settings, now: Date.now,
    load: (uri, definition) => load({ uri, definition, clusterSources, remoteSources }),
    secretsOf: (plan) => configurations.secretsFor(plan),
    keys: new Set(), newKey: () => randomBytes(32).toString('hex'),
    deployment: (names) => deployments.get(keyOfRef({ namespace: names.namespace, name: names.deployment })),
    runningPlanHash: (names) => hashOnLease(leases, names),
    event: (definition, event) => record(recorder, definition, event),
  }

  definitions.onChange(({ type, object }) => {
    const key = keyOf(object)
    if (type === 'deleted') {
      memories.delete(key)
      queue.forget(key)
    } else {
      queue.add(key, { priority: 'userEdit' })
    }
  })
  deployments.onChange(({ object }) => enqueueOwner(object, (key) => queue.add(key)))
  leases.onChange(({ object }) => enqueueOwner(object, (key) => queue.add(key)))
  for (const informer of [definitions, deployments, leases]) informer.start()

  const workers = runWorkers({
    queue,
    workers: options.workers,
    handle: async ({ key }) => {
      await Promise.all([definitions.synced, deployments.synced, leases.synced])
      const definition = definitions.get(key)
      if (definition === undefined) return { type: 'done' }
      const pass = await reconcileDefinition(edge, definition, memoryOf(memories, key))
      options.log({ level: 'debug', message: 'reconciled', values: { definition: key, state: pass.state.type } })
      return outcomeOf(pass)
    },
    onBug: ({ error, item }) => options.log({ level: 'error', message: 'a pass ended with an exception', values: { definition: item.key, error: String(error instanceof Error ? error.stack : error) } }),
  })
  return {
    synced: Promise.all([definitions.synced, deployments.synced, leases.synced]).then(() => undefined),
    setGate: (gate) => workers.setGate(gate),
    stop: async (graceMs) => {
      await workers.stop(graceMs)
      await Promise.all([definitions.stop(), deployments.stop(), leases.stop(), configurations.stop(), clusterSources.stop(), compiler.close(), recorder.flush()])
    },
  }
}

function memoryOf(memories: Map<string, DefinitionMemory>, key: string): DefinitionMemory {
  const known = memories.get(key) ?? {}
  memories.set(key, known)
  return known
}

function outcomeOf(pass: Pass): Outcome {
  if (pass.state.type === 'failing') return { type: 'retry' }
  return pass.afterSeconds === undefined ? { type: 'done' } : { type: 'recheck', afterMs: pass.afterSeconds * 1000 }
}

function enqueueOwner(object: KubeObject, add: (key: string) => void): void {
  const owner = annotationsOf(object)[ANNOTATION.definition]
  if (owner !== undefined) add(owner)
}

function enqueueUsers(definitions: Informer, prefix: string, add: (key: string) => void): void {
  for (const definition of definitions.list()) if (JSON.stringify(definition.spec ?? null).includes(prefix)) add(keyOf(definition))
}

function hashOnLease(leases: Informer, names: DeployedNames): string | undefined {
  const lease = leases.get(keyOfRef({ namespace: names.namespace, name: names.lease }))
  return lease === undefined ? undefined : annotationsOf(lease)[ANNOTATION.planHash]
}

function record(recorder: EventRecorder, definition: KubeObject, event: Parameters<DefinitionEdge['event']>[1]): void {
  recorder.record({ regarding: definition, type: event.type, reason: event.reason, action: 'Reconcile', note: event.message })
}

interface Load {
  readonly uri: string
  readonly definition: KubeObject
  readonly clusterSources: ReturnType<typeof createClusterSources>
  readonly remoteSources: ReturnType<typeof createRemoteSources>
}

async function load({ uri, definition, clusterSources, remoteSources }: Load): Promise<LoadedSource> {
  const read = readSourceUri(uri)
  const problem = read.findings[0]
  if (read.value === undefined) return { state: 'refused', finding: problem ?? finding('PRV0107', { uri, why: 'it is no address of a document' }) }
  if (read.value.kind === 'configMap' || read.value.kind === 'secret') return clusterSources.load(read.value, uri)
  return remoteSources.load(read.value, uri, definition)
}

interface ConfigurationWatch {
  secretsFor(plan: Plan): readonly SecretKey[] | undefined
  stop(): Promise<void>
}

// A Role names exactly the Secrets that Configurations use, so each Configuration kind is followed.
function watchConfigurations(kube: Kube, enqueue: (key: string) => void): ConfigurationWatch {
  const informers = new Map<string, Informer>()
  return {
    secretsFor: (plan) => {
      if (plan.configuration === undefined) return []
      const key = `${plan.definition.namespace}/${plan.definition.name}`
      const informer = informers.get(key) ?? follow(kube, informers, { key, plan, enqueue })
      return informer.hasSynced() ? informer.list().flatMap(secretsOf) : undefined
    },
    stop: async () => void (await Promise.all([...informers.values()].map((informer) => informer.stop()))),
  }
}

function follow(kube: Kube, informers: Map<string, Informer>, { key, plan, enqueue }: { key: string; plan: Plan; enqueue: (key: string) => void }): Informer {
  const { group, version } = plan.resource
  const type: ResourceType = { group, version, plural: plan.configuration?.plural ?? '', kind: plan.configuration?.kind ?? '', namespaced: true }
  const informer = createInformer(kube, type)
  informers.set(key, informer)
  informer.onChange(() => enqueue(key))
  informer.start()
  void informer.synced.then(() => enqueue(key))
  return informer
}

