import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startControlPlane, type DeploymentRunner, type RunningWorkload, type Workload } from '@oasgen/apiserver'
import { textOf, isArray, isObject, type JsonObject } from '@oasgen/json'
import { CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, connectKube, CUSTOM_RESOURCE_DEFINITIONS, loadKubeconfig, SERVICE_ACCOUNTS, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import { providerRules, REST_DEFINITIONS } from '@oasgen/provider'
import { restDefinitionCrd } from '@oasgen/restdefinition'
import { accountToken, kubeconfigText, startKubelet, startRealApiServer, type Kubelet } from '@oasgen/testkit'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const PROVIDER = join(root, 'packages/provider/bundle/oasgen-provider.mjs')
const CONTROLLER = join(root, 'packages/rest-controller/bundle/rest-dynamic-controller.mjs')

/** `embedded`: our own control plane runs the controllers. `real`: kube-apiserver, its controllers, and a stand-in for the kubelet. */
export type StackTarget = 'embedded' | 'real'

/** The whole product with real processes; the remote API is the test's own. */
export interface Stack {
  readonly kube: Kube
  readonly kubeconfig: string
  /** What provider and controllers printed; shown when a test fails. */
  readonly output: () => string
  apply(...objects: readonly JsonObject[]): Promise<void>
  /** Kill -9; the controller is started again, as a kubelet does. */
  killController(deployment: string): void
  /** How often each write but those of Leases was asked for. */
  kubernetesWrites(): Promise<Readonly<Record<string, number>>>
  close(): Promise<void>
}

export interface StackOptions {
  readonly env?: Readonly<Record<string, string>>
}

/** Where the product runs. */
interface Ground {
  readonly url: string
  readonly ca: string
  readonly token: string
  readonly writes: () => Promise<Readonly<Record<string, number>>>
  readonly processOf: (deployment: string) => ChildProcess | undefined
  /** Starts what runs pods, once there is a client. */
  readonly begin: (kube: Kube) => Promise<void>
  readonly end: () => Promise<void>
}

interface Parts {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly keep: (name: string, text: string) => void
}

export async function startStack(target: StackTarget, options: StackOptions = {}): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-stack-'))
  const lines: string[] = []
  const keep = (name: string, text: string): void => void lines.push(...text.trimEnd().split('\n').map((line) => `${name}: ${line}`))
  const env = { REST_CONTROLLER_HEALTH_PORT: '0', REST_CONTROLLER_DEBUG: 'true', ...options.env }
  const ground = target === 'embedded' ? await embeddedGround({ folder, env, keep }) : await realGround({ folder, env, keep })
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigText(ground))
  const config = await loadKubeconfig({ path: kubeconfig })
  const kube = connectKube(config.value!)
  await ground.begin(kube)
  await must(kube.patch(CUSTOM_RESOURCE_DEFINITIONS, { name: 'restdefinitions.ogen.krateo.io' }, { type: 'apply', body: restDefinitionCrd(), fieldManager: 'test', force: true }))
  await until('RestDefinitions are served', async () => (await kube.list(REST_DEFINITIONS)).ok)
  const provider = await startProvider(kube, ground, { folder, keep, env })
  return {
    kube, kubeconfig, output: () => lines.slice(-200).join('\n'),
    apply: async (...objects) => { for (const object of objects) await applyObject(kube, object) },
    killController: (deployment) => void ground.processOf(deployment)?.kill('SIGKILL'),
    kubernetesWrites: ground.writes,
    close: async () => {
      provider.kill('SIGTERM')
      await ended(provider)
      await kube.close()
      await ground.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The provider as a process with a token of its own ServiceAccount and exactly the rights that the chart gives it. */
async function startProvider(kube: Kube, ground: Ground, { folder, keep }: Parts): Promise<ChildProcess> {
  const metadata = { name: 'oasgen-provider', namespace: 'default' }
  await must(kube.patch(SERVICE_ACCOUNTS, metadata, { type: 'apply', body: {}, fieldManager: 'test', force: true }))
  await must(kube.patch(CLUSTER_ROLES, { name: metadata.name }, { type: 'apply', body: { rules: providerRules() }, fieldManager: 'test', force: true }))
  await must(kube.patch(CLUSTER_ROLE_BINDINGS, { name: metadata.name }, {
    type: 'apply', fieldManager: 'test', force: true,
    body: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name }, subjects: [{ kind: 'ServiceAccount', ...metadata }] },
  }))
  const kubeconfig = join(folder, 'provider.kubeconfig')
  writeFileSync(kubeconfig, kubeconfigText({ ...ground, token: await accountToken(kube, 'default', metadata.name) }))
  const provider = spawn(process.execPath, [PROVIDER, '-health-port=0', '-metrics-port=0', '-private-sources=allow', '-debug'], { env: { ...process.env, KUBECONFIG: kubeconfig }, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [provider.stdout, provider.stderr]) stream?.on('data', (data: Buffer) => keep('provider', data.toString()))
  return provider
}

async function embeddedGround({ folder, env, keep }: Parts): Promise<Ground> {
  const controllers = new Map<string, ChildProcess>()
  const plane = await startControlPlane({ inMemory: true, authorization: 'RBAC', runner: processRunner({ folder, controllers, keep, env }) })
  return {
    url: plane.url, ca: plane.ca, token: plane.token,
    writes: async () => Object.fromEntries(Object.entries(plane.stats().requests).filter(([name]) => !/^(get|list|watch) /.test(name) && !name.includes('leases'))),
    processOf: (deployment) => controllers.get(deployment),
    begin: async () => undefined,
    end: async () => {
      await plane.close()
      for (const controller of controllers.values()) controller.kill('SIGKILL')
    },
  }
}

function processRunner({ folder, controllers, keep, env }: Parts & { readonly controllers: Map<string, ChildProcess> }): DeploymentRunner {
  return {
    start: async (_, workload: Workload): Promise<RunningWorkload> => {
      const container = workload.containers[0]!
      const kubeconfig = join(folder, `${workload.pod}.kubeconfig`)
      writeFileSync(kubeconfig, kubeconfigText(workload.serviceAccount))
      const child = spawn(process.execPath, [CONTROLLER, ...container.args], {
        env: { PATH: process.env['PATH'], ...container.env, KUBECONFIG: kubeconfig, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
      })
      controllers.set(workload.deployment, child)
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => keep(workload.deployment, data.toString()))
      const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
      return {
        exited,
        stop: async (graceMs) => {
          child.kill('SIGTERM')
          const hard = setTimeout(() => child.kill('SIGKILL'), graceMs)
          await exited
          clearTimeout(hard)
        },
      }
    },
  }
}

async function realGround({ folder, env, keep }: Parts): Promise<Ground> {
  const server = await startRealApiServer({ controllerManager: true })
  let kubelet: Kubelet | undefined
  return {
    url: server.url, ca: server.ca, token: server.token,
    writes: async () => writesOf(await metricsOf(server)),
    processOf: (deployment) => [...(kubelet?.processes ?? [])].find(([pod]) => pod.startsWith(`${deployment}-`))?.[1],
    begin: async (kube) => {
      kubelet = await startKubelet({ kube, server, folder, env, programOf: () => ({ command: process.execPath, args: [CONTROLLER] }), onOutput: keep })
    },
    end: async () => {
      await kubelet?.stop()
      await server.close()
    },
  }
}

/** The API server's own count of write requests to the kinds that the product touches. */
function writesOf(metrics: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const line of metrics.split('\n')) {
    const labels = /^apiserver_request_total\{(.*)\} (\d+)/.exec(line)
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(labels?.[1] ?? '')?.[1] ?? ''
    const isOurs = label('group').endsWith('.example') || label('group') === 'ogen.krateo.io'
    if (labels === null || !isOurs || ['GET', 'LIST', 'WATCH'].includes(label('verb'))) continue
    const key = `${label('verb')} ${label('resource')}/${label('subresource')}`
    counts[key] = (counts[key] ?? 0) + Number(labels[2])
  }
  return counts
}

