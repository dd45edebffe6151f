import type { Store } from './store.js'
import type { StoreEvent } from './types.js'

/** Where committed events become durable. */
export interface Journal {
  /** Resolves once all of them are on disk; rejects when none of them will be. */
  append(events: readonly StoreEvent[], store: Store): Promise<void>
  close(): Promise<void>
}
