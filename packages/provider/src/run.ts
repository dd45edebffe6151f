import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHealthServer, createLeaderElector, createLogger, createMetrics, describeFlags, readFlags } from '@oasgen/controller'
import { fromPlain, type JsonValue } from '@oasgen/json'
import { connectKube, inClusterConfig, loadKubeconfig, type ConnectionConfig } from '@oasgen/kube'
import { createTransport } from '@oasgen/transport'
import { CORE_SCHEMA, load as loadYaml } from 'js-yaml'
import { PROVIDER_FLAGS } from './flags.js'
import { checkTemplates } from './objects/deploy.js'
import { DEPLOYMENT_TEMPLATE, SETTINGS_TEMPLATE } from './objects/templates.js'
import { startProvider } from './program.js'
import type { ProviderSettings } from './edge.js'

export interface ProviderMain {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly compileWorker?: URL
  readonly allowFiles?: boolean
  readonly signal: AbortSignal
}

/** Runs until it is told to stop; answers the exit code. */
export async function runProvider({ args, env, compileWorker, allowFiles, signal }: ProviderMain): Promise<number> {
  const read = readFlags(PROVIDER_FLAGS, { args, env })
  if (read.help || read.problems.length > 0) {
    process.stderr.write(`${read.problems.map((problem) => `oasgen-provider: ${problem}\n`).join('')}oasgen-provider\n${describeFlags(PROVIDER_FLAGS)}\n`)
    return read.help ? 0 : 1
  }
  const flags = read.values
  const logger = createLogger({ level: flags.debug ? 'debug' : 'info' })
  const config = await connection(flags.kubeconfig, env)
  if ('problem' in config) {
    logger.error('cannot connect', { problem: config.problem })
    return 1
  }
  const settings = settingsFrom(flags, env)
  const broken = checkTemplates(settings)
  if (broken.length > 0) {
    for (const found of broken) logger.error('a template cannot be used', { code: found.code, problem: found.message })
    return 1
  }
  const kube = connectKube(config)
  const transport = createTransport({ privateAddresses: flags['private-sources'] === 'deny' ? 'deny' : flags['private-sources'] === 'allow' ? 'allow' : 'warn', onWarning: (warning) => logger.warn('transport', { code: warning.code, message: warning.message }) })
  const provider = startProvider({
    kube, transport, settings, workers: flags['max-reconcile-rate'],
    ...(compileWorker && { compileWorker }), ...(allowFiles === true && { allowFiles }),
    log: (line) => logger[line.level](line.message, line.values),
  })
  let synced = false
  void provider.synced.then(() => { synced = true })
  const metrics = createMetrics()
  const metricsServer = flags['metrics-port'] > 0 ? await createHealthServer({ port: flags['metrics-port'], metrics }) : undefined
  const stopElection = flags['leader-election'] ? lead({ kube, provider, namespace: flags.namespace || config.namespace || 'default' }) : async () => undefined
  const health = flags['health-port'] > 0 ? await createHealthServer({ port: flags['health-port'], logger, metrics, ready: { watches: () => (synced ? undefined : 'the RestDefinitions are not known yet') } }) : undefined
  logger.info('provider started', { server: kube.server })
  await stopped(signal)
  logger.info('provider stopping', {})
  await provider.stop(10_000)
  await stopElection()
  await Promise.all([health?.close(), metricsServer?.close(), transport.close()])
  await kube.close()
  return 0
}

async function connection(kubeconfig: string, env: ProviderMain['env']): Promise<ConnectionConfig | { readonly problem: string }> {
  const read = kubeconfig === '' ? inClusterConfig(env) : await loadKubeconfig({ path: kubeconfig })
  return read.value ?? { problem: read.findings[0]?.message ?? 'no configuration' }
}

type Flags = ReturnType<typeof readFlags<typeof PROVIDER_FLAGS>>['values']

function settingsFrom(flags: Flags, env: ProviderMain['env']): ProviderSettings {
  const assets = join(tmpdir(), 'assets')
  return {
    image: flags['controller-image'],
    deploymentTemplate: templateFrom(env['RDC_TEMPLATE_DEPLOYMENT_PATH'] ?? join(assets, 'rdc-deployment', 'deployment.yaml'), DEPLOYMENT_TEMPLATE),
    settingsTemplate: templateFrom(env['RDC_TEMPLATE_CONFIGMAP_PATH'] ?? join(assets, 'rdc-configmap', 'configmap.yaml'), SETTINGS_TEMPLATE),
    readYaml: (text): JsonValue => fromPlain(loadYaml(text, { schema: CORE_SCHEMA })) ?? null,
    allowGroups: listOf(flags['allow-groups']),
    activated: listOf(flags.activate),
    pollSeconds: flags.poll,
  }
}

// The chart mounts files there, as the reference's did; without them the built-in templates are used.
function templateFrom(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return fallback
  }
}

function listOf(text: string): readonly string[] {
  return text.split(',').map((item) => item.trim()).filter((item) => item !== '')
}

function lead({ kube, provider, namespace }: { kube: Parameters<typeof createLeaderElector>[0]; provider: ReturnType<typeof startProvider>; namespace: string }): () => Promise<void> {
  provider.setGate('closed')
  const elector = createLeaderElector(kube, {
    lease: { namespace, name: 'leader-election-oasgen-provider' },
    identity: `${hostname()}_${randomBytes(6).toString('hex')}`,
  })
  elector.onChange((leadership) => provider.setGate(leadership === 'leading' ? 'open' : 'closed'))
  elector.start()
  return () => elector.stop()
}

function stopped(signal: AbortSignal): Promise<void> {
  return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
