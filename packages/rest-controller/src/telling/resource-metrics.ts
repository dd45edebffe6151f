import type { ControllerMetrics, Metrics } from '@oasgen/controller'
import { isDeleting, type KubeObject } from '@oasgen/kube'
import { CONDITION, readConditions } from '@oasgen/wire'
import { isObject } from '@oasgen/json'

export type ResourceState = 'ready' | 'progressing' | 'stalled' | 'deleting' | 'unknown'
const STATES: readonly ResourceState[] = ['ready', 'progressing', 'stalled', 'deleting', 'unknown']

/** The one state that says most about a resource. */
export function stateOf(resource: KubeObject): ResourceState {
  if (isDeleting(resource)) return 'deleting'
  const conditions = isObject(resource.status) ? readConditions(resource.status.conditions) : []
  const is = (type: string): boolean => conditions.some((condition) => condition.type === type && condition.status === 'True')
  if (is(CONDITION.stalled)) return 'stalled'
  if (is(CONDITION.reconciling)) return 'progressing'
  return is(CONDITION.ready) ? 'ready' : conditions.length === 0 ? 'unknown' : 'progressing'
}

export interface SuccessTimes {
  succeeded(key: string): void
  forget(key: string): void
}

export interface ResourceMetricsOptions {
  /** Known once there is a Plan. */
  readonly kind: () => string
  readonly resources: () => readonly KubeObject[]
  readonly isServing: () => boolean
  /** Monotonic milliseconds. */
  readonly now: () => number
}

/** Counted when somebody reads the metrics, so that it costs nothing else. */
export function watchResources(metrics: Metrics, { reported, options }: { readonly reported: ControllerMetrics; readonly options: ResourceMetricsOptions }): SuccessTimes {
  const { kind, resources, isServing, now } = options
  const last = new Map<string, number>()
  metrics.onRead(() => {
    const counts = new Map<ResourceState, number>()
    for (const resource of resources()) counts.set(stateOf(resource), (counts.get(stateOf(resource)) ?? 0) + 1)
    for (const state of STATES) reported.resources(kind(), state, counts.get(state) ?? 0)
    let oldest = now()
    if (isServing()) for (const at of last.values()) oldest = Math.min(oldest, at)
    reported.oldestSuccess(kind(), Math.max(0, (now() - oldest) / 1000))
  })
  return { succeeded: (key) => void last.set(key, now()), forget: (key) => void last.delete(key) }
}
