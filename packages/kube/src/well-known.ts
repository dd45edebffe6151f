import type { ResourceType } from './object.js'

const core = (plural: string, kind: string, namespaced = true): ResourceType => ({ group: '', version: 'v1', plural, kind, namespaced })

/** The kinds of Kubernetes that our programs read or write. */
export const NAMESPACES = core('namespaces', 'Namespace', false)
export const CONFIG_MAPS = core('configmaps', 'ConfigMap')
export const SECRETS = core('secrets', 'Secret')
export const SERVICES = core('services', 'Service')
export const SERVICE_ACCOUNTS = core('serviceaccounts', 'ServiceAccount')
export const PODS = core('pods', 'Pod')
export const CORE_EVENTS = core('events', 'Event')
export const EVENTS: ResourceType = { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event', namespaced: true }
export const DEPLOYMENTS: ResourceType = { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment', namespaced: true }
export const LEASES: ResourceType = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true }
export const CUSTOM_RESOURCE_DEFINITIONS: ResourceType = {
  group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions', kind: 'CustomResourceDefinition', namespaced: false,
}

const rbac = (plural: string, kind: string, namespaced: boolean): ResourceType => ({
  group: 'rbac.authorization.k8s.io', version: 'v1', plural, kind, namespaced,
})
export const ROLES = rbac('roles', 'Role', true)
export const ROLE_BINDINGS = rbac('rolebindings', 'RoleBinding', true)
export const CLUSTER_ROLES = rbac('clusterroles', 'ClusterRole', false)
export const CLUSTER_ROLE_BINDINGS = rbac('clusterrolebindings', 'ClusterRoleBinding', false)
