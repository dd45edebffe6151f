import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isArray, isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import {
  CONFIG_MAPS, createInformer, isDeleting, nameOf, namespaceOf, PODS, uidOf, type Kube, type KubeObject, type ResourceType,
} from '@oasgen/kube'

/** What a container becomes here: a program of this machine. Undefined = the image is not known. */
export type ProgramOf = (container: JsonObject, pod: KubeObject) => Program | undefined | Promise<Program | undefined>

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  /** Replaces variables of the container, such as paths into its volumes, which are elsewhere here. */
  readonly env?: Readonly<Record<string, string>>
}

export interface KubeletOptions {
  /** May do everything. */
  readonly kube: Kube
  readonly server: { readonly url: string; readonly ca: string }
  /** For kubeconfigs with the tokens of the pods. */
  readonly folder: string
  readonly programOf: ProgramOf
  /** Variables that every process gets besides its own. */
  readonly env?: Readonly<Record<string, string>>
  readonly onOutput?: (pod: string, text: string) => void
}

/** Stands for a node: takes pods that nobody has, runs their first container as a process, reports readiness. */
export interface Kubelet {
  /** By pod name. */
  readonly processes: ReadonlyMap<string, ChildProcess>
  stop(): Promise<void>
}

const NODE = 'standin'
const NODES: ResourceType = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false }

export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { kube } = options
  // Pods that are bound to a node which does not exist are collected as garbage.
  await kube.create(NODES, { metadata: { name: NODE } })
  const running = new Map<string, RunningPod>()
  const processes = new Map<string, ChildProcess>()
  const pods = createInformer(kube, PODS)
  pods.onChange(({ type, object }) => {
    const known = running.get(uidOf(object))
    if (type === 'deleted') return void known?.end()
    if (isDeleting(object)) return void removePod(options, running, object)
    if (known === undefined && isOurs(object)) running.set(uidOf(object), runPod(options, processes, object))
  })
  pods.start()
  await pods.synced
  return {
    processes,
    stop: async () => {
      await pods.stop()
      await Promise.all([...running.values()].map((pod) => pod.end()))
    },
  }
}

function isOurs(pod: KubeObject): boolean {
  const node = isObject(pod.spec) ? textOf(pod.spec.nodeName) : ''
  return node === '' || node === NODE
}

interface RunningPod {
  end(): Promise<void>
}

function runPod(options: KubeletOptions, processes: Map<string, ChildProcess>, pod: KubeObject): RunningPod {
  const state = { isWanted: true, restarts: 0, child: undefined as ChildProcess | undefined }
  const loop = async (): Promise<void> => {
    await bind(options.kube, pod)
    while (state.isWanted) {
      const child = await startContainer(options, pod)
      if (child === undefined || !state.isWanted) return
      state.child = child
      processes.set(nameOf(pod), child)
      await report(options.kube, pod, { ready: true, restarts: state.restarts })
      await ended(child)
      if (!state.isWanted) return
      state.restarts++
      await report(options.kube, pod, { ready: false, restarts: state.restarts })
      await new Promise((resolve) => setTimeout(resolve, Math.min(2000, 100 * 2 ** state.restarts)))
    }
  }
  const done = loop()
  return {
    end: async () => {
      state.isWanted = false
      state.child?.kill('SIGTERM')
      const hard = setTimeout(() => state.child?.kill('SIGKILL'), 15_000)
      await done
      if (state.child !== undefined) await ended(state.child)
      clearTimeout(hard)
      processes.delete(nameOf(pod))
    },
  }
}

async function removePod({ kube }: KubeletOptions, running: Map<string, RunningPod>, pod: KubeObject): Promise<void> {
  const known = running.get(uidOf(pod))
  running.delete(uidOf(pod))
  await known?.end()
  await kube.delete(PODS, refTo(pod), { gracePeriodSeconds: 0, preconditions: { uid: uidOf(pod) } })
}

async function bind(kube: Kube, pod: KubeObject): Promise<void> {
  const path = `/api/v1/namespaces/${namespaceOf(pod)}/pods/${nameOf(pod)}/binding`
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: nameOf(pod) }, target: { apiVersion: 'v1', kind: 'Node', name: NODE } }
  await kube.raw({ method: 'POST', path, headers: { 'content-type': 'application/json', accept: 'application/json' }, body, attempt: { verb: 'bind', about: nameOf(pod) } })
}

