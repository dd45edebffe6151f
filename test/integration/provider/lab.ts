import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startControlPlane, type ControlPlane, type DeploymentRunner, type Workload } from '@oasgen/apiserver'
import { isArray, isObject, textOf, type JsonObject } from '@oasgen/json'
import {
  CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, CONFIG_MAPS, connectKube, CUSTOM_RESOURCE_DEFINITIONS, LEASES, loadKubeconfig, NAMESPACES, SECRETS, SERVICE_ACCOUNTS, type Kube, type KubeObject, type ResourceType,
} from '@oasgen/kube'
import { providerRules, REST_DEFINITIONS, runProvider } from '@oasgen/provider'
import { runRestController } from '@oasgen/rest-controller'
import { restDefinitionCrd } from '@oasgen/restdefinition'
import { accountToken, kubeconfigText, startKubelet, startRealApiServer } from '@oasgen/testkit'
import { eventually, must, until, type StackTarget } from '../stack/stack.js'
import { watchHealth, type HealthWatch } from './health.js'

export { eventually, must, until }

const CONTROLLER = fileURLToPath(new URL('../../../packages/rest-controller/bundle/rest-dynamic-controller.mjs', import.meta.url))

/**
 * A control plane with RBAC, the provider with exactly its rights, and what it deploys. On the embedded one everything runs in this
 * process, so that a suite of many definitions takes seconds; on kube-apiserver the controllers are processes of a stand-in for the kubelet.
 */
export interface Lab {
  readonly target: StackTarget
  readonly kube: Kube
  readonly kubeconfig: string
  readonly server: { readonly url: string; readonly ca: string }
  readonly health: HealthWatch
  /** Requests of the provider so far, by verb and kind, Leases left out; on the embedded control plane only. */
  calls(): Readonly<Record<string, number>>
  apply(...objects: readonly JsonObject[]): Promise<void>
  get(type: ResourceType, name: string, namespace?: string): Promise<KubeObject | undefined>
  startProvider(...args: readonly string[]): Promise<void>
  stopProvider(): Promise<void>
  output(): string
  close(): Promise<void>
}

export interface LabOptions {
  /** `stub`: what is deployed only says that it runs its Plan. */
  readonly controllers?: 'run' | 'stub'
  readonly args?: readonly string[]
}

const PROVIDER = { name: 'oasgen-provider', namespace: 'oasgen-system' }
const QUICK = { REST_CONTROLLER_RESYNC_INTERVAL: '1s', REST_CONTROLLER_LEASE_RENEW_DEADLINE: '2s', REST_CONTROLLER_LEASE_RETRY_PERIOD: '500ms', REST_CONTROLLER_LEASE_MARGIN: '1s', REST_CONTROLLER_GRACE_PERIOD: '1s', REST_CONTROLLER_HEALTH_PORT: '0', REST_CONTROLLER_MIN_ERROR_RETRY_INTERVAL: '300ms', REST_CONTROLLER_MAX_ERROR_RETRY_INTERVAL: '1s' }

