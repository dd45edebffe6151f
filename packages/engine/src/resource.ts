import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'

const NOTHING: JsonObject = {}

function objectAt(value: JsonObject, name: string): JsonObject {
  const found = value[name]
  return isObject(found) ? found : NOTHING
}

export function metadataOf(resource: JsonObject): JsonObject {
  return objectAt(resource, 'metadata')
}

export function specOf(resource: JsonObject): JsonObject {
  return objectAt(resource, 'spec')
}

export function statusOf(resource: JsonObject): JsonObject {
  return objectAt(resource, 'status')
}

/** `status.reconcile`: what the engine remembers of one resource. */
export function reconcileOf(resource: JsonObject): JsonObject {
  return objectAt(statusOf(resource), 'reconcile')
}

/** Annotations are texts; anything else in their place is as good as absent. */
export function annotationsOf(resource: JsonObject): Readonly<Record<string, string | undefined>> {
  return objectAt(metadataOf(resource), 'annotations') as Readonly<Record<string, string | undefined>>
}

export function finalizersOf(resource: JsonObject): readonly JsonValue[] {
  const finalizers = metadataOf(resource)['finalizers']
  return isArray(finalizers) ? finalizers : []
}

export function textIn(value: JsonObject, name: string): string {
  const found = value[name]
  return typeof found === 'string' ? found : ''
}

export function generationOf(resource: JsonObject): number {
  const generation = metadataOf(resource)['generation']
  return typeof generation === 'number' ? generation : 0
}

/** `Book default/the-hobbit`, as findings name it. */
export function resourceName(resource: JsonObject): string {
  const metadata = metadataOf(resource)
  return `${textIn(resource, 'kind')} ${textIn(metadata, 'namespace')}/${textIn(metadata, 'name')}`
}
