import { isObject, textOf, type JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, nameOf, namespaceOf, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import { prepare, type PreparedPlan } from '@oasgen/engine'
import { readPlan, type Plan } from '@oasgen/plan'
import { namesFor, REST_DEFINITIONS } from '@oasgen/provider'
import { CommandError, EXIT } from '../io.js'

/** A kind with the Plan that serves it: compiled from files, or the one that runs in the cluster. */
export interface PlannedKind {
  readonly prepared: PreparedPlan
  readonly plan: Plan
  readonly type: ResourceType
}

export function kindOf(plan: Plan): PlannedKind {
  const { value, findings } = prepare(plan)
  if (value === undefined) throw new CommandError(`the Plan of ${plan.resource.kind} cannot be used: ${findings[0]?.message ?? 'no reason given'}`)
  return { prepared: value, plan, type: { ...plan.resource, namespaced: true } }
}

export function serves({ plan: { resource } }: PlannedKind, object: JsonObject): boolean {
  return object.apiVersion === `${resource.group}/${resource.version}` && object.kind === resource.kind
}

/** What runs in the cluster for a kind; undefined where nothing does. */
export async function runningKind(kube: Kube, wanted: { readonly group: string; readonly kind: string }): Promise<PlannedKind | undefined> {
  const definition = (await definitionsOf(kube)).find((one) => isFor(one, wanted))
  return definition === undefined ? undefined : kindOfDefinition(kube, definition)
}

export async function definitionsOf(kube: Kube): Promise<readonly KubeObject[]> {
  const listed = await kube.list(REST_DEFINITIONS)
  if (listed.ok) return listed.value.items
  if (listed.error.kind === 'notFound') return []
  throw new CommandError(listed.error.finding.message, { code: EXIT.unavailable })
}

function isFor(definition: KubeObject, { group, kind }: { readonly group: string; readonly kind: string }): boolean {
  const spec = isObject(definition.spec) ? definition.spec : {}
  return spec.resourceGroup === group && isObject(spec.resource) && spec.resource.kind === kind
}

/** The Plan that the provider wrote for a definition. */
export async function kindOfDefinition(kube: Kube, definition: KubeObject): Promise<PlannedKind | undefined> {
  const owner = { name: nameOf(definition), namespace: namespaceOf(definition) }
  const { plan, namespace } = namesFor(owner as Plan['definition'], { group: '', version: '', kind: '', plural: '' })
  const found = await kube.get(CONFIG_MAPS, { name: plan, namespace })
  if (!found.ok) {
    if (found.error.kind === 'notFound') return undefined
    throw new CommandError(found.error.finding.message, { code: EXIT.unavailable })
  }
  const text = isObject(found.value.data) ? textOf(found.value.data['plan.json'] ?? '') : ''
  const read = readPlan(text)
  return read.value === undefined ? undefined : kindOf(read.value)
}
