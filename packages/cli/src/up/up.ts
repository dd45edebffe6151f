import { existsSync, watch } from 'node:fs'
import { resolve } from 'node:path'
import { startControlPlane, type ControlPlane } from '@oasgen/apiserver'
import { connectKube, loadKubeconfig, type Kube } from '@oasgen/kube'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { applyObject } from '../kubectl/apply.js'
import { readManifests, type Manifest } from '../kubectl/manifests.js'
import { pause } from '../kubectl/pause.js'
import { VERSION } from '../version.js'
import { controllerRunner } from './controllers.js'
import { startDemoShop, type DemoShop } from './demo-shop.js'
import { followObjects } from './follow.js'
import { takeFolder, type UpFolder } from './folder.js'
import { applyDefinitionKind } from './definition-kind.js'
import { keepRunning } from './workers.js'

export interface UpOptions {
  readonly demo?: boolean
  readonly inMemory?: boolean
  readonly port: number
  readonly demoPort: number
  readonly watch?: boolean
}

/** The whole product on one machine: control plane here, provider, controllers and demo API as processes of their own. */
export async function up(io: CommandIo, paths: readonly string[], options: UpOptions): Promise<ExitCode> {
  if (paths.length === 0 && options.demo !== true) throw new CommandError('nothing to bring up', { code: EXIT.usage, help: 'name files or folders, or try: oasgen up --demo' })
  const started = Date.now()
  const folder = takeFolder(io.cwd)
  const closing: (() => Promise<void>)[] = [async () => folder.release()]
  try {
    const plane = await startPlane(io, folder, options)
    closing.push(() => plane.close())
    const shop = options.demo === true ? await startDemoShop(io, folder, options.demoPort) : undefined
    if (shop !== undefined) closing.push(() => shop.stop())
    folder.writeRun({ pid: process.pid, url: plane.url, ...(shop && { demo: { url: shop.url, port: shop.port } }) })
    const kube = await connect(folder)
    closing.push(() => kube.close())
    await applyDefinitionKind(kube)
    printHead(io, { plane, shop, options, tookMs: Date.now() - started })
    const provider = keepRunning({ name: 'provider', command: '__provider', args: PROVIDER_ARGS, env: { KUBECONFIG: folder.kubeconfig }, onLine: () => undefined }, (why) => io.err(`the provider ended (${why}) and is started again\n`))
    closing.push(() => provider.stop(10_000))
    const view = followObjects(io, kube)
    closing.push(() => view.stop())
    await serveManifests(io, kube, { paths, isWatching: options.watch === true, shop })
    printHints(io, shop)
    await stopped(io.signal)
    io.out('\nstopping; the same command goes on where it stopped\n')
    return EXIT.ok
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

async function startPlane(io: CommandIo, folder: UpFolder, options: UpOptions): Promise<ControlPlane> {
  try {
    const plane = await startControlPlane({
      ...(options.inMemory === true ? { inMemory: true } : { dataDir: folder.data }),
      port: folder.port('api', options.port),
      // Somebody looks at the screen: drift is to be seen in seconds, not at the third minute.
      runner: controllerRunner({ kubeconfig: folder.kubeconfig, cwd: io.cwd, onLine: () => undefined, env: { REST_CONTROLLER_RESYNC_INTERVAL: '5s' } }),
    })
    plane.writeKubeconfig(folder.kubeconfig)
    folder.keepPort('api', plane.port)
    return plane
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new CommandError(`port ${options.port} is taken by another program`, { code: EXIT.unavailable, help: 'oasgen up --port 0 takes a free one' })
  }
}

async function connect(folder: UpFolder): Promise<Kube> {
  const config = await loadKubeconfig({ path: folder.kubeconfig })
  if (config.value === undefined) throw new CommandError(config.findings[0]?.message ?? 'the kubeconfig cannot be read')
  return connectKube(config.value)
}

const PROVIDER_ARGS = ['-health-port=0', '-metrics-port=0', '-private-sources=allow', '-poll=1m']

interface Head {
  readonly plane: ControlPlane
  readonly shop: DemoShop | undefined
  readonly options: UpOptions
  readonly tookMs: number
}

function printHead(io: CommandIo, { plane, shop, options, tookMs }: Head): void {
  const data = options.inMemory === true ? 'in memory' : 'data in .oasgen/'
  io.out(`oasgen ${VERSION} · Kubernetes API on ${plane.url} · ${data} · ready in ${(tookMs / 1000).toFixed(1)} s\n`)
  if (shop !== undefined) io.out(`demo API "bookshop" on ${shop.url} · 4 kinds · token auth · its OpenAPI document: /openapi.yaml\n`)
  io.out('\n')
}

function printHints(io: CommandIo, shop: DemoShop | undefined): void {
  const example = shop === undefined ? [] : [
    '   kubectl get books                                   (no kubectl? npx oasgen get books)',
    `   kubectl patch book the-hobbit --type merge -p '{"spec":{"price":1299}}'`,
    '   npx oasgen demo meddle                              change it in the API behind our back',
  ]
  io.out(['', ' in another terminal:', '   export KUBECONFIG=.oasgen/kubeconfig', ...example, ' Ctrl-C stops; the same command goes on where it stopped.', '', ''].join('\n'))
}

interface Serve {
  readonly paths: readonly string[]
  readonly isWatching: boolean
  readonly shop: DemoShop | undefined
}

async function serveManifests(io: CommandIo, kube: Kube, { paths, isWatching, shop }: Serve): Promise<void> {
  await applyAll(io, kube, { manifests: await readManifests(io, paths), existing: 'apply' })
  // What people did to the demo's objects since the last start is theirs.
  if (shop !== undefined) await applyAll(io, kube, { manifests: await demoManifests(io, shop), existing: 'keep' })
  if (!isWatching) return
  let timer: NodeJS.Timeout | undefined
  const again = (): void => {
    clearTimeout(timer)
    // Editors write a file in several steps: one apply after the last of them.
    timer = setTimeout(() => void applyChanged(io, kube, paths), 150)
  }
  for (const path of paths.filter((path) => path !== '-' && existsSync(resolve(io.cwd, path)))) watch(resolve(io.cwd, path), { signal: io.signal }, again)
}

async function applyChanged(io: CommandIo, kube: Kube, paths: readonly string[]): Promise<void> {
  try {
    await applyAll(io, kube, { manifests: await readManifests(io, paths), existing: 'apply' })
  } catch (error) {
    io.err(`${error instanceof CommandError ? error.message : String(error)}\n`)
  }
}

async function demoManifests(io: CommandIo, shop: DemoShop): Promise<readonly Manifest[]> {
  const manifests = await readManifests(io, shop.manifests)
  return manifests.map((manifest) => ({ ...manifest, object: shop.adapt(manifest.object) }))
}

interface ApplyAll {
  readonly manifests: readonly Manifest[]
  readonly existing: 'apply' | 'keep'
}

const KIND_WAIT_MS = 60_000

// Kinds appear while definitions become ready: what the server does not know yet is tried again until then.
async function applyAll(io: CommandIo, kube: Kube, { manifests, existing }: ApplyAll): Promise<void> {
  let left = manifests
  for (const end = Date.now() + KIND_WAIT_MS; left.length > 0 && !io.signal.aborted; await pause(100, io.signal)) {
    const unknown: Manifest[] = []
    for (const manifest of left) {
      const applied = await applyObject(kube, manifest, { namespace: 'default', existing })
      if (applied.unknownKind === true && Date.now() < end) unknown.push(manifest)
      else if (!applied.ok) io.err(`${applied.text}\n`)
    }
    left = unknown
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
