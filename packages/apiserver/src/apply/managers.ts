import type { JsonObject } from '@oasgen/json'
import type { WriteContext } from '../api/write.js'

export interface Tracked extends WriteContext {
  readonly old: JsonObject | undefined
  readonly next: JsonObject
}

/** The object with managed fields as they are after an update, create or non-apply patch by the request's manager. */
export function trackUpdate(tracked: Tracked): JsonObject {
  return tracked.next
}
