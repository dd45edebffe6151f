import { setMaxListeners } from 'node:events'
import type { TransportFailure } from '@oasgen/wire'
import { failureOf } from '../failure.js'

export type Ending = 'timeout' | 'aborted'

/** A longer timer of Node fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** The total time of one send, and the caller's wish to stop. One step at a time watches it. */
export class Deadline {
  readonly timeoutMs: number
  readonly #signal: AbortSignal | undefined
  readonly #timer: NodeJS.Timeout
  #ended: Ending | undefined
  #watcher: ((why: Ending) => void) | undefined

  constructor(timeoutMs: number, signal?: AbortSignal) {
    this.timeoutMs = timeoutMs
    this.#signal = signal
    this.#timer = setTimeout(() => this.#end('timeout'), Math.min(timeoutMs, MAX_TIMER_MS))
    if (signal === undefined) return
    if (signal.aborted) {
      this.#ended = 'aborted'
      return
    }
    // One signal ends all requests of a program: many listeners are no leak.
    setMaxListeners(0, signal)
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  readonly #onAbort = (): void => this.#end('aborted')

  get ended(): Ending | undefined {
    return this.#ended
  }

  /** Called at once when it is over already. */
  watch(watcher: (why: Ending) => void): void {
    if (this.#ended !== undefined) watcher(this.#ended)
    else this.#watcher = watcher
  }

  unwatch(): void {
    this.#watcher = undefined
  }

  /** The promise's value, or why it was not waited for; the promise itself goes on (others may share it). */
  race<T>(promise: Promise<T>): Promise<T | Ending> {
    return new Promise((resolve, reject) => {
      this.watch(resolve)
      // The watch ends before the next step can begin its own.
      promise.then((value) => {
        this.unwatch()
        resolve(value)
      }, reject)
    })
  }

  failure(why: Ending, host: string, sent: 'nothing' | 'maybe'): TransportFailure {
    return why === 'timeout'
      ? failureOf('NET0123', { host, timeout: this.timeoutMs }, { reason: 'timeout', sent })
      : failureOf('NET0161', { host, detail: 'its caller ended it' }, { reason: 'aborted', sent })
  }

  release(): void {
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#watcher = undefined
  }

  #end(why: Ending): void {
    if (this.#ended !== undefined) return
    this.#ended = why
    const watcher = this.#watcher
    this.#watcher = undefined
    watcher?.(why)
  }
}
