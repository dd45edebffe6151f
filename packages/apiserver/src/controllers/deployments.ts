import { canonicalJson, equalJson, sha256, withMember, type JsonObject } from '@oasgen/json'
import { annotationsOf, child, generationOf, integerOf, isDeleting, metadataOf, nameOf, namespaceOf, objects, text, timestamp, uidOf } from '../object.js'
import type { Store } from '../store/store.js'
import type { StoreEvent } from '../store/types.js'
import { mergePatchType, pathOf, type Inside } from './inside.js'
import type { Controller } from './work.js'

const DEPLOYMENTS = 'deployments.apps'
const SETS = 'replicasets.apps'
const REVISION = 'deployment.kubernetes.io/revision'

/** Deployments into ReplicaSets: one per template, the newest grows while the older shrink; status as `kubectl rollout` reads it. */
export function deploymentController(store: Store, inside: Inside): Controller {
  return {
    name: 'deployments',
    keysOf: (event) => (event.resource === DEPLOYMENTS ? [event.key] : event.resource === SETS || event.resource === 'pods' ? ownerKeys(store, event) : []),
    work: async (key) => {
      const deployment = store.get(DEPLOYMENTS, key)?.object
      if (!deployment || isDeleting(deployment)) return undefined
      await roll(store, inside, deployment)
      await report(store, inside, deployment)
      return undefined
    },
  }
}

export const controllerOf = (object: JsonObject): JsonObject | undefined => objects(metadataOf(object), 'ownerReferences').find((owner) => owner.controller === true)

function ownerKeys(store: Store, event: StoreEvent): readonly string[] {
  const owner = controllerOf(event.object)
  if (!owner) return []
  const namespace = namespaceOf(event.object)
  if (owner.kind === 'Deployment') return [`${namespace}/${text(owner, 'name')}`]
  const set = store.get(SETS, `${namespace}/${text(owner, 'name')}`)
  const above = set && controllerOf(set.object)
  return above?.kind === 'Deployment' ? [`${namespace}/${text(above, 'name')}`] : []
}

export function setsOf(store: Store, deployment: JsonObject): readonly JsonObject[] {
  return store.list(SETS, `${namespaceOf(deployment)}/`).map((stored) => stored.object).filter((set) => text(controllerOf(set) ?? {}, 'uid') === uidOf(deployment))
}

const wanted = (object: JsonObject): number => integerOf(child(object, 'spec'), 'replicas') ?? 1
const templateOf = (object: JsonObject): JsonObject => child(child(object, 'spec'), 'template')

async function roll(store: Store, inside: Inside, deployment: JsonObject): Promise<void> {
  if (child(deployment, 'spec').paused === true) return
  const sets = setsOf(store, deployment)
  const hash = templateHash(templateOf(deployment))
  const newest = sets.find((set) => nameOf(set) === `${nameOf(deployment)}-${hash}`)
  const older = sets.filter((set) => set !== newest)
  const recreate = text(child(child(deployment, 'spec'), 'strategy'), 'type') === 'Recreate'
  if (recreate && older.some((set) => wanted(set) > 0 || (integerOf(child(set, 'status'), 'replicas') ?? 0) > 0)) return scaleAll(inside, older, 0)
  const revision = String(Math.max(0, ...sets.map((set) => Number(annotationsOf(set)[REVISION] ?? 0))) + (newest ? 0 : 1))
  if (!newest) await createSet(inside, deployment, hash, revision)
  else if (wanted(newest) !== wanted(deployment)) await scaleAll(inside, [newest], wanted(deployment))
  const ready = newest === undefined ? 0 : integerOf(child(newest, 'status'), 'readyReplicas') ?? 0
  if (ready >= wanted(deployment)) await scaleAll(inside, older.filter((set) => wanted(set) > 0), 0)
  const shown = newest ? (text(annotationsOf(newest), REVISION) || revision) : revision
  if (annotationsOf(deployment)[REVISION] !== shown) {
    await inside.request('PATCH', pathOf('apps', 'v1', 'deployments', namespaceOf(deployment), nameOf(deployment)), { metadata: { annotations: { [REVISION]: shown } } }, mergePatchType)
  }
  await trim(inside, deployment, older)
}

/** Keeps as many old templates as `kubectl rollout undo` may want. */
async function trim(inside: Inside, deployment: JsonObject, older: readonly JsonObject[]): Promise<void> {
  const limit = integerOf(child(deployment, 'spec'), 'revisionHistoryLimit') ?? 10
  const idle = older.filter((set) => wanted(set) === 0 && (integerOf(child(set, 'status'), 'replicas') ?? 0) === 0)
    .sort((a, b) => Number(annotationsOf(a)[REVISION] ?? 0) - Number(annotationsOf(b)[REVISION] ?? 0))
  for (const set of idle.slice(0, Math.max(0, idle.length - limit))) await inside.request('DELETE', pathOf('apps', 'v1', 'replicasets', namespaceOf(set), nameOf(set)))
}

