import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Decimal, Sealed } from '@oasgen/json'
import type { HttpRequest } from '@oasgen/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTransport, sealedHmac, type SendContext } from './index.js'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

let server: Server
let origin = ''
let seen: Seen[] = []
let answer: (request: Seen, response: ServerResponse) => void = (_, response) => response.end()
const transport = createTransport()

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const entry = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
      seen.push(entry)
      answer(entry, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  await transport.close()
  await new Promise((resolve) => server.close(resolve))
})

const SECRETS: Readonly<Record<string, string>> = { password: ' correct-horse-battery\n', number: '12345678901234567890', short: 'abc', quote: 'a"b\\c/secret' }
const sealed = (key: string, form: 'text' | 'json' | 'base64' = 'text'): Sealed => new Sealed({ namespace: 'default', name: 'creds', key }, form)
const secret = (key: string) => ({ secret: { namespace: 'default', name: 'creds', key } })

function context(extra: Partial<SendContext> = {}): SendContext {
  return {
    key: 'test',
    auth: {},
    secrets: ({ key }) => (Object.hasOwn(SECRETS, key) ? { value: SECRETS[key] as string, version: '1' } : undefined),
    allowedOrigins: [origin],
    hmacKey: 'hmac',
    ...extra,
  }
}

async function send(request: Partial<HttpRequest>, extra: Partial<SendContext> = {}) {
  seen = []
  return transport.send({ method: 'GET', url: `${origin}/things`, headers: [], ...request }, context(extra))
}

function json(value: string, status = 200) {
  return (_: Seen, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(value)
  }
}

describe('send', () => {
  it('reads JSON with exact numbers', async () => {
    answer = json('{"id":9007199254740993,"price":1.10000000000000000001}')
    const sent = await send({})
    expect(sent).toMatchObject({ type: 'response', response: { status: 200, body: { type: 'json', value: { id: 9007199254740993n, price: new Decimal('1.10000000000000000001') } } } })
  })

  it('fills sealed leaves where they stand and returns their HMACs by place', async () => {
    answer = json('{}')
    const sent = await send({
      method: 'POST',
      url: [`${origin}/things?p=`, sealed('quote')],
      headers: [{ name: 'x-token', value: ['v ', sealed('password')] }],
      body: { type: 'json', contentType: 'application/json', value: { a: [{ 'x/y': sealed('quote') }], n: sealed('number', 'json'), b: sealed('short', 'base64') } },
    })
    expect(seen[0]?.url).toBe('/things?p=a%22b%5Cc%2Fsecret')
    expect(seen[0]?.headers['x-token']).toBe('v correct-horse-battery')
    expect(seen[0]?.body).toBe('{"a":[{"x/y":"a\\"b\\\\c/secret"}],"n":12345678901234567890,"b":"YWJj"}')
    expect(sent.sealed).toEqual({
      url: sealedHmac('hmac', 'a"b\\c/secret'),
      'header:x-token': sealedHmac('hmac', 'correct-horse-battery'),
      'body:/a/0/x~1y': sealedHmac('hmac', 'a"b\\c/secret'),
      'body:/n': sealedHmac('hmac', '12345678901234567890'),
      'body:/b': sealedHmac('hmac', 'abc'),
    })
  })

  it('masks what the API echoes: credentials, filled values, in any spelling', async () => {
    answer = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-echo': 'is correct-horse-battery' })
      response.end(`{"auth":${JSON.stringify(request.headers.authorization)},"p":"a\\"b\\\\c\\/secret","u":"c\\u006frrect-horse-battery","n":12345678901234567890,"name":"abc","password":"abc"}`)
    }
    const sent = await send({
      method: 'POST', auth: { alternatives: [{ schemes: [{ scheme: 'b', scopes: [] }] }] },
      body: { type: 'json', contentType: 'application/json', value: [sealed('quote'), sealed('number', 'json'), sealed('short')] },
    }, { auth: { b: { type: 'basic', username: { value: 'me' }, password: secret('password') } } })
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:correct-horse-battery').toString('base64')}`)
    expect(sent).toMatchObject({ response: {
      headers: { 'x-echo': 'is ••••' },
      body: { value: { auth: 'Basic ••••', p: '••••', u: '••••', n: '••••', name: 'abc', password: '••••' } },
    } })
  })

  it('sends nothing when a Secret is missing', async () => {
    const sent = await send({ headers: [{ name: 'x', value: [sealed('absent')] }] })
    expect(sent).toMatchObject({ type: 'failure', failure: { reason: 'credentialsMissing', sent: 'nothing', code: 'NET0202' } })
    expect(seen).toEqual([])
  })

  it('sends credentials and sealed values to the allowed origins only', async () => {
    const extra = { allowedOrigins: ['https://api.example.com'], auth: { t: { type: 'bearer', token: secret('password') } } } as const
    const auth = { alternatives: [{ schemes: [{ scheme: 't', scopes: [] }] }] }
    expect(await send({ auth }, extra)).toMatchObject({ failure: { code: 'NET0301', sent: 'nothing' } })
    expect(await send({ headers: [{ name: 'x', value: [sealed('short')] }] }, extra)).toMatchObject({ failure: { code: 'NET0301', sent: 'nothing' } })
    expect(await send({}, extra)).toMatchObject({ type: 'response' })
  })

  it('takes the first alternative that is satisfied, anonymous access last', async () => {
    answer = json('{}')
    const auth = { alternatives: [{ schemes: [] }, { schemes: [{ scheme: 'none', scopes: [] }] }, { schemes: [{ scheme: 'k', scopes: [] }, { scheme: 'c', scopes: [] }] }] }
    await send({ auth, url: `${origin}/things?a=1` }, { auth: {
      k: { type: 'apiKey', in: 'query', name: 'api key', value: secret('quote') },
      c: { type: 'apiKey', in: 'cookie', name: 'sid', value: secret('short') },
    } })
    expect(seen[0]?.url).toBe('/things?a=1&api%20key=a%22b%5Cc%2Fsecret')
    expect(seen[0]?.headers.cookie).toBe('sid=abc')
  })

  it('does not go without credentials that are configured and missing', async () => {
    const auth = { alternatives: [{ schemes: [{ scheme: 't', scopes: [] }] }, { schemes: [] }] }
    expect(await send({ auth }, { auth: { t: { type: 'bearer', token: secret('absent') } } })).toMatchObject({ failure: { reason: 'credentialsMissing', sent: 'nothing' } })
    expect(await send({ auth })).toMatchObject({ type: 'response' })
  })
})

