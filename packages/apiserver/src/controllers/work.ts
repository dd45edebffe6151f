import type { Store } from '../store/store.js'
import type { StoreEvent } from '../store/types.js'

/** A controller: names the work that an event makes, and does one piece of it. Work of one key never runs twice at once. */
export interface Controller {
  readonly name: string
  /** Keys of the work that the event makes. */
  keysOf(event: StoreEvent): readonly string[]
  /** Does it; a number asks for another look after so many milliseconds. */
  work(key: string): Promise<number | undefined>
}

const FIRST_RETRY_MS = 50
const LAST_RETRY_MS = 10_000

/** Runs one controller: a queue with one worker, retries with growing pauses. */
export class Workshop {
  readonly #controller: Controller
  readonly #log: (line: string) => void
  readonly #queue = new Set<string>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #failures = new Map<string, number>()
  #running: Promise<void> | undefined
  #stopped = false
  #unsubscribe: (() => void) | undefined

  constructor(controller: Controller, log: (line: string) => void) {
    this.#controller = controller
    this.#log = log
  }

  /** Starts with everything that is there, as if it had just been added. */
  start(store: Store): void {
    this.#unsubscribe = store.subscribe((events) => events.forEach((event) => this.#observe(event)))
    for (const [resource, rows] of store.contents()) {
      for (const { key, object, revision } of rows) this.#observe({ type: 'ADDED', resource, key, object, revision })
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#unsubscribe?.()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#queue.clear()
    await this.#running
  }

  add(key: string): void {
    if (this.#stopped) return
    this.#queue.add(key)
    this.#running ??= this.#run()
  }

  #observe(event: StoreEvent): void {
    for (const key of this.#controller.keysOf(event)) this.add(key)
  }

  async #run(): Promise<void> {
    await Promise.resolve()
    for (let key = this.#next(); key !== undefined; key = this.#next()) await this.#workOn(key)
    this.#running = undefined
  }

  #next(): string | undefined {
    const [key] = this.#queue
    if (key !== undefined) this.#queue.delete(key)
    return this.#stopped ? undefined : key
  }

  async #workOn(key: string): Promise<void> {
    try {
      const again = await this.#controller.work(key)
      this.#failures.delete(key)
      if (again !== undefined) this.#later(key, again)
    } catch (error) {
      const failures = (this.#failures.get(key) ?? 0) + 1
      this.#failures.set(key, failures)
      this.#log(`${this.#controller.name}: ${key}: ${(error as Error).message}`)
      this.#later(key, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures))
    }
  }

  #later(key: string, ms: number): void {
    if (this.#stopped) return
    clearTimeout(this.#timers.get(key))
    this.#timers.set(key, setTimeout(() => {
      this.#timers.delete(key)
      this.add(key)
    }, ms))
  }
}
