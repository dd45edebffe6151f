import { finding, type Finding } from '@oasgen/diagnostics'
import { isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { CONFIG_MAPS, DEPLOYMENTS } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import type { Plan } from '@oasgen/plan'
import { renderTemplate } from '../template/render.js'
import type { TemplateValue } from '../template/functions.js'
import { namesFor, type DeployedNames } from './names.js'
import type { DeployedObject } from './rbac.js'

/** How controllers are deployed: the same for all RestDefinitions of this provider. */
export interface DeploymentSettings {
  readonly image: string
  readonly deploymentTemplate: string
  readonly settingsTemplate: string
  /** Reads the YAML that a template gave. */
  readonly readYaml: (text: string) => JsonValue
}

export interface Deployed {
  readonly plan: Plan
  readonly planText: string
  readonly planHash: string
  readonly names: DeployedNames
  readonly controller: JsonObject
}

/** The Plan, the settings of the controller and its Deployment, as they should be. */
export function renderDeployment(deployed: Deployed, settings: DeploymentSettings): readonly DeployedObject[] {
  const values = templateValues(deployed, settings)
  return [
    { type: CONFIG_MAPS, object: planObject(deployed) },
    { type: CONFIG_MAPS, object: withPlanAddress(readObject(settings, settings.settingsTemplate, values), deployed) },
    { type: DEPLOYMENTS, object: withName(readObject(settings, settings.deploymentTemplate, values), deployed.names.deployment, deployed.names.namespace) },
  ]
}

/** The templates rendered once with sample values, so that a mistake is found at start and not in the middle of a pass. */
export function checkTemplates(settings: DeploymentSettings): readonly Finding[] {
  const plan = { definition: { namespace: 'default', name: 'sample' }, resource: { group: 'sample.example', version: 'v1alpha1', kind: 'Sample', plural: 'samples' } }
  const values = templateValues({ plan: plan as Plan, names: namesFor(plan.definition, plan.resource), controller: {} }, settings)
  const templates = [['deployment', settings.deploymentTemplate], ['configmap', settings.settingsTemplate]] as const
  return templates.flatMap(([template, text]) => {
    try {
      readObject(settings, text, values)
      return []
    } catch (error) {
      return [finding('PRV0110', { template, why: error instanceof Error ? error.message : String(error) })]
    }
  })
}

function planObject({ names, plan, planText, planHash }: Deployed): JsonObject {
  return {
    apiVersion: 'v1', kind: 'ConfigMap',
    metadata: {
      name: names.plan, namespace: names.namespace,
      labels: { 'krateo.io/plan': 'true', 'app.kubernetes.io/managed-by': 'krateo' },
      annotations: { [ANNOTATION.planHash]: planHash, 'krateo.io/kind': `${plan.resource.kind}.${plan.resource.group}` },
    },
    data: { 'plan.json': planText },
  }
}

// In the ConfigMap and not in the Deployment, so that templates written for the reference work as they are.
function withPlanAddress(configMap: JsonObject, { names }: Deployed): JsonObject {
  const data = isObject(configMap.data) ? configMap.data : {}
  const address = { REST_CONTROLLER_PLAN: `${names.namespace}/${names.plan}`, REST_CONTROLLER_KEY: `${names.namespace}/${names.key}` }
  return { ...withName(configMap, names.settings, names.namespace), data: { ...data, ...address } }
}

function withName(object: JsonObject, name: string, namespace: string): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {}
  return { ...object, metadata: { ...metadata, name, namespace } }
}

function readObject(settings: DeploymentSettings, template: string, values: Readonly<Record<string, TemplateValue>>): JsonObject {
  const object = settings.readYaml(renderTemplate(template, values))
  if (!isObject(object)) throw new Error('the template gives no object')
  return object
}

function templateValues({ plan, names, controller }: Pick<Deployed, 'plan' | 'names' | 'controller'>, settings: DeploymentSettings): Readonly<Record<string, TemplateValue>> {
  const { group, version, plural, kind } = plan.resource
  return {
    apiGroup: group, apiVersion: version, resource: plural, kind,
    name: names.deployment, namespace: names.namespace, definition: plan.definition.name,
    configuration: plan.configuration?.plural ?? '',
    serviceAccount: names.access, serviceAccountName: names.access, saNamespace: names.namespace,
    composition_controller_sa_name: names.access, composition_controller_sa_namespace: names.namespace,
    image: settings.image,
    replicas: typeof controller.replicas === 'number' ? controller.replicas : 1,
  }
}
