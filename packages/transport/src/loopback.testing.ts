import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server as HttpServer, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect, createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import type { SendContext } from './context.js'

export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
export type Answer = (request: Seen, response: ServerResponse) => void

export interface Loopback {
  readonly origin: string
  readonly port: number
  /** Every request, in the order of coming. */
  readonly seen: Seen[]
  answer: Answer
  /** Connections accepted so far. */
  connections: number
  close(): Promise<void>
}

/** A real server on the loopback interface; `answer` can be changed at any time. */
export async function startLoopback(answer: Answer = json('{}'), tls?: TlsOptions): Promise<Loopback> {
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const entry = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
      loopback.seen.push(entry)
      loopback.answer(entry, response)
    })
  }
  const server: HttpServer = tls === undefined ? createHttp(listener) : createHttps(tls, listener)
  const port = await listen(server)
  const loopback: Loopback = { origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, port, seen: [], answer, connections: 0, close: () => close(server) }
  server.on(tls === undefined ? 'connection' : 'secureConnection', () => { loopback.connections += 1 })
  server.on('tlsClientError', () => {})
  return loopback
}

/** A server that speaks whatever the test says. */
export async function startTcp(onConnection: (socket: Socket) => void): Promise<{ readonly origin: string; readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createTcp((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onConnection(socket)
  })
  const port = await listen(server)
  const closeAll = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await close(server)
  }
  return { origin: `http://127.0.0.1:${port}`, port, close: closeAll }
}

export interface TestProxy {
  readonly url: string
  readonly tunnels: { readonly authority: string; readonly authorization: string | undefined }[]
  readonly forwarded: string[]
  close(): Promise<void>
}

/** A forward proxy: CONNECT tunnels, and absolute-form requests that it answers itself. `refuse` = the status it answers CONNECT with. */
export async function startProxy(refuse?: number): Promise<TestProxy> {
  const proxy: Pick<TestProxy, 'tunnels' | 'forwarded'> = { tunnels: [], forwarded: [] }
  const sockets = new Set<Socket>()
  const server = createHttp((request, response) => {
    proxy.forwarded.push(`${request.method} ${request.url} ${request.headers.host}`)
    response.end('by the proxy')
  })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    proxy.tunnels.push({ authority: request.url ?? '', authorization: request.headers['proxy-authorization'] })
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`)
      return
    }
    const [host = '', port] = (request.url ?? '').split(':')
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(upstream).pipe(socket)
    })
    for (const side of [socket, upstream]) sockets.add(side)
    for (const side of [socket, upstream]) side.on('error', () => { socket.destroy(); upstream.destroy() })
  })
  const port = await listen(server)
  const closeAll = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await close(server)
  }
  return { ...proxy, url: `http://127.0.0.1:${port}`, close: closeAll }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function close(server: Server): Promise<void> {
  if ('closeAllConnections' in server) (server as HttpServer).closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

export function json(text: string, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(text)
  }
}

/** Secrets of the namespace `default`, Secret `creds`. */
export function testContext(secrets: Readonly<Record<string, string>>, extra: Partial<SendContext> = {}): SendContext {
  return {
    key: 'test',
    auth: {},
    secrets: ({ key }) => (Object.hasOwn(secrets, key) ? { value: secrets[key] as string, version: '1' } : undefined),
    allowedOrigins: [],
    ...extra,
  }
}

export const secret = (key: string) => ({ secret: { namespace: 'default', name: 'creds', key } })
export const requires = (...schemes: readonly string[]) => ({ alternatives: [{ schemes: schemes.map((scheme) => ({ scheme, scopes: [] })) }] })
