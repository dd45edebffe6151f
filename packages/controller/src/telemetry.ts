import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { finding, type Finding } from '@oasgen/diagnostics'
import { writeJson, type JsonObject } from '@oasgen/json'
import { Agent, request, type Dispatcher } from 'undici'
import { systemClock, type Clock } from './clock.js'
import type { Metrics } from './metrics.js'
import { renderMetrics, renderSpans, type OtlpSource } from './otlp.js'
import type { ExportTarget, TelemetrySettings } from './telemetry-settings.js'
import { createTracer, type SpanRecord, type Tracer } from './trace.js'

export interface TelemetryOptions {
  readonly settings: TelemetrySettings
  readonly metrics?: Metrics
  readonly version: string
  readonly onProblem?: (problem: Finding) => void
  readonly clock?: Clock
}

/** Traces and metrics on their way to a collector. Nobody ever waits for it, and what it cannot send it drops and counts. */
export interface Telemetry {
  readonly tracer: Tracer
  statistics(): { readonly sent: number; readonly dropped: number }
  /** Sends what is there and ends. */
  stop(): Promise<void>
}

export function startTelemetry(options: TelemetryOptions): Telemetry {
  return new Exporter(options)
}

const MAX_TRIES = 3
const PROBLEM_GAP_MS = 600_000

class Exporter implements Telemetry {
  readonly tracer: Tracer
  readonly #options: TelemetryOptions
  readonly #clock: Clock
  readonly #source: OtlpSource
  readonly #startedAt: number
  #spans: SpanRecord[] = []
  #sent = 0
  #dropped = 0
  #isStopped = false
  #cancelSpans: (() => void) | undefined
  #cancelMetrics: (() => void) | undefined
  #complainedAt = Number.NEGATIVE_INFINITY
  readonly #dispatchers = new Map<string, Dispatcher>()

  constructor(options: TelemetryOptions) {
    const { settings } = options
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#startedAt = this.#clock.wall()
    this.#source = { resource: settings.resource, scope: { name: 'oasgen', version: options.version } }
    this.tracer = createTracer({ sampler: settings.sampler, ...(settings.traces !== undefined && { record: (span) => this.#record(span) }) })
    if (settings.metrics !== undefined && options.metrics !== undefined) this.#planMetrics()
  }

  statistics(): { readonly sent: number; readonly dropped: number } {
    return { sent: this.#sent, dropped: this.#dropped }
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancelSpans?.()
    this.#cancelMetrics?.()
    await Promise.all([this.#sendSpans(), this.#sendMetrics()])
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.close()))
  }

  #record(span: SpanRecord): void {
    const { queue, size, delayMs } = this.#options.settings.batch
    if (this.#spans.length >= queue) {
      this.#dropped += 1
      return
    }
    this.#spans.push(span)
    if (this.#spans.length === size) this.#planSpans(0)
    else if (this.#cancelSpans === undefined) this.#planSpans(delayMs)
  }

  #planSpans(ms: number): void {
    if (this.#isStopped) return
    this.#cancelSpans?.()
    this.#cancelSpans = this.#clock.after(ms, () => {
      this.#cancelSpans = undefined
      void this.#sendSpans()
    })
  }

  #planMetrics(): void {
    this.#cancelMetrics = this.#clock.after(this.#options.settings.metricsIntervalMs, () => {
      void this.#sendMetrics().then(() => { if (!this.#isStopped) this.#planMetrics() })
    })
  }

  async #sendSpans(): Promise<void> {
    const { traces, batch } = this.#options.settings
    while (traces !== undefined && this.#spans.length > 0) {
      const part = this.#spans.slice(0, batch.size)
      this.#spans = this.#spans.slice(batch.size)
      if (await this.#send(traces, renderSpans(this.#source, part))) this.#sent += part.length
      else this.#dropped += part.length
    }
  }

  async #sendMetrics(): Promise<void> {
    const { settings: { metrics: target }, metrics } = this.#options
    if (target === undefined || metrics === undefined) return
    await this.#send(target, renderMetrics(this.#source, metrics.snapshot(), { startedAt: this.#startedAt, now: this.#clock.wall() }))
  }

  /** The specification's retryable answers are tried again, after the pause that the collector names. */
  async #send(target: ExportTarget, value: JsonObject): Promise<boolean> {
    const body = Buffer.from(writeJson(value))
    const bytes = target.compression === 'gzip' ? await compress(body) : body
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#post(target, bytes)
      if (answer.type === 'taken') return true
      if (answer.type === 'refused' || tries >= MAX_TRIES || this.#isStopped) return this.#complain(target, answer.message)
      await new Promise<void>((resolve) => { this.#clock.after(answer.afterMs ?? 1_000 * 2 ** tries, resolve) })
    }
  }

  async #post(target: ExportTarget, body: Buffer): Promise<Answer> {
    try {
      const { statusCode, headers, body: answer } = await request(target.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(target.compression === 'gzip' && { 'content-encoding': 'gzip' }), ...target.headers },
        body,
        dispatcher: await this.#dispatcherFor(target),
        headersTimeout: target.timeoutMs,
        bodyTimeout: target.timeoutMs,
      })
      const text = await answer.text()
      return judge(statusCode, String(headers['retry-after'] ?? ''), text)
    } catch (error) {
      return { type: 'later', afterMs: undefined, message: error instanceof Error ? error.message : String(error) }
    }
  }

  async #dispatcherFor(target: ExportTarget): Promise<Dispatcher> {
    const key = target.caFile ?? ''
    const known = this.#dispatchers.get(key)
    if (known !== undefined) return known
    const ca = target.caFile === undefined ? {} : { ca: await readFile(target.caFile, 'utf8') }
    const made = new Agent({ connect: { ...ca, timeout: target.timeoutMs }, connections: 2 })
    this.#dispatchers.set(key, made)
    return made
  }

  #complain(target: ExportTarget, message: string): false {
    const now = this.#clock.now()
    if (now - this.#complainedAt >= PROBLEM_GAP_MS) {
      this.#complainedAt = now
      this.#options.onProblem?.(finding('CTL0104', { endpoint: new URL(target.url).origin, message }))
    }
    return false
  }
}

type Answer =
  | { readonly type: 'taken' }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'later'; readonly afterMs: number | undefined; readonly message: string }

const compress = promisify(gzip)
const RETRYABLE = new Set([429, 502, 503, 504])

function judge(status: number, retryAfter: string, text: string): Answer {
  if (status >= 200 && status < 300) return { type: 'taken' }
  const message = `HTTP ${status} ${text.slice(0, 200)}`.trim()
  if (!RETRYABLE.has(status)) return { type: 'refused', message }
  return { type: 'later', afterMs: /^\d{1,4}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined, message }
}
