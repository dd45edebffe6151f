import { equalJson, isObject, member, readJson, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import { adviceOn, createObject, place } from '../api/create.js'
import { decodeObject } from '../api/decode.js'
import { withoutDuplicateOwners } from '../api/metadata.js'
import { presentStored } from '../api/present.js'
import type { Updated } from '../api/update.js'
import { checkName, current, update, type WriteContext } from '../api/write.js'
import { badRequest, conflict, Failure, notFound } from '../failure.js'
import { annotationsOf, apiVersionOf, kindOf, metadataOf, nameOf, namespaceOf, splitApiVersion, text, timestamp, uidOf, withMetadata } from '../object.js'
import type { Tried } from '../request.js'
import { difference, intersection, isEmpty, paths, printFieldPath, union, type FieldSet } from './field-set.js'
import {
  emptyObject, filterFields, idOf, readManagers, shift, STRIPPED, updateManagers, withoutManagers, writeManagers, type Manager,
} from './managers.js'
import { compare, fieldsOf, merge, misfit, removeFields, withNamedFields } from './walks.js'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** Server-side apply: the object becomes what it is with this configuration in it, and the manager owns what it says. */
export function applyConfiguration(context: WriteContext, configuration: JsonObject, duplicates: readonly string[]): Tried<Updated> {
  const { target } = context
  const refused = checkConfiguration(context, configuration)
  if (refused) return refused
  const stored = current(context)
  if (!stored && target.subresource !== '') return notFound(target.type, target.name)
  const live = stored ? presentStored(target, stored) : emptyObject(target)
  const applied = applyTo(context, live, configuration)
  if (applied instanceof Failure) return applied
  const strict = strictness(context, duplicates)
  if (strict instanceof Failure) return strict
  const decoded = decodeObject(target, { object: applied, duplicates: [], validation: 'Ignore', from: 'patch', nulls: 'keep' })
  if (decoded instanceof Failure) return decoded
  if (!stored && uidOf(decoded.object) !== '') {
    return conflict(target.type, target.name, `uid mismatch: the provided object specified uid ${uidOf(decoded.object)}, and no existing object was found`)
  }
  const placed = place(target, decoded.object)
  if (placed instanceof Failure) return placed
  const named = checkName(target, placed)
  if (named) return named
  const owners = withoutDuplicateOwners(placed)
  const warnings = [...strict, ...owners.warnings]
  const change = stored ? update({ context, stored, old: live, next: owners.object }) : createObject(context, owners.object, (object) => object)
  return change instanceof Failure ? change.warned(warnings) : { ...change, warnings: [...warnings, ...adviceOn(target, change.object, stored ? live : undefined)], created: !stored }
}

function checkConfiguration({ target }: WriteContext, configuration: JsonObject): Failure | undefined {
  const { group, version } = splitApiVersion(text(configuration, 'apiVersion'))
  const expected = apiVersionOf(target.type.group, target.version.name)
  if (apiVersionOf(group, version) !== expected || kindOf(configuration) !== target.type.kind) {
    return badRequest(`invalid object type: ${group}/${version}, Kind=${kindOf(configuration)}`)
  }
  const managed = member(metadataOf(configuration), 'managedFields')
  return managed === undefined || managed === null ? undefined : badRequest('metadata.managedFields must be nil')
}

function strictness({ options }: WriteContext, duplicates: readonly string[]): Tried<readonly string[]> {
  if (duplicates.length === 0 || options.fieldValidation === 'Ignore') return []
  const text = `error converting YAML to JSON: yaml: unmarshal errors:\n${duplicates.map((path) => `  key "${path}" already set in map`).join('\n')}`
  return options.fieldValidation === 'Strict' ? badRequest(`error strict decoding YAML: ${text}`) : [text]
}

/** The object as the store will have it, managed fields included. */
function applyTo(context: WriteContext, live: JsonObject, configuration: JsonObject): Tried<JsonObject> {
  const { target, options, request } = context
  const type = target.version.schema.merge
  const fault = misfit(type, configuration, 'refuse')
  if (fault !== undefined) return new Failure(500, '', `failed to create typed patch object (${describe(context, configuration)}): ${fault}`)
  const known = managersOf(context, live)
  const self = {
    manager: options.fieldManager, operation: 'Apply', apiVersion: apiVersionOf(target.type.group, target.version.name), subresource: target.subresource,
  } as const
  const id = idOf(self)
  const last = known.get(id)
  const set = filterFields(target, fieldsOf(type, configuration))
  const bare = withoutManagers(live)
  const managers = new Map(known).set(id, { ...self, time: last?.time, set })
  const merged = merge(type, bare, configuration) as JsonObject
  const pruned = prune(type, merged, last?.set, [...managers.values()]) as JsonObject
  const moved = shift(target, managers, { before: bare, after: pruned, self: id })
  const conflicts = options.force === true ? new Map<string, FieldSet>() : contested(context, live, moved.conflicts)
  if (conflicts.size > 0) return conflictFailure(conflicts, managers)
  return settled(context, { bare, pruned, configuration, managers: moved.managers, id, at: request.at })
}

interface Settling {
  readonly bare: JsonObject
  readonly pruned: JsonObject
  readonly configuration: JsonObject
  readonly managers: ReadonlyMap<string, Manager>
  readonly id: string
  readonly at: number
}

function settled({ options }: WriteContext, { bare, pruned, configuration, managers, id, at }: Settling): JsonObject {
  const own = managers.get(id)
  const next = new Map(managers)
  const set = own ? difference(own.set, STRIPPED) : undefined
  if (own && set && !isEmpty(set)) next.set(id, { ...own, set, time: equalJson(bare, pruned) ? own.time : timestamp(at) })
  else next.delete(id)
  return writeManagers(syncLastApplied(options.fieldManager, pruned, configuration), next)
}

/** Once somebody applies, what was there before belongs to somebody, too. */
function managersOf({ target, request }: WriteContext, live: JsonObject): ReadonlyMap<string, Manager> {
  const known = readManagers(live) ?? new Map<string, Manager>()
  if (known.size > 0 || uidOf(live) === '') return known
  return updateManagers({ ...target, subresource: '' }, known, {
    before: emptyObject(target), after: withoutManagers(live), at: request.at,
    self: { manager: 'before-first-apply', operation: 'Update', apiVersion: apiVersionOf(target.type.group, target.version.name), subresource: '' },
  })
}

/** Takes away what the manager applied before and says no more, unless somebody else owns it. */
function prune(type: Parameters<typeof merge>[0], merged: JsonObject, last: FieldSet | undefined, managers: readonly Manager[]): JsonValue {
  if (last === undefined || isEmpty(last)) return merged
  const owned = managers.map((one) => one.set).reduce(union)
  const first = removeFields(type, merged, withNamedFields(type, last)) ?? {}
  const all = withNamedFields(type, fieldsOf(type, merged))
  const kept = union(withNamedFields(type, fieldsOf(type, first)), withNamedFields(type, owned))
  const second = removeFields(type, merged, difference(all, kept)) ?? {}
  const left = withNamedFields(type, fieldsOf(type, second))
  return removeFields(type, merged, intersection(difference(all, left), withNamedFields(type, last))) ?? {}
}

/** kubectl may take over what it applied in its older way, as long as nobody has changed it since. */
function contested({ target, options }: WriteContext, live: JsonObject, conflicts: ReadonlyMap<string, FieldSet>): ReadonlyMap<string, FieldSet> {
  if (options.fieldManager !== 'kubectl' || conflicts.size === 0) return conflicts
  const read = readJson(text(annotationsOf(live), LAST_APPLIED))
  if (!read.ok || !isObject(read.value) || text(read.value, 'apiVersion') !== apiVersionOf(target.type.group, target.version.name)) return conflicts
  const type = target.version.schema.merge
  const { modified, added, removed } = compare(type, read.value, withoutManagers(live))
  const allowed = difference(difference(difference(fieldsOf(type, read.value), modified), added), removed)
  return new Map([...conflicts].flatMap(([id, set]) => {
    const rest = difference(set, allowed)
    return isEmpty(rest) ? [] : [[id, rest] as const]
  }))
}

function conflictFailure(conflicts: ReadonlyMap<string, FieldSet>, managers: ReadonlyMap<string, Manager>): Failure {
  const all = [...conflicts].flatMap(([id, set]) => paths(set).map((path) => ({ who: shown(managers.get(id)), path: printFieldPath(path) })))
    .sort((a, b) => (a.who < b.who ? -1 : a.who > b.who ? 1 : 0))
  const causes = all.map(({ who, path }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field: path }))
  return new Failure(409, 'Conflict', conflictText(all), { causes })
}

