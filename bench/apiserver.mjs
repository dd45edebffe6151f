// The embedded control plane beside what the machine can do at best, and with --real beside kube-apiserver and etcd in the same run.
//   npm run build && node bench/apiserver.mjs [--real] [--check]
import { execFileSync, fork, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync, fdatasyncSync } from 'node:fs'
import { request as httpsRequest, Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { FileJournal } from '../packages/apiserver/dist/store/file-journal.js'

const ROUNDS = Number(process.env.ROUNDS ?? 5)
const WRITES = Number(process.env.WRITES ?? 2_000)
const OBJECTS = Number(process.env.OBJECTS ?? 10_000)
const WRITERS = 32
const folder = mkdtempSync(join(tmpdir(), 'bench-apiserver-'))
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const rows = []

const program = join(folder, 'serve.mjs')
buildSync({ entryPoints: [here('apiserver/serve.mjs')], outfile: program, bundle: true, platform: 'node', format: 'esm', target: 'node20', minify: true, logLevel: 'error',
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" } })

function emptyNodeMs() {
  const begun = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return performance.now() - begun
}

/** Starts the program; resolves when the first request is answered. */
async function start(dataDir) {
  const begun = performance.now()
  const child = fork(program, [join(folder, 'kubeconfig'), ...(dataDir === undefined ? [] : [dataDir])])
  const target = await new Promise((resolve) => { child.once('message', resolve) })
  const api = client(target)
  await api('GET', '/readyz')
  return { api, child, ms: performance.now() - begun, close: () => end(child, api) }
}

async function end(child, api) {
  api.close()
  const ended = new Promise((resolve) => { child.once('exit', resolve) })
  child.kill('SIGTERM')
  await ended
}

function client({ url, ca, token }) {
  const agent = new Agent({ keepAlive: true, ca, maxSockets: WRITERS })
  const call = (method, path, body) => new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    const sent = httpsRequest(`${url}${path}`, { agent, method, headers }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
        if ((response.statusCode ?? 0) >= 300) reject(new Error(`${method} ${path}: ${response.statusCode} ${Buffer.concat(chunks).toString().slice(0, 300)}`))
        else resolve(Buffer.concat(chunks))
      }).on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
  return Object.assign(call, { close: () => agent.destroy() })
}

const object = (index) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `object-${index}`, labels: { 'app.kubernetes.io/name': 'bench' } }, data: { text: 'x'.repeat(1_500), index: String(index) } })

/** Many writers at once, as controllers are: writes per second that are on the disk. */
async function writesPerSecond(api, from, count) {
  let next = from
  const begun = performance.now()
  await Promise.all(Array.from({ length: WRITERS }, async () => {
    while (next < from + count) await api('POST', '/api/v1/namespaces/default/configmaps', JSON.stringify(object(next++)))
  }))
  return count / ((performance.now() - begun) / 1000)
}

/** The bare log: a line, a sync, the next line – for as many writes as one object each. */
function bareLogPerSecond(count) {
  const file = openSync(join(folder, `bare-${Math.round(performance.now())}`), 'w')
  const line = `${JSON.stringify(object(0))}\n`
  const begun = performance.now()
  for (let written = 0; written < count; written += 1) {
    writeSync(file, line)
    fdatasyncSync(file)
  }
  closeSync(file)
  return count / ((performance.now() - begun) / 1000)
}

/** The store alone, with as many writers; each waits until its own write is on the disk. */
async function storePerSecond(count) {
  const store = await FileJournal.open(join(folder, `store-${Math.round(performance.now())}`))
  let next = 0
  const begun = performance.now()
  await Promise.all(Array.from({ length: WRITERS }, async () => {
    while (next < count) {
      const index = next++
      store.commit([{ type: 'put', resource: 'configmaps', key: `default/object-${index}`, object: object(index) }])
      await store.settled(store.revision)
    }
  }))
  const perSecond = count / ((performance.now() - begun) / 1000)
  await store.close()
  return perSecond
}

async function listMs(api) {
  await api('GET', '/api/v1/namespaces/default/configmaps')
  const times = []
  let text = ''
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now()
    text = await api('GET', '/api/v1/namespaces/default/configmaps')
    times.push(performance.now() - begun)
  }
  return { ms: median(times), items: JSON.parse(text.toString()).items }
}

