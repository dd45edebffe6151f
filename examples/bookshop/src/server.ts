import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer, problem, type ApiRequest, type ApiResponse } from './routes.js'
import { openStore, type ShopData } from './store.js'

export interface BookshopOptions {
  readonly port?: number
  /** Absent = in memory. */
  readonly dataFile?: string
  readonly token?: string
  /** How long an order is worked on. Default 4,000. */
  readonly orderMs?: number
  /** Default: the file beside this package. */
  readonly documentFile?: string
  /** What goes wrong, for tests: asked before a request is served. */
  readonly fault?: (request: LedgerEntry) => Fault | undefined
}

export type Fault =
  /** Answer this without doing anything. */
  | { readonly type: 'refuse'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Do it, then answer this in place of the truth. */
  | { readonly type: 'lie'; readonly status: number }
  /** Do it or not, then never answer. */
  | { readonly type: 'hang'; readonly applied: boolean }
  /** Do it or not, then cut the connection. */
  | { readonly type: 'cut'; readonly applied: boolean }

/** One request that reached the shop, as tests and the demo count them. */
export interface LedgerEntry {
  readonly method: string
  readonly path: string
  readonly at: number
  readonly idempotencyKey?: string
}

export interface Bookshop {
  readonly url: string
  readonly port: number
  readonly ledger: readonly LedgerEntry[]
  readonly data: ShopData
  close(): Promise<void>
}

export const DEMO_TOKEN = 'bookshop-demo-token'

export async function startBookshop(options: BookshopOptions = {}): Promise<Bookshop> {
  const store = openStore(options.dataFile)
  const document = readFileSync(options.documentFile ?? new URL('../openapi.yaml', import.meta.url), 'utf8')
  const ledger: LedgerEntry[] = []
  const context = { store, document, ledger, token: options.token ?? DEMO_TOKEN, rules: { orderMs: options.orderMs ?? 4000 }, fault: options.fault }
  const server = createServer((request, response) => {
    serve(request, response, context).catch((error: unknown) => send(response, problem(500, String(error))))
  })
  await listen(server, options.port ?? 0)
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, ledger, data: store.data, close: () => close(server) }
}

interface Context {
  readonly store: ReturnType<typeof openStore>
  readonly document: string
  readonly ledger: LedgerEntry[]
  readonly token: string
  readonly rules: { readonly orderMs: number }
  readonly fault: BookshopOptions['fault']
}

async function serve(incoming: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const request = await readRequest(incoming)
  if (request.path === '/openapi.yaml') return sendText(response, context.document)
  if (request.headers['authorization'] !== `Bearer ${context.token}`) return send(response, problem(401, 'a token is needed: Authorization: Bearer …'))
  if (request.path === '/_ledger') return send(response, { status: 200, body: context.ledger })
  const key = request.headers['idempotency-key']
  const entry: LedgerEntry = { method: request.method, path: request.path, at: request.now, ...(key !== undefined && { idempotencyKey: key }) }
  context.ledger.push(entry)
  const fault = context.fault?.(entry)
  if (fault !== undefined) return misbehave(fault, request, response, context)
  send(response, answer(request, context.store, context.rules))
}

function misbehave(fault: Fault, request: ApiRequest, response: ServerResponse, context: Context): void {
  const applied = fault.type === 'lie' || (fault.type !== 'refuse' && fault.applied)
  if (applied) answer(request, context.store, context.rules)
  switch (fault.type) {
    case 'refuse': return send(response, { ...problem(fault.status, 'out of order'), ...(fault.headers && { headers: fault.headers }) })
    case 'lie': return send(response, problem(fault.status, 'out of order'))
    case 'cut': response.destroy(); return
    case 'hang': return
  }
}

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const url = new URL(incoming.url ?? '/', 'http://shop')
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers as Record<string, string>,
    body: readBody(Buffer.concat(chunks).toString('utf8')),
    now: Date.now(),
  }
}

function readBody(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function send(response: ServerResponse, answered: ApiResponse): void {
  const text = answered.body === undefined ? '' : JSON.stringify(answered.body)
  const type = text === '' ? {} : { 'content-type': 'application/json' }
  response.writeHead(answered.status, { ...type, ...answered.headers, 'content-length': Buffer.byteLength(text) }).end(text)
}

function sendText(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/yaml' }).end(text)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
