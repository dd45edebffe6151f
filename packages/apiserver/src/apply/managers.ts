import { isObject, member, type JsonObject } from '@oasgen/json'
import type { WriteContext } from '../api/write.js'
import { apiVersionOf, metadataOf, objects, text, timestamp, withMetadata } from '../object.js'
import type { ResourceTarget } from '../request.js'
import {
  difference, fieldSetOf, intersection, isEmpty, NO_FIELDS, readFieldSet, recursiveDifference, union, writeFieldSet, type FieldPath, type FieldSet,
} from './field-set.js'
import { compare, type Comparison } from './walks.js'

/** Who set which fields, when, and how. One object may have one manager several times: by operation, version and subresource. */
export interface Manager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
  readonly time: string | undefined
  readonly set: FieldSet
}

export interface Tracked extends WriteContext {
  readonly old: JsonObject | undefined
  readonly next: JsonObject
}

/** Fields that nobody owns. */
const STRIPPED = fieldSetOf([
  ['f:apiVersion'], ['f:kind'], ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map((name) => ['f:metadata', `f:${name}`]),
])
const MAX_UPDATE_MANAGERS = 10

/** Appliers are one, whatever the version that they applied in last. */
export function idOf(manager: Pick<Manager, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  return JSON.stringify([manager.manager, manager.operation, manager.operation === 'Apply' ? '' : manager.apiVersion, manager.subresource])
}

/** undefined when the entries cannot be read. */
export function readManagers(object: JsonObject | undefined): ReadonlyMap<string, Manager> | undefined {
  const found = new Map<string, Manager>()
  for (const entry of objects(metadataOf(object ?? {}), 'managedFields')) {
    const operation = text(entry, 'operation')
    const fields = member(entry, 'fieldsV1')
    const set = fields === undefined ? NO_FIELDS : isObject(fields) ? readFieldSet(fields) : undefined
    if (operation !== 'Apply' && operation !== 'Update' || text(entry, 'apiVersion') === '' || text(entry, 'fieldsType') !== 'FieldsV1' || set === undefined) return undefined
    const manager = {
      manager: text(entry, 'manager'), operation, apiVersion: text(entry, 'apiVersion'), subresource: text(entry, 'subresource'),
      time: text(entry, 'time') || undefined, set,
    } as const
    found.set(idOf(manager), manager)
  }
  return found
}

export function writeManagers(object: JsonObject, managers: ReadonlyMap<string, Manager>): JsonObject {
  const sorted = [...managers.values()].sort((a, b) => order(a.operation, b.operation) || order(a.time ?? '', b.time ?? '')
    || order(a.manager, b.manager) || order(a.apiVersion, b.apiVersion) || order(a.subresource, b.subresource))
  const entries = sorted.map((one): JsonObject => ({
    manager: one.manager, operation: one.operation, apiVersion: one.apiVersion, ...(one.time !== undefined && { time: one.time }),
    fieldsType: 'FieldsV1', fieldsV1: writeFieldSet(one.set), ...(one.subresource !== '' && { subresource: one.subresource }),
  }))
  return withMetadata(object, { managedFields: entries.length === 0 ? undefined : entries })
}

/** Somebody owns the field. */
export function isOwned(object: JsonObject, path: FieldPath): boolean {
  const own = fieldSetOf([path])
  return [...readManagers(object)?.values() ?? []].some((manager) => !isEmpty(intersection(manager.set, own)))
}

/**
 * What is left of the owners of replicas once a Scale has been written: updaters come back from there as entries of their own, and
 * without a time. The API server does so; the next change of the object forgets those that another entry of the same name hides.
 */
