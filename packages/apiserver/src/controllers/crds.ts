import { equalJson, type JsonObject } from '@oasgen/json'
import { child, finalizersOf, isDeleting, nameOf, objects, strings, text, timestamp, withMetadata } from '../object.js'
import { conditionOf } from '../registry/custom.js'
import { CRDS } from '../registry/registry.js'
import type { Store } from '../store/store.js'
import type { Controller } from './work.js'
import { pathOf, type Inside } from './inside.js'

export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io'

/** The life of CRDs: names accepted, established, and, at the end, their objects deleted before they go themselves. */
export function crdController(store: Store, inside: Inside): Controller {
  return {
    name: 'crds',
    keysOf: (event) => (event.resource === CRDS ? [event.key, ...(event.type === 'DELETED' ? siblings(store, event.object) : [])] : endingCrd(store, event.resource)),
    work: async (key) => {
      const stored = store.get(CRDS, key)
      if (!stored) return undefined
      if (isDeleting(stored.object)) return cleanUp(store, inside, stored.object)
      await establish(store, inside, stored.object)
      return undefined
    },
  }
}

/** A CRD that is going away waits for its last object. */
function endingCrd(store: Store, resource: string): readonly string[] {
  const crd = store.get(CRDS, resource)
  return crd && isDeleting(crd.object) ? [resource] : []
}

function siblings(store: Store, crd: JsonObject): readonly string[] {
  const group = text(child(crd, 'spec'), 'group')
  return store.list(CRDS, '').filter((stored) => text(child(stored.object, 'spec'), 'group') === group).map((stored) => stored.key)
}

interface Condition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

/** Two writes, as in Kubernetes: first the names, then the word that the kind is served. */
async function establish(store: Store, inside: Inside, crd: JsonObject): Promise<void> {
  const naming = names(store, crd)
  const before = conditionOf(crd, 'Established')
  const established: Condition = before?.status === 'True' ? before as unknown as Condition
    : naming.condition.status === 'True' ? { type: 'Established', status: 'False', reason: 'Installing', message: 'the initial names have been accepted' }
      : { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
  const named = withConditions({ ...crd, status: { ...child(crd, 'status'), acceptedNames: naming.accepted } }, [naming.condition, established], inside.now())
  if (!equalJson(named, crd)) {
    await writeStatus(inside, named)
    return
  }
  if (naming.condition.status !== 'True' || before?.status === 'True') return
  await writeStatus(inside, withConditions(crd, [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }], inside.now()))
}

async function writeStatus(inside: Inside, crd: JsonObject): Promise<void> {
  const reply = await inside.request('PUT', `${pathOf('apiextensions.k8s.io', 'v1', 'customresourcedefinitions', '', nameOf(crd))}/status`, crd)
  if (reply.status >= 400 && reply.status !== 404 && reply.status !== 409) throw new Error(text(reply.object, 'message'))
}

/** Conditions by type; the time moves only with the status. */
export function withConditions(object: JsonObject, changes: readonly Condition[], now: number): JsonObject {
  const status = child(object, 'status')
  let conditions = objects(status, 'conditions')
  for (const change of changes) {
    const old = conditions.find((condition) => condition.type === change.type)
    const lastTransitionTime = old?.status === change.status ? text(old, 'lastTransitionTime') : timestamp(now)
    const { type, status: value, reason, message } = change
    const next = { type, status: value, lastTransitionTime, reason, message }
    conditions = old ? conditions.map((condition) => (condition === old ? { ...old, ...next } : condition)) : [...conditions, next]
  }
  return { ...object, status: { ...status, conditions } }
}

interface Naming {
  readonly accepted: JsonObject
  readonly condition: Condition
}

