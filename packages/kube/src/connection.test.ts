import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectKube, type Kube } from './client.js'
import type { ConnectionConfig } from './config.js'
import type { ConnectionOptions, RequestSample } from './connection.js'
import type { ResourceType } from './object.js'
import { startStubServer, type StubServer } from './stub-server.testing.js'

const WIDGETS: ResourceType = { group: 'test.dev', version: 'v1', plural: 'widgets', kind: 'Widget', namespaced: true }
const REF = { namespace: 'default', name: 'a' }

let stub: StubServer
const open: Kube[] = []
let samples: RequestSample[] = []

beforeEach(async () => {
  samples = []
  stub = await startStubServer()
  stub.put('a')
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((kube) => kube.close()))
  await stub.stop()
})

function kubeFor(config: Partial<ConnectionConfig> = {}, options: ConnectionOptions = {}): Kube {
  const kube = connectKube({ server: stub.url, ...config }, { observe: (sample) => samples.push(sample), ...options })
  open.push(kube)
  return kube
}

describe('answers', () => {
  it('an object, and what metrics need', async () => {
    const answer = await kubeFor().get(WIDGETS, REF)
    expect(answer).toMatchObject({ ok: true, value: { kind: 'Widget' } })
    expect(samples).toMatchObject([{ verb: 'get', method: 'GET', code: '200' }])
  })

  it('warnings of the server', async () => {
    stub.fault = () => ({ type: 'answer', status: 200, body: {}, headers: { warning: '299 - "unknown field \\"spec.a\\"", 299 - "deprecated"' } })
    expect(await kubeFor().get(WIDGETS, REF)).toEqual({ ok: true, value: {}, warnings: ['unknown field "spec.a"', 'deprecated'] })
  })

  it('a list of nothing, as kube-apiserver writes one of metadata', async () => {
    stub.fault = () => ({ type: 'answer', status: 200, body: { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: '7' }, items: null } })
    expect(await kubeFor().list(WIDGETS, { content: 'metadata' })).toEqual({ ok: true, value: { items: [], resourceVersion: '7' } })
    stub.fault = () => ({ type: 'answer', status: 200, body: { kind: 'WidgetList' } })
    expect(await kubeFor().list(WIDGETS)).toMatchObject({ ok: false, error: { kind: 'protocol' } })
  })

  it.each([
    { name: 'a log-in page', reason: 'a captive portal answers 200 with HTML', fault: { status: 200, body: '<html>' }, kind: 'protocol' },
    { name: 'an object of no sense', reason: 'an array is no object', fault: { status: 200, body: [] }, kind: 'protocol' },
    { name: 'a bare 404', reason: 'proxies answer without a Status', fault: { status: 404, body: 'no such path' }, kind: 'notFound' },
    { name: 'a bare 502', reason: 'load balancers do', fault: { status: 502, body: '<html>bad gateway' }, kind: 'server' },
  ])('$name: $reason', async (row) => {
    stub.fault = () => ({ type: 'answer', ...row.fault })
    expect(await kubeFor().get(WIDGETS, REF)).toMatchObject({ ok: false, error: { kind: row.kind } })
  })

  it('more than the limit is refused before it fills the memory', async () => {
    stub.fault = () => ({ type: 'answer', status: 200, body: { big: 'x'.repeat(100_000) } })
    expect(await kubeFor({}, { maxResponseBytes: 10_000 }).get(WIDGETS, REF)).toMatchObject({ ok: false, error: { kind: 'tooLarge' } })
  })
})

describe('no answer', () => {
  it.each([
    { name: 'nobody listens', reason: 'nothing was sent, a write may be repeated', server: 'http://127.0.0.1:1', want: { reason: 'Connect', sent: 'nothing' } },
    { name: 'no such name', reason: 'the resolver says so', server: 'http://nothing.invalid', want: { reason: 'Dns', sent: 'nothing' } },
    { name: 'no TLS there', reason: 'https was spoken to an http port', server: 'https', want: { reason: 'Tls', sent: 'nothing' } },
  ])('$name: $reason', async (row) => {
    const server = row.server === 'https' ? stub.url.replace('http:', 'https:') : row.server
    expect(await kubeFor({ server }).create(WIDGETS, { metadata: { name: 'b', namespace: 'default' } })).toMatchObject({ ok: false, error: { kind: 'unreachable', ...row.want } })
  })

  it('a write that broke may have arrived', async () => {
    stub.fault = () => ({ type: 'reset' })
    const answer = await kubeFor().create(WIDGETS, { metadata: { name: 'b', namespace: 'default' } })
    expect(answer).toMatchObject({ ok: false, error: { reason: 'Reset', sent: 'maybe' } })
    expect(stub.requests).toHaveLength(1)
  })

  it('a read on a connection that the server just closed is asked again', async () => {
    let left = 1
    stub.fault = () => (left-- > 0 ? { type: 'reset' } : undefined)
    expect(await kubeFor().get(WIDGETS, REF)).toMatchObject({ ok: true })
    expect(stub.requests).toHaveLength(2)
  })

  it('a server that hangs costs the time limit and no more', async () => {
    stub.fault = () => ({ type: 'hang' })
    expect(await kubeFor({}, { timeoutMs: 50 }).get(WIDGETS, REF)).toMatchObject({ ok: false, error: { reason: 'Timeout', sent: 'maybe' } })
  })

  it('a caller that gives up is told so', async () => {
    stub.fault = () => ({ type: 'hang' })
    const controller = new AbortController()
    const asked = kubeFor().get(WIDGETS, REF, { signal: controller.signal })
    controller.abort()
    expect(await asked).toMatchObject({ ok: false, error: { reason: 'Aborted' } })
  })

  it('a closed client answers instead of hanging', async () => {
    const kube = kubeFor()
    await kube.close()
    expect(await kube.get(WIDGETS, REF)).toMatchObject({ ok: false, error: { reason: 'Closed', sent: 'nothing' } })
  })
})

