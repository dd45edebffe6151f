import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { LEASES, ROLE_BINDINGS, ROLES, SECRETS, type ResourceType } from '@oasgen/kube'
import { ANNOTATION, FINALIZER } from '@oasgen/wire'
import { conditionsOf, configuration, CONFIGURATIONS, GROUP, hasFinalizer, must, secret, thing, thingPlan, THINGS, until } from './lab.js'
import { openProgramLab, type Program, type ProgramLab, type Target } from './program-lab.js'

const LONG = 60_000

/** One text for both servers: the process that is deployed, with exactly the rights that the provider generates. */
export function programSuite(target: Target): void {
  describe(`the program, ${target}`, () => {
    let lab: ProgramLab
    let program: Program
    beforeAll(async () => { lab = await openProgramLab(target) }, 1_800_000)
    afterAll(() => lab?.close())

    const shown = (): void => onTestFailed(() => void process.stderr.write(`${program.log.slice(-40).map((line) => JSON.stringify(line)).join('\n')}\n`))
    const read = async (name: string, type: ResourceType = THINGS): Promise<JsonObject | undefined> => {
      const answer = await lab.kube.get(type, { namespace: 'default', name })
      return answer.ok ? answer.value : undefined
    }
    const condition = async (name: string, type: string): Promise<string> => conditionsOf(await read(name))[type] ?? ''
    const ready = (name: string): Promise<void> => until(`${name} is Ready`, async () => (await condition(name, 'Ready')).startsWith('True') && (await condition(name, 'Synced')).startsWith('True'), LONG)
    const named = (name: string): readonly Record<string, unknown>[] => [...lab.api.things.values()].filter((item) => item['name'] === name)
    const holder = async (): Promise<unknown> => ((await read(`things.${GROUP}`, LEASES))?.spec as JsonObject | undefined)?.holderIdentity
    const bearer = (name: string): JsonObject => ({ authentication: { bearer: { tokenRef: { namespace: 'default', name, key: 'value' } } } })

    it('waits for its rights, says which are missing, and goes on when they are granted', async () => {
      program = await lab.start()
      shown()
      await lab.putPlan()
      await until('the log says what is forbidden', () => program.log.some((line) => line.msg === 'waiting' && /forbidden|cannot (?:list|watch)/.test(JSON.stringify(line))), LONG)
      const health = await program.ask('/readyz')
      expect(health.status).toBe(503)
      expect(health.text).toMatch(/there is no Plan|ConfigMap/)
      expect((await program.ask('/livez')).status).toBe(200)
      await must(lab.kube.create(THINGS, thing('early')))
      await lab.grant()
      await until('it is ready', async () => (await program.ask('/readyz')).status === 200, LONG)
      await ready('early')
      expect(named('early')).toHaveLength(1)
    })

    it('names a Secret that it may not read, and goes on when it may', async () => {
      shown()
      await must(lab.kube.create(SECRETS, secret('token', { value: 'token-1-secret' })))
      await must(lab.kube.create(CONFIGURATIONS, configuration('main', bearer('token'))))
      await must(lab.kube.create(THINGS, thing('sealed', { configurationRef: { name: 'main' } })))
      await until('the condition names it', async () => (await condition('sealed', 'Synced')).includes('default/token'), LONG)
      expect(named('sealed')).toEqual([])
      await lab.grantSecrets('token')
      await ready('sealed')
      expect(lab.api.seen.findLast(({ method }) => method === 'POST')?.headers['authorization']).toBe('Bearer token-1-secret')
    })

    it('uses a rotated Secret without a restart', async () => {
      shown()
      await must(lab.kube.patch(SECRETS, { namespace: 'default', name: 'token' }, { type: 'merge', body: secret('token', { value: 'token-2-secret' }) }))
      await until('it is used', () => lab.api.seen.at(-1)?.headers['authorization'] === 'Bearer token-2-secret', LONG)
    })

    it('shows exchanges of one resource, masked, to this machine, and everything of a resource that asks for it', async () => {
      shown()
      await must(lab.kube.patch(THINGS, { namespace: 'default', name: 'sealed' }, { type: 'merge', body: { metadata: { annotations: { [ANNOTATION.connectorVerbose]: 'true' } }, spec: { color: 'blue' } } }))
      await until('it is blue', () => named('sealed')[0]?.['color'] === 'blue', LONG)
      await until('it is printed', () => program.printed().includes('> PUT'), LONG)
      const { status, text } = await program.ask('/debug/exchanges?resource=default/sealed')
      expect(status).toBe(200)
      expect(text).toContain('"method": "PUT"')
      expect(text + program.printed() + JSON.stringify(program.log)).not.toMatch(/token-[12]-secret/)
      expect(program.printed()).not.toContain('default/early')
    })

    it('changes what it logs while it runs', async () => {
      shown()
      expect(program.log.some(({ level }) => level === 'debug')).toBe(false)
      expect((await program.ask('/debug/level', 'debug')).text).toBe('debug\n')
      await until('reads are logged', () => program.log.some(({ level, msg }) => level === 'debug' && msg === 'read'), LONG)
      await program.ask('/debug/level', 'info')
    })

    it('logs each write to the outside as one line: who, what, why, result', () => {
      const lines = program.log.filter(({ msg, resource }) => msg === 'external write' && resource === 'default/sealed')
      expect(lines.map(({ action, method, status }) => [action, method, status])).toEqual([['create', 'POST', 201], ['update', 'PUT', 200]])
      expect(lines[0]).toMatchObject({ kind: 'Thing', why: expect.any(String) as string, url: '/things', tookMs: expect.any(Number) as number })
    })

    it('ends in the same state after outages of both sides, one inside the other', async () => {
      shown()
      const posts = lab.api.count('POST')
      lab.api.fault = () => ({ status: 503, body: { message: 'out of order' } })
      await must(lab.kube.create(THINGS, thing('stormy')))
      await must(lab.kube.patch(THINGS, { namespace: 'default', name: 'early' }, { type: 'merge', body: { spec: { color: 'green' } } }))
      await until('the outage is seen', async () => (await condition('stormy', 'Synced')).startsWith('False'), LONG)
      lab.proxy.decide = () => ({ type: 'reset' })
      lab.proxy.cut()
      await sleep(1_000)
      await must(lab.kube.patch(THINGS, { namespace: 'default', name: 'early' }, { type: 'merge', body: { spec: { color: 'violet' } } }))
      lab.api.fault = undefined
      await sleep(1_500)
      lab.api.fault = () => 'cut'
      await sleep(500)
      lab.proxy.decide = () => ({ type: 'pass' })
      await sleep(1_000)
      lab.api.fault = undefined
      await ready('stormy')
      await until('the last edit counts', () => named('early')[0]?.['color'] === 'violet', LONG)
      expect(named('stormy')).toHaveLength(1)
      expect(lab.api.count('POST') - posts).toBe(1)
    })

    it('keeps an id that it could not store until it can', async () => {
      shown()
      // From the answer of the POST on, the API server is gone for a while.
      lab.api.applied = ({ method, body }) => {
        if (method !== 'POST' || body?.['name'] !== 'kept') return undefined
        lab.proxy.decide = () => ({ type: 'reset' })
        lab.proxy.cut()
        return undefined
      }
      await must(lab.kube.create(THINGS, thing('kept')))
      await until('it exists', () => named('kept').length === 1, LONG)
      await sleep(2_500)
      lab.api.applied = undefined
      lab.proxy.decide = () => ({ type: 'pass' })
      await ready('kept')
      expect(named('kept')).toHaveLength(1)
    })

    it('ends in order when it is told to: what is under way is finished, the Lease is given back', async () => {
      shown()
      let applied = 0
      lab.api.applied = ({ method, body }) => {
        if (method === 'POST' && body?.['name'] === 'last') applied += 1
        return undefined
      }
      lab.api.listMs = 300
      await must(lab.kube.create(THINGS, thing('last')))
      await until('it is at work', () => lab.api.seen.some(({ path }) => path === '/things'), LONG)
      expect(await program.stop()).toBe(0)
      lab.api.listMs = 0
      expect(await holder()).toBe('')
      lab.api.applied = undefined
      program = await lab.start()
      await ready('last')
      expect(named('last')).toHaveLength(1)
      expect(applied).toBeLessThanOrEqual(1)
    })

    it('abandons what hangs when the grace is over, and loses nothing by it', async () => {
      await program.stop()
      program = await lab.start({ args: ['-shutdown-grace=1s'] })
      shown()
      lab.api.applied = ({ method, body }) => (method === 'POST' && body?.['name'] === 'hung' ? 'hang' : undefined)
      await must(lab.kube.create(THINGS, thing('hung')))
      await until('the POST hangs', () => named('hung').length === 1, LONG)
      const began = Date.now()
      expect(await program.stop()).toBe(0)
      expect(Date.now() - began).toBeLessThan(10_000)
      expect(await holder()).toBe('')
      lab.api.applied = undefined
      program = await lab.start()
      await ready('hung')
      expect(named('hung')).toHaveLength(1)
    })

    it('ends within its grace although the Kubernetes API does not answer', async () => {
      await program.stop()
      program = await lab.start({ args: ['-shutdown-grace=3s', '-lease-renew-deadline=10s'] })
      shown()
      await until('it serves', () => program.log.some(({ msg }) => msg === 'serving'), LONG)
      lab.proxy.decide = () => ({ type: 'hang' })
      await sleep(500)
      const began = Date.now()
      const code = await program.stop()
      lab.proxy.decide = () => ({ type: 'pass' })
      expect(Date.now() - began).toBeLessThan(8_000)
      expect(code === 0 || program.log.some(({ msg }) => msg === 'the end took longer than it may')).toBe(true)
      program = await lab.start()
      await until('it serves', () => program.log.some(({ msg }) => msg === 'serving'), LONG)
    })

    it('holds Secrets in use with a finalizer where that is asked for, over a restart, until nothing needs them', async () => {
      await program.stop()
      const rights = { apiGroups: [''], resources: ['secrets'], resourceNames: ['held'], verbs: ['get', 'list', 'watch', 'patch', 'update'] }
      await must(lab.kube.create(ROLES, { metadata: { namespace: 'default', name: 'hold' }, rules: [rights] }))
      await must(lab.kube.create(ROLE_BINDINGS, { metadata: { namespace: 'default', name: 'hold' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'hold' }, subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: lab.names.access }] }))
      await must(lab.kube.create(SECRETS, secret('held', { value: 'held-secret' })))
      await must(lab.kube.create(CONFIGURATIONS, configuration('holding', bearer('held'))))
      program = await lab.start({ args: ['-hold-secrets'] })
      shown()
      await must(lab.kube.create(THINGS, thing('holder', { configurationRef: { name: 'holding' } })))
      await ready('holder')
      expect(hasFinalizer(await read('held', SECRETS), FINALIZER.configurationInUse)).toBe(true)
      await must(lab.kube.delete(SECRETS, { namespace: 'default', name: 'held' }))
      await program.kill()
      program = await lab.start({ args: ['-hold-secrets'] })
      await must(lab.kube.delete(THINGS, { namespace: 'default', name: 'holder' }))
      await until('it is gone on both sides', async () => named('holder').length === 0 && (await read('holder')) === undefined, LONG)
      expect(lab.api.seen.findLast(({ method }) => method === 'DELETE')?.headers['authorization']).toBe('Bearer held-secret')
      await must(lab.kube.delete(CONFIGURATIONS, { namespace: 'default', name: 'holding' }))
      await until('the Secret is let go', async () => (await read('held', SECRETS)) === undefined, LONG)
    })

    it('sends traces to a collector: a span per reconcile, one per exchange, the trace in the log', async () => {
      await program.stop()
      const spans: JsonObject[] = []
      const collector = await startCollector(spans)
      program = await lab.start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '200' } })
      shown()
      await must(lab.kube.create(THINGS, thing('traced')))
      await ready('traced')
      await until('the POST is traced', () => spans.some(({ name }) => name === 'POST create'), LONG)
      const post = spans.find(({ name }) => name === 'POST create')!
      await until('its reconcile is traced', () => spans.some(({ spanId }) => spanId === post.parentSpanId), LONG)
      expect(spans.find(({ spanId }) => spanId === post.parentSpanId)).toMatchObject({ name: 'reconcile Thing', traceId: post.traceId })
      expect(program.log.find(({ msg, resource }) => msg === 'external write' && resource === 'default/traced')).toMatchObject({ traceId: post.traceId })
      expect(await program.stop()).toBe(0)
      collector.closeAllConnections()
      collector.close()
    })

    it('says what is wrong with its start, and leaves with 1', async () => {
      program = await lab.start({ args: ['-resource=', '-cross-namespace=perhaps'] })
      expect(await program.exited).toBe(1)
      const text = JSON.stringify(program.log)
      expect(text).toContain('-resource is needed')
      expect(text).toContain('is not one of deny, warn, allow')
    })

    it('runs with the Plan of a ConfigMap that comes later, and keeps the last good one', async () => {
      program = await lab.start()
      shown()
      await until('it is ready', async () => (await program.ask('/readyz')).status === 200, LONG)
      const plan = thingPlan(lab.api.url)
      await lab.putPlan({ ...plan, requires: ['holograms' as never] })
      await until('the log says why', () => program.log.some((line) => JSON.stringify(line).includes('holograms')), LONG)
      await must(lab.kube.create(THINGS, thing('by-the-good-one')))
      await ready('by-the-good-one')
    })
  })
}

function startCollector(spans: JsonObject[]): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const bytes = Buffer.concat(chunks)
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()
      if (request.url?.endsWith('/traces') === true) spans.push(...spansOf(JSON.parse(text) as TraceExport))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

interface TraceExport {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly JsonObject[] }[] }[]
}

function spansOf({ resourceSpans }: TraceExport): readonly JsonObject[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
}
