import { finding, type Finding } from '@oasgen/diagnostics'
import { hashJson, isArray, isNumber, isObject, textOf, type JsonObject, type JsonValue } from '@oasgen/json'
import { CONFIG_MAPS, DEPLOYMENTS } from '@oasgen/kube'
import { ANNOTATION } from '@oasgen/wire'
import type { Plan } from '@oasgen/plan'
import { renderTemplate } from '../template/render.js'
import type { TemplateValue } from '../template/functions.js'
import { POD_DISRUPTION_BUDGETS } from './live.js'
import { namesFor, SHARED_DEFINITION, type DeployedNames } from './names.js'
import type { AccessOptions, DeployedObject } from './rbac.js'

/** How controllers are deployed: the same for all RestDefinitions of this provider. */
export interface DeploymentSettings {
  readonly image: string
  readonly deploymentTemplate: string
  readonly settingsTemplate: string
  /** Reads the YAML that a template gave. */
  readonly readYaml: (text: string) => JsonValue
  /** Variables that every controller gets unless its template says otherwise. */
  readonly controllerEnv?: Readonly<Record<string, string>>
}

export interface Deployed {
  readonly plan: Plan
  readonly planText: string
  readonly planHash: string
  readonly names: DeployedNames
  /** `spec.controller` of the definition. */
  readonly controller: JsonObject
  readonly mode: 'dedicated' | 'shared'
  /** Whether the Plan was made without errors: only then it is worth keeping when the next one has some. */
  readonly quality: 'good' | 'partial'
}

/** On the Plan: made although the document lacks something. */
export const PLAN_QUALITY = 'krateo.io/plan-quality'
/** On the pods: another value means that the environment changed, which a running process cannot see. */
export const SETTINGS_HASH = 'krateo.io/settings-hash'

/** The Plan, the settings of the controller and its Deployment, as they should be. */
export function renderDeployment(deployed: Deployed, settings: DeploymentSettings): readonly DeployedObject[] {
  const values = templateValues(deployed, settings)
  const configMap = renderSettings(deployed, settings, values)
  const deployment = renderController(deployed, readObject(settings, settings.deploymentTemplate, values), configMap)
  return [
    { type: CONFIG_MAPS, object: planObject(deployed) },
    { type: CONFIG_MAPS, object: configMap },
    { type: DEPLOYMENTS, object: deployment },
    ...renderBudget(deployment),
  ]
}

/** What the environment of the controller says about the rights that it needs. */
export function accessOptionsFor(deployed: Pick<Deployed, 'plan' | 'names' | 'controller' | 'mode'>, settings: DeploymentSettings): AccessOptions {
  const configMap = readObject(settings, settings.settingsTemplate, templateValues(deployed, settings))
  const data = isObject(configMap.data) ? configMap.data : {}
  const { serviceAccountAnnotations } = deployed.controller
  return {
    mode: deployed.mode,
    leadership: data['REST_CONTROLLER_LEADERSHIP'] === 'shards' ? 'shards' : 'leader',
    holdSecrets: data['REST_CONTROLLER_HOLD_SECRETS'] === 'true',
    ...(isObject(serviceAccountAnnotations) && { serviceAccountAnnotations }),
  }
}