describe('throttling', () => {
  it('waits as long as the server asks and repeats, also a write: nothing was done', async () => {
    let left = 1
    stub.fault = (request) => {
      if (request.method === 'POST' && left-- > 0) return { type: 'answer', status: 429, headers: { 'retry-after': '0.02' } }
      return request.method === 'POST' ? { type: 'answer', status: 201, body: {} } : undefined
    }
    expect(await kubeFor().create(WIDGETS, { metadata: { name: 'b', namespace: 'default' } })).toMatchObject({ ok: true })
    expect(stub.requests).toHaveLength(2)
  })

  it('gives a pause that is too long to the caller', async () => {
    stub.fault = () => ({ type: 'answer', status: 429, headers: { 'retry-after': '60' } })
    expect(await kubeFor().get(WIDGETS, REF)).toMatchObject({ ok: false, error: { kind: 'throttled', retryAfterMs: 60_000 } })
    expect(stub.requests).toHaveLength(1)
  })
})

describe('credentials', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'token-')) })
  afterEach(() => rm(folder, { recursive: true }))

  it('a token file that was renewed is read again after a 401, once for all who wait', async () => {
    const tokenFile = join(folder, 'token')
    await writeFile(tokenFile, 'old\n')
    const kube = kubeFor({ tokenFile })
    await kube.get(WIDGETS, REF)
    await writeFile(tokenFile, 'new')
    stub.fault = (request) => (request.headers.authorization === 'Bearer new' ? undefined : { type: 'answer', status: 401 })
    const answers = await Promise.all([kube.get(WIDGETS, REF), kube.get(WIDGETS, REF)])
    expect(answers.every((answer) => answer.ok)).toBe(true)
  })

  it('a token that stays refused is reported, not tried for ever', async () => {
    stub.fault = () => ({ type: 'answer', status: 401 })
    expect(await kubeFor({ token: 'x' }).get(WIDGETS, REF)).toMatchObject({ ok: false, error: { kind: 'unauthorized' } })
    expect(stub.requests).toHaveLength(1)
  })

  it('a missing token file is a finding', async () => {
    expect(await kubeFor({ tokenFile: join(folder, 'absent') }).get(WIDGETS, REF)).toMatchObject({ ok: false, error: { reason: 'Credentials', sent: 'nothing', finding: { code: 'KUB0205' } } })
  })

  it('a missing certificate authority is one too', async () => {
    expect(await kubeFor({ caFile: join(folder, 'absent') }).get(WIDGETS, REF)).toMatchObject({
      ok: false, error: { reason: 'Credentials', sent: 'nothing', message: expect.stringContaining('certificate authority') as unknown },
    })
  })

  it('user and password, and another identity', async () => {
    await kubeFor({ basic: { username: 'a', password: 'b' }, impersonate: { user: 'bob', groups: ['x', 'y'] } }).get(WIDGETS, REF)
    expect(stub.requests[0]?.headers).toMatchObject({ authorization: 'Basic YTpi', 'impersonate-user': 'bob', 'impersonate-group': 'x, y' })
  })

  it('a path in front of the API is kept', async () => {
    await kubeFor({ server: `${stub.url}/k8s/clusters/c-1/` }).get(WIDGETS, REF)
    expect(stub.requests[0]?.path).toBe('/k8s/clusters/c-1/apis/test.dev/v1/namespaces/default/widgets/a')
  })
})

describe('proxies', () => {
  it('requests go through an HTTP proxy', async () => {
    const proxy = await startConnectProxy()
    try {
      expect(await kubeFor({ proxy: proxy.url }).get(WIDGETS, REF)).toMatchObject({ ok: true })
      expect(proxy.targets).toEqual([new URL(stub.url).host])
    } finally {
      proxy.server.close()
    }
  })
})

/** The CONNECT method and nothing else. */
async function startConnectProxy(): Promise<{ readonly url: string; readonly targets: string[]; readonly server: Server }> {
  const targets: string[] = []
  const server = createServer((socket: Socket) => {
    socket.once('data', (head) => {
      const target = /^CONNECT (\S+) /.exec(head.toString())?.[1] ?? ''
      targets.push(target)
      const [host = '', port = ''] = target.split(':')
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.pipe(upstream).pipe(socket)
      })
      for (const end of [socket, upstream]) end.on('error', () => undefined)
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, targets, server }
}
