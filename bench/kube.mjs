// The Kubernetes side: our informer beside that of @kubernetes/client-node, in the same run on the same server; and the queue.
//   npm run build && node bench/kube.mjs
import { execFileSync, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createQueue } from '@oasgen/controller'

const here = (name) => fileURLToPath(new URL(`kube/${name}`, import.meta.url))
const OBJECTS = Number(process.env.OBJECTS ?? 10_000)
const EVENTS = Number(process.env.EVENTS ?? 100_000)
const ROUNDS = Number(process.env.ROUNDS ?? 3)

const median = (numbers) => [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)]

async function informers() {
  const server = fork(here('server.mjs'), [String(OBJECTS)])
  const { port, bytes } = await new Promise((resolve) => { server.once('message', resolve) })
  console.log(`informers: ${OBJECTS} objects of ${Math.round(bytes)} bytes, ${EVENTS} watch events, ${ROUNDS} rounds, medians`)
  const runs = new Map()
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const kind of ['ours', 'ours-list', 'client-node']) {
      const line = execFileSync(process.execPath, ['--expose-gc', here('client.mjs'), kind, `http://127.0.0.1:${port}`, String(OBJECTS), String(EVENTS)], { encoding: 'utf8' })
      runs.set(kind, [...(runs.get(kind) ?? []), JSON.parse(line)])
    }
  }
  server.kill()
  const table = Object.fromEntries([...runs].map(([kind, results]) => [kind, Object.fromEntries(
    ['importedMs', 'syncMs', 'syncPeakMiB', 'peakMiB', 'heapMiB', 'eventsPerSecond', 'eventsPerCpuSecond'].map((name) => [name, median(results.map((result) => result[name]))]),
  )]))
  console.table(table)
  const [we, they] = [table.ours, table['client-node']]
  return [
    ['informer peak memory', we.peakMiB / they.peakMiB, '<=', 0.6],
    ['informer time to sync', we.syncMs / they.syncMs, '<=', 1.5],
    // Per second of the client's own CPU: on a busy machine the wall clock measures the neighbours.
    ['informer watch events per CPU second', we.eventsPerCpuSecond / they.eventsPerCpuSecond, '>=', 1.2],
  ]
}

function queue() {
  const rounds = Array.from({ length: 5 }, () => {
    const one = createQueue({ now: () => performance.now(), budgetsOf: (key) => [key.slice(0, 1)], limitOf: () => ({ concurrency: 1000 }) })
    const keys = Array.from({ length: 100_000 }, (_, index) => `${index % 8}/object-${index}`)
    const begun = performance.now()
    for (let start = 0; start < keys.length; start += 1_000) {
      for (const key of keys.slice(start, start + 1_000)) one.add(key, { priority: 'creation' })
      for (let item = one.take(); item !== undefined; item = one.take()) one.done(item, { type: 'done' })
    }
    return keys.length / ((performance.now() - begun) / 1000)
  })
  const perSecond = Math.round(median(rounds))
  console.log(`queue: ${perSecond} add/take/done per second, 8 hosts`)
  return [['queue operations per second', perSecond, '>=', 200_000]]
}

const verdicts = [...queue(), ...(await informers())]
let isGood = true
for (const [name, value, relation, bound] of verdicts) {
  const holds = relation === '<=' ? value <= bound : value >= bound
  isGood &&= holds
  console.log(`${holds ? 'ok  ' : 'MISS'} ${name}: ${value > 1000 ? value : value.toFixed(2)} (wanted ${relation} ${bound})`)
}
process.exitCode = isGood ? 0 : 1
