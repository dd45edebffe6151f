import type { LeaseRecord } from './lease.js'

/** A Lease of somebody else is judged by our own clock only: how long it has not changed. */
export interface ObservedLeases {
  /** Notes what was read; the answer says whether the holder may still be active. */
  see(record: LeaseRecord, now: number): 'live' | 'expired'
  /** Monotonic time at which this version was first seen. */
  seenSince(name: string): number | undefined
  keepOnly(names: ReadonlySet<string>): void
}

export function createObservedLeases(): ObservedLeases {
  const seen = new Map<string, { readonly version: string; readonly at: number }>()
  return {
    see: (record, now) => {
      const known = seen.get(record.name)
      if (known?.version !== record.resourceVersion) seen.set(record.name, { version: record.resourceVersion, at: now })
      const since = seen.get(record.name)?.at ?? now
      return record.holder === '' || now - since >= record.durationMs ? 'expired' : 'live'
    },
    seenSince: (name) => seen.get(name)?.at,
    keepOnly: (names) => {
      for (const name of seen.keys()) if (!names.has(name)) seen.delete(name)
    },
  }
}