function names(store: Store, crd: JsonObject): Naming {
  const wanted = child(child(crd, 'spec'), 'names')
  const held = child(child(crd, 'status'), 'acceptedNames')
  const taken = takenNames(store, crd)
  const accepted: Record<string, JsonObject[string]> = { ...held }
  let conflict: { readonly reason: string; readonly message: string } | undefined
  const settle = (field: string, kind: 'resources' | 'kinds', reason: string): void => {
    const name = text(wanted, field)
    if (name !== text(held, field) && taken[kind].has(name)) conflict = { reason, message: `${JSON.stringify(name)} is already in use` }
    else if (name !== '') accepted[field] = name
  }
  settle('plural', 'resources', 'PluralConflict')
  settle('singular', 'resources', 'SingularConflict')
  const clash = strings(wanted, 'shortNames').filter((name) => !strings(held, 'shortNames').includes(name) && taken.resources.has(name))
  if (clash.length > 0) conflict = { reason: 'ShortNamesConflict', message: clash.map((name) => `${JSON.stringify(name)} is already in use`).join(', ') }
  else setList(accepted, 'shortNames', strings(wanted, 'shortNames'))
  settle('kind', 'kinds', 'KindConflict')
  settle('listKind', 'kinds', 'ListKindConflict')
  setList(accepted, 'categories', strings(wanted, 'categories'))
  const condition: Condition = conflict
    ? { type: 'NamesAccepted', status: 'False', ...conflict }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
  return { accepted, condition }
}

function setList(accepted: Record<string, JsonObject[string]>, field: string, values: readonly string[]): void {
  if (values.length > 0) accepted[field] = values
  else delete accepted[field]
}

function takenNames(store: Store, crd: JsonObject): { readonly resources: ReadonlySet<string>; readonly kinds: ReadonlySet<string> } {
  const others = siblings(store, crd).filter((key) => key !== nameOf(crd)).map((key) => child(child(store.get(CRDS, key)?.object ?? {}, 'status'), 'acceptedNames'))
  return {
    resources: new Set(others.flatMap((held) => [text(held, 'plural'), text(held, 'singular'), ...strings(held, 'shortNames')]).filter(Boolean)),
    kinds: new Set(others.flatMap((held) => [text(held, 'kind'), text(held, 'listKind')]).filter(Boolean)),
  }
}

async function cleanUp(store: Store, inside: Inside, crd: JsonObject): Promise<number | undefined> {
  if (!finalizersOf(crd).includes(CLEANUP_FINALIZER)) return undefined
  const left = store.list(nameOf(crd), '')
  const terminating = conditionOf(crd, 'Terminating')
  if (left.length > 0 && terminating?.reason !== 'InstanceDeletionInProgress') {
    await writeStatus(inside, withConditions(crd, [{ type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' }], inside.now()))
    return undefined
  }
  if (left.length > 0) {
    await deleteInstances(inside, crd, left.filter((stored) => !isDeleting(stored.object)).map((stored) => stored.key))
    return undefined
  }
  const done: Condition = conditionOf(crd, 'Established')?.status === 'True'
    ? { type: 'Terminating', status: 'False', reason: 'InstanceDeletionCompleted', message: 'removed all instances' }
    : { type: 'Terminating', status: 'False', reason: 'NeverEstablished', message: 'resource was never established' }
  const finished = withConditions(crd, [done], inside.now())
  const finalizers = finalizersOf(crd).filter((name) => name !== CLEANUP_FINALIZER)
  await writeStatus(inside, withMetadata(finished, { finalizers: finalizers.length > 0 ? finalizers : undefined }))
  return undefined
}

async function deleteInstances(inside: Inside, crd: JsonObject, keys: readonly string[]): Promise<void> {
  const spec = child(crd, 'spec')
  const version = text(objects(spec, 'versions').find((one) => one.served === true) ?? {}, 'name')
  for (const key of keys) {
    const [namespace, name] = key.includes('/') ? key.split('/') as [string, string] : ['', key]
    await inside.request('DELETE', pathOf(text(spec, 'group'), version, text(child(spec, 'names'), 'plural'), namespace, name))
  }
}
