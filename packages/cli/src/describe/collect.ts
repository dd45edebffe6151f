import { isArray, isObject, textOf, type JsonObject } from '@oasgen/json'
import { annotationsOf, CUSTOM_RESOURCE_DEFINITIONS, generationOf, isDeleting, keyOf, nameOf, namespaceOf, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import { ANNOTATION, CONDITION, exchangeLine, readConditions, type Exchange, type StoredCondition } from '@oasgen/wire'
import { definitionsOf, kindOfDefinition, type PlannedKind } from '../plan/kinds.js'
import type { ExchangeSource } from '../plan/exchanges.js'

/** One definition with all that came of it. */
export interface DescribedDefinition {
  readonly name: string
  readonly namespace: string
  readonly state: DescribedState
  readonly document: string
  readonly conditions: readonly DescribedCondition[]
  readonly findings: readonly string[]
  readonly crd?: { readonly name: string; readonly state: string; readonly versions: readonly string[] }
  readonly kind: string
  readonly resources: readonly DescribedResource[]
}

export type DescribedState = 'Ready' | 'Progressing' | 'Stalled' | 'Deleting' | 'Not ready' | 'Paused' | 'New'

export interface DescribedCondition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly since: string
}

export interface DescribedResource {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly state: DescribedState
  readonly externalName?: string
  readonly generation: number
  readonly observedGeneration?: number
  readonly conditions: readonly DescribedCondition[]
  /** Only of resources that are shown in full. */
  readonly exchanges?: readonly DescribedExchange[]
}

export interface DescribedExchange {
  readonly at: string
  readonly line: string
  readonly why: string
}

/** What to look at: a kind, one object of it, or everything. */
export interface Wanted {
  /** Told by the name of its definition, or by a resource of its kind. */
  readonly definition?: string
  readonly resource?: { readonly type: ResourceType; readonly name?: string }
  readonly namespace: string | undefined
}

export interface Collecting {
  readonly kube: Kube
  readonly exchanges: ExchangeSource
  readonly wanted: Wanted
}

export async function collect(input: Collecting): Promise<readonly DescribedDefinition[]> {
  const definitions = (await definitionsOf(input.kube)).filter((definition) => isWanted(definition, input.wanted))
  const crds = await input.kube.list(CUSTOM_RESOURCE_DEFINITIONS)
  const known = crds.ok ? crds.value.items : []
  return Promise.all(definitions.map((definition) => describeDefinition(input, definition, known)))
}

function isWanted(definition: KubeObject, { definition: name, resource, namespace }: Wanted): boolean {
  const spec = isObject(definition.spec) ? definition.spec : {}
  if (resource !== undefined) return spec.resourceGroup === resource.type.group && isObject(spec.resource) && isOfKind(textOf(spec.resource.kind), resource.type)
  return (name === undefined || nameOf(definition) === name) && (namespace === undefined || namespaceOf(definition) === namespace)
}

function isOfKind(kind: string, type: ResourceType): boolean {
  return type.kind === kind || type.kind === `${kind}Configuration`
}

async function describeDefinition(input: Collecting, definition: KubeObject, crds: readonly KubeObject[]): Promise<DescribedDefinition> {
  const spec = isObject(definition.spec) ? definition.spec : {}
  const status = isObject(definition.status) ? definition.status : {}
  const kind = isObject(spec.resource) ? textOf(spec.resource.kind) : ''
  const crd = crds.find((one) => isCrdOf(one, textOf(spec.resourceGroup), kind))
  const running = await kindOfDefinition(input.kube, definition)
  const findings = isArray(status.findings) ? status.findings.filter(isObject).map((found) => `${textOf(found.code)} ${textOf(found.message)}`.trim()) : []
  return {
    name: nameOf(definition), namespace: namespaceOf(definition), kind, findings,
    state: stateOf(definition), document: textOf(spec.oasPath), conditions: conditionsOf(definition),
    ...(crd !== undefined && { crd: describeCrd(crd) }),
    resources: running === undefined ? [] : await describeResources(input, running),
  }
}

function isCrdOf(crd: KubeObject, group: string, kind: string): boolean {
  const spec = isObject(crd.spec) ? crd.spec : {}
  return spec.group === group && isObject(spec.names) && spec.names.kind === kind
}

function describeCrd(crd: KubeObject): NonNullable<DescribedDefinition['crd']> {
  const spec = isObject(crd.spec) ? crd.spec : {}
  const established = conditionsOf(crd).find(({ type }) => type === 'Established')
  const versions = isArray(spec.versions) ? spec.versions.filter(isObject).map((version) => textOf(version.name)) : []
  return { name: nameOf(crd), state: established?.status === 'True' ? 'Established' : 'not established', versions }
}

async function describeResources({ kube, exchanges, wanted }: Collecting, { type, plan }: PlannedKind): Promise<readonly DescribedResource[]> {
  const listed = await kube.list(type, wanted.namespace === undefined ? {} : { namespace: wanted.namespace })
  if (!listed.ok) return []
  return Promise.all(listed.value.items.map(async (object) => {
    const described = describeResource(type.kind, object)
    const isShown = described.state !== 'Ready' || (wanted.resource?.name !== undefined && wanted.resource.name === described.name)
    return isShown ? { ...described, exchanges: (await exchanges.of(plan, keyOf(object))).map(describeExchange) } : described
  }))
}

function describeResource(kind: string, object: KubeObject): DescribedResource {
  const status = isObject(object.status) ? object.status : {}
  const externalName = annotationsOf(object)[ANNOTATION.externalName]
  return {
    kind, namespace: namespaceOf(object), name: nameOf(object), state: stateOf(object), generation: generationOf(object),
    ...(externalName !== undefined && { externalName }),
    ...(typeof status.observedGeneration === 'number' && { observedGeneration: status.observedGeneration }),
    conditions: conditionsOf(object),
  }
}

export function describeExchange(exchange: Exchange): DescribedExchange {
  return { at: new Date(exchange.at).toISOString(), line: exchangeLine(exchange), why: `${exchange.purpose.action}: ${exchange.purpose.why}` }
}

function conditionsOf(object: JsonObject): readonly DescribedCondition[] {
  const stored = isObject(object.status) ? readConditions(object.status.conditions) : []
  return stored.map((condition: StoredCondition) => ({
    type: condition.type, status: condition.status, reason: condition.reason ?? '', message: condition.message ?? '', since: condition.lastTransitionTime ?? '',
  }))
}

/** The one word that says most about an object. */
export function stateOf(object: KubeObject): DescribedState {
  if (isDeleting(object)) return 'Deleting'
  const conditions = conditionsOf(object)
  const of = (type: string): DescribedCondition | undefined => conditions.find((condition) => condition.type === type)
  if (of(CONDITION.stalled)?.status === 'True') return 'Stalled'
  if (of(CONDITION.synced)?.reason === 'ReconcilePaused') return 'Paused'
  if (of(CONDITION.ready)?.status === 'True') return of(CONDITION.synced)?.status === 'False' ? 'Not ready' : 'Ready'
  if (conditions.length === 0) return 'New'
  return of(CONDITION.reconciling)?.status === 'True' ? 'Progressing' : 'Not ready'
}
