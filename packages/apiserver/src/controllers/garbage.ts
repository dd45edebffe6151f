import type { JsonObject } from '@oasgen/json'
import { finalizersOf, isDeleting, keyOf, metadataOf, nameOf, namespaceOf, objects, splitApiVersion, text, uidOf } from '../object.js'
import type { Registry, ResourceType } from '../registry/types.js'
import type { Store } from '../store/store.js'
import type { StoreEvent } from '../store/types.js'
import { mergePatchType, pathOf, type Inside } from './inside.js'
import type { Controller } from './work.js'

/**
 * Deletes what has lost its owner, and carries out orphan and foreground deletion. Keys are `store key`: the work is always to
 * look at one object and do what its owners, or its own finalizers, ask for.
 */
export function garbageController(store: Store, inside: Inside, registry: () => Registry): Controller {
  const dependents = new Map<string, Set<string>>()
  return {
    name: 'garbage',
    keysOf: (event) => {
      index(dependents, event)
      const uid = uidOf(event.object)
      const own = `${event.resource} ${event.key}`
      const owners = event.type === 'DELETED' ? ownersOf(event.object).flatMap((owner) => waitingOwner(store, registry(), event, owner)) : []
      const below = event.type === 'DELETED' || isDeleting(event.object) ? [...dependents.get(uid) ?? []] : []
      return [...(event.type === 'DELETED' ? [] : needsLook(event) ? [own] : []), ...below, ...owners]
    },
    work: async (key) => {
      const at = key.indexOf(' ')
      const resource = key.slice(0, at)
      const stored = store.get(resource, key.slice(at + 1))
      const type = typeOfStore(registry(), resource)
      if (!stored || !type) return undefined
      if (isDeleting(stored.object)) return finish({ store, inside, registry, dependents }, type, stored.object)
      return collect({ store, inside, registry, dependents }, type, stored.object)
    },
  }
}

interface Parts {
  readonly store: Store
  readonly inside: Inside
  readonly registry: () => Registry
  readonly dependents: ReadonlyMap<string, ReadonlySet<string>>
}

const ownersOf = (object: JsonObject): readonly JsonObject[] => objects(metadataOf(object), 'ownerReferences')

function needsLook(event: StoreEvent): boolean {
  return ownersOf(event.object).length > 0 || isDeleting(event.object) && finalizersOf(event.object).some((name) => name === 'orphan' || name === 'foregroundDeletion')
}

function index(dependents: Map<string, Set<string>>, event: StoreEvent): void {
  const key = `${event.resource} ${event.key}`
  for (const owner of event.previous ? ownersOf(event.previous.object) : []) {
    const known = dependents.get(text(owner, 'uid'))
    known?.delete(key)
    if (known?.size === 0) dependents.delete(text(owner, 'uid'))
  }
  if (event.type === 'DELETED') return
  for (const owner of ownersOf(event.object)) {
    const uid = text(owner, 'uid')
    const known = dependents.get(uid)
    if (known) known.add(key)
    else dependents.set(uid, new Set([key]))
  }
}

function typeOfStore(registry: Registry, store: string): ResourceType | undefined {
  return registry.byName(store)
}

/** The owner of something that went, when it waits for that. */
function waitingOwner(store: Store, registry: Registry, event: StoreEvent, owner: JsonObject): readonly string[] {
  const found = findOwner(store, registry, namespaceOf(event.object), owner)
  return found && isDeleting(found.object) ? [`${found.type.store} ${keyOf(namespaceOf(found.object), nameOf(found.object))}`] : []
}

function findOwner(store: Store, registry: Registry, namespace: string, owner: JsonObject): { readonly type: ResourceType; readonly object: JsonObject } | undefined {
  const type = registry.byKind(splitApiVersion(text(owner, 'apiVersion')).group, text(owner, 'kind'))
  if (!type) return undefined
  const key = keyOf(type.scope === 'Namespaced' ? namespace : '', text(owner, 'name'))
  const object = store.get(type.store, key)?.object
  return object && uidOf(object) === text(owner, 'uid') ? { type, object } : undefined
}

