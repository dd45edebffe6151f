import type { Instant } from '@oasgen/wire'
import type { RequestLimitsPerKey } from '../context.js'
import { Gate } from './gate.js'

const IDLE_MS = 900_000

interface Entry {
  readonly gate: Gate
  readonly limits: RequestLimitsPerKey | undefined
}

/** One gate per key. A key that nobody used for a quarter of an hour is forgotten, with what was learned about it. */
export class Gates {
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => Instant
  #sweptAt = 0

  constructor(now: () => Instant) {
    this.#now = now
  }

  of(key: string, limits: RequestLimitsPerKey | undefined): Gate {
    const found = this.#entries.get(key)
    if (found !== undefined && sameLimits(found.limits, limits)) return found.gate
    this.#sweep()
    const gate = new Gate(limits, this.#now)
    this.#entries.set(key, { gate, limits })
    return gate
  }

  #sweep(): void {
    const now = this.#now()
    if (now - this.#sweptAt < IDLE_MS) return
    this.#sweptAt = now
    for (const [key, { gate }] of this.#entries) if (gate.idle && now - gate.usedAt > IDLE_MS) this.#entries.delete(key)
  }
}

function sameLimits(a: RequestLimitsPerKey | undefined, b: RequestLimitsPerKey | undefined): boolean {
  return a === b || (a?.concurrency === b?.concurrency && a?.ratePerSecond === b?.ratePerSecond && a?.burst === b?.burst)
}
