import type { JsonObject } from '@oasgen/json'
import { isSecretName, maskedUrl, maskedValue } from '@oasgen/wire'
import { MASK, writeJson } from '@oasgen/json'
import type { Score } from '../drive/conform.js'
import type { LedgerEntry } from '../server/ledger.js'

/** Everything that was sent and answered, as HTTP Archive 1.2. Credentials are masked; times are those of the drive's clock. */
export function renderHar(scores: readonly Score[]): JsonObject {
  const pages = scores.flatMap(({ kind, lives }) => lives.map((life) => ({ id: `${kind} ${life.switch}`, entries: life.entries })))
  return {
    log: {
      version: '1.2', creator: { name: 'oasgen conform', version: '0.1.0' },
      pages: pages.map(({ id, entries }) => ({ startedDateTime: timeOf(entries[0]), id, title: id, pageTimings: {} })),
      entries: pages.flatMap(({ id, entries }) => entries.map((entry) => entryOf(entry, id))),
    },
  }
}

function timeOf(entry: LedgerEntry | undefined): string {
  return new Date(entry?.at ?? 0).toISOString()
}

function entryOf(entry: LedgerEntry, pageref: string): JsonObject {
  const comment = [entry.verb, entry.switch, entry.effect === 'none' ? undefined : entry.effect].filter((word) => word !== undefined).join(', ')
  return { pageref, startedDateTime: timeOf(entry), time: 1, request: requestOf(entry), response: responseOf(entry), cache: {}, timings: { send: 0, wait: 1, receive: 0 }, ...(comment !== '' && { comment }) }
}

function requestOf({ method, url, headers, body }: LedgerEntry): JsonObject {
  const shown = maskedUrl(`http://${headers['host'] ?? 'api'}${url}`)
  const query = [...new URLSearchParams(shown.split('?')[1] ?? '')].map(([name, value]) => ({ name, value }))
  const text = body === undefined ? '' : writeJson(maskedValue(body))
  return {
    method, url: shown, httpVersion: 'HTTP/1.1', cookies: [], headers: headersOf(headers), queryString: query, headersSize: -1, bodySize: text.length,
    ...(body !== undefined && { postData: { mimeType: headers['content-type'] ?? 'application/json', text } }),
  }
}

function responseOf({ answer }: LedgerEntry): JsonObject {
  if (answer.type === 'none') return { status: 0, statusText: answer.how === 'hang' ? 'never answered' : 'cut in the middle', httpVersion: 'HTTP/1.1', cookies: [], headers: [], content: { size: 0, mimeType: '' }, redirectURL: '', headersSize: -1, bodySize: -1 }
  const { status, headers, body } = answer
  return {
    status, statusText: '', httpVersion: 'HTTP/1.1', cookies: [], headers: headersOf(headers), content: { size: body.length, mimeType: headers['content-type'] ?? '', text: body },
    redirectURL: '', headersSize: -1, bodySize: body.length,
  }
}

function headersOf(headers: Readonly<Record<string, string>>): readonly JsonObject[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value: isSecretName(name) ? MASK : value }))
}
