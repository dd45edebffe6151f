// What the provider costs, as the process that is deployed, with the rights that the chart gives it, on the embedded control plane:
//   node bench/provider.mjs [--check]      (after npm run build)
// Calls and requests are counted, not timed, and hold anywhere; times are this machine's, so applied → usable is printed beside a bare
// CRD apply → visible in OpenAPI of the same run. The Go reference (bench of its own, kube-apiserver): 76 calls until Ready, 25 per poll,
// 596 MiB with a document of 13 MB. COUNT=200 definitions share one document of SIZE=13 MB.
import { fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectKube, CUSTOM_RESOURCE_DEFINITIONS, loadKubeconfig } from '../packages/kube/dist/index.js'
import { REST_DEFINITIONS } from '../packages/provider/dist/index.js'
import { definitionOf, serveDocument } from './provider/document.mjs'

const COUNT = Number(process.env.COUNT ?? 200)
const SIZE = Number(process.env.SIZE ?? 13)
const folder = mkdtempSync(join(tmpdir(), 'bench-provider-'))
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const plane = fork(here('./provider/plane.mjs'), [folder])
await message(plane)
const kube = connectKube((await loadKubeconfig({ path: join(folder, 'admin.kubeconfig') })).value)
const small = await serveDocument(0)
const large = await serveDocument(SIZE)
const verdicts = []
let provider

try {
  provider = startProvider()
  await sleep(2500)
  const bare = await bareCrd()
  await calls('reset')
  const first = await makeOne('one', small.url, '1h')
  judge('Kubernetes calls until Ready', sum(first.calls), 20, (value) => value <= 20, '76')
  for (const [name, count] of Object.entries(first.calls).toSorted(([left], [right]) => left.localeCompare(right))) console.log(`    ${String(count).padStart(3)} ${name}`)
  judge('applied → usable over a bare CRD, small document (ms)', Math.round(first.usableMs - bare), '≤ 300', (value) => value <= 300, '2900')
  const big = await makeOne('big', large.url, '1h')
  judge(`the same with ${(large.bytes / 1e6).toFixed(0)} MB over HTTP (ms)`, Math.round(big.usableMs - bare), '≤ 1200', (value) => value <= 1200, '11700')
  await steady()
  await revalidation()
  await many()
} finally {
  provider?.kill('SIGTERM')
  await kube.close()
  for (const server of [small, large]) server.close()
  plane.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}
if (process.argv.includes('--check') && verdicts.includes(false)) process.exitCode = 1

async function bareCrd() {
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { a: { type: 'string' } } } } } }
  const body = { spec: { group: 'bare.example', scope: 'Namespaced', names: { plural: 'bares', kind: 'Bare', singular: 'bare', listKind: 'BareList' }, versions: [{ name: 'v1alpha1', served: true, storage: true, schema }] } }
  const started = performance.now()
  await must(kube.patch(CUSTOM_RESOURCE_DEFINITIONS, { name: 'bares.bare.example' }, { type: 'apply', body, fieldManager: 'bench', force: true }))
  await visible('bare.example', 'bares')
  return performance.now() - started
}

async function makeOne(name, url, interval) {
  await calls('reset')
  const started = performance.now()
  await apply(definitionOf(name, url, interval))
  await visible(`${name}.bench.example`, 'items')
  const usableMs = performance.now() - started
  await ready(name)
  await sleep(1500)
  return { usableMs, calls: await calls() }
}

async function steady() {
  await calls('reset')
  await sleep(7000)
  judge('Kubernetes calls per steady interval (two definitions, three polls)', sum(await calls()), 0, (value) => value === 0, '25 each')
}

async function revalidation() {
  await apply(definitionOf('one', small.url, '2s'))
  await sleep(1500)
  const before = { ...small.asked }
  await sleep(8000)
  judge('downloads in four intervals of revalidation', small.asked.full - before.full, 0, (value) => value === 0, '1 per reconcile')
  judge('conditional requests meanwhile', small.asked.conditional - before.conditional, '3–5', (value) => value >= 2 && value <= 5)
}

async function many() {
  const started = performance.now()
  for (let index = 0; index < COUNT; index++) await apply(definitionOf(`many${index}`, large.url, '1h'))
  for (let index = 0; index < COUNT; index++) await ready(`many${index}`)
  const seconds = (performance.now() - started) / 1000
  judge(`downloads of the document for ${COUNT} more definitions`, large.asked.full - 1, 0, (value) => value === 0)
  const peak = memory('VmHWM')
  await sleep(25_000)
  const empty = await emptyNode()
  judge(`memory above an empty Node with ${COUNT + 2} definitions (MB)`, Math.round(memory('VmRSS') - empty), '≤ 200', (value) => value <= 200, '596 with one')
  console.log(`    ${COUNT} Ready after ${seconds.toFixed(1)} s; peak ${Math.round(peak)} MB, an empty Node ${Math.round(empty)} MB`)
  await calls('reset')
  await sleep(7000)
  const writes = Object.entries(await calls()).filter(([name]) => !/^(get|list|watch) /.test(name))
  judge(`writes of ${COUNT + 2} steady definitions`, sum(Object.fromEntries(writes)), 0, (value) => value === 0)
}

function startProvider() {
  const args = [here('../packages/provider/bundle/oasgen-provider.mjs'), '-health-port=0', '-metrics-port=0', '-private-sources=allow', '-poll=2s']
  return spawn(process.execPath, args, { env: { ...process.env, KUBECONFIG: join(folder, 'provider.kubeconfig') }, stdio: ['ignore', 'ignore', 'inherit'].with(2, process.env.VERBOSE ? 'inherit' : 'ignore') })
}

function memory(field, pid = provider.pid) {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n').find((each) => each.startsWith(`${field}:`))
  return Number(/\d+/.exec(line)[0]) / 1024
}

async function emptyNode() {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 10000)'], { stdio: 'ignore' })
  await sleep(1000)
  const megabytes = memory('VmRSS', child.pid)
  child.kill('SIGKILL')
  return megabytes
}

async function visible(group, plural) {
  for (;;) {
    const document = await kube.openapiV3(`apis/${group}/v1alpha1`)
    if (document.ok && Object.keys(document.value.paths ?? {}).some((path) => path.endsWith(`/${plural}/{name}`))) return
    await sleep(5)
  }
}

async function ready(name) {
  for (const end = Date.now() + 240_000; Date.now() < end; await sleep(30)) {
    const found = await kube.get(REST_DEFINITIONS, { namespace: 'default', name })
    const condition = found.ok ? (found.value.status?.conditions ?? []).find(({ type }) => type === 'Ready') : undefined
    if (condition?.status === 'True') return
  }
  throw new Error(`${name} did not become Ready`)
}

async function apply(object) {
  await must(kube.patch(REST_DEFINITIONS, object.metadata, { type: 'apply', body: object, fieldManager: 'bench', force: true }))
}

async function calls(what = 'ask') {
  plane.send(what)
  return (await message(plane)).calls
}

function judge(what, value, target, isGood, reference) {
  verdicts.push(isGood(value))
  console.log(`${isGood(value) ? 'ok  ' : 'MISS'} ${what}: ${value} (target ${target}${reference === undefined ? '' : `, reference ${reference}`})`)
}

function sum(counts) {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

function message(child) {
  return new Promise((resolve) => child.once('message', resolve))
}

async function must(answer) {
  const got = await answer
  if (!got.ok) throw new Error(got.error.message)
  return got.value
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
