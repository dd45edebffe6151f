import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Record<string, unknown> | undefined
  readonly at: number
}

export type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } | 'hang' | 'cut'

/** A small API of things: `POST /things`, `GET|PUT|DELETE /things/:id`, `GET /things` in pages of `pageSize`. Everything is counted. */
export interface ThingsApi {
  readonly url: string
  readonly things: Map<string, Record<string, unknown>>
  readonly seen: Seen[]
  /** Asked first; what it answers is what the client gets. */
  fault: ((request: Seen) => Answer | undefined) | undefined
  /** Called when a request was carried out and before it is answered. */
  applied: ((request: Seen) => Answer | undefined) | undefined
  pageSize: number
  etags: boolean
  /** How long a list takes. */
  listMs: number
  count(method: string, path?: string | RegExp): number
  close(): Promise<void>
}

export async function startThingsApi(): Promise<ThingsApi> {
  const server = createServer((request, response) => void serve(api, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const state = { next: 1 }
  const api: ThingsApi & { readonly state: { next: number } } = {
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    things: new Map(), seen: [], fault: undefined, applied: undefined, pageSize: 1000, etags: false, listMs: 0,
    count: (method, path) => api.seen.filter((entry) => entry.method === method && (path === undefined || (typeof path === 'string' ? entry.path === path : path.test(entry.path)))).length,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
  return api
}

async function serve(api: ThingsApi & { readonly state: { next: number } }, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await read(request)
  const seen: Seen = {
    method: request.method ?? '', path: request.url ?? '', headers: request.headers as Readonly<Record<string, string>>, at: Date.now(),
    body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>),
  }
  api.seen.push(seen)
  const fault = api.fault?.(seen)
  if (fault !== undefined) return answer(response, fault)
  if (seen.method === 'GET' && /^\/things(\?|$)/.test(seen.path) && api.listMs > 0) await sleep(api.listMs)
  const done = route(api, seen)
  answer(response, api.applied?.(seen) ?? done)
}

function route(api: ThingsApi & { readonly state: { next: number } }, { method, path, body, headers }: Seen): Answer {
  const url = new URL(path, 'http://x')
  if (url.pathname === '/things' && method === 'POST') {
    const id = `t${api.state.next++}`
    api.things.set(id, { ...body, id })
    return { status: 201, body: api.things.get(id) }
  }
  if (url.pathname === '/things') return list(api, url, headers)
  const id = decodeURIComponent(url.pathname.replace('/things/', ''))
  const thing = api.things.get(id)
  if (thing === undefined) return { status: 404, body: { message: `no thing ${id}` } }
  if (method === 'DELETE') {
    api.things.delete(id)
    return { status: 204 }
  }
  if (method === 'PUT') api.things.set(id, { ...body, id })
  return { status: 200, body: api.things.get(id) }
}

function list(api: ThingsApi, url: URL, headers: Readonly<Record<string, string>>): Answer {
  const page = Number(url.searchParams.get('page') ?? '1')
  const items = [...api.things.values()].slice((page - 1) * api.pageSize, page * api.pageSize)
  const etag = `"${JSON.stringify(items).length}-${JSON.stringify(items).split('').reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, 0)}"`
  const more = api.things.size > page * api.pageSize
  const extra = { ...(api.etags && { etag }), ...(more && { link: `<${api.url}/things?page=${page + 1}>; rel="next"` }) }
  if (api.etags && headers['if-none-match'] === etag) return { status: 304, headers: extra }
  return { status: 200, body: { items }, headers: extra }
}

function answer(response: ServerResponse, given: Answer): void {
  if (given === 'hang') return
  if (given === 'cut') return void response.destroy()
  response.writeHead(given.status, { ...(given.body !== undefined && { 'content-type': 'application/json' }), ...given.headers })
  response.end(given.body === undefined ? undefined : JSON.stringify(given.body))
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
