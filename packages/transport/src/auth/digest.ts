import { createHash } from 'node:crypto'

/** HTTP Digest access authentication, RFC 7616: MD5, SHA-256 and their session forms, with and without `qop=auth`. */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque?: string
  readonly algorithm: DigestAlgorithm
  readonly qop: 'auth' | 'none'
}
type DigestAlgorithm = 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess'
const ALGORITHMS: readonly DigestAlgorithm[] = ['SHA-256', 'SHA-256-sess', 'MD5', 'MD5-sess']

/** The strongest challenge of a `www-authenticate` header that can be answered. */
export function readDigestChallenge(header: string): DigestChallenge | undefined {
  const challenges = header.split(/(?=\bDigest\s)/i).flatMap((part) => {
    const challenge = /^Digest\s/i.test(part) ? challengeOf(parameters(part.slice(7))) : undefined
    return challenge === undefined ? [] : [challenge]
  })
  return challenges.sort((a, b) => ALGORITHMS.indexOf(a.algorithm) - ALGORITHMS.indexOf(b.algorithm))[0]
}

function challengeOf(given: ReadonlyMap<string, string>): DigestChallenge | undefined {
  const realm = given.get('realm')
  const nonce = given.get('nonce')
  const algorithm = ALGORITHMS.find((name) => name.toLowerCase() === (given.get('algorithm') ?? 'MD5').toLowerCase())
  const qops = given.get('qop')?.split(',').map((qop) => qop.trim().toLowerCase())
  if (realm === undefined || nonce === undefined || algorithm === undefined || (qops !== undefined && !qops.includes('auth'))) return undefined
  const opaque = given.get('opaque')
  return { realm, nonce, algorithm, qop: qops === undefined ? 'none' : 'auth', ...(opaque !== undefined && { opaque }) }
}

/** `name=token` and `name="quoted \"text\""`, in any order, in lower-case names. */
export function parameters(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', quoted, token] of text.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)) {
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), quoted === undefined ? token ?? '' : quoted.replace(/\\(.)/g, '$1'))
  }
  return found
}

export interface DigestAnswer {
  readonly challenge: DigestChallenge
  readonly username: string
  readonly password: string
  readonly method: string
  /** Path and query as they are sent. */
  readonly uri: string
  readonly cnonce: string
  /** How often this nonce was used, from 1. */
  readonly count: number
}

export function answerDigest({ challenge, username, password, method, uri, cnonce, count }: DigestAnswer): string {
  const { realm, nonce, algorithm, qop, opaque } = challenge
  const hash = (text: string): string => createHash(algorithm.startsWith('SHA') ? 'sha256' : 'md5').update(text, 'utf8').digest('hex')
  const identity = hash(`${username}:${realm}:${password}`)
  const secret = algorithm.endsWith('-sess') ? hash(`${identity}:${nonce}:${cnonce}`) : identity
  const nc = count.toString(16).padStart(8, '0')
  const proof = hash(`${method}:${uri}`)
  const response = qop === 'auth' ? hash(`${secret}:${nonce}:${nc}:${cnonce}:auth:${proof}`) : hash(`${secret}:${nonce}:${proof}`)
  const parts = [
    `username="${quoted(username)}"`, `realm="${quoted(realm)}"`, `nonce="${quoted(nonce)}"`, `uri="${quoted(uri)}"`, `response="${response}"`, `algorithm=${algorithm}`,
    ...(qop === 'auth' ? ['qop=auth', `nc=${nc}`] : []),
    ...(qop === 'auth' || algorithm.endsWith('-sess') ? [`cnonce="${cnonce}"`] : []),
    ...(opaque === undefined ? [] : [`opaque="${quoted(opaque)}"`]),
  ]
  return `Digest ${parts.join(', ')}`
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}
