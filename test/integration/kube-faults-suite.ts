import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CONFIG_MAPS, connectKube, createInformer, keyOf, nameOf, NAMESPACES, resourceVersionOf, uidOf, type Informer, type InformerOptions, type Kube, type KubeObject,
  type KubeResult,
} from '@oasgen/kube'
import { createQueue, runWorkers } from '@oasgen/controller'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startFaultProxy, type FaultProxy, type ProxyFault } from './fault-proxy.js'
import type { Target } from './kube-suite.js'

/** What networks and servers do between a client and a Kubernetes API: nothing is missed, nothing is done twice. */
export function kubeFaultsSuite(name: string, start: () => Promise<{ readonly target: Target; readonly stop: () => Promise<unknown> }>): void {
  describe(`faults between client and ${name}`, () => {
    let stop: () => Promise<unknown> = async () => undefined
    let direct: Kube
    let proxied: Kube
    let proxy: FaultProxy
    const namespace = `faults-${randomUUID().slice(0, 8)}`
    const running: Informer[] = []

    beforeAll(async () => {
      const started = await start()
      stop = started.stop
      const { url, ca, token } = started.target
      proxy = await startFaultProxy({ url, ca })
      direct = connectKube({ server: url, ca, token })
      proxied = connectKube({ server: proxy.url, token }, { timeoutMs: 2_000 })
      value(await direct.create(NAMESPACES, { metadata: { name: namespace } }))
    }, 1_800_000)
    afterEach(async () => {
      proxy.thaw()
      proxy.decide = () => ({ type: 'pass' })
      await Promise.all(running.splice(0).map((informer) => informer.stop()))
    })
    afterAll(async () => {
      await proxied?.close()
      await direct?.close()
      await proxy?.close()
      await stop()
    })

    const configMap = (object: string, label: string, data: Record<string, string> = {}): KubeObject => ({ metadata: { namespace, name: object, labels: { test: label } }, data })
    const follow = (label: string, options: InformerOptions = {}): Informer => {
      const informer = createInformer(proxied, CONFIG_MAPS, { namespace, labelSelector: `test=${label}`, minPauseMs: 20, maxPauseMs: 300, pageSize: 5, ...options })
      running.push(informer)
      informer.start()
      return informer
    }
    const isEqual = async (informer: Informer, label: string): Promise<boolean> => {
      const versions = (items: readonly KubeObject[]): string => items.map((item) => `${keyOf(item)}@${resourceVersionOf(item)}`).sort().join()
      return versions(informer.list()) === versions(value(await direct.list(CONFIG_MAPS, { namespace, labelSelector: `test=${label}` })).items)
    }
    const change = async (label: string, round: number): Promise<void> => {
      await direct.create(CONFIG_MAPS, configMap(`${label}-${round}`, label))
      for (const index of [round - 1, round - 2]) {
        await direct.patch(CONFIG_MAPS, { namespace, name: `${label}-${index}` }, { type: 'merge', body: { data: { round: String(round) } } })
      }
      await direct.delete(CONFIG_MAPS, { namespace, name: `${label}-${round - 5}` })
    }

    /** Every object's history as told must be one that can have happened. */
    const watchOrder = (informer: Informer): string[] => {
      const faults: string[] = []
      const held = new Map<string, string>()
      informer.onChange(({ type, object }) => {
        const key = uidOf(object)
        const before = held.get(key)
        if (type === 'added' && before !== undefined) faults.push(`${nameOf(object)} added twice`)
        if (type !== 'added' && before === undefined) faults.push(`${nameOf(object)} ${type} unseen`)
        if (before !== undefined && BigInt(resourceVersionOf(object)) < BigInt(before)) faults.push(`${nameOf(object)} went backwards`)
        if (type === 'deleted') held.delete(key)
        else held.set(key, resourceVersionOf(object))
      })
      return faults
    }

    it.each<{ name: string; reason: string; stallMs?: number; act: (round: number) => void | Promise<void> }>([
      { name: 'cut', reason: 'connections are reset', act: () => proxy.cut() },
      { name: 'truncate', reason: 'streams end in the middle of an event', act: () => proxy.truncate() },
      { name: 'half-open', reason: 'connections stay and nothing passes', stallMs: 300, act: async () => { proxy.freeze(); await sleep(500); proxy.thaw() } },
      { name: 'storm-500', reason: 'every request fails for a while', act: () => failFor(3, { type: 'status', status: 500, reason: 'InternalError' }) },
      { name: 'storm-429', reason: 'the server asks to wait', act: () => failFor(2, { type: 'status', status: 429, reason: 'TooManyRequests', retryAfter: 0 }) },
      { name: 'expired', reason: 'the history is said to be gone', act: () => failFor(1, { type: 'status', status: 410, reason: 'Expired' }) },
      { name: 'unauthorized', reason: 'the token is refused for a while', act: () => failFor(2, { type: 'status', status: 401, reason: 'Unauthorized' }) },
      { name: 'hang', reason: 'requests are never answered', stallMs: 300, act: () => failFor(1, { type: 'hang' }) },
      { name: 'slow', reason: 'lists trickle', act: () => failFor(4, { type: 'slow', pauseMs: 30 }) },
    ])('$name: $reason', async (row) => {
      const informer = follow(row.name, row.stallMs === undefined ? {} : { stallMs: row.stallMs })
      const faults = watchOrder(informer)
      await informer.synced
      for (let round = 5; round < 11; round += 1) {
        await change(row.name, round)
        if (round % 2 === 0) await row.act(round)
        proxy.truncate()
        await change(row.name, round + 100)
      }
      await eventually(() => isEqual(informer, row.name), 'the cache equals the server')
      expect(faults).toEqual([])
    })

    function failFor(requests: number, fault: ProxyFault): void {
      let left = requests
      proxy.decide = () => (left-- > 0 ? fault : { type: 'pass' })
      proxy.cut()
    }

    it('a create whose answer is lost is known as uncertain, and a look-up finds it', async () => {
      proxy.decide = (request) => (request.method === 'POST' ? { type: 'loseAnswer' } : { type: 'pass' })
      const answer = await proxied.create(CONFIG_MAPS, configMap('uncertain', 'lost'))
      expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable', sent: 'maybe' } })
      expect((await proxied.get(CONFIG_MAPS, { namespace, name: 'uncertain' })).ok).toBe(true)
    })

    it('a controller on top works on every change, one worker per object, whatever happens', async () => {
      const informer = follow('work', { stallMs: 400 })
      const queue = createQueue({ now: () => performance.now(), minBackoffMs: 10, maxBackoffMs: 100 })
      const atWork = new Set<string>()
      const doubles: string[] = []
      const done = new Map<string, string>()
      informer.onChange(({ object }) => queue.add(keyOf(object)))
      const workers = runWorkers({ queue, workers: 8, handle: async ({ key }) => {
        if (atWork.has(key)) doubles.push(key)
        atWork.add(key)
        await sleep(Math.random() * 10)
        done.set(key, (informer.get(key)?.data as { n?: string } | undefined)?.n ?? 'gone')
        atWork.delete(key)
        return Math.random() < 0.2 ? { type: 'retry' } : { type: 'done' }
      } })
      await informer.synced
      for (let round = 0; round < 40; round += 1) {
        const object = `work-${round % 6}`
        await direct.create(CONFIG_MAPS, configMap(object, 'work'))
        await direct.patch(CONFIG_MAPS, { namespace, name: object }, { type: 'merge', body: { data: { n: String(round) } } })
        if (round % 7 === 0) proxy.cut()
        if (round % 11 === 0) await direct.delete(CONFIG_MAPS, { namespace, name: object })
      }
      const wanted = value(await direct.list(CONFIG_MAPS, { namespace, labelSelector: 'test=work' })).items
      await eventually(() => wanted.every((object) => done.get(keyOf(object)) === (object.data as { n?: string }).n), 'the last state of every object was worked on')
      expect(doubles).toEqual([])
      await workers.stop(1_000)
    })
  })
}

function value<T>(result: KubeResult<T>): T {
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.finding.message}`)
  return result.value
}

async function eventually(isTrue: () => boolean | Promise<boolean>, what: string, timeoutMs = 20_000): Promise<void> {
  const until = Date.now() + timeoutMs
  while (!(await isTrue())) {
    if (Date.now() > until) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await sleep(20)
  }
}
