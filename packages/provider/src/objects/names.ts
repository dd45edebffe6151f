import type { Plan } from '@oasgen/plan'

/** What the objects of one RestDefinition are called. The reference's names: people's RBAC and dashboards know them. */
export interface DeployedNames {
  readonly namespace: string
  readonly deployment: string
  readonly container: string
  readonly settings: string
  readonly plan: string
  readonly key: string
  /** ServiceAccount, Role, RoleBinding, ClusterRole and ClusterRoleBinding. */
  readonly access: string
  readonly credentials: string
  readonly lease: string
}

export function namesFor(definition: Plan['definition'], resource: Plan['resource']): DeployedNames {
  const access = `${resource.plural}-${resource.group}-${resource.version}`
  return {
    namespace: definition.namespace,
    deployment: `${definition.name}-controller`,
    container: `${resource.plural}-${resource.version}-controller`,
    settings: `${definition.name}-controller-configmap`,
    plan: `${definition.name}-controller-plan`,
    key: `${definition.name}-controller-key`,
    access,
    credentials: `${access}-secrets`,
    lease: `${resource.plural}.${resource.group}`,
  }
}

/** Values of labels have at most 63 characters and end with a letter or digit. */
export function labelValue(text: string): string {
  return text.slice(0, 63).replace(/[^A-Za-z0-9]+$/, '')
}