export function splitScaleOwners(object: JsonObject, path: FieldPath): JsonObject {
  const own = fieldSetOf([path])
  const split = [...readManagers(object) ?? []].flatMap(([id, manager]): [string, Manager][] => {
    if (manager.operation === 'Apply' || isEmpty(intersection(manager.set, own))) return [[id, manager]]
    const rest = difference(manager.set, own)
    const apart: [string, Manager] = [`${id} scale`, { ...manager, time: undefined, set: own }]
    return isEmpty(rest) ? [apart] : [[id, { ...manager, set: rest }], apart]
  })
  return writeManagers(object, new Map(split))
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What the request's subresource resets, and so nobody comes to own through it. */
export function filterFields(target: ResourceTarget, set: FieldSet): FieldSet {
  if (target.subresource === 'status') {
    return target.type.origin === 'custom'
      ? recursiveDifference(set, fieldSetOf([['f:metadata'], ['f:spec']]))
      : recursiveDifference(set, fieldSetOf([['f:spec'], ['f:metadata', 'f:labels']]))
  }
  return target.version.subresources.has('status') ? recursiveDifference(set, fieldSetOf([['f:status']])) : set
}

function filterComparison(target: ResourceTarget, { removed, modified, added }: Comparison): Comparison {
  return { removed: filterFields(target, removed), modified: filterFields(target, modified), added: filterFields(target, added) }
}

export interface Shift {
  readonly managers: ReadonlyMap<string, Manager>
  readonly comparison: Comparison
  /** Fields of others that were taken. */
  readonly conflicts: ReadonlyMap<string, FieldSet>
}

/** Takes changed and removed fields from all but one manager. */
export function shift(target: ResourceTarget, managers: ReadonlyMap<string, Manager>, input: { readonly before: JsonObject; readonly after: JsonObject; readonly self: string }): Shift {
  const comparison = filterComparison(target, compare(target.version.schema.merge, withoutManagers(input.before), withoutManagers(input.after)))
  const changed = union(comparison.modified, comparison.added)
  const conflicts = new Map<string, FieldSet>()
  const next = new Map<string, Manager>()
  for (const [id, manager] of managers) {
    if (id === input.self) {
      next.set(id, manager)
      continue
    }
    const taken = intersection(manager.set, changed)
    if (!isEmpty(taken)) conflicts.set(id, taken)
    const set = difference(difference(manager.set, taken), comparison.removed)
    if (!isEmpty(set)) next.set(id, { ...manager, set })
  }
  return { managers: next, comparison, conflicts }
}

export const withoutManagers = (object: JsonObject): JsonObject => withMetadata(object, { managedFields: undefined })

/** The object with managed fields as they are after a create, update or patch by the request's manager. */
export function trackUpdate(tracked: Tracked): JsonObject {
  const { target, options, request, old, next } = tracked
  const given = member(metadataOf(next), 'managedFields')
  const known = startingManagers(tracked)
  const plain = withoutManagers(next)
  if (isReset(given, target) || old !== undefined && known.size === 0) return plain
  const version = apiVersionOf(target.type.group, target.version.name)
  const self = { manager: options.fieldManager, operation: 'Update', apiVersion: version, subresource: target.subresource } as const
  return writeManagers(plain, updateManagers(target, known, { before: old ?? emptyObject(target), after: plain, self, at: request.at }))
}

export interface UpdateBy {
  readonly before: JsonObject
  readonly after: JsonObject
  readonly self: Pick<Manager, 'manager' | 'operation' | 'apiVersion' | 'subresource'>
  readonly at: number
}

export function updateManagers(target: ResourceTarget, known: ReadonlyMap<string, Manager>, by: UpdateBy): ReadonlyMap<string, Manager> {
  const { managers, comparison } = shift(target, known, { before: by.before, after: by.after, self: '' })
  const set = difference(filterFields(target, union(comparison.modified, comparison.added)), STRIPPED)
  if (isEmpty(set)) return managers
  const id = idOf(by.self)
  const before = managers.get(id)
  const next = new Map(managers)
  next.set(id, { ...by.self, time: timestamp(by.at), set: before ? union(before.set, set) : set })
  return capManagers(next)
}

/** Clients that send none have not understood them; those of the live object go on. A subresource never changes them directly. */
function startingManagers({ target, old, next }: Tracked): ReadonlyMap<string, Manager> {
  const live = readManagers(old) ?? new Map<string, Manager>()
  if (target.subresource !== '') return live
  const given = readManagers(next)
  return given === undefined || given.size === 0 ? live : given
}

/** `managedFields: []` and `[{}]` ask for a fresh start. */
function isReset(given: unknown, target: ResourceTarget): boolean {
  return target.subresource === '' && Array.isArray(given) && given.length === 1 && Object.keys(given[0] as object).length === 0
}

/** What a kind looks like before anybody has set anything. */
export function emptyObject(target: ResourceTarget): JsonObject {
  const head = { kind: target.type.kind, apiVersion: apiVersionOf(target.type.group, target.version.name) }
  return target.type.origin === 'custom' ? head : target.version.schema.empty(head)
}

/** The oldest of too many updaters become one, by version. */
function capManagers(managers: ReadonlyMap<string, Manager>): ReadonlyMap<string, Manager> {
  const updaters = [...managers].filter(([, one]) => one.operation === 'Update')
    .sort(([, a], [, b]) => order(a.time ?? '', b.time ?? '') || order(a.manager, b.manager))
  if (updaters.length <= MAX_UPDATE_MANAGERS) return managers
  const next = new Map(managers)
  const first = new Map<string, string>()
  let left = updaters.length
  for (const [id, one] of updaters) {
    if (left <= MAX_UPDATE_MANAGERS) break
    const bucket = { manager: 'ancient-changes', operation: 'Update', apiVersion: one.apiVersion, subresource: '' } as const
    const known = first.get(one.apiVersion)
    if (known === undefined) {
      first.set(one.apiVersion, id)
      continue
    }
    const before = next.get(idOf(bucket)) ?? next.get(known)
    next.delete(known)
    next.delete(id)
    next.set(idOf(bucket), { ...bucket, time: one.time, set: union(before?.set ?? NO_FIELDS, one.set) })
    left--
  }
  return next
}

export { STRIPPED }
