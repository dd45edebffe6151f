import { isArray } from '@oasgen/json'
import { groupResource } from '../failure.js'
import { child, isDeleting, nameOf, strings, timestamp } from '../object.js'
import type { JsonObject } from '@oasgen/json'
import type { Registry } from '../registry/types.js'
import type { Store } from '../store/store.js'
import { pathOf, type Inside } from './inside.js'
import type { Controller } from './work.js'

export interface NamespaceParts {
  readonly store: Store
  readonly inside: Inside
  readonly registry: () => Registry
  /** PEM of the authority, for `kube-root-ca.crt`. */
  readonly ca: string
}

/** Gives new namespaces their account and certificate, and empties those that were deleted. */
export function namespaceController(parts: NamespaceParts): Controller {
  const { store } = parts
  return {
    name: 'namespaces',
    keysOf: (event) => {
      if (event.resource === 'namespaces') return event.type === 'DELETED' ? [] : [event.key]
      const at = event.key.indexOf('/')
      if (event.type !== 'DELETED' || at < 0) return []
      return store.get('namespaces', event.key.slice(0, at)) ? [event.key.slice(0, at)] : []
    },
    work: async (name) => {
      const namespace = store.get('namespaces', name)
      if (!namespace) return undefined
      return isDeleting(namespace.object) ? empty(parts, namespace.object) : furnish(parts, name)
    },
  }
}

async function furnish({ store, inside, ca }: NamespaceParts, namespace: string): Promise<undefined> {
  if (!store.get('serviceaccounts', `${namespace}/default`)) {
    await inside.request('POST', pathOf('', 'v1', 'serviceaccounts', namespace), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } })
  }
  if (!store.get('configmaps', `${namespace}/kube-root-ca.crt`)) {
    await inside.request('POST', pathOf('', 'v1', 'configmaps', namespace), {
      apiVersion: 'v1', kind: 'ConfigMap', data: { 'ca.crt': ca },
      metadata: { name: 'kube-root-ca.crt', annotations: { 'kubernetes.io/description': 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.' } },
    })
  }
  return undefined
}

/** Deletes what is there; when nothing is left, gives the namespace free. */
async function empty({ store, inside, registry }: NamespaceParts, namespace: JsonObject): Promise<number | undefined> {
  const name = nameOf(namespace)
  const left = contents(store, registry(), name)
  for (const one of left) {
    if (isDeleting(one.object)) continue
    await inside.request('DELETE', pathOf(one.group, one.version, one.resource, name, nameOf(one.object)), { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' })
  }
  const remaining = contents(store, registry(), name)
  if (remaining.length > 0) {
    await report(inside, namespace, remaining)
    return undefined
  }
  return finalize(inside, namespace)
}

async function finalize(inside: Inside, namespace: JsonObject): Promise<number | undefined> {
  const path = pathOf('', 'v1', 'namespaces', '', nameOf(namespace))
  const finalizers = strings(child(namespace, 'spec'), 'finalizers').filter((one) => one !== 'kubernetes')
  const reply = await inside.request('PUT', `${path}/finalize`, { ...namespace, spec: { ...child(namespace, 'spec'), finalizers } })
  if (reply.status === 409) return 10
  return undefined
}

interface Content {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly object: JsonObject
}

function contents(store: Store, registry: Registry, namespace: string): readonly Content[] {
  const seen = new Set<string>()
  return registry.types.flatMap((type) => {
    if (type.scope !== 'Namespaced' || seen.has(type.store)) return []
    seen.add(type.store)
    return store.list(type.store, `${namespace}/`).map((stored) => ({ group: type.group, version: type.versions[0]?.name ?? '', resource: type.resource, object: stored.object }))
  })
}

/** Says what the namespace still waits for, as conditions that people know from Kubernetes. */
async function report(inside: Inside, namespace: JsonObject, remaining: readonly Content[]): Promise<void> {
  const counts = countBy(remaining.map((one) => groupResource(one.group, one.resource)))
  const finalizers = countBy(remaining.flatMap((one) => strings(child(one.object, 'metadata'), 'finalizers')))
  const content = `Some resources are remaining: ${[...counts].map(([name, count]) => `${name}. has ${count} resource instances`).join(', ')}`
  const holders = `Some content in the namespace has finalizers remaining: ${[...finalizers].map(([name, count]) => `${name} in ${count} resource instances`).join(', ')}`
  const at = timestamp(inside.now())
  const condition = (type: string, status: string, reason: string, message: string): JsonObject => ({ type, status, lastTransitionTime: at, reason, message })
  const conditions = [
    condition('NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'),
    condition('NamespaceDeletionGroupVersionParsingFailure', 'False', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
    condition('NamespaceDeletionContentFailure', 'False', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'),
    condition('NamespaceContentRemaining', 'True', 'SomeResourcesRemain', content),
    condition('NamespaceFinalizersRemaining', finalizers.size > 0 ? 'True' : 'False', finalizers.size > 0 ? 'SomeFinalizersRemain' : 'ContentHasNoFinalizers', finalizers.size > 0 ? holders : 'All content-preserving finalizers finished'),
  ]
  const before = child(namespace, 'status').conditions
  const text = (list: unknown): string => JSON.stringify(isArray(list as never) ? (list as JsonObject[]).map(({ type, status, message }) => [type, status, message]) : [])
  if (text(before) === text(conditions)) return
  await inside.request('PUT', `${pathOf('', 'v1', 'namespaces', '', nameOf(namespace))}/status`, { ...namespace, status: { ...child(namespace, 'status'), conditions } })
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const name of [...names].sort()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

