// One client in a process of its own: `node client.mjs <ours|ours-list|client-node> <server> <objects> <events>`; prints one line of JSON.
import { request } from 'undici'

const [kind, server, objects, events] = process.argv.slice(2)
const wanted = { objects: Number(objects), events: Number(events) }
const clients = { ours: () => ours('auto'), 'ours-list': () => ours('list'), 'client-node': clientNode }

async function ours(initial) {
  const { connectKube, createInformer } = await import('@oasgen/kube')
  const kube = connectKube({ server })
  const informer = createInformer(kube, { group: 'bench.dev', version: 'v1', plural: 'widgets', kind: 'Widget', namespaced: true }, { initial })
  return {
    sync: async () => {
      informer.start()
      await informer.synced
      return informer.size
    },
    onUpdate: (listener) => informer.onChange((change) => { if (change.type === 'updated') listener() }),
    isWatching: () => undefined,
    stop: async () => {
      await informer.stop()
      await kube.close()
    },
  }
}

async function clientNode() {
  const { CustomObjectsApi, KubeConfig, makeInformer } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'c', server, skipTLSVerify: true }], users: [{ name: 'u' }], contexts: [{ name: 'x', cluster: 'c', user: 'u' }], currentContext: 'x',
  })
  const api = config.makeApiClient(CustomObjectsApi)
  const informer = makeInformer(config, '/apis/bench.dev/v1/widgets', () => api.listClusterCustomObject({ group: 'bench.dev', version: 'v1', plural: 'widgets' }))
  return {
    sync: async () => {
      await informer.start()
      return informer.list().length
    },
    onUpdate: (listener) => informer.on('update', listener),
    stop: () => informer.stop(),
  }
}

const started = performance.now()
const client = await clients[kind]()
const importedMs = performance.now() - started
const from = performance.now()
const size = await client.sync()
const syncMs = performance.now() - from
if (size !== wanted.objects) throw new Error(`${kind} has ${size} objects`)
const syncPeak = process.resourceUsage().maxRSS / 1024

let seen = 0
const all = new Promise((resolve) => client.onUpdate(() => { if ((seen += 1) >= wanted.events) resolve() }))
await new Promise((resolve) => { setTimeout(resolve, 300) })
const begun = performance.now()
const cpu = process.cpuUsage()
const emitted = request(`${server}/emit?count=${wanted.events}`, { method: 'POST', headersTimeout: 0 })
await all
const eventsPerSecond = Math.round(wanted.events / ((performance.now() - begun) / 1000))
const { user, system } = process.cpuUsage(cpu)
const eventsPerCpuSecond = Math.round(wanted.events / ((user + system) / 1e6))
await (await emitted).body.dump()
const peak = process.resourceUsage().maxRSS / 1024
globalThis.gc?.()
const heap = process.memoryUsage().heapUsed / 1024 / 1024
console.log(JSON.stringify({ kind, importedMs: Math.round(importedMs), syncMs: Math.round(syncMs), syncPeakMiB: Math.round(syncPeak), peakMiB: Math.round(peak), heapMiB: Math.round(heap), eventsPerSecond, eventsPerCpuSecond }))
await client.stop()
process.exit(0)
