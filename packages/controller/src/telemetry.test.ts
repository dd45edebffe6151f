import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Finding } from '@oasgen/diagnostics'
import { createMetrics } from './metrics.js'
import { renderMetrics, renderSpans } from './otlp.js'
import { readTelemetrySettings, type Environment } from './telemetry-settings.js'
import { startTelemetry } from './telemetry.js'
import { createTracer, type SpanRecord } from './trace.js'

describe('the standard variables', () => {
  const BASE = 'http://collector:4318/'
  it.each<{ name: string; reason: string; env: Environment; want: object; codes?: string[] }>([
    { name: 'nothing', reason: 'nothing is sent', env: {}, want: { resource: { 'service.name': 'me' } } },
    { name: 'an endpoint', reason: 'both signals, with their paths', env: { OTEL_EXPORTER_OTLP_ENDPOINT: BASE }, want: { traces: { url: 'http://collector:4318/v1/traces' }, metrics: { url: 'http://collector:4318/v1/metrics' } } },
    {
      name: 'one signal', reason: 'its own endpoint is used as it is', env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://x/custom', OTEL_EXPORTER_OTLP_HEADERS: 'a=b%20c, d=e' },
      want: { traces: { url: 'http://x/custom', headers: { a: 'b c', d: 'e' } } },
    },
    { name: 'switched off', reason: 'one word for all', env: { OTEL_EXPORTER_OTLP_ENDPOINT: BASE, OTEL_SDK_DISABLED: 'true' }, want: {} },
    { name: 'metrics off', reason: 'exporter none', env: { OTEL_EXPORTER_OTLP_ENDPOINT: BASE, OTEL_METRICS_EXPORTER: 'none' }, want: { traces: {} } },
    { name: 'gRPC', reason: 'is said, not ignored', env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: BASE, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, want: {}, codes: ['CTL0105'] },
    { name: 'a ratio', reason: 'sampled by trace id', env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, want: { sampler: { ratio: 0.25, followsParent: true } } },
    { name: 'an unknown sampler', reason: 'is said', env: { OTEL_TRACES_SAMPLER: 'xray' }, want: { sampler: { ratio: 1 } }, codes: ['CTL0105'] },
    { name: 'resource attributes', reason: 'the service name has its own variable', env: { OTEL_RESOURCE_ATTRIBUTES: 'k8s.pod.name=p', OTEL_SERVICE_NAME: 'mine' }, want: { resource: { 'k8s.pod.name': 'p', 'service.name': 'mine' } } },
  ])('$name: $reason', (row) => {
    const { value, findings } = readTelemetrySettings(row.env, 'me')
    expect(value).toMatchObject(row.want)
    for (const signal of ['traces', 'metrics'] as const) expect(value?.[signal] !== undefined).toBe(signal in row.want)
    expect(findings.map((finding) => finding.code)).toEqual(row.codes ?? [])
  })
})

