import type { FlagSpec } from '@oasgen/controller'

/** The reference's flags and variables, then ours. */
export const PROVIDER_FLAGS = {
  debug: { type: 'boolean', default: 'false', env: 'OASGEN_PROVIDER_DEBUG', help: 'log every pass' },
  sync: { type: 'duration', default: '1h', env: 'OASGEN_PROVIDER_SYNC', help: 'accepted for the reference; watches need no resync' },
  poll: { type: 'duration', default: '3m', env: 'OASGEN_PROVIDER_POLL_INTERVAL', help: 'how often a RestDefinition in good order is looked at' },
  'max-reconcile-rate': { type: 'integer', default: '3', env: 'OASGEN_PROVIDER_MAX_RECONCILE_RATE', help: 'RestDefinitions worked on at the same time' },
  'leader-election': { type: 'boolean', default: 'false', env: 'OASGEN_PROVIDER_LEADER_ELECTION', help: 'only one of several replicas works' },
  'max-error-retry-interval': { type: 'duration', default: '1m', env: 'OASGEN_PROVIDER_MAX_ERROR_RETRY_INTERVAL', help: 'longest pause after errors' },
  'min-error-retry-interval': { type: 'duration', default: '1s', env: 'OASGEN_PROVIDER_MIN_ERROR_RETRY_INTERVAL', help: 'first pause after an error' },
  kubeconfig: { type: 'string', default: '', env: 'KUBECONFIG', help: 'outside a cluster: which kubeconfig' },
  namespace: { type: 'string', default: '', env: 'OASGEN_PROVIDER_NAMESPACE', help: 'namespace of the Lease; default: the pod\'s own' },
  'health-port': { type: 'integer', default: '8081', env: 'OASGEN_PROVIDER_HEALTH_PORT', help: 'serves /livez and /readyz; 0 = off' },
  'metrics-port': { type: 'integer', default: '8080', env: 'OASGEN_PROVIDER_METRICS_PORT', help: 'serves /metrics; 0 = off' },
  'pretty-log': { type: 'boolean', default: 'false', env: 'OASGEN_PROVIDER_PRETTY_LOG', help: 'log for people instead of for programs' },
  'controller-image': { type: 'string', default: 'ghcr.io/oasgen/rest-dynamic-controller:0.1.0', env: 'OASGEN_PROVIDER_CONTROLLER_IMAGE', help: 'image of the controllers' },
  'allow-groups': { type: 'string', default: '', env: 'OASGEN_PROVIDER_ALLOW_GROUPS', help: 'API groups that RestDefinitions may use, comma-separated, *.example.com allowed; empty = all but Kubernetes\' own' },
  'private-sources': { type: 'string', default: 'warn', env: 'OASGEN_PROVIDER_PRIVATE_SOURCES', help: 'documents from private addresses: deny, warn or allow' },
  'allow-hosts': { type: 'string', default: '', env: 'OASGEN_PROVIDER_ALLOW_HOSTS', help: 'hosts that documents may come from, comma-separated, *.example.com allowed; empty = all' },
  'allow-namespaces': { type: 'string', default: '', env: 'OASGEN_PROVIDER_ALLOW_NAMESPACES', help: 'namespaces whose RestDefinitions are taken, comma-separated, team-* allowed; empty = all' },
  'cross-namespace': { type: 'string', default: 'warn', env: 'OASGEN_PROVIDER_CROSS_NAMESPACE', help: 'Secrets of other namespaces: deny, warn (Configurations may, documents may not) or allow; handed on to the controllers' },
  access: { type: 'string', default: 'grant', env: 'OASGEN_PROVIDER_ACCESS', help: 'rights of controllers: grant = roles and bindings are made; given = somebody else makes them (oasgen render shows which)' },
  'compile-timeout': { type: 'duration', default: '1m', env: 'OASGEN_PROVIDER_COMPILE_TIMEOUT', help: 'how long one document may take' },
  activate: { type: 'string', default: '', env: 'OASGEN_PROVIDER_ACTIVATE', help: 'kinds of definitions with activation whenNamed that are made: Kind.group, comma-separated' },
} as const satisfies Readonly<Record<string, FlagSpec>>
