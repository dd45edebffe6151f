import type { StoreEvent } from './types.js'

/** The events of the recent past, per resource, so that a watch can go on where it stopped. */
export class History {
  readonly #byResource = new Map<string, StoreEvent[]>()
  readonly #limit: number
  #count = 0
  #compacted = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Events up to this revision may be gone. */
  get compacted(): number {
    return this.#compacted
  }

  add(event: StoreEvent): void {
    const events = this.#byResource.get(event.resource)
    if (events) events.push(event)
    else this.#byResource.set(event.resource, [event])
    // A quarter is dropped at once: compaction is linear, and so costs next to nothing per event.
    if (++this.#count > this.#limit) this.compact(event.revision - Math.ceil(this.#limit * 0.75))
  }

  /** Takes back an event that never became durable. */
  removeLast(event: StoreEvent): void {
    const events = this.#byResource.get(event.resource)
    if (events?.at(-1) === event) {
      events.pop()
      this.#count--
    }
  }

  /** Events after the revision, oldest first; undefined when some of them are gone. */
  after(resource: string, revision: number): readonly StoreEvent[] | undefined {
    if (revision < this.#compacted) return undefined
    const events = this.#byResource.get(resource) ?? []
    return events.slice(firstAfter(events, revision))
  }

  compact(revision: number): void {
    if (revision <= this.#compacted) return
    this.#compacted = revision
    for (const [resource, events] of this.#byResource) {
      const kept = events.slice(firstAfter(events, revision))
      this.#count -= events.length - kept.length
      if (kept.length === 0) this.#byResource.delete(resource)
      else this.#byResource.set(resource, kept)
    }
  }
}

function firstAfter(events: readonly StoreEvent[], revision: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((events[middle] as StoreEvent).revision <= revision) low = middle + 1
    else high = middle
  }
  return low
}
