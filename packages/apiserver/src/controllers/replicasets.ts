import { equalJson, type JsonObject } from '@oasgen/json'
import { child, generationOf, integerOf, isDeleting, metadataOf, nameOf, namespaceOf, objects, text, uidOf } from '../object.js'
import type { Store } from '../store/store.js'
import { controllerOf, ownerReference } from './deployments.js'
import { pathOf, type Inside } from './inside.js'
import type { Controller } from './work.js'

const SETS = 'replicasets.apps'

/** ReplicaSets of Deployments into pods; all pods run on the one node. */
export function replicaSetController(store: Store, inside: Inside, node: string): Controller {
  return {
    name: 'replicasets',
    keysOf: (event) => {
      if (event.resource === SETS) return [event.key]
      const owner = event.resource === 'pods' ? controllerOf(event.object) : undefined
      return owner?.kind === 'ReplicaSet' ? [`${namespaceOf(event.object)}/${text(owner, 'name')}`] : []
    },
    work: async (key) => {
      const set = store.get(SETS, key)?.object
      if (!set || isDeleting(set) || controllerOf(set)?.kind !== 'Deployment') return undefined
      await balance(store, inside, set, node)
      await report(store, inside, set)
      return undefined
    },
  }
}

export function podsOf(store: Store, set: JsonObject): readonly JsonObject[] {
  return store.list('pods', `${namespaceOf(set)}/`).map((stored) => stored.object).filter((pod) => text(controllerOf(pod) ?? {}, 'uid') === uidOf(set))
}

export const isReady = (pod: JsonObject): boolean => objects(child(pod, 'status'), 'conditions').some((one) => one.type === 'Ready' && one.status === 'True')

async function balance(store: Store, inside: Inside, set: JsonObject, node: string): Promise<void> {
  const pods = podsOf(store, set).filter((pod) => !isDeleting(pod))
  const surplus = pods.length - (integerOf(child(set, 'spec'), 'replicas') ?? 1)
  for (let missing = surplus; missing < 0; missing++) await createPod(inside, set, node)
  if (surplus <= 0) return
  // Those that are not ready go first, then the youngest.
  const order = [...pods].sort((a, b) => Number(isReady(a)) - Number(isReady(b)) || (text(metadataOf(a), 'creationTimestamp') < text(metadataOf(b), 'creationTimestamp') ? 1 : -1))
  for (const pod of order.slice(0, surplus)) await inside.request('DELETE', pathOf('', 'v1', 'pods', namespaceOf(pod), nameOf(pod)))
}

async function createPod(inside: Inside, set: JsonObject, node: string): Promise<void> {
  const template = child(child(set, 'spec'), 'template')
  const reply = await inside.request('POST', pathOf('', 'v1', 'pods', namespaceOf(set)), {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      ...child(template, 'metadata'), generateName: `${nameOf(set)}-`, ownerReferences: [ownerReference('apps/v1', 'ReplicaSet', set)],
    },
    spec: { ...child(template, 'spec'), nodeName: node },
  })
  if (reply.status >= 400) throw new Error(text(reply.object, 'message'))
}

async function report(store: Store, inside: Inside, set: JsonObject): Promise<void> {
  const pods = podsOf(store, set).filter((pod) => !isDeleting(pod))
  const ready = pods.filter(isReady).length
  const status: JsonObject = {
    replicas: pods.length, ...(pods.length > 0 && { fullyLabeledReplicas: pods.length }), ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
    observedGeneration: generationOf(set),
  }
  if (equalJson(status, child(set, 'status'))) return
  await inside.request('PUT', `${pathOf('apps', 'v1', 'replicasets', namespaceOf(set), nameOf(set))}/status`, { ...set, status })
}
