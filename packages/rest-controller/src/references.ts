import type { ReferenceState } from '@oasgen/engine'
import { getPath, parsePath } from '@oasgen/fieldpath'
import { textOf, isObject } from '@oasgen/json'
import { annotationsOf, createInformer, isDeleting, keyOfRef, namespaceOf, type Informer, type Kube, type KubeObject, type ResourceType } from '@oasgen/kube'
import type { Plan, ReferencePlan } from '@oasgen/plan'
import { ANNOTATION, readExternalName } from '@oasgen/wire'

/** Values that come from other resources: their external name, or a field of their status. */
export interface ReferenceReader {
  states(plan: Plan, resource: KubeObject): Promise<Readonly<Record<string, ReferenceState>>>
  stop(): Promise<void>
}

/** `onChange` is told the kind and the key of the other resource. */
export function followReferences(kube: Kube, onChange: (type: ResourceType, key: string) => void): ReferenceReader {
  const informers = new Map<string, Informer>()
  const follow = (reference: ReferencePlan): Informer => {
    const type: ResourceType = { group: reference.group, version: reference.version, plural: reference.plural, kind: reference.kind, namespaced: true }
    const id = `${type.plural}.${type.group}/${type.version}`
    const known = informers.get(id)
    if (known !== undefined) return known
    const informer = createInformer(kube, type)
    informers.set(id, informer)
    informer.onChange(({ object }) => onChange(type, keyOfRef({ namespace: namespaceOf(object), name: textOf(isObject(object.metadata) ? object.metadata.name : '') })))
    informer.start()
    return informer
  }
  return {
    states: async (plan, resource) => {
      const entries = (plan.references ?? []).map(async (reference) => [reference.path, await resolve(follow(reference), reference, resource)] as const)
      const states = await Promise.all(entries)
      return Object.fromEntries(states.flatMap(([path, state]) => (state === undefined ? [] : [[path, state] as const])))
    },
    stop: async () => void (await Promise.all([...informers.values()].map((informer) => informer.stop()))),
  }
}

const FIRST_STATE_MS = 3000

async function resolve(informer: Informer, reference: ReferencePlan, resource: KubeObject): Promise<ReferenceState | undefined> {
  const named = at(resource, reference.path)
  if (!isObject(named) || typeof named.name !== 'string') return undefined
  const namespace = typeof named.namespace === 'string' && named.namespace !== '' ? named.namespace : namespaceOf(resource)
  if (!informer.hasSynced()) await Promise.race([informer.synced, new Promise((done) => setTimeout(done, FIRST_STATE_MS).unref())])
  const what = `${reference.kind} ${namespace}/${named.name}`
  if (!informer.hasSynced()) return { state: 'waiting', message: `${what} cannot be read: ${informer.problem()?.message ?? 'the Kubernetes API does not answer'}` }
  const other = informer.get(keyOfRef({ namespace, name: named.name }))
  if (other === undefined) return { state: 'waiting', message: `${what} does not exist` }
  return valueOf(other, reference) ?? { state: 'waiting', message: isDeleting(other) ? `${what} is being deleted` : `${what} has no ${reference.resolves} yet` }
}

function valueOf(other: KubeObject, reference: ReferencePlan): ReferenceState | undefined {
  if (reference.resolves !== 'externalName') {
    const value = at(other, reference.resolves)
    return value === undefined || value === null ? undefined : { state: 'resolved', value }
  }
  const name = readExternalName(annotationsOf(other)[ANNOTATION.externalName])
  if (name === undefined) return undefined
  if (name.type === 'bare') return { state: 'resolved', value: name.text }
  const values = Object.values(name.fields)
  return values.length === 1 && values[0] !== undefined ? { state: 'resolved', value: values[0] } : undefined
}

function at(object: KubeObject, path: string): ReturnType<typeof getPath> {
  const parsed = parsePath(path)
  return parsed.ok ? getPath(object, parsed.path) : undefined
}
