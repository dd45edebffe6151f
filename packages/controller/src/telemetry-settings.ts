import { finding, type Checked, type Finding } from '@oasgen/diagnostics'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where one signal goes. */
export interface ExportTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly compression: 'gzip' | 'none'
  /** Path of a PEM file. */
  readonly caFile?: string
}

export interface TelemetrySettings {
  readonly traces?: ExportTarget
  readonly metrics?: ExportTarget
  readonly resource: Readonly<Record<string, string>>
  readonly sampler: Sampler
  /** Batches of spans: pause between two, spans in one, spans kept at most. */
  readonly batch: { readonly delayMs: number; readonly size: number; readonly queue: number }
  readonly metricsIntervalMs: number
}

export interface Sampler {
  /** Share of new traces that are recorded. */
  readonly ratio: number
  /** Whether the decision of a caller (traceparent) is followed. */
  readonly followsParent: boolean
}

type Signal = 'TRACES' | 'METRICS'

/** Reads the standard variables (OpenTelemetry specification, environment variables and OTLP exporter). Nothing set = nothing sent. */
export function readTelemetrySettings(env: Environment, serviceName: string): Checked<TelemetrySettings> {
  const findings: Finding[] = []
  const isOff = env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true'
  const traces = isOff ? undefined : targetOf(env, 'TRACES', findings)
  const metrics = isOff ? undefined : targetOf(env, 'METRICS', findings)
  const value: TelemetrySettings = {
    ...(traces !== undefined && { traces }),
    ...(metrics !== undefined && { metrics }),
    resource: { ...pairsOf(env.OTEL_RESOURCE_ATTRIBUTES), 'service.name': env.OTEL_SERVICE_NAME || pairsOf(env.OTEL_RESOURCE_ATTRIBUTES)['service.name'] || serviceName },
    sampler: samplerOf(env, findings),
    batch: {
      delayMs: numberOf(env.OTEL_BSP_SCHEDULE_DELAY, 5_000),
      size: numberOf(env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, 512),
      queue: numberOf(env.OTEL_BSP_MAX_QUEUE_SIZE, 2_048),
    },
    metricsIntervalMs: numberOf(env.OTEL_METRIC_EXPORT_INTERVAL, 60_000),
  }
  return { value, findings }
}

/** The variable of the signal wins over the general one; only the general endpoint gets the path of the signal appended. */
function targetOf(env: Environment, signal: Signal, findings: Finding[]): ExportTarget | undefined {
  const own = (name: string): string | undefined => env[`OTEL_EXPORTER_OTLP_${signal}_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`] || undefined
  const url = urlOf(env, signal)
  const exporter = env[`OTEL_${signal}_EXPORTER`]
  if (url === undefined || exporter === 'none') return undefined
  const protocol = own('PROTOCOL')
  if (!URL.canParse(url)) return refuse(findings, [`OTEL_EXPORTER_OTLP_ENDPOINT`, url, 'it is no URL'])
  if (protocol === 'grpc') return refuse(findings, ['OTEL_EXPORTER_OTLP_PROTOCOL', protocol, 'only OTLP over HTTP with JSON is spoken'])
  if (exporter !== undefined && exporter !== '' && exporter !== 'otlp') return refuse(findings, [`OTEL_${signal}_EXPORTER`, exporter, 'only otlp and none are known'])
  const caFile = own('CERTIFICATE')
  return {
    url,
    headers: pairsOf(own('HEADERS')),
    timeoutMs: numberOf(own('TIMEOUT'), 10_000),
    compression: own('COMPRESSION') === 'gzip' ? 'gzip' : 'none',
    ...(caFile !== undefined && { caFile }),
  }
}

function urlOf(env: Environment, signal: Signal): string | undefined {
  const own = env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]
  if (own !== undefined && own !== '') return own
  const general = env.OTEL_EXPORTER_OTLP_ENDPOINT
  return general === undefined || general === '' ? undefined : `${general.replace(/\/+$/, '')}/v1/${signal.toLowerCase()}`
}

function refuse(findings: Finding[], [name, value, problem]: readonly [string, string, string]): undefined {
  findings.push(finding('CTL0105', { name, value, problem }))
  return undefined
}

function samplerOf(env: Environment, findings: Finding[]): Sampler {
  const name = env.OTEL_TRACES_SAMPLER || 'parentbased_always_on'
  const followsParent = name.startsWith('parentbased_')
  switch (name.replace('parentbased_', '')) {
    case 'always_on': return { ratio: 1, followsParent }
    case 'always_off': return { ratio: 0, followsParent }
    case 'traceidratio': return { ratio: Math.min(1, Math.max(0, Number(env.OTEL_TRACES_SAMPLER_ARG ?? 1) || 0)), followsParent }
    default:
      refuse(findings, ['OTEL_TRACES_SAMPLER', name, 'always_on is used'])
      return { ratio: 1, followsParent: true }
  }
}

/** `a=1,b=2`, values percent-encoded. */
function pairsOf(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').map((pair) => pair.trim()).filter((pair) => pair.includes('='))
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())]
  }))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function numberOf(text: string | undefined, fallback: number): number {
  const number = Number(text)
  return text === undefined || text.trim() === '' || !Number.isFinite(number) || number <= 0 ? fallback : number
}
