import type { Dispatcher, Pool } from 'undici'
import type { TransportFailure } from '@oasgen/wire'
import { failureOf, failureOfError } from '../failure.js'
import type { Deadline } from './deadline.js'

export interface RawRequest {
  readonly host: string
  readonly path: string
  readonly method: string
  /** Name, value, name, value, … */
  readonly headers: string[]
  readonly body?: Uint8Array
  readonly timeouts: { readonly connectTimeoutMs: number; readonly headersTimeoutMs: number; readonly bodyTimeoutMs: number }
  readonly maxBytes: number
}

export type RawHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

export type RawResult =
  | { readonly type: 'response'; readonly status: number; readonly headers: RawHeaders; readonly body: Buffer }
  | { readonly type: 'failure'; readonly failure: TransportFailure }

/** One request on the wire. Never rejects. */
export function dispatchRaw(pool: Pool, request: RawRequest, deadline: Deadline): Promise<RawResult> {
  return new Promise((resolve) => {
    const exchange = new RawExchange(request, deadline, resolve)
    if (!exchange.begin()) return
    try {
      pool.dispatch({
        path: request.path,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers,
        body: request.body ?? null,
        headersTimeout: request.timeouts.headersTimeoutMs,
        bodyTimeout: request.timeouts.bodyTimeoutMs,
      }, exchange)
    } catch (error) {
      exchange.onResponseError(undefined, error as Error)
    }
  })
}

/** undici's handler. Whether a byte left is known from `onRequestStart`, which undici calls right before it writes. */
class RawExchange implements Dispatcher.DispatchHandler {
  readonly #request: RawRequest
  readonly #deadline: Deadline
  readonly #resolve: (result: RawResult) => void
  #controller: Dispatcher.DispatchController | undefined
  #started = false
  #answered = false
  #settled = false
  #status = 0
  #headers: RawHeaders = {}
  readonly #chunks: Buffer[] = []
  #bytes = 0

  constructor(request: RawRequest, deadline: Deadline, resolve: (result: RawResult) => void) {
    this.#request = request
    this.#deadline = deadline
    this.#resolve = resolve
  }

  begin(): boolean {
    this.#deadline.watch((why) => this.#giveUp(this.#deadline.failure(why, this.#request.host, this.#sent())))
    return !this.#settled
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A request that was given up while it waited for its connection, or that undici would write a second time, ends here unwritten.
    if (this.#settled || this.#started) {
      this.#finish({ type: 'failure', failure: this.#reset('the connection ended') })
      controller.abort(new Error('given up'))
      return
    }
    this.#controller = controller
    this.#started = true
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
    if (status < 200) return
    this.#answered = true
    this.#status = status
    this.#headers = headers
    if (this.#request.method !== 'HEAD' && Number(headers['content-length']) > this.#request.maxBytes) this.#tooLarge()
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#request.maxBytes) this.#tooLarge()
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const [first] = this.#chunks
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks)
    this.#finish({ type: 'response', status: this.#status, headers: this.#headers, body })
  }

  onResponseError(_controller: unknown, error: Error): void {
    const { host, timeouts } = this.#request
    this.#finish({ type: 'failure', failure: failureOfError(error, { host, started: this.#started, answered: this.#answered, ...timeouts }) })
  }

  #sent(): 'nothing' | 'maybe' {
    return this.#started ? 'maybe' : 'nothing'
  }

  #reset(detail: string): TransportFailure {
    return failureOf('NET0131', { host: this.#request.host, detail }, { reason: 'reset', sent: this.#sent() })
  }

  #tooLarge(): void {
    this.#giveUp(failureOf('NET0141', { host: this.#request.host, limit: this.#request.maxBytes }, { reason: 'tooLarge', sent: 'maybe' }))
  }

  #giveUp(failure: TransportFailure): void {
    this.#finish({ type: 'failure', failure })
    this.#controller?.abort(new Error('given up'))
  }

  #finish(result: RawResult): void {
    if (this.#settled) return
    this.#settled = true
    this.#deadline.unwatch()
    this.#resolve(result)
  }
}
