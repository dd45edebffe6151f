import { StringDecoder } from 'node:string_decoder'
import { isObject, readJson, type JsonObject } from '@oasgen/json'
import { readAnswer } from './answer.js'
import type { Connection, KubeStream } from './connection.js'
import { errorOfProtocol, errorOfStatus, type Attempt, type KubeError } from './error.js'
import { annotationsOf, resourceVersionOf, type KubeObject } from './object.js'
import type { KubeRequest } from './request.js'
import { errorOfCause } from './silence.js'

export type WatchEvent =
  | { readonly type: 'added' | 'updated' | 'deleted'; readonly object: KubeObject }
  /** Everything up to this version has been told. `initialEventsEnd`: the state that was asked for first is complete. */
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  /** The last event of a watch that failed, or was refused. A watch that the server ended in order has none. */
  | { readonly type: 'error'; readonly error: KubeError }

/** One watch request. It ends when the server ends it, with an `error` event, or by `close`; going on is the caller's business. */
export interface Watch extends AsyncIterable<WatchEvent> {
  /** The events of each chunk that arrived, together: cheaper for many small events. */
  batches(): AsyncIterable<readonly WatchEvent[]>
  close(): void
}

export interface WatchLimits {
  readonly stallMs: number
  readonly signal?: AbortSignal
}

export function openWatch(connection: Connection, request: KubeRequest, limits: WatchLimits): Watch {
  const controller = new AbortController()
  const close = (): void => {
    limits.signal?.removeEventListener('abort', close)
    controller.abort()
  }
  if (limits.signal?.aborted === true) controller.abort()
  limits.signal?.addEventListener('abort', close, { once: true })
  const batches = (): AsyncIterable<readonly WatchEvent[]> =>
    readBatches(connection, request, { stallMs: limits.stallMs, signal: controller.signal, close })
  return { batches, close, [Symbol.asyncIterator]: () => eachOf(batches()) }
}

async function* eachOf(batches: AsyncIterable<readonly WatchEvent[]>): AsyncGenerator<WatchEvent> {
  for await (const batch of batches) yield* batch
}

interface Reading {
  readonly stallMs: number
  readonly signal: AbortSignal
  readonly close: () => void
}

async function* readBatches(connection: Connection, request: KubeRequest, reading: Reading): AsyncGenerator<readonly WatchEvent[]> {
  try {
    const opened = await connection.stream(request, reading)
    if (reading.signal.aborted) return
    const refusal = refusalOf(request.attempt, opened)
    if (refusal !== undefined) yield [{ type: 'error', error: refusal }]
    else if (opened.ok && 'chunks' in opened.value) yield* decodeChunks(request.attempt, opened.value)
  } catch (cause) {
    if (!reading.signal.aborted) yield [{ type: 'error', error: errorOfCause(request, cause, { isTimeout: false, maxBytes: MAX_LINE }) }]
  } finally {
    reading.close()
  }
}

function refusalOf(attempt: Attempt, opened: Awaited<ReturnType<Connection['stream']>>): KubeError | undefined {
  if (!opened.ok) return opened.error
  if ('chunks' in opened.value) return undefined
  const answer = readAnswer(attempt, opened.value)
  return answer.ok ? errorOfProtocol(attempt, 'the server ended the watch at once') : answer.error
}

async function* decodeChunks(attempt: Attempt, stream: KubeStream): AsyncGenerator<readonly WatchEvent[]> {
  const decoder = createEventDecoder(attempt)
  for await (const chunk of stream.chunks) {
    const events = decoder.push(chunk)
    if (events.length > 0) yield events
    if (events.at(-1)?.type === 'error') return
  }
}

export interface EventDecoder {
  /** Events that are complete with this chunk. An `error` is always the last one. */
  push(chunk: Buffer): readonly WatchEvent[]
}

/** Chunks → lines → events. A line that cannot be read ends the watch: dropping it would lose an object without a word. */
export function createEventDecoder(attempt: Attempt): EventDecoder {
  const utf8 = new StringDecoder('utf8')
  const open: string[] = []
  let openLength = 0
  const takeLine = (head: string): string => {
    if (open.length === 0) return head
    const line = open.join('') + head
    open.length = 0
    openLength = 0
    return line
  }
  return {
    push(chunk) {
      const text = utf8.write(chunk)
      const events: WatchEvent[] = []
      let start = 0
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        const line = takeLine(text.slice(start, end))
        start = end + 1
        if (line.length > 1) events.push(readEvent(attempt, line))
        if (events.at(-1)?.type === 'error') return events
      }
      if (start < text.length) {
        open.push(text.slice(start))
        openLength += text.length - start
      }
      if (openLength > MAX_LINE) events.push({ type: 'error', error: errorOfProtocol(attempt, `a watch event is longer than ${MAX_LINE} characters`) })
      return events
    },
  }
}

/** etcd stores objects of at most about 1.5 MB; JSON escapes may triple that. */
const MAX_LINE = 16 * 1024 * 1024

const TYPES: Readonly<Record<string, 'added' | 'updated' | 'deleted'>> = { ADDED: 'added', MODIFIED: 'updated', DELETED: 'deleted' }

function readEvent(attempt: Attempt, line: string): WatchEvent {
  const read = readJson(line)
  if (!read.ok) return unreadable(attempt, `no JSON at offset ${read.offset}: ${read.message}`)
  if (!isObject(read.value) || !isObject(read.value.object)) return unreadable(attempt, 'a watch event without object')
  const { type, object } = read.value
  const change = typeof type === 'string' && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  if (change !== undefined) return { type: change, object }
  if (type === 'BOOKMARK') return bookmark(object)
  if (type === 'ERROR') return { type: 'error', error: errorOfStatus(attempt, object) }
  return unreadable(attempt, 'a watch event of unknown type')
}

function bookmark(object: JsonObject): WatchEvent {
  return {
    type: 'bookmark',
    resourceVersion: resourceVersionOf(object),
    initialEventsEnd: annotationsOf(object)['k8s.io/initial-events-end'] === 'true',
  }
}

function unreadable(attempt: Attempt, message: string): WatchEvent {
  return { type: 'error', error: errorOfProtocol(attempt, message) }
}
