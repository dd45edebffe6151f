import { randomBytes } from 'node:crypto'
import type { Sampler } from './telemetry-settings.js'

export type AttributeValue = string | number | boolean
export type Attributes = Readonly<Record<string, AttributeValue>>

export type SpanKind = 'internal' | 'server' | 'client'

/** A span that ended. Times are milliseconds since the epoch, with fractions. */
export interface SpanRecord {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: SpanKind
  readonly startedAt: number
  readonly endedAt: number
  readonly attributes: Attributes
  readonly events: readonly { readonly name: string; readonly at: number; readonly attributes: Attributes }[]
  /** Set when it failed. */
  readonly error: string | undefined
}

export interface SpanOptions {
  readonly parent?: Span
  readonly kind?: SpanKind
  readonly attributes?: Attributes
}

/** A piece of work. It has a trace id whether or not anything is exported, so that logs can name it. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly isRecorded: boolean
  set(attributes: Attributes): void
  event(name: string, attributes?: Attributes): void
  fail(message: string): void
  end(): void
  /** Value of the header `traceparent` for a request that belongs to it (W3C Trace Context). */
  traceparent(): string
}

export interface Tracer {
  start(name: string, options?: SpanOptions): Span
}

export interface TracerOptions {
  /** Gets what ended; absent = nothing is recorded. */
  readonly record?: (span: SpanRecord) => void
  readonly sampler?: Sampler
  /** Milliseconds since the epoch. */
  readonly wall?: () => number
  /** `bytes` random bytes in hex. */
  readonly newId?: (bytes: number) => string
}

const MAX_EVENTS = 64

export function createTracer(options: TracerOptions = {}): Tracer {
  const wall = options.wall ?? (() => performance.timeOrigin + performance.now())
  const newId = options.newId ?? ((bytes: number) => randomBytes(bytes).toString('hex'))
  const sampler = options.sampler ?? { ratio: 1, followsParent: true }
  const { record } = options
  return {
    start: (name, spanOptions = {}) => {
      const { parent } = spanOptions
      const traceId = parent?.traceId ?? newId(16)
      const isRecorded = record !== undefined && (parent === undefined ? isSampled(traceId, sampler) : parent.isRecorded)
      return isRecorded ? recordedSpan({ name, traceId, spanId: newId(8), spanOptions, wall, record }) : silentSpan(traceId, newId(8))
    },
  }
}

/** By the last eight bytes of the trace id, as the specification's ratio sampler: every service of a trace decides alike. */
function isSampled(traceId: string, sampler: Sampler): boolean {
  return Number.parseInt(traceId.slice(-13), 16) < sampler.ratio * 2 ** 52
}

interface Recording {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly spanOptions: SpanOptions
  readonly wall: () => number
  readonly record: (span: SpanRecord) => void
}

function recordedSpan(recording: Recording): Span {
  const { name, traceId, spanId, spanOptions, wall, record } = recording
  const startedAt = wall()
  let attributes: Attributes = spanOptions.attributes ?? {}
  const events: { name: string; at: number; attributes: Attributes }[] = []
  let error: string | undefined
  let isEnded = false
  return {
    traceId,
    spanId,
    isRecorded: true,
    set: (more) => { attributes = { ...attributes, ...more } },
    event: (event, more = {}) => { if (events.length < MAX_EVENTS) events.push({ name: event, at: wall(), attributes: more }) },
    fail: (message) => { error = message },
    end: () => {
      if (isEnded) return
      isEnded = true
      record({
        traceId, spanId, parentSpanId: spanOptions.parent?.spanId, name, kind: spanOptions.kind ?? 'internal', startedAt, endedAt: wall(), attributes, events, error,
      })
    },
    traceparent: () => `00-${traceId}-${spanId}-01`,
  }
}

function silentSpan(traceId: string, spanId: string): Span {
  const nothing = (): void => undefined
  return { traceId, spanId, isRecorded: false, set: nothing, event: nothing, fail: nothing, end: nothing, traceparent: () => `00-${traceId}-${spanId}-00` }
}
