import { maskedExchange, type Exchange, type ResponseBody } from '@oasgen/wire'
import type { JsonValue } from '@oasgen/json'

/** The last exchanges of each resource, for `/debug/exchanges`, `oasgen describe` and `replay`. Masked when they are shown. */
export interface ExchangeRing {
  /**
   * Takes what a reconcile has sent so far. `quiet`: it was a look that found all well; one of them a minute is enough to see that
   * somebody looks, and keeping each would cost more than making it.
   */
  add(key: string, exchanges: readonly Exchange[], result: 'quiet' | 'news', now: number): void
  /** The last look that was taken was answered the same once more. A resource that is not in the ring any more is left out. */
  touch(key: string, times: Pick<Exchange, 'at' | 'tookMs'>, now: number): void
  of(key: string): readonly JsonValue[]
  /** Resources of which there is something to show, the one that was busy last at the end. */
  keys(): readonly string[]
  forget(key: string): void
}

const PER_RESOURCE = 16
/** Exchanges hold bodies: the ring is for looking at what is going on, not an archive. */
const IN_ALL_BYTES = 8 * 1024 * 1024
const LARGE_BYTES = 64 * 1024
const TYPICAL_BYTES = 2 * 1024

interface Kept {
  readonly exchange: Exchange
  readonly bytes: number
}

const QUIET_MS = 60_000

interface Ring {
  readonly kept: Kept[]
  lookedAt: number
}

export function createExchangeRing(): ExchangeRing {
  const rings = new Map<string, Ring>()
  let total = 0
  const drop = (key: string): void => {
    for (const { bytes } of rings.get(key)?.kept ?? []) total -= bytes
    rings.delete(key)
  }
  const put = (ring: Ring, exchange: Exchange): void => {
    const { kept } = ring
    const next = keep(exchange)
    // A periodic look takes the place of the one before it, so that what was written stays to be seen.
    const gone = isSameRead(kept.at(-1)?.exchange, exchange) ? kept.pop() : kept.length >= PER_RESOURCE ? kept.shift() : undefined
    kept.push(next)
    total += next.bytes - (gone?.bytes ?? 0)
  }
  return {
    add: (key, exchanges, result, now) => {
      const ring = rings.get(key) ?? { kept: [], lookedAt: Number.NEGATIVE_INFINITY }
      if (result === 'quiet' && now - ring.lookedAt < QUIET_MS) return
      ring.lookedAt = now
      for (const exchange of exchanges) put(ring, exchange)
      // Re-inserted, so that the resource that was quiet longest is the first to go.
      rings.delete(key)
      rings.set(key, ring)
      for (const oldest of rings.keys()) {
        if (total <= IN_ALL_BYTES || oldest === key) break
        drop(oldest)
      }
    },
    touch: (key, times, now) => {
      const ring = rings.get(key)
      const last = ring?.kept.at(-1)
      if (ring === undefined || last === undefined || last.exchange.request.method !== 'GET' || now - ring.lookedAt < QUIET_MS) return
      ring.lookedAt = now
      ring.kept[ring.kept.length - 1] = { ...last, exchange: { ...last.exchange, ...times } }
    },
    of: (key) => (rings.get(key)?.kept ?? []).map(({ exchange }) => maskedExchange(exchange) as unknown as JsonValue),
    keys: () => [...rings.keys()],
    forget: drop,
  }
}

function isSameRead(last: Exchange | undefined, next: Exchange): boolean {
  if (last === undefined || next.request.method !== 'GET' || last.request.method !== 'GET') return false
  const { action, call, why } = next.purpose
  return last.purpose.action === action && last.purpose.call === call && last.purpose.why === why && last.request.url === next.request.url
    && last.result.type === 'response' && next.result.type === 'response' && last.result.response.status === next.result.response.status
}

/** A large body is left out: it would push out those of hundreds of other resources. */
function keep(exchange: Exchange): Kept {
  const { result } = exchange
  if (result.type === 'failure') return { exchange, bytes: TYPICAL_BYTES }
  const length = Number(result.response.headers['content-length'] ?? TYPICAL_BYTES)
  const bytes = Number.isFinite(length) ? Math.max(length * 2, 512) : TYPICAL_BYTES
  if (bytes <= LARGE_BYTES) return { exchange, bytes }
  const body: ResponseBody = { type: 'text', contentType: 'text/plain', text: `(${length} bytes, not kept)` }
  return { exchange: { ...exchange, result: { type: 'response', response: { ...result.response, body } } }, bytes: TYPICAL_BYTES }
}
