import { createHash } from 'node:crypto'
import { brotliCompressSync } from 'node:zlib'
import type { buildConnector } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTransport, type FetchDocumentOptions, type FetchedDocument } from '../index.js'
import { CA_CERTIFICATE, SERVER_CERTIFICATE, SERVER_KEY } from '../certificates.testing.js'
import { createConnector } from '../connection/connector.js'
import { createGuard } from '../connection/guard.js'
import type { LookUp } from '../connection/names.js'
import { json, startLoopback, type Answer, type Loopback } from '../loopback.testing.js'

const DOCUMENT = 'openapi: 3.0.3\n'
const DIGEST = `sha256:${createHash('sha256').update(DOCUMENT).digest('hex')}`

let server: Loopback
const transport = createTransport({ privateAddresses: 'allow' })

beforeAll(async () => { server = await startLoopback() })
afterAll(async () => { await Promise.all([transport.close(), server.close()]) })
beforeEach(() => { server.seen.length = 0 })

const http = (options: FetchDocumentOptions = {}) => {
  const url = `${server.origin}/openapi.yaml`
  return transport.fetchDocument({ kind: 'http', uri: url, url }, options)
}
const codeOf = (fetched: FetchedDocument) => (fetched.type === 'failure' ? `${fetched.finding.code} ${fetched.duration}` : fetched.type)
const whole: Answer = (_, response) => response.writeHead(200, { 'content-type': 'application/yaml' }).end(DOCUMENT)

describe('a server that takes its time', () => {
  it('may send one byte after another, as long as the time in all suffices', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-length': String(DOCUMENT.length) })
      drip(response, DOCUMENT, 2)
    }
    expect(await http({ timeoutMs: 10_000 })).toMatchObject({ type: 'document', identity: { digest: DIGEST } })
  })

  it('is given up when the time is over, in the middle of the body or before it', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-length': '1000000' })
      drip(response, 'x'.repeat(100_000), 20)
    }
    expect(codeOf(await http({ timeoutMs: 200 }))).toBe('NET0503 passing')
    server.answer = () => {}
    expect(codeOf(await http({ timeoutMs: 200 }))).toBe('NET0503 passing')
  })
})

function drip(response: { write(text: string): boolean; end(): void; destroyed: boolean }, text: string, pauseMs: number, at = 0): void {
  if (response.destroyed) return
  if (at >= text.length) {
    response.end()
    return
  }
  response.write(text.charAt(at))
  setTimeout(() => drip(response, text, pauseMs, at + 1), pauseMs)
}

describe('what a server says of its document', () => {
  it('brotli is read', async () => {
    server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(DOCUMENT))
    expect(await http()).toMatchObject({ type: 'document', identity: { digest: DIGEST } })
    expect(server.seen[0]?.headers['accept-encoding']).toContain('br')
  })

  it('a date revalidates where there is no entity tag', async () => {
    const date = 'Thu, 01 Jan 2026 00:00:00 GMT'
    server.answer = (request, response) => {
      if (request.headers['if-modified-since'] === date) return response.writeHead(304).end()
      return response.writeHead(200, { 'last-modified': date }).end(DOCUMENT)
    }
    const first = await http()
    if (first.type !== 'document') throw new Error(codeOf(first))
    expect(await http({ previous: first.identity })).toEqual({ type: 'notModified', identity: first.identity })
  })

  it('Retry-After says when to come back', async () => {
    server.answer = json('{}', 503, { 'retry-after': '120' })
    expect(await http()).toMatchObject({ type: 'failure', duration: 'passing', retryAfterMs: 120_000 })
  })

  it('a pinned digest takes the document, and refuses another', async () => {
    server.answer = whole
    expect(codeOf(await http({ digest: DIGEST }))).toBe('document')
    expect(codeOf(await http({ digest: `sha256:${'a'.repeat(64)}` }))).toBe('NET0505 lasting')
  })
})

