import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync, chmodSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hostname } from 'node:os'
import type { JsonObject } from '@oasgen/json'
import { nameOf, uidOf } from './object.js'
import type { Randomness } from './api/plane.js'
import { allowAll } from './auth/authorize.js'
import { rbac } from './auth/rbac.js'
import { tokenIssuer } from './auth/tokens.js'
import { seeds } from './bootstrap.js'
import { aggregationController } from './controllers/aggregation.js'
import { crdController } from './controllers/crds.js'
import { deploymentController } from './controllers/deployments.js'
import { PodKeeper } from './controllers/pods.js'
import { replicaSetController } from './controllers/replicasets.js'
import { garbageController } from './controllers/garbage.js'
import { insideClient } from './controllers/inside.js'
import { namespaceController } from './controllers/namespaces.js'
import { Workshop, type Controller } from './controllers/work.js'
import { Edge } from './edge/server.js'
import { loadIdentity, type Identity } from './identity.js'
import { Kernel, type Handled } from './kernel.js'
import { renderKubeconfig } from './kubeconfig.js'
import { builtinTypes } from './registry/builtin.js'
import { RegistryKeeper } from './registry/registry.js'
import type { DeploymentRunner } from './runner.js'
import { FileJournal } from './store/file-journal.js'
import { Store } from './store/store.js'

export interface ControlPlaneOptions {
  /** Where objects, keys and certificates are kept. Needed unless `inMemory`. */
  readonly dataDir?: string
  /** Nothing is written; everything is gone with the process. */
  readonly inMemory?: boolean
  /** Only loopback is served. */
  readonly host?: '127.0.0.1'
  /** 0 or absent = a free one. */
  readonly port?: number
  readonly authorization?: 'AlwaysAllow' | 'RBAC'
  /** Lets callers without credentials in, as `system:anonymous`. */
  readonly anonymous?: boolean
  /** A second listener without TLS, for tests: a loopback port, or a socket file that only its owner can open. */
  readonly plainHttp?: { readonly port?: number; readonly socket?: string }
  readonly runner?: DeploymentRunner
  readonly log?: (line: string) => void
}

export interface RequestStatistics {
  /** How often each verb was asked of each resource: `stats().requests['get books.example.com']`; our own controllers are not counted. */
  readonly requests: Readonly<Record<string, number>>
}

export interface ControlPlane {
  readonly url: string
  readonly port: number
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string
  /** A bearer token that may do everything. */
  readonly token: string
  /** Port of the plain listener, when there is one. */
  readonly plainPort?: number
  kubeconfig(): string
  writeKubeconfig(path: string): void
  stats(): RequestStatistics
  onRequest(listener: (handled: Handled) => void): () => void
  close(): Promise<void>
}

const HOST = '127.0.0.1'

/** Starts the API, its store and its controllers; resolves when it serves. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const log = options.log ?? (() => undefined)
  if (options.dataDir === undefined && options.inMemory !== true) throw new Error('startControlPlane needs dataDir or inMemory')
  const dataDir = options.inMemory === true ? undefined : options.dataDir
  const identity = loadIdentity(dataDir, Date.now())
  const store = dataDir === undefined ? new Store() : await FileJournal.open(join(dataDir, 'store'))
  const kernel = new Kernel({
    store, registry: new RegistryKeeper(builtinTypes()), authorizer: options.authorization === 'RBAC' ? rbac : allowAll, tokens: tokenIssuer(identity.tokenKey), random: randomness, log,
  })
  await plant(kernel)
  const edge = new Edge({
    kernel, now: Date.now, log,
    authentication: { adminToken: identity.adminToken, tokens: kernel.parts.tokens, anonymous: options.anonymous ?? false },
  })
  const port = await edge.listenTls({ cert: identity.server.certificate, key: identity.server.key, ca: identity.ca }, { host: HOST, port: options.port ?? 0 })
  const plainPort = await listenPlain(edge, options)
  const workshops = startControllers(kernel, identity, log)
  const pods = options.runner && startPods({ kernel, identity, runner: options.runner, url: `https://${HOST}:${port}`, log })
  if (pods) await pods.keeper.start()
  const forget = forgetHistory(store)
  return controlPlane({ kernel, edge, identity, port, plainPort, workshops: [...workshops, ...pods?.workshops ?? []], store, keeper: pods?.keeper, forget })
}

/** What every cluster holds from the start; what is there already stays as it is. */
async function plant(kernel: Kernel): Promise<void> {
  const inside = insideClient(kernel, 'apiserver', Date.now)
  for (const { path, object } of seeds(Date.now(), hostname().toLowerCase())) await inside.request('POST', path, object)
}

