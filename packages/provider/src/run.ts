import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import {
  createHealthServer, createLeaderElector, createLogger, createObservability, describeFlags, readFlags, type FlagValues, type HealthServer, type Logger, type Observability,
} from '@oasgen/controller'
import { connectKube, inClusterConfig, loadKubeconfig, type ConnectionConfig, type Kube } from '@oasgen/kube'
import { createTransport, type Transport } from '@oasgen/transport'
import { PROVIDER_FLAGS } from './flags.js'
import { checkTemplates } from './objects/deploy.js'
import { watchDefinitions } from './definition-metrics.js'
import { startProvider, type Provider } from './program.js'
import { settingsFrom, wordProblems } from './settings.js'

export interface ProviderMain {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly compileWorker?: URL
  readonly allowFiles?: boolean
  readonly signal: AbortSignal
}

type Flags = FlagValues<typeof PROVIDER_FLAGS>
const VERSION = '0.1.0'

/** Runs until it is told to stop; answers the exit code. */
export async function runProvider(main: ProviderMain): Promise<number> {
  const read = readFlags(PROVIDER_FLAGS, main)
  const problems = [...read.problems, ...wordProblems(read.values)]
  if (read.help || problems.length > 0) {
    process.stderr.write(`${problems.map((problem) => `oasgen-provider: ${problem}\n`).join('')}oasgen-provider\n${describeFlags(PROVIDER_FLAGS)}\n`)
    return read.help ? 0 : 1
  }
  const flags = read.values
  const logger = createLogger({ level: flags.debug ? 'debug' : 'info', format: flags['pretty-log'] ? 'text' : 'json' })
  const config = await connection(flags.kubeconfig, main.env)
  if ('problem' in config) {
    logger.error('cannot connect', { problem: config.problem })
    return 1
  }
  const broken = checkTemplates(settingsFrom(flags, main.env))
  for (const found of broken) logger.error('a template cannot be used', { code: found.code, problem: found.message })
  return broken.length > 0 ? 1 : serve({ main, flags, logger, config })
}

interface Serve {
  readonly main: ProviderMain
  readonly flags: Flags
  readonly logger: Logger
  readonly config: ConnectionConfig
}

async function serve(input: Serve): Promise<number> {
  const { main, flags, logger, config } = input
  const observability = createObservability({ service: 'oasgen-provider', version: VERSION, env: main.env, logger })
  const kube = connectKube(config, { userAgent: 'oasgen-provider', observe: (sample) => observability.controller.kubernetesAsked(sample) })
  const transport = createTransport({
    proxyEnvironment: main.env, privateAddresses: addressPolicy(flags['private-sources']),
    onWarning: (warning) => logger.warn('transport', { code: warning.code, message: warning.message }),
  })
  const provider = openProvider(input, { observability, kube, transport })
  const stopElection = flags['leader-election'] ? lead({ kube, provider, logger, namespace: flags.namespace || config.namespace || 'default' }) : async () => undefined
  const servers = await openServers(input, provider, observability)
  logger.info('provider started', { server: kube.server })
  await stopped(main.signal)
  logger.info('provider stopping', {})
  await provider.stop(10_000)
  await stopElection()
  await Promise.all([...servers.map((server) => server.close()), transport.close(), observability.stop()])
  await kube.close()
  return 0
}

interface Parts {
  readonly observability: Observability
  readonly kube: Kube
  readonly transport: Transport
}

function openProvider({ main, flags, logger }: Serve, { observability, kube, transport }: Parts): Provider {
  const queue = observability.queue('restdefinitions')
  const minMs = Math.max(50, flags['min-error-retry-interval'] * 1000)
  const metrics = watchDefinitions(observability.metrics)
  const provider = startProvider({
    kube, transport, settings: settingsFrom(flags, main.env), workers: Math.max(1, flags['max-reconcile-rate']),
    // The reference allows at most half the poll interval.
    backoff: { minMs, maxMs: Math.max(minMs, Math.min(flags['max-error-retry-interval'], flags.poll / 2) * 1000) },
    compileTimeoutMs: flags['compile-timeout'] * 1000,
    ...(main.compileWorker && { compileWorker: main.compileWorker }), ...(main.allowFiles === true && { allowFiles: true }),
    observer: queue, tracer: observability.tracer, onPass: metrics.passed,
    log: (line) => logger[line.level](line.message, line.values),
  })
  queue.watch(provider.queue)
  return provider
}

async function openServers({ flags, logger }: Serve, provider: Provider, { metrics }: Observability): Promise<readonly HealthServer[]> {
  const ready = { watches: () => provider.problem() }
  const health = flags['health-port'] > 0 ? [await createHealthServer({ port: flags['health-port'], logger, metrics, ready })] : []
  const port = flags['metrics-port']
  return port === 0 || port === flags['health-port'] ? health : [...health, await createHealthServer({ port, metrics })]
}

function addressPolicy(word: string): 'allow' | 'warn' | 'deny' {
  return word === 'deny' || word === 'allow' ? word : 'warn'
}

async function connection(kubeconfig: string, env: ProviderMain['env']): Promise<ConnectionConfig | { readonly problem: string }> {
  const read = kubeconfig === '' ? inClusterConfig(env) : await loadKubeconfig({ path: kubeconfig })
  return read.value ?? { problem: read.findings[0]?.message ?? 'no configuration' }
}

interface Lead {
  readonly kube: Kube
  readonly provider: Provider
  readonly logger: Logger
  readonly namespace: string
}

function lead({ kube, provider, logger, namespace }: Lead): () => Promise<void> {
  provider.setGate('closed')
  const elector = createLeaderElector(kube, {
    lease: { namespace, name: 'leader-election-oasgen-provider' },
    identity: `${hostname()}_${randomBytes(6).toString('hex')}`,
    onProblem: (problem) => logger.warn('leader election', { code: problem.code, problem: problem.message }),
  })
  elector.onChange((leadership) => {
    logger.info(leadership === 'leading' ? 'leading' : 'standing by', {})
    provider.setGate(leadership === 'leading' ? 'open' : 'closed')
  })
  elector.start()
  return () => elector.stop()
}

function stopped(signal: AbortSignal): Promise<void> {
  return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
