import { describe, expect, it } from 'vitest'
import { createControllerMetrics } from './controller-metrics.js'
import { createMetrics } from './metrics.js'
import { addProcessMetrics } from './process-metrics.js'
import { renderPrometheus } from './prometheus.js'
import { createQueue } from './queue.js'
import { createQueueMetrics } from './queue-metrics.js'

describe('the text format', () => {
  it('prints counters, gauges and histograms', () => {
    const metrics = createMetrics()
    metrics.counter({ name: 'b_total', help: 'Line\nbreak', labels: ['code'] }).add(2, 'a"b\\c\n')
    metrics.gauge({ name: 'a', help: 'None' }).set(1.5)
    const histogram = metrics.histogram({ name: 'c_seconds', help: 'H', buckets: [0.1, 1] })
    for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value)
    expect(renderPrometheus(metrics.snapshot())).toBe(`# HELP a None
# TYPE a gauge
a 1.5
# HELP b_total Line\\nbreak
# TYPE b_total counter
b_total{code="a\\"b\\\\c\\n"} 2
# HELP c_seconds H
# TYPE c_seconds histogram
c_seconds_bucket{le="0.1"} 2
c_seconds_bucket{le="1"} 3
c_seconds_bucket{le="+Inf"} 4
c_seconds_sum 7.65
c_seconds_count 4
`)
  })

  it('adds up what would be too many series', () => {
    const metrics = createMetrics()
    const counter = metrics.counter({ name: 'x', help: 'X', labels: ['name'] })
    for (let index = 0; index < 5_000; index += 1) counter.add(1, `n${index}`)
    const [family] = metrics.snapshot()
    expect(family?.series.length).toBeLessThanOrEqual(1_001)
    expect(family?.series.find((series) => series.labels[0] === 'other')?.value).toBe(4_000)
  })

  it('forgets a series that is gone, and shares one family between two users', () => {
    const metrics = createMetrics()
    const gauge = metrics.gauge({ name: 'g', help: 'G', labels: ['kind'] })
    gauge.set(1, 'A')
    metrics.gauge({ name: 'g', help: 'G', labels: ['kind'] }).set(2, 'B')
    gauge.remove('A')
    expect(renderPrometheus(metrics.snapshot())).toBe('# HELP g G\n# TYPE g gauge\ng{kind="B"} 2\n')
  })
})

describe('the queue’s metrics', () => {
  it('have the names of controller-runtime and of the reference', () => {
    const metrics = createMetrics()
    let now = 0
    const observer = createQueueMetrics(metrics, { name: 'repoes', now: () => now })
    const queue = createQueue({ now: () => now, observer })
    observer.watch(queue)
    queue.add('a', { priority: 'creation' })
    queue.add('b')
    queue.add('c', { afterMs: 1000 })
    now = 500
    const taken = queue.take()
    now = 1500
    const text = renderPrometheus(metrics.snapshot())
    for (const line of [
      'workqueue_depth{name="repoes",controller="repoes",priority="creation"} 1', 'workqueue_adds_total{name="repoes",controller="repoes"} 3',
      'workqueue_queue_duration_seconds_sum{name="repoes",controller="repoes"} 0.5', 'workqueue_longest_running_processor_seconds{name="repoes",controller="repoes"} 1',
      'workqueue_unfinished_work_seconds{name="repoes",controller="repoes"} 1', 'workqueue_delayed{name="repoes",controller="repoes"} 1',
    ]) expect(text).toContain(`${line}\n`)
    if (taken !== undefined) queue.done(taken, { type: 'retry' })
    const after = renderPrometheus(metrics.snapshot())
    for (const line of [
      'workqueue_retries_total{name="repoes",controller="repoes"} 1', 'workqueue_work_duration_seconds_count{name="repoes",controller="repoes"} 1',
      'workqueue_total_duration_seconds_sum{name="repoes",controller="repoes"} 1.5',
      'workqueue_work_duration_seconds_with_priority_count{name="repoes",controller="repoes",priority="userEdit"} 1',
    ]) expect(after).toContain(`${line}\n`)
  })
})

describe('controller and process', () => {
  it('tell what dashboards look for', () => {
    const metrics = createMetrics()
    addProcessMetrics(metrics)
    const controller = createControllerMetrics(metrics)
    controller.reconciled({ kind: 'Repo', namespace: 'default', result: 'success', tookMs: 12 })
    controller.exchanged({ kind: 'Repo', action: 'get', code: '200', tookMs: 7 })
    controller.kubernetesAsked({ method: 'GET', host: 'h', code: '200', verb: 'list', tookMs: 3 })
    controller.leads('repoes', true)
    controller.drifted('Repo', 'default')
    controller.resources('Repo', 'Ready', 3)
    controller.oldestSuccess('Repo', 42)
    const text = renderPrometheus(metrics.snapshot())
    for (const line of [
      'controller_reconcile_total{kind="Repo",namespace="default",result="success"} 1', 'rest_client_requests_total{code="200",method="GET",host="h"} 1',
      'leader_election_master_status{name="repoes"} 1', 'oasgen_http_requests_total{kind="Repo",action="get",code="200"} 1',
      'oasgen_drift_total{kind="Repo",namespace="default"} 1', 'oasgen_resources{kind="Repo",state="Ready"} 3', 'oasgen_oldest_success_age_seconds{kind="Repo"} 42',
    ]) expect(text).toContain(`${line}\n`)
    expect(text).toMatch(/process_resident_memory_bytes [1-9]/)
  })
})