describe('redirects', () => {
  it('never lead from TLS to plain HTTP', async () => {
    server.answer = whole
    const moved: Answer = (_, response) => response.writeHead(302, { location: `${server.origin}/plain` }).end()
    const secure = await startLoopback(moved, { cert: SERVER_CERTIFICATE, key: SERVER_KEY })
    const url = `${secure.origin}/x`
    const fetched = await transport.fetchDocument({ kind: 'http', uri: url, url }, { credentials: { ca: CA_CERTIFICATE } })
    await secure.close()
    expect(fetched).toMatchObject({ type: 'failure', finding: { code: 'NET0305' }, duration: 'lasting' })
    expect(server.seen).toEqual([])
  })

  it('are followed when they are of the same kind, with the private addresses judged again', async () => {
    server.answer = (request, response) =>
      (request.url === '/openapi.yaml' ? response.writeHead(301, { location: '/v2/openapi.yaml' }).end() : whole(request, response))
    expect(codeOf(await http())).toBe('document')
    expect(server.seen.map(({ url }) => url)).toEqual(['/openapi.yaml', '/v2/openapi.yaml'])
  })
})

describe('a host that answers as GitHub does', () => {
  const source = { kind: 'github', uri: 'github://octo/api/openapi.yaml', host: 'github.example.com', owner: 'octo', repository: 'api', path: 'openapi.yaml' } as const

  it('an Enterprise server is asked at its own contents endpoint, at the default branch where no ref is given', async () => {
    server.answer = (_, response) => response.writeHead(200, { 'content-type': 'application/vnd.github.raw+json', etag: '"g1"' }).end(DOCUMENT)
    const options = { github: { apiUrl: `${server.origin}/api/v3` }, credentials: { token: 'ghe-token-1234' } }
    expect(await transport.fetchDocument(source, options)).toMatchObject({ type: 'document', identity: { etag: '"g1"' } })
    expect(server.seen[0]?.url).toBe('/api/v3/repos/octo/api/contents/openapi.yaml')
  })

  it('a used-up limit passes, and says when', async () => {
    const reset = String(Math.floor(Date.now() / 1000) + 3600)
    server.answer = json('{"message": "API rate limit exceeded"}', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset })
    const fetched = await transport.fetchDocument(source, { github: { apiUrl: server.origin }, credentials: { token: 'ghe-token-1234' } })
    expect(fetched).toMatchObject({ type: 'failure', duration: 'passing' })
  })
})

describe('names', () => {
  const connect = async (lookUp: LookUp, purpose: 'deny' | 'allow') => {
    const connector = createConnector({ lookUp, guard: createGuard(purpose, () => {}), tls: {}, connectTimeoutMs: 2000 })
    const target = { hostname: 'rebinding.example.com', host: 'rebinding.example.com', protocol: 'http:', port: String(server.port) } as buildConnector.Options
    return new Promise<string>((resolve) => {
      connector(target, (error, socket) => {
        resolve(error === null ? `connected to ${socket?.remoteAddress}` : error.message)
        socket?.destroy()
      })
    })
  }

  it('are looked up once a connection, and what was judged is what is connected to', async () => {
    let asked = 0
    const changing: LookUp = (_, found) => {
      asked += 1
      found(null, [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }])
    }
    expect(await connect(changing, 'allow')).toBe('connected to 127.0.0.1')
    expect(asked).toBe(1)
  })

  it('are refused when one of their addresses is', async () => {
    const mixed: LookUp = (_, found) => found(null, [{ address: '127.0.0.1', family: 4 }, { address: '169.254.169.254', family: 4 }])
    expect(await connect(mixed, 'allow')).toContain('rebinding.example.com')
    const inside: LookUp = (_, found) => found(null, [{ address: '8.8.8.8', family: 4 }, { address: '10.0.0.1', family: 4 }])
    expect(await connect(inside, 'deny')).toContain('rebinding.example.com')
  })
})
