import type { Exchange, ExchangeResult, SealedText } from './http.js'
import { maskedUrl } from './masked.js'

/** One exchange in one line for people, masked: `PATCH /v1/books/1 → 200 in 3 ms`. */
export function exchangeLine(exchange: Exchange): string {
  return `${exchange.request.method} ${shortUrl(exchange.request.url)} → ${outcome(exchange.result, exchange.tookMs)}`
}

/** Path and masked query, without scheme and host: which API it is, stands beside such lines anyway. */
export function shortUrl(url: SealedText): string {
  const path = maskedUrl(url).replace(/^[a-z][a-z\d+.-]*:\/\/[^/?]*/i, '')
  return bounded(path.startsWith('/') ? path : `/${path}`, 200)
}

function outcome(result: ExchangeResult, tookMs: number): string {
  if (result.type === 'response') return `${result.response.status} in ${duration(tookMs)}`
  const { message, sent } = result.failure
  return `no answer (${bounded(message, 120)}) after ${duration(tookMs)}${sent === 'nothing' ? ', nothing was sent' : ''}`
}

/** `3 ms`, `1.2 s`, `2 min 5 s`: as much as helps to compare. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function bounded(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
