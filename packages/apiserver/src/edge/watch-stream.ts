import type { ServerResponse } from 'node:http'
import { writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { metadataOf, text, withMetadata } from '../object.js'
import { expired, revisionTooLarge, statusOf } from '../failure.js'
import { warningHeader } from './warning.js'
import type { Registry } from '../registry/types.js'
import type { WatchReply } from '../request.js'
import type { Store } from '../store/store.js'
import type { StoreEvent } from '../store/types.js'

interface WatchStream {
  readonly reply: WatchReply
  readonly outgoing: ServerResponse
  readonly store: Store
  readonly registry: () => Registry
  readonly now: () => number
  readonly headers: Record<string, string>
}

/** A client that reads slower than this many bytes behind is cut off; it resumes from its last revision. The state at the beginning does not count: it cannot be read before it is sent. */
const BACKLOG_LIMIT = 16 * 1024 * 1024
const BOOKMARK_MS = 60_000
/** A last bookmark goes out this long before the end, so that the client can go on from there. */
const FAREWELL_MS = 2_000

/** Sends what there is, what has happened since, and then what happens, until somebody ends it. */
export function streamWatch(watch: WatchStream): void {
  const { reply, outgoing, store } = watch
  if (reply.warnings?.length) outgoing.setHeader('warning', reply.warnings.map(warningHeader))
  outgoing.writeHead(200, { ...watch.headers, 'content-type': reply.contentType, 'x-content-type-options': 'nosniff' })
  outgoing.flushHeaders()
  const past = store.eventsAfter(reply.resource, reply.after)
  if (past === undefined || reply.after > store.durableRevision) return endWithError(watch)
  for (const stored of reply.initial) send(watch, 'ADDED', stored.object)
  if (reply.initialEventsEnd) write(outgoing, 'BOOKMARK', reply.bookmark(reply.after, true))
  follow(watch, past)
}

function endWithError({ reply, outgoing, store }: WatchStream): void {
  const failure = reply.after > store.durableRevision
    ? revisionTooLarge(reply.after, store.durableRevision) : expired(`too old resource version: ${reply.after} (${store.compacted})`)
  write(outgoing, 'ERROR', statusOf(failure))
  outgoing.end()
}

function follow(watch: WatchStream, past: readonly StoreEvent[]): void {
  const { reply, outgoing, store } = watch
  let seen = reply.after
  const limit = outgoing.writableLength + BACKLOG_LIMIT
  const take = (events: readonly StoreEvent[]): void => {
    for (const event of events) {
      if (event.revision <= seen) continue
      seen = event.revision
      if (event.resource === reply.resource) deliver(watch, event)
    }
    if (outgoing.writableLength > limit) outgoing.destroy()
  }
  // Past events that are not durable yet come once more through the subscription.
  take(past.filter((event) => event.revision <= store.durableRevision))
  const unsubscribe = store.subscribe((events) => {
    take(events)
    if (events.some((event) => event.resource === CRDS && event.type === 'DELETED' && event.key === reply.resource)) outgoing.end()
  })
  const bookmarks = reply.bookmarks ? setInterval(() => write(outgoing, 'BOOKMARK', reply.bookmark(Math.max(seen, store.durableRevision), false)), BOOKMARK_MS) : undefined
  const timeout = Math.min(reply.timeoutMs, 2 ** 31 - 1)
  const farewell = reply.bookmarks && timeout > 2 * FAREWELL_MS
    ? setTimeout(() => write(outgoing, 'BOOKMARK', reply.bookmark(Math.max(seen, store.durableRevision), false)), timeout - FAREWELL_MS) : undefined
  const end = setTimeout(() => outgoing.end(), timeout)
  outgoing.on('close', () => {
    unsubscribe()
    clearInterval(bookmarks)
    clearTimeout(farewell)
    clearTimeout(end)
  })
}

const CRDS = 'customresourcedefinitions.apiextensions.k8s.io'

/** What an event means to somebody who sees only some objects: one that comes into view is added, one that leaves is deleted. */
function deliver(watch: WatchStream, event: StoreEvent): void {
  const { matches } = watch.reply.selection
  const before = event.previous !== undefined && matches(event.previous.object)
  const after = event.type !== 'DELETED' && matches(event.object)
  if (event.type === 'DELETED') {
    if (before) send(watch, 'DELETED', event.object)
  } else if (after) send(watch, before ? 'MODIFIED' : 'ADDED', event.object)
  else if (before && event.previous) {
    send(watch, 'DELETED', withMetadata(event.previous.object, { resourceVersion: text(metadataOf(event.object), 'resourceVersion') }))
  }
}

function send({ reply, outgoing, now }: WatchStream, type: string, object: JsonObject): void {
  write(outgoing, type, reply.render(object, now()))
}

function write(outgoing: ServerResponse, type: string, object: JsonValue): void {
  if (!outgoing.destroyed && !outgoing.writableEnded) outgoing.write(`{"type":"${type}","object":${writeJson(object)}}\n`)
}
