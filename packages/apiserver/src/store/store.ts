import { finding } from '@oasgen/diagnostics'
import { History } from './history.js'
import type { Journal } from './journal.js'
import type { Stored, StoreEvent, StoreView, Write } from './types.js'

/** Why a write could not be made durable. Everything that depended on it was undone. */
export class StorageFailure extends Error {
  override readonly name = 'StorageFailure'
}

type Listener = (events: readonly StoreEvent[]) => void

interface Waiter {
  readonly revision: number
  readonly resolve: () => void
  readonly reject: (error: StorageFailure) => void
}

/**
 * All objects in memory, by revision, with the events of the recent past.
 *
 * A commit is visible to the next one at once; replies and listeners wait until it is durable, so that nobody outside
 * ever sees a state that a crash could take back. When the disk refuses, everything not yet durable is undone.
 */
export class Store implements StoreView {
  #revision = 1
  #durable = 1
  readonly #tables = new Map<string, Table>()
  readonly #history: History
  readonly #journal: Journal | undefined
  #pending: StoreEvent[] = []
  #flushing: Promise<void> | undefined
  #waiters: Waiter[] = []
  readonly #listeners = new Set<Listener>()

  constructor(options: { readonly journal?: Journal; readonly historyLimit?: number } = {}) {
    this.#journal = options.journal
    this.#history = new History(options.historyLimit ?? 20_000)
  }

  get revision(): number {
    return this.#revision
  }
  get durableRevision(): number {
    return this.#durable
  }
  get compacted(): number {
    return this.#history.compacted
  }
  resources(): readonly string[] {
    return [...this.#tables.keys()].filter((name) => (this.#tables.get(name)?.size ?? 0) > 0)
  }
  get(resource: string, key: string): Stored | undefined {
    return this.#tables.get(resource)?.get(key)
  }
  list(resource: string, prefix: string): readonly Stored[] {
    return this.#tables.get(resource)?.range(prefix) ?? []
  }

  listAt(resource: string, prefix: string, revision: number): readonly Stored[] | undefined {
    const later = this.#history.after(resource, revision)
    if (later === undefined) return undefined
    const rows = new Map(this.list(resource, prefix).map((stored) => [stored.key, stored]))
    for (const event of [...later].reverse()) {
      if (!event.key.startsWith(prefix)) continue
      if (event.previous) rows.set(event.key, event.previous)
      else rows.delete(event.key)
    }
    return [...rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  eventsAfter(resource: string, revision: number): readonly StoreEvent[] | undefined {
    return this.#history.after(resource, revision)
  }

  /** Applies the writes, one revision each, and returns what happened. The objects carry their revision already. */
  commit(writes: readonly Write[]): readonly StoreEvent[] {
    const events = writes.map((write) => this.#apply(write))
    if (this.#journal === undefined) this.#publish(events)
    else if (events.length > 0) {
      this.#pending.push(...events)
      this.#flushing ??= this.#flush(this.#journal)
    }
    return events
  }

  /** Resolves when everything up to the revision is durable. */
  settled(revision: number = this.#revision): Promise<void> {
    if (revision <= this.#durable) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiters.push({ revision, resolve, reject }))
  }

  /** Events arrive in order of revision, only once they are durable. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  compact(revision: number): void {
    this.#history.compact(Math.min(revision, this.#durable))
  }

  /** Puts an object back while a store is being read from disk. */
  load(revision: number, stored: Stored, resource: string): void {
    this.#table(resource).put(stored)
    this.#revision = this.#durable = Math.max(this.#revision, revision)
  }

  /** Plays a write of the log again, under the revision that it had. */
  replay(write: Write, revision: number): void {
    this.#revision = revision - 1
    this.#publish([this.#apply(write)])
  }

  startAt(revision: number): void {
    this.#revision = this.#durable = revision
    this.#history.compact(revision)
  }

  /** Everything there was at a revision, for a snapshot; cheap, since stored objects never change. */
  contents(revision: number = this.#revision): readonly (readonly [resource: string, rows: readonly Stored[]])[] {
    return [...this.#tables.keys()].map((resource) => [resource, revision === this.#revision ? this.list(resource, '') : this.listAt(resource, '', revision) ?? []])
  }

  async close(): Promise<void> {
    await this.#flushing
    await this.#journal?.close()
    this.#listeners.clear()
  }

  #apply(write: Write): StoreEvent {
    const revision = ++this.#revision
    const table = this.#table(write.resource)
    const previous = table.get(write.key)
    if (write.type === 'put') table.put({ key: write.key, object: write.object, revision })
    else table.remove(write.key)
    const type = write.type === 'remove' ? 'DELETED' : previous ? 'MODIFIED' : 'ADDED'
    const event = { type, resource: write.resource, key: write.key, revision, object: write.object, ...(previous && { previous }) } as const
    this.#history.add(event)
    return event
  }

  #table(resource: string): Table {
    const known = this.#tables.get(resource)
    if (known) return known
    const made = new Table()
    this.#tables.set(resource, made)
    return made
  }

  async #flush(journal: Journal): Promise<void> {
    // One turn of the event loop, so that requests read together are written together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#pending.length > 0) {
      const batch = this.#pending
      this.#pending = []
      try {
        await journal.append(batch, this)
        this.#publish(batch)
      } catch (error) {
        this.#undo(batch)
        this.#fail(new StorageFailure(finding('API0103', { cause: (error as Error).message }).message, { cause: error }))
      }
    }
    this.#flushing = undefined
  }

  #undo(batch: readonly StoreEvent[]): void {
    const lost = [...batch, ...this.#pending]
    this.#pending = []
    for (const event of lost.reverse()) {
      if (event.previous) this.#table(event.resource).put(event.previous)
      else this.#table(event.resource).remove(event.key)
      this.#history.removeLast(event)
    }
    this.#revision = this.#durable
  }

  #fail(error: StorageFailure): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter.reject(error)
  }

  #publish(events: readonly StoreEvent[]): void {
    const last = events.at(-1)
    if (!last) return
    this.#durable = last.revision
    const ready = this.#waiters.filter((waiter) => waiter.revision <= last.revision)
    this.#waiters = this.#waiters.filter((waiter) => waiter.revision > last.revision)
    for (const waiter of ready) waiter.resolve()
    for (const listener of this.#listeners) listener(events)
  }
}

/** The objects of one resource; key order is made when it is asked for and kept until a key comes or goes. */
class Table {
  readonly #rows = new Map<string, Stored>()
  #sorted: string[] | undefined

  get size(): number {
    return this.#rows.size
  }
  get(key: string): Stored | undefined {
    return this.#rows.get(key)
  }
  put(stored: Stored): void {
    if (!this.#rows.has(stored.key)) this.#sorted = undefined
    this.#rows.set(stored.key, stored)
  }
  remove(key: string): void {
    if (this.#rows.delete(key)) this.#sorted = undefined
  }
  range(prefix: string): readonly Stored[] {
    this.#sorted ??= [...this.#rows.keys()].sort()
    const keys = prefix === '' ? this.#sorted : this.#sorted.slice(lowerBound(this.#sorted, prefix), lowerBound(this.#sorted, `${prefix}\uffff`))
    return keys.map((key) => this.#rows.get(key) as Stored)
  }
}

function lowerBound(keys: readonly string[], wanted: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) < wanted) low = middle + 1
    else high = middle
  }
  return low
}
