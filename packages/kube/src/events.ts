import { hostname } from 'node:os'
import { finding, type Finding } from '@oasgen/diagnostics'
import type { Deleted, Kube } from './client.js'
import type { KubeError, KubeResult } from './error.js'
import { buildCoreEvent, buildCoreSeries, buildEvent, buildSeries, namespaceOfEvent, type EventFacts, type EventStamp } from './event-object.js'
import { nameOf, uidOf, type KubeObject } from './object.js'
import { CORE_EVENTS, EVENTS } from './well-known.js'

export interface EventRecorderOptions {
  /** `reportingController`, such as `krateo.io/rest-dynamic-controller`. */
  readonly component: string
  /** `reportingInstance`; default the host's name, which in a pod is the pod's. */
  readonly instance?: string
  /** Milliseconds since the epoch. */
  readonly wall?: () => number
  readonly onProblem?: (problem: Finding) => void
}

export interface EventRecorder {
  /** Never waits and never fails: what is too much is dropped and counted. */
  record(event: EventFacts): void
  /** Writes what is pending; for the end of a process and for tests. */
  flush(): Promise<void>
  statistics(): { readonly written: number; readonly dropped: number; readonly pending: number }
}

export function createEventRecorder(kube: Kube, options: EventRecorderOptions): EventRecorder {
  return new Recorder(kube, options)
}

/** Limits of client-go's correlator: 25 events of one object at once, then one in five minutes; a repetition counts for ten. */
const BURST = 25
const REFILL_MS = 300_000
const SERIES_MS = 600_000
/** A repetition is told at once the first time, then at most this often. */
const SERIES_GAP_MS = 60_000
const MAX_PENDING = 1_000
const MAX_KNOWN = 4_096

/** Events that say the same about one object. */
interface Series {
  readonly facts: EventFacts
  readonly name: string
  readonly firstAt: number
  lastAt: number
  count: number
  toldCount: number
  toldAt: number
  isPending: boolean
}

class Recorder implements EventRecorder {
  readonly #kube: Kube
  readonly #options: Required<Omit<EventRecorderOptions, 'onProblem'>> & Pick<EventRecorderOptions, 'onProblem'>
  readonly #series = new Map<string, Series>()
  readonly #allowance = new Map<string, { tokens: number; at: number }>()
  readonly #pending: Series[] = []
  #api: 'events' | 'core' = 'events'
  #sending: Promise<void> | undefined
  #written = 0
  #dropped = 0
  #complainedAt = Number.NEGATIVE_INFINITY
  #serial = 0

  constructor(kube: Kube, options: EventRecorderOptions) {
    this.#kube = kube
    this.#options = { instance: hostname(), wall: Date.now, ...options }
  }

  record(event: EventFacts): void {
    const now = this.#options.wall()
    const series = this.#seriesOf(event, now)
    series.count += 1
    series.lastAt = now
    if (series.isPending || !isWorthTelling(series, now)) return
    if (this.#pending.length >= MAX_PENDING || !this.#isAllowed(event, now)) {
      this.#dropped += 1
      return
    }
    series.isPending = true
    this.#pending.push(series)
    this.#sending ??= this.#send()
  }

  async flush(): Promise<void> {
    await this.#sending
  }

