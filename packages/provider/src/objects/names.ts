import type { Plan } from '@oasgen/plan'

/** What the objects of one RestDefinition are called. The reference's names: people's RBAC and dashboards know them. */
export interface DeployedNames {
  readonly namespace: string
  readonly deployment: string
  readonly container: string
  readonly settings: string
  readonly plan: string
  readonly key: string
  /** Role, RoleBinding, ClusterRole and ClusterRoleBinding. */
  readonly access: string
  /** Whose rights these are: the same name, or the account of the shared controller. */
  readonly account: string
  readonly credentials: string
  /** Rights on the Secrets of namespaces that opted in. */
  readonly fieldCredentials: string
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
    account: access,
    credentials: `${access}-secrets`,
    fieldCredentials: `${access}-secret-fields`,
    lease: `${resource.plural}.${resource.group}`,
  }
}

/** Stands for a definition where the objects serve all shared ones of a namespace. */
export const SHARED_DEFINITION = 'oasgen-shared'

/** The names in shared mode: Plan, key and rights stay the definition's own; Deployment, settings and account are one per namespace. */
export function sharedNames(own: DeployedNames): DeployedNames {
  const deployment = `${SHARED_DEFINITION}-controller`
  return { ...own, deployment, container: 'shared-controller', settings: `${deployment}-configmap`, account: deployment }
}

/** Values of labels have at most 63 characters and end with a letter or digit. */
export function labelValue(text: string): string {
  return text.slice(0, 63).replace(/[^A-Za-z0-9]+$/, '')
}
