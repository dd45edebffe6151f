import type { JsonObject } from '@oasgen/json'

/** An object of the API: its fields as requests wrote them, and the places of the resource whose values it knows. */
export interface StoredObject {
  readonly serial: number
  /** What tells whose it is: the identifiers of the request that made it. */
  readonly owner: string
  /** `spec.name` or `status.id` to its value as text. */
  readonly places: Map<string, string>
  fields: JsonObject
  version: number
  changedAt: number
  /** How it was before the last change; undefined: not there. */
  before: JsonObject | undefined
  /** It was deleted and can still be read. */
  fading?: { readonly until: number }
  gone: boolean
}

export interface ObjectStore {
  readonly all: readonly StoredObject[]
  /** Those that are really there. */
  alive(now: number): readonly StoredObject[]
  add(object: Pick<StoredObject, 'owner' | 'places' | 'fields'>, now: number): StoredObject
  change(object: StoredObject, fields: JsonObject, now: number): void
  remove(object: StoredObject, now: number): void
  /** The most objects of one owner at the same time, less one. */
  duplicates(): number
}

export function createStore(): ObjectStore {
  const all: StoredObject[] = []
  let most = 1
  const isAlive = (object: StoredObject): boolean => !object.gone && object.fading === undefined
  return {
    all,
    alive: () => all.filter(isAlive),
    add: ({ owner, places, fields }, now) => {
      const object: StoredObject = { serial: all.length + 1, owner, places, fields, version: 1, changedAt: now, before: undefined, gone: false }
      all.push(object)
      most = Math.max(most, all.filter((other) => other.owner === owner && isAlive(other)).length)
      return object
    },
    change: (object, fields, now) => {
      object.before = object.fields
      object.fields = fields
      object.version += 1
      object.changedAt = now
    },
    remove: (object, now) => {
      object.before = object.fields
      object.changedAt = now
      object.gone = true
    },
    duplicates: () => most - 1,
  }
}
