import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { Socket } from 'node:net'
import type { HttpRequest } from '@oasgen/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '@oasgen/diagnostics'
import { createTransport, type SendContext, type Sent, type Transport } from './index.js'
import {
  CA_CERTIFICATE, CLIENT_CERTIFICATE, CLIENT_KEY, EXPIRED_CERTIFICATE, EXPIRED_KEY, OTHER_CERTIFICATE, OTHER_KEY, SERVER_CERTIFICATE, SERVER_KEY,
} from './certificates.testing.js'
import { json, requires, secret, startLoopback, startProxy, startTcp, testContext, type Answer, type Loopback } from './loopback.testing.js'

const QUICK = { connectTimeoutMs: 400, headersTimeoutMs: 400, bodyTimeoutMs: 400, timeoutMs: 3_000, maxResponseBytes: 10_000, maxWaitMs: 300 }
let transport: Transport
let warnings: Finding[] = []
let server: Loopback

beforeAll(async () => {
  transport = createTransport({ defaults: QUICK, onWarning: (finding) => warnings.push(finding) })
  server = await startLoopback()
})
afterAll(async () => {
  await Promise.all([transport.close(), server.close()])
})

let keys = 0
/** A key of its own, so that the breaker of one test does not disturb the next. */
function send(url: string, extra: Partial<SendContext> = {}, request: Partial<HttpRequest> = {}): Promise<Sent> {
  keys += 1
  return transport.send({ method: 'GET', url, headers: [], ...request }, testContext({}, { key: `key-${keys}`, ...extra }))
}
const summary = (sent: Sent) => (sent.type === 'failure' ? `${sent.failure.code} ${sent.failure.reason} ${sent.failure.sent}` : `${sent.response.status} ${sent.response.body.type}`)

