import { randomBytes } from 'node:crypto'
import { createQueue, runWorkers, systemClock, type Outcome, type QueueObserver, type Tracer } from '@oasgen/controller'
import { finding } from '@oasgen/diagnostics'
import { isObject, textOf, type JsonValue } from '@oasgen/json'
import {
  annotationsOf, createEventRecorder, createInformer, keyOf, keyOfRef, LEASES, nameOf, NAMESPACES, namespaceOf, type EventRecorder, type Informer, type InformerProblem, type Kube,
  type KubeObject,
} from '@oasgen/kube'
import { readSourceUri } from '@oasgen/openapi'
import type { Transport } from '@oasgen/transport'
import { ANNOTATION, LABEL } from '@oasgen/wire'
import { createCompiler } from './compiler.js'
import { followConfigurations } from './configurations.js'
import { controllerOf, REST_DEFINITIONS, specText, type DefinitionEdge, type ProviderSettings } from './edge.js'
import type { DefinitionMemory } from './memory.js'
import { createApplier } from './objects/apply.js'
import { followObjects } from './objects/live.js'
import { SHARED_DEFINITION, type DeployedNames } from './objects/names.js'
import type { Pass } from './pass.js'
import { reconcileDefinition } from './reconcile.js'
import { createRemoteSources } from './remote-source.js'
import { createClusterSources, type LoadedSource } from './source.js'

export interface ProviderOptions {
  readonly kube: Kube
  readonly transport: Transport
  readonly settings: ProviderSettings
  readonly workers: number
  readonly backoff?: { readonly minMs: number; readonly maxMs: number }
  /** URL of the bundled compile worker; absent = compile in this thread. */
  readonly compileWorker?: URL
  readonly compileTimeoutMs?: number
  /** `file://` documents are read: the CLI on somebody's own machine. */
  readonly allowFiles?: boolean
  readonly observer?: QueueObserver
  readonly tracer?: Tracer
  readonly onPass?: (pass: { readonly definition: KubeObject; readonly state: string; readonly tookMs: number }) => void
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
  /** Why it cannot work yet. */
  problem(): string | undefined
  readonly queue: ReturnType<typeof createQueue>
}

/** Namespaces whose Secrets may be named by fields of resources. */
const FIELD_SECRETS_LABEL = 'krateo.io/allow-secret-fields'

