import { isObject, textOf, type JsonObject } from '@oasgen/json'
import { CONFIG_MAPS, nameOf, namespaceOf, SECRETS, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import { readSourceUri } from '@oasgen/openapi'
import { namesFor, REST_DEFINITIONS } from '@oasgen/provider'
import { findSecretPlaces, readConfigured } from '@oasgen/rest-controller'
import { definitionsOf, kindOfDefinition, type PlannedKind } from '../plan/kinds.js'

/** One object that goes along. */
export interface Carried {
  readonly type: ResourceType
  readonly object: KubeObject
}

/** All that belongs to the definitions of a cluster, in the order in which it is made elsewhere. */
export interface Inventory {
  /** Documents, credentials and the keys of the controllers. */
  readonly beside: readonly Carried[]
  readonly definitions: readonly Carried[]
  readonly configurations: readonly Carried[]
  readonly resources: readonly Carried[]
  /** Named and not there. */
  readonly missing: readonly string[]
}

export async function takeInventory(kube: Kube, namespace: string | undefined): Promise<Inventory> {
  const definitions = (await definitionsOf(kube)).filter((definition) => namespace === undefined || namespaceOf(definition) === namespace)
  const kinds = (await Promise.all(definitions.map((definition) => kindOfDefinition(kube, definition)))).filter((kind) => kind !== undefined)
  const resources = (await Promise.all(kinds.map((kind) => listed(kube, kind.type, namespace)))).flat()
  const configurations = (await Promise.all(kinds.map((kind) => configurationsOf(kube, kind, namespace)))).flat()
  const beside = await besides(kube, [...documentsOf(definitions), ...kinds.flatMap((kind) => secretsOf(kind, resources, configurations))])
  return { definitions: definitions.map((object) => ({ type: REST_DEFINITIONS, object })), configurations, resources, ...beside }
}

async function listed(kube: Kube, type: ResourceType, namespace: string | undefined): Promise<readonly Carried[]> {
  const answer = await kube.list(type, namespace === undefined ? {} : { namespace })
  return answer.ok ? answer.value.items.map((object) => ({ type, object: typed(type, object) })) : []
}

/** Items of a list do not always say what they are. */
function typed({ group, version, kind }: ResourceType, object: KubeObject): KubeObject {
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind, ...object }
}

function configurationsOf(kube: Kube, { plan }: PlannedKind, namespace: string | undefined): Promise<readonly Carried[]> {
  if (plan.configuration === undefined) return Promise.resolve([])
  const { group, version } = plan.resource
  return listed(kube, { group, version, kind: plan.configuration.kind, plural: plan.configuration.plural, namespaced: true }, namespace)
}

interface Needed {
  readonly type: ResourceType
  readonly namespace: string
  readonly name: string
}

/** ConfigMaps and Secrets out of which definitions read documents, overlays and programs, wherever they are named. */
function documentsOf(definitions: readonly KubeObject[]): readonly Needed[] {
  return definitions.flatMap((definition) => textsIn(definition.spec).flatMap((text) => {
    const source = /^(?:configmap|secret):\/\//.test(text) ? readSourceUri(text).value : undefined
    if (source?.kind !== 'configMap' && source?.kind !== 'secret') return []
    return [{ type: source.kind === 'secret' ? SECRETS : CONFIG_MAPS, namespace: source.namespace, name: source.name }]
  }).concat(credentialsOf(definition)))
}

function credentialsOf(definition: KubeObject): readonly Needed[] {
  const document = isObject(definition.spec) && isObject(definition.spec.document) ? definition.spec.document : {}
  const reference = isObject(document.credentialsRef) ? document.credentialsRef : undefined
  return reference === undefined ? [] : [{ type: SECRETS, namespace: textOf(reference.namespace) || namespaceOf(definition), name: textOf(reference.name) }]
}

function textsIn(value: JsonObject[string] | undefined): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return value !== undefined && isObject(value) ? Object.values(value).flatMap(textsIn) : []
}

function secretsOf(kind: PlannedKind, resources: readonly Carried[], configurations: readonly Carried[]): readonly Needed[] {
  const { plan } = kind
  const { key, namespace } = namesFor(plan.definition, plan.resource)
  const places = findSecretPlaces(plan)
  const own = resources.filter(({ type }) => type.plural === kind.type.plural && type.group === kind.type.group).flatMap(({ object }) => places.of(object))
  const configured = configurations.filter(({ type }) => type.kind === plan.configuration?.kind).flatMap(({ object }) => readConfigured({ plan, configuration: object, environment: {} }).secrets)
  return [{ type: SECRETS, namespace, name: key }, ...[...own, ...configured].map((reference) => ({ type: SECRETS, namespace: reference.namespace, name: reference.name }))]
}

async function besides(kube: Kube, needed: readonly Needed[]): Promise<{ readonly beside: readonly Carried[]; readonly missing: readonly string[] }> {
  const unique = [...new Map(needed.map((one) => [`${one.type.kind} ${one.namespace}/${one.name}`, one] as const))]
  const beside: Carried[] = []
  const missing: string[] = []
  for (const [title, { type, namespace, name }] of unique) {
    const found = await kube.get(type, { name, namespace })
    if (found.ok) beside.push({ type, object: typed(type, found.value) })
    else missing.push(title)
  }
  return { beside, missing }
}

export function titleOf({ type, object }: Carried): string {
  return `${type.kind} ${namespaceOf(object)}/${nameOf(object)}`
}
