import type { TransportFailure } from '@oasgen/wire'
import type { Header } from '../auth/credentials.js'
import type { Deadline } from '../connection/deadline.js'
import type { RawHeaders } from '../connection/dispatch.js'
import type { AddressPolicy, ProxySettings, TlsSettings } from '../context.js'
import type { FilledRequest } from '../request/fill.js'
import { judgeRedirect } from '../request/redirect.js'
import { ACCEPT_ENCODING } from '../response/decompress.js'
import type { Wire } from '../wire-exchange.js'

/** What one download goes through. */
export interface Download {
  readonly wire: Wire
  readonly deadline: Deadline
  readonly addresses: AddressPolicy
  readonly tls: TlsSettings
  readonly proxy: ProxySettings | undefined
  readonly userAgent: string
  readonly maxBytes: number
  readonly now: () => number
}

export interface Get {
  readonly url: URL
  readonly headers: readonly Header[]
  /** Sent to the URL's own origin only. */
  readonly credentials: readonly Header[]
  readonly maxBytes?: number
}

export type Got =
  | { readonly type: 'response'; readonly status: number; readonly headers: RawHeaders; readonly body: Buffer; readonly url: URL }
  | { readonly type: 'failure'; readonly failure: TransportFailure }

const MAX_HOPS = 5

/** GET with redirects; every hop is judged anew, and credentials stay at the first origin. */
export async function getFollowing(download: Download, get: Get): Promise<Got> {
  let url = get.url
  for (let hopsLeft = MAX_HOPS; ; hopsLeft -= 1) {
    const request = requestFor(download, get, url)
    const settings = { purpose: download.addresses, tls: download.tls, proxy: download.proxy, maxBytes: get.maxBytes ?? download.maxBytes }
    const result = await download.wire.exchange({ ...request, url }, settings, download.deadline)
    if (result.type === 'failure') return result
    if (result.status < 300 || result.status > 399 || result.status === 304) return { ...result, url }
    const hop = judgeRedirect({ status: result.status, location: headerText(result.headers, 'location'), from: url, request, isTrusted: () => false, hopsLeft })
    if (hop.type === 'refused') return { type: 'failure', failure: hop.failure }
    if (hop.type === 'stay') return { ...result, url }
    url = hop.url
  }
}

function requestFor(download: Download, get: Get, url: URL): FilledRequest {
  const own = url.origin === get.url.origin ? get.credentials : []
  const headers: readonly Header[] = [['user-agent', download.userAgent], ['accept-encoding', ACCEPT_ENCODING], ...get.headers, ...own]
  return { method: 'GET', url: url.href, headers, carriesSecrets: false }
}

export function headerText(headers: RawHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' || value === undefined ? value : value.join(', ')
}
