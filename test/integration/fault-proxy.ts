import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Agent, type Dispatcher } from 'undici'

/** What happens to one request instead of, or on top of, being passed on. */
export type ProxyFault =
  | { readonly type: 'pass' }
  | { readonly type: 'status'; readonly status: number; readonly reason: string; readonly retryAfter?: number }
  | { readonly type: 'reset' }
  | { readonly type: 'hang' }
  /** Passed on, but the answer is lost: the server did it, the client does not know. */
  | { readonly type: 'loseAnswer' }
  /** The answer comes in small pieces with pauses. */
  | { readonly type: 'slow'; readonly pauseMs: number }

export interface FaultProxy {
  readonly url: string
  /** Asked for every request. */
  decide: (request: IncomingMessage) => ProxyFault
  /** Breaks every connection. */
  cut(): void
  /** Half-open: connections stay, nothing passes in either direction. */
  freeze(): void
  thaw(): void
  /** Ends every answer that is still streaming, in the middle of whatever it sends. */
  truncate(): void
  close(): Promise<void>
}

/** A plain HTTP server in front of an API server that does to requests what networks and servers do. */
export async function startFaultProxy(target: { readonly url: string; readonly ca: string }): Promise<FaultProxy> {
  const agent = new Agent({ connect: { ca: target.ca }, headersTimeout: 0, bodyTimeout: 0 })
  const sockets = new Set<Socket>()
  const streams = new Set<ServerResponse>()
  const frozen = new Set<Socket>()
  let isFrozen = false

  const forward = async (request: IncomingMessage, response: ServerResponse, fault: ProxyFault): Promise<void> => {
    const controller = new AbortController()
    response.on('close', () => controller.abort())
    const body = await readBody(request)
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers
    const answer = await agent.request({
      origin: target.url, path: request.url ?? '/', method: request.method as Dispatcher.HttpMethod, headers: headers as Record<string, string>,
      ...(body.length > 0 && { body }), signal: controller.signal,
    })
    if (fault.type === 'loseAnswer') {
      await answer.body.dump()
      request.socket.resetAndDestroy()
      return
    }
    const { 'transfer-encoding': _transfer, connection: _ours, ...answered } = answer.headers
    response.writeHead(answer.statusCode, answered as Record<string, string>)
    response.flushHeaders()
    streams.add(response)
    response.on('close', () => streams.delete(response))
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      if (fault.type === 'slow') await pause(fault.pauseMs)
      if (!response.write(chunk)) await drained(response)
    }
    response.end()
  }
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const fault = proxy.decide(request)
    switch (fault.type) {
      case 'reset':
        request.socket.resetAndDestroy()
        return
      case 'hang':
        return
      case 'status':
        response.writeHead(fault.status, { 'content-type': 'application/json', ...(fault.retryAfter !== undefined && { 'retry-after': String(fault.retryAfter) }) })
        response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: fault.status, reason: fault.reason, message: 'made by the test' }))
        return
      case 'pass': case 'loseAnswer': case 'slow':
        forward(request, response, fault).catch(() => response.destroy())
    }
  }
  const server: Server = createServer(handle)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    if (isFrozen) stop(socket)
  })
  // A corked, paused socket keeps its peer believing that all is well.
  const stop = (socket: Socket): void => {
    frozen.add(socket)
    socket.pause()
    socket.cork()
  }
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })

  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    decide: () => ({ type: 'pass' }),
    cut: () => { for (const socket of sockets) socket.resetAndDestroy() },
    freeze: () => {
      isFrozen = true
      for (const socket of sockets) stop(socket)
    },
    thaw: () => {
      isFrozen = false
      // Half-open connections do not come back to life: whoever waits on one waits for nothing.
      for (const socket of frozen) socket.destroy()
      frozen.clear()
    },
    truncate: () => { for (const stream of streams) stream.destroy() },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
      await agent.destroy()
    },
  }
  return proxy
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Until there is room again, or nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      response.off('drain', end).off('close', end)
      resolve()
    }
    response.on('drain', end).on('close', end)
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms) })
}
