// What deciding costs: node bench/engine.mjs (after npm run build). A steady-state reconcile is two calls of `decide`: the first says
// what to read, the second that nothing is to be done. Each row: min / median / max of 5 rounds.
import { decide, prepare } from '../packages/engine/dist/index.js'

const ROUNDS = 5
const PER_ROUND = 50_000

/** A resource of about 5 KB of JSON: texts, numbers, lists, nested objects. */
function spec() {
  const fields = {}
  for (let at = 0; at < 24; at += 1) fields[`text_${at}`] = `a value that somebody wrote for field number ${at}`
  for (let at = 0; at < 16; at += 1) fields[`number_${at}`] = at * 1000 + 7
  for (let at = 0; at < 8; at += 1) fields[`flag_${at}`] = at % 2 === 0
  fields.tags = Array.from({ length: 20 }, (_, at) => `tag-number-${at}`)
  fields.rules = Array.from({ length: 22 }, (_, at) => ({ name: `rule-${at}`, port: 8000 + at, protocol: 'tcp', sources: ['10.0.0.0/8', '192.168.0.0/16'], enabled: true }))
  fields.labels = Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`example.com/label-${at}`, `value-${at}`]))
  return fields
}

/** As it comes from the wire: what is put together key by key is another kind of object to the engine of JavaScript. */
const parsed = (value) => JSON.parse(JSON.stringify(value))
const wanted = parsed(spec())
const plan = {
  format: 1, requires: [], definition: { namespace: 'default', name: 'bench' }, resource: { group: 'bench.test', version: 'v1', kind: 'Bench', plural: 'benches' },
  servers: [{ url: 'https://api.test/v1' }], auth: {}, identity: { parts: [{ path: 'status.id', assigned: 'server', from: [{ in: 'body', path: 'id' }], type: 'string' }] },
  actions: {
    get: {
      call: {
        method: 'GET', server: 0, path: ['/things/', { parameter: 'id' }],
        parameters: [{ name: 'id', in: 'path', required: true, style: 'simple', explode: false, sources: [{ from: 'identity', path: 'status.id' }] }],
        response: { successCodes: ['200'] },
      },
    },
  },
  status: [{ path: 'id', from: 'id', type: 'string' }, { path: 'state', from: 'state', type: 'string' }],
  compare: { scope: 'fullSpec', ignored: ['configurationRef'], rules: [{ path: 'rules', compare: 'keyed', keys: ['name'] }] }, policy: {},
}

const SETTINGS = { resyncSeconds: 180, minRetrySeconds: 1, maxRetrySeconds: 90, graceSeconds: 30, deleteDeadlineSeconds: 600, crossNamespace: 'warn' }
const NOW = Date.UTC(2026, 0, 1)
const prepared = prepare(plan).value
const observed = parsed({ id: 'abc', state: 'running', created_at: '2026-01-01T00:00:00Z', ...wanted })
const subject = { resource: parsed(settled()), references: {}, secrets: {}, settings: SETTINGS, written: [], failures: 0 }

/** The resource as a first reconcile leaves it. */
function settled() {
  let resource = {
    apiVersion: 'bench.test/v1', kind: 'Bench', spec: wanted,
    metadata: { name: 'a', namespace: 'default', uid: '1b4e28ba-2fa1-41d2-883f-0016d3cca427', generation: 1, resourceVersion: '1', annotations: { 'krateo.io/external-name': 'abc' }, finalizers: ['composition.krateo.io/finalizer'] },
  }
  for (let step = 0; step < 10; step += 1) {
    const written = []
    const decision = decide(prepared, { resource, references: {}, secrets: {}, settings: SETTINGS, written, failures: 0 }, exchanges(), NOW)
    if (decision.type !== 'write') return resource
    resource = { ...resource, ...(decision.write.status && { status: decision.write.status }), metadata: { ...resource.metadata, annotations: { ...resource.metadata.annotations, ...decision.write.annotations } } }
  }
  throw new Error('the resource does not settle')
}

function exchanges() {
  const request = { method: 'GET', url: 'https://api.test/v1/things/abc', headers: [] }
  return [{ purpose: { action: 'get', call: 'main', why: 'observe' }, request, at: NOW, tookMs: 1, result: { type: 'response', response: { status: 200, headers: { 'content-type': 'application/json' }, body: { type: 'json', value: observed } } } }]
}

function measure(name, work, wantedType) {
  const seen = work()
  if (seen.type !== wantedType) throw new Error(`${name}: ${JSON.stringify(seen)}`)
  const rates = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const start = process.cpuUsage()
    for (let at = 0; at < PER_ROUND; at += 1) work()
    if (round > 0) { const { user, system } = process.cpuUsage(start); rates.push(PER_ROUND / ((user + system) / 1e6)) }
  }
  const sorted = rates.sort((a, b) => a - b)
  console.log(`${name.padEnd(52)} ${[sorted[0], sorted[2], sorted[4]].map((rate) => Math.round(rate).toLocaleString('en').padStart(10)).join(' ')} per CPU-second`)
}

const answered = exchanges()
console.log('target: 100,000 steady-state decisions per second for an object of 5 KB')
console.log(`spec ${JSON.stringify(wanted).length} bytes, answer ${JSON.stringify(observed).length} bytes`)
measure('decide: what to read', () => decide(prepared, subject, [], NOW), 'send')
measure('decide: nothing to do (steady state)', () => decide(prepared, subject, answered, NOW), 'done')
measure('both: one whole steady reconcile', () => (decide(prepared, subject, [], NOW), decide(prepared, subject, answered, NOW)), 'done')