async function startContainer(options: KubeletOptions, pod: KubeObject): Promise<ChildProcess | undefined> {
  const spec = isObject(pod.spec) ? pod.spec : {}
  const container = objects(spec.containers)[0]
  const program = container === undefined ? undefined : await options.programOf(container, pod)
  if (container === undefined || program === undefined) return undefined
  const kubeconfig = await writeAccount(options, pod, textOf(spec.serviceAccountName) || 'default')
  const env = await environmentOf(options.kube, pod, container)
  const child = spawn(program.command, [...program.args, ...texts(container.args)], {
    env: { PATH: process.env['PATH'], ...env, KUBECONFIG: kubeconfig, ...options.env, ...program.env }, stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => options.onOutput?.(nameOf(pod), data.toString()))
  return child
}

/** A kubeconfig with a token of the pod's own ServiceAccount: the process has exactly the rights that were granted to it. */
async function writeAccount({ kube, server, folder }: KubeletOptions, pod: KubeObject, account: string): Promise<string> {
  const token = await accountToken(kube, namespaceOf(pod), account)
  const file = join(folder, `${nameOf(pod)}.kubeconfig`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, kubeconfigText({ ...server, token }), { mode: 0o600 })
  return file
}

export async function accountToken(kube: Kube, namespace: string, account: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } }
  const answer = await kube.raw({ method: 'POST', path, headers: { 'content-type': 'application/json', accept: 'application/json' }, body, attempt: { verb: 'create', about: `a token of ${account}` } })
  if (!answer.ok) throw new Error(answer.error.message)
  const token = (JSON.parse(answer.value.text) as { status?: { token?: string } }).status?.token
  if (token === undefined) throw new Error(`no token for ${namespace}/${account}: ${answer.value.text.slice(0, 300)}`)
  return token
}

export function kubeconfigText({ url, ca, token }: { readonly url: string; readonly ca: string; readonly token: string }): string {
  return [
    'apiVersion: v1', 'kind: Config', 'current-context: main',
    'clusters:', '- name: main', '  cluster:', `    server: ${url}`, `    certificate-authority-data: ${Buffer.from(ca).toString('base64')}`,
    'users:', '- name: main', '  user:', `    token: ${token}`,
    'contexts:', '- name: main', '  context: {cluster: main, user: main, namespace: default}', '',
  ].join('\n')
}

async function environmentOf(kube: Kube, pod: KubeObject, container: JsonObject): Promise<Record<string, string>> {
  const env: Record<string, string> = {}
  for (const source of objects(container.envFrom)) {
    const name = isObject(source.configMapRef) ? textOf(source.configMapRef.name) : ''
    const found = await kube.get(CONFIG_MAPS, { namespace: namespaceOf(pod), name })
    const data = found.ok && isObject(found.value.data) ? found.value.data : {}
    for (const [key, value] of Object.entries(data)) env[key] = textOf(value)
  }
  for (const variable of objects(container.env)) env[textOf(variable.name)] = valueOf(pod, variable)
  return env
}

function valueOf(pod: KubeObject, variable: JsonObject): string {
  const from = isObject(variable.valueFrom) && isObject(variable.valueFrom.fieldRef) ? textOf(variable.valueFrom.fieldRef.fieldPath) : undefined
  if (from === undefined) return textOf(variable.value)
  return { 'metadata.name': nameOf(pod), 'metadata.namespace': namespaceOf(pod), 'metadata.uid': uidOf(pod) }[from] ?? ''
}

async function report(kube: Kube, pod: KubeObject, { ready, restarts }: { readonly ready: boolean; readonly restarts: number }): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const condition = (type: string, isTrue: boolean): JsonObject => ({ type, status: isTrue ? 'True' : 'False', lastTransitionTime: now })
  const container = objects(isObject(pod.spec) ? pod.spec.containers : undefined)[0]
  const status: JsonObject = {
    phase: 'Running', hostIP: '127.0.0.1', podIP: '127.0.0.1', startTime: now,
    conditions: [condition('PodScheduled', true), condition('Initialized', true), condition('ContainersReady', ready), condition('Ready', ready)],
    containerStatuses: [{
      name: textOf(container?.name), image: textOf(container?.image), imageID: '', ready, restartCount: restarts, started: ready,
      state: ready ? { running: { startedAt: now } } : { waiting: { reason: 'CrashLoopBackOff' } },
    }],
  }
  await kube.patchStatus(PODS, refTo(pod), { type: 'merge', body: { status } })
}

function ended(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()))
}

function refTo(pod: KubeObject): { readonly namespace: string; readonly name: string } {
  return { namespace: namespaceOf(pod), name: nameOf(pod) }
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : []
}

function texts(value: JsonValue | undefined): readonly string[] {
  return isArray(value) ? value.map(textOf) : []
}

