import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { textOf, isArray, isObject } from '@oasgen/json'
import { CONFIG_MAPS, createInformer, DEPLOYMENTS, generationOf, isDeleting, keyOf, nameOf, namespaceOf, type Kube, type KubeObject } from '@oasgen/kube'
import { DEPLOYMENT_TEMPLATE } from '@oasgen/provider'
import { LABEL } from '@oasgen/wire'
import type { RunningWorkload, Workload } from '@oasgen/apiserver'
import { CommandError, EXIT, type CommandIo, type ExitCode } from '../io.js'
import { connectTarget, type TargetOptions } from '../kubectl/target.js'
import { kubeconfigText } from './kubeconfig-file.js'
import { controllerRunner } from '../up/controllers.js'
import { applyDefinitionKind } from '../up/definition-kind.js'
import { keepRunning } from '../up/workers.js'

export interface RunOptions extends TargetOptions {
  readonly resync: string
  readonly install?: boolean
}

/**
 * Provider and controllers on this machine, for the cluster of a kubeconfig. The Deployments that the provider makes ask for no
 * pods; what their containers would do is done here, by processes of this one.
 */
export async function run(io: CommandIo, options: RunOptions): Promise<ExitCode> {
  const target = await connectTarget(io, options)
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-run-'))
  const closing: (() => Promise<void>)[] = [() => target.kube.close(), async () => rmSync(folder, { recursive: true, force: true })]
  try {
    await mustAnswer(target.kube)
    if (options.install === true) await applyDefinitionKind(target.kube)
    const kubeconfig = join(folder, 'kubeconfig')
    writeFileSync(kubeconfig, kubeconfigText(io, options), { mode: 0o600 })
    const template = join(folder, 'deployment.yaml')
    writeFileSync(template, DEPLOYMENT_TEMPLATE.replace(/replicas: .*/, 'replicas: 0'))
    const env = { KUBECONFIG: kubeconfig, RDC_TEMPLATE_DEPLOYMENT_PATH: template }
    const provider = keepRunning({ name: 'provider', command: '__provider', args: ['-health-port=0', '-metrics-port=0', '-private-sources=allow'], env, onLine: (line) => io.note(`provider  ${line}\n`) }, (why) => io.err(`the provider ended (${why}) and is started again\n`))
    closing.push(() => provider.stop(10_000))
    const controllers = followDeployments(io, target.kube, { kubeconfig, resync: options.resync })
    closing.push(() => controllers.stop())
    io.note(`running for ${target.kube.server}; Ctrl-C stops\n`)
    await stopped(io.signal)
    return EXIT.ok
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

async function mustAnswer(kube: Kube): Promise<void> {
  const answer = await kube.discover()
  if (!answer.ok) throw new CommandError(answer.error.finding.message, { code: EXIT.unavailable })
}

interface Following {
  readonly kubeconfig: string
  readonly resync: string
}

interface Running {
  readonly generation: number
  readonly workload: Promise<RunningWorkload | undefined>
}

/** One process for each Deployment of a RestDefinition, as a cluster would have one pod. */
function followDeployments(io: CommandIo, kube: Kube, { kubeconfig, resync }: Following): { stop(): Promise<void> } {
  const runner = controllerRunner({ kubeconfig, cwd: io.cwd, onLine: (name, line) => io.note(`${name}  ${line}\n`), env: { REST_CONTROLLER_RESYNC_INTERVAL: resync } })
  const running = new Map<string, Running>()
  const informer = createInformer(kube, DEPLOYMENTS, { labelSelector: `${LABEL.definitionObject}=true` })
  const end = async (key: string): Promise<void> => {
    const known = running.get(key)
    running.delete(key)
    await (await known?.workload)?.stop(10_000)
  }
  const start = (deployment: KubeObject): void => {
    const [key, generation] = [keyOf(deployment), generationOf(deployment)]
    if (running.get(key)?.generation === generation) return
    const before = end(key)
    const workload = before.then(async () => runner.start(deployment, await workloadOf(kube, deployment))).catch((error: unknown) => {
      io.err(`the controller ${key} does not start: ${String(error)}\n`)
      return undefined
    })
    running.set(key, { generation, workload })
    void workload.then(async (started) => {
      await started?.exited
      // Ended by itself: begun again, as a kubelet does.
      if (!io.signal.aborted && running.get(key)?.workload === workload) setTimeout(() => restart(key), RESTART_MS).unref()
    })
  }
  const restart = (key: string): void => {
    const deployment = informer.get(key)
    running.delete(key)
    if (deployment !== undefined && !io.signal.aborted) start(deployment)
  }
  informer.onChange(({ type, object }) => void (type === 'deleted' || isDeleting(object) ? end(keyOf(object)) : start(object)))
  informer.start()
  return {
    stop: async () => {
      await informer.stop()
      await Promise.all([...running.keys()].map(end))
    },
  }
}

const RESTART_MS = 1_000

/** What a kubelet would read from the pod template: arguments, and the environment from the settings. */
async function workloadOf(kube: Kube, deployment: KubeObject): Promise<Workload> {
  const container = containersOf(deployment)[0] ?? {}
  const namespace = namespaceOf(deployment)
  const env: Record<string, string> = { REST_CONTROLLER_POD_NAMESPACE: namespace, REST_CONTROLLER_POD_NAME: `${nameOf(deployment)}-local` }
  for (const source of isArray(container.envFrom) ? container.envFrom.filter(isObject) : []) {
    const name = isObject(source.configMapRef) ? textOf(source.configMapRef.name) : ''
    const settings = name === '' ? undefined : await kube.get(CONFIG_MAPS, { name, namespace })
    if (settings?.ok === true && isObject(settings.value.data)) for (const [key, value] of Object.entries(settings.value.data)) env[key] = textOf(value)
  }
  const args = isArray(container.args) ? container.args.map(textOf) : []
  return {
    namespace, deployment: nameOf(deployment), pod: `${nameOf(deployment)}-local`,
    containers: [{ name: textOf(container.name), image: '', command: [], args, env }],
    serviceAccount: { name: '', namespace, token: '', ca: '', url: kube.server },
  }
}

function containersOf(deployment: KubeObject): readonly Extract<KubeObject, object>[] {
  const spec = isObject(deployment.spec) && isObject(deployment.spec.template) ? deployment.spec.template.spec : undefined
  return isObject(spec) && isArray(spec.containers) ? spec.containers.filter(isObject) : []
}

function stopped(signal: AbortSignal): Promise<void> {
  return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
