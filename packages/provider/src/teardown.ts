import { finding } from '@oasgen/diagnostics'
import { textOf, isObject, type JsonObject } from '@oasgen/json'
import {
  annotationsOf, CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, DEPLOYMENTS, finalizersOf, isDeleting, nameOf, namespaceOf,
  resourceVersionOf, ROLES, ROLE_BINDINGS, SECRETS, SERVICE_ACCOUNTS, uidOf, type Kube, type KubeObject, type ResourceType,
} from '@oasgen/kube'
import { ANNOTATION, FINALIZER, LABEL } from '@oasgen/wire'
import { groupOf, kindOf, pluralOf } from './crd-gate.js'
import type { DefinitionState } from './definition-status.js'
import { REST_DEFINITIONS, refTo, type DefinitionEdge } from './edge.js'

/** `state` is absent when the RestDefinition itself is gone. */
export interface TearDown {
  readonly state?: DefinitionState
}

/**
 * Takes down what was made, in the order that loses nothing: the resources go first, through their controller, which still has
 * its rights and its credentials; then the kinds; then the controller; the finalizers last. It needs neither document nor Plan.
 */
export async function tearDown(edge: DefinitionEdge, definition: KubeObject): Promise<TearDown> {
  if (!finalizersOf(definition).includes(FINALIZER.definition)) return {}
  const crds = await ownedCrds(edge.kube, definition)
  if (crds === undefined) return { state: unreadable }
  for (const crd of crds) {
    const left = await drain(edge, definition, crd)
    if (left !== undefined) return { state: left }
  }
  for (const type of DEPLOYED_TYPES) {
    if (!(await deleteOwned(edge.kube, type, definition))) return { state: unreadable }
  }
  return release(edge.kube, definition)
}

const unreadable: DefinitionState = { type: 'deleting', message: 'the Kubernetes API did not answer; nothing is taken down blindly' }

// The reference's order; the ServiceAccount last, as everything before it may still need it.
const DEPLOYED_TYPES: readonly ResourceType[] = [DEPLOYMENTS, CONFIG_MAPS, CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, ROLES, ROLE_BINDINGS, SECRETS, SERVICE_ACCOUNTS]

/** The kind of the resources first, its Configuration after it. */
async function ownedCrds(kube: Kube, definition: KubeObject): Promise<readonly KubeObject[] | undefined> {
  const all = await kube.list(CUSTOM_RESOURCE_DEFINITIONS)
  if (!all.ok) return undefined
  const owned = all.value.items.filter((crd) => isOwned(crd, definition))
  return [...owned].sort((left, right) => Number(isConfiguration(left, definition)) - Number(isConfiguration(right, definition)))
}

function isOwned(crd: KubeObject, definition: KubeObject): boolean {
  const owner = annotationsOf(crd)[ANNOTATION.definition]
  return owner === undefined ? isNamed(crd, definition, 'resource') : owner === `${namespaceOf(definition)}/${nameOf(definition)}`
}

function isConfiguration(crd: KubeObject, definition: KubeObject): boolean {
  return isNamed(crd, definition, 'configuration')
}

function isNamed(crd: JsonObject, definition: KubeObject, member: 'resource' | 'configuration'): boolean {
  const named = isObject(definition.status) ? definition.status[member] : undefined
  return isObject(named) && named.kind === kindOf(crd) && textOf(named.apiVersion).startsWith(`${groupOf(crd)}/`)
}

async function drain(edge: DefinitionEdge, definition: KubeObject, crd: KubeObject): Promise<DefinitionState | undefined> {
  const type: ResourceType = { group: groupOf(crd), version: 'v1alpha1', plural: pluralOf(crd), kind: kindOf(crd), namespaced: true }
  const listed = await edge.kube.list(type, { content: 'metadata' })
  if (!listed.ok && listed.error.kind !== 'notFound') return unreadable
  const resources = listed.ok ? listed.value.items : []
  const policy = onDelete(definition)
  const isResource = !isConfiguration(crd, definition)
  if (isResource && policy === 'block' && resources.length > 0) {
    return { type: 'stalled', finding: finding('PRV0111', { count: resources.length, kind: type.kind }) }
  }
  if (isResource && policy === 'orphan') await markOrphans(edge.kube, type, resources)
  if (!isDeleting(crd)) {
    if (isResource && resources.length > 0) announceCount(edge, definition, { kind: type.kind, count: resources.length, policy })
    const deleted = await edge.kube.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: nameOf(crd) }, { preconditions: { uid: uidOf(crd) } })
    if (!deleted.ok && deleted.error.kind !== 'notFound') return unreadable
    if (deleted.ok && deleted.value.state === 'gone' && resources.length === 0) return undefined
  }
  return { type: 'deleting', message: isResource ? 'observe failed: restResources still exist' : 'the Configurations are still in use' }
}

function announceCount(edge: DefinitionEdge, definition: KubeObject, { kind, count, policy }: { kind: string; count: number; policy: string }): void {
  const what = policy === 'orphan' ? 'they stay on the other side' : 'they are deleted on the other side too'
  edge.event(definition, { type: 'Warning', reason: 'RestDefinitionDeleting', message: `${count} ${kind} resources are deleted with this definition; ${what}` })
}

function onDelete(definition: KubeObject): string {
  const policy = isObject(definition.spec) && isObject(definition.spec.policy) ? definition.spec.policy.onDefinitionDelete : undefined
  return typeof policy === 'string' ? policy : 'cascade'
}

async function markOrphans(kube: Kube, type: ResourceType, resources: readonly KubeObject[]): Promise<void> {
  const unmarked = resources.filter((resource) => annotationsOf(resource)[ANNOTATION.deletionPolicy] !== 'orphan')
  for (const resource of unmarked) {
    await kube.patch(type, refTo(resource), { type: 'merge', body: { metadata: { annotations: { [ANNOTATION.deletionPolicy]: 'orphan' } } } })
  }
}

async function deleteOwned(kube: Kube, type: ResourceType, definition: KubeObject): Promise<boolean> {
  const listed = await kube.list(type, { labelSelector: `${LABEL.definitionObject}=true`, content: 'metadata' })
  if (!listed.ok) return false
  const owned = listed.value.items.filter((object) => annotationsOf(object)[ANNOTATION.definition] === `${namespaceOf(definition)}/${nameOf(definition)}`)
  const answers = await Promise.all(owned.map((object) => kube.delete(type, refTo(object), { propagation: 'Background' })))
  return answers.every((answer) => answer.ok || answer.error.kind === 'notFound')
}

async function release(kube: Kube, definition: KubeObject): Promise<TearDown> {
  const ours: readonly string[] = [FINALIZER.definition, FINALIZER.resourcesStillExist]
  const finalizers = finalizersOf(definition).filter((finalizer) => !ours.includes(finalizer))
  const answer = await kube.patch(REST_DEFINITIONS, refTo(definition), { type: 'merge', body: { metadata: { finalizers, resourceVersion: resourceVersionOf(definition) } } })
  return answer.ok || answer.error.kind === 'notFound' ? {} : { state: { type: 'deleting', message: 'the finalizer could not be removed yet' } }
}
