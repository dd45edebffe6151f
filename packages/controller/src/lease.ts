import { isObject, type JsonObject, type JsonValue } from '@oasgen/json'

export const LEASE_TYPE = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true } as const
export type LeaseType = typeof LEASE_TYPE

export interface LeaseRef {
  readonly namespace: string
  readonly name: string
}

export type LeaseResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: { readonly kind: string; readonly message: string } }

interface Limits {
  readonly timeoutMs: number
}

/** What leadership and shards need of a Kubernetes client; that of `@oasgen/kube` fits. */
export interface LeaseApi {
  get(type: LeaseType, ref: LeaseRef, options: Limits): Promise<LeaseResult<JsonObject>>
  list(type: LeaseType, options: Limits & { readonly namespace: string; readonly labelSelector: string }): Promise<LeaseResult<{ readonly items: readonly JsonObject[] }>>
  create(type: LeaseType, object: JsonObject, options: Limits): Promise<LeaseResult<JsonObject>>
  /** With the resourceVersion of the object: a change in between is a `conflict`. */
  update(type: LeaseType, object: JsonObject, options: Limits): Promise<LeaseResult<JsonObject>>
  delete(type: LeaseType, ref: LeaseRef, options: Limits & { readonly preconditions?: { readonly resourceVersion?: string } }): Promise<LeaseResult<unknown>>
}

/** What a Lease says. */
export interface LeaseRecord {
  readonly name: string
  /** `''` when nobody holds it. */
  readonly holder: string
  readonly durationMs: number
  readonly transitions: number
  readonly acquireTime: string
  readonly resourceVersion: string
  readonly annotations: Readonly<Record<string, string>>
  /** As the server sent it, to be written back with everything that others put on it. */
  readonly object: JsonObject
}

export function readLease(object: JsonObject): LeaseRecord {
  const metadata = isObject(object.metadata) ? object.metadata : {}
  const spec = isObject(object.spec) ? object.spec : {}
  const { leaseDurationSeconds, leaseTransitions } = spec
  return {
    name: textOf(metadata.name),
    holder: textOf(spec.holderIdentity),
    durationMs: typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds * 1000 : 0,
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    acquireTime: textOf(spec.acquireTime),
    resourceVersion: textOf(metadata.resourceVersion),
    annotations: isObject(metadata.annotations) ? (metadata.annotations as Readonly<Record<string, string>>) : {},
    object,
  }
}

export interface LeaseClaim {
  readonly ref: LeaseRef
  readonly holder: string
  readonly durationMs: number
  /** Milliseconds since the epoch; only people read it: nobody compares clocks of two machines. */
  readonly wall: number
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** The Lease as `claim.holder` holds it from now on; what others put on the object stays. */
export function buildLease(claim: LeaseClaim, previous: LeaseRecord | undefined): JsonObject {
  const metadata = isObject(previous?.object.metadata) ? previous.object.metadata : {}
  const spec = isObject(previous?.object.spec) ? previous.object.spec : {}
  const isSame = previous?.holder === claim.holder
  const time = microTime(claim.wall)
  return {
    ...previous?.object,
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...metadata,
      ...claim.ref,
      ...(Object.keys(claim.labels).length > 0 && { labels: { ...(isObject(metadata.labels) ? metadata.labels : {}), ...claim.labels } }),
      ...(Object.keys(claim.annotations).length > 0 && { annotations: { ...previous?.annotations, ...claim.annotations } }),
    },
    spec: {
      ...spec,
      holderIdentity: claim.holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(claim.durationMs / 1000)),
      acquireTime: isSame ? previous.acquireTime || time : time,
      renewTime: time,
      leaseTransitions: previous === undefined ? 0 : previous.transitions + (isSame || claim.holder === '' ? 0 : 1),
    },
  }
}

function microTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z')
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
