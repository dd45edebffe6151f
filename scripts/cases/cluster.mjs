// The provider as the process that is deployed, against our own control plane: for the cases about what it makes.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startControlPlane } from '@oasgen/apiserver'
import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, connectKube, DEPLOYMENTS, LEASES, NAMESPACES } from '@oasgen/kube'
import { REST_DEFINITIONS } from '@oasgen/provider'
import { restDefinitionCrd } from '@oasgen/restdefinition'
import { ANNOTATION, LABEL } from '@oasgen/wire'

const PROVIDER = fileURLToPath(new URL('../../packages/provider/bundle/oasgen-provider.mjs', import.meta.url))

/** A cluster with RestDefinitions in it, for as long as the function runs. */
export async function withCluster(run, options) {
  const cluster = await startCluster(options)
  try {
    return await run(cluster)
  } finally {
    await cluster.stop()
  }
}

let shared

/** One cluster for all cases that do not get into each other's way; it ends with the process. */
export async function inSharedCluster(run) {
  if (shared === undefined || (await shared).provider.exitCode !== null) {
    shared = startCluster()
    const { provider } = await shared
    process.once('exit', () => provider.kill('SIGKILL'))
    provider.unref()
  }
  return run(await shared)
}

async function startCluster({ deploymentTemplate } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'oasgen-cases-'))
  const plane = await startControlPlane({ inMemory: true })
  const kube = connectKube({ server: plane.url, ca: plane.ca, token: plane.token })
  await must(kube.create(CUSTOM_RESOURCE_DEFINITIONS, restDefinitionCrd()))
  await until(async () => (await kube.list(REST_DEFINITIONS)).ok)
  const provider = startProvider({ plane, folder, deploymentTemplate })
  const stop = async () => {
    provider.kill('SIGKILL')
    await kube.close()
    await plane.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { kube, plane, provider, stop }
}

function startProvider({ plane, folder, deploymentTemplate }) {
  const kubeconfig = join(folder, 'kubeconfig')
  plane.writeKubeconfig(kubeconfig)
  const env = { ...process.env, KUBECONFIG: kubeconfig }
  if (deploymentTemplate !== undefined) {
    env.RDC_TEMPLATE_DEPLOYMENT_PATH = join(folder, 'deployment.yaml')
    writeFileSync(env.RDC_TEMPLATE_DEPLOYMENT_PATH, deploymentTemplate)
  }
  return spawn(process.execPath, [PROVIDER, '-health-port=0', '-metrics-port=0'], { env, stdio: 'ignore' })
}

export async function must(answer) {
  const result = await answer
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** Waits for something that the provider does by itself. */
export async function until(test) {
  for (let tries = 0; tries < 2400; tries += 1) {
    const value = await test()
    if (value !== undefined && value !== false) return value
    await pause(25)
  }
  throw new Error('it did not come to that within a minute')
}

export async function found(kube, type, ref) {
  const answer = await kube.get(type, ref)
  return answer.ok ? answer.value : undefined
}

/** Brings a RestDefinition and its document into the cluster. */
export async function define(kube, definition, configMap) {
  for (const namespace of new Set([definition.metadata.namespace, configMap.metadata.namespace])) await kube.create(NAMESPACES, { metadata: { name: namespace } })
  await must(kube.create(CONFIG_MAPS, configMap))
  await must(kube.create(REST_DEFINITIONS, definition))
  return { name: definition.metadata.name, namespace: definition.metadata.namespace }
}

/** As a kubelet and a controller that runs the newest Plan: the Deployment is available and its Lease says which Plan is served. */
export async function pretendRunning(kube, ref, lease) {
  const deployment = { name: `${ref.name}-controller`, namespace: ref.namespace }
  await until(() => found(kube, DEPLOYMENTS, deployment))
  const plan = await until(() => found(kube, CONFIG_MAPS, { name: `${ref.name}-controller-plan`, namespace: ref.namespace }))
  const annotations = Object.fromEntries([ANNOTATION.definition, ANNOTATION.planHash].map((name) => [name, plan.metadata.annotations[name]]))
  await must(kube.create(LEASES, {
    metadata: { name: lease, namespace: ref.namespace, labels: { [LABEL.restController]: 'true' }, annotations },
    spec: { holderIdentity: randomBytes(4).toString('hex') },
  }))
  await must(kube.patchStatus(DEPLOYMENTS, deployment, { type: 'merge', body: { status: { availableReplicas: 1, readyReplicas: 1, replicas: 1 } } }))
}

export function isReady(definition) {
  return definition?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
}
