import type { TransportFailure } from '@oasgen/wire'
import { failureOf } from '../failure.js'

export type Ending = 'timeout' | 'aborted'

/** A longer timer of Node fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Who is told when a caller's signal aborts: one listener per signal, as adding and removing one per request costs more than the rest of its bookkeeping. */
export class Aborts {
  readonly #waiting = new WeakMap<AbortSignal, Set<() => void>>()

  add(signal: AbortSignal, call: () => void): void {
    const known = this.#waiting.get(signal)
    if (known !== undefined) {
      known.add(call)
      return
    }
    const calls = new Set([call])
    this.#waiting.set(signal, calls)
    signal.addEventListener('abort', () => { for (const each of calls) each() }, { once: true })
  }

  remove(signal: AbortSignal, call: () => void): void {
    this.#waiting.get(signal)?.delete(call)
  }
}

/** The total time of one send, and the caller's wish to stop. One step at a time watches it. */
export class Deadline {
  readonly timeoutMs: number
  readonly #signal: AbortSignal | undefined
  readonly #aborts: Aborts
  readonly #timer: NodeJS.Timeout
  #ended: Ending | undefined
  #watcher: ((why: Ending) => void) | undefined

  constructor(timeoutMs: number, signal?: AbortSignal, aborts: Aborts = new Aborts()) {
    this.timeoutMs = timeoutMs
    this.#signal = signal
    this.#aborts = aborts
    this.#timer = setTimeout(() => this.#end('timeout'), Math.min(timeoutMs, MAX_TIMER_MS))
    if (signal === undefined) return
    if (signal.aborted) {
      this.#ended = 'aborted'
      return
    }
    aborts.add(signal, this.#onAbort)
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
    if (this.#signal !== undefined) this.#aborts.remove(this.#signal, this.#onAbort)
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
