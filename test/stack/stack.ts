import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startControlPlane, type ControlPlane, type DeploymentRunner, type RunningWorkload, type Workload } from '@oasgen/apiserver'
import { textOf, isArray, isObject, type JsonObject } from '@oasgen/json'
import { connectKube, CUSTOM_RESOURCE_DEFINITIONS, loadKubeconfig, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import { REST_DEFINITIONS } from '@oasgen/provider'
import { restDefinitionCrd } from '@oasgen/restdefinition'

const root = fileURLToPath(new URL('../../', import.meta.url))
const PROVIDER = join(root, 'packages/provider/bundle/oasgen-provider.mjs')
const CONTROLLER = join(root, 'packages/rest-controller/bundle/rest-dynamic-controller.mjs')

/** The whole product with real processes on the embedded control plane; the remote API is the test's own. */
export interface Stack {
  readonly plane: ControlPlane
  readonly kube: Kube
  readonly folder: string
  readonly kubeconfig: string
  /** The controller processes that run now, by Deployment. */
  readonly controllers: ReadonlyMap<string, ChildProcess>
  /** What provider and controllers printed; shown when a test fails. */
  readonly output: () => string
  apply(...objects: readonly JsonObject[]): Promise<void>
  /** Kill -9; the runner starts the controller again, as a kubelet would. */
  killController(deployment: string): void
  close(): Promise<void>
}

export interface StackOptions {
  readonly env?: Readonly<Record<string, string>>
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-stack-'))
  const kubeconfig = join(folder, 'kubeconfig')
  const controllers = new Map<string, ChildProcess>()
  const lines: string[] = []
  const keep = (name: string, child: ChildProcess): void => {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => lines.push(...data.toString().trimEnd().split('\n').map((line) => `${name}: ${line}`)))
  }
  const plane = await startControlPlane({ inMemory: true, runner: processRunner({ kubeconfig, controllers, keep, env: options.env ?? {} }) })
  writeFileSync(kubeconfig, plane.kubeconfig())
  const config = await loadKubeconfig({ path: kubeconfig })
  const kube = connectKube(config.value!)
  await must(kube.patch(CUSTOM_RESOURCE_DEFINITIONS, { name: 'restdefinitions.ogen.krateo.io' }, { type: 'apply', body: restDefinitionCrd(), fieldManager: 'test', force: true }))
  await until('RestDefinitions are served', async () => (await kube.list(REST_DEFINITIONS)).ok)
  const provider = spawn(process.execPath, [PROVIDER, '-health-port=0', '-metrics-port=0', '-private-sources=allow', '-debug'], { env: { ...process.env, KUBECONFIG: kubeconfig }, stdio: ['ignore', 'pipe', 'pipe'] })
  keep('provider', provider)
  return {
    plane, kube, folder, kubeconfig, controllers, output: () => lines.slice(-200).join('\n'),
    apply: async (...objects) => { for (const object of objects) await applyObject(kube, object) },
    killController: (deployment) => void controllers.get(deployment)?.kill('SIGKILL'),
    close: async () => {
      provider.kill('SIGTERM')
      await ended(provider)
      await kube.close()
      await plane.close()
      for (const controller of controllers.values()) controller.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface RunnerParts {
  readonly kubeconfig: string
  readonly controllers: Map<string, ChildProcess>
  readonly keep: (name: string, child: ChildProcess) => void
  readonly env: Readonly<Record<string, string>>
}

function processRunner({ kubeconfig, controllers, keep, env }: RunnerParts): DeploymentRunner {
  return {
    start: async (_, workload: Workload): Promise<RunningWorkload> => {
      const container = workload.containers[0]!
      const child = spawn(process.execPath, [CONTROLLER, ...container.args], {
        env: { ...process.env, ...container.env, KUBECONFIG: kubeconfig, REST_CONTROLLER_HEALTH_PORT: '0', REST_CONTROLLER_DEBUG: 'true', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      controllers.set(workload.deployment, child)
      keep(workload.deployment, child)
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

const PATIENCE_MS = 30_000

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
