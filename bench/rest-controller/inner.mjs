// Processor time of one steady reconcile and of one bare GET + JSON.parse, in one process and in turn, so that a busy machine
// meets both alike: node bench/rest-controller/inner.mjs [--cpu-prof]. The Kubernetes side is a map in memory: at a steady state it is not asked.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { createControllerMetrics, createMetrics, silentLogger } from '../../packages/controller/dist/index.js'
import { mergePatch } from '../../packages/json/dist/index.js'
import { createTransport } from '../../packages/transport/dist/index.js'
import { createSharedObservation } from '../../packages/rest-controller/dist/sending/shared-observation.js'
import { createExchangeRing } from '../../packages/rest-controller/dist/telling/exchange-ring.js'
import { createExports } from '../../packages/rest-controller/dist/writing/exports.js'
import { followSecrets } from '../../packages/rest-controller/dist/environment/secrets.js'
import { readRunningPlan } from '../../packages/rest-controller/dist/plan/running-plan.js'
import { startPlanRun } from '../../packages/rest-controller/dist/kind/plan-run.js'
import { createWork } from '../../packages/rest-controller/dist/kind/work.js'
import { createRepeatedLooks } from '../../packages/rest-controller/dist/kind/repeated-look.js'
import { thingPlan } from './plan.mjs'

const RESOURCES = 500
const ROUNDS = 5
const EACH = 6_000
const PARALLEL = 20

const api = fork(fileURLToPath(new URL('api.mjs', import.meta.url)))
const { port } = await new Promise((resolve) => api.once('message', resolve))
const origin = `http://127.0.0.1:${port}`

const objects = new Map()
const patch = (ref, body) => {
  const key = `${ref.namespace}/${ref.name}`
  const object = mergePatch(objects.get(key), body)
  objects.set(key, { ...object, metadata: { ...object.metadata, resourceVersion: String(Number(objects.get(key).metadata.resourceVersion) + 1) } })
  return Promise.resolve({ ok: true, value: objects.get(key) })
}
const kube = { patch: (_, ref, { body }) => patch(ref, { metadata: { ...body.metadata, resourceVersion: null } }), patchStatus: (_, ref, { body }) => patch(ref, { status: body.status }) }
const parts = { kube, transport: createTransport(), recorder: { record: () => {} }, metrics: createMetrics(), reported: createControllerMetrics(createMetrics()), logger: silentLogger, print: () => {} }
const kind = { type: { group: 'bench.example', version: 'v1alpha1', plural: 'things', kind: 'Thing', namespaced: true }, leaseNamespace: 'default' }
const settings = {
  workers: PARALLEL, leadership: 'leader', timing: {}, identity: 'bench', holdSecrets: 'remember', bodies: 'compact', environment: {},
  settings: { resyncSeconds: 180, minRetrySeconds: 1, maxRetrySeconds: 90, graceSeconds: 30, deleteDeadlineSeconds: 300, crossNamespace: 'warn' },
}
const problems = { tell: () => {} }
const running = readRunningPlan({ data: { 'plan.json': JSON.stringify(thingPlan(origin)) } })
if (running.type === 'refused') throw new Error(running.problem)
const run = startPlanRun(running.plan, undefined, { parts, kind, settings, problems, onConfiguration: () => {}, onReference: () => {} })
const work = createWork({
  parts, kind, settings, run, holds: { ensure: () => Promise.resolve(undefined) }, secrets: followSecrets(kube, { onChange: () => {} }), exports: createExports(kube),
  observation: createSharedObservation({ now: () => performance.now() }), exchanges: createExchangeRing(), successes: { succeeded: () => {}, forget: () => {} },
  pause: () => {}, remember: () => {}, mayStart: () => true, looks: createRepeatedLooks(), foreign: { tell: () => {}, forget: () => {} },
})

for (let index = 0; index < RESOURCES; index += 1) {
  const name = `thing-${index}`
  objects.set(`default/${name}`, { apiVersion: 'bench.example/v1alpha1', kind: 'Thing', metadata: { name, namespace: 'default', uid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`, generation: 1, resourceVersion: '1' },
    spec: { name, color: 'red', size: 42, tags: ['a', 'b'], owner: { name: 'somebody', mail: 'somebody@example.com' }, notes: 'x'.repeat(200) } })
}
const keys = [...objects.keys()]
const SHARED = new AbortController()
const reconcile = async (index) => {
  const key = keys[index % RESOURCES]
  const controller = SHARED
  const outcome = await work.handle({ key, priority: 'periodic', failures: 0, readyAt: 0, takenAt: 0 }, objects.get(key), { sending: controller.signal, ending: controller.signal })
  if (outcome.type !== 'recheck') throw new Error(`${key} is not steady`)
}
const pool = new Pool(origin, { connections: 256, pipelining: 1 })
const bare = async (index) => {
  const { body } = await pool.request({ path: `/things/t${(index % RESOURCES) + 1}`, method: 'GET', headers: { accept: 'application/json' } })
  JSON.parse(await body.text())
}

async function measure(task, count) {
  let next = 0
  const before = process.cpuUsage()
  const began = performance.now()
  await Promise.all(Array.from({ length: PARALLEL }, async () => { while (next < count) await task(next++) }))
  const { user, system } = process.cpuUsage(before)
  return { micros: (user + system) / count, perSecond: count / ((performance.now() - began) / 1000) }
}

await measure(reconcile, RESOURCES)
await measure(reconcile, 3_000)
await measure(bare, 3_000)
const rounds = []
for (let round = 0; round < ROUNDS; round += 1) rounds.push({ bare: await measure(bare, EACH), ours: await measure(reconcile, EACH) })
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const micros = (name) => median(rounds.map((round) => round[name].micros))
console.log(`processor time: bare GET + JSON.parse ${micros('bare').toFixed(0)} µs, steady reconcile ${micros('ours').toFixed(0)} µs, bare/ours ${median(rounds.map(({ bare: b, ours }) => b.micros / ours.micros)).toFixed(2)} (by rounds ${rounds.map(({ bare: b, ours }) => (b.micros / ours.micros).toFixed(2)).join(' ')})`)
console.log(`rate: bare ${Math.round(median(rounds.map((round) => round.bare.perSecond)))}/s, reconciles ${Math.round(median(rounds.map((round) => round.ours.perSecond)))}/s, ratio ${median(rounds.map(({ bare: b, ours }) => ours.perSecond / b.perSecond)).toFixed(2)} (by rounds ${rounds.map(({ bare: b, ours }) => (ours.perSecond / b.perSecond).toFixed(2)).join(' ')})`)
await pool.close()
await parts.transport.close()
api.kill()
