import { createHash, timingSafeEqual } from 'node:crypto'
import type { TokenIssuer } from '../api/plane.js'
import type { User } from '../request.js'
import type { StoreView } from '../store/types.js'

/** What the edge knows of a caller. */
export interface Caller {
  readonly authorization: string | undefined
  /** Subject of a client certificate that our authority signed. */
  readonly certificate: { readonly commonName: string; readonly organizations: readonly string[] } | undefined
  readonly at: number
}

export interface Authentication {
  readonly adminToken: string
  readonly tokens: TokenIssuer
  readonly anonymous: boolean
}

export const ADMIN: User = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }
export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** Who is calling; undefined = nobody that we know, and strangers are not let in. */
export function authenticate(caller: Caller, options: Authentication, view: StoreView): User | undefined {
  if (caller.certificate) {
    const { commonName, organizations } = caller.certificate
    return { name: commonName, groups: [...organizations, 'system:authenticated'] }
  }
  const header = caller.authorization?.trim() ?? ''
  if (header === '') return options.anonymous ? ANONYMOUS : undefined
  const token = /^bearer +(\S+)$/i.exec(header)?.[1]
  if (token === undefined) return options.anonymous && !/^bearer/i.test(header) ? ANONYMOUS : undefined
  return sameText(token, options.adminToken) ? ADMIN : options.tokens.verify(token, caller.at, view)
}

/** In constant time, whatever the lengths. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
