import { fork, type ChildProcess } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startControlPlane, type ControlPlane } from '@oasgen/apiserver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFaultProxy, type FaultProxy } from '../integration/fault-proxy.js'

const SECONDS = Number(process.env['REPLICA_SECONDS'] ?? 25)
/** On a busy machine a replica needs longer to be missed: trouble goes on until enough keys changed hands. */
const AT_MOST_SECONDS = 150
const TIMING = { retryMs: 150, renewDeadlineMs: 1_500, longestRequestMs: 700 }
const KEYS = Array.from({ length: 8 }, (_, index) => `key-${index}`)

interface Ledger {
  readonly url: string
  readonly server: Server
  /** Writes of two replicas to one key that were under way at the same time. */
  readonly overlaps: string[]
  readonly byReplica: Map<string, number>
  /** How often a key changed hands. */
  handOvers: number
}

/** An API without any fence: it serves whoever comes, takes a while, and notes who was there at the same time. */
async function startLedger(): Promise<Ledger> {
  const busy = new Map<string, Map<number, string>>()
  const last = new Map<string, string>()
  let serial = 0
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://ledger')
    const by = url.searchParams.get('by') ?? ''
    const now = busy.get(url.pathname) ?? new Map<number, string>()
    busy.set(url.pathname, now)
    for (const other of now.values()) if (other !== by) ledger.overlaps.push(`${url.pathname}: ${by} while ${other}`)
    if (last.has(url.pathname) && last.get(url.pathname) !== by) ledger.handOvers += 1
    last.set(url.pathname, by)
    ledger.byReplica.set(by, (ledger.byReplica.get(by) ?? 0) + 1)
    const id = (serial += 1)
    now.set(id, by)
    setTimeout(() => {
      now.delete(id)
      response.end()
    }, Math.random() * 300)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const ledger: Ledger = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, overlaps: [], byReplica: new Map(), handOvers: 0 }
  return ledger
}

describe('replicas as processes that are stopped and cut off', () => {
  let plane: ControlPlane
  beforeAll(async () => { plane = await startControlPlane({ inMemory: true }) })
  afterAll(() => plane.close())

  it.each([
    { mode: 'leader', replicas: 2, reason: 'one writer for all' },
    { mode: 'shards', replicas: 3, reason: 'one writer for each key' },
  ] as const)('$mode: $reason', async ({ mode, replicas }) => {
    const ledger = await startLedger()
    const proxies = await Promise.all(Array.from({ length: replicas }, () => startFaultProxy(plane)))
    const script = fileURLToPath(new URL('replicas/replica.mjs', import.meta.url))
    const children = proxies.map((proxy, index) => fork(script, [JSON.stringify({
      server: proxy.url, token: plane.token, namespace: 'default', identity: `replica-${index}`, mode, ledger: ledger.url, keys: KEYS, timing: TIMING,
    })]))
    try {
      const begun = performance.now()
      const isOver = (): boolean => {
        const seconds = (performance.now() - begun) / 1000
        return seconds > AT_MOST_SECONDS || (seconds > SECONDS && ledger.byReplica.size === replicas && ledger.handOvers > KEYS.length)
      }
      await Promise.all(children.map((child, index) => trouble(child, proxies[index] as FaultProxy, isOver)))
      await sleep(6_000)
      expect(ledger.overlaps).toEqual([])
      expect(ledger.byReplica.size).toBe(replicas)
      expect(ledger.handOvers).toBeGreaterThan(KEYS.length)
    } finally {
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(proxies.map((proxy) => proxy.close()))
      ledger.server.closeAllConnections()
      ledger.server.close()
    }
  }, (SECONDS + AT_MOST_SECONDS) * 1000 + 60_000)
})

async function trouble(child: ChildProcess, proxy: FaultProxy, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sleep(500 + Math.random() * 3_500)
    const forMs = 300 + Math.random() * 5_000
    const kind = Math.random()
    if (kind < 0.4) child.kill('SIGSTOP')
    else if (kind < 0.6) proxy.freeze()
    else if (kind < 0.8) proxy.decide = () => ({ type: 'hang' })
    else proxy.decide = () => ({ type: 'loseAnswer' })
    await sleep(forMs)
    child.kill('SIGCONT')
    proxy.thaw()
    proxy.decide = () => ({ type: 'pass' })
  }
}
