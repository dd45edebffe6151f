import type { FlagSpec } from '@oasgen/controller'

/** The reference's flags and variables, then ours. */
export const CONTROLLER_FLAGS = {
  kubeconfig: { type: 'string', default: '', env: 'KUBECONFIG', help: 'outside a cluster: which kubeconfig' },
  debug: { type: 'boolean', default: 'false', env: 'REST_CONTROLLER_DEBUG', help: 'log every reconcile' },
  'pretty-json-debug': { type: 'boolean', default: 'false', env: 'REST_CONTROLLER_PRETTY_JSON_DEBUG', help: 'log for people instead of for programs' },
  workers: { type: 'integer', default: '20', env: 'REST_CONTROLLER_WORKERS', help: 'resources worked on at the same time' },
  'resync-interval': { type: 'duration', default: '3m', env: 'REST_CONTROLLER_RESYNC_INTERVAL', help: 'how often a resource in good order is looked at' },
  group: { type: 'string', default: '', env: 'REST_CONTROLLER_GROUP', help: 'API group of the resources' },
  version: { type: 'string', default: '', env: 'REST_CONTROLLER_VERSION', help: 'their version' },
  resource: { type: 'string', default: '', env: 'REST_CONTROLLER_RESOURCE', help: 'their plural name' },
  namespace: { type: 'string', default: '', env: 'REST_CONTROLLER_NAMESPACE', help: 'only resources of this namespace; empty = all' },
  'max-error-retry-interval': { type: 'duration', default: '90s', env: 'REST_CONTROLLER_MAX_ERROR_RETRY_INTERVAL', help: 'longest pause after errors' },
  'min-error-retry-interval': { type: 'duration', default: '1s', env: 'REST_CONTROLLER_MIN_ERROR_RETRY_INTERVAL', help: 'first pause after an error' },
  'max-error-retries': { type: 'integer', default: '5', env: 'REST_CONTROLLER_MAX_ERROR_RETRIES', help: 'accepted for the reference; errors are retried for ever, slower and slower' },
  'metrics-server-port': { type: 'integer', default: '0', env: 'REST_CONTROLLER_METRICS_SERVER_PORT', help: 'serves /metrics; 0 = with the health port' },
  'health-port': { type: 'integer', default: '8081', env: 'REST_CONTROLLER_HEALTH_PORT', help: 'serves /livez, /readyz, /metrics; 0 = off' },
  plan: { type: 'string', default: '', env: 'REST_CONTROLLER_PLAN', help: 'ConfigMap with the Plan: namespace/name' },
  key: { type: 'string', default: '', env: 'REST_CONTROLLER_KEY', help: 'Secret with the key of the HMACs: namespace/name' },
  'grace-period': { type: 'duration', default: '30s', env: 'REST_CONTROLLER_GRACE_PERIOD', help: 'how long an absence right after a create is not believed' },
  'delete-deadline': { type: 'duration', default: '5m', env: 'REST_CONTROLLER_DELETE_DEADLINE', help: 'how long an accepted delete is waited for before it is sent again' },
  'cross-namespace': { type: 'string', default: 'warn', env: 'REST_CONTROLLER_CROSS_NAMESPACE', help: 'Configurations and Secrets of other namespaces: deny, warn or allow' },
  'management-policy': { type: 'string', default: '', env: 'REST_CONTROLLER_MANAGEMENT_POLICY', help: 'default where neither resource nor RestDefinition says it' },
  'deletion-policy': { type: 'string', default: '', env: 'REST_CONTROLLER_DELETION_POLICY', help: 'likewise: delete or orphan' },
  'drift-policy': { type: 'string', default: '', env: 'REST_CONTROLLER_DRIFT_POLICY', help: 'likewise: correct, report or ignore' },
  'adoption-policy': { type: 'string', default: '', env: 'REST_CONTROLLER_ADOPTION_POLICY', help: 'likewise: adopt, match, refuse or only-existing' },
} as const satisfies Readonly<Record<string, FlagSpec>>
