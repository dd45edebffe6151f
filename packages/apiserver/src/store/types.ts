import type { JsonObject } from '@oasgen/json'

/** An object at one revision. Never changed once it is stored. */
export interface Stored {
  readonly key: string
  readonly object: JsonObject
  readonly revision: number
}

/** One change; `resource` is the group resource (`deployments.apps`), `key` is `namespace/name` or `name`. */
export type Write =
  | { readonly type: 'put'; readonly resource: string; readonly key: string; readonly object: JsonObject }
  | { readonly type: 'remove'; readonly resource: string; readonly key: string; readonly object: JsonObject }

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: string
  readonly key: string
  readonly revision: number
  /** The object after the change; for DELETED the last state, with the revision of the deletion. */
  readonly object: JsonObject
  /** The object before the change; absent for ADDED. */
  readonly previous?: Stored
}

/** What the core may ask of the store. Everything is answered from memory, at one revision. */
export interface StoreView {
  readonly revision: number
  /** The oldest revision that can still be asked for; events after it are known. */
  readonly compacted: number
  get(resource: string, key: string): Stored | undefined
  /** In key order; `prefix` is `''` or `namespace/`. */
  list(resource: string, prefix: string): readonly Stored[]
  /** The list as it was; undefined when compacted. */
  listAt(resource: string, prefix: string, revision: number): readonly Stored[] | undefined
  /** Events of one resource after a revision; undefined when compacted. */
  eventsAfter(resource: string, revision: number): readonly StoreEvent[] | undefined
  resources(): readonly string[]
}