function metricsOf(server: { readonly url: string; readonly ca: string; readonly token: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    get(`${server.url}/metrics`, { ca: server.ca, headers: { authorization: `Bearer ${server.token}` } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
    }).on('error', reject)
  })
}

function ended(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()))
}

async function applyObject(kube: Kube, object: JsonObject): Promise<void> {
  const [group, version] = textOf(object.apiVersion).includes('/') ? textOf(object.apiVersion).split('/') : ['', textOf(object.apiVersion)]
  const metadata = object.metadata as JsonObject
  const name = textOf(metadata.name)
  const answer = await eventually(async () => {
    const discovery = await kube.discover()
    const type = discovery.ok ? discovery.value.types.find((served) => served.group === group && served.version === version && served.kind === object.kind) : undefined
    if (type === undefined) return undefined
    const ref = { name, ...(type.namespaced && { namespace: textOf(metadata.namespace ?? 'default') }) }
    return kube.patch(type, ref, { type: 'apply', body: object, fieldManager: 'test', force: true })
  })
  if (answer === undefined) throw new Error(`the kind ${textOf(object.kind)} is not served`)
  if (!answer.ok) throw new Error(`apply ${textOf(object.kind)} ${name}: ${answer.error.message}`)
}

export async function must<T>(result: Promise<{ ok: true; value: T } | { ok: false; error: { message: string } }>): Promise<T> {
  const answer = await result
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}

// Much longer than anything takes on an idle machine: a busy one must not look like a fault.
const PATIENCE_MS = 120_000

/** Asks until there is an answer; undefined when the patience is over. */
export async function eventually<T>(ask: () => Promise<T | undefined>, patienceMs: number = PATIENCE_MS): Promise<T | undefined> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(50)) {
    const answer = await ask()
    if (answer !== undefined) return answer
  }
  return undefined
}

export async function until(what: string, test: () => Promise<boolean> | boolean, patienceMs: number = PATIENCE_MS): Promise<void> {
  const met = await eventually(async () => ((await test()) ? true : undefined), patienceMs)
  if (met === undefined) throw new Error(`waited in vain until ${what}`)
}

export function conditionStatus(object: KubeObject | undefined, type: string): string | undefined {
  const status = object !== undefined && isObject(object.status) ? object.status : {}
  const conditions = isArray(status.conditions) ? status.conditions.filter(isObject) : []
  const found = conditions.find((condition) => condition.type === type)
  return found === undefined ? undefined : textOf(found.status)
}

export async function read(kube: Kube, type: ResourceType, name: string): Promise<KubeObject | undefined> {
  const answer = await kube.get(type, { namespace: 'default', name })
  return answer.ok ? answer.value : undefined
}

export async function isReady(kube: Kube, type: ResourceType, name: string): Promise<boolean> {
  const object = await read(kube, type, name)
  const generation = object !== undefined && isObject(object.metadata) ? object.metadata.generation : undefined
  const observed = object !== undefined && isObject(object.status) ? object.status.observedGeneration : undefined
  return conditionStatus(object, 'Ready') === 'True' && observed === generation
}
