// A small API server for one kind: 10,000 objects of about 2 KB, written once as text, so that the client is what is measured.
import { createServer } from 'node:http'

const COUNT = Number(process.argv[2] ?? 10_000)
const filler = 'x'.repeat(180)
let version = COUNT
/** Events of one write: the writer must be faster than any reader. */
const CHUNK = 100

function widget(index, resourceVersion) {
  const managed = { manager: 'kubectl', operation: 'Apply', apiVersion: 'bench.dev/v1', time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': Object.fromEntries(Array.from({ length: 12 }, (_, field) => [`f:field${field}`, {}])) } }
  return JSON.stringify({
    apiVersion: 'bench.dev/v1', kind: 'Widget',
    metadata: { name: `widget-${index}`, namespace: 'default', uid: `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`, resourceVersion: String(resourceVersion),
      generation: 1, creationTimestamp: '2026-01-01T00:00:00Z', labels: { app: 'bench', shard: String(index % 10) }, managedFields: [managed] },
    spec: { ...Object.fromEntries(Array.from({ length: 6 }, (_, field) => [`field${field}`, `${filler}${index}`])), replicas: index, enabled: true },
    status: { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True', reason: 'Available', message: 'all is well', lastTransitionTime: '2026-01-01T00:00:00Z' }] },
  })
}

const items = Array.from({ length: COUNT }, (_, index) => widget(index, index + 1))
const watches = new Set()

function list(url, response) {
  const limit = Number(url.searchParams.get('limit') ?? 0)
  const skip = Number(url.searchParams.get('continue') ?? 0)
  const page = limit > 0 ? items.slice(skip, skip + limit) : items
  const next = limit > 0 && skip + limit < items.length ? `,"continue":"${skip + limit}"` : ''
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(`{"kind":"WidgetList","apiVersion":"bench.dev/v1","metadata":{"resourceVersion":"${version}"${next}},"items":[${page.join(',')}]}`)
}

async function watch(url, response) {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  if (url.searchParams.get('sendInitialEvents') === 'true') {
    for (const item of items) await push(response, `{"type":"ADDED","object":${item}}\n`)
    await push(response, `{"type":"BOOKMARK","object":{"kind":"Widget","metadata":{"resourceVersion":"${version}","annotations":{"k8s.io/initial-events-end":"true"}}}}\n`)
  }
  watches.add(response)
  response.on('close', () => watches.delete(response))
}

async function emit(url, response) {
  const count = Number(url.searchParams.get('count'))
  // The bodies are made once: what is measured is the reader, not this writer.
  const halves = items.map((item) => item.split(/"resourceVersion":"\d+"/))
  for (let index = 0; index < count;) {
    let chunk = ''
    const end = Math.min(count, index + CHUNK)
    for (; index < end; index += 1) {
      version += 1
      const [head, tail] = halves[index % COUNT]
      chunk += `{"type":"MODIFIED","object":${head}"resourceVersion":"${version}"${tail}}\n`
    }
    const bytes = Buffer.from(chunk, 'latin1')
    for (const one of watches) await push(one, bytes)
  }
  response.end('{}')
}

function push(response, line) {
  return response.write(line) ? undefined : new Promise((resolve) => { response.once('drain', resolve) })
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://bench')
  if (url.pathname === '/emit') void emit(url, response)
  else if (url.searchParams.get('watch') === 'true') void watch(url, response)
  else list(url, response)
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port, bytes: items.reduce((sum, item) => sum + item.length, 0) / items.length }))
