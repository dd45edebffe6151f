import type { Metrics } from './metrics.js'
import { PRIORITIES, type Queue, type QueueObserver, type Taken } from './queue.js'

/** The buckets of controller-runtime: ten nanoseconds to a thousand seconds, times ten each. */
const BUCKETS = Array.from({ length: 12 }, (_, power) => Number(`1e${power - 8}`))

export interface QueueMetricsOptions {
  /** Value of the labels `name` and `controller`. */
  readonly name: string
  /** Monotonic milliseconds; the queue's clock. */
  readonly now: () => number
}

export interface QueueMetrics extends QueueObserver {
  /** Depths are looked up when metrics are read. */
  watch(queue: Queue): void
}

/** The `workqueue_*` metrics by the names that dashboards for controller-runtime and the reference know. */
export function createQueueMetrics(metrics: Metrics, options: QueueMetricsOptions): QueueMetrics {
  const { name, now } = options
  const labels = ['name', 'controller']
  const own = [name, name] as const
  const running = new Map<string, Taken>()
  const histogram = (metric: string, help: string, more: readonly string[] = []): ReturnType<Metrics['histogram']> =>
    metrics.histogram({ name: metric, help, labels: [...labels, ...more], buckets: BUCKETS })

  const depth = metrics.gauge({ name: 'workqueue_depth', help: 'Current depth of workqueue by workqueue and priority', labels: [...labels, 'priority'] })
  const delayed = metrics.gauge({ name: 'workqueue_delayed', help: 'Keys that are planned for later', labels })
  const adds = metrics.counter({ name: 'workqueue_adds_total', help: 'Total number of adds handled by workqueue', labels })
  const retries = metrics.counter({ name: 'workqueue_retries_total', help: 'Total number of retries handled by workqueue', labels })
  const waited = histogram('workqueue_queue_duration_seconds', 'How long in seconds an item stays in workqueue before being requested')
  const worked = histogram('workqueue_work_duration_seconds', 'How long in seconds processing an item from workqueue takes')
  const workedBy = histogram('workqueue_work_duration_seconds_with_priority', 'How long in seconds processing an item takes, by priority', ['priority'])
  const total = histogram('workqueue_total_duration_seconds', 'From ready to done, in seconds')
  const unfinished = metrics.gauge({ name: 'workqueue_unfinished_work_seconds', help: 'Seconds of work in progress that work_duration has not observed', labels })
  const longest = metrics.gauge({ name: 'workqueue_longest_running_processor_seconds', help: 'Seconds that the longest running processor has been running', labels })

  return {
    added: () => adds.add(1, ...own),
    taken: (item) => {
      running.set(item.key, item)
      waited.observe((item.takenAt - item.readyAt) / 1000, ...own)
    },
    done: (item, tookMs, outcome) => {
      running.delete(item.key)
      worked.observe(tookMs / 1000, ...own)
      workedBy.observe(tookMs / 1000, ...own, item.priority)
      total.observe((item.takenAt - item.readyAt + tookMs) / 1000, ...own)
      if (outcome.type === 'retry') retries.add(1, ...own)
    },
    watch: (queue) => metrics.onRead(() => {
      const { byPriority, delayed: later } = queue.statistics()
      for (const priority of PRIORITIES) depth.set(byPriority[priority], ...own, priority)
      delayed.set(later, ...own)
      const ages = [...running.values()].map((item) => (now() - item.takenAt) / 1000)
      unfinished.set(ages.reduce((sum, age) => sum + age, 0), ...own)
      longest.set(Math.max(0, ...ages), ...own)
    }),
  }
}
