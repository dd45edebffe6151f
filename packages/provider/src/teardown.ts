import { finding } from '@oasgen/diagnostics'
import { isObject, textOf, type JsonObject } from '@oasgen/json'
import {
  annotationsOf, CUSTOM_RESOURCE_DEFINITIONS, finalizersOf, isDeleting, nameOf, namespaceOf, resourceVersionOf, uidOf, type KubeObject, type KubeResult, type ResourceType,
} from '@oasgen/kube'
import { ANNOTATION, FINALIZER } from '@oasgen/wire'
import { groupOf, kindOf, otherManager, pluralOf } from './crd-gate.js'
import type { DefinitionState } from './definition-status.js'
import { controllerOf, keyOfDefinition, REST_DEFINITIONS, refTo, type DefinitionEdge } from './edge.js'
import { refFor } from './objects/apply.js'
import { DEPLOYED_TYPES } from './objects/live.js'
import { SHARED_DEFINITION } from './objects/names.js'

/** `state` is absent when the RestDefinition itself is gone. */
export interface TearDown {
  readonly state?: DefinitionState
  readonly afterSeconds?: number
}

/**
 * Takes down what was made, in the order that loses nothing: the resources go first, through their controller, which still has
 * its rights and its credentials; then the kinds; then the controller; the finalizers last. It needs neither document nor Plan.
 */
export async function tearDown(edge: DefinitionEdge, definition: KubeObject): Promise<TearDown> {
  if (!finalizersOf(definition).includes(FINALIZER.definition)) return {}
  const crds = await ownedCrds(edge, definition)
  if (crds === undefined) return { state: unreadable }
  for (const crd of crds) {
    const left = await drain(edge, definition, crd)
    if (left !== undefined) return left
  }
  for (const type of DEPLOYED_TYPES) {
    if (!(await deleteOwned(edge, type, keyOfDefinition(definition)))) return { state: unreadable }
  }
  if (!(await deleteShared(edge, definition))) return { state: unreadable }
  return release(edge, definition)
}

const unreadable: DefinitionState = { type: 'deleting', message: 'the Kubernetes API did not answer; nothing is taken down blindly' }

/** The kind of the resources first, its Configuration after it. */
async function ownedCrds(edge: DefinitionEdge, definition: KubeObject): Promise<readonly KubeObject[] | undefined> {
  const names = edge.live.crds().filter((crd) => isOurs(crd, definition)).map(nameOf)
  const found: KubeObject[] = []
  for (const name of names) {
    const crd = await edge.kube.get(CUSTOM_RESOURCE_DEFINITIONS, { name })
    if (crd.ok && isOwned(crd.value, definition)) found.push(crd.value)
    if (!crd.ok && crd.error.kind !== 'notFound') return undefined
  }
  return found.sort((left, right) => Number(isConfiguration(left, definition)) - Number(isConfiguration(right, definition)))
}

/** Marked as ours, or unmarked in our group: then it is read, as only its kind tells whether the status names it. */
function isOurs(crd: KubeObject, definition: KubeObject): boolean {
  const owner = annotationsOf(crd)[ANNOTATION.definition]
  const group = isObject(definition.spec) ? textOf(definition.spec.resourceGroup) : ''
  return owner === undefined ? isObject(definition.status) && nameOf(crd).endsWith(`.${group}`) : owner === keyOfDefinition(definition)
}

function isOwned(crd: KubeObject, definition: KubeObject): boolean {
  const owner = annotationsOf(crd)[ANNOTATION.definition]
  return owner === undefined ? isNamed(crd, definition, 'resource') : owner === keyOfDefinition(definition)
}

function isConfiguration(crd: KubeObject, definition: KubeObject): boolean {
  return isNamed(crd, definition, 'configuration')
}

function isNamed(crd: JsonObject, definition: KubeObject, member: 'resource' | 'configuration'): boolean {
  const named = isObject(definition.status) ? definition.status[member] : undefined
  return isObject(named) && named.kind === kindOf(crd) && textOf(named.apiVersion).startsWith(`${groupOf(crd)}/`)
}

type DeletionPolicy = 'cascade' | 'orphan' | 'block'

async function drain(edge: DefinitionEdge, definition: KubeObject, crd: KubeObject): Promise<TearDown | undefined> {
  const type: ResourceType = { group: groupOf(crd), version: 'v1alpha1', plural: pluralOf(crd), kind: kindOf(crd), namespaced: true }
  const listed = await edge.kube.list(type, { content: 'metadata' })
  if (!listed.ok && listed.error.kind !== 'notFound') return { state: unreadable }
  const resources = listed.ok ? listed.value.items : []
  if (isConfiguration(crd, definition)) {
    await releaseConfigurations(edge, type, resources)
    return drainWith(edge, { crd, type, resources, message: 'the Configurations are still in use' })
  }
  const policy = policyOf(definition)
  if (policy === 'block' && resources.length > 0) {
    return { state: { type: 'stalled', finding: finding('PRV0111', { count: resources.length, kind: type.kind }) }, afterSeconds: 10 }
  }
  if (resources.length > 0 && !hasBegun(crd, resources)) announceCount(edge, definition, { kind: type.kind, count: resources.length, policy })
  if (policy === 'orphan' && !(await markOrphans(edge, type, resources))) return { state: unreadable }
  return drainWith(edge, { crd, type, resources, message: 'observe failed: restResources still exist' })
}