export async function openLab(target: StackTarget, options: LabOptions = {}): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-provider-lab-'))
  const lines: string[] = []
  const ground = target === 'embedded' ? await embedded(folder, lines, options) : await real(folder, lines)
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigText(ground))
  const kube = connectKube((await loadKubeconfig({ path: kubeconfig })).value!)
  await ground.begin(kube)
  await must(kube.create(NAMESPACES, { metadata: { name: PROVIDER.namespace } }))
  await must(kube.patch(CUSTOM_RESOURCE_DEFINITIONS, { name: 'restdefinitions.ogen.krateo.io' }, { type: 'apply', body: restDefinitionCrd(), fieldManager: 'test', force: true }))
  await until('RestDefinitions are served', async () => (await kube.list(REST_DEFINITIONS)).ok)
  await grantProvider(kube)
  const providerConfig = join(folder, 'provider.kubeconfig')
  writeFileSync(providerConfig, kubeconfigText({ ...ground, token: await accountToken(kube, PROVIDER.namespace, PROVIDER.name) }))
  const provider = createProviderRun({ kubeconfig: providerConfig, args: options.args ?? [] })
  const health = watchHealth(kube)
  await provider.start()
  return {
    target, kube, kubeconfig, server: ground, health, calls: ground.calls, output: () => lines.slice(-100).join('\n'),
    apply: async (...objects) => { for (const object of objects) await applyObject(kube, object) },
    get: async (type, name, namespace = 'default') => {
      const answer = await kube.get(type, { name, ...(type.namespaced && { namespace }) })
      return answer.ok ? answer.value : undefined
    },
    startProvider: (...args) => provider.start(...args),
    stopProvider: () => provider.stop(),
    close: async () => {
      await provider.stop()
      await health.stop()
      await kube.close()
      await ground.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function grantProvider(kube: Kube): Promise<void> {
  await must(kube.create(SERVICE_ACCOUNTS, { metadata: PROVIDER }))
  await must(kube.create(CLUSTER_ROLES, { metadata: { name: PROVIDER.name }, rules: providerRules() }))
  await must(kube.create(CLUSTER_ROLE_BINDINGS, {
    metadata: { name: PROVIDER.name }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: PROVIDER.name }, subjects: [{ kind: 'ServiceAccount', ...PROVIDER }],
  }))
}

interface ProviderRun {
  start(...args: readonly string[]): Promise<void>
  stop(): Promise<void>
}

/** Flags, transport, metrics and all: the program as it is, but in this process. */
function createProviderRun({ kubeconfig, args }: { readonly kubeconfig: string; readonly args: readonly string[] }): ProviderRun {
  let running: { readonly stopping: AbortController; readonly ended: Promise<number> } | undefined
  return {
    start: async (...more) => {
      const stopping = new AbortController()
      const all = ['-health-port=0', '-metrics-port=0', '-private-sources=allow', '-poll=3s', '-min-error-retry-interval=300ms', '-max-error-retry-interval=1s', ...args, ...more]
      running = { stopping, ended: runProvider({ args: all, env: { KUBECONFIG: kubeconfig }, signal: stopping.signal }) }
    },
    stop: async () => {
      running?.stopping.abort()
      await running?.ended
      running = undefined
    },
  }
}

interface Ground {
  readonly url: string
  readonly ca: string
  readonly token: string
  readonly calls: () => Readonly<Record<string, number>>
  readonly begin: (kube: Kube) => Promise<void>
  readonly end: () => Promise<void>
}

async function embedded(folder: string, lines: string[], { controllers = 'run' }: LabOptions): Promise<Ground> {
  const made: { plane?: ControlPlane } = {}
  const runner = controllers === 'run' ? inProcess(folder) : stub(() => made.plane as ControlPlane)
  const plane = await startControlPlane({ inMemory: true, authorization: 'RBAC', runner, log: (line) => lines.push(line) })
  made.plane = plane
  const calls: Record<string, number> = {}
  plane.onRequest(({ user, verb, resource }) => {
    if (user !== `system:serviceaccount:${PROVIDER.namespace}:${PROVIDER.name}` || resource.startsWith('leases')) return
    const key = `${verb} ${resource}`
    calls[key] = (calls[key] ?? 0) + 1
  })
  return { url: plane.url, ca: plane.ca, token: plane.token, calls: () => ({ ...calls }), begin: async () => undefined, end: () => plane.close() }
}

function inProcess(folder: string): DeploymentRunner {
  return {
    start: async (_, workload: Workload) => {
      const [container] = workload.containers
      const kubeconfig = join(folder, `${workload.pod}.kubeconfig`)
      writeFileSync(kubeconfig, kubeconfigText(workload.serviceAccount))
      const stopping = new AbortController()
      const ended = runRestController({ args: container!.args, env: { ...container!.env, ...QUICK, KUBECONFIG: kubeconfig }, signal: stopping.signal })
      return {
        exited: ended.then((code) => ({ code, signal: null })),
        stop: async () => {
          stopping.abort()
          await ended
        },
      }
    },
  }
}

/** Takes the Lease of its kind and says that it runs what was published, as a controller does once per change. */
function stub(plane: () => ControlPlane): DeploymentRunner {
  return {
    start: async (_, workload: Workload) => {
      const { url, ca, token } = plane()
      const kube = connectKube({ server: url, ca, token })
      const [namespace = '', name = ''] = (workload.containers[0]?.env['REST_CONTROLLER_PLAN'] ?? '').split('/')
      const plan = await kube.get({ group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true }, { namespace, name })
      if (plan.ok) await sayRunning(kube, plan.value, { namespace, name })
      let end = (): void => undefined
      const exited = new Promise<{ code: number; signal: null }>((resolve) => { end = () => resolve({ code: 0, signal: null }) })
      return {
        exited,
        stop: async () => {
          await kube.close()
          end()
        },
      }
    },
  }
}

async function sayRunning(kube: Kube, plan: KubeObject, { namespace, name }: { namespace: string; name: string }): Promise<void> {
  const { annotations = {} } = plan.metadata as { annotations?: Record<string, string> }
  const { resource } = JSON.parse(textOf((plan['data'] as JsonObject)['plan.json'])) as { resource: { plural: string; group: string } }
  await must(kube.patch(LEASES, { namespace, name: `${resource.plural}.${resource.group}` }, {
    type: 'apply', fieldManager: 'test', force: true,
    body: {
      metadata: { labels: { 'krateo.io/rest-controller': 'true' }, annotations: { 'krateo.io/plan-hash': annotations['krateo.io/plan-hash'] ?? '', 'krateo.io/restdefinition': `${namespace}/${name.replace(/-controller-plan$/, '')}` } },
      spec: { holderIdentity: 'stub', leaseDurationSeconds: 3600 },
    },
  }))
}

async function real(folder: string, lines: string[]): Promise<Ground> {
  const server = await startRealApiServer({ controllerManager: true })
  let kubelet: Awaited<ReturnType<typeof startKubelet>> | undefined
  return {
    url: server.url, ca: server.ca, token: server.token, calls: () => ({}),
    begin: async (kube) => {
      kubelet = await startKubelet({ kube, server, folder, env: QUICK, programOf: () => ({ command: process.execPath, args: [CONTROLLER] }), onOutput: (pod, text) => lines.push(`${pod}: ${text.trimEnd()}`) })
    },
    end: async () => {
      await kubelet?.stop()
      await server.close()
    },
  }
}

const KNOWN: readonly ResourceType[] = [NAMESPACES, CONFIG_MAPS, SECRETS, REST_DEFINITIONS]

async function typeOf(kube: Kube, { group, version, kind }: { readonly group: string; readonly version: string; readonly kind: string }): Promise<ResourceType | undefined> {
  const discovery = await kube.discover()
  return discovery.ok ? discovery.value.types.find((served) => served.group === group && served.version === version && served.kind === kind) : undefined
}

async function applyObject(kube: Kube, object: JsonObject): Promise<void> {
  const [group = '', version = ''] = textOf(object['apiVersion']).includes('/') ? textOf(object['apiVersion']).split('/') : ['', textOf(object['apiVersion'])]
  const metadata = object['metadata'] as JsonObject
  let problem = ''
  const answer = await eventually(async () => {
    const type = KNOWN.find((known) => known.kind === object['kind'] && known.group === group) ?? (await typeOf(kube, { group, version, kind: textOf(object['kind']) }))
    if (type === undefined) return undefined
    const ref = { name: textOf(metadata['name']), ...(type.namespaced && { namespace: textOf(metadata['namespace'] ?? 'default') }) }
    const applied = await kube.patch(type, ref, { type: 'apply', body: object, fieldManager: 'test', force: true })
    problem = applied.ok ? '' : applied.error.message
    return applied.ok ? true : undefined
  }, 20_000)
  if (answer === undefined) throw new Error(`apply ${textOf(object['kind'])} ${textOf(metadata['name'])}: ${problem || 'the kind is not served'}`)
}

/** `True/Available message` of each condition, by type. */
export function conditionsOf(object: KubeObject | undefined): Readonly<Record<string, string>> {
  const conditions = isObject(object?.status) && isArray(object.status['conditions']) ? object.status['conditions'].filter(isObject) : []
  return Object.fromEntries(conditions.map(({ type, status, reason, message }) => [textOf(type), `${textOf(status)}/${textOf(reason)} ${textOf(message)}`.trim()]))
}

export function isReady(object: KubeObject | undefined): boolean {
  const generation = isObject(object?.metadata) ? object.metadata['generation'] : undefined
  return conditionsOf(object)['Ready']?.startsWith('True') === true && isObject(object?.status) && object.status['observedGeneration'] === generation
}

/** Waits until the definition is Ready with its newest generation and nothing is wrong with it. */
export async function ready(lab: Lab, name: string, namespace = 'default'): Promise<KubeObject> {
  let last: KubeObject | undefined
  await until(`RestDefinition ${namespace}/${name} is Ready`, async () => {
    last = await lab.get(REST_DEFINITIONS, name, namespace)
    return isReady(last) && conditionsOf(last)['Stalled'] === undefined && conditionsOf(last)['Reconciling'] === undefined
  }, 60_000).catch((error: unknown) => { throw new Error(`${String(error)}: ${JSON.stringify(conditionsOf(last))}`) })
  return last!
}

/** Waits until a condition says this. */
export async function says(lab: Lab, what: { readonly name: string; readonly type?: ResourceType; readonly condition: string; readonly text: RegExp }): Promise<KubeObject> {
  let last: KubeObject | undefined
  await until(`${what.name} says ${what.condition} ${String(what.text)}`, async () => {
    last = await lab.get(what.type ?? REST_DEFINITIONS, what.name)
    return what.text.test(conditionsOf(last)[what.condition] ?? '')
  }, 60_000).catch((error: unknown) => { throw new Error(`${String(error)}: ${JSON.stringify(conditionsOf(last))}`) })
  return last!
}
