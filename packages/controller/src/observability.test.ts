import { describe, expect, it } from 'vitest'
import { createLogger } from './log.js'
import { createObservability } from './observability.js'
import { renderPrometheus } from './prometheus.js'
import { createQueue } from './queue.js'

describe('everything together', () => {
  it('tells by metrics what a queue and a controller do, and a strange setting by a line in the log', async () => {
    const lines: string[] = []
    const logger = createLogger({ write: (line) => lines.push(line) })
    const told = createObservability({ service: 'me', version: '1', env: { OTEL_TRACES_SAMPLER: 'strange' }, logger })
    const observer = told.queue('repoes')
    const queue = createQueue({ now: () => 0, observer })
    observer.watch(queue)
    queue.add('a')
    told.controller.leads('repoes', true)
    const text = renderPrometheus(told.metrics.snapshot())
    expect(text).toContain('oasgen_build_info{service="me",version="1"} 1')
    expect(text).toContain('workqueue_depth{name="repoes",controller="repoes",priority="userEdit"} 1')
    expect(lines.map((line) => (JSON.parse(line) as { finding: { code: string } }).finding.code)).toEqual(['CTL0105'])
    expect(told.tracer.start('x').traceId).toHaveLength(32)
    await told.stop()
  })
})
