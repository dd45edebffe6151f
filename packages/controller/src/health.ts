import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeJson, type JsonValue } from '@oasgen/json'
import { readLogLevel, type Logger } from './log.js'
import type { Metrics } from './metrics.js'
import { PROMETHEUS_TYPE, renderPrometheus } from './prometheus.js'

/** Undefined when all is well, else what is not, in a few words without secrets. */
export type HealthCheck = () => string | undefined

export interface HealthServerOptions {
  /** 0 takes a free port. */
  readonly port: number
  /** Default: all addresses, as probes come from the node. */
  readonly host?: string
  /** By name. `live` says whether a restart would help, `ready` whether this process serves now. */
  readonly live?: Readonly<Record<string, HealthCheck>>
  readonly ready?: Readonly<Record<string, HealthCheck>>
  readonly metrics?: Metrics
  /** Lets `PUT /debug/level` change it. */
  readonly logger?: Logger
  /** What `GET /debug/exchanges` answers: the last exchanges, masked. */
  readonly exchanges?: (query: URLSearchParams) => JsonValue | Promise<JsonValue>
}

export interface HealthServer {
  readonly port: number
  close(): Promise<void>
}

/** `/livez`, `/readyz` (with `?verbose`), `/healthz`, `/metrics`; and for this machine only `/debug/exchanges` and `/debug/level`. */
export async function createHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(options, request).then(
      (reply) => write(response, reply),
      (error: unknown) => {
        options.logger?.error('the health server failed', { path: request.url, error })
        write(response, text(500, 'internal error\n'))
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

interface Reply {
  readonly status: number
  readonly type: string
  readonly body: string
}

async function answer(options: HealthServerOptions, request: IncomingMessage): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://local')
  switch (url.pathname) {
    case '/livez': return check(options.live ?? {}, url)
    case '/readyz': case '/healthz': return check({ ...options.live, ...options.ready }, url)
    case '/metrics': return metrics(options)
    default: return url.pathname.startsWith('/debug/') ? debug(options, request, url) : text(404, 'not found\n')
  }
}

function check(checks: Readonly<Record<string, HealthCheck>>, url: URL): Reply {
  const results = Object.entries(checks).map(([name, run]) => ({ name, problem: run() }))
  const isWell = results.every(({ problem }) => problem === undefined)
  const lines = results.map(({ name, problem }) => (problem === undefined ? `[+]${name} ok\n` : `[-]${name} failed: ${problem}\n`))
  if (isWell && !url.searchParams.has('verbose')) return text(200, 'ok')
  return text(isWell ? 200 : 503, `${lines.join('')}${isWell ? 'check passed\n' : 'check failed\n'}`)
}

function metrics(options: HealthServerOptions): Reply {
  if (options.metrics === undefined) return text(404, 'not found\n')
  return { status: 200, type: PROMETHEUS_TYPE, body: renderPrometheus(options.metrics.snapshot()) }
}

/** Exchanges tell about other people's data: they are for who can enter the pod (`kubectl port-forward`), not for the network. */
async function debug(options: HealthServerOptions, request: IncomingMessage, url: URL): Promise<Reply> {
  if (!isLocal(request.socket.remoteAddress)) return text(403, 'only from this machine; use kubectl port-forward\n')
  if (url.pathname === '/debug/exchanges' && options.exchanges !== undefined) {
    return { status: 200, type: 'application/json', body: `${writeJson(await options.exchanges(url.searchParams), { indent: 2 })}\n` }
  }
  if (url.pathname === '/debug/level' && options.logger !== undefined) return level(options.logger, request)
  return text(404, 'not found\n')
}

async function level(logger: Logger, request: IncomingMessage): Promise<Reply> {
  if (request.method === 'GET') return text(200, `${logger.level()}\n`)
  if (request.method !== 'PUT') return text(405, 'GET or PUT\n')
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body = (body + String(chunk)).slice(0, 100)
  const wanted = readLogLevel(body)
  if (wanted === undefined) return text(400, 'one of debug, info, warn, error\n')
  logger.setLevel(wanted)
  return text(200, `${wanted}\n`)
}

function isLocal(address: string | undefined): boolean {
  return address === '::1' || address?.startsWith('127.') === true || address?.startsWith('::ffff:127.') === true
}

function text(status: number, body: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body }
}

function write(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { 'content-type': reply.type, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  response.end(reply.body)
}
