import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isArray, isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import { CONFIG_MAPS, connectKube, loadKubeconfig, nameOf, namespaceOf, uidOf, type Kube, type KubeObject } from '@oasgen/kube'
import { startKubelet, startRealApiServer, type Kubelet, type RealApiServer } from '@oasgen/testkit'
import { helmCommand, ROOT, run } from './chart-run.js'

/** A cluster in which charts are installed: real API server and controllers, and a node that runs our bundles for our images. */
export interface ChartCluster {
  readonly kube: Kube
  readonly kubeconfig: string
  readonly server: RealApiServer
  /** Where the newest provider answers probes here; several programs share one machine, so the ports of the chart cannot be used. */
  readonly ports: { readonly health: number; readonly metrics: number }
  helm(...args: readonly string[]): Promise<string>
  kubectl(args: readonly string[], input?: string): Promise<string>
  namespace(name: string): Promise<void>
  output(): string
  close(): Promise<void>
}

/** A container of an image → what runs instead, given the folder that stands for its volumes. */
export type RunsAs = (container: JsonObject, place: Place) => Standin | Promise<Standin>

export interface Standin {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface Place {
  readonly kube: Kube
  readonly pod: KubeObject
  readonly server: RealApiServer
  /** Mount path → folder with the files of the volume. */
  readonly mounts: ReadonlyMap<string, string>
  readonly folder: string
}

export async function startChartCluster(runsAs: RunsAs = asBundle): Promise<ChartCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-chart-'))
  const server = await startRealApiServer({ controllerManager: true })
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, server.kubeconfig(), { mode: 0o600 })
  const kube = connectKube((await loadKubeconfig({ path: kubeconfig })).value!)
  const ports = { health: 0, metrics: 0 }
  const lines: string[] = []
  const kubelet: Kubelet = await startKubelet({
    kube, server, folder,
    // All programs share the machine's ports, and an old and a new one run side by side during a rollout.
    env: { REST_CONTROLLER_HEALTH_PORT: '0' },
    programOf: async (container, pod) => {
      const [health = 0, metrics = 0] = await freePorts(2)
      if (textOf(container['name']) === 'provider') Object.assign(ports, { health, metrics })
      const standin = await runsAs(container, { kube, pod, server, folder, mounts: await mountVolumes(kube, pod, { container, folder }) })
      return { ...standin, env: { ...standin.env, OASGEN_PROVIDER_HEALTH_PORT: String(health), OASGEN_PROVIDER_METRICS_PORT: String(metrics) } }
    },
    onOutput: (pod, text) => void lines.push(...text.trimEnd().split('\n').map((line) => `${pod}: ${line}`)),
  })
  const env = { KUBECONFIG: kubeconfig, HELM_CONFIG_HOME: join(folder, 'helm'), HELM_CACHE_HOME: join(folder, 'helm'), HELM_DATA_HOME: join(folder, 'helm') }
  const kubectl: ChartCluster['kubectl'] = (args, input) => run('kubectl', args, { env, ...(input !== undefined && { input }) })
  return {
    kube, kubeconfig, server, ports, kubectl,
    helm: (...args) => run(helmCommand(), args, { env }),
    // What is deployed must be allowed where nothing else is.
    namespace: async (name) => void (await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } }))),
    output: () => lines.slice(-200).join('\n'),
    close: async () => {
      await kubelet.stop()
      await kube.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const BUNDLES: readonly (readonly [image: string, file: string])[] = [
  ['oasgen-provider', 'packages/provider/bundle/oasgen-provider.mjs'],
  ['rest-dynamic-controller', 'packages/rest-controller/bundle/rest-dynamic-controller.mjs'],
]

/** The bundle that the image of this name holds, with paths into volumes as they are here. */
export function asBundle(container: JsonObject, { mounts }: Place): Standin {
  const image = textOf(container['image'])
  const file = BUNDLES.find(([name]) => image.includes(`/${name}:`) || image.includes(`/${name}@`))?.[1]
  if (file === undefined) throw new Error(`nothing stands for the image ${image}`)
  return { command: process.execPath, args: [join(ROOT, file)], env: movedPaths(container, mounts) }
}

function movedPaths(container: JsonObject, mounts: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const moved: Record<string, string> = {}
  for (const variable of objects(container['env'])) {
    const value = textOf(variable['value'])
    for (const [path, folder] of mounts) if (value.startsWith(`${path}/`)) moved[textOf(variable['name'])] = join(folder, value.slice(path.length))
  }
  return moved
}

/** ConfigMaps and empty folders, as files. */
async function mountVolumes(kube: Kube, pod: KubeObject, { container, folder }: { readonly container: JsonObject; readonly folder: string }): Promise<ReadonlyMap<string, string>> {
  const spec = isObject(pod.spec) ? pod.spec : {}
  const mounts = new Map<string, string>()
  for (const mount of objects(container['volumeMounts'])) {
    const volume = objects(spec['volumes']).find((each) => each['name'] === mount['name'])
    const place = join(folder, uidOf(pod), textOf(mount['name']))
    mkdirSync(place, { recursive: true, mode: 0o777 })
    mounts.set(textOf(mount['mountPath']), place)
    const configMap = volume !== undefined && isObject(volume['configMap']) ? textOf(volume['configMap']['name']) : ''
    if (configMap === '') continue
    const found = await kube.get(CONFIG_MAPS, { namespace: namespaceOf(pod), name: configMap })
    if (!found.ok) throw new Error(`the pod ${nameOf(pod)} wants the ConfigMap ${configMap}: ${found.error.message}`)
    for (const [file, text] of Object.entries(isObject(found.value['data']) ? found.value['data'] : {})) writeFileSync(join(place, file), textOf(text))
  }
  return mounts
}

export function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : []
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => resolve(server))
  })))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