const urlOf = (type: ResourceType, object: JsonObject): string => pathOf(type.group, type.versions[0]?.name ?? '', type.resource, namespaceOf(object), nameOf(object))

/** An object whose every owner is gone goes, too; owners of an unknown kind are waited for. */
async function collect(parts: Parts, type: ResourceType, object: JsonObject): Promise<undefined> {
  const owners = ownersOf(object)
  if (owners.length === 0) return undefined
  const states = owners.map((owner) => stateOf(parts, object, owner))
  if (states.includes('unknown')) return undefined
  const kept = owners.filter((_, at) => states[at] === 'present')
  const ending = owners.filter((_, at) => states[at] === 'ending')
  if (kept.length > 0) {
    if (kept.length < owners.length) await parts.inside.request('PATCH', urlOf(type, object), { metadata: { uid: uidOf(object), ownerReferences: kept } }, mergePatchType)
    return undefined
  }
  const policy = ending.length > 0 && (parts.dependents.get(uidOf(object))?.size ?? 0) > 0 ? 'Foreground' : 'Background'
  await parts.inside.request('DELETE', urlOf(type, object), {
    kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: uidOf(object) },
    ...(finalizersOf(object).includes('orphan') ? { propagationPolicy: 'Orphan' } : { propagationPolicy: policy }),
  })
  return undefined
}

/** `ending`: deleted in the foreground, it waits for us. */
function stateOf({ store, registry }: Parts, object: JsonObject, owner: JsonObject): 'present' | 'gone' | 'ending' | 'unknown' {
  const { group } = splitApiVersion(text(owner, 'apiVersion'))
  if (!registry().byKind(group, text(owner, 'kind'))) return 'unknown'
  const found = findOwner(store, registry(), namespaceOf(object), owner)
  if (!found) return 'gone'
  return isDeleting(found.object) && finalizersOf(found.object).includes('foregroundDeletion') ? 'ending' : 'present'
}

/** Does what the finalizers of a deleted object ask for, then takes them off. */
async function finish(parts: Parts, type: ResourceType, object: JsonObject): Promise<number | undefined> {
  const finalizers = finalizersOf(object)
  const below = [...parts.dependents.get(uidOf(object)) ?? []]
  if (finalizers.includes('orphan')) {
    for (const key of below) await release(parts, key, uidOf(object))
    await takeOff(parts, type, object, 'orphan')
    return undefined
  }
  if (!finalizers.includes('foregroundDeletion')) return undefined
  const blocking = below.filter((key) => blocks(parts, key, uidOf(object)))
  if (blocking.length === 0) await takeOff(parts, type, object, 'foregroundDeletion')
  return undefined
}

function blocks({ store }: Parts, key: string, uid: string): boolean {
  const at = key.indexOf(' ')
  const object = store.get(key.slice(0, at), key.slice(at + 1))?.object
  return object !== undefined && ownersOf(object).some((owner) => text(owner, 'uid') === uid && owner.blockOwnerDeletion === true)
}

async function release({ store, inside, registry }: Parts, key: string, uid: string): Promise<void> {
  const at = key.indexOf(' ')
  const stored = store.get(key.slice(0, at), key.slice(at + 1))
  const type = typeOfStore(registry(), key.slice(0, at))
  if (!stored || !type) return
  const kept = ownersOf(stored.object).filter((owner) => text(owner, 'uid') !== uid)
  await inside.request('PATCH', urlOf(type, stored.object), { metadata: { uid: uidOf(stored.object), ownerReferences: kept.length > 0 ? kept : null } }, mergePatchType)
}

async function takeOff({ inside }: Parts, type: ResourceType, object: JsonObject, finalizer: string): Promise<void> {
  const kept = finalizersOf(object).filter((name) => name !== finalizer)
  const reply = await inside.request('PATCH', urlOf(type, object), { metadata: { resourceVersion: metadataOf(object).resourceVersion ?? '', finalizers: kept.length > 0 ? kept : null } }, mergePatchType)
  if (reply.status >= 500) throw new Error(text(reply.object, 'message'))
}
