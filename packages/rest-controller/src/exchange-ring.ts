import { maskedExchange, type Exchange } from '@oasgen/wire'
import type { JsonValue } from '@oasgen/json'

/** The last exchanges of each resource, masked, for `/debug/exchanges`, `oasgen describe` and `replay`. */
export interface ExchangeRing {
  add(key: string, exchange: Exchange): void
  of(key: string): readonly JsonValue[]
  forget(key: string): void
}

const PER_RESOURCE = 20
/** Exchanges hold bodies: the ring is for looking at what is going on, not an archive. */
const RESOURCES = 200

export function createExchangeRing(): ExchangeRing {
  const rings = new Map<string, Exchange[]>()
  return {
    add: (key, exchange) => {
      const ring = rings.get(key) ?? []
      // Re-inserted, so that the resource that was quiet longest is the first to go.
      rings.delete(key)
      rings.set(key, [...ring.slice(1 - PER_RESOURCE), exchange])
      const oldest = rings.size > RESOURCES ? rings.keys().next().value : undefined
      if (oldest !== undefined) rings.delete(oldest)
    },
    of: (key) => (rings.get(key) ?? []).map((exchange) => maskedExchange(exchange) as unknown as JsonValue),
    forget: (key) => void rings.delete(key),
  }
}
