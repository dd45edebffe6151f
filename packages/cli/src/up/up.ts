import { existsSync, watch } from 'node:fs'
import { relative, resolve } from 'node:path'
import { startControlPlane, type ControlPlane } from '@oasgen/apiserver'
import { finding } from '@oasgen/diagnostics'
import { connectKube, loadKubeconfig, type Kube, type KubeObject } from '@oasgen/kube'
import { CommandError, endWith, EXIT, findingsText, type CommandIo, type ExitCode } from '../io.js'
import { applyObject } from '../kubectl/apply.js'
import { readManifests, type Manifest } from '../kubectl/manifests.js'
import { pause } from '../kubectl/pause.js'
import { VERSION } from '../version.js'
import { controllerRunner, type WorkerLine } from './controllers.js'
import { applyDefinitionKind } from './definition-kind.js'
import { startDemoShop, type DemoShop } from './demo-shop.js'
import { followObjects } from './follow.js'
import { takeFolder, type UpFolder } from './folder.js'
import { createLiveBlock, type LiveBlock } from './live-block.js'
import { localExchanges } from './local-exchanges.js'
import { keepRunning } from './workers.js'

export interface UpOptions {
  readonly demo?: boolean
  readonly inMemory?: boolean
  readonly port: number
  readonly demoPort: number
  readonly watch?: boolean
  /** Lines instead of a live view. */
  readonly plain?: boolean
}

/** The whole product on one machine: control plane here, provider, controllers and demo API as processes of their own. */
export async function up(io: CommandIo, paths: readonly string[], options: UpOptions): Promise<ExitCode> {
  if (paths.length === 0 && options.demo !== true) throw new CommandError('nothing to bring up', { code: EXIT.usage, help: 'name files or folders, or try: oasgen up --demo' })
  const started = Date.now()
  const folder = takeFolder(io.cwd, options.inMemory === true ? 'memory' : 'disk')
  const closing: (() => Promise<void>)[] = [async () => folder.release()]
  const heard: Hearing = { onLine: () => undefined }
  try {
    const plane = await startPlane(io, folder, { options, heard })
    closing.push(() => plane.close())
    const block = io.isTerminal && options.plain !== true ? createLiveBlock({ write: (text) => io.out(text), columns: () => io.columns, rows: () => io.rows ?? 24 }) : undefined
    const screen = block === undefined ? io : onBlock(io, block)
    const shop = options.demo === true ? await startDemoShop(screen, folder, options.demoPort) : undefined
    if (shop !== undefined) closing.push(() => shop.stop())
    folder.writeRun({ pid: process.pid, url: plane.url, ...(shop && { demo: { url: shop.url, port: shop.port } }) })
    const kube = await connect(folder)
    closing.push(() => kube.close())
    await applyDefinitionKind(kube)
    io.out(headText({ plane, shop, options, tookMs: Date.now() - started }, io.columns))
    const provider = keepRunning({ name: 'provider', command: '__provider', args: PROVIDER_ARGS, env: { KUBECONFIG: folder.kubeconfig }, onLine: () => undefined }, (why) => screen.err(`the provider ended (${why}) and is started again\n`))
    closing.push(() => provider.stop(10_000))
    const files = [...paths, ...(shop === undefined ? [] : shop.manifests)]
    const view = followObjects({
      io, kube, block, hints: () => hintLines(io, { folder, shop }),
      exchanges: async (deployment, kind, key) => localExchanges(io.cwd, { deployment, kind, key }),
      onTrouble: (definition) => void tellTrouble(screen, files, definition),
    })
    heard.onLine = (name, line) => view.heard(name, line)
    closing.push(() => view.stop())
    await serveManifests(screen, kube, { paths, isWatching: options.watch === true, shop })
    if (block === undefined) io.out(`${hintLines(io, { folder, shop }).join('\n')}\n\n`)
    await stopped(io.signal)
    block?.end()
    io.out('\nstopping; the same command goes on where it stopped\n')
    return EXIT.ok
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

interface Hearing {
  onLine: WorkerLine
}

/** Everything that is said goes above the block. */
function onBlock(io: CommandIo, block: LiveBlock): CommandIo {
  const print = (text: string): void => block.print(text)
  return { ...io, get columns() { return io.columns }, out: print, err: print, note: print }
}

async function startPlane(io: CommandIo, folder: UpFolder, { options, heard }: { readonly options: UpOptions; readonly heard: Hearing }): Promise<ControlPlane> {
  const port = folder.port('api', options.port)
  try {
    const plane = await startControlPlane({
      ...(options.inMemory === true ? { inMemory: true } : { dataDir: folder.data }),
      port,
      // Somebody looks at the screen: drift is to be seen in seconds, not at the third minute.
      runner: controllerRunner({ kubeconfig: folder.kubeconfig, cwd: io.cwd, onLine: (name, line) => heard.onLine(name, line), env: { REST_CONTROLLER_RESYNC_INTERVAL: '5s' } }),
    })
    plane.writeKubeconfig(folder.kubeconfig)
    folder.keepPort('api', plane.port)
    return plane
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw endWith(finding('CLI0201', { port, what: 'the Kubernetes API', flag: '--port' }), EXIT.unavailable)
  }
}

/** A definition that does not serve is judged here once more, beside its file: the excerpt says more than a condition can. */
async function tellTrouble(io: CommandIo, files: readonly string[], definition: KubeObject): Promise<void> {
  const { definitionFindings } = await import('./trouble.js')
  const findings = await definitionFindings(io, files, definition)
  if (findings.length > 0) io.err(findingsText(io, findings))
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

function headText({ plane, shop, options, tookMs }: Head, columns: number): string {
  const data = options.inMemory === true ? 'in memory' : 'data in .oasgen/'
  const facts = [
    [`oasgen ${VERSION}`, `Kubernetes API on ${plane.url}`, data, `ready in ${(tookMs / 1000).toFixed(1)} s`],
    ...(shop === undefined ? [] : [[`demo API "bookshop" on ${shop.url}`, '4 kinds', 'token auth', 'its OpenAPI document: /openapi.yaml']]),
  ]
  return `${facts.map((parts) => `${joined(parts, columns)}\n`).join('')}\n`
}

/** Broken between facts, not within them. */
function joined(parts: readonly string[], columns: number): string {
  return parts.reduce((text, part) => {
    const last = text.slice(text.lastIndexOf('\n') + 1)
    return text === '' ? part : last.length + part.length + 3 < columns ? `${text} · ${part}` : `${text}\n  ${part}`
  }, '')
}

function hintLines(io: CommandIo, { folder, shop }: { readonly folder: UpFolder; readonly shop: DemoShop | undefined }): readonly string[] {
  const example = shop === undefined ? [] : [
    ['kubectl get books', '(no kubectl? npx oasgen get books)'],
    [`kubectl patch book the-hobbit --type merge -p '{"spec":{"price":1299}}'`, ''],
    ['npx oasgen demo meddle', io.columns < 100 ? 'change it behind our back' : 'change it in the API behind our back'],
  ] as const
  const width = io.columns < 100 ? 28 : 52
  const lines = example.map(([command, meaning]) => `   ${meaning === '' ? command : `${command.padEnd(width)}${meaning}`}`)
  return ['', ' in another terminal:', `   export KUBECONFIG=${relative(io.cwd, folder.kubeconfig)}`, ...lines, ' Ctrl-C stops; the same command goes on where it stopped.']
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
