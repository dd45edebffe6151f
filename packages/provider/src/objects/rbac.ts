import type { JsonObject } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, ROLES, ROLE_BINDINGS, SERVICE_ACCOUNTS, type ResourceType } from '@oasgen/kube'
import type { DeployedNames } from './names.js'

export interface DeployedObject {
  readonly type: ResourceType
  readonly object: JsonObject
}

/** A key of a Secret that a Configuration names. */
export interface SecretKey {
  readonly namespace: string
  readonly name: string
}

/** ServiceAccount and the rights that the controller needs whatever its resources say: nothing is a wildcard. */
export function renderAccess(plan: Plan, names: DeployedNames): readonly DeployedObject[] {
  return [
    { type: SERVICE_ACCOUNTS, object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: names.access, namespace: names.namespace } } },
    { type: ROLES, object: roleObject('Role', { name: names.access, namespace: names.namespace }, ownNamespaceRules(names)) },
    { type: ROLE_BINDINGS, object: bindingObject('RoleBinding', { name: names.access, namespace: names.namespace }, names) },
    { type: CLUSTER_ROLES, object: roleObject('ClusterRole', { name: names.access }, clusterRules(plan)) },
    { type: CLUSTER_ROLE_BINDINGS, object: bindingObject('ClusterRoleBinding', { name: names.access }, names) },
  ]
}

/** One Role and RoleBinding per namespace in which Configurations name Secrets; exactly those Secrets. */
export function renderSecretAccess(names: DeployedNames, secrets: readonly SecretKey[]): readonly DeployedObject[] {
  const namespaces = [...new Set(secrets.map((secret) => secret.namespace))].sort()
  return namespaces.flatMap((namespace) => {
    const here = [...new Set(secrets.filter((secret) => secret.namespace === namespace).map((secret) => secret.name))].sort()
    const rules = [rule('', ['secrets'], ['get', 'list', 'watch'], here)]
    const metadata = { name: names.credentials, namespace }
    return [
      { type: ROLES, object: roleObject('Role', metadata, rules) },
      { type: ROLE_BINDINGS, object: bindingObject('RoleBinding', metadata, names, names.credentials) },
    ]
  })
}

/** People's rights on the generated kinds, aggregated to view, edit and admin, and to what kro asks for. */
export function renderPeopleRoles(plan: Plan): readonly DeployedObject[] {
  const { group, plural } = plan.resource
  const kinds = plan.configuration === undefined ? [plural] : [plural, plan.configuration.plural]
  const roles: readonly (readonly [who: string, verbs: readonly string[]])[] = [
    ['view', ['get', 'list', 'watch']],
    ['edit', ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']],
  ]
  return roles.map(([who, verbs]) => ({
    type: CLUSTER_ROLES,
    object: {
      apiVersion: RBAC, kind: 'ClusterRole',
      metadata: { name: `${plural}.${group}-${who}`, labels: AGGREGATE[who] ?? {} },
      rules: [rule(group, kinds, verbs)],
    },
  }))
}

const RBAC = 'rbac.authorization.k8s.io/v1'
const AGGREGATE: Readonly<Record<string, JsonObject>> = {
  view: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' },
  edit: {
    'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
    'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
    'rbac.kro.run/aggregate-to-controller': 'true',
  },
}

function ownNamespaceRules(names: DeployedNames): readonly JsonObject[] {
  return [
    rule('', ['configmaps'], ['get', 'list', 'watch'], [names.plan]),
    rule('', ['secrets'], ['get', 'list', 'watch'], [names.key]),
    // A name cannot restrict create.
    rule('coordination.k8s.io', ['leases'], ['create']),
    rule('coordination.k8s.io', ['leases'], ['get', 'update', 'patch'], [names.lease]),
  ]
}

function clusterRules(plan: Plan): readonly JsonObject[] {
  const { group, plural } = plan.resource
  const own = [
    rule(group, [plural], ['get', 'list', 'watch', 'update', 'patch']),
    rule(group, [`${plural}/status`], ['get', 'update', 'patch']),
    rule('events.k8s.io', ['events'], ['create', 'patch', 'update']),
    rule('', ['events'], ['create', 'patch', 'update']),
  ]
  const configuration = plan.configuration === undefined ? [] : [rule(group, [plan.configuration.plural], ['get', 'list', 'watch', 'update', 'patch'])]
  return [...own, ...configuration, ...referenceRules(plan), ...exportRules(plan)]
}

function referenceRules(plan: Plan): readonly JsonObject[] {
  return (plan.references ?? []).map((reference) => rule(reference.group, [reference.plural], ['get', 'list', 'watch']))
}

function exportRules(plan: Plan): readonly JsonObject[] {
  const kinds = [...new Set((plan.exports ?? []).map((item) => (item.to === 'Secret' ? 'secrets' : 'configmaps')))].sort()
  return kinds.length === 0 ? [] : [rule('', kinds, ['get', 'create', 'patch'])]
}

function rule(group: string, resources: readonly string[], verbs: readonly string[], names?: readonly string[]): JsonObject {
  return { apiGroups: [group], resources, verbs, ...(names !== undefined && { resourceNames: names }) }
}

function roleObject(kind: 'Role' | 'ClusterRole', metadata: JsonObject, rules: readonly JsonObject[]): JsonObject {
  return { apiVersion: RBAC, kind, metadata, rules }
}

function bindingObject(kind: 'RoleBinding' | 'ClusterRoleBinding', metadata: JsonObject, names: DeployedNames, role: string = names.access): JsonObject {
  return {
    apiVersion: RBAC, kind, metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: kind === 'RoleBinding' ? 'Role' : 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: names.access, namespace: names.namespace }],
  }
}
