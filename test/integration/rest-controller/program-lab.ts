import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startControlPlane } from '@oasgen/apiserver'
import type { JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, connectKube, CUSTOM_RESOURCE_DEFINITIONS, SECRETS, SERVICE_ACCOUNTS, type Kube } from '@oasgen/kube'
import { printPlan, type Plan } from '@oasgen/plan'
import { namesFor, renderAccess, renderSecretAccess, type DeployedNames, type DeployedObject } from '@oasgen/provider'
import { accountToken, kubeconfigText, startRealApiServer } from '@oasgen/testkit'
import { startFaultProxy, type FaultProxy } from '../fault-proxy.js'
import { CONFIGURATIONS, crdOf, must, OWNERS, thingPlan, THINGS, until } from './lab.js'
import { startThingsApi, type ThingsApi } from './things-api.js'

export type Target = 'embedded' | 'real'

/** An API server with RBAC, a proxy in front of it, an API of things, and the controller as the process that is deployed. */
export interface ProgramLab {
  /** May do everything, and does not pass the proxy. */
  readonly kube: Kube
  readonly api: ThingsApi
  /** Between the program and the API server. */
  readonly proxy: FaultProxy
  readonly names: DeployedNames
  /** ServiceAccount, Roles and bindings as the provider generates them. */
  grant(): Promise<void>
  grantSecrets(...names: readonly string[]): Promise<void>
  putPlan(plan?: Plan): Promise<void>
  start(options?: ProgramOptions): Promise<Program>
  close(): Promise<void>
}

export interface ProgramOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface Program {
  readonly child: ChildProcess
  /** Lines of the log. */
  readonly log: readonly JsonObject[]
  /** What it printed to standard output. */
  printed(): string
  /** One answer of its health server. */
  ask(path: string, body?: string): Promise<{ readonly status: number; readonly text: string }>
  kill(): Promise<void>
  /** Sends SIGTERM; gives the exit code. */
  stop(): Promise<number | null>
  readonly exited: Promise<number | null>
}

const BUNDLE = fileURLToPath(new URL('../../../packages/rest-controller/bundle', import.meta.url))

/** Leases that a killed process leaves run out soon. */
const QUICK = ['-resync-interval=1s', '-min-error-retry-interval=200ms', '-max-error-retry-interval=2s', '-grace-period=1s', '-lease-renew-deadline=1500ms', '-lease-retry-period=200ms', '-lease-margin=500ms']

export async function openProgramLab(target: Target): Promise<ProgramLab> {
  const api = await startThingsApi()
  const plane = target === 'embedded' ? await startControlPlane({ inMemory: true, authorization: 'RBAC' }) : await startRealApiServer()
  const kube = connectKube({ server: plane.url, ca: plane.ca, token: plane.token })
  const proxy = await startFaultProxy(plane)
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-program-'))
  for (const type of [THINGS, CONFIGURATIONS, OWNERS]) await must(kube.create(CUSTOM_RESOURCE_DEFINITIONS, crdOf(type)))
  for (const type of [THINGS, CONFIGURATIONS, OWNERS]) await until(`${type.plural} are served`, async () => (await kube.page(type, { namespace: 'default' })).ok, 30_000)
  const plan = thingPlan(api.url)
  const names = namesFor(plan.definition, plan.resource)
  await must(kube.create(SECRETS, { metadata: { name: names.key, namespace: 'default' }, data: { key: 'a2V5' } }))
  await must(kube.create(SERVICE_ACCOUNTS, { metadata: { name: names.access, namespace: 'default' } }))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigText({ url: proxy.url, ca: plane.ca, token: await accountToken(kube, 'default', names.access) }))
  // A copy: a build meanwhile takes the bundle away.
  cpSync(BUNDLE, join(folder, 'bundle'), { recursive: true })
  const programs: Program[] = []
  return {
    kube, api, proxy, names,
    grant: () => applyAll(kube, renderAccess(plan, names)),
    grantSecrets: (...secrets) => applyAll(kube, renderSecretAccess(names, secrets.map((name) => ({ namespace: 'default', name })))),
    putPlan: async (next = plan) => {
      const body = { data: { 'plan.json': printPlan(next).text } }
      await must(kube.patch(CONFIG_MAPS, { namespace: 'default', name: names.plan }, { type: 'apply', body, fieldManager: 'test', force: true }))
    },
    start: async (options = {}) => {
      const program = await startProgram({ controller: join(folder, 'bundle/rest-dynamic-controller.mjs'), kubeconfig, names, options })
      programs.push(program)
      return program
    },
    close: async () => {
      await Promise.all(programs.map((program) => program.kill()))
      await Promise.all([proxy.close(), kube.close(), api.close()])
      await plane.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function applyAll(kube: Kube, objects: readonly DeployedObject[]): Promise<void> {
  for (const { type, object } of objects) {
    const { name, namespace } = object.metadata as { readonly name: string; readonly namespace?: string }
    await must(kube.patch(type, { name, ...(namespace !== undefined && { namespace }) }, { type: 'apply', body: object, fieldManager: 'test', force: true }))
  }
}

interface Start {
  readonly controller: string
  readonly kubeconfig: string
  readonly names: DeployedNames
  readonly options: ProgramOptions
}

async function startProgram({ controller, kubeconfig, names, options }: Start): Promise<Program> {
  const port = await freePort()
  const args = [
    controller, `-group=${THINGS.group}`, `-version=${THINGS.version}`, `-resource=${THINGS.plural}`, `-plan=default/${names.plan}`, `-key=default/${names.key}`, `-health-port=${port}`,
    ...QUICK, ...(options.args ?? []),
  ]
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] ?? '', KUBECONFIG: kubeconfig, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const log: JsonObject[] = []
  let printed = ''
  let rest = ''
  child.stdout.on('data', (data: Buffer) => { printed += data.toString() })
  child.stderr.on('data', (data: Buffer) => {
    const lines = (rest + data.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) log.push(readLine(line))
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  return {
    child, log, exited,
    printed: () => printed,
    ask: async (path, body) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, body === undefined ? {} : { method: 'PUT', body }).catch(() => undefined)
      return answer === undefined ? { status: 0, text: '' } : { status: answer.status, text: await answer.text() }
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    stop: () => {
      child.kill('SIGTERM')
      return exited
    },
  }
}

/** What is no JSON (a stack trace) is shown as it is. */
function readLine(line: string): JsonObject {
  try {
    return JSON.parse(line) as JsonObject
  } catch {
    return { raw: line }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
