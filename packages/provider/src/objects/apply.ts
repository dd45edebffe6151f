import { hashJson, isObject, type JsonObject } from '@oasgen/json'
import { compareResourceVersions, DEPLOYMENTS, generationOf, namespaceOf, nameOf, resourceVersionOf, uidOf, type Kube, type KubeObject, type KubeResult, type ResourceType } from '@oasgen/kube'
import { ANNOTATION, LABEL } from '@oasgen/wire'
import type { LiveObjects } from './live.js'

export const FIELD_MANAGER = 'oasgen-provider'

/** Applies objects and remembers what the server answered, so that what is there already costs no call. */
export interface Applier {
  apply(type: ResourceType, object: JsonObject, force?: 'force' | 'yield'): Promise<KubeResult<KubeObject>>
  /** What was applied last is still what is there, as far as the watches tell. */
  isCurrent(type: ResourceType, object: JsonObject): boolean
  /** Nobody has touched what was applied last; of the object only its name is looked at. */
  isUntouched(type: ResourceType, object: JsonObject): boolean
}

interface Remembered {
  readonly wanted: string
  readonly uid: string
  /** Generation where the kind has one, else resource version: a change of it means that somebody else wrote. */
  readonly version: string
  readonly resourceVersion: string
  readonly answer: KubeObject
}

export function createApplier(kube: Kube, live: LiveObjects): Applier {
  const remembered = new Map<string, Remembered>()
  const isUnchanged = (type: ResourceType, object: JsonObject, wanted: string): boolean => {
    const known = remembered.get(keyFor(type, object))
    return known !== undefined && known.wanted === wanted && isSeen(known, live.get(type, object))
  }
  return {
    apply: async (type, object, force = 'force') => {
      const key = keyFor(type, object)
      const wanted = hashJson(object)
      const known = remembered.get(key)
      if (known !== undefined && isUnchanged(type, object, wanted)) return { ok: true, value: known.answer }
      const answer = await kube.patch(type, refFor(object), { type: 'apply', body: object, fieldManager: FIELD_MANAGER, force: force === 'force' })
      if (answer.ok) {
        live.remember(type, answer.value)
        remembered.set(key, { wanted, uid: uidOf(answer.value), version: versionOf(answer.value), resourceVersion: resourceVersionOf(answer.value), answer: identityOf(answer.value) })
      } else {
        remembered.delete(key)
      }
      return answer
    },
    isCurrent: (type, object) => isUnchanged(type, object, hashJson(object)),
    isUntouched: (type, object) => {
      const known = remembered.get(keyFor(type, object))
      return known !== undefined && isSeen(known, live.get(type, object))
    },
  }
}

// A watch may lag behind our own write: what it tells of an older state is no change by somebody else.
function isSeen(known: Remembered, current: KubeObject | undefined): boolean {
  // Deleted and made again by somebody else, it may have the same generation.
  if (current === undefined || uidOf(current) !== known.uid) return false
  return versionOf(current) === known.version || (compareResourceVersions(resourceVersionOf(current), known.resourceVersion) ?? 1) < 0
}

// Whole CRDs of two hundred definitions would be a lot to remember.
function identityOf({ apiVersion, kind, metadata, status }: KubeObject): KubeObject {
  return { ...(apiVersion !== undefined && { apiVersion }), ...(kind !== undefined && { kind }), ...(metadata !== undefined && { metadata }), ...(status !== undefined && { status }) }
}

// The generation of a Deployment rises with its annotations too, which the Deployment controller writes.
export function versionOf(object: KubeObject): string {
  if (object.kind === DEPLOYMENTS.kind && object.spec !== undefined) return `s${hashJson(object.spec)}`
  const generation = generationOf(object)
  return generation > 0 ? `g${generation}` : resourceVersionOf(object)
}

export function refFor(object: JsonObject): { readonly name: string; readonly namespace?: string } {
  const namespace = namespaceOf(object)
  return { name: nameOf(object), ...(namespace !== '' && { namespace }) }
}

function keyFor(type: ResourceType, object: JsonObject): string {
  return `${type.group}/${type.plural}/${namespaceOf(object)}/${nameOf(object)}`
}

/** Marks an object as made for this RestDefinition, so that one watch sees all of them. */
export function withOwner(object: JsonObject, definition: { readonly namespace: string; readonly name: string }): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {}
  const labels = isObject(metadata.labels) ? metadata.labels : {}
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {}
  return {
    ...object,
    metadata: { ...metadata, labels: { ...labels, [LABEL.definitionObject]: 'true' }, annotations: { ...annotations, [ANNOTATION.definition]: `${definition.namespace}/${definition.name}` } },
  }
}
