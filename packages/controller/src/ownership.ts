import { createLeaderElector, type LeaderElectorOptions } from './leader.js'
import type { LeaseApi, LeaseRef } from './lease.js'
import { createShardMember } from './shards.js'

export interface OwnershipOptions extends Omit<LeaderElectorOptions, 'lease'> {
  /** `leader`: one replica serves all keys. `shards`: the replicas divide them. The two exclude each other on the same Lease. */
  readonly mode: 'leader' | 'shards'
  readonly lease: LeaseRef
}

/**
 * Which keys are ours, whichever way replicas share the work. A worker that is given a key it does not own answers `done`;
 * at every change all keys are added again, so that each reaches its owner.
 */
export interface Ownership {
  start(): void
  /** Everything at work must have ended before. */
  stop(): Promise<void>
  /** Whether any key can be ours now: the gate of the workers. */
  isActive(): boolean
  owns(key: string): boolean
  /** To be asked before every write to the outside: whether one with this time limit ends before the key can be another's. */
  mayStart(key: string, requestMs: number): boolean
  onChange(listener: () => void): () => void
  annotate(annotations: Readonly<Record<string, string>>): void
  /** For people: `leading`, `following a`, `serving with b, c`. */
  describe(): string
}

export function createOwnership(api: LeaseApi, options: OwnershipOptions): Ownership {
  return options.mode === 'leader' ? soleOwner(api, options) : sharedOwner(api, options)
}

function soleOwner(api: LeaseApi, options: OwnershipOptions): Ownership {
  const elector = createLeaderElector(api, options)
  return {
    start: () => elector.start(),
    stop: () => elector.stop(),
    isActive: () => elector.isLeader(),
    owns: () => elector.isLeader(),
    mayStart: (_key, requestMs) => elector.mayStart(requestMs),
    onChange: (listener) => elector.onChange(listener),
    annotate: (annotations) => elector.annotate(annotations),
    describe: () => (elector.isLeader() ? 'leading' : `following ${elector.holder() || 'nobody yet'}`),
  }
}

function sharedOwner(api: LeaseApi, options: OwnershipOptions): Ownership {
  const { lease, mode: _mode, isDead: _isDead, labels: _labels, ...rest } = options
  const member = createShardMember(api, { ...rest, group: lease, ...(options.labels !== undefined && { labels: options.labels }) })
  return {
    start: () => member.start(),
    stop: () => member.stop(),
    isActive: () => member.state() === 'serving',
    owns: (key) => member.owns(key),
    mayStart: (key, requestMs) => member.mayStart(key, requestMs),
    onChange: (listener) => member.onChange(listener),
    annotate: (annotations) => member.annotate(annotations),
    describe: () => `${member.state()} with ${member.members().filter((name) => name !== options.identity).join(', ') || 'nobody'}`,
  }
}
