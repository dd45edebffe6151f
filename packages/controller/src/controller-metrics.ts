import type { Metrics } from './metrics.js'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** What a controller of external objects tells beside its queue. Names of the reference first, ours with `oasgen_`. */
export interface ControllerMetrics {
  /** `controller_reconcile_total` and `controller_reconcile_duration_seconds`. */
  reconciled(facts: { readonly kind: string; readonly namespace: string; readonly result: string; readonly tookMs: number }): void
  /** `oasgen_http_requests_total` and `oasgen_http_request_duration_seconds`: one exchange with the external API. */
  exchanged(facts: { readonly kind: string; readonly action: string; readonly code: string; readonly tookMs: number }): void
  /** `oasgen_drift_total`: an external object was not as wanted. */
  drifted(kind: string, namespace: string): void
  /** `rest_client_requests_total`: one answer of the Kubernetes API. */
  kubernetesAsked(sample: { readonly method: string; readonly host: string; readonly code: string; readonly verb: string; readonly tookMs: number }): void
  /** `leader_election_master_status`: whether this process leads. */
  leads(name: string, isLeader: boolean): void
  /** `oasgen_resources`: objects by the state they are in. */
  resources(kind: string, state: string, count: number): void
  /** `oasgen_oldest_success_age_seconds`: how long ago the resource that waits longest was last found as wanted. */
  oldestSuccess(kind: string, ageSeconds: number): void
}

export function createControllerMetrics(metrics: Metrics): ControllerMetrics {
  const reconciles = metrics.counter({ name: 'controller_reconcile_total', help: 'Reconciles by result', labels: ['kind', 'namespace', 'result'] })
  const took = metrics.histogram({
    name: 'controller_reconcile_duration_seconds', help: 'Duration of reconciles', labels: ['kind', 'namespace'], buckets: SECONDS,
  })
  const requests = metrics.counter({ name: 'oasgen_http_requests_total', help: 'Requests to the external API', labels: ['kind', 'action', 'code'] })
  const requestTook = metrics.histogram({
    name: 'oasgen_http_request_duration_seconds', help: 'Duration of requests to the external API', labels: ['kind', 'action'], buckets: SECONDS,
  })
  const drift = metrics.counter({ name: 'oasgen_drift_total', help: 'External objects that were found not as wanted', labels: ['kind', 'namespace'] })
  const kubernetes = metrics.counter({ name: 'rest_client_requests_total', help: 'Number of HTTP requests, partitioned by status code, method, and host.', labels: ['code', 'method', 'host'] })
  const kubernetesTook = metrics.histogram({ name: 'rest_client_request_duration_seconds', help: 'Request latency in seconds by verb and host', labels: ['verb', 'host'], buckets: SECONDS })
  const leader = metrics.gauge({ name: 'leader_election_master_status', help: 'Whether the reporting system is master of the relevant lease', labels: ['name'] })
  const resources = metrics.gauge({ name: 'oasgen_resources', help: 'Resources by state', labels: ['kind', 'state'] })
  const oldest = metrics.gauge({ name: 'oasgen_oldest_success_age_seconds', help: 'Age of the oldest last success among the resources', labels: ['kind'] })
  return {
    reconciled: ({ kind, namespace, result, tookMs }) => {
      reconciles.add(1, kind, namespace, result)
      took.observe(tookMs / 1000, kind, namespace)
    },
    exchanged: ({ kind, action, code, tookMs }) => {
      requests.add(1, kind, action, code)
      requestTook.observe(tookMs / 1000, kind, action)
    },
    drifted: (kind, namespace) => drift.add(1, kind, namespace),
    kubernetesAsked: ({ method, host, code, verb, tookMs }) => {
      kubernetes.add(1, code, method, host)
      kubernetesTook.observe(tookMs / 1000, verb, host)
    },
    leads: (name, isLeader) => leader.set(isLeader ? 1 : 0, name),
    resources: (kind, state, count) => resources.set(count, kind, state),
    oldestSuccess: (kind, ageSeconds) => oldest.set(ageSeconds, kind),
  }
}
