import type { Failure } from './failure.js'
import type { Stored, Write } from './store/types.js'
import type { JsonObject, JsonValue } from '@oasgen/json'
import type { ResourceType, ResourceVersion } from './registry/types.js'
import type { Selection } from './api/selectors.js'

/** A request as a value: what the edge makes of HTTP, and all that the core ever sees of it. */
export interface ApiRequest {
  readonly method: string
  /** Path without query, not yet percent-decoded. */
  readonly path: string
  readonly query: ReadonlyMap<string, readonly string[]>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly user: User
  readonly at: number
}

export interface User {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export type Reply = ObjectReply | TextReply | WatchReply

export interface ObjectReply {
  readonly type: 'object'
  readonly status: number
  readonly body: JsonValue
  readonly headers?: Readonly<Record<string, string>>
  readonly warnings?: readonly string[]
  /** Media type parameters that the answer was negotiated to. */
  readonly contentType?: string
}

/** A body that is already text: cached documents, lists joined from cached items, plain answers. */
export interface TextReply {
  readonly type: 'text'
  readonly status: number
  readonly contentType: string
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
  readonly warnings?: readonly string[]
}

export interface WatchReply {
  readonly type: 'watch'
  readonly resource: string
  readonly selection: Selection
  /** Events after this revision. */
  readonly after: number
  /** Sent first, as ADDED. */
  readonly initial: readonly Stored[]
  /** After `initial`: a bookmark with this annotation. */
  readonly initialEventsEnd: boolean
  readonly bookmarks: boolean
  readonly timeoutMs: number
  readonly contentType: string
  /** Renders the object of an event in the negotiated form. */
  readonly render: (object: JsonObject, now: number) => JsonValue
  readonly bookmark: (revision: number, initialEventsEnd: boolean) => JsonValue
  readonly warnings?: readonly string[]
}

/** What the core decides: a reply, and the writes that must be durable before it is sent. */
export interface Answer {
  readonly reply: Reply
  readonly writes: readonly Write[]
}

export interface ResourceTarget {
  readonly type: ResourceType
  readonly version: ResourceVersion
  readonly namespace: string
  readonly name: string
  readonly subresource: string
}

export type Tried<T> = T | Failure
