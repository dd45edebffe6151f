import { setTimeout as sleep } from 'node:timers/promises'
import { createLeaderElector } from '@oasgen/controller'
import { CONFIG_MAPS, connectKube, createInformer, keyOf, resourceVersionOf, type Kube, type KubeObject } from '@oasgen/kube'
import { startRealApiServer, type RealApiServer } from '@oasgen/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

describe('parts of a real control plane stand still', () => {
  let server: RealApiServer
  let kube: Kube
  beforeAll(async () => {
    server = await startRealApiServer()
    kube = connectKube({ server: server.url, ca: server.ca, token: server.token }, { timeoutMs: 1_000 })
  }, 1_800_000)
  afterAll(async () => {
    await kube?.close()
    await server?.close()
  })

  const versions = (items: readonly KubeObject[]): string => items.map((item) => `${keyOf(item)}@${resourceVersionOf(item)}`).sort().join()
  const write = async (name: string, n: string): Promise<boolean> => {
    const ref = { namespace: 'default', name }
    const patched = await kube.patch(CONFIG_MAPS, ref, { type: 'merge', body: { data: { n } } })
    return patched.ok || (await kube.create(CONFIG_MAPS, { metadata: { ...ref, labels: { stops: 'yes' } }, data: { n } })).ok
  }

  it.each(['kube-apiserver', 'etcd'] as const)('%s: informer and leader come back by themselves, and nobody leads without a Lease', async (part) => {
    const scope = { namespace: 'default', labelSelector: 'stops=yes' }
    const informer = createInformer(kube, CONFIG_MAPS, { ...scope, minPauseMs: 50, maxPauseMs: 500, stallMs: 1_500 })
    const elector = createLeaderElector(kube, { lease: { namespace: 'default', name: `stops-${part}` }, identity: 'a', retryMs: 100, renewDeadlineMs: 1_500, longestRequestMs: 500 })
    informer.start()
    elector.start()
    try {
      await informer.synced
      await eventually(() => elector.isLeader(), 'it leads')
      expect(await write(`${part}-before`, '1')).toBe(true)
      server.signal(part, 'SIGSTOP')
      expect(await write(`${part}-during`, '1')).toBe(false)
      await sleep(3_000)
      expect(elector.isLeader()).toBe(false)
      server.signal(part, 'SIGCONT')
      await eventually(async () => write(`${part}-after`, '1'), 'writes work again')
      await eventually(() => elector.isLeader(), 'it leads again')
      await eventually(async () => {
        const listed = await kube.list(CONFIG_MAPS, scope)
        return listed.ok && versions(listed.value.items) === versions(informer.list())
      }, 'the cache equals the server')
    } finally {
      server.signal(part, 'SIGCONT')
      await Promise.all([informer.stop(), elector.stop()])
    }
  })
})

async function eventually(isTrue: () => boolean | Promise<boolean>, what: string, timeoutMs = 40_000): Promise<void> {
  const until = Date.now() + timeoutMs
  while (!(await isTrue())) {
    if (Date.now() > until) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await sleep(50)
  }
}
