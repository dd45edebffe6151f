import { hashJson, isObject, type JsonObject } from '@oasgen/json'
import { generationOf, namespaceOf, nameOf, resourceVersionOf, type Kube, type KubeObject, type KubeResult, type ResourceType } from '@oasgen/kube'
import { ANNOTATION, LABEL } from '@oasgen/wire'

export const FIELD_MANAGER = 'oasgen-provider'

/** Applies objects and remembers what the server answered, so that what is there already costs no call. */
export interface Applier {
  /** `current`: what an informer holds, where there is one; undefined = not known. */
  apply(type: ResourceType, object: JsonObject, current?: KubeObject): Promise<KubeResult<KubeObject>>
  forget(type: ResourceType, object: JsonObject): void
}

interface Remembered {
  readonly wanted: string
  /** Generation where the kind has one, else resource version: a change of it means that somebody else wrote. */
  readonly version: string
  readonly answer: KubeObject
}

export function createApplier(kube: Kube): Applier {
  const remembered = new Map<string, Remembered>()
  return {
    apply: async (type, object, current) => {
      const key = keyFor(type, object)
      const wanted = hashJson(object)
      const known = remembered.get(key)
      if (known !== undefined && known.wanted === wanted && (current === undefined || versionOf(current) === known.version)) return { ok: true, value: known.answer }
      const namespace = namespaceOf(object)
      const ref = { name: nameOf(object), ...(namespace !== '' && { namespace }) }
      const answer = await kube.patch(type, ref, { type: 'apply', body: object, fieldManager: FIELD_MANAGER, force: true })
      if (answer.ok) remembered.set(key, { wanted, version: versionOf(answer.value), answer: answer.value })
      else remembered.delete(key)
      return answer
    },
    forget: (type, object) => void remembered.delete(keyFor(type, object)),
  }
}

function versionOf(object: KubeObject): string {
  const generation = generationOf(object)
  return generation > 0 ? `g${generation}` : resourceVersionOf(object)
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
