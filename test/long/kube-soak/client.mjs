// The measured process of the soak: informers and a controller on top, nothing else. Speaks with its parent over IPC.
import { createQueue, runWorkers } from '@oasgen/controller'
import { CONFIG_MAPS, connectKube, createInformer, keyOf, resourceVersionOf } from '@oasgen/kube'

const { server, token, namespace } = JSON.parse(process.argv[2])
const kube = connectKube({ server, token }, { timeoutMs: 3_000 })
const common = { namespace, minPauseMs: 20, maxPauseMs: 500, stallMs: 1_500, pageSize: 250 }
const informers = {
  streamed: createInformer(kube, CONFIG_MAPS, { ...common, labelSelector: 'soak=yes', indexers: { round: (object) => [object.data?.round ?? ''] } }),
  listed: createInformer(kube, CONFIG_MAPS, { ...common, labelSelector: 'soak=yes', initial: 'list' }),
  metadata: createInformer(kube, CONFIG_MAPS, { ...common, labelSelector: 'soak=yes', metadataOnly: true }),
}
const counts = { changes: 0, doubles: 0, worked: 0, problems: 0 }
const atWork = new Set()
const queue = createQueue({ now: () => performance.now(), minBackoffMs: 10, maxBackoffMs: 200, budgetsOf: (key) => [`host-${key.length % 3}`], limitOf: () => ({ concurrency: 4 }) })
const workers = runWorkers({ queue, workers: 16, handle: async ({ key, failures }) => {
  if (atWork.has(key)) counts.doubles += 1
  atWork.add(key)
  await new Promise((resolve) => { setTimeout(resolve, 2) })
  atWork.delete(key)
  counts.worked += 1
  return (counts.worked + failures) % 13 === 0 ? { type: 'retry' } : { type: 'done' }
} })
for (const informer of Object.values(informers)) {
  informer.onChange(({ object }) => {
    counts.changes += 1
    queue.add(keyOf(object))
  })
  informer.start()
}

function versions(informer) {
  return informer.list().map((object) => `${keyOf(object)}@${resourceVersionOf(object)}`).sort()
}

/** The least of some moments after forced collections: pages are given back to the system a little later than the objects. */
async function memory() {
  const samples = []
  for (let round = 0; round < 12; round += 1) {
    globalThis.gc()
    await new Promise((resolve) => { setTimeout(resolve, 150) })
    samples.push(process.memoryUsage())
  }
  return { heap: Math.min(...samples.map(({ heapUsed }) => heapUsed)), rss: Math.min(...samples.map(({ rss }) => rss)) }
}

process.on('message', (question) => void answer(question))

async function answer(question) {
  if (question === 'state') process.send({ question, ...Object.fromEntries(Object.entries(informers).map(([name, informer]) => [name, versions(informer)])) })
  if (question === 'memory') process.send({ question, ...(await memory()), ...counts, queue: queue.statistics() })
  if (question === 'stop') {
    await workers.stop(1_000)
    await Promise.all(Object.values(informers).map((informer) => informer.stop()))
    await kube.close()
    process.exit(0)
  }
}
await Promise.all(Object.values(informers).map((informer) => informer.synced))
process.send({ question: 'ready' })
