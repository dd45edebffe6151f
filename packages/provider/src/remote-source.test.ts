import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { readSourceUri } from '@oasgen/openapi'
import { createTransport, type Transport } from '@oasgen/transport'
import { createRemoteSources, type RemoteOptions, type RemoteSources } from './remote-source.js'

describe('documents from outside the cluster', () => {
  const asked: { authorization: string | undefined; conditional: boolean }[] = []
  let status = 200
  let now = 0
  let server: Server
  let transport: Transport
  let uri: string
  beforeAll(async () => {
    server = createServer((request, response) => {
      const conditional = request.headers['if-none-match'] === '"1"'
      asked.push({ authorization: request.headers.authorization, conditional })
      response.writeHead(status !== 200 ? status : conditional ? 304 : 200, { etag: '"1"' }).end(conditional ? undefined : '{"openapi": "3.0.3"}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/openapi.json`
    transport = createTransport({ privateAddresses: 'allow' })
  })
  afterAll(async () => {
    await transport.close()
    server.close()
    server.closeAllConnections()
  })
  beforeEach(() => {
    asked.length = 0
    status = 200
    now = 0
  })

  const secrets: Readonly<Record<string, Readonly<Record<string, string>>>> = { 'team/reader': { token: 'abc' }, 'team/basic': { username: 'me', password: 'pw' }, 'team/empty': {} }
  const open = (more: Partial<RemoteOptions> = {}): RemoteSources => createRemoteSources({
    transport, files: 'deny', allowHosts: [], crossNamespace: 'deny', now: () => now,
    secret: ({ namespace, name }) => {
      const data = secrets[`${namespace}/${name}`]
      return Promise.resolve(data === undefined ? { state: 'missing', why: `there is no Secret ${namespace}/${name}` } : { state: 'found', data, version: '1' })
    },
    ...more,
  })
  const definition = (document: JsonObject = {}): JsonObject => ({ metadata: { namespace: 'team', name: 'book' }, spec: { document } })
  const load = (sources: RemoteSources, document?: JsonObject, from = uri) => sources.load(readSourceUri(from).value!, from, definition(document))

  it('are downloaded once for all who ask at the same time, and for the interval after it', async () => {
    const sources = open()
    await Promise.all(Array.from({ length: 20 }, () => load(sources)))
    now = 299_000
    await load(sources)
    expect(asked).toHaveLength(1)
    now = 301_000
    expect(await load(sources)).toMatchObject({ state: 'found' })
    expect(asked.map(({ conditional }) => conditional)).toEqual([false, true])
  })

  it('follow the interval of whoever asks, also when it was made shorter', async () => {
    const sources = open()
    await load(sources, { refreshInterval: '1h' })
    now = 3000
    await load(sources, { refreshInterval: '2s' })
    expect(asked).toHaveLength(2)
  })

  it('that were read with credentials are not served to who has none', async () => {
    const sources = open()
    await load(sources, { credentialsRef: { name: 'reader' } })
    await load(sources)
    await load(sources, { credentialsRef: { name: 'basic' } })
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer abc', undefined, `Basic ${Buffer.from('me:pw').toString('base64')}`])
  })

  it.each([
    ['a Secret that is not there', { credentialsRef: { name: 'gone' } }, 'there is no Secret team/gone'],
    ['a Secret with nothing to authenticate with', { credentialsRef: { name: 'empty' } }, 'has no token'],
    ['a Secret of another namespace', { credentialsRef: { name: 'reader', namespace: 'other' } }, '--cross-namespace=deny'],
  ])('are not asked for with %s', async (_, document, why) => {
    const loaded = await load(open(), document)
    expect(loaded).toMatchObject({ state: 'missing', finding: { code: 'PRV0106', message: expect.stringContaining(why) as string } })
    expect(asked).toEqual([])
  })

  it('stay as they were read while their place is out of order, and say so', async () => {
    const sources = open()
    await load(sources)
    status = 503
    now = 301_000
    expect(await load(sources)).toMatchObject({ state: 'found', problem: { duration: 'passing' } })
    now = 302_000
    await load(sources)
    expect(asked).toHaveLength(2)
    status = 200
    now = 340_000
    expect(await load(sources)).not.toHaveProperty('problem')
  })

  it('come from allowed hosts only, and never from files of the provider', async () => {
    expect(await load(open({ allowHosts: ['*.example.com'] }))).toMatchObject({ state: 'refused', finding: { code: 'PRV0107' } })
    expect(await load(open(), {}, 'file:///etc/passwd')).toMatchObject({ state: 'refused', finding: { code: 'PRV0107' } })
  })
})
