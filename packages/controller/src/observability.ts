import { createControllerMetrics, type ControllerMetrics } from './controller-metrics.js'
import { systemClock, type Clock } from './clock.js'
import type { Logger } from './log.js'
import { createMetrics, type Metrics } from './metrics.js'
import { addProcessMetrics } from './process-metrics.js'
import { createQueueMetrics, type QueueMetrics } from './queue-metrics.js'
import { startTelemetry } from './telemetry.js'
import { readTelemetrySettings, type Environment } from './telemetry-settings.js'
import type { Tracer } from './trace.js'

export interface ObservabilityOptions {
  /** Name of the program: `service.name`, unless the environment says otherwise. */
  readonly service: string
  readonly version: string
  readonly env: Environment
  readonly logger: Logger
  readonly clock?: Clock
}

/** All that a program tells about itself, wired together: metrics for `/metrics` and OTLP, traces, and the logger for what goes wrong with them. */
export interface Observability {
  /** For `createHealthServer`. */
  readonly metrics: Metrics
  /** `connectKube(config, { observe: controller.kubernetesAsked })`, and one call per reconcile and per exchange. */
  readonly controller: ControllerMetrics
  readonly tracer: Tracer
  /** For `createQueue({ observer })`; then `watch(queue)`. */
  queue(name: string): QueueMetrics
  /** Sends what is pending; the last step of a shutdown. */
  stop(): Promise<void>
}

export function createObservability(options: ObservabilityOptions): Observability {
  const { service, version, env, logger, clock = systemClock } = options
  const metrics = createMetrics()
  addProcessMetrics(metrics)
  metrics.gauge({ name: 'oasgen_build_info', help: 'Always 1; the version is a label', labels: ['service', 'version'] }).set(1, service, version)
  const { value: settings, findings } = readTelemetrySettings(env, service)
  for (const finding of findings) logger.warn('telemetry setting', { finding })
  const telemetry = startTelemetry({
    settings: settings ?? { resource: {}, sampler: { ratio: 1, followsParent: true }, batch: { delayMs: 5_000, size: 512, queue: 2_048 }, metricsIntervalMs: 60_000 },
    metrics, version, clock, onProblem: (finding) => logger.warn('telemetry', { finding }),
  })
  return {
    metrics,
    controller: createControllerMetrics(metrics),
    tracer: telemetry.tracer,
    queue: (name) => createQueueMetrics(metrics, { name, now: () => clock.now() }),
    stop: () => telemetry.stop(),
  }
}