describe('what a failure proves', () => {
  const rows: readonly { name: string; talk: (socket: Socket) => void; want: string; reason: string }[] = [
    { name: 'closed at once', talk: (socket) => socket.destroy(), want: 'NET0131 reset maybe', reason: 'the bytes may have been read' },
    { name: 'reset after the request', talk: (socket) => socket.once('data', () => socket.resetAndDestroy()), want: 'NET0131 reset maybe', reason: 'it may have been carried out' },
    { name: 'reset in the body', talk: (socket) => socket.once('data', () => { socket.write('HTTP/1.1 201 Created\r\ncontent-length: 50\r\n\r\n{"id":'); setTimeout(() => socket.resetAndDestroy(), 20) }), want: 'NET0132 reset maybe', reason: 'half an answer' },
    { name: 'closed in the body', talk: (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"id":1}')), want: 'NET0132 reset maybe', reason: 'shorter than announced, though it parses' },
    { name: 'closed in the chunks', talk: (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{"id":1}\r\n')), want: 'NET0132 reset maybe', reason: 'the last chunk is missing' },
    { name: 'silence', talk: () => {}, want: 'NET0121 timeout maybe', reason: 'no head in time' },
    { name: 'silence in the body', talk: (socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{')), want: 'NET0122 timeout maybe', reason: 'the body stops' },
    { name: 'not HTTP', talk: (socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')), want: 'NET0151 protocol maybe', reason: 'another protocol' },
    { name: 'huge head', talk: (socket) => socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`)), want: 'NET0142 tooLarge maybe', reason: 'a bounded head' },
    { name: 'announced too large', talk: (socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n{')), want: 'NET0141 tooLarge maybe', reason: 'known before it is read' },
    { name: 'endless', talk: (socket) => socket.once('data', () => { socket.write('HTTP/1.1 200 OK\r\n\r\n'); const more = setInterval(() => socket.write('x'.repeat(4000)), 1); socket.on('close', () => clearInterval(more)) }), want: 'NET0141 tooLarge maybe', reason: 'the limit ends it' },
    { name: 'early hints', talk: (socket) => socket.once('data', () => socket.end('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}')), want: '200 json', reason: '1xx is not the answer' },
  ]
  it.each(rows)('$name: $reason', async ({ talk, want }) => {
    let connections = 0
    const raw = await startTcp((socket) => { connections += 1; talk(socket) })
    expect(summary(await send(raw.origin, {}, { method: 'POST' }))).toBe(want)
    expect(connections).toBe(1)
    await raw.close()
  })

  it('refused connections and unknown names prove that nothing was sent', async () => {
    const raw = await startTcp(() => {})
    await raw.close()
    expect(summary(await send(raw.origin))).toBe('NET0103 connect nothing')
    expect(summary(await send('http://does-not-exist.invalid/'))).toMatch(/^NET010[12] dns nothing$/)
  })

  it('a request that is given up before it has a connection was not sent', async () => {
    const { port, close } = await startTcp((socket) => socket.pause())
    // TLS never answers: the connection does not come about.
    expect(summary(await send(`https://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(100) }))).toBe('NET0161 aborted nothing')
    expect(summary(await send(`https://127.0.0.1:${port}/`, {}, { limits: { timeoutMs: 100 } }))).toBe('NET0123 timeout nothing')
    expect(summary(await send(`https://127.0.0.1:${port}/`))).toBe('NET0104 timeout nothing')
    await close()
  })

  it('an aborted request that was written may have been carried out', async () => {
    const raw = await startTcp(() => {})
    expect(summary(await send(raw.origin, { signal: AbortSignal.timeout(100) }))).toBe('NET0161 aborted maybe')
    await raw.close()
  })

  it('malformed requests are findings, not exceptions', async () => {
    expect(summary(await send(server.origin, {}, { headers: [{ name: 'x', value: 'a\nb' }] }))).toBe('NET0153 protocol nothing')
    expect(summary(await send('/relative'))).toBe('NET0306 protocol nothing')
    expect(summary(await send('ftp://example.com/'))).toBe('NET0306 protocol nothing')
  })

  it('resource requests may go to private addresses, never to metadata', async () => {
    expect(summary(await send(server.origin))).toBe('200 json')
    expect(summary(await send('http://169.254.169.254/latest'))).toBe('NET0302 notPermitted nothing')
  })

  it('answers after close', async () => {
    const closed = createTransport()
    await closed.close()
    expect(summary(await closed.send({ method: 'GET', url: server.origin, headers: [] }, testContext({})))).toBe('NET0161 aborted nothing')
  })
})

describe('bodies', () => {
  const rows: readonly { name: string; type: string; bytes: string | Buffer; encoding?: string; status?: number; want: object; reason: string }[] = [
    { name: '+json', type: 'application/problem+json; charset=utf-8', bytes: '{"a":1}', status: 422, want: { type: 'json', value: { a: 1 } }, reason: 'structured suffix' },
    { name: 'gzip', type: 'application/json', bytes: gzipSync('{"a":1}'), encoding: 'gzip', want: { type: 'json', value: { a: 1 } }, reason: 'decompressed' },
    { name: 'br', type: 'application/json', bytes: brotliCompressSync('{"a":1}'), encoding: 'br', want: { type: 'json', value: { a: 1 } }, reason: 'decompressed' },
    { name: 'deflate', type: 'application/json', bytes: deflateSync('{"a":1}'), encoding: 'deflate', want: { type: 'json', value: { a: 1 } }, reason: 'zlib form' },
    { name: 'raw deflate', type: 'application/json', bytes: deflateRawSync('{"a":1}'), encoding: 'deflate', want: { type: 'json', value: { a: 1 } }, reason: 'raw form under the same name' },
    { name: 'byte order mark', type: 'application/json', bytes: '\ufeff{"a":1}', want: { type: 'json', value: { a: 1 } }, reason: 'some .NET services' },
    { name: 'latin-1', type: 'application/json; charset=iso-8859-1', bytes: Buffer.from('{"a":"\u00e4"}', 'latin1'), want: { type: 'json', value: { a: 'ä' } }, reason: 'the charset counts' },
    { name: 'HTML', type: 'text/html', bytes: '<h1>Sign in</h1>', want: { type: 'text', text: '<h1>Sign in</h1>' }, reason: 'a login page' },
    { name: 'HTML as JSON', type: 'application/json', bytes: '<!doctype html>oops', status: 502, want: { type: 'text', text: '<!doctype html>oops' }, reason: 'gateways lie about the type' },
    { name: 'no type', type: '', bytes: '{"a":1}', want: { type: 'json', value: { a: 1 } }, reason: 'sniffed' },
    { name: 'octets', type: 'application/octet-stream', bytes: Buffer.from([0, 1, 2, 255]), want: { type: 'unreadable', bytes: 4 }, reason: 'binary' },
    { name: 'image', type: 'image/png', bytes: Buffer.from([137, 80]), want: { type: 'unreadable' }, reason: 'neither JSON nor text' },
    { name: 'cut JSON', type: 'application/json', bytes: '{"a":', want: { type: 'unreadable', problem: expect.stringContaining('character') }, reason: 'the place is told' },
    { name: 'blank JSON', type: 'application/json', bytes: ' \n', want: { type: 'empty' }, reason: 'nothing but white space' },
    { name: 'scalar', type: 'application/json', bytes: '"x"', want: { type: 'json', value: 'x' }, reason: 'any JSON value' },
  ]
  it.each(rows)('$name: $reason', async ({ type, bytes, encoding, status = 200, want }) => {
    server.answer = (_, response) => {
      response.writeHead(status, { ...(type !== '' && { 'content-type': type }), ...(encoding !== undefined && { 'content-encoding': encoding }) })
      response.end(bytes)
    }
    expect(await send(server.origin)).toMatchObject({ type: 'response', response: { status, body: want } })
  })

  it('a body that does not decompress, or is too large when it does, is a failure', async () => {
    server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip')
    expect(summary(await send(server.origin))).toBe('NET0152 protocol maybe')
    server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000)))
    expect(summary(await send(server.origin))).toBe('NET0141 tooLarge maybe')
  })

  it('cookies stay here, repeated headers are joined', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, [['Set-Cookie', 'a=1'], ['X-A', '1'], ['X-A', '2'], ['Link', '<x>']].flat())
      response.end()
    }
    const sent = await send(server.origin)
    expect(sent).toMatchObject({ response: { headers: { 'x-a': '1, 2', link: '<x>' } } })
    expect(JSON.stringify(sent)).not.toContain('set-cookie')
  })

  it.each([204, 304, 200])('HEAD and empty answers with %d', async (status) => {
    server.answer = (_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end()
    expect(summary(await send(server.origin, {}, { method: status === 200 ? 'HEAD' : 'GET' }))).toBe(`${status} empty`)
  })
})

describe('TLS', () => {
  const rows: readonly { name: string; cert: string; key: string; tls?: SendContext['tls']; want: string; reason: string }[] = [
    { name: 'private CA', cert: SERVER_CERTIFICATE, key: SERVER_KEY, tls: { ca: CA_CERTIFICATE }, want: '200 json', reason: 'the CA is given' },
    { name: 'unknown CA', cert: SERVER_CERTIFICATE, key: SERVER_KEY, want: 'NET0111 tls nothing', reason: 'nobody trusts it' },
    { name: 'wrong name', cert: OTHER_CERTIFICATE, key: OTHER_KEY, tls: { ca: CA_CERTIFICATE }, want: 'NET0112 tls nothing', reason: 'for other.example' },
    { name: 'server name', cert: OTHER_CERTIFICATE, key: OTHER_KEY, tls: { ca: CA_CERTIFICATE, serverName: 'other.example' }, want: '200 json', reason: 'the name is given' },
    { name: 'expired', cert: EXPIRED_CERTIFICATE, key: EXPIRED_KEY, tls: { ca: CA_CERTIFICATE }, want: 'NET0113 tls nothing', reason: 'since 2020' },
    { name: 'insecure', cert: EXPIRED_CERTIFICATE, key: EXPIRED_KEY, tls: { insecureSkipVerify: true }, want: '200 json', reason: 'said so' },
  ]
  it.each(rows)('$name: $reason', async ({ cert, key, tls, want }) => {
    const secure = await startLoopback(json('{}'), { cert, key })
    expect(summary(await send(secure.origin, tls === undefined ? {} : { tls }))).toBe(want)
    await secure.close()
  })

  it('says once per pool that nothing is verified', async () => {
    warnings = []
    const secure = await startLoopback(json('{}'), { cert: SERVER_CERTIFICATE, key: SERVER_KEY })
    const tls = { insecureSkipVerify: true }
    await send(secure.origin, { tls })
    await send(secure.origin, { tls })
    expect(warnings.map(({ code }) => code)).toEqual(['NET0116'])
    await secure.close()
  })

  it('a port without TLS', async () => {
    expect(summary(await send(server.origin.replace('http:', 'https:')))).toBe('NET0114 tls nothing')
  })

  it('shows a client certificate where the scheme asks for it, and fails without', async () => {
    const secure = await startLoopback(json('{}'), { cert: SERVER_CERTIFICATE, key: SERVER_KEY, ca: CA_CERTIFICATE, requestCert: true, rejectUnauthorized: true })
    const secrets = { cert: CLIENT_CERTIFICATE, key: CLIENT_KEY, bad: 'x' }
    const mutual = (key: string) => testContext(secrets, { key: `mtls-${key}`, tls: { ca: CA_CERTIFICATE }, allowedOrigins: [secure.origin], auth: { m: { type: 'mutualTls', certificate: secret('cert'), privateKey: secret(key) } } })
    const request = { method: 'GET', url: secure.origin, headers: [], auth: requires('m') } as const
    expect(summary(await transport.send(request, mutual('key')))).toBe('200 json')
    expect(summary(await transport.send(request, mutual('bad')))).toBe('NET0203 credentialsMissing nothing')
    expect(summary(await send(secure.origin, { tls: { ca: CA_CERTIFICATE } }))).toMatch(/^NET0(115|131) (tls|reset) maybe$/)
    await secure.close()
  })

  it('a certificate that changes takes new connections', async () => {
    const secure = await startLoopback(json('{}'), { cert: SERVER_CERTIFICATE, key: SERVER_KEY })
    for (let index = 0; index < 10; index += 1) await send(secure.origin, { tls: { ca: CA_CERTIFICATE } })
    const { connections } = secure
    expect(connections).toBeLessThanOrEqual(2)
    await send(secure.origin, { tls: { ca: `${CA_CERTIFICATE}\n${OTHER_CERTIFICATE}` } })
    expect(secure.connections).toBe(connections + 1)
    await secure.close()
  })
})

describe('redirects', () => {
  const moved = (status: number, location: string): Answer => (request, response) =>
    (request.url === '/end' ? json(JSON.stringify({ method: request.method, body: request.body }))(request, response) : response.writeHead(status, { location }).end())
  const post = { method: 'POST', body: { type: 'json', contentType: 'application/json', value: { a: 1 } } } as const
  const rows: readonly { status: number; request: Partial<HttpRequest>; want: object; reason: string }[] = [
    { status: 301, request: {}, want: { body: { value: { method: 'GET' } } }, reason: 'reads follow' },
    { status: 308, request: post, want: { body: { value: { method: 'POST', body: '{"a":1}' } } }, reason: 'the method stays' },
    { status: 307, request: post, want: { body: { value: { method: 'POST', body: '{"a":1}' } } }, reason: 'the method stays' },
    { status: 303, request: post, want: { body: { value: { method: 'GET', body: '' } } }, reason: 'see other' },
    { status: 302, request: post, want: { status: 302 }, reason: 'following as GET would look like success' },
    { status: 301, request: post, want: { status: 301 }, reason: 'following as GET would look like success' },
    { status: 300, request: {}, want: { status: 300 }, reason: 'a choice is not ours to make' },
  ]
  it.each(rows)('$status: $reason', async ({ status, request, want }) => {
    server.answer = moved(status, '/end')
    expect(await send(`${server.origin}/start`, {}, request)).toMatchObject({ response: want })
  })

  it('none: the 3xx is the answer', async () => {
    server.answer = moved(301, '/end')
    expect(await send(`${server.origin}/start`, { redirects: { follow: 'none' } })).toMatchObject({ response: { status: 301, headers: { location: '/end' } } })
  })

  it('credentials and secrets never leave their host; writes neither', async () => {
    const other = await startLoopback()
    server.answer = moved(307, `${other.origin}/end`)
    const context = testContext({ token: 'a-long-token' }, { key: 'redirect', allowedOrigins: [server.origin], auth: { t: { type: 'bearer', token: secret('token') } } })
    const sent = await transport.send({ method: 'GET', url: `${server.origin}/start`, headers: [{ name: 'cookie', value: 'literal=1' }], auth: requires('t') }, context)
    expect(sent).toMatchObject({ response: { status: 200 } })
    expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer a-long-token')
    expect(other.seen[0]?.headers).not.toHaveProperty('authorization')
    expect(other.seen[0]?.headers).not.toHaveProperty('cookie')
    expect(summary(await transport.send({ ...post, url: `${server.origin}/start`, headers: [] }, context))).toBe('NET0305 notPermitted maybe')
    expect(other.seen).toHaveLength(1)
    await other.close()
  })

  it('never from https to http, never to a metadata address, never for ever', async () => {
    const secure = await startLoopback(moved(302, `${server.origin}/end`), { cert: SERVER_CERTIFICATE, key: SERVER_KEY })
    expect(summary(await send(secure.origin, { tls: { ca: CA_CERTIFICATE } }))).toBe('NET0305 notPermitted maybe')
    await secure.close()
    server.answer = moved(302, 'http://169.254.169.254/')
    expect(summary(await send(server.origin))).toBe('NET0302 notPermitted nothing')
    server.answer = moved(302, '/again')
    expect(summary(await send(server.origin))).toBe('NET0305 notPermitted maybe')
  })
})

describe('proxies', () => {
  it('tunnels https and forwards http, with the proxy\'s own credentials', async () => {
    const proxy = await startProxy()
    const secure = await startLoopback(json('{}'), { cert: SERVER_CERTIFICATE, key: SERVER_KEY })
    const url = proxy.url.replace('http://', 'http://me:p%40ss@')
    expect(summary(await send(secure.origin, { tls: { ca: CA_CERTIFICATE }, proxy: { url } }))).toBe('200 json')
    expect(proxy.tunnels).toEqual([{ authority: `127.0.0.1:${secure.port}`, authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` }])
    expect(await send('http://api.example.com/things?a=1', { proxy: { url } })).toMatchObject({ response: { body: { text: 'by the proxy' } } })
    expect(proxy.forwarded).toEqual(['GET http://api.example.com/things?a=1 api.example.com'])
    await Promise.all([proxy.close(), secure.close()])
  })

  it('says that the proxy refused', async () => {
    const proxy = await startProxy(407)
    const sent = await send('https://api.example.com/', { proxy: { url: proxy.url } })
    expect(summary(sent)).toBe('NET0105 connect nothing')
    await proxy.close()
    expect(summary(await send('https://api.example.com/', { proxy: { url: proxy.url } }))).toBe('NET0105 connect nothing')
  })

  it('takes the proxy of the environment, unless the context says none', async () => {
    const proxy = await startProxy()
    server.answer = json('{}')
    const through = createTransport({ proxyEnvironment: { http_proxy: proxy.url, no_proxy: 'direct.example' } })
    const context = testContext({})
    expect(await through.send({ method: 'GET', url: 'http://api.example.com/', headers: [] }, context)).toMatchObject({ response: { status: 200 } })
    expect(await through.send({ method: 'GET', url: server.origin, headers: [] }, { ...context, proxy: { url: 'none' } })).toMatchObject({ type: 'response' })
    expect(proxy.forwarded).toHaveLength(1)
    await Promise.all([through.close(), proxy.close()])
  })
})

describe('hosts do not wait for each other', () => {
  it('a hung host next to a healthy one', async () => {
    const hung = await startTcp(() => {})
    server.answer = json('{"ok":true}')
    // Only the hung ones have a short limit: on a busy machine a healthy answer may take its time.
    const patient = createTransport({})
    const stuck = Array.from({ length: 40 }, () => patient.send({ method: 'GET', url: hung.origin, headers: [], limits: { timeoutMs: 1000 } }, testContext({}, { key: 'hung' })))
    const healthy = await Promise.all(Array.from({ length: 40 }, () => patient.send({ method: 'GET', url: server.origin, headers: [] }, testContext({}, { key: 'healthy' }))))
    expect(healthy.every((sent) => sent.type === 'response')).toBe(true)
    expect(new Set((await Promise.all(stuck)).map(summary)).has('NET0123 timeout maybe')).toBe(true)
    await Promise.all([hung.close(), patient.close()])
  })

  it('a dead host next to a healthy one of the same credential: each has its own breaker and places', async () => {
    const own = createTransport({ defaults: QUICK })
    const dead = await startTcp((socket) => socket.destroy())
    server.answer = json('{}')
    const to = (origin: string) => own.send({ method: 'GET', url: origin, headers: [] }, testContext({}, { key: 'both', limits: { concurrency: 1 } }))
    for (let index = 0; index < 6; index += 1) await to(dead.origin)
    expect(await to(dead.origin)).toMatchObject({ failure: { reason: 'circuitOpen' } })
    expect(summary(await to(server.origin))).toBe('200 json')
    await Promise.all([own.close(), dead.close()])
  })

  it('opens the breaker after failures in a row, and closes it by one probe', async () => {
    let clock = Date.UTC(2026, 0, 1)
    const own = createTransport({ now: () => clock, defaults: QUICK })
    let talk = (socket: Socket): unknown => socket.destroy()
    const raw = await startTcp((socket) => void talk(socket))
    const at = () => own.send({ method: 'GET', url: raw.origin, headers: [] }, testContext({}, { key: 'breaker' }))
    for (let index = 0; index < 5; index += 1) expect(summary(await at())).toBe('NET0131 reset maybe')
    expect(await at()).toMatchObject({ failure: { reason: 'circuitOpen', sent: 'nothing', retryAfterMs: 1000 } })
    clock += 1_000
    expect(summary(await at())).toBe('NET0131 reset maybe')
    expect(await at()).toMatchObject({ failure: { reason: 'circuitOpen', retryAfterMs: 2000 } })
    clock += 2_000
    talk = (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}'))
    expect(summary(await at())).toBe('200 json')
    expect(summary(await at())).toBe('200 json')
    await Promise.all([own.close(), raw.close()])
  })

  it('a 429 storm stops the others of its key until the time the server names', async () => {
    let clock = Date.UTC(2026, 0, 1)
    const own = createTransport({ now: () => clock, defaults: QUICK })
    server.answer = json('{}', 429, { 'retry-after': '30' })
    const before = server.seen.length
    const at = (key: string) => own.send({ method: 'GET', url: server.origin, headers: [] }, testContext({}, { key }))
    expect(await at('a')).toMatchObject({ response: { status: 429 } })
    const rest = await Promise.all(Array.from({ length: 10 }, () => at('a')))
    expect(rest.every((sent) => sent.type === 'failure' && sent.failure.reason === 'throttled' && sent.failure.retryAfterMs === 30_000 && sent.failure.sent === 'nothing')).toBe(true)
    server.answer = json('{}')
    expect(summary(await at('b'))).toBe('200 json')
    expect(server.seen.length - before).toBe(2)
    clock += 31_000
    expect(summary(await at('a'))).toBe('200 json')
    await own.close()
  })

  it('keeps to the concurrency of the key', async () => {
    let running = 0
    let most = 0
    server.answer = (_, response) => {
      running += 1
      most = Math.max(most, running)
      setTimeout(() => { running -= 1; response.end() }, 5)
    }
    const patient = createTransport({})
    const all = await Promise.all(Array.from({ length: 30 }, () => patient.send({ method: 'GET', url: server.origin, headers: [] }, testContext({}, { key: 'few', limits: { concurrency: 3 } }))))
    expect(all.every((sent) => sent.type === 'response')).toBe(true)
    expect(most).toBe(3)
    await patient.close()
  })
})
