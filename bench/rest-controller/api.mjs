// The REST server of the bench: things in memory, answers kept as text, so that the client is what is measured.
import { createServer } from 'node:http'

const things = new Map()
const byName = new Map()
const counts = { GET: 0, POST: 0, PUT: 0, DELETE: 0 }
let next = 1
let isFirstTold = true

const server = createServer((request, response) => {
  counts[request.method] += 1
  if (!isFirstTold) {
    isFirstTold = true
    process.send({ type: 'first' })
  }
  const path = request.url
  if (request.method === 'GET' && path.startsWith('/things/')) return answer(response, things.has(path.slice(8)) ? 200 : 404, things.get(path.slice(8)) ?? '{}')
  if (request.method === 'GET') return answer(response, 200, `{"items":[${byName.get(new URL(path, 'http://x').searchParams.get('name')) ?? ''}]}`)
  if (request.method === 'DELETE') {
    things.delete(path.slice(8))
    return response.writeHead(204).end()
  }
  let text = ''
  request.setEncoding('utf8').on('data', (chunk) => { text += chunk }).on('end', () => {
    const id = request.method === 'POST' ? `t${next++}` : path.slice(8)
    const body = `{"id":"${id}",${text.slice(1)}`
    things.set(id, body)
    const { name } = JSON.parse(text)
    byName.set(name, body)
    if (request.method === 'POST') process.send?.({ type: 'post', name, at: Date.now() })
    answer(response, request.method === 'POST' ? 201 : 200, body)
  })
})

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send({ type: 'serving', port: server.address().port }))
process.on('message', ({ type }) => {
  if (type === 'tellFirst') isFirstTold = false
  process.send({ type, counts: { ...counts }, things: things.size })
})
