import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findBinaries, type Binaries } from './binaries.js'
import { startGuard, type Guard } from './guarded.js'

export interface RealApiServerOptions {
  /** Deployments, ReplicaSets, garbage collection, namespaces: everything that a controller does. Default false. */
  readonly controllerManager?: boolean
  readonly log?: (line: string) => void
}

/** A kube-apiserver with its etcd, on loopback, for one test file. */
export interface RealApiServer {
  readonly url: string
  /** PEM that signs the server's certificate. */
  readonly ca: string
  /** A member of system:masters. */
  readonly token: string
  readonly folder: string
  kubeconfig(): string
  /** Stops or continues a part, for fault tests. */
  signal(part: 'etcd' | 'kube-apiserver' | 'kube-controller-manager', signal: NodeJS.Signals): void
  /** `keep`: leave logs and data where they are and say where. */
  close(options?: { readonly keep: boolean }): Promise<void>
}

export async function startRealApiServer(options: RealApiServerOptions = {}): Promise<RealApiServer> {
  const found = findBinaries(options.log ?? console.error)
  if (!found.ok) throw new Error(`the real lane cannot run: ${found.reason}`)
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-apiserver-'))
  const guard = startGuard(folder)
  try {
    return await startAll({ binaries: found.binaries, folder, guard, controllerManager: options.controllerManager ?? false })
  } catch (error) {
    await guard.end({ keep: true })
    throw new Error(`the API server did not start; its logs are in ${folder}`, { cause: error })
  }
}

interface Start {
  readonly binaries: Binaries
  readonly folder: string
  readonly guard: Guard
  readonly controllerManager: boolean
}

async function startAll(start: Start): Promise<RealApiServer> {
  const { folder, guard } = start
  const [etcdPort = 0, peerPort = 0, port = 0, managerPort = 0] = await freePorts(4)
  const token = randomBytes(16).toString('hex')
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 })
  writeServiceAccountKey(folder)
  guard.start(etcd(start, etcdPort, peerPort))
  guard.start(apiserver(start, { port, etcdPort }))
  const url = `https://127.0.0.1:${port}`
  const ca = await waitForCertificate(start)
  await waitReady({ url, ca, token, guard, name: 'kube-apiserver' })
  const kubeconfig = (): string => kubeconfigText({ url, ca, token })
  if (start.controllerManager) guard.start(controllerManager(start, { kubeconfig: kubeconfig(), port: managerPort }))
  return {
    url, ca, token, folder, kubeconfig,
    signal: (part, signal) => guard.signal(part, signal),
    close: (options) => guard.end(options),
  }
}

function etcd({ binaries, folder }: Start, port: number, peerPort: number): Parameters<Guard['start']>[0] {
  const client = `http://127.0.0.1:${port}`
  const peer = `http://127.0.0.1:${peerPort}`
  return {
    name: 'etcd',
    command: binaries.etcd,
    // Tests do not outlive a power cut; without fsync the server starts in a second on any disk.
    args: [
      '--data-dir', join(folder, 'etcd'), '--unsafe-no-fsync', '--log-level', 'warn',
      '--listen-client-urls', client, '--advertise-client-urls', client,
      '--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`,
    ],
    log: join(folder, 'etcd.log'),
  }
}

function apiserver({ binaries, folder }: Start, { port, etcdPort }: { port: number; etcdPort: number }): Parameters<Guard['start']>[0] {
  return {
    name: 'kube-apiserver',
    command: binaries.apiserver,
    args: [
      `--etcd-servers=http://127.0.0.1:${etcdPort}`,
      '--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`,
      `--cert-dir=${join(folder, 'certificates')}`,
      `--token-auth-file=${join(folder, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc', '--api-audiences=https://kubernetes.default.svc',
      `--service-account-key-file=${join(folder, 'sa.pub')}`, `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      // Without the controller manager nobody makes the default ServiceAccount that this plugin waits for.
      '--disable-admission-plugins=ServiceAccount',
      '--endpoint-reconciler-type=none',
      '--profiling=false',
    ],
    log: join(folder, 'kube-apiserver.log'),
  }
}

function controllerManager({ binaries, folder }: Start, { kubeconfig, port }: { kubeconfig: string; port: number }): Parameters<Guard['start']>[0] {
  const file = join(folder, 'kubeconfig')
  writeFileSync(file, kubeconfig, { mode: 0o600 })
  return {
    name: 'kube-controller-manager',
    command: binaries.controllerManager,
    args: [
      `--kubeconfig=${file}`, `--secure-port=${port}`, '--bind-address=127.0.0.1', `--cert-dir=${join(folder, 'certificates')}`,
      `--service-account-private-key-file=${join(folder, 'sa.key')}`, '--leader-elect=false', '--use-service-account-credentials=false',
      '--controllers=*,-nodeipam,-nodelifecycle,-cloud-node-lifecycle,-service,-route,-ttl,-attachdetach,-persistentvolume-binder,-persistentvolume-expander',
    ],
    log: join(folder, 'kube-controller-manager.log'),
  }
}

function writeServiceAccountKey(folder: string): void {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
  writeFileSync(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
}

const START_MS = 90_000

// The server makes a CA of its own and a certificate for 127.0.0.1; both are in this file.
async function waitForCertificate({ folder, guard }: Start): Promise<string> {
  const file = join(folder, 'certificates', 'apiserver.crt')
  for (const end = Date.now() + START_MS; Date.now() < end; await sleep(25)) {
    if (existsSync(file) && readFileSync(file, 'utf8').includes('END CERTIFICATE')) return readFileSync(file, 'utf8')
    throwIfEnded(guard, 'kube-apiserver')
  }
  throw new Error('kube-apiserver made no certificate')
}

async function waitReady({ url, ca, token, guard, name }: { url: string; ca: string; token: string; guard: Guard; name: string }): Promise<void> {
  for (const end = Date.now() + START_MS; Date.now() < end; await sleep(50)) {
    if ((await statusOf(`${url}/readyz`, ca, token)) === 200) return
    throwIfEnded(guard, name)
  }
  throw new Error(`${name} did not get ready`)
}

function throwIfEnded(guard: Guard, name: string): void {
  const exit = guard.exitOf(name) ?? guard.exitOf('etcd')
  if (exit !== undefined) throw new Error(`${name} or etcd ended: ${exit}`)
}

function statusOf(url: string, ca: string, token: string): Promise<number> {
  return new Promise((resolve) => {
    const call = request(url, { ca, headers: { authorization: `Bearer ${token}` }, timeout: 5000 }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    call.on('error', () => resolve(0))
    call.on('timeout', () => call.destroy())
    call.end()
  })
}

function kubeconfigText({ url, ca, token }: { url: string; ca: string; token: string }): string {
  return [
    'apiVersion: v1', 'kind: Config', 'current-context: real',
    'clusters:', '- name: real', '  cluster:', `    server: ${url}`, `    certificate-authority-data: ${Buffer.from(ca).toString('base64')}`,
    'users:', '- name: admin', '  user:', `    token: ${token}`,
    'contexts:', '- name: real', '  context: {cluster: real, user: admin, namespace: default}', '',
  ].join('\n')
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening()))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

function listening(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}
