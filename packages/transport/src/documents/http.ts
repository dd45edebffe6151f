import type { Header } from '../auth/credentials.js'
import type { Download } from './get.js'
import { getFollowing, headerText } from './get.js'
import { documentFailure, documentOf, lasting, statusFailure } from './outcome.js'
import type { DocumentCredentials, FetchDocumentOptions, FetchedDocument } from './source.js'

export interface HttpFetch {
  /** As the user wrote it, for findings. */
  readonly uri: string
  readonly url: URL
  readonly credentials: readonly Header[]
  readonly headers?: readonly Header[]
}

const ACCEPT = 'application/vnd.oai.openapi+json, application/vnd.oai.openapi, application/json, application/yaml, application/x-yaml, text/yaml, */*;q=0.5'

/** One conditional request: an unchanged document costs a 304. */
export async function fetchHttp(download: Download, fetch: HttpFetch, options: FetchDocumentOptions): Promise<FetchedDocument> {
  const { previous } = options
  const { uri } = fetch
  const got = await getFollowing(download, { url: fetch.url, headers: [...(fetch.headers ?? [['accept', ACCEPT]]), ...conditions(options)], credentials: fetch.credentials })
  if (got.type === 'failure') return documentFailure(got.failure, uri, download.maxBytes)
  if (got.status === 304 && previous !== undefined) return { type: 'notModified', identity: previous }
  if (got.status !== 200) return statusFailure(got, uri, download.now())
  const etag = headerText(got.headers, 'etag')
  const lastModified = headerText(got.headers, 'last-modified')
  const identity = { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) }
  return documentOf({ uri, bytes: got.body, mediaType: headerText(got.headers, 'content-type') ?? '', identity, pin: options.digest, previous })
}

/** A pin that differs from what we have asks for the whole: 304 would only confirm the wrong content. */
function conditions({ previous, digest }: FetchDocumentOptions): readonly Header[] {
  if (previous === undefined || (digest !== undefined && digest.toLowerCase() !== previous.digest)) return []
  if (previous.etag !== undefined) return [['if-none-match', previous.etag]]
  return previous.lastModified === undefined ? [] : [['if-modified-since', previous.lastModified]]
}

export function httpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined
}

/** User and password in the URL count as credentials, and leave the URL. */
export function credentialHeaders(credentials: DocumentCredentials | undefined, url: URL): readonly Header[] {
  const headers: Header[] = Object.entries(credentials?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value.trim()])
  const username = credentials?.username ?? decodeURIComponentSafely(url.username)
  const password = credentials?.password ?? decodeURIComponentSafely(url.password)
  if (credentials?.token !== undefined) headers.push(['authorization', `Bearer ${credentials.token.trim()}`])
  else if (username !== '' || password !== '') headers.push(['authorization', basicValue(username.trim(), password.trim())])
  return headers
}

export function basicValue(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function notHttp(uri: string): FetchedDocument {
  return lasting('NET0306', { url: uri.slice(0, 200) })
}
