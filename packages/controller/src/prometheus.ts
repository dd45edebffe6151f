import type { MetricSnapshot, SeriesSnapshot } from './metrics.js'

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** The text format 0.0.4, families in the order of their names. */
export function renderPrometheus(metrics: readonly MetricSnapshot[]): string {
  const sorted = [...metrics].sort((left, right) => (left.name < right.name ? -1 : 1))
  return sorted.map(renderFamily).join('')
}

function renderFamily(metric: MetricSnapshot): string {
  const head = `# HELP ${metric.name} ${escapeHelp(metric.help)}\n# TYPE ${metric.name} ${metric.type}\n`
  const render = metric.type === 'histogram' ? renderHistogram : renderValue
  return head + metric.series.map((series) => render(metric, series)).join('')
}

function renderValue(metric: MetricSnapshot, series: SeriesSnapshot): string {
  return `${metric.name}${braces(labelPairs(metric, series))} ${numberText(series.value)}\n`
}

function renderHistogram(metric: MetricSnapshot, series: SeriesSnapshot): string {
  const pairs = labelPairs(metric, series)
  let sum = 0
  const buckets = series.buckets.map((count, index) => {
    sum += count
    const bound = metric.buckets[index]
    return `${metric.name}_bucket${braces([...pairs, `le="${bound === undefined ? '+Inf' : numberText(bound)}"`])} ${sum}\n`
  })
  return `${buckets.join('')}${metric.name}_sum${braces(pairs)} ${numberText(series.value)}\n${metric.name}_count${braces(pairs)} ${series.count}\n`
}

function labelPairs(metric: MetricSnapshot, series: SeriesSnapshot): readonly string[] {
  return metric.labels.map((name, index) => `${name}="${escapeLabel(series.labels[index] ?? '')}"`)
}

function braces(pairs: readonly string[]): string {
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`))
}

function escapeHelp(text: string): string {
  return text.replace(/[\\\n]/g, (found) => (found === '\n' ? '\\n' : '\\\\'))
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}
