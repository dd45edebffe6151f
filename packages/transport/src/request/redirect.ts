import type { TransportFailure } from '@oasgen/wire'
import { failureOf } from '../failure.js'
import type { FilledRequest } from './fill.js'

export type Hop =
  /** The response is the answer. */
  | { readonly type: 'stay' }
  | { readonly type: 'follow'; readonly url: URL; readonly request: FilledRequest; readonly credentials: 'same' | 'none' }
  | { readonly type: 'refused'; readonly failure: TransportFailure }

export interface RedirectQuestion {
  readonly status: number
  readonly location: string | undefined
  readonly from: URL
  readonly request: FilledRequest
  /** Whether credentials may be sent to an origin. */
  readonly isTrusted: (origin: string) => boolean
  readonly hopsLeft: number
}

/**
 * What to do with a redirect. GET and HEAD follow; 303 turns a write into a GET; 307 and 308 repeat a write, but only at its
 * own origin; 301 and 302 on a write are the answer: following them as GET would make a create look like it succeeded.
 */
export function judgeRedirect(question: RedirectQuestion): Hop {
  const { status, location, from, request } = question
  const method = methodAfter(status, request.method)
  if (method === undefined || location === undefined) return { type: 'stay' }
  const url = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) return { type: 'stay' }
  const refused = (detail: string): Hop => ({
    type: 'refused',
    failure: failureOf('NET0305', { host: from.host, target: url.origin, detail }, { reason: 'notPermitted', sent: 'maybe' }),
  })
  if (question.hopsLeft <= 0) return refused('there were too many redirects')
  if (from.protocol === 'https:' && url.protocol === 'http:') return refused('it leads from https to http')
  const sameOrigin = url.origin === from.origin
  if (!sameOrigin && method !== 'GET' && method !== 'HEAD') return refused('a write is repeated only at its own host')
  const trusted = sameOrigin || question.isTrusted(url.origin)
  const repeated = method === request.method ? request : asGet(request, method)
  if (!trusted && repeated.carriesSecrets) return refused('the request carries a secret')
  return { type: 'follow', url, request: { ...(trusted ? repeated : bare(repeated)), url: url.href }, credentials: trusted ? 'same' : 'none' }
}

function methodAfter(status: number, method: string): string | undefined {
  const reads = method === 'GET' || method === 'HEAD'
  switch (status) {
    case 301:
    case 302:
      return reads ? method : undefined
    case 303:
      return method === 'HEAD' ? 'HEAD' : 'GET'
    case 307:
    case 308:
      return method
    default:
      return undefined
  }
}

function asGet(request: FilledRequest, method: string): FilledRequest {
  const { body: _, ...rest } = request
  return { ...rest, method, headers: request.headers.filter(([name]) => !name.startsWith('content-')) }
}

const CREDENTIAL_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-api-key', 'www-authenticate'])

/** Without what could be a credential that the definition wrote down literally. */
function bare(request: FilledRequest): FilledRequest {
  return { ...request, headers: request.headers.filter(([name]) => !CREDENTIAL_HEADERS.has(name)) }
}