/** The resources are gone, so nobody needs them: a controller that died before could not say so. */
async function releaseConfigurations({ kube }: DefinitionEdge, type: ResourceType, configurations: readonly KubeObject[]): Promise<void> {
  for (const configuration of configurations.filter((each) => isDeleting(each) && finalizersOf(each).includes(FINALIZER.configurationInUse))) {
    const finalizers = finalizersOf(configuration).filter((finalizer) => finalizer !== FINALIZER.configurationInUse)
    await kube.patch(type, refTo(configuration), { type: 'merge', body: { metadata: { finalizers, resourceVersion: resourceVersionOf(configuration) } } })
  }
}

function hasBegun(crd: KubeObject, resources: readonly KubeObject[]): boolean {
  return isDeleting(crd) || resources.some(isDeleting)
}

interface Drain {
  readonly crd: KubeObject
  readonly type: ResourceType
  readonly resources: readonly KubeObject[]
  readonly message: string
}

/**
 * Deleting the CRD makes Kubernetes delete its resources, each through its controller, and lets nobody make new ones; the CRD
 * itself is gone only after the last of them. A CRD that somebody else applies too is not ours to delete: its resources go one by one.
 */
async function drainWith(edge: DefinitionEdge, { crd, type, resources, message }: Drain): Promise<TearDown | undefined> {
  const left: TearDown = { state: { type: 'deleting', message } }
  const other = otherManager(crd)
  if (other !== undefined) {
    for (const resource of resources.filter((each) => !isDeleting(each))) {
      if (!isDone(await edge.kube.delete(type, refFor(resource)))) return { state: unreadable }
    }
    return resources.length === 0 ? disown(edge, crd) : left
  }
  if (isDeleting(crd)) return left
  const deleted = await edge.kube.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: nameOf(crd) }, { preconditions: { uid: uidOf(crd) } })
  if (!isDone(deleted)) return { state: unreadable }
  return deleted.ok && deleted.value.state === 'gone' && resources.length === 0 ? undefined : { ...left, afterSeconds: 0.5 }
}

/** Whoever keeps it may give it to another definition. */
async function disown(edge: DefinitionEdge, crd: KubeObject): Promise<TearDown | undefined> {
  const answer = await edge.kube.patch(CUSTOM_RESOURCE_DEFINITIONS, { name: nameOf(crd) }, { type: 'merge', body: { metadata: { annotations: { [ANNOTATION.definition]: null } } } })
  return isDone(answer) ? undefined : { state: unreadable }
}

function isDone(answer: KubeResult<unknown>): boolean {
  return answer.ok || answer.error.kind === 'notFound'
}

const WHAT_HAPPENS: Readonly<Record<DeletionPolicy, string>> = {
  cascade: 'they are deleted on the other side too', orphan: 'they stay on the other side', block: 'nothing happens while there are any',
}

function announceCount(edge: DefinitionEdge, definition: KubeObject, { kind, count, policy }: { kind: string; count: number; policy: DeletionPolicy }): void {
  edge.event(definition, { type: 'Warning', reason: 'RestDefinitionDeleting', message: `${count} ${kind} resources are deleted with this definition; ${WHAT_HAPPENS[policy]}` })
}

/** An unknown word holds everything: what it should have meant, only a person knows. */
function policyOf(definition: KubeObject): DeletionPolicy {
  const policy = isObject(definition.spec) && isObject(definition.spec.policy) ? definition.spec.policy.onDefinitionDelete : undefined
  return policy === undefined || policy === 'cascade' ? 'cascade' : policy === 'orphan' ? 'orphan' : 'block'
}

async function markOrphans(edge: DefinitionEdge, type: ResourceType, resources: readonly KubeObject[]): Promise<boolean> {
  for (const resource of resources.filter((each) => annotationsOf(each)[ANNOTATION.deletionPolicy] !== 'orphan')) {
    const answer = await edge.kube.patch(type, refTo(resource), { type: 'merge', body: { metadata: { annotations: { [ANNOTATION.deletionPolicy]: 'orphan' } } } })
    if (!isDone(answer)) return false
  }
  return true
}

async function deleteOwned({ kube, live }: DefinitionEdge, type: ResourceType, owner: string): Promise<boolean> {
  const owned = live.ownedBy(type, owner).filter((object) => !isDeleting(object))
  const answers = await Promise.all(owned.map((object) => kube.delete(type, refFor(object), { propagation: 'Background' })))
  return answers.every(isDone)
}

/** The controller that serves all shared definitions of a namespace goes with the last of them. */
async function deleteShared(edge: DefinitionEdge, definition: KubeObject): Promise<boolean> {
  const namespace = namespaceOf(definition)
  const others = edge.definitions().filter((each) => namespaceOf(each) === namespace && keyOfDefinition(each) !== keyOfDefinition(definition))
  if (others.some((each) => controllerOf(each).mode === 'shared')) return true
  for (const type of DEPLOYED_TYPES) {
    if (!(await deleteOwned(edge, type, `${namespace}/${SHARED_DEFINITION}`))) return false
  }
  return true
}

async function release({ kube }: DefinitionEdge, definition: KubeObject): Promise<TearDown> {
  const ours: readonly string[] = [FINALIZER.definition, FINALIZER.resourcesStillExist]
  const finalizers = finalizersOf(definition).filter((finalizer) => !ours.includes(finalizer))
  const answer = await kube.patch(REST_DEFINITIONS, refTo(definition), { type: 'merge', body: { metadata: { finalizers, resourceVersion: resourceVersionOf(definition) } } })
  return answer.ok || answer.error.kind === 'notFound' ? {} : { state: { type: 'deleting', message: 'the finalizer could not be removed yet' }, afterSeconds: 1 }
}
