import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startControlPlane } from '@oasgen/apiserver'
import { CONFIG_MAPS, connectKube, createInformer, nameOf, resourceVersionOf, type Kube } from '@oasgen/kube'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

describe('the control plane is restarted under a running informer', () => {
  let folder: string
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'restart-')) })
  afterEach(() => rmSync(folder, { recursive: true }))

  const write = async (kube: Kube, name: string, n: string): Promise<void> => {
    const ref = { namespace: 'default', name }
    const patched = await kube.patch(CONFIG_MAPS, ref, { type: 'merge', body: { data: { n } } })
    if (!patched.ok) await kube.create(CONFIG_MAPS, { metadata: { ...ref, labels: { restart: 'yes' } }, data: { n } })
  }

  it.each([
    { name: 'with its data', reason: 'the informer goes on where it was', kept: true },
    { name: 'without its data', reason: 'an empty store has an older history; the cache must not stay as it was', kept: false },
  ])('$name: $reason', async ({ kept }) => {
    const first = await startControlPlane({ dataDir: folder })
    const kube = connectKube({ server: first.url, ca: first.ca, token: first.token })
    for (let index = 0; index < 30; index += 1) await write(kube, `a-${index % 3}`, String(index))
    const informer = createInformer(kube, CONFIG_MAPS, { namespace: 'default', labelSelector: 'restart=yes', minPauseMs: 20, maxPauseMs: 200 })
    const log: string[] = []
    informer.onChange(({ type, object }) => log.push(`${type} ${nameOf(object)}`))
    informer.start()
    await informer.synced
    await first.close()
    // Keys and certificates stay, so that the client still believes the server.
    if (!kept) rmSync(join(folder, 'store'), { recursive: true })
    const second = await startControlPlane({ dataDir: folder, port: first.port })
    try {
      const after = connectKube({ server: second.url, ca: second.ca, token: second.token })
      await write(after, 'b', 'later')
      await eventually(async () => {
        const listed = await after.list(CONFIG_MAPS, { namespace: 'default', labelSelector: 'restart=yes' })
        const versions = (items: readonly Parameters<typeof nameOf>[0][]): string => items.map((item) => `${nameOf(item)}@${resourceVersionOf(item)}`).sort().join()
        return listed.ok && versions(listed.value.items) === versions(informer.list())
      })
      expect(log.slice(3)).toEqual(kept ? ['added b'] : expect.arrayContaining(['added b', 'deleted a-0', 'deleted a-1', 'deleted a-2']))
      await after.close()
    } finally {
      await informer.stop()
      await kube.close()
      await second.close()
    }
  })
})

async function eventually(isTrue: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const until = Date.now() + timeoutMs
  while (!(await isTrue())) {
    if (Date.now() > until) throw new Error(`not within ${timeoutMs} ms`)
    await sleep(20)
  }
}