export function startProvider(options: ProviderOptions): Provider {
  const { kube, backoff = { minMs: 1000, maxMs: 60_000 } } = options
  const queue = createQueue({ now: () => systemClock.now(), minBackoffMs: backoff.minMs, maxBackoffMs: backoff.maxMs, ...(options.observer && { observer: options.observer }) })
  const wake = (key: string): void => queue.add(key, { priority: 'userEdit' })
  const onProblem = ({ finding: problem }: InformerProblem): void => options.log({ level: 'warn', message: 'a watch failed', values: { code: problem.code, problem: problem.message } })
  const definitions = createInformer(kube, REST_DEFINITIONS, { onProblem })
  const leases = createInformer(kube, LEASES, { labelSelector: `${LABEL.restController}=true`, onProblem })
  const namespaces = createInformer(kube, NAMESPACES, { labelSelector: `${FIELD_SECRETS_LABEL}=true`, metadataOnly: true, onProblem })
  const live = followObjects(kube, (object) => wakeOwner(definitions, object, wake), onProblem)
  const recorder = createEventRecorder(kube, { component: 'managed/restdefinition.ogen.krateo.io' })
  const configurations = followConfigurations(kube, { crossNamespace: options.settings.crossNamespace, onChange: wake })
  const clusterSources = createClusterSources(kube, (prefix) => wakeUsers(definitions, prefix, wake))
  const remoteSources = createRemoteSources({
    transport: options.transport, files: options.allowFiles === true ? 'allow' : 'deny', allowHosts: options.settings.allowHosts,
    crossNamespace: options.settings.crossNamespace === 'allow' ? 'allow' : 'deny', secret: (ref) => clusterSources.secret(ref), now: Date.now,
  })
  const compiler = createCompiler({ ...(options.compileWorker && { worker: options.compileWorker }), ...(options.compileTimeoutMs !== undefined && { timeoutMs: options.compileTimeoutMs }) })
  const memories = new Map<string, DefinitionMemory>()
  const edge: DefinitionEdge = {
    kube, compiler, live, applier: createApplier(kube, live), settings: options.settings, now: Date.now,
    load: (uri, definition) => load({ uri, definition, clusterSources, remoteSources }),
    definitions: () => definitions.list(), definition: (key) => definitions.get(key), remember: (definition) => definitions.remember(definition),
    claims: new Map(), generated: new Map(),
    secretsOf: (kind) => configurations.secretsFor(kind),
    fieldSecretNamespaces: () => namespaces.list().map(nameOf).sort(),
    newKey: () => randomBytes(32).toString('hex'),
    runningPlanHash: (names) => hashOnLease(leases, names),
    event: (definition, event) => record(recorder, definition, event),
  }

  definitions.onChange(({ type, object, old }) => {
    const key = keyOf(object)
    if (type !== 'deleted') return void (isNews(object, old) && wake(key))
    memories.delete(key)
    queue.forget(key)
    configurations.forget(key)
    clusterSources.retain((prefix) => definitions.list().some((each) => namesSource(each, prefix)))
    // Whoever waited for its kind may have it now.
    for (const other of definitions.list()) if (specText(other, 'resourceGroup') === specText(object, 'resourceGroup')) wake(keyOf(other))
  })
  // Leases are renewed every few seconds; only another Plan is news.
  leases.onChange(({ object, old }) => {
    if (old === undefined || annotationsOf(old)[ANNOTATION.planHash] !== annotationsOf(object)[ANNOTATION.planHash]) wakeOwner(definitions, object, wake)
  })
  namespaces.onChange(({ type, initial }) => {
    if (initial !== true && type !== 'updated') for (const definition of definitions.list()) wake(keyOf(definition))
  })
  // Without the right to see namespaces nothing but their opt-in is missing.
  const informers = [definitions, leases]
  for (const informer of [...informers, namespaces]) informer.start()
  const synced = Promise.all([...informers.map((informer) => informer.synced), live.synced]).then(() => undefined)

  const workers = runWorkers({
    queue,
    workers: options.workers,
    handle: async ({ key }) => {
      await synced
      const definition = definitions.get(key)
      if (definition === undefined) return { type: 'done' }
      const started = systemClock.now()
      const pass = await traced(options.tracer, key, () => reconcileDefinition(edge, definition, memoryOf(memories, key)))
      options.log({ level: 'debug', message: 'reconciled', values: { definition: key, state: pass.state.type } })
      options.onPass?.({ definition, state: pass.state.type, tookMs: systemClock.now() - started })
      return outcomeOf(pass)
    },
    onBug: ({ error, item }) => options.log({ level: 'error', message: 'a pass ended with an exception', values: { definition: item.key, error: String(error instanceof Error ? error.stack : error) } }),
  })
  return {
    synced, queue,
    problem: () => informers.map((informer) => (informer.hasSynced() ? undefined : `${informer.type.plural}: ${informer.problem()?.message ?? 'not known yet'}`)).find((problem) => problem !== undefined) ?? live.problem(),
    setGate: (gate) => {
      // What others did meanwhile is not known here: everything is looked at again.
      if (gate === 'open') for (const definition of definitions.list()) wake(keyOf(definition))
      workers.setGate(gate)
    },
    stop: async (graceMs) => {
      await workers.stop(graceMs)
      await Promise.all([...[...informers, namespaces].map((informer) => informer.stop()), live.stop(), configurations.stop(), clusterSources.stop(), compiler.close(), recorder.flush()])
    },
  }
}

// Our own status is no news; a new generation, an annotation or a deletion is.
function isNews(object: KubeObject, old: KubeObject | undefined): boolean {
  if (old === undefined) return true
  const relevant = ({ metadata, spec }: KubeObject): string => {
    const { resourceVersion: _, managedFields: __, ...rest } = isObject(metadata) ? metadata : {}
    return JSON.stringify([rest, isObject(metadata) && metadata.generation === undefined ? (spec ?? null) : null])
  }
  return relevant(object) !== relevant(old)
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

async function traced<T>(tracer: Tracer | undefined, key: string, run: () => Promise<T>): Promise<T> {
  if (tracer === undefined) return run()
  const span = tracer.start('reconcile RestDefinition', { attributes: { definition: key } })
  try {
    return await run()
  } finally {
    span.end()
  }
}

function wakeOwner(definitions: Informer, object: KubeObject, wake: (key: string) => void): void {
  const owner = annotationsOf(object)[ANNOTATION.definition]
  if (owner === undefined) return
  const [namespace = '', name = ''] = owner.split('/')
  if (name !== SHARED_DEFINITION) return void (definitions.get(owner) !== undefined && wake(owner))
  for (const definition of definitions.list()) if (namespaceOf(definition) === namespace && controllerOf(definition).mode === 'shared') wake(keyOf(definition))
}

function wakeUsers(definitions: Informer, prefix: string, wake: (key: string) => void): void {
  for (const definition of definitions.list()) if (namesSource(definition, prefix)) wake(keyOf(definition))
}

/** `configmap://ns/name/` anywhere in the spec, or a Secret as credentials of the document. */
function namesSource(definition: KubeObject, prefix: string): boolean {
  const document = isObject(definition.spec) && isObject(definition.spec.document) ? definition.spec.document : {}
  const ref = isObject(document.credentialsRef) ? document.credentialsRef : undefined
  const credentials = ref === undefined ? undefined : `secret://${textOf(ref.namespace) || namespaceOf(definition)}/${textOf(ref.name)}/`
  return credentials === prefix || textsOf(definition.spec).some((text) => text.startsWith(prefix))
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsOf)
  return isObject(value) ? Object.values(value).flatMap(textsOf) : []
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
