import { randomUUID } from 'node:crypto'
import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { writeJson } from '@oasgen/json'
import { dump } from 'js-yaml'
import { toPlain } from '@oasgen/json'
import { ADMIN, authenticate, type Authentication } from '../auth/authenticate.js'
import { Failure, statusOf, tooLarge, unauthorized } from '../failure.js'
import { failureReply } from '../api/failure-reply.js'
import type { Kernel } from '../kernel.js'
import type { ApiRequest, ObjectReply, TextReply, User } from '../request.js'
import { warningHeader } from './warning.js'
import { streamWatch } from './watch-stream.js'

export interface EdgeOptions {
  readonly kernel: Kernel
  readonly authentication: Authentication
  readonly now: () => number
  readonly log: (line: string) => void
}

/** Who stands behind a connection when the listener itself tells it: a socket file that only its owner can open. */
export type Trust = 'authenticate' | 'owner'

export const BODY_LIMIT = 3 * 1024 * 1024

/** Accepts connections and turns HTTP into requests of the core, and replies into HTTP. */
export class Edge {
  readonly #options: EdgeOptions
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()
  #closing = false

  constructor(options: EdgeOptions) {
    this.#options = options
  }

  listenTls(tls: { readonly cert: string; readonly key: string; readonly ca: string }, address: { readonly host: string; readonly port: number }): Promise<number> {
    const server = createHttps({ ...tls, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' }, this.#listener('authenticate'))
    return this.#listen(server, address)
  }

  listenPlain(address: { readonly host: string; readonly port: number } | { readonly path: string }): Promise<number> {
    return this.#listen(createHttp(this.#listener('path' in address ? 'owner' : 'authenticate')), address)
  }

  /** Ends watches, lets requests finish for a moment, then cuts what is left. */
  async close(): Promise<void> {
    this.#closing = true
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)))
    for (const server of this.#servers) server.closeIdleConnections()
    const cut = setTimeout(() => { for (const socket of this.#sockets) socket.destroy() }, 200)
    await Promise.all(closed)
    clearTimeout(cut)
  }

  #listen(server: Server, address: { readonly host: string; readonly port: number } | { readonly path: string }): Promise<number> {
    this.#servers.push(server)
    server.keepAliveTimeout = 90_000
    server.requestTimeout = 60_000
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuseBytes(error, socket as Socket))
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(address, () => {
        const bound = server.address()
        resolve(typeof bound === 'object' && bound !== null ? bound.port : 0)
      })
    })
  }

  #listener(trust: Trust): RequestListener {
    return (incoming, outgoing) => {
      outgoing.on('error', () => outgoing.destroy())
      this.#serve(incoming, outgoing, trust).catch((error: unknown) => {
        this.#options.log(`bug at the edge: ${(error as Error).stack ?? String(error)}`)
        outgoing.destroy()
      })
    }
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse, trust: Trust): Promise<void> {
    const body = await readBody(incoming)
    if (body === undefined) return
    const user = this.#userOf(incoming, trust)
    if (user === undefined) return this.#send(incoming, outgoing, failureReply(unauthorized()))
    if (body instanceof Failure) return this.#send(incoming, outgoing, failureReply(body))
    const request = requestOf(incoming, body, user, this.#options.now())
    const reply = await this.#options.kernel.handle(request)
    if (outgoing.destroyed) return
    if (reply.type !== 'watch') return this.#send(incoming, outgoing, reply)
    streamWatch({ reply, outgoing, store: this.#options.kernel.parts.store, registry: () => this.#options.kernel.registry, now: this.#options.now, headers: commonHeaders() })
  }

  #userOf(incoming: IncomingMessage, trust: Trust): User | undefined {
    if (trust === 'owner' && incoming.headers.authorization === undefined) return ADMIN
    const caller = { authorization: incoming.headers.authorization, certificate: certificateOf(incoming), at: this.#options.now() }
    return authenticate(caller, this.#options.authentication, this.#options.kernel.parts.store)
  }

  #send(incoming: IncomingMessage, outgoing: ServerResponse, reply: ObjectReply | TextReply): void {
    const text = reply.type === 'text' ? reply.text : textOf(reply, incoming)
    const headers: Record<string, string | number | readonly string[]> = {
      ...commonHeaders(), 'content-type': reply.contentType ?? 'application/json', ...reply.headers,
      'content-length': Buffer.byteLength(text),
    }
    if (reply.warnings?.length) headers.warning = reply.warnings.map(warningHeader)
    if (this.#closing) headers.connection = 'close'
    if (reply.status === 304) delete headers['content-length']
    outgoing.writeHead(reply.status, headers as Record<string, string>)
    outgoing.end(incoming.method === 'HEAD' || reply.status === 304 ? undefined : text)
  }
}

function commonHeaders(): Record<string, string> {
  return { 'audit-id': randomUUID(), 'cache-control': 'no-cache, private' }
}

function textOf(reply: ObjectReply, incoming: IncomingMessage): string {
  if (reply.contentType === 'application/yaml') return dump(toPlain(reply.body), { noRefs: true, lineWidth: -1 })
  const url = incoming.url ?? ''
  const pretty = /[?&]pretty(=(true|1|))?(&|$)/.test(url) || /^(curl|Wget|Mozilla\/5\.0)/.test(incoming.headers['user-agent'] ?? '') && !/[?&]pretty=(false|0)/.test(url)
  return `${writeJson(reply.body, pretty ? { indent: 2 } : {})}\n`
}

function certificateOf(incoming: IncomingMessage): { readonly commonName: string; readonly organizations: readonly string[] } | undefined {
  const socket = incoming.socket as Partial<TLSSocket>
  if (socket.authorized !== true || !socket.getPeerCertificate) return undefined
  const subject = socket.getPeerCertificate().subject as { CN?: string | string[]; O?: string | string[] } | undefined
  const commonName = [subject?.CN ?? []].flat()[0]
  return commonName === undefined ? undefined : { commonName, organizations: [subject?.O ?? []].flat() }
}

function requestOf(incoming: IncomingMessage, body: Uint8Array, user: User, at: number): ApiRequest {
  const url = incoming.url ?? '/'
  const mark = url.indexOf('?')
  const query = new Map<string, string[]>()
  if (mark >= 0) {
    for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) {
      const values = query.get(name)
      if (values) values.push(value)
      else query.set(name, [value])
    }
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : value ?? ''
  return { method: incoming.method ?? 'GET', path: mark < 0 ? url : url.slice(0, mark), query, headers, body, user, at }
}

/** undefined = the client went away. */
function readBody(incoming: IncomingMessage): Promise<Uint8Array | Failure | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= BODY_LIMIT) chunks.push(chunk)
      else chunks.length = 0
    })
    incoming.on('end', () => resolve(size > BODY_LIMIT ? tooLarge(BODY_LIMIT) : Buffer.concat(chunks)))
    incoming.on('error', () => resolve(undefined))
    incoming.on('close', () => resolve(undefined))
  })
}

/** What is no HTTP gets an answer all the same, as a Status. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, reason] = error.code === 'HPE_HEADER_OVERFLOW' ? [431, 'Request Header Fields Too Large'] : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? [408, 'Request Timeout'] : [400, 'Bad Request']
  const body = `${JSON.stringify(statusOf(new Failure(status, status === 400 ? 'BadRequest' : '', reason)))}\n`
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}
