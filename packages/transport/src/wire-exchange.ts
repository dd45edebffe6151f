import type { Pool } from 'undici'
import { finding } from '@oasgen/diagnostics'
import { proxyHeaders, type TlsIdentity } from './connection/connector.js'
import type { Deadline } from './connection/deadline.js'
import { dispatchRaw, type RawRequest, type RawResult } from './connection/dispatch.js'
import { createGuard, type AddressGuard, type Purpose } from './connection/guard.js'
import { Pools } from './connection/pools.js'
import { proxyFor, readProxy } from './connection/proxy.js'
import type { ProxySettings } from './context.js'
import { failureOf } from './failure.js'
import type { ResolvedOptions } from './options.js'
import type { ComposedRequest } from './request/compose.js'
import { decompress } from './response/decompress.js'

export interface WireSettings {
  readonly purpose: Purpose
  readonly tls: TlsIdentity
  readonly proxy?: ProxySettings | undefined
  readonly maxBytes: number
  /** When a request may take longer than usual, so may the head of its answer. */
  readonly headersTimeoutMs?: number
}

/** One composed request over the right pool: proxy, addresses, decompression. Shared by requests, token calls and documents. */
export class Wire {
  readonly #options: ResolvedOptions
  readonly #pools: Pools
  readonly #guards = new Map<Purpose, AddressGuard>()
  #closed = false

  constructor(options: ResolvedOptions) {
    this.#options = options
    this.#pools = new Pools(options.defaults.connectTimeoutMs, options.now)
  }

  async exchange(request: ComposedRequest, settings: WireSettings, deadline: Deadline): Promise<RawResult> {
    const { url } = request
    if (this.#closed) return failed('NET0161', { host: url.host, detail: 'the transport is closed' }, 'aborted')
    const guard = this.#guard(settings.purpose)
    const refused = guard.judgeHost(url.hostname)
    if (refused !== undefined) return { type: 'failure', failure: refused }
    const proxy = this.#proxy(url, settings.proxy)
    const raw = await dispatchRaw(this.#pool(url, { guard, settings, proxy }), this.#rawRequest(request, settings, proxy), deadline)
    return raw.type === 'failure' ? raw : decoded(raw, url.host, settings.maxBytes)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#pools.close()
  }

  #guard(purpose: Purpose): AddressGuard {
    const known = this.#guards.get(purpose)
    if (known !== undefined) return known
    const guard = createGuard(purpose, this.#options.onWarning)
    this.#guards.set(purpose, guard)
    return guard
  }

  #proxy(url: URL, settings: ProxySettings | undefined): URL | undefined {
    if (settings === undefined) return proxyFor(url, this.#options.proxyEnvironment)
    return settings.url === 'none' ? undefined : readProxy(settings.url)
  }

  #pool(url: URL, { guard, settings, proxy }: { guard: AddressGuard; settings: WireSettings; proxy: URL | undefined }): Pool {
    const forwards = proxy !== undefined && url.protocol === 'http:'
    const { pool, made } = this.#pools.take({
      origin: forwards ? proxy.origin : url.origin,
      // What the proxy resolves cannot be judged here, and the proxy itself usually has a private address.
      guard: forwards ? this.#guard('resource') : guard,
      tls: settings.tls,
      ...(proxy !== undefined && !forwards && { tunnel: proxy }),
    })
    if (made && settings.tls.insecureSkipVerify === true && url.protocol === 'https:') {
      this.#options.onWarning(finding('NET0116', { host: url.host }))
    }
    return pool
  }

  #rawRequest(request: ComposedRequest, settings: WireSettings, proxy: URL | undefined): RawRequest {
    const { url } = request
    const forwards = proxy !== undefined && url.protocol === 'http:'
    const headers: string[] = []
    if (forwards) for (const [name, value] of Object.entries({ host: url.host, ...proxyHeaders(proxy) })) headers.push(name, value)
    for (const [name, value] of request.headers) headers.push(name, value)
    const path = url.pathname + url.search
    return {
      host: url.host,
      path: forwards ? url.origin + path : path,
      method: request.method,
      headers,
      ...(request.body && { body: request.body }),
      timeouts: settings.headersTimeoutMs === undefined ? this.#options.defaults : { ...this.#options.defaults, headersTimeoutMs: settings.headersTimeoutMs },
      maxBytes: settings.maxBytes,
    }
  }
}

async function decoded(raw: Extract<RawResult, { type: 'response' }>, host: string, maxBytes: number): Promise<RawResult> {
  const header = raw.headers['content-encoding']
  if (header === undefined || raw.body.length === 0) return raw
  const encoding = typeof header === 'string' ? header : header.join(', ')
  const result = await decompress(raw.body, encoding, maxBytes)
  switch (result.type) {
    case 'bytes':
      return { ...raw, body: result.bytes }
    case 'tooLarge':
      return failed('NET0141', { host, limit: maxBytes }, 'tooLarge', 'maybe')
    case 'broken':
      return failed('NET0152', { host, encoding, detail: result.detail }, 'protocol', 'maybe')
  }
}

function failed<C extends Parameters<typeof failureOf>[0]>(
  code: C, texts: Parameters<typeof failureOf<C>>[1], reason: Parameters<typeof failureOf>[2]['reason'], sent: 'nothing' | 'maybe' = 'nothing',
): RawResult {
  return { type: 'failure', failure: failureOf(code, texts, { reason, sent }) }
}