const templateHash = (template: JsonObject): string => sha256(canonicalJson(template)).slice(0, 10)

async function scaleAll(inside: Inside, sets: readonly JsonObject[], replicas: number): Promise<void> {
  for (const set of sets) {
    if (wanted(set) !== replicas) await inside.request('PATCH', pathOf('apps', 'v1', 'replicasets', namespaceOf(set), nameOf(set)), { spec: { replicas } }, mergePatchType)
  }
}

async function createSet(inside: Inside, deployment: JsonObject, hash: string, revision: string): Promise<void> {
  const template = templateOf(deployment)
  const labels = { ...child(child(template, 'metadata'), 'labels'), 'pod-template-hash': hash }
  const selector = child(child(deployment, 'spec'), 'selector')
  await inside.request('POST', pathOf('apps', 'v1', 'replicasets', namespaceOf(deployment)), {
    apiVersion: 'apps/v1', kind: 'ReplicaSet',
    metadata: {
      name: `${nameOf(deployment)}-${hash}`, labels, ownerReferences: [ownerReference('apps/v1', 'Deployment', deployment)],
      annotations: { [REVISION]: revision, 'deployment.kubernetes.io/desired-replicas': String(wanted(deployment)) },
    },
    spec: {
      replicas: wanted(deployment), selector: withMember(selector, 'matchLabels', { ...child(selector, 'matchLabels'), 'pod-template-hash': hash }),
      template: { ...template, metadata: { ...child(template, 'metadata'), labels } },
    },
  })
}

export function ownerReference(apiVersion: string, kind: string, owner: JsonObject): JsonObject {
  return { apiVersion, kind, name: nameOf(owner), uid: uidOf(owner), controller: true, blockOwnerDeletion: true }
}

async function report(store: Store, inside: Inside, deployment: JsonObject): Promise<void> {
  const sets = setsOf(store, deployment)
  const current = sets.find((set) => nameOf(set) === `${nameOf(deployment)}-${templateHash(templateOf(deployment))}`)
  const sum = (field: string): number => sets.reduce((total, set) => total + (integerOf(child(set, 'status'), field) ?? 0), 0)
  const [replicas, ready, available] = [sum('replicas'), sum('readyReplicas'), sum('availableReplicas')]
  const updated = current ? integerOf(child(current, 'status'), 'replicas') ?? 0 : 0
  const unavailable = Math.max(0, wanted(deployment) - available)
  const filled = { replicas, updatedReplicas: updated, readyReplicas: ready, availableReplicas: available, unavailableReplicas: unavailable }
  const status: JsonObject = {
    observedGeneration: generationOf(deployment), ...Object.fromEntries(Object.entries(filled).filter(([, value]) => value > 0)),
    conditions: conditions(deployment, { complete: updated === wanted(deployment) && replicas === updated && available >= wanted(deployment), available: unavailable === 0, set: current }, inside.now()),
  }
  if (equalJson(status, child(deployment, 'status'))) return
  const reply = await inside.request('PUT', `${pathOf('apps', 'v1', 'deployments', namespaceOf(deployment), nameOf(deployment))}/status`, { ...deployment, status })
  if (reply.status >= 400 && reply.status !== 404 && reply.status !== 409) throw new Error(text(reply.object, 'message'))
}

interface Progress {
  readonly complete: boolean
  readonly available: boolean
  readonly set: JsonObject | undefined
}

function conditions(deployment: JsonObject, { complete, available, set }: Progress, now: number): readonly JsonObject[] {
  const name = set ? nameOf(set) : nameOf(deployment)
  return [
    available
      ? condition(deployment, now, ['Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'])
      : condition(deployment, now, ['Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.']),
    complete
      ? condition(deployment, now, ['Progressing', 'True', 'NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`])
      : condition(deployment, now, ['Progressing', 'True', 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`]),
  ]
}

function condition(object: JsonObject, now: number, [type, status, reason, message]: readonly [string, string, string, string]): JsonObject {
  const old = objects(child(object, 'status'), 'conditions').find((one) => one.type === type)
  if (old && old.status === status && old.reason === reason && old.message === message) return old
  const lastTransitionTime = old?.status === status ? text(old, 'lastTransitionTime') : timestamp(now)
  return { type, status, lastUpdateTime: timestamp(now), lastTransitionTime, reason, message }
}
