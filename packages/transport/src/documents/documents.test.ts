import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Finding } from '@oasgen/diagnostics'
import { createTransport, type FetchDocumentOptions, type FetchedDocument } from '../index.js'
import { CA_CERTIFICATE, SERVER_CERTIFICATE, SERVER_KEY } from '../certificates.testing.js'
import { json, startLoopback, type Answer, type Loopback } from '../loopback.testing.js'

const DOCUMENT = 'openapi: 3.0.3\n'
const DIGEST = `sha256:${createHash('sha256').update(DOCUMENT).digest('hex')}`

let server: Loopback
let other: Loopback
let warnings: Finding[] = []
const transport = createTransport({ privateAddresses: 'allow', onWarning: (finding) => warnings.push(finding) })

beforeAll(async () => {
  server = await startLoopback()
  other = await startLoopback()
})
afterAll(async () => {
  await Promise.all([transport.close(), server.close(), other.close()])
})
beforeEach(() => {
  server.seen.length = 0
  other.seen.length = 0
  warnings = []
  server.answer = yaml()
  other.answer = yaml()
})

function yaml(headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/yaml', ...headers })
    response.end(DOCUMENT)
  }
}
const http = (options: FetchDocumentOptions = {}, path = '/openapi.yaml') => transport.fetchDocument(urlSource(server.origin + path), options)
const urlSource = (url: string) => ({ kind: 'http', uri: url, url }) as const
const codeOf = (fetched: FetchedDocument) => (fetched.type === 'failure' ? `${fetched.finding.code} ${fetched.duration}` : fetched.type)

