import { createHash } from 'node:crypto'
import { Pool } from 'undici'
import { MAX_HEADER_BYTES } from '../failure.js'
import { createConnector, type TlsIdentity } from './connector.js'
import type { AddressGuard } from './guard.js'
import { createLookUp } from './names.js'

export interface Route {
  /** Where the connection goes: `https://api.example.com`, or the proxy's origin for plain http through a proxy. */
  readonly origin: string
  readonly guard: AddressGuard
  readonly tls: TlsIdentity
  /** CONNECT proxy. */
  readonly tunnel?: URL
}

/** A pool that nobody used for so long is closed, so that rotated certificates and gone hosts leave nothing behind. */
const IDLE_MS = 600_000

interface Entry {
  readonly pool: Pool
  usedAt: number
}

/** One connection pool per origin, TLS identity, tunnel and purpose: connections are never shared across any of them. */
export class Pools {
  readonly #entries = new Map<string, Entry>()
  readonly #tlsKeys = new WeakMap<TlsIdentity, string>()
  readonly #lookUp = createLookUp()
  readonly #connectTimeoutMs: number
  readonly #now: () => number

  constructor(connectTimeoutMs: number, now: () => number) {
    this.#connectTimeoutMs = connectTimeoutMs
    this.#now = now
  }

  /** `made` tells whether the pool is new. */
  take(route: Route): { readonly pool: Pool; readonly made: boolean } {
    const key = `${route.origin} ${route.tunnel?.href ?? ''} ${route.guard.purpose} ${this.#tlsKey(route.tls)}`
    const found = this.#entries.get(key)
    const now = this.#now()
    if (found !== undefined) {
      found.usedAt = now
      return { pool: found.pool, made: false }
    }
    this.#sweep(now)
    const pool = this.#open(route)
    this.#entries.set(key, { pool, usedAt: now })
    return { pool, made: true }
  }

  async close(): Promise<void> {
    const pools = [...this.#entries.values()].map(({ pool }) => pool)
    this.#entries.clear()
    await Promise.all(pools.map((pool) => pool.destroy()))
  }

  #tlsKey(tls: TlsIdentity): string {
    const known = this.#tlsKeys.get(tls)
    if (known !== undefined) return known
    const key = tlsKey(tls)
    this.#tlsKeys.set(tls, key)
    return key
  }

  #open({ origin, guard, tls, tunnel }: Route): Pool {
    const connectTimeoutMs = this.#connectTimeoutMs
    const connect = createConnector({ lookUp: this.#lookUp, guard, tls, connectTimeoutMs, ...(tunnel && { proxy: tunnel }) })
    return new Pool(origin, { connect, pipelining: 1, connections: 256, maxHeaderSize: MAX_HEADER_BYTES })
  }

  #sweep(now: number): void {
    for (const [key, { pool, usedAt }] of this.#entries) {
      if (now - usedAt < IDLE_MS || pool.stats.running > 0 || pool.stats.pending > 0 || pool.stats.queued > 0) continue
      this.#entries.delete(key)
      void pool.close()
    }
  }
}

function tlsKey(tls: TlsIdentity): string {
  const parts = [tls.ca, tls.cert, tls.key, tls.passphrase, tls.serverName, tls.insecureSkipVerify === true ? 'insecure' : undefined]
  return parts.every((part) => part === undefined) ? '' : createHash('sha256').update(JSON.stringify(parts)).digest('base64')
}
