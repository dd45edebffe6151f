import type { TransportFailure } from '@oasgen/wire'
import type { RawHeaders } from '../connection/dispatch.js'
import type { TokenPlacement } from '../context.js'

/** A request as a signer sees it: complete but for the signature. */
export interface Signable {
  readonly method: string
  readonly url: URL
  /** Lower-case names. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Uint8Array
}

export type Header = readonly [name: string, value: string]

/** Headers that a signature adds; `at` is the instant of sending. */
export type Signer = (request: Signable, at: number) => readonly Header[]

/** What satisfying an alternative adds to a request. Made anew for every request, so that a rotated Secret serves at once. */
export interface Credentials {
  readonly headers: readonly Header[]
  readonly query: readonly Header[]
  readonly cookies: readonly Header[]
  readonly signers: readonly Signer[]
  readonly clientCertificate?: { readonly cert: string; readonly key: string; readonly passphrase?: string }
  /** Told of the API's verdict: a token may be stale, a Digest challenge wants an answer. */
  readonly watchers: readonly CredentialWatcher[]
}

export interface CredentialWatcher {
  /** After a 401. True = other credentials are to be had, so that one repetition makes sense. */
  readonly refused: (headers: RawHeaders) => boolean
  readonly accepted: () => void
}

export const NO_CREDENTIALS: Credentials = { headers: [], query: [], cookies: [], signers: [], watchers: [] }

export type CredentialsResult = Partial<Credentials> | { readonly failure: TransportFailure }

export function mergeCredentials(parts: readonly Partial<Credentials>[]): Credentials {
  return parts.reduce<Credentials>((all, part) => ({
    ...all,
    ...part,
    headers: [...all.headers, ...(part.headers ?? [])],
    query: [...all.query, ...(part.query ?? [])],
    cookies: [...all.cookies, ...(part.cookies ?? [])],
    signers: [...all.signers, ...(part.signers ?? [])],
    watchers: [...all.watchers, ...(part.watchers ?? [])],
  }), NO_CREDENTIALS)
}

/** Puts a token where the API wants it; `Authorization: Bearer` unless said otherwise. */
export function placeToken(token: string, placement: TokenPlacement = { in: 'header', name: 'authorization', valuePrefix: 'Bearer ' }): Partial<Credentials> {
  const entry: Header = [placement.in === 'header' ? placement.name.toLowerCase() : placement.name, `${placement.valuePrefix ?? ''}${token}`]
  switch (placement.in) {
    case 'header':
      return { headers: [entry] }
    case 'query':
      return { query: [entry] }
    case 'cookie':
      return { cookies: [entry] }
  }
}
