import { createLeaderElector, createShardMember, type LeaseApi, type LeaseRef, type LeaseTimingOptions } from '@oasgen/controller'
import type { Finding } from '@oasgen/diagnostics'
import { LABEL } from '@oasgen/wire'

/** Who may serve what: one leader with standbys, or shards of the keys. Both hold the Lease of the kind, so they exclude each other. */
export interface Leadership {
  start(): void
  /** Gives the Lease back. Everything under it must have ended before. */
  stop(): Promise<void>
  /** Whether anything may be taken to work now. */
  isServing(): boolean
  /** Whether this key is ours now. */
  serves(key: string): boolean
  /** To be asked before each request: whether one more may leave. */
  mayStart(key: string): boolean
  /** Keys may have changed hands. */
  onChange(listener: () => void): void
  /** Annotations of the Lease while we hold it. */
  annotate(annotations: Readonly<Record<string, string>>): void
}

export interface LeadershipOptions {
  readonly mode: 'leader' | 'shards'
  readonly lease: LeaseRef
  /** Unique to this start of the process. */
  readonly identity: string
  readonly timing: LeaseTimingOptions
  readonly onProblem: (problem: Finding) => void
}

export function createLeadership(api: LeaseApi, options: LeadershipOptions): Leadership {
  return options.mode === 'shards' ? shards(api, options) : leader(api, options)
}

/**
 * How long a request that was started may still reach the other side. It may take longer to be answered: when the Lease is lost
 * it is cut off at our end, long before anybody else can take it.
 */
export const DEFAULT_MARGIN_MS = 5_000

function leader(api: LeaseApi, { lease, identity, timing, onProblem }: LeadershipOptions): Leadership {
  const margin = timing.longestRequestMs ?? DEFAULT_MARGIN_MS
  const elector = createLeaderElector(api, { ...timing, longestRequestMs: margin, lease, identity, onProblem, labels: { [LABEL.restController]: 'true' } })
  return {
    start: () => elector.start(),
    stop: () => elector.stop(),
    isServing: () => elector.isLeader(),
    serves: () => elector.isLeader(),
    mayStart: () => elector.mayStart(margin),
    onChange: (listener) => void elector.onChange(() => listener()),
    annotate: (annotations) => elector.annotate(annotations),
  }
}

function shards(api: LeaseApi, { lease, identity, timing, onProblem }: LeadershipOptions): Leadership {
  const margin = timing.longestRequestMs ?? DEFAULT_MARGIN_MS
  const member = createShardMember(api, { ...timing, longestRequestMs: margin, group: lease, identity, onProblem, labels: { [LABEL.restController]: 'true' } })
  return {
    start: () => member.start(),
    stop: () => member.stop(),
    isServing: () => member.state() === 'serving',
    serves: (key) => member.owns(key),
    mayStart: (key) => member.mayStart(key, margin),
    onChange: (listener) => void member.onChange(listener),
    annotate: (annotations) => member.annotate(annotations),
  }
}
