// What one send costs over the wire itself: node bench/transport.mjs [--check] (after npm run build).
// A loopback server in its own process answers 1.4 KB of JSON; a bare undici Pool.request + JSON.parse is the limit.
import { fork } from 'node:child_process'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

const ROUNDS = 5
const REQUESTS = 4_000
/** A send may cost so much more than the bare request, at most. */
const BUDGET = 0.6

if (process.argv[2] === '--serve') serve()
else await measureAll()

function serve() {
  const body = JSON.stringify({ items: Array.from({ length: 10 }, (_, id) => ({ id, name: `thing number ${id}`, tags: ['a', 'b'], price: id / 8, owner: { id: 'someone', mail: 'someone@example.com' } })) })
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
}

async function measureAll() {
  const { Pool } = await import('undici')
  const { createTransport } = await import('../packages/transport/dist/index.js')
  const child = fork(fileURLToPath(import.meta.url), ['--serve'])
  const port = await new Promise((resolve) => child.once('message', resolve))
  const origin = `http://127.0.0.1:${port}`
  const pool = new Pool(origin)
  const transport = createTransport()
  const context = {
    key: 'bench', auth: { token: { type: 'bearer', token: { value: 'a-token-of-usual-length-0123456789' } } }, secrets: () => undefined,
    allowedOrigins: [origin], limits: { concurrency: 64 },
  }
  const request = { method: 'GET', url: `${origin}/things/1?a=b`, headers: [{ name: 'accept', value: 'application/json' }], auth: { alternatives: [{ schemes: [{ scheme: 'token', scopes: [] }] }] } }
  const bare = async () => JSON.parse(await (await pool.request({ path: '/things/1?a=b', method: 'GET', headers: { accept: 'application/json', authorization: 'Bearer a-token-of-usual-length-0123456789' } })).body.text())
  const ours = async () => {
    const sent = await transport.send(request, context)
    if (sent.type !== 'response') throw new Error(sent.failure.message)
  }
  let failed = false
  for (const parallel of [1, 10, 50]) failed = (await compare(parallel, { bare, ours })) < BUDGET || failed
  await Promise.all([pool.close(), transport.close()])
  child.kill()
  if (failed && process.argv.includes('--check')) process.exit(1)
}

/** In turn, so that what else the machine does meets both alike. */
async function compare(parallel, { bare, ours }) {
  await rate(bare, parallel)
  await rate(ours, parallel)
  const rounds = []
  for (let round = 0; round < ROUNDS; round += 1) rounds.push({ bare: await rate(bare, parallel), ours: await rate(ours, parallel) })
  const of = (name) => rounds.map((round) => round[name]).sort((a, b) => a - b)
  const ratio = rounds.map((round) => round.ours / round.bare).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]
  const show = (values) => [values[0], values[Math.floor(ROUNDS / 2)], values[ROUNDS - 1]].map((value) => String(Math.round(value)).padStart(7)).join(' ')
  console.log(`${String(parallel).padStart(3)} in parallel: bare ${show(of('bare'))}  send ${show(of('ours'))} requests/s  ratio ${ratio.toFixed(2)} (budget ${BUDGET})`)
  return ratio
}

async function rate(work, parallel) {
  const start = performance.now()
  const each = REQUESTS / parallel
  await Promise.all(Array.from({ length: parallel }, async () => {
    for (let index = 0; index < each; index += 1) await work()
  }))
  return REQUESTS / ((performance.now() - start) / 1000)
}
