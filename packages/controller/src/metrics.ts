export interface MetricOptions {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
}

export interface HistogramOptions extends MetricOptions {
  /** Upper bounds, rising; `+Inf` is added. */
  readonly buckets: readonly number[]
}

/** Label values stand in the order of the declared names. */
export interface Counter {
  add(by?: number, ...labels: readonly string[]): void
}
export interface Gauge {
  set(value: number, ...labels: readonly string[]): void
  /** Forgets one series, such as that of a kind that is gone. */
  remove(...labels: readonly string[]): void
}
export interface Histogram {
  observe(value: number, ...labels: readonly string[]): void
}

export type MetricType = 'counter' | 'gauge' | 'histogram'

/** The state of one metric, for the printers. */
export interface MetricSnapshot {
  readonly name: string
  readonly help: string
  readonly type: MetricType
  readonly labels: readonly string[]
  readonly buckets: readonly number[]
  readonly series: readonly SeriesSnapshot[]
}

export interface SeriesSnapshot {
  readonly labels: readonly string[]
  /** Of a histogram the sum. */
  readonly value: number
  readonly count: number
  /** Observations per bucket, not accumulated; the last is `+Inf`. */
  readonly buckets: readonly number[]
}

export interface Metrics {
  counter(options: MetricOptions): Counter
  gauge(options: MetricOptions): Gauge
  histogram(options: HistogramOptions): Histogram
  /** Called before every reading, to set gauges of what is only looked at then. */
  onRead(collect: () => void): void
  snapshot(): readonly MetricSnapshot[]
}

/** More series than this of one metric are added up under the label value `other`: a scrape must stay short. */
const MAX_SERIES = 1_000

export function createMetrics(): Metrics {
  const all = new Map<string, Family>()
  const collectors: (() => void)[] = []
  const family = (type: MetricType, options: MetricOptions, buckets: readonly number[] = []): Family => {
    const known = all.get(options.name)
    if (known !== undefined) return known
    const made = new Family(type, options, buckets)
    all.set(options.name, made)
    return made
  }
  return {
    counter: (options) => {
      const own = family('counter', options)
      return { add: (by = 1, ...labels) => { own.series(labels).value += by } }
    },
    gauge: (options) => {
      const own = family('gauge', options)
      return { set: (value, ...labels) => { own.series(labels).value = value }, remove: (...labels) => own.remove(labels) }
    },
    histogram: (options) => {
      const own = family('histogram', options, options.buckets)
      return { observe: (value, ...labels) => own.observe(value, labels) }
    },
    onRead: (collect) => { collectors.push(collect) },
    snapshot: () => {
      for (const collect of collectors) collect()
      return [...all.values()].map((one) => one.snapshot())
    },
  }
}

interface Series {
  readonly labels: readonly string[]
  value: number
  count: number
  readonly buckets: number[]
}

class Family {
  readonly #type: MetricType
  readonly #options: MetricOptions
  readonly #buckets: readonly number[]
  readonly #series = new Map<string, Series>()

  constructor(type: MetricType, options: MetricOptions, buckets: readonly number[]) {
    this.#type = type
    this.#options = options
    this.#buckets = buckets
    if ((options.labels ?? []).length === 0) this.series([])
  }

  series(labels: readonly string[]): Series {
    const key = labels.length === 1 ? (labels[0] as string) : labels.join('\u0000')
    return this.#series.get(key) ?? this.#add(key, labels)
  }

  remove(labels: readonly string[]): void {
    this.#series.delete(labels.join('\u0000'))
  }

  observe(value: number, labels: readonly string[]): void {
    const series = this.series(labels)
    series.value += value
    series.count += 1
    let bucket = 0
    while (bucket < this.#buckets.length && value > (this.#buckets[bucket] as number)) bucket += 1
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
  }

  snapshot(): MetricSnapshot {
    const { name, help, labels = [] } = this.#options
    return { name, help, type: this.#type, labels, buckets: this.#buckets, series: [...this.#series.values()] }
  }

  #add(key: string, labels: readonly string[]): Series {
    const names = this.#options.labels ?? []
    if (this.#series.size >= MAX_SERIES && labels.some((label) => label !== OTHER)) return this.series(names.map(() => OTHER))
    const buckets = this.#type === 'histogram' ? Array.from({ length: this.#buckets.length + 1 }, () => 0) : []
    const series: Series = { labels: names.map((_, index) => labels[index] ?? ''), value: 0, count: 0, buckets }
    this.#series.set(key, series)
    return series
  }
}

const OTHER = 'other'
