import type { JsonObject, JsonValue } from '@oasgen/json'
import type { MetricSnapshot, SeriesSnapshot } from './metrics.js'
import type { AttributeValue, Attributes, SpanKind, SpanRecord } from './trace.js'

/** OTLP in its JSON encoding (opentelemetry-proto 1.x): 64-bit integers are strings, ids are hex, enums are numbers. */

export interface OtlpSource {
  readonly resource: Readonly<Record<string, string>>
  readonly scope: { readonly name: string; readonly version: string }
}

const KINDS: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3 }
const ERROR = 2
const CUMULATIVE = 2

export function renderSpans(source: OtlpSource, spans: readonly SpanRecord[]): JsonObject {
  return { resourceSpans: [{ resource: resource(source), scopeSpans: [{ scope: { ...source.scope }, spans: spans.map(renderSpan) }] }] }
}

function renderSpan(span: SpanRecord): JsonObject {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: nanos(span.startedAt),
    endTimeUnixNano: nanos(span.endedAt),
    attributes: attributes(span.attributes),
    events: span.events.map((event) => ({ name: event.name, timeUnixNano: nanos(event.at), attributes: attributes(event.attributes) })),
    status: span.error === undefined ? {} : { code: ERROR, message: span.error },
  }
}

export interface MetricTimes {
  /** When counting began; milliseconds since the epoch, as is `now`. */
  readonly startedAt: number
  readonly now: number
}

export function renderMetrics(source: OtlpSource, metrics: readonly MetricSnapshot[], times: MetricTimes): JsonObject {
  const rendered = metrics.filter((metric) => metric.series.length > 0).map((metric) => renderMetric(metric, times))
  return { resourceMetrics: [{ resource: resource(source), scopeMetrics: [{ scope: { ...source.scope }, metrics: rendered }] }] }
}

function renderMetric(metric: MetricSnapshot, times: MetricTimes): JsonObject {
  const head = { name: metric.name, description: metric.help }
  const point = (series: SeriesSnapshot): JsonObject => ({
    attributes: metric.labels.map((name, index) => attribute(name, series.labels[index] ?? '')),
    startTimeUnixNano: nanos(times.startedAt),
    timeUnixNano: nanos(times.now),
  })
  const values = (): JsonValue => metric.series.map((series) => ({ ...point(series), asDouble: series.value }))
  switch (metric.type) {
    case 'gauge':
      return { ...head, gauge: { dataPoints: values() } }
    case 'counter':
      return { ...head, sum: { dataPoints: values(), aggregationTemporality: CUMULATIVE, isMonotonic: true } }
    case 'histogram':
      return { ...head, histogram: { aggregationTemporality: CUMULATIVE, dataPoints: metric.series.map((series) => ({
        ...point(series), count: String(series.count), sum: series.value, bucketCounts: series.buckets.map(String), explicitBounds: [...metric.buckets],
      })) } }
  }
}

function resource(source: OtlpSource): JsonObject {
  return { attributes: attributes(source.resource) }
}

function attributes(values: Attributes): JsonValue {
  return Object.entries(values).map(([key, value]) => attribute(key, value))
}

function attribute(key: string, value: AttributeValue): JsonObject {
  return { key, value: typeof value === 'string' ? { stringValue: value } : typeof value === 'boolean' ? { boolValue: value } : number(value) }
}

function number(value: number): JsonObject {
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** Whole microseconds: a double of the epoch holds no more. */
function nanos(at: number): string {
  return `${Math.round(at * 1000)}000`
}
