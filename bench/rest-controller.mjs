// What the controller costs, as the process that is deployed, on the embedded control plane: node bench/rest-controller.mjs [--check]
// (after npm run build). Ratios hold; absolute times are this machine's. The Go reference was measured elsewhere (kube-apiserver, 2 cores).
import { execFileSync, fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const CONTROLLER = here('../packages/rest-controller/bundle/rest-dynamic-controller.mjs')
const SIZES = (process.env.SIZES ?? '1000,10000').split(',').map(Number)
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const SECONDS = 4
const WORKERS = 20
const REFERENCE = { cpuMs: '13-30', perSecond: '29-35', acceptedMs: 127, startMs: 222, existSeconds: 42, readySeconds: 213, memoryMb: { 1000: 90 } }

const folder = mkdtempSync(join(tmpdir(), 'bench-controller-'))
const kubeconfig = join(folder, 'kubeconfig')
const children = []
const verdicts = []
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

function start(script, args = []) {
  const child = fork(here(script), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  children.push(child)
  return child
}
const message = (child, type) => new Promise((resolve) => {
  const listen = (got) => {
    if (got.type !== type) return
    child.off('message', listen)
    resolve(got)
  }
  child.on('message', listen)
})
function ask(child, request, type = request.type) {
  const answered = message(child, type)
  child.send(request)
  return answered
}

const api = start('rest-controller/api.mjs')
const { port } = await message(api, 'serving')
const plane = start('rest-controller/plane.mjs', [kubeconfig, `http://127.0.0.1:${port}`])
await message(plane, 'serving')

function controller(interval) {
  const child = spawn(process.execPath, [CONTROLLER, '-group=bench.example', '-version=v1alpha1', '-resource=things', '-plan=default/thing-controller-plan', '-key=default/thing-controller-key',
    `-resync-interval=${interval}`, `-workers=${WORKERS}`, '-health-port=0'], { env: { ...process.env, KUBECONFIG: kubeconfig, UV_THREADPOOL_SIZE: '16' }, stdio: ['ignore', 'ignore', process.env.VERBOSE ? 'inherit' : 'ignore'] })
  children.push(child)
  return child
}
async function stop(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

/** User and system time of a process in milliseconds; Linux counts in hundredths of a second. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
function memoryMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
}
const gets = async () => (await ask(api, { type: 'counts' })).counts.GET
const things = async () => (await ask(api, { type: 'counts' })).things
const writes = ({ requests }) => Object.entries(requests).filter(([name]) => !/^(get|list|watch) /.test(name) && !name.includes('leases')).reduce((sum, [, count]) => sum + count, 0)

async function until(test, ms = 300_000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(20)) if (await test()) return
  throw new Error('waited in vain')
}
const isAllReady = async (count) => (await ask(plane, { type: 'ready' })).ready >= count

function verdict(name, value, relation, bound, note = '') {
  const holds = relation === '<=' ? value <= bound : value >= bound
  verdicts.push(holds)
  console.log(`${holds ? 'ok  ' : 'MISS'} ${name}: ${value.toFixed(2)} (wanted ${relation} ${bound})${note === '' ? '' : `   ${note}`}`)
}

try {
  await burst()
  await latency()
  await startup()
  for (const size of SIZES) await steady(size)
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
if (process.argv.includes('--check') && verdicts.includes(false)) process.exitCode = 1

async function burst() {
  const process_ = controller('3m')
  await until(async () => (await ask(plane, { type: 'requests' })).requests['get leases.coordination.k8s.io'] > 0)
  await sleep(500)
  const posts = []
  const listen = (got) => { if (got.type === 'post') posts.push(got.at) }
  api.on('message', listen)
  const began = Date.now()
  const created = ask(plane, { type: 'create', from: 0, count: 500, parallel: 50 })
  await until(() => posts.length >= 500)
  const exist = (Math.max(...posts) - began) / 1000
  await created
  await until(() => isAllReady(500))
  const ready = (Date.now() - began) / 1000
  api.off('message', listen)
  verdict('burst of 500: seconds until all exist', exist, '<=', 3, `reference ${REFERENCE.existSeconds} s, measured elsewhere`)
  verdict('burst of 500: seconds until all are Ready', ready, '<=', 5, `reference ${REFERENCE.readySeconds} s, measured elsewhere`)
  if ((await things()) !== 500) throw new Error(`there are ${await things()} things`)
  await stop(process_)
}

async function latency() {
  const process_ = controller('3m')
  await sleep(1000)
  const accepted = new Map()
  const took = []
  plane.on('message', (got) => { if (got.type === 'accepted') accepted.set(got.name, got.at) })
  const posted = new Map()
  api.on('message', (got) => { if (got.type === 'post') posted.set(got.name, got.at) })
  await ask(plane, { type: 'create', from: 500, count: 100, parallel: 1, told: true })
  await until(() => posted.size >= 100)
  for (const [name, at] of accepted) took.push(Math.max(0, posted.get(name) - at))
  verdict('accepted to POST, milliseconds at the median', median(took), '<=', 25, `p95 ${took.toSorted((a, b) => a - b)[94]}; reference ${REFERENCE.acceptedMs} ms, measured elsewhere`)
  await until(() => isAllReady(600))
  await stop(process_)
}

async function startup() {
  const empty = []
  const first = []
  for (let round = 0; round < 5; round += 1) {
    const at = performance.now()
    execFileSync(process.execPath, ['-e', '0'])
    empty.push(performance.now() - at)
    await ask(plane, { type: 'create', from: 600 + round, count: 1, parallel: 1 })
    const before = await gets()
    const began = performance.now()
    const process_ = controller('3m')
    await until(async () => (await gets()) > before)
    first.push(performance.now() - began)
    await until(() => isAllReady(601 + round))
    await stop(process_)
  }
  verdict('start to first request, over an empty Node', median(first) / median(empty), '<=', 5, `${Math.round(median(first))} ms over ${Math.round(median(empty))} ms; reference ${REFERENCE.startMs} ms, measured elsewhere`)
}

async function steady(size) {
  const have = (await ask(plane, { type: 'ready' })).ready
  const maker = controller('1h')
  await ask(plane, { type: 'create', from: 1000 + have, count: Math.max(0, size - have), parallel: 50 })
  await until(() => isAllReady(size))
  await stop(maker)
  const bareMemory = Number(execFileSync(process.execPath, ['-e', 'setTimeout(() => console.log(process.memoryUsage().rss / 1048576), 200)'], { encoding: 'utf8' }))
  const calm = controller('3m')
  await sleep(6000)
  verdict(`memory at ${size} resources over an empty Node, MB`, memoryMb(calm.pid) - bareMemory, '<=', size >= 10_000 ? 115 : 45, REFERENCE.memoryMb[size] === undefined ? '' : `reference ${REFERENCE.memoryMb[size]} MB in all, measured elsewhere`)
  await stop(calm)
  // An interval that nobody can keep, so that the controller does all it can.
  const busy = controller('1s')
  await sleep(4000)
  const rounds = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const [from, cpu, kube, at] = [await gets(), cpuMs(busy.pid), writes(await ask(plane, { type: 'requests' })), performance.now()]
    await sleep(SECONDS * 1000)
    const seconds = (performance.now() - at) / 1000
    const reconciles = (await gets()) - from
    const own = { perSecond: reconciles / seconds, cpuMicros: ((cpuMs(busy.pid) - cpu) * 1000) / reconciles, writes: writes(await ask(plane, { type: 'requests' })) - kube }
    busy.kill('SIGSTOP')
    const bare = JSON.parse(execFileSync(process.execPath, [here('rest-controller/bare.mjs'), `http://127.0.0.1:${port}`, '500', String(WORKERS), String(SECONDS)], { encoding: 'utf8' }))
    busy.kill('SIGCONT')
    await sleep(500)
    rounds.push({ ...own, bare, ratio: own.perSecond / bare.perSecond })
  }
  const of = (pick) => median(rounds.map(pick))
  console.log(`     ${size} resources: ${Math.round(of(({ perSecond }) => perSecond))} reconciles/s, bare loop ${Math.round(of(({ bare }) => bare.perSecond))} GET/s; reference ${REFERENCE.perSecond} reconciles/s, measured elsewhere`)
  console.log(`     CPU per reconcile ${of(({ cpuMicros }) => cpuMicros).toFixed(0)} µs, bare ${of(({ bare }) => bare.cpuMicros).toFixed(0)} µs; reference ${REFERENCE.cpuMs} ms, measured elsewhere`)
  verdict(`reconciles at ${size} resources over the bare loop (median of ${ROUNDS}, spread ${rounds.map(({ ratio }) => ratio.toFixed(2)).join(' ')})`, of(({ ratio }) => ratio), '>=', 0.6)
  verdict(`CPU of the reference (13 ms, measured elsewhere) over ours at ${size} resources`, 13_000 / of(({ cpuMicros }) => cpuMicros), '>=', 150)
  verdict(`writes to Kubernetes at the steady state of ${size} resources`, rounds.reduce((sum, round) => sum + round.writes, 0), '<=', 0)
  await stop(busy)
}