/** The templates rendered once with sample values, so that a mistake is found at start and not in the middle of a pass. */
export function checkTemplates(settings: DeploymentSettings): readonly Finding[] {
  const plan = { definition: { namespace: 'default', name: 'sample' }, resource: { group: 'sample.example', version: 'v1alpha1', kind: 'Sample', plural: 'samples' } }
  const values = templateValues({ plan: plan as Plan, names: namesFor(plan.definition, plan.resource), controller: {}, mode: 'dedicated' }, settings)
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

function planObject({ names, plan, planText, planHash, mode, quality }: Deployed): JsonObject {
  return {
    apiVersion: 'v1', kind: 'ConfigMap',
    metadata: {
      name: names.plan, namespace: names.namespace,
      labels: { 'krateo.io/plan': mode, 'app.kubernetes.io/managed-by': 'krateo' },
      annotations: { [ANNOTATION.planHash]: planHash, [PLAN_QUALITY]: quality, 'krateo.io/kind': `${plan.resource.kind}.${plan.resource.group}` },
    },
    data: { 'plan.json': planText },
  }
}

// In the ConfigMap and not in the Deployment, so that templates written for the reference work as they are.
function renderSettings({ names, mode, controller }: Deployed, settings: DeploymentSettings, values: TemplateValues): JsonObject {
  const configMap = readObject(settings, settings.settingsTemplate, values)
  const data = isObject(configMap.data) ? configMap.data : {}
  const address: JsonObject = mode === 'shared'
    ? { REST_CONTROLLER_PLANS_IN: names.namespace }
    : { REST_CONTROLLER_PLAN: `${names.namespace}/${names.plan}`, REST_CONTROLLER_KEY: `${names.namespace}/${names.key}` }
  const workers: JsonObject = mode === 'dedicated' && isNumber(controller.workers) ? { REST_CONTROLLER_WORKERS: textOf(controller.workers) } : {}
  return { ...withName(configMap, names.settings, names.namespace), data: { ...settings.controllerEnv, ...data, ...workers, ...address } }
}

type TemplateValues = Readonly<Record<string, TemplateValue>>

/** What the definition says about its controller goes over what the template says. */
function renderController({ names, controller, mode }: Deployed, template: JsonObject, settings: JsonObject): JsonObject {
  const object = withName(template, names.deployment, names.namespace)
  const spec = isObject(object.spec) ? object.spec : {}
  const pods = isObject(spec.template) ? spec.template : {}
  const metadata = isObject(pods.metadata) ? pods.metadata : {}
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {}
  const podSpec = isObject(pods.spec) ? pods.spec : {}
  const containers = isArray(podSpec.containers) ? podSpec.containers : []
  const own = mode === 'shared' ? {} : controller
  return {
    ...object,
    spec: {
      ...spec,
      ...(isNumber(own.replicas) && { replicas: own.replicas }),
      template: {
        ...pods,
        metadata: { ...metadata, annotations: { ...annotations, [SETTINGS_HASH]: hashJson(settings.data ?? null).slice(0, 16) } },
        spec: {
          ...podSpec,
          ...(isObject(own.nodeSelector) && { nodeSelector: own.nodeSelector }),
          ...(isArray(own.tolerations) && { tolerations: own.tolerations }),
          containers: containers.map((container, index) => (index === 0 && isObject(container) ? firstContainer(container, { names, mode, own }) : container)),
        },
      },
    },
  }
}

function firstContainer(container: JsonObject, { names, mode, own }: { readonly names: DeployedNames; readonly mode: string; readonly own: JsonObject }): JsonObject {
  return {
    ...container,
    ...(mode === 'shared' && { name: names.container, args: [`-plans-in=${names.namespace}`] }),
    ...(isObject(own.resources) && { resources: own.resources }),
  }
}

/** Only where there is more than one replica: with one it would only hinder the draining of nodes. */
function renderBudget(deployment: JsonObject): readonly DeployedObject[] {
  const spec = isObject(deployment.spec) ? deployment.spec : {}
  const metadata = isObject(deployment.metadata) ? deployment.metadata : {}
  if (!isNumber(spec.replicas) || Number(spec.replicas) < 2 || !isObject(spec.selector)) return []
  return [{
    type: POD_DISRUPTION_BUDGETS,
    object: {
      apiVersion: 'policy/v1', kind: 'PodDisruptionBudget',
      metadata: { name: textOf(metadata.name), namespace: textOf(metadata.namespace) },
      spec: { maxUnavailable: 1, selector: spec.selector },
    },
  }]
}

function withName(object: JsonObject, name: string, namespace: string): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {}
  return { ...object, metadata: { ...metadata, name, namespace } }
}

function readObject(settings: DeploymentSettings, template: string, values: TemplateValues): JsonObject {
  const object = settings.readYaml(renderTemplate(template, values))
  if (!isObject(object)) throw new Error('the template gives no object')
  return object
}

function templateValues({ plan, names, controller, mode }: Pick<Deployed, 'plan' | 'names' | 'controller' | 'mode'>, settings: DeploymentSettings): TemplateValues {
  const { group, version, plural, kind } = plan.resource
  return {
    apiGroup: group, apiVersion: version, resource: mode === 'shared' ? SHARED_DEFINITION : plural, kind,
    name: names.deployment, namespace: names.namespace, definition: mode === 'shared' ? SHARED_DEFINITION : plan.definition.name,
    configuration: plan.configuration?.plural ?? '',
    serviceAccount: names.account, serviceAccountName: names.account, saNamespace: names.namespace,
    composition_controller_sa_name: names.account, composition_controller_sa_namespace: names.namespace,
    image: settings.image,
    replicas: mode === 'dedicated' && typeof controller.replicas === 'number' ? controller.replicas : 1,
  }
}