describe('spans', () => {
  it('belong together, and fail, and are sampled alike in one trace', () => {
    const ended: SpanRecord[] = []
    let now = 0
    let ids = 0
    const tracer = createTracer({ record: (span) => ended.push(span), wall: () => (now += 1), newId: (bytes) => String((ids += 1)).padStart(bytes * 2, '0') })
    const root = tracer.start('reconcile', { attributes: { key: 'a' } })
    const child = tracer.start('GET', { parent: root, kind: 'client' })
    child.fail('HTTP 500')
    child.event('retry')
    child.end()
    child.end()
    root.set({ outcome: 'retry' })
    root.end()
    expect(ended).toMatchObject([
      { name: 'GET', kind: 'client', traceId: root.traceId, parentSpanId: root.spanId, error: 'HTTP 500', events: [{ name: 'retry' }] },
      { name: 'reconcile', parentSpanId: undefined, attributes: { key: 'a', outcome: 'retry' } },
    ])
    expect(root.traceparent()).toBe(`00-${root.traceId}-${root.spanId}-01`)
  })

  it('have ids for the logs although nothing is exported', () => {
    const span = createTracer().start('x')
    expect(span.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(span.isRecorded).toBe(false)
    expect(span.traceparent()).toMatch(/-00$/)
  })

  it.each([{ ratio: 0, share: 0 }, { ratio: 0.25, share: 250 }, { ratio: 1, share: 1000 }])('a ratio of $ratio records that share', ({ ratio, share }) => {
    let count = 0
    const tracer = createTracer({ record: () => { count += 1 }, sampler: { ratio, followsParent: true } })
    for (let index = 0; index < 1000; index += 1) tracer.start('x').end()
    expect(Math.abs(count - share)).toBeLessThanOrEqual(ratio === 0.25 ? 70 : 0)
  })
})

describe('OTLP in JSON', () => {
  const source = { resource: { 'service.name': 'me' }, scope: { name: 'oasgen', version: '1' } }
  it('spans', () => {
    const span: SpanRecord = {
      traceId: '0af7', spanId: 'b7ad', parentSpanId: undefined, name: 'n', kind: 'client', startedAt: 1_700_000_000_000.5, endedAt: 1_700_000_000_001, error: 'no',
      attributes: { s: 'x', i: 7, d: 0.5, b: true }, events: [],
    }
    expect(renderSpans(source, [span])).toEqual({ resourceSpans: [{
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'me' } }] },
      scopeSpans: [{ scope: { name: 'oasgen', version: '1' }, spans: [{
        traceId: '0af7', spanId: 'b7ad', name: 'n', kind: 3, startTimeUnixNano: '1700000000000500000', endTimeUnixNano: '1700000000001000000', events: [],
        attributes: [{ key: 's', value: { stringValue: 'x' } }, { key: 'i', value: { intValue: '7' } }, { key: 'd', value: { doubleValue: 0.5 } }, { key: 'b', value: { boolValue: true } }],
        status: { code: 2, message: 'no' },
      }] }],
    }] })
  })

  it('metrics', () => {
    const metrics = createMetrics()
    metrics.counter({ name: 'c', help: 'C', labels: ['l'] }).add(3, 'x')
    metrics.histogram({ name: 'h', help: 'H', buckets: [1] }).observe(2)
    const [one] = renderMetrics(source, metrics.snapshot(), { startedAt: 0, now: 1 }).resourceMetrics as { scopeMetrics: { metrics: unknown[] }[] }[]
    expect(one?.scopeMetrics[0]?.metrics).toMatchObject([
      { name: 'c', sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ asDouble: 3, attributes: [{ key: 'l', value: { stringValue: 'x' } }] }] } },
      { name: 'h', histogram: { dataPoints: [{ count: '1', sum: 2, bucketCounts: ['0', '1'], explicitBounds: [1] }] } },
    ])
  })
})

describe('sending', () => {
  let server: Server
  let url: string
  let answers: { status: number; retryAfter?: string }[]
  const bodies: { path: string; body: string; type: string | undefined }[] = []
  beforeEach(async () => {
    bodies.length = 0
    answers = []
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
        bodies.push({ path: request.url ?? '', body: body.toString(), type: request.headers['content-type'] })
        const { status, retryAfter } = answers.shift() ?? { status: 200 }
        response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
        response.end('{}')
      })
    })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(() => new Promise((resolve) => { server.close(resolve) }))

  const start = (env: Environment = {}, problems: Finding[] = []) => {
    const settings = readTelemetrySettings({ OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env }, 'me').value
    if (settings === undefined) throw new Error('no settings')
    const metrics = createMetrics()
    metrics.gauge({ name: 'g', help: 'G' }).set(1)
    return startTelemetry({ settings, metrics, version: '1', onProblem: (problem) => problems.push(problem) })
  }

  it('sends what is there at the end', async () => {
    const telemetry = start({ OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' })
    telemetry.tracer.start('reconcile').end()
    await telemetry.stop()
    expect(bodies.map((one) => one.path).sort()).toEqual(['/v1/metrics', '/v1/traces'])
    expect(bodies.find((one) => one.path === '/v1/traces')?.body).toContain('"name":"reconcile"')
    expect(telemetry.statistics()).toEqual({ sent: 1, dropped: 0 })
  })

  it('tries again when the collector asks for it', async () => {
    answers = [{ status: 503, retryAfter: '0' }]
    const telemetry = start({ OTEL_METRICS_EXPORTER: 'none', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1' })
    telemetry.tracer.start('a').end()
    for (let waited = 0; bodies.length < 2 && waited < 200; waited += 1) await new Promise((resolve) => { setTimeout(resolve, 10) })
    await telemetry.stop()
    expect(telemetry.statistics()).toEqual({ sent: 1, dropped: 0 })
  })

  it('drops and says so when it is refused', async () => {
    answers = [{ status: 400 }]
    const problems: Finding[] = []
    const telemetry = start({ OTEL_METRICS_EXPORTER: 'none' }, problems)
    telemetry.tracer.start('a').end()
    await telemetry.stop()
    expect(telemetry.statistics()).toEqual({ sent: 0, dropped: 1 })
    expect(problems.map((problem) => problem.code)).toEqual(['CTL0104'])
  })

  it('keeps no more spans than it may', async () => {
    const telemetry = start({ OTEL_METRICS_EXPORTER: 'none', OTEL_BSP_MAX_QUEUE_SIZE: '10' })
    for (let index = 0; index < 25; index += 1) telemetry.tracer.start('a').end()
    await telemetry.stop()
    expect(telemetry.statistics()).toEqual({ sent: 10, dropped: 15 })
  })
})
