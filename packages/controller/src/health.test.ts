import { afterEach, describe, expect, it } from 'vitest'
import { createHealthServer, type HealthServer, type HealthServerOptions } from './health.js'
import { createLogger } from './log.js'
import { createMetrics } from './metrics.js'

let server: HealthServer | undefined
afterEach(() => server?.close())

async function ask(options: Partial<HealthServerOptions>, path: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  await server?.close()
  server = await createHealthServer({ port: 0, host: '127.0.0.1', ...options })
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init)
  return { status: response.status, text: await response.text() }
}

describe('probes', () => {
  const ready = { cache: () => 'not synced', leader: () => undefined }
  it.each([
    { path: '/livez', status: 200, text: 'ok', reason: 'a process that only waits must not be restarted' },
    { path: '/readyz', status: 503, text: '[-]cache failed: not synced\n[+]leader ok\ncheck failed\n', reason: 'it says which check failed' },
    { path: '/livez?verbose', status: 200, text: 'check passed\n', reason: 'verbose as API servers do it' },
    { path: '/other', status: 404, text: 'not found\n', reason: 'nothing else is served' },
    { path: '/debug/exchanges', status: 404, text: 'not found\n', reason: 'not switched on' },
  ])('$path answers $status: $reason', async (row) => {
    expect(await ask({ ready }, row.path)).toEqual({ status: row.status, text: row.text })
  })
})

describe('metrics and debugging', () => {
  it('serves the text format', async () => {
    const metrics = createMetrics()
    metrics.gauge({ name: 'a', help: 'A' }).set(1)
    expect((await ask({ metrics }, '/metrics')).text).toContain('a 1\n')
  })

  it('answers with the last exchanges', async () => {
    const answer = await ask({ exchanges: (query) => [{ key: query.get('key'), id: 9007199254740993n }] }, '/debug/exchanges?key=a')
    expect(answer.text).toContain('"id": 9007199254740993')
  })

  it('changes the log level', async () => {
    const logger = createLogger({ write: () => undefined })
    expect(await ask({ logger }, '/debug/level', { method: 'PUT', body: 'debug' })).toEqual({ status: 200, text: 'debug\n' })
    expect(logger.level()).toBe('debug')
    expect(await ask({ logger }, '/debug/level', { method: 'PUT', body: 'loud' })).toMatchObject({ status: 400 })
  })

  it('a failing hook is an answer, not the end', async () => {
    const answer = await ask({ exchanges: () => { throw new Error('bug') }, logger: createLogger({ write: () => undefined }) }, '/debug/exchanges')
    expect(answer.status).toBe(500)
  })
})
