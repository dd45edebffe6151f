import { Deadline } from '../connection/deadline.js'
import type { ResolvedOptions } from '../options.js'
import { createMask } from '../response/mask.js'
import type { Wire } from '../wire-exchange.js'
import { fetchFile } from './file.js'
import type { Download } from './get.js'
import { fetchGithub } from './github.js'
import { credentialHeaders, fetchHttp, httpUrl, notHttp } from './http.js'
import { fetchOci } from './oci.js'
import { lasting } from './outcome.js'
import type { DocumentCredentials, DocumentSource, FetchDocumentOptions, FetchedDocument } from './source.js'

const DEFAULT_MAX_BYTES = 32 * 1024 * 1024
const DEFAULT_TIMEOUT_MS = 60_000

/** Bytes, media type and identity of a document, or that it is the same as before, or why not. Never throws. */
export async function fetchDocument(runtime: { readonly wire: Wire; readonly options: ResolvedOptions }, source: DocumentSource, options: FetchDocumentOptions): Promise<FetchedDocument> {
  const deadline = new Deadline(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, options.signal)
  const { credentials } = options
  const download: Download = {
    wire: runtime.wire,
    deadline,
    addresses: options.privateAddresses ?? runtime.options.privateAddresses,
    tls: credentials?.ca === undefined ? {} : { ca: credentials.ca },
    proxy: options.proxy,
    userAgent: runtime.options.defaults.userAgent,
    maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
    now: runtime.options.now,
  }
  try {
    return masked(await fetchSource(download, source, options), credentials)
  } finally {
    deadline.release()
  }
}

function fetchSource(download: Download, source: DocumentSource, options: FetchDocumentOptions): Promise<FetchedDocument> | FetchedDocument {
  switch (source.kind) {
    case 'http':
      return fetchUrl(download, source, options)
    case 'oci':
      return fetchOci(download, source, options)
    case 'github':
      return fetchGithub(download, source, options)
    case 'file':
      return fetchFile(source, download.maxBytes, options)
    case 'configMap':
    case 'secret':
      return lasting('NET0509', { uri: source.uri, detail: 'it is an object of the cluster' })
  }
}

function fetchUrl(download: Download, source: { readonly uri: string; readonly url: string }, options: FetchDocumentOptions): Promise<FetchedDocument> | FetchedDocument {
  const given = httpUrl(source.url)
  if (given === undefined) return notHttp(source.uri)
  const credentials = credentialHeaders(options.credentials, given)
  const url = new URL(given)
  url.username = ''
  url.password = ''
  url.hash = ''
  // The query may hold a token of its own (signed URLs): findings name the place without it.
  return fetchHttp(download, { uri: url.origin + url.pathname, url, credentials }, options)
}

function masked(fetched: FetchedDocument, credentials: DocumentCredentials | undefined): FetchedDocument {
  if (fetched.type !== 'failure' || credentials === undefined) return fetched
  const { token, password, headers } = credentials
  const mask = createMask(new Set([token, password, ...Object.values(headers ?? {})].flatMap((text) => (text === undefined || text.trim() === '' ? [] : [text.trim()]))))
  return { ...fetched, finding: { ...fetched.finding, message: mask.text(fetched.finding.message) } }
}
