import { createHash } from 'node:crypto'
import { entryOf, finding, type Finding, type FindingCode, type FindingTexts } from '@oasgen/diagnostics'
import { retryAfter, type ResponseHeaders, type TransportFailure } from '@oasgen/wire'
import type { DocumentIdentity, FetchedDocument } from './source.js'
import type { Got } from './get.js'

/** The failure of an exchange as a finding, with the help of its catalogue entry. */
export function findingOfFailure(failure: TransportFailure): Finding {
  const entry = entryOf(failure.code)
  const help = entry?.help !== undefined && !/\{\w+\}/.test(entry.help) ? entry.help : undefined
  return { code: failure.code, severity: 'error', message: failure.message, ...(help !== undefined && { help }) }
}

type DocumentFailure = Extract<FetchedDocument, { type: 'failure' }>

export function lasting<C extends FindingCode>(code: C, texts: FindingTexts<C>): DocumentFailure {
  return { type: 'failure', finding: finding(code, texts), duration: 'lasting' }
}

export function passing(uri: string, detail: string, retryAfterMs?: number): DocumentFailure {
  return { type: 'failure', finding: finding('NET0503', { uri, detail }), duration: 'passing', ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

/** What an exchange without a response means for a document. */
export function documentFailure(failure: TransportFailure, uri: string, maxBytes: number): DocumentFailure {
  if (failure.reason === 'tooLarge') return lasting('NET0504', { uri, limit: maxBytes })
  if (failure.reason === 'notPermitted' || failure.reason === 'tls') return { type: 'failure', finding: findingOfFailure(failure), duration: 'lasting' }
  return passing(uri, failure.message.replace(/\.$/, ''), failure.retryAfterMs)
}

/** What a status other than 200 and 304 means for a document. */
export function statusFailure(got: Extract<Got, { type: 'response' }>, uri: string, now: number): DocumentFailure {
  const { status } = got
  if (status === 404 || status === 410) return lasting('NET0501', { uri, status })
  const retryAfterMs = retryAfter(got.headers as ResponseHeaders, now)
  // GitHub answers 403 when its limit is used up: that passes.
  if ((status === 401 || status === 403) && retryAfterMs === undefined) return lasting('NET0502', { uri, status })
  return passing(uri, `the server answered ${status}`, retryAfterMs)
}

export interface Bytes {
  readonly uri: string
  readonly bytes: Uint8Array
  readonly mediaType: string
  readonly identity: Omit<DocumentIdentity, 'digest'>
  readonly pin: string | undefined
  readonly previous: DocumentIdentity | undefined
}

/** Content is judged by its digest: the pin must fit, and what was there before is not a new document. */
export function documentOf({ uri, bytes, mediaType, identity: parts, pin, previous }: Bytes): FetchedDocument {
  if (bytes.length === 0) return { type: 'failure', finding: finding('NET0510', { uri }), duration: 'passing' }
  const digest = sha256Digest(bytes)
  if (pin !== undefined && pin.toLowerCase() !== digest) return lasting('NET0505', { uri, found: digest, expected: pin })
  const identity = { digest, ...parts }
  return previous?.digest === digest ? { type: 'notModified', identity } : { type: 'document', bytes, mediaType, identity }
}

export function sha256Digest(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
