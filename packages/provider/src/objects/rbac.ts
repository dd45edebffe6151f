import { writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
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

/** What the settings of the controller ask for beyond the usual. */
export interface AccessOptions {
  /** Replicas that divide the keys have Leases of their own, whose names nobody knows beforehand. */
  readonly leadership?: 'leader' | 'shards'
  /** Secrets in use get a finalizer. */
  readonly holdSecrets?: boolean
  readonly serviceAccountAnnotations?: JsonObject
  /** `shared`: the Plans of the namespace are found by their label, which no right can name. */
  readonly mode?: 'dedicated' | 'shared'
}

/** ServiceAccount and the rights that the controller needs whatever its resources say: nothing is a wildcard. */
export function renderAccess(plan: Plan, names: DeployedNames, options: AccessOptions = {}): readonly DeployedObject[] {
  return [
    renderAccount(names, options),
    { type: ROLES, object: roleObject('Role', { name: names.access, namespace: names.namespace }, ownNamespaceRules(names, options)) },
    { type: ROLE_BINDINGS, object: bindingObject('RoleBinding', { name: names.access, namespace: names.namespace }, names) },
    { type: CLUSTER_ROLES, object: roleObject('ClusterRole', { name: names.access }, clusterRules(plan)) },
    { type: CLUSTER_ROLE_BINDINGS, object: bindingObject('ClusterRoleBinding', { name: names.access }, names) },
  ]
}

function renderAccount(names: DeployedNames, { serviceAccountAnnotations }: AccessOptions): DeployedObject {
  const metadata = { name: names.account, namespace: names.namespace, ...(serviceAccountAnnotations && { annotations: serviceAccountAnnotations }) }
  return { type: SERVICE_ACCOUNTS, object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata } }
}

/** One Role and RoleBinding per namespace in which Configurations name Secrets; exactly those Secrets. */
export function renderSecretAccess(names: DeployedNames, secrets: readonly SecretKey[], { holdSecrets = false }: AccessOptions = {}): readonly DeployedObject[] {
  const namespaces = [...new Set(secrets.map((secret) => secret.namespace))].sort()
  const verbs = holdSecrets ? [...READ, 'patch'] : READ
  return namespaces.flatMap((namespace) => {
    const here = [...new Set(secrets.filter((secret) => secret.namespace === namespace).map((secret) => secret.name))].sort()
    return roleWithBinding({ name: names.credentials, namespace }, names, [rule('', ['secrets'], verbs, here)])
  })
}

/** Which Secret a field of a resource names is not known beforehand: all of a namespace, where the namespace opted in. */
export function renderFieldSecretAccess(plan: Plan, names: DeployedNames, namespaces: readonly string[]): readonly DeployedObject[] {
  if (!namesSecretsInResources(plan)) return []
  return [...namespaces].sort().flatMap((namespace) => roleWithBinding({ name: names.fieldCredentials, namespace }, names, [rule('', ['secrets'], READ)]))
}

/** Fields with `secret: true`, or mappings with `resolver: secretRef`. */
export function namesSecretsInResources(plan: Plan): boolean {
  return (plan.secrets ?? []).length > 0 || writeJson(plan.actions as unknown as JsonValue).includes('"from":"secretRef"')
}

/** People's rights on the generated kinds, aggregated to view, edit and admin, and to what kro asks for. */
export function renderPeopleRoles(plan: Plan): readonly DeployedObject[] {
  const { group, plural } = plan.resource
  const kinds = plan.configuration === undefined ? [plural] : [plural, plan.configuration.plural]
  const roles: readonly (readonly [who: string, verbs: readonly string[]])[] = [
    ['view', READ],
    ['edit', [...READ, 'create', 'update', 'patch', 'delete', 'deletecollection']],
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
const READ: readonly string[] = ['get', 'list', 'watch']
const AGGREGATE: Readonly<Record<string, JsonObject>> = {
  view: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' },
  edit: {
    'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
    'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
    'rbac.kro.run/aggregate-to-controller': 'true',
  },
}

function ownNamespaceRules(names: DeployedNames, { leadership = 'leader', mode = 'dedicated' }: AccessOptions): readonly JsonObject[] {
  const plans = mode === 'shared' ? rule('', ['configmaps'], READ) : rule('', ['configmaps'], READ, [names.plan])
  return [plans, rule('', ['secrets'], READ, [names.key]), ...leaseRules(names, leadership)]
}

function leaseRules(names: DeployedNames, leadership: 'leader' | 'shards'): readonly JsonObject[] {
  if (leadership === 'shards') return [rule('coordination.k8s.io', ['leases'], [...READ, 'create', 'update', 'patch', 'delete'])]
  return [
    // A name cannot restrict create.
    rule('coordination.k8s.io', ['leases'], ['create']),
    rule('coordination.k8s.io', ['leases'], ['get', 'update', 'patch'], [names.lease]),
  ]
}

function clusterRules(plan: Plan): readonly JsonObject[] {
  const { group, plural } = plan.resource
  const own = [
    rule(group, [plural], [...READ, 'update', 'patch']),
    rule(group, [`${plural}/status`], ['get', 'update', 'patch']),
    rule('events.k8s.io', ['events'], ['create', 'patch', 'update']),
    rule('', ['events'], ['create', 'patch', 'update']),
  ]
  const configuration = plan.configuration === undefined ? [] : [rule(group, [plan.configuration.plural], [...READ, 'update', 'patch'])]
  return [...own, ...configuration, ...referenceRules(plan), ...exportRules(plan)]
}

/** `patch` is for the guard: what is referred to must not go before what refers to it. */
function referenceRules(plan: Plan): readonly JsonObject[] {
  return (plan.references ?? []).map((reference) => rule(reference.group, [reference.plural], [...READ, 'patch']))
}

function exportRules(plan: Plan): readonly JsonObject[] {
  const kinds = [...new Set((plan.exports ?? []).map((item) => (item.to === 'Secret' ? 'secrets' : 'configmaps')))].sort()
  return kinds.length === 0 ? [] : [rule('', kinds, ['get', 'create', 'patch'])]
}

function rule(group: string, resources: readonly string[], verbs: readonly string[], names?: readonly string[]): JsonObject {
  return { apiGroups: [group], resources, verbs, ...(names !== undefined && { resourceNames: names }) }
}

function roleWithBinding(metadata: { readonly name: string; readonly namespace: string }, names: DeployedNames, rules: readonly JsonObject[]): readonly DeployedObject[] {
  return [
    { type: ROLES, object: roleObject('Role', metadata, rules) },
    { type: ROLE_BINDINGS, object: bindingObject('RoleBinding', metadata, names, metadata.name) },
  ]
}

function roleObject(kind: 'Role' | 'ClusterRole', metadata: JsonObject, rules: readonly JsonObject[]): JsonObject {
  return { apiVersion: RBAC, kind, metadata, rules }
}

function bindingObject(kind: 'RoleBinding' | 'ClusterRoleBinding', metadata: JsonObject, names: DeployedNames, role: string = names.access): JsonObject {
  return {
    apiVersion: RBAC, kind, metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: kind === 'RoleBinding' ? 'Role' : 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: names.account, namespace: names.namespace }],
  }
}