function stringifyMs(items) {
  return median(Array.from({ length: ROUNDS }, () => {
    const begun = performance.now()
    JSON.stringify({ items })
    return performance.now() - begun
  }))
}

const rssMb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024

function emptyNodeMb() {
  const script = `console.log(/VmRSS:\\s+(\\d+)/.exec(require('fs').readFileSync('/proc/self/status','utf8'))[1])`
  return Number(execFileSync(process.execPath, ['-e', script]).toString()) / 1024
}

function row(what, value, unit, bare, relation, bound) {
  rows.push({ what, value, unit, bare, relation, bound, ratio: value / bare, holds: relation === '<=' ? value / bare <= bound : value / bare >= bound })
}

const starts = { ours: [], bare: [] }
for (let round = 0; round < ROUNDS; round += 1) {
  starts.bare.push(emptyNodeMs())
  const one = await start()
  starts.ours.push(one.ms)
  await one.close()
}
row('start until it answers', median(starts.ours), 'ms', median(starts.bare), '<=', 4)

const idle = await start()
await new Promise((resolve) => { setTimeout(resolve, 2_000) })
row('idle memory', rssMb(idle.child.pid), 'MB', emptyNodeMb(), '<=', 2)
await idle.close()

const durable = await start(join(folder, 'data'))
const rates = { ours: [], bare: [], store: [] }
await writesPerSecond(durable.api, 0, 500)
for (let round = 0; round < ROUNDS; round += 1) {
  rates.bare.push(bareLogPerSecond(WRITES))
  rates.store.push(await storePerSecond(WRITES))
  rates.ours.push(await writesPerSecond(durable.api, 500 + round * WRITES, WRITES))
}
row(`durable writes to the store, ${WRITERS} writers`, median(rates.store), '/s', median(rates.bare), '>=', 0.5)
await writesPerSecond(durable.api, 500 + ROUNDS * WRITES, Math.max(0, OBJECTS - 500 - ROUNDS * WRITES))
const listed = await listMs(durable.api)
row(`list of ${listed.items.length} objects`, listed.ms, 'ms', stringifyMs(listed.items), '<=', 2)
await durable.close()
row(`durable creates over HTTPS, ${WRITERS} writers`, median(rates.ours), '/s', median(rates.bare), '>=', 0)

const real = process.argv.includes('--real') ? await besideKubernetes() : undefined

/** kube-apiserver and etcd of the real lane, which syncs nothing there: they are started for tests. */
async function besideKubernetes() {
  const { startRealApiServer } = await import('../packages/testkit/dist/index.js')
  const begun = performance.now()
  const server = await startRealApiServer()
  const ms = performance.now() - begun
  const api = client(server)
  const memory = execFileSync('ps', ['-eo', 'rss,args']).toString().split('\n').filter((line) => line.includes(server.folder) && !line.includes('guard')).reduce((sum, line) => sum + Number(line.trim().split(' ')[0]), 0) / 1024
  await writesPerSecond(api, 0, 500)
  const rate = await writesPerSecond(api, 500, WRITES)
  await writesPerSecond(api, 500 + WRITES, Math.max(0, OBJECTS - 500 - WRITES))
  const list = await listMs(api)
  api.close()
  await server.close()
  return [ms, memory, undefined, list.ms, rate]
}

rmSync(folder, { recursive: true, force: true })
for (const [index, { what, value, unit, bare, ratio, relation, bound, holds }] of rows.entries()) {
  const beside = real?.[index] === undefined ? '' : `; kube-apiserver and etcd (without sync): ${real[index].toFixed(0)} ${unit}`
  console.log(`${holds ? 'ok  ' : 'MISS'} ${what}: ${value.toFixed(0)} ${unit}, bare ${bare.toFixed(0)} ${unit}, ratio ${ratio.toFixed(2)}${bound === 0 ? '' : ` (wanted ${relation} ${bound})`}${beside}`)
}
process.exitCode = process.argv.includes('--check') && rows.some(({ holds }) => !holds) ? 1 : 0