function conflictText(all: readonly { readonly who: string; readonly path: string }[]): string {
  const [first] = all
  if (all.length === 1 && first) return `Apply failed with 1 conflict: conflict with ${first.who}: ${first.path}`
  const who = [...new Set(all.map((one) => one.who))]
  const lines = who.flatMap((one) => [`conflicts with ${one}:`, ...all.filter((other) => other.who === one).map((other) => `- ${other.path}`)])
  return `Apply failed with ${all.length} conflicts: ${lines.join('\n')}`
}

function shown(manager: Manager | undefined): string {
  if (!manager) return '""'
  const name = `${JSON.stringify(manager.manager)}${manager.subresource === '' ? '' : ` with subresource ${JSON.stringify(manager.subresource)}`}`
  if (manager.operation === 'Apply') return name
  return `${name} using ${manager.apiVersion}`
}

function syncLastApplied(manager: string, object: JsonObject, configuration: JsonObject): JsonObject {
  const annotations = annotationsOf(object)
  if (manager !== 'kubectl' || text(annotations, LAST_APPLIED) === '') return object
  const { [LAST_APPLIED]: _, ...rest } = annotationsOf(configuration)
  const bare = metadataOf(configuration).annotations === undefined ? configuration : withMetadata(configuration, { annotations: rest })
  return withMetadata(object, { annotations: { ...annotations, [LAST_APPLIED]: `${writeJson(bare)}\n` } })
}

function describe({ target }: WriteContext, configuration: JsonObject): string {
  const gv = apiVersionOf(target.type.group, target.version.name)
  return `${namespaceOf(configuration)}/${nameOf(configuration)}; ${target.type.group === '' ? '/' : ''}${gv}, Kind=${target.type.kind}`
}

