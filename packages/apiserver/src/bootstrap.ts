import type { JsonObject } from '@oasgen/json'
import { VERSION } from './api/pages.js'
import { timestamp } from './object.js'

/** What a new cluster holds before anybody has asked for anything. */
export interface Seed {
  readonly path: string
  readonly object: JsonObject
}

const namespace = (name: string): Seed => ({ path: '/api/v1/namespaces', object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } })

const clusterRole = (name: string, rules: readonly JsonObject[], labels: JsonObject = {}): Seed => ({
  path: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  object: {
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole',
    metadata: { name, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels }, annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' } }, rules,
  },
})

const to = (role: string): JsonObject => ({ [`rbac.authorization.k8s.io/aggregate-to-${role}`]: 'true' })

/** A role whose rules are those of all roles that carry its label. */
function aggregated(name: string, above?: string): Seed {
  const seed = clusterRole(name, [], above === undefined ? {} : to(above))
  return { ...seed, object: { ...seed.object, aggregationRule: { clusterRoleSelectors: [{ matchLabels: to(name) }] } } }
}

const clusterRoleBinding = (name: string, role: string, groups: readonly string[]): Seed => ({
  path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  object: {
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding',
    metadata: { name, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' }, annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' } },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: groups.map((group) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group })),
  },
})

const READ = ['get', 'list', 'watch']
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update']
const CORE = ['configmaps', 'endpoints', 'events', 'limitranges', 'persistentvolumeclaims', 'pods', 'replicationcontrollers', 'resourcequotas', 'serviceaccounts', 'services']
const APPS = ['daemonsets', 'deployments', 'deployments/scale', 'replicasets', 'replicasets/scale', 'statefulsets', 'statefulsets/scale', 'controllerrevisions']
const rule = (apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]): JsonObject => ({ apiGroups, resources, verbs })

const VIEW = [
  rule([''], CORE, READ), rule(['apps'], APPS, READ), rule(['batch'], ['jobs', 'cronjobs'], READ), rule(['autoscaling'], ['horizontalpodautoscalers'], READ),
  rule(['networking.k8s.io'], ['ingresses', 'networkpolicies'], READ), rule(['policy'], ['poddisruptionbudgets'], READ), rule([''], ['namespaces'], READ),
]
const EDIT = [
  rule([''], [...CORE.filter((name) => name !== 'limitranges' && name !== 'resourcequotas'), 'secrets'], WRITE), rule([''], ['secrets'], READ),
  rule(['apps'], APPS, WRITE), rule(['batch'], ['jobs', 'cronjobs'], WRITE), rule(['autoscaling'], ['horizontalpodautoscalers'], WRITE),
  rule(['networking.k8s.io'], ['ingresses', 'networkpolicies'], WRITE), rule(['policy'], ['poddisruptionbudgets'], WRITE),
  rule(['coordination.k8s.io'], ['leases'], [...READ, ...WRITE]),
]
const PATHS = ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/']

export function seeds(now: number, hostname: string): readonly Seed[] {
  return [
    ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(namespace),
    clusterRole('cluster-admin', [rule(['*'], ['*'], ['*']), { nonResourceURLs: ['*'], verbs: ['*'] }]),
    aggregated('admin'), aggregated('edit', 'admin'), aggregated('view', 'edit'),
    clusterRole('system:aggregate-to-admin', [rule(['rbac.authorization.k8s.io'], ['roles', 'rolebindings'], [...READ, ...WRITE])], to('admin')),
    clusterRole('system:aggregate-to-edit', EDIT, to('edit')),
    clusterRole('system:aggregate-to-view', VIEW, to('view')),
    clusterRole('system:discovery', [{ nonResourceURLs: PATHS, verbs: ['get'] }]),
    clusterRole('system:public-info-viewer', [{ nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] }]),
    clusterRole('system:basic-user', [
      rule(['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
      rule(['authentication.k8s.io'], ['selfsubjectreviews'], ['create']),
    ]),
    clusterRole('system:auth-delegator', [
      rule(['authentication.k8s.io'], ['tokenreviews'], ['create']), rule(['authorization.k8s.io'], ['subjectaccessreviews'], ['create']),
    ]),
    clusterRoleBinding('cluster-admin', 'cluster-admin', ['system:masters']),
    clusterRoleBinding('system:discovery', 'system:discovery', ['system:authenticated']),
    clusterRoleBinding('system:basic-user', 'system:basic-user', ['system:authenticated']),
    clusterRoleBinding('system:public-info-viewer', 'system:public-info-viewer', ['system:authenticated', 'system:unauthenticated']),
    {
      path: '/api/v1/namespaces/default/services',
      object: {
        apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
        spec: { type: 'ClusterIP', clusterIP: '127.0.0.1', clusterIPs: ['127.0.0.1'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }], sessionAffinity: 'None', internalTrafficPolicy: 'Cluster' },
      },
    },
    { path: '/api/v1/nodes', object: node(now, hostname) },
  ]
}

/** The one node: this process. */
function node(now: number, hostname: string): JsonObject {
  const at = timestamp(now)
  return {
    apiVersion: 'v1', kind: 'Node',
    metadata: { name: hostname, labels: { 'kubernetes.io/hostname': hostname, 'kubernetes.io/os': 'linux', 'node-role.kubernetes.io/control-plane': '' } },
    spec: {},
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }, { type: 'Hostname', address: hostname }],
      conditions: [{ type: 'Ready', status: 'True', reason: 'ProcessRunning', message: 'the embedded control plane is running', lastHeartbeatTime: at, lastTransitionTime: at }],
      nodeInfo: {
        architecture: 'amd64', bootID: '', containerRuntimeVersion: 'process://1', kernelVersion: '', kubeProxyVersion: VERSION.gitVersion,
        kubeletVersion: VERSION.gitVersion, machineID: '', operatingSystem: 'linux', osImage: 'oasgen embedded control plane', systemUUID: '',
      },
    },
  }
}
