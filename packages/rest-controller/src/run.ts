import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { createHealthServer, createLogger, createMetrics, describeFlags, readFlags, type Logger } from '@oasgen/controller'
import { connectKube, inClusterConfig, loadKubeconfig, type ConnectionConfig, type Kube, type ResourceType } from '@oasgen/kube'
import { createTransport } from '@oasgen/transport'
import { CONTROLLER_FLAGS } from './flags.js'
import type { NamedRef } from './named-objects.js'
import { REQUEST_MS, startController, type ControllerOptions } from './program.js'

export interface ControllerMain {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

type Flags = ReturnType<typeof readFlags<typeof CONTROLLER_FLAGS>>['values']

/** Runs until it is told to stop; answers the exit code. */
export async function runRestController({ args, env, signal }: ControllerMain): Promise<number> {
  const read = readFlags(CONTROLLER_FLAGS, { args, env })
  const flags = read.values
  const problems = [...read.problems, ...missing(flags)]
  if (read.help || problems.length > 0) {
    process.stderr.write(`${problems.map((problem) => `rest-dynamic-controller: ${problem}\n`).join('')}rest-dynamic-controller\n${describeFlags(CONTROLLER_FLAGS)}\n`)
    return read.help ? 0 : 1
  }
  const logger = createLogger({ level: flags.debug ? 'debug' : 'info', format: flags['pretty-json-debug'] ? 'text' : 'json' })
  const config = await connection(flags.kubeconfig, env)
  if ('problem' in config) {
    logger.error('cannot connect', { problem: config.problem })
    return 1
  }
  return serve({ flags, env, logger, kube: connectKube(config), signal })
}

function missing(flags: Flags): readonly string[] {
  const needed = ['group', 'version', 'resource', 'plan'] as const
  return needed.filter((name) => flags[name] === '').map((name) => `-${name} is needed (env REST_CONTROLLER_${name.toUpperCase()})`)
}

interface Serve {
  readonly flags: Flags
  readonly env: ControllerMain['env']
  readonly logger: Logger
  readonly kube: Kube
  readonly signal: AbortSignal
}

async function serve({ flags, env, logger, kube, signal }: Serve): Promise<number> {
  const metrics = createMetrics()
  const transport = createTransport({ proxyEnvironment: env, defaults: { timeoutMs: REQUEST_MS }, onWarning: (warning) => logger.warn('transport', { code: warning.code, message: warning.message }) })
  const controller = startController(optionsFrom({ flags, env, kube, logger, transport, metrics }))
  const health = flags['health-port'] === 0 ? undefined : await createHealthServer({
    port: flags['health-port'], metrics, logger, ready: { controller: () => controller.isReady() },
    exchanges: (query) => controller.exchanges.of(query.get('resource') ?? ''),
  })
  const metricsServer = flags['metrics-server-port'] === 0 ? undefined : await createHealthServer({ port: flags['metrics-server-port'], metrics })
  logger.info('controller started', { resource: `${flags.resource}.${flags.group}`, server: kube.server })
  await stopped(signal)
  logger.info('controller stopping')
  await controller.stop(10_000)
  await Promise.all([health?.close(), metricsServer?.close(), transport.close()])
  await kube.close()
  return 0
}

type Parts = Pick<ControllerOptions, 'kube' | 'logger' | 'transport' | 'metrics'> & { readonly flags: Flags; readonly env: ControllerMain['env'] }

function optionsFrom({ flags, env, ...parts }: Parts): ControllerOptions {
  const key = readRef(flags.key)
  const pod = env['REST_CONTROLLER_POD_NAME'] || undefined
  const words = { management: flags['management-policy'], deletion: flags['deletion-policy'], drift: flags['drift-policy'], adoption: flags['adoption-policy'] }
  const crossNamespace = flags['cross-namespace']
  return {
    ...parts,
    type: typeFrom(flags),
    ...(flags.namespace !== '' && { namespace: flags.namespace }),
    plan: readRef(flags.plan) ?? { namespace: 'default', name: flags.plan },
    ...(key && { key }),
    workers: flags.workers,
    identity: `${pod ?? hostname()}_${randomBytes(6).toString('hex')}`,
    ...(pod !== undefined && { pod }),
    settings: {
      resyncSeconds: flags['resync-interval'], minRetrySeconds: flags['min-error-retry-interval'], maxRetrySeconds: flags['max-error-retry-interval'],
      graceSeconds: flags['grace-period'], deleteDeadlineSeconds: flags['delete-deadline'],
      crossNamespace: crossNamespace === 'allow' || crossNamespace === 'deny' ? crossNamespace : 'warn',
      ...Object.fromEntries(Object.entries(words).filter(([, word]) => word !== '')),
    },
  }
}

// The kind is in the Plan; it serves messages only, which name the plural until then.
function typeFrom(flags: Flags): ResourceType {
  return { group: flags.group, version: flags.version, plural: flags.resource, kind: flags.resource, namespaced: true }
}

function readRef(text: string): NamedRef | undefined {
  const [namespace, name] = text.split('/')
  return namespace === undefined || name === undefined || name === '' ? undefined : { namespace, name }
}

async function connection(kubeconfig: string, env: ControllerMain['env']): Promise<ConnectionConfig | { readonly problem: string }> {
  const read = kubeconfig === '' ? inClusterConfig(env) : await loadKubeconfig({ path: kubeconfig })
  return read.value ?? { problem: read.findings[0]?.message ?? 'no configuration' }
}

function stopped(signal: AbortSignal): Promise<void> {
  return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