  statistics(): { readonly written: number; readonly dropped: number; readonly pending: number } {
    return { written: this.#written, dropped: this.#dropped, pending: this.#pending.length }
  }

  #seriesOf(event: EventFacts, now: number): Series {
    const key = [uidOf(event.regarding), nameOf(event.regarding), event.type, event.reason, event.action, event.note].join('\u0000')
    const known = this.#series.get(key)
    if (known !== undefined && now - known.lastAt < SERIES_MS) return known
    if (this.#series.size >= MAX_KNOWN) forgetOldest(this.#series)
    const series: Series = {
      facts: event, name: this.#nameFor(event, now), firstAt: now, lastAt: now, count: 0, toldCount: 0, toldAt: Number.NEGATIVE_INFINITY, isPending: false,
    }
    this.#series.delete(key)
    this.#series.set(key, series)
    return series
  }

  /** As client-go names them: the object, then a number that rises with time. */
  #nameFor(event: EventFacts, now: number): string {
    this.#serial += 1
    const serial = (BigInt(now) * 1_000_000n + BigInt(this.#serial % 1_000_000)).toString(16)
    return `${nameOf(event.regarding).slice(0, 200)}.${serial}`
  }

  #isAllowed(event: EventFacts, now: number): boolean {
    const key = `${uidOf(event.regarding)}/${nameOf(event.regarding)}`
    const allowance = this.#allowance.get(key) ?? { tokens: BURST, at: now }
    const tokens = Math.min(BURST, allowance.tokens + (now - allowance.at) / REFILL_MS)
    if (this.#allowance.size >= MAX_KNOWN && !this.#allowance.has(key)) forgetOldest(this.#allowance)
    this.#allowance.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now })
    return tokens >= 1
  }

  async #send(): Promise<void> {
    for (let series = this.#pending.shift(); series !== undefined; series = this.#pending.shift()) {
      const error = await this.#write(series)
      series.isPending = false
      if (error === undefined) this.#written += 1
      else this.#fail(error)
    }
    this.#sending = undefined
  }

  async #write(series: Series): Promise<KubeError | undefined> {
    const isFirst = series.toldCount === 0
    series.toldCount = series.count
    series.toldAt = series.lastAt
    const stamp: EventStamp = { ...series, component: this.#options.component, instance: this.#options.instance }
    const answer = await (isFirst ? this.#create(series.facts, stamp) : this.#repeat(series.facts, stamp))
    if (answer.ok) return undefined
    if (!isFirst && answer.error.kind === 'notFound') return errorOf(await this.#create(series.facts, stamp))
    if (this.#api === 'events' && isRefusedApi(answer.error)) {
      this.#api = 'core'
      return errorOf(await this.#create(series.facts, stamp))
    }
    return answer.error
  }

  #create(facts: EventFacts, stamp: EventStamp): Promise<KubeResult<KubeObject>> {
    return this.#api === 'core' ? this.#kube.create(CORE_EVENTS, buildCoreEvent(facts, stamp)) : this.#kube.create(EVENTS, buildEvent(facts, stamp))
  }

  #repeat(facts: EventFacts, stamp: EventStamp): Promise<KubeResult<KubeObject>> {
    const ref = { namespace: namespaceOfEvent(facts), name: stamp.name }
    return this.#api === 'core'
      ? this.#kube.patch(CORE_EVENTS, ref, { type: 'merge', body: buildCoreSeries(stamp) })
      : this.#kube.patch(EVENTS, ref, { type: 'merge', body: buildSeries(stamp) })
  }

  /** One complaint in ten minutes: events are no reason to fill a log. */
  #fail(error: KubeError): void {
    this.#dropped += 1
    const now = this.#options.wall()
    if (isEndingNamespace(error) || now - this.#complainedAt < SERIES_MS) return
    this.#complainedAt = now
    this.#options.onProblem?.(finding('KUB0303', { count: this.#dropped, message: error.message }))
  }
}

function isWorthTelling(series: Series, now: number): boolean {
  return series.toldCount === 0 || now - series.toldAt >= SERIES_GAP_MS || series.toldCount === 1
}

/** The account may write only core events, or the server has no others. A namespace that is ending refuses both. */
function isRefusedApi(error: KubeError): boolean {
  return (error.kind === 'forbidden' || error.kind === 'notFound') && !isEndingNamespace(error)
}

function isEndingNamespace(error: KubeError): boolean {
  return error.causes.some((cause) => cause.reason === 'NamespaceTerminating')
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

function errorOf(answer: KubeResult<KubeObject | Deleted>): KubeError | undefined {
  return answer.ok ? undefined : answer.error
}
