import type { ControllerMetrics, LeaseTimingOptions, Logger, Metrics, Tracer } from '@oasgen/controller'
import type { Settings } from '@oasgen/engine'
import type { EventRecorder, Kube, ResourceType } from '@oasgen/kube'
import type { Transport } from '@oasgen/transport'
import type { NamedRef } from '../environment/named-objects.js'
import type { OciEnvironment } from '../sending/oci.js'

/** What all kinds of one process share. */
export interface ProcessParts {
  readonly kube: Kube
  readonly transport: Transport
  readonly recorder: EventRecorder
  readonly metrics: Metrics
  readonly reported: ControllerMetrics
  readonly logger: Logger
  /** Where `krateo.io/connector-verbose` prints. */
  readonly print: (text: string) => void
  /** Absent: nobody gets the spans. */
  readonly tracer?: Tracer
}

/** How a kind is served, from flags. */
export interface KindSettings {
  /** Absent = all namespaces. */
  readonly namespace?: string
  readonly settings: Settings
  /** Resources of one Configuration that are worked on at the same time. */
  readonly workers: number
  readonly leadership: 'leader' | 'shards'
  readonly timing: LeaseTimingOptions
  /** Unique to this start of the process. */
  readonly identity: string
  readonly holdSecrets: 'hold' | 'remember'
  readonly bodies: 'compact' | 'pretty'
  readonly environment: OciEnvironment
}

/** One kind to serve. */
export interface KindToServe {
  readonly type: ResourceType
  /** Where its Lease is: beside its Plan. */
  readonly leaseNamespace: string
  /** Secret with the key of the HMACs. */
  readonly key?: NamedRef
}
