import { isObject, type JsonObject } from '@oasgen/json'
import { compareResourceVersions, keyOf, resourceVersionOf, uidOf, type KubeObject } from './object.js'

export interface ObjectChange {
  readonly type: 'added' | 'updated' | 'deleted'
  /** The state now; for `deleted` the last that was known. */
  readonly object: KubeObject
  readonly old?: KubeObject
}

/** The values under which an object is found by `byIndex`. */
export type Indexer = (object: KubeObject) => readonly string[]

/** What is known of one kind: a value-level machine that answers every event with the change that it made, or none. */
export interface ObjectCache {
  readonly size: number
  get(key: string): KubeObject | undefined
  list(): readonly KubeObject[]
  keys(): IterableIterator<string>
  byIndex(index: string, value: string): readonly KubeObject[]
  /** An event of the watch. An older state of an object than the one held is no change; another uid is a deletion and a new object. */
  apply(event: { readonly type: 'added' | 'updated' | 'deleted'; readonly object: KubeObject }): readonly ObjectChange[]
  /**
   * A complete list: what is missing in it was deleted. What is held in a newer state than the list's own version (remembered
   * from a write) stays; without a version the list is believed whatever it says.
   */
  replace(items: Iterable<KubeObject>, resourceVersion: string | undefined): readonly ObjectChange[]
  /** A state that a write of our own was answered with, when it is newer than `seen`, the version up to which events were told. */
  remember(object: KubeObject, seen: string): readonly ObjectChange[]
}

export function createObjectCache(indexers: Readonly<Record<string, Indexer>> = {}): ObjectCache {
  const objects = new Map<string, KubeObject>()
  const indexes = new Map(Object.entries(indexers).map(([name, indexer]) => [name, createIndex(indexer)]))

  const store = (key: string, object: KubeObject | undefined, old: KubeObject | undefined): void => {
    if (object === undefined) objects.delete(key)
    else objects.set(key, object)
    for (const index of indexes.values()) index.move(key, old, object)
  }
  const put = (key: string, object: KubeObject, old: KubeObject | undefined): readonly ObjectChange[] => {
    store(key, object, old)
    if (old === undefined) return [{ type: 'added', object }]
    return uidOf(old) === uidOf(object) ? [{ type: 'updated', object, old }] : [{ type: 'deleted', object: old, old }, { type: 'added', object }]
  }
  const remove = (key: string, last: KubeObject, old: KubeObject): ObjectChange => {
    store(key, undefined, old)
    return { type: 'deleted', object: last, old }
  }
  const apply: ObjectCache['apply'] = ({ type, object }) => {
    const key = keyOf(object)
    const held = objects.get(key)
    if (type === 'deleted') return held === undefined || isOlder(object, held) ? [] : [remove(key, slimmed(object), held)]
    return held !== undefined && !isNewer(object, held) ? [] : put(key, slimmed(object), held)
  }
  const replace: ObjectCache['replace'] = (items, resourceVersion) => {
    const changes: ObjectChange[] = []
    const missing = new Set(objects.keys())
    for (const item of items) {
      const key = keyOf(item)
      const held = objects.get(key)
      missing.delete(key)
      if (held === undefined || (!isSame(held, item) && !isAhead(held, resourceVersion))) changes.push(...put(key, slimmed(item), held))
    }
    for (const key of missing) {
      const held = objects.get(key)
      if (held !== undefined && !isAhead(held, resourceVersion)) changes.push(remove(key, held, held))
    }
    return changes
  }
  return {
    get size() { return objects.size },
    get: (key) => objects.get(key),
    list: () => [...objects.values()],
    keys: () => objects.keys(),
    byIndex: (index, value) => [...(indexes.get(index)?.keysOf(value) ?? [])].map((key) => objects.get(key) as KubeObject),
    apply,
    replace,
    remember: (object, seen) => {
      const isKnownDeleted = !objects.has(keyOf(object)) && (compareResourceVersions(resourceVersionOf(object), seen) ?? -1) <= 0
      return isKnownDeleted ? [] : apply({ type: 'updated', object })
    },
  }
}

/** Versions that nobody can compare are taken as the server told them: in order. */
function isNewer(object: KubeObject, held: KubeObject): boolean {
  return (compareResourceVersions(resourceVersionOf(object), resourceVersionOf(held)) ?? 1) > 0
}

function isOlder(object: KubeObject, held: KubeObject): boolean {
  return (compareResourceVersions(resourceVersionOf(object), resourceVersionOf(held)) ?? 1) < 0
}

function isSame(held: KubeObject, item: KubeObject): boolean {
  return resourceVersionOf(held) === resourceVersionOf(item) && uidOf(held) === uidOf(item)
}

function isAhead(held: KubeObject, resourceVersion: string | undefined): boolean {
  return resourceVersion !== undefined && (compareResourceVersions(resourceVersionOf(held), resourceVersion) ?? 0) > 0
}

interface Index {
  keysOf(value: string): ReadonlySet<string> | undefined
  move(key: string, old: KubeObject | undefined, now: KubeObject | undefined): void
}

function createIndex(indexer: Indexer): Index {
  const keys = new Map<string, Set<string>>()
  const leave = (value: string, key: string): void => {
    const set = keys.get(value)
    set?.delete(key)
    if (set?.size === 0) keys.delete(value)
  }
  const enter = (value: string, key: string): void => {
    const set = keys.get(value)
    if (set === undefined) keys.set(value, new Set([key]))
    else set.add(key)
  }
  return {
    keysOf: (value) => keys.get(value),
    move: (key, old, now) => {
      for (const value of old === undefined ? [] : indexer(old)) leave(value, key)
      for (const value of now === undefined ? [] : indexer(now)) enter(value, key)
    },
  }
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** Without what nobody here reads and what often is the larger part: managedFields and kubectl's copy of the object. */
export function slimmed(object: KubeObject): KubeObject {
  const metadata = object.metadata
  if (!isObject(metadata)) return object
  const annotations = metadata.annotations
  const hasCopy = isObject(annotations) && Object.hasOwn(annotations, LAST_APPLIED)
  if (!hasCopy && metadata.managedFields === undefined) return object
  const { managedFields: _managedFields, ...kept } = metadata
  return { ...object, metadata: hasCopy ? { ...kept, annotations: without(annotations, LAST_APPLIED) } : kept }
}

function without(object: JsonObject, name: string): JsonObject {
  const { [name]: _removed, ...kept } = object
  return kept
}