async function listenPlain(edge: Edge, { plainHttp }: ControlPlaneOptions): Promise<number | undefined> {
  if (plainHttp === undefined) return undefined
  if (plainHttp.socket === undefined) return edge.listenPlain({ host: HOST, port: plainHttp.port ?? 0 })
  const before = process.umask(0o177)
  try {
    await edge.listenPlain({ path: plainHttp.socket })
    chmodSync(plainHttp.socket, 0o600)
  } finally {
    process.umask(before)
  }
  return undefined
}

function startControllers(kernel: Kernel, identity: Identity, log: (line: string) => void): readonly Workshop[] {
  const { store } = kernel.parts
  const registry = () => kernel.registry
  const controllers: readonly Controller[] = [
    crdController(store, insideClient(kernel, 'kube-apiserver', Date.now)),
    namespaceController({ store, inside: insideClient(kernel, 'namespace-controller', Date.now), registry, ca: identity.ca }),
    garbageController(store, insideClient(kernel, 'garbage-collector', Date.now), registry),
    aggregationController(store, insideClient(kernel, 'clusterrole-aggregation-controller', Date.now)),
  ]
  return controllers.map((controller) => started(controller, store, log))
}

const HISTORY_MINUTES = 5

/** Watches can go on, and pages stay consistent, for five minutes; then history is forgotten, as kube-apiserver does. */
function forgetHistory(store: Store): NodeJS.Timeout {
  const marks: number[] = []
  const timer = setInterval(() => {
    marks.push(store.durableRevision)
    if (marks.length > HISTORY_MINUTES) store.compact(marks.shift() ?? 0)
  }, 60_000)
  return timer.unref()
}

interface PodsInput {
  readonly kernel: Kernel
  readonly identity: Identity
  readonly runner: DeploymentRunner
  readonly url: string
  readonly log: (line: string) => void
}

const YEAR_SECONDS = 365 * 86_400

/** The part of a cluster that runs things, as far as Deployments need it. */
function startPods({ kernel, identity, runner, url, log }: PodsInput): { readonly keeper: PodKeeper; readonly workshops: readonly Workshop[] } {
  const { store, tokens } = kernel.parts
  const node = hostname().toLowerCase()
  const issueToken = (namespace: string, account: JsonObject, pod: JsonObject): string => tokens.issue({
    namespace, name: nameOf(account), uid: uidOf(account), audiences: [tokens.audience], seconds: YEAR_SECONDS, at: Date.now(),
    bound: { kind: 'Pod', name: nameOf(pod), uid: uidOf(pod) },
  })
  const keeper = new PodKeeper({ store, inside: insideClient(kernel, 'kubelet', Date.now), runner, node, log, around: { view: store, ca: identity.ca, url, issueToken } })
  kernel.logs = (namespace, name, tailLines) => keeper.logs(namespace, name, tailLines)
  const controllers = [
    deploymentController(store, insideClient(kernel, 'deployment-controller', Date.now)),
    replicaSetController(store, insideClient(kernel, 'replicaset-controller', Date.now), node),
  ]
  return { keeper, workshops: controllers.map((controller) => started(controller, store, log)) }
}

function started(controller: Controller, store: Store, log: (line: string) => void): Workshop {
  const workshop = new Workshop(controller, log)
  workshop.start(store)
  return workshop
}

interface Running {
  readonly keeper: PodKeeper | undefined
  readonly forget: NodeJS.Timeout
  readonly kernel: Kernel
  readonly edge: Edge
  readonly identity: Identity
  readonly port: number
  readonly plainPort: number | undefined
  readonly workshops: readonly Workshop[]
  readonly store: Store
}

function controlPlane({ kernel, edge, identity, port, plainPort, workshops, store, keeper, forget }: Running): ControlPlane {
  const url = `https://${HOST}:${port}`
  const requests: Record<string, number> = {}
  kernel.onHandled(({ verb, resource }) => {
    const key = `${verb} ${resource}`
    requests[key] = (requests[key] ?? 0) + 1
  })
  const kubeconfig = (): string => renderKubeconfig({ url, ca: identity.ca, token: identity.adminToken })
  return {
    url, port, ca: identity.ca, token: identity.adminToken, ...(plainPort !== undefined && { plainPort }),
    kubeconfig,
    writeKubeconfig: (path) => {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, kubeconfig(), { mode: 0o600 })
    },
    stats: () => ({ requests: { ...requests } }),
    onRequest: (listener) => kernel.onHandled(listener),
    close: async () => {
      clearInterval(forget)
      await Promise.all(workshops.map((workshop) => workshop.stop()))
      await keeper?.stop()
      await edge.close()
      await store.close()
    },
  }
}

const SUFFIX_CHARACTERS = 'bcdfghjklmnpqrstvwxz2456789'

const randomness: Randomness = {
  uuid: randomUUID,
  suffix: (length) => [...randomBytes(length)].map((byte) => SUFFIX_CHARACTERS[byte % SUFFIX_CHARACTERS.length]).join(''),
}
