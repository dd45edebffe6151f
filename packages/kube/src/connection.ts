import { readFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { writeJson } from '@oasgen/json'
import type { Dispatcher } from 'undici'
import type { KubeResponse } from './answer.js'
import type { ConnectionConfig, Impersonation } from './config.js'
import { credentialsOf, messageOf, type Credentials, type CredentialSource } from './credentials.js'
import { errorOfSilence, failed, type KubeResult } from './error.js'
import { sleep } from './pause.js'
import type { KubeRequest } from './request.js'
import { startTimer } from './request-timer.js'
import { AuthorityError, ClosedError, errorOfCause } from './silence.js'
import { openSockets } from './sockets.js'

export interface ConnectionOptions {
  /** For one request from start to the last byte of the answer; watches are not limited. Default 30,000. */
  readonly timeoutMs?: number
  /** Default 256 MiB. */
  readonly maxResponseBytes?: number
  /** Sockets for requests; watches have their own. Default 32. */
  readonly connections?: number
  /** Longest pause in all that a 429 with Retry-After is waited for before it is given to the caller. Default 5,000. */
  readonly throttleBudgetMs?: number
  readonly userAgent?: string
  /** Told of every answer and failure; for metrics. */
  readonly observe?: (sample: RequestSample) => void
}

export interface RequestSample {
  readonly verb: string
  readonly method: string
  readonly host: string
  /** HTTP status, or the reason of a failure such as `Timeout`. */
  readonly code: string
  readonly tookMs: number
}

export interface SendOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

export interface StreamOptions {
  readonly signal: AbortSignal
  /** Silence for longer ends the stream with an error. */
  readonly stallMs: number
}

export interface KubeStream {
  readonly status: number
  readonly chunks: AsyncIterable<Buffer>
}

/** Sockets, credentials and certificate authority of one API server: the only place of this package that does IO to it. */
export interface Connection {
  readonly server: string
  send(request: KubeRequest, options?: SendOptions): Promise<KubeResult<KubeResponse>>
  /** Answers with a body that is still arriving; anything but 200 is read to its end and comes as `send` would give it. */
  stream(request: KubeRequest, options: StreamOptions): Promise<KubeResult<KubeStream | KubeResponse>>
  close(): Promise<void>
}

export function openConnection(config: ConnectionConfig, options: ConnectionOptions = {}): Connection {
  return new HttpConnection(config, options)
}

interface Sockets {
  readonly material: string
  readonly requests: Dispatcher
  readonly watches: Dispatcher
}

class HttpConnection implements Connection {
  readonly server: string
  readonly #config: ConnectionConfig
  readonly #options: Required<Omit<ConnectionOptions, 'observe'>> & Pick<ConnectionOptions, 'observe'>
  readonly #origin: string
  readonly #prefix: string
  readonly #credentials: CredentialSource
  readonly #impersonation: Readonly<Record<string, string | string[]>>
  #authority: { text: string | undefined; readAt: number } | undefined
  #sockets: Sockets | undefined
  #closed = false

  constructor(config: ConnectionConfig, options: ConnectionOptions) {
    const url = new URL(config.server)
    this.server = config.server
    this.#config = config
    this.#origin = url.origin
    this.#prefix = url.pathname.replace(/\/+$/, '')
    this.#credentials = credentialsOf(config, performance)
    this.#impersonation = impersonationHeaders(config.impersonate)
    this.#options = {
      timeoutMs: 30_000, maxResponseBytes: 256 * 1024 * 1024, connections: 32, throttleBudgetMs: 5_000, userAgent: 'oasgen', ...options,
    }
  }

  async send(request: KubeRequest, options: SendOptions = {}): Promise<KubeResult<KubeResponse>> {
    const deadline = performance.now() + this.#options.throttleBudgetMs
    for (let repeats = 0; ; repeats += 1) {
      const answer = await this.#authorised(request, (credentials) => this.#once(request, credentials, options))
      const pause = answer.ok && answer.value.status === 429 ? Number(answer.value.headers['retry-after'] ?? Number.NaN) * 1000 : Number.NaN
      // A 429 is a promise that nothing was done, so that every verb may be repeated; without Retry-After the caller decides.
      if (Number.isNaN(pause) || performance.now() + pause > deadline || repeats >= MAX_THROTTLE_REPEATS) return answer
      if (!(await sleep(pause, options.signal))) return answer
    }
  }

  async stream(request: KubeRequest, options: StreamOptions): Promise<KubeResult<KubeStream | KubeResponse>> {
    return this.#authorised(request, (credentials) => this.#openStream(request, credentials, options))
  }

  async close(): Promise<void> {
    this.#closed = true
    const sockets = this.#sockets
    this.#sockets = undefined
    if (sockets !== undefined) await Promise.all([sockets.requests.destroy(), sockets.watches.destroy()])
  }

  /** A 401 is answered once with fresh credentials; the same ones again would be refused again. */
  async #authorised<T extends { readonly status: number }>(
    request: KubeRequest, attempt: (credentials: Credentials) => Promise<KubeResult<T>>,
  ): Promise<KubeResult<T>> {
    const found = await this.#credentials.current()
    if (!found.ok) return failed(errorOfSilence(request.attempt, { reason: 'Credentials', message: found.problem, sent: 'nothing' }))
    const first = await attempt(found.value)
    if (!first.ok || first.value.status !== 401) return first
    const fresh = await this.#credentials.refresh()
    if (!fresh.ok || sameCredentials(fresh.value, found.value)) return first
    return attempt(fresh.value)
  }

  async #once(request: KubeRequest, credentials: Credentials, options: SendOptions): Promise<KubeResult<KubeResponse>> {
    const first = await this.#exchange(request, credentials, options)
    // A kept-alive socket that the server closed just now: a read may simply be asked again.
    const isStale = !first.ok && first.error.reason === 'Reset' && request.method === 'GET' && options.signal?.aborted !== true
    return isStale ? this.#exchange(request, credentials, options) : first
  }

  async #exchange(request: KubeRequest, credentials: Credentials, options: SendOptions): Promise<KubeResult<KubeResponse>> {
    const started = performance.now()
    const timer = startTimer(options.timeoutMs ?? this.#options.timeoutMs, options.signal)
    try {
      const sockets = await this.#socketsFor(credentials)
      const answer = await sockets.requests.request({ ...this.#parts(request, credentials), signal: timer.signal })
      const text = await answer.body.text()
      this.#report(request, String(answer.statusCode), started)
      return { ok: true, value: { status: answer.statusCode, headers: plainHeaders(answer.headers), text } }
    } catch (cause) {
      return this.#failed(request, cause, { started, isTimeout: timer.isOver() })
    } finally {
      timer.stop()
    }
  }

  async #openStream(
    request: KubeRequest, credentials: Credentials, options: StreamOptions,
  ): Promise<KubeResult<KubeStream | KubeResponse>> {
    const started = performance.now()
    try {
      const sockets = await this.#socketsFor(credentials)
      const limits = { headersTimeout: this.#options.timeoutMs, bodyTimeout: options.stallMs }
      const answer = await sockets.watches.request({ ...this.#parts(request, credentials), ...limits, signal: options.signal })
      this.#report(request, String(answer.statusCode), started)
      if (answer.statusCode === 200) return { ok: true, value: { status: 200, chunks: answer.body } }
      return { ok: true, value: { status: answer.statusCode, headers: plainHeaders(answer.headers), text: await answer.body.text() } }
    } catch (cause) {
      return this.#failed(request, cause, { started, isTimeout: false })
    }
  }

  #parts(request: KubeRequest, credentials: Credentials): Dispatcher.RequestOptions & { origin: string } {
    return {
      origin: this.#origin,
      path: this.#prefix + request.path,
      method: request.method,
      headers: {
        ...request.headers,
        'user-agent': this.#options.userAgent,
        ...(credentials.authorization !== undefined && { authorization: credentials.authorization }),
        ...this.#impersonation,
      },
      ...(request.body !== undefined && { body: writeJson(request.body) }),
    }
  }

  #failed(request: KubeRequest, cause: unknown, facts: { started: number; isTimeout: boolean }): KubeResult<never> {
    const error = errorOfCause(request, cause, { isTimeout: facts.isTimeout, maxBytes: this.#options.maxResponseBytes })
    this.#report(request, error.reason, facts.started)
    return failed(error)
  }

  #report(request: KubeRequest, code: string, started: number): void {
    const host = new URL(this.#origin).host
    this.#options.observe?.({ verb: request.attempt.verb, method: request.method, host, code, tookMs: performance.now() - started })
  }

  /** New certificates need new sockets; requests that run on the old ones end in peace. */
  async #socketsFor(credentials: Credentials): Promise<Sockets> {
    const ca = await this.#authorityText()
    if (this.#closed) throw new ClosedError()
    const material = JSON.stringify([ca, credentials.clientCert?.cert, credentials.clientCert?.key])
    if (this.#sockets?.material === material) return this.#sockets
    const old = this.#sockets
    const tls = { ...(ca !== undefined && { ca }), ...credentials.clientCert }
    this.#sockets = {
      material,
      requests: openSockets(this.#config, tls, { connections: this.#options.connections, maxResponseSize: this.#options.maxResponseBytes }),
      watches: openSockets(this.#config, tls, {}),
    }
    if (old !== undefined) void Promise.allSettled([old.requests.close(), old.watches.close()])
    return this.#sockets
  }

  async #authorityText(): Promise<string | undefined> {
    const { caFile, ca } = this.#config
    if (caFile === undefined) return ca
    const now = performance.now()
    if (this.#authority !== undefined && now - this.#authority.readAt < CA_REREAD_MS) return this.#authority.text
    const text = await readFile(caFile, 'utf8').catch((cause: unknown) => {
      if (this.#authority === undefined) throw new AuthorityError(`the certificate authority ${caFile} cannot be read: ${messageOf(cause)}`)
      return this.#authority.text
    })
    this.#authority = { text, readAt: now }
    return text
  }
}

const CA_REREAD_MS = 60_000
const MAX_THROTTLE_REPEATS = 5

function impersonationHeaders(who: Impersonation | undefined): Record<string, string | string[]> {
  if (who === undefined) return {}
  const extra = Object.entries(who.extra ?? {}).map(([name, values]) => [`impersonate-extra-${encodeURIComponent(name)}`, [...values]] as const)
  return {
    'impersonate-user': who.user,
    ...(who.uid !== undefined && { 'impersonate-uid': who.uid }),
    ...(who.groups !== undefined && who.groups.length > 0 && { 'impersonate-group': [...who.groups] }),
    ...Object.fromEntries(extra),
  }
}

function sameCredentials(left: Credentials, right: Credentials): boolean {
  return left.authorization === right.authorization && left.clientCert?.cert === right.clientCert?.cert
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return plain
}
