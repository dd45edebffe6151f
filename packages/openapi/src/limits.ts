/** What a document may cost. Time is limited from outside, by whoever runs the reading in a worker. */
export interface Limits {
  /** Bytes of the document; default 32 MiB. */
  readonly bytes: number
  /** Levels of nesting; default 500. Real documents have up to 35. */
  readonly depth: number
  /** Nodes that the aliases of a YAML document may expand to; default 2,000,000. */
  readonly aliasNodes: number
  /** Schemas that may be reached through one linked document; default 200,000. */
  readonly schemas: number
}

export const DEFAULT_LIMITS: Limits = { bytes: 32 * 1024 * 1024, depth: 500, aliasNodes: 2_000_000, schemas: 200_000 }

export function resolveLimits(limits: Partial<Limits> = {}): Limits {
  return { ...DEFAULT_LIMITS, ...limits }
}
