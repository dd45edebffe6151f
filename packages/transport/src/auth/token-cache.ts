import type { Instant, TransportFailure } from '@oasgen/wire'

/** Something that was fetched with credentials and is used until it runs out. */
export interface Token {
  readonly value: string
  readonly expiresAt: Instant
}

export type TokenResult<T extends Token = Token> =
  | { readonly type: 'token'; readonly token: T }
  | { readonly type: 'failure'; readonly failure: TransportFailure }

interface Entry<T extends Token> {
  token?: T
  /** From here on the next user starts a fetch in the background, from `endAt` on it waits for it. */
  refreshAt: Instant
  endAt: Instant
  pending?: Promise<TokenResult<T>>
  failed?: { readonly failure: TransportFailure; readonly until: Instant; readonly count: number }
  /** A token was thrown away after a 401, and none has served since. */
  doubtedAt?: Instant
  usedAt: Instant
}

/** A refused token is not fetched anew more often than this: credentials that the API never accepts must not storm the token endpoint. */
const DOUBT_MS = 30_000
const MAX_HOLD_MS = 300_000
const MAX_ENTRIES = 2_000

/**
 * Tokens by key: one fetch at a time per key (single flight), refreshed in the background before they end, thrown away
 * once after a 401. A key is a hash over the scheme and its credentials, so that a changed Secret is tried at once,
 * while credentials that were rejected are held back with growing pauses: accounts are locked by impatience.
 */
export class TokenCache<T extends Token = Token> {
  readonly #entries = new Map<string, Entry<T>>()
  readonly #now: () => Instant

  constructor(now: () => Instant) {
    this.#now = now
  }

  /** At once where a token is at hand. `fetch` never rejects. */
  take(key: string, fetch: () => Promise<TokenResult<T>>): TokenResult<T> | Promise<TokenResult<T>> {
    const now = this.#now()
    const entry = this.#entry(key, now)
    const { token } = entry
    if (token !== undefined && now < entry.endAt) {
      if (now >= entry.refreshAt && entry.pending === undefined && !isHeld(entry, now)) void this.#fetch(entry, fetch)
      return { type: 'token', token }
    }
    if (entry.pending !== undefined) return entry.pending
    if (isHeld(entry, now)) return heldFailure(entry, now)
    return this.#fetch(entry, fetch)
  }

  /** The API answered 401 to this token. True = a fetch will give another one. */
  refuse(key: string, token: T): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    if (entry.token !== token) return entry.token !== undefined || entry.pending !== undefined
    const now = this.#now()
    if (entry.doubtedAt !== undefined && now - entry.doubtedAt < DOUBT_MS) return false
    entry.doubtedAt = now
    delete entry.token
    return true
  }

  /** The API accepted it. */
  confirm(key: string): void {
    const entry = this.#entries.get(key)
    if (entry?.doubtedAt !== undefined) delete entry.doubtedAt
  }

  #entry(key: string, now: Instant): Entry<T> {
    const known = this.#entries.get(key)
    if (known !== undefined) {
      known.usedAt = now
      return known
    }
    if (this.#entries.size >= MAX_ENTRIES) this.#forgetOldest()
    const entry: Entry<T> = { refreshAt: 0, endAt: 0, usedAt: now }
    this.#entries.set(key, entry)
    return entry
  }

  #forgetOldest(): void {
    const byUse = [...this.#entries].sort(([, a], [, b]) => a.usedAt - b.usedAt)
    for (const [key] of byUse.slice(0, MAX_ENTRIES / 4)) this.#entries.delete(key)
  }

  #fetch(entry: Entry<T>, fetch: () => Promise<TokenResult<T>>): Promise<TokenResult<T>> {
    const pending = fetch().then((result) => {
      delete entry.pending
      this.#keep(entry, result)
      return result
    })
    entry.pending = pending
    return pending
  }

  #keep(entry: Entry<T>, result: TokenResult<T>): void {
    const now = this.#now()
    if (result.type === 'failure') {
      const count = (entry.failed?.count ?? 0) + 1
      const rejected = result.failure.reason === 'credentialsRejected'
      const pause = Math.min(MAX_HOLD_MS, (rejected ? 10_000 : 1_000) * 2 ** Math.min(count - 1, 10))
      entry.failed = { failure: result.failure, until: now + Math.max(pause, result.failure.retryAfterMs ?? 0), count }
      return
    }
    delete entry.failed
    entry.token = result.token
    const lifetime = Math.max(0, result.token.expiresAt - now)
    entry.refreshAt = result.token.expiresAt - Math.min(60_000, lifetime / 4)
    // A token that ends within seconds would end on the way.
    entry.endAt = result.token.expiresAt - Math.min(5_000, lifetime / 10)
  }
}

function isHeld<T extends Token>({ failed }: Entry<T>, now: Instant): boolean {
  return failed !== undefined && now < failed.until
}

function heldFailure<T extends Token>({ failed }: Entry<T>, now: Instant): TokenResult<T> {
  if (failed === undefined) throw new Error('only a held entry has a failure')
  return { type: 'failure', failure: { ...failed.failure, sent: 'nothing', retryAfterMs: failed.until - now } }
}
