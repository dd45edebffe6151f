import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What a fault does to one request instead of its answer. */
export type Fault =
  | { readonly type: 'answer'; readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | { readonly type: 'hang' }
  | { readonly type: 'reset' }

interface Item {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { name: string; namespace?: string; uid?: string; resourceVersion?: string; [more: string]: unknown }
  readonly [more: string]: unknown
}

interface LoggedEvent {
  readonly version: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: Item
}

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface StubServer {
  readonly url: string
  readonly requests: readonly SeenRequest[]
  /** Asked for every request; what it answers happens instead. */
  fault: ((request: SeenRequest) => Fault | undefined) | undefined
  /** `refuse` answers sendInitialEvents with 422, `ignore` streams without ever marking the end. */
  watchList: 'serve' | 'refuse' | 'ignore'
  put(name: string, more?: Record<string, unknown>, namespace?: string): Item
  remove(name: string, namespace?: string): void
  /** Forgets all history before now: older versions answer 410. */
  compact(): void
  /** Ends all watches in order, or breaks their sockets. */
  endWatches(): void
  breakWatches(): void
  /** Watches stay open and are told nothing. */
  muted: boolean
  bookmark(): void
  openWatches(): number
  /** As a restore from a backup: the version goes back. */
  rewind(version: number): void
  version(): number
  state(): readonly Item[]
  stop(): Promise<void>
  restart(): Promise<void>
}

/** A tiny API server for one kind, `widgets.test.dev/v1`, with faults on demand. */
export async function startStubServer(): Promise<StubServer> {
  const items = new Map<string, Item>()
  const requests: SeenRequest[] = []
  const watches = new Set<{ response: ServerResponse; namespace: string | undefined }>()
  const sockets = new Set<Socket>()
  let log: LoggedEvent[] = []
  let version = 100
  let oldest = 0
  let uids = 0
  let port = 0
  let server: Server

  const keyOf = (name: string, namespace: string): string => `${namespace}/${name}`
  const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
  const status = (code: number, reason: string, message: string): object => ({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message })
  const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`
  const record = (event: LoggedEvent): void => {
    log.push(event)
    if (stub.muted) return
    for (const watch of watches) {
      if (watch.namespace === undefined || watch.namespace === event.object.metadata.namespace) watch.response.write(line(event.type, event.object))
    }
  }
  const bookmarkLine = (at: number, isEnd = false): string => line('BOOKMARK', {
    kind: 'Widget', apiVersion: 'test.dev/v1',
    metadata: { resourceVersion: String(at), ...(isEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }) },
  })

  const watch = (seen: SeenRequest, response: ServerResponse, namespace: string | undefined): void => {
    const isInitial = seen.query.get('sendInitialEvents') === 'true'
    if (isInitial && stub.watchList === 'refuse') return send(response, 422, status(422, 'Invalid', 'sendInitialEvents is forbidden for watch'))
    const from = seen.query.get('resourceVersion')
    if (from !== null && Number(from) < oldest) return send(response, 410, status(410, 'Expired', 'too old resource version'))
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    const entry = { response, namespace }
    watches.add(entry)
    response.on('close', () => watches.delete(entry))
    if (isInitial) {
      for (const item of within(namespace)) response.write(line('ADDED', item))
      if (stub.watchList === 'serve') response.write(bookmarkLine(version, true))
    } else if (!stub.muted) {
      for (const event of log) {
        if (event.version > Number(from) && (namespace === undefined || namespace === event.object.metadata.namespace)) response.write(line(event.type, event.object))
      }
    }
  }
  const within = (namespace: string | undefined): Item[] =>
    [...items.values()].filter((item) => namespace === undefined || item.metadata.namespace === namespace)
  const list = (seen: SeenRequest, response: ServerResponse, namespace: string | undefined): void => {
    const limit = Number(seen.query.get('limit') ?? 0)
    const token = seen.query.get('continue')
    const [at, skip] = token === null ? [version, 0] : token.split(':').map(Number) as [number, number]
    if (at < oldest) return send(response, 410, status(410, 'Expired', 'continue token expired'))
    const all = within(namespace)
    const page = limit > 0 ? all.slice(skip, skip + limit) : all
    const rest = limit > 0 && skip + limit < all.length ? { continue: `${at}:${skip + limit}` } : {}
    send(response, 200, { kind: 'WidgetList', apiVersion: 'test.dev/v1', metadata: { resourceVersion: String(at), ...rest }, items: page })
  }
  const handle = (seen: SeenRequest, response: ServerResponse): void => {
    const match = /^\/apis\/test\.dev\/v1(?:\/namespaces\/([^/]+))?\/widgets(?:\/([^/]+))?$/.exec(seen.path)
    if (match === null) return send(response, 404, 'no such path')
    const [, namespace, name] = match
    if (name !== undefined) {
      const item = items.get(keyOf(name, namespace ?? ''))
      return item === undefined ? send(response, 404, status(404, 'NotFound', `widgets "${name}" not found`)) : send(response, 200, item)
    }
    return seen.query.get('watch') === 'true' ? watch(seen, response, namespace) : list(seen, response, namespace)
  }
  const receive = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://stub')
      const seen = { method: request.method ?? '', path: url.pathname, query: url.searchParams, headers: request.headers, body: Buffer.concat(chunks).toString() }
      requests.push(seen)
      const fault = stub.fault?.(seen)
      if (fault === undefined) return handle(seen, response)
      if (fault.type === 'reset') request.socket.resetAndDestroy()
      if (fault.type === 'answer') send(response, fault.status, fault.body ?? '', fault.headers)
      return undefined
    })
  }
  const listen = async (): Promise<void> => {
    server = createServer(receive)
    server.on('connection', (socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    })
    await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve) })
    port = (server.address() as AddressInfo).port
  }
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => { server.close(resolve) })
  }

  const stub: StubServer = {
    get url() { return `http://127.0.0.1:${port}` },
    requests,
    fault: undefined,
    watchList: 'serve',
    muted: false,
    put(name, more = {}, namespace = 'default') {
      const key = keyOf(name, namespace)
      const old = items.get(key)
      version += 1
      const { metadata, ...rest } = more as { metadata?: object }
      const object: Item = {
        apiVersion: 'test.dev/v1', kind: 'Widget', ...rest,
        metadata: { ...metadata, name, namespace, uid: old?.metadata.uid ?? `uid-${(uids += 1)}`, resourceVersion: String(version) },
      }
      items.set(key, object)
      record({ version, type: old === undefined ? 'ADDED' : 'MODIFIED', object })
      return object
    },
    remove(name, namespace = 'default') {
      const old = items.get(keyOf(name, namespace))
      if (old === undefined) return
      items.delete(keyOf(name, namespace))
      version += 1
      record({ version, type: 'DELETED', object: { ...old, metadata: { ...old.metadata, resourceVersion: String(version) } } })
    },
    compact() {
      version += 1
      oldest = version
      log = []
    },
    endWatches() { for (const entry of watches) entry.response.end() },
    breakWatches() { for (const entry of watches) entry.response.destroy() },
    bookmark() { for (const entry of watches) entry.response.write(bookmarkLine(version)) },
    openWatches: () => watches.size,
    rewind(to) {
      version = to
      oldest = 0
      log = []
      for (const [key, item] of items) items.set(key, { ...item, metadata: { ...item.metadata, resourceVersion: String(to) } })
    },
    version: () => version,
    state: () => [...items.values()],
    stop,
    restart: async () => {
      await stop()
      await listen()
    },
  }
  await listen()
  return stub
}

export async function eventually(isTrue: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
  const until = Date.now() + timeoutMs
  while (!isTrue()) {
    if (Date.now() > until) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await new Promise((resolve) => { setTimeout(resolve, 5) })
  }
}
