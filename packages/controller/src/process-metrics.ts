import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Metrics } from './metrics.js'

/** The process itself, by the names that dashboards of other Node and Go programs know. */
export function addProcessMetrics(metrics: Metrics): void {
  const cpu = metrics.gauge({ name: 'process_cpu_seconds_total', help: 'Total user and system CPU time spent in seconds.' })
  const memory = metrics.gauge({ name: 'process_resident_memory_bytes', help: 'Resident memory size in bytes.' })
  const started = metrics.gauge({ name: 'process_start_time_seconds', help: 'Start time of the process since unix epoch in seconds.' })
  const heap = metrics.gauge({ name: 'nodejs_heap_size_used_bytes', help: 'Process heap size used from Node.js in bytes.' })
  const external = metrics.gauge({ name: 'nodejs_external_memory_bytes', help: 'Node.js external memory size in bytes.' })
  const lag = metrics.gauge({ name: 'nodejs_eventloop_lag_p99_seconds', help: 'The 99th percentile of the event loop delays since the last reading.' })
  const delays = monitorEventLoopDelay({ resolution: 20 })
  delays.enable()
  started.set(Date.now() / 1000 - process.uptime())
  metrics.onRead(() => {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed, external: outside } = process.memoryUsage()
    cpu.set((user + system) / 1e6)
    memory.set(rss)
    heap.set(heapUsed)
    external.set(outside)
    lag.set(delays.percentile(99) / 1e9)
    delays.reset()
  })
}