describe('look', () => {
  const look = (known?: string, extra: Partial<SendContext> = {}) => transport.look({ method: 'GET', url: `${origin}/things`, headers: [] }, context(extra), known)

  it('knows an answer again without reading it, and any other one is read', async () => {
    answer = json('{"a":1}')
    const first = await look()
    expect(first).toMatchObject({ type: 'response', response: { body: { value: { a: 1 } } }, digest: expect.any(String) as string })
    const { digest } = first as { digest: string }
    expect(await look(digest)).toEqual({ type: 'same', status: 200, tookMs: expect.any(Number) as number })
    answer = json('{"a":2}')
    expect(await look(digest)).toMatchObject({ type: 'response', response: { body: { value: { a: 2 } } } })
  })

  it.each<{ readonly reason: string; readonly status: number; readonly type: string; readonly body: string }>([
    { reason: 'another status says something else', status: 404, type: 'application/json', body: '{"a":1}' },
    { reason: 'another type is read in another way', status: 200, type: 'text/plain', body: '{"a":1}' },
    { reason: 'white space may mean nothing, and is not judged here', status: 200, type: 'application/json', body: '{"a": 1}' },
    { reason: 'nothing is not something', status: 200, type: 'application/json', body: '' },
  ])('$reason', async ({ status, type, body }) => {
    answer = json('{"a":1}')
    const { digest } = (await look()) as { digest: string }
    answer = (_, response) => void response.writeHead(status, { 'content-type': type }).end(body)
    expect(await look(digest)).toMatchObject({ type: 'response', response: { status } })
  })

  it('fails as send does, and has then nothing to be known by', async () => {
    const refused = await transport.look({ method: 'GET', url: `${origin}/things`, headers: [{ name: 'x', value: [sealed('absent')] }] }, context(), '200 x')
    expect(refused).toMatchObject({ type: 'failure', failure: { code: 'NET0202', sent: 'nothing' } })
    expect(refused).not.toHaveProperty('digest')
  })

  it('uses what a Secret says now, also for a request that it has seen', async () => {
    answer = json('{}')
    const auth = { alternatives: [{ schemes: [{ scheme: 't', scopes: [] }] }] }
    const request = { method: 'GET', url: `${origin}/things`, headers: [], auth } as const
    for (const token of ['one-token', 'two-token']) {
      seen = []
      await transport.look(request, context({ auth: { t: { type: 'bearer', token: secret('rotated') } }, secrets: () => ({ value: token, version: token }) }))
      expect(seen[0]?.headers.authorization).toBe(`Bearer ${token}`)
    }
  })
})
