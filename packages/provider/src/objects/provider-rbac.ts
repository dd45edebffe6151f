import type { JsonObject } from '@oasgen/json'

/**
 * The provider's own rights, as chart and tests grant them. It hands rights out that it does not hold itself (reading the
 * named Secrets, writing the generated kinds), so it has `escalate` and `bind` on roles; SECURITY.md says what that means.
 */
export function providerRules(): readonly JsonObject[] {
  return [
    rule('ogen.krateo.io', ['restdefinitions'], ['get', 'list', 'watch', 'update', 'patch']),
    rule('ogen.krateo.io', ['restdefinitions/status'], ['get', 'update', 'patch']),
    rule('apiextensions.k8s.io', ['customresourcedefinitions'], ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']),
    rule('apps', ['deployments'], WRITE),
    rule('', ['configmaps', 'serviceaccounts'], WRITE),
    rule('policy', ['poddisruptionbudgets'], WRITE),
    // Key Secrets are made and removed; documents in Secrets are read. Values of other Secrets are never needed.
    rule('', ['secrets'], ['get', 'list', 'watch', 'create', 'delete']),
    rule('rbac.authorization.k8s.io', ['roles', 'clusterroles'], [...WRITE, 'escalate', 'bind']),
    rule('rbac.authorization.k8s.io', ['rolebindings', 'clusterrolebindings'], WRITE),
    rule('coordination.k8s.io', ['leases'], ['get', 'list', 'watch', 'create', 'update', 'patch']),
    rule('events.k8s.io', ['events'], ['create', 'patch', 'update']),
    rule('', ['events'], ['create', 'patch', 'update']),
    // Only their labels: which of them let fields of resources name Secrets.
    rule('', ['namespaces'], ['get', 'list', 'watch']),
    // The groups of generated kinds are not known beforehand: Configurations are watched, resources listed when a schema changes or a
    // definition goes, marked when it orphans, deleted when somebody else keeps their CRD. An administrator who knows the groups names them.
    rule('*', ['*'], ['get', 'list', 'watch', 'patch', 'delete']),
  ]
}

const WRITE = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']

function rule(group: string, resources: readonly string[], verbs: readonly string[]): JsonObject {
  return { apiGroups: [group], resources, verbs }
}