describe('http sources', () => {
  it('answers bytes, media type and identity; unchanged costs one conditional request', async () => {
    server.answer = (request, response) => {
      if (request.headers['if-none-match'] === '"v1"') return response.writeHead(304).end()
      return yaml({ etag: '"v1"', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' })(request, response)
    }
    const first = await http()
    expect(first).toMatchObject({ type: 'document', mediaType: 'application/yaml', identity: { digest: DIGEST, etag: '"v1"' } })
    if (first.type !== 'document') return
    expect(Buffer.from(first.bytes).toString()).toBe(DOCUMENT)
    expect(await http({ previous: first.identity })).toEqual({ type: 'notModified', identity: first.identity })
    expect(server.seen).toHaveLength(2)
  })

  it('is not modified when a server without validators sends the same bytes', async () => {
    expect(await http({ previous: { digest: DIGEST } })).toEqual({ type: 'notModified', identity: { digest: DIGEST } })
  })

  it('asks for the whole when the pin is another one than what is held', async () => {
    expect(codeOf(await http({ previous: { digest: DIGEST, etag: '"v1"' }, digest: `sha256:${'0'.repeat(64)}` }))).toBe('NET0505 lasting')
    expect(server.seen[0]?.headers['if-none-match']).toBeUndefined()
  })

  const failures: readonly { name: string; answer: Answer; options?: FetchDocumentOptions; want: string; reason: string }[] = [
    { name: '404', answer: json('{}', 404), want: 'NET0501 lasting', reason: 'there is none' },
    { name: '401', answer: json('{}', 401), want: 'NET0502 lasting', reason: 'credentials are needed' },
    { name: '403 with rate headers', answer: json('{}', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' }), want: 'NET0503 passing', reason: 'GitHub says 403 when the limit is used up' },
    { name: '429', answer: json('{}', 429, { 'retry-after': '7' }), want: 'NET0503 passing', reason: 'throttled' },
    { name: '500', answer: json('{}', 500), want: 'NET0503 passing', reason: 'ill' },
    { name: 'empty', answer: (_, response) => response.end(), want: 'NET0510 passing', reason: 'never replaces what was there' },
    { name: 'too large', answer: yaml(), options: { maxBytes: 5 }, want: 'NET0504 lasting', reason: 'more than the limit' },
    { name: 'bomb', answer: (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000))), options: { maxBytes: 10_000 }, want: 'NET0504 lasting', reason: 'the limit counts decompressed bytes' },
    { name: 'truncated', answer: (_, response) => { response.writeHead(200, { 'content-length': '100' }); response.write(DOCUMENT); setTimeout(() => response.destroy(), 10) }, want: 'NET0503 passing', reason: 'half a document is none' },
    { name: 'redirect loop', answer: (_, response) => response.writeHead(302, { location: '/openapi.yaml' }).end(), want: 'NET0305 lasting', reason: 'bounded' },
  ]
  it.each(failures)('$name: $reason', async ({ answer, options, want }) => {
    server.answer = answer
    expect(codeOf(await http(options))).toBe(want)
  })

  it('reads gzip', async () => {
    server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(DOCUMENT))
    expect(await http()).toMatchObject({ type: 'document', identity: { digest: DIGEST } })
  })

  it('keeps credentials at the first host when it redirects', async () => {
    server.answer = (_, response) => response.writeHead(307, { location: `${other.origin}/moved` }).end()
    expect(await http({ credentials: { token: 'token-of-the-user' } })).toMatchObject({ type: 'document' })
    expect(server.seen[0]?.headers.authorization).toBe('Bearer token-of-the-user')
    expect(other.seen[0]?.headers.authorization).toBeUndefined()
  })

  it('takes user and password out of the URL, and its query out of findings', async () => {
    server.answer = json('{}', 404)
    const url = server.origin.replace('http://', 'http://me:p%40ss@')
    const fetched = await transport.fetchDocument(urlSource(`${url}/x?sig=verysecret`))
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
    expect(JSON.stringify(fetched)).not.toMatch(/verysecret|p%40ss/)
  })

  it('trusts the CA that is given and no other', async () => {
    const secure = await startLoopback(yaml(), { cert: SERVER_CERTIFICATE, key: SERVER_KEY })
    const fetch = (options: FetchDocumentOptions) => transport.fetchDocument(urlSource(`${secure.origin}/x`), options)
    expect(codeOf(await fetch({ credentials: { ca: CA_CERTIFICATE } }))).toBe('document')
    expect(codeOf(await fetch({}))).toBe('NET0111 lasting')
    await secure.close()
  })
})

describe('addresses', () => {
  it('refuses, reports or permits private addresses by policy', async () => {
    expect(codeOf(await http({ privateAddresses: 'deny' }))).toBe('NET0303 lasting')
    expect(server.seen).toEqual([])
    expect(codeOf(await http({ privateAddresses: 'warn' }))).toBe('document')
    expect(codeOf(await http({ privateAddresses: 'warn' }))).toBe('document')
    expect(warnings.map(({ code }) => code)).toEqual(['NET0304'])
  })

  it.each(['http://169.254.169.254/latest', 'http://[fe80::1]/', 'http://metadata.google.internal/', 'http://[::ffff:169.254.169.254]/', 'http://2852039166/'])('never asks %s', async (url) => {
    expect(codeOf(await transport.fetchDocument(urlSource(url)))).toBe('NET0302 lasting')
  })

  it('judges a redirect anew, and a name by what it leads to', async () => {
    server.answer = (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    expect(codeOf(await http())).toBe('NET0302 lasting')
    expect(codeOf(await transport.fetchDocument(urlSource(`http://localhost:${server.port}/`), { privateAddresses: 'deny' }))).toBe('NET0303 lasting')
  })
})

describe('github sources', () => {
  const fetch = (options: FetchDocumentOptions = {}) => transport.fetchDocument({ kind: 'github', uri: 'github://octo/api/specs/a b.yaml@release/1.0', host: 'github.com', owner: 'octo', repository: 'api', path: 'specs/a b.yaml', ref: 'release/1.0' },
    { github: { apiUrl: `${server.origin}/api/v3/`, rawUrl: other.origin }, ...options })

  it('reads the raw host without a token, the contents endpoint with one', async () => {
    expect(await fetch()).toMatchObject({ type: 'document' })
    expect(other.seen[0]).toMatchObject({ url: '/octo/api/release/1.0/specs/a%20b.yaml' })
    expect(await fetch({ credentials: { token: ' ghp_12345678 \n' } })).toMatchObject({ type: 'document' })
    expect(server.seen[0]).toMatchObject({ url: '/api/v3/repos/octo/api/contents/specs/a%20b.yaml?ref=release%2F1.0', headers: { authorization: 'Bearer ghp_12345678', accept: 'application/vnd.github.raw+json' } })
  })

  it('names the source in its findings', async () => {
    other.answer = json('{}', 404)
    expect(await fetch()).toMatchObject({ finding: { code: 'NET0501', message: expect.stringContaining('github://octo/api/specs/a b.yaml@release/1.0') } })
  })
})

describe('file sources', () => {
  it('reads files where they are allowed', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'oasgen-')), 'openapi.yaml')
    writeFileSync(path, DOCUMENT)
    expect(codeOf(await transport.fetchDocument({ kind: 'file', uri: `file://${path}`, path }))).toBe('NET0509 lasting')
    expect(await transport.fetchDocument({ kind: 'file', uri: `file://${path}`, path }, { files: 'allow' })).toMatchObject({ type: 'document', identity: { digest: DIGEST } })
    expect(await transport.fetchDocument({ kind: 'file', uri: `file://${path}`, path }, { files: 'allow', previous: { digest: DIGEST } })).toMatchObject({ type: 'notModified' })
    expect(codeOf(await transport.fetchDocument({ kind: 'file', uri: 'file://x', path: `${path}.absent` }, { files: 'allow' }))).toBe('NET0508 lasting')
  })
  it('leaves ConfigMaps to whoever speaks to the cluster', async () => {
    expect(codeOf(await transport.fetchDocument({ kind: 'configMap', uri: 'configmap://a/b/c', namespace: 'a', name: 'b', key: 'c' }))).toBe('NET0509 lasting')
  })
})
