import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { createHealthServer, createLogger, createObservability, describeFlags, readFlags, readTelemetrySettings, type HealthServer, type Logger, type Observability } from '@oasgen/controller'
import { connectKube, createEventRecorder, inClusterConfig, loadKubeconfig, type ConnectionConfig } from '@oasgen/kube'
import { createTransport } from '@oasgen/transport'
import { CONTROLLER_FLAGS } from './flags.js'
import { settingsFrom, servedFrom, type Flags } from './settings.js'
import { startController, type RestController } from './program.js'
import type { ProcessParts } from './kind/options.js'
import { openStderrLog } from './telling/buffered-log.js'

export interface ControllerMain {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ends the program in order. */
  readonly signal: AbortSignal
}

/** Runs until it is told to stop; answers the exit code. */
export async function runRestController({ args, env, signal }: ControllerMain): Promise<number> {
  const read = readFlags(CONTROLLER_FLAGS, { args, env })
  const served = servedFrom(read.values)
  const problems = [...read.problems, ...served.problems]
  if (read.help || served.value === undefined || problems.length > 0) {
    process.stderr.write(`${problems.map((problem) => `rest-dynamic-controller: ${problem}\n`).join('')}rest-dynamic-controller\n${describeFlags(CONTROLLER_FLAGS)}\n`)
    return read.help ? 0 : 1
  }
  const flags = read.values
  const log = openStderrLog()
  const logger = createLogger({ level: flags.debug ? 'debug' : 'info', format: flags['pretty-log'] ? 'text' : 'json', write: log.write })
  const config = await connection(flags.kubeconfig, env)
  if ('problem' in config) {
    logger.error('cannot connect', { problem: config.problem })
    return 1
  }
  return serve({ flags, env, logger, config, signal }, served.value)
}

interface Serve {
  readonly flags: Flags
  readonly env: ControllerMain['env']
  readonly logger: Logger
  readonly config: ConnectionConfig
  readonly signal: AbortSignal
}

async function serve(input: Serve, served: Parameters<typeof startController>[0]['served']): Promise<number> {
  const { flags, env, logger, signal } = input
  const observability = createObservability({ service: SERVICE, version: VERSION, env, logger })
  const parts = openParts(input, observability)
  const identity = `${env['REST_CONTROLLER_POD_NAME'] ?? hostname()}_${randomBytes(6).toString('hex')}`
  const controller = startController({ parts, served, settings: settingsFrom(flags, { identity, env }) })
  const servers = await openServers(input, { observability, controller })
  logger.info('controller started', { serves: served.mode === 'dedicated' ? `${flags.resource}.${flags.group}` : `Plans of ${served.namespace}`, server: parts.kube.server, identity })
  await stopped(signal)
  logger.info('controller stopping')
  const graceMs = flags['shutdown-grace'] * 1000
  const end = async (): Promise<void> => {
    await controller.stop(graceMs / 2)
    await parts.recorder.flush()
    await Promise.all([...servers.map((server) => server.close()), parts.transport.close(), observability.stop()])
    await parts.kube.close()
  }
  if (await endsWithin(graceMs, end())) return 0
  logger.error('the end took longer than it may', { seconds: flags['shutdown-grace'], help: 'what is under way is looked up at the next start; the Lease may have to run out first' })
  return 1
}

/** Whoever stops us kills us soon: what cannot be ended in order is left, whatever it waits for. */
async function endsWithin(ms: number, end: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<false>((resolve) => { timer = setTimeout(() => resolve(false), ms) })
  const isEnded = await Promise.race([end.then(() => true), over])
  clearTimeout(timer)
  return isEnded
}

function openParts({ env, logger, config }: Serve, { metrics, controller: reported, tracer }: Observability): ProcessParts {
  const kube = connectKube(config, { userAgent: SERVICE, observe: (sample) => reported.kubernetesAsked(sample) })
  // Spans that nobody gets are not begun: at a steady state they would cost as much as the reconcile.
  const isTraced = readTelemetrySettings(env, SERVICE).value?.traces !== undefined
  return {
    kube, metrics, reported, logger,
    transport: createTransport({ proxyEnvironment: env, onWarning: (warning) => logger.warn('transport', { code: warning.code, message: warning.message }) }),
    recorder: createEventRecorder(kube, { component: SERVICE, onProblem: (problem) => logger.warn('events are not written', { problem: problem.message }) }),
    print: (text) => void process.stdout.write(text),
    ...(isTraced && { tracer }),
  }
}

const SERVICE = 'rest-dynamic-controller'
const VERSION = '0.1.0'

async function openServers({ flags, logger }: Serve, { observability: { metrics }, controller }: { readonly observability: Observability; readonly controller: RestController }): Promise<readonly HealthServer[]> {
  const health = flags['health-port'] === 0 ? [] : [await createHealthServer({
    port: flags['health-port'], metrics, logger, ready: { controller: () => controller.problem() }, exchanges: (query) => controller.exchanges(query),
  })]
  const port = flags['metrics-server-port']
  return port === 0 || port === flags['health-port'] ? health : [...health, await createHealthServer({ port, metrics })]
}

async function connection(kubeconfig: string, env: ControllerMain['env']): Promise<ConnectionConfig | { readonly problem: string }> {
  const read = kubeconfig === '' ? inClusterConfig(env) : await loadKubeconfig({ path: kubeconfig })
  return read.value ?? { problem: read.findings[0]?.message ?? 'no configuration' }
}

function stopped(signal: AbortSignal): Promise<void> {
  return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
