import { equalJson, member, objectFrom, withoutMember, type JsonObject } from '@oasgen/json'
import { badRequest, conflict, Failure, forbidden, invalid, MODIFIED, notFound, type FieldFault } from '../failure.js'
import { annotationsOf, finalizersOf, generationOf, integerOf, isDeleting, keyOf, metadataOf, nameOf, text, uidOf, withMembers, withMetadata } from '../object.js'
import type { ResourceType } from '../registry/types.js'
import type { ApiRequest, ResourceTarget, Tried } from '../request.js'
import type { Stored, Write } from '../store/types.js'
import { coreFinalizerFaults, metadataFaults, metadataUpdateFaults } from './metadata.js'
import type { WriteOptions } from './options.js'
import type { Plane } from './plane.js'
import { present } from './present.js'

/** What all writing verbs are given. */
export interface WriteContext {
  readonly request: ApiRequest
  readonly target: ResourceTarget
  readonly plane: Plane
  readonly options: WriteOptions
}

/** A change that passed every check: what to store, and the object to answer with. */
export interface Change {
  readonly object: JsonObject
  readonly writes: readonly Write[]
}

export const storedKey = (target: ResourceTarget, name = target.name): string =>
  keyOf(target.type.scope === 'Namespaced' ? target.namespace : '', name)

export function current(context: WriteContext): Stored | undefined {
  return context.plane.view.get(context.target.type.store, storedKey(context.target))
}

/** 400 for an object that is called otherwise than its URL. */
export function checkName(target: ResourceTarget, object: JsonObject): Failure | undefined {
  const name = nameOf(object)
  if (name === '') return badRequest(`the name of the object (${target.name} based on URL) was undeterminable: name must be provided`)
  return name === target.name ? undefined : badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name})`)
}

/** The object as it goes to the store: stamped with the revision that it will get. */
export function put(context: WriteContext, object: JsonObject): Change {
  const { target, plane } = context
  // A dry run leaves the revision as it was: none, for a new object.
  if (context.options.dryRun) return { object: present(target.type, target.version, toStorage(target, object)), writes: [] }
  const stamped = inOrder(withMetadata(toStorage(target, object), { resourceVersion: String(plane.view.revision + 1) }))
  const write: Write = { type: 'put', resource: target.type.store, key: storedKey(target, nameOf(object)), object: stamped }
  return { object: present(target.type, target.version, stamped), writes: [write] }
}

const METADATA_ORDER = [
  'name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp',
  'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers', 'managedFields',
]

/** Metadata in the order in which the API server writes it. */
function inOrder(object: JsonObject): JsonObject {
  const metadata = metadataOf(object)
  return { ...object, metadata: objectFrom(METADATA_ORDER.flatMap((name) => (metadata[name] === undefined ? [] : [[name, metadata[name]] as const]))) }
}

/** The removal; the last state carries the revision of its end. */
export function remove(type: ResourceType, key: string, object: JsonObject, revision: number): Write {
  return { type: 'remove', resource: type.store, key, object: withMetadata(object, { resourceVersion: String(revision) }) }
}

function toStorage(target: ResourceTarget, object: JsonObject): JsonObject {
  const kept = target.version.schema.store(object)
  const converted = target.version.toStorage ? target.version.toStorage(kept) : kept
  const { group, storage } = target.type
  const apiVersion = group === '' ? storage : `${group}/${storage}`
  return converted.apiVersion === apiVersion || target.version.toStorage ? converted : { ...converted, apiVersion }
}

/** Refuses what the namespace's state forbids; the order of the API server's admission. */
export function checkNamespace(context: WriteContext): Failure | undefined {
  const { target, plane } = context
  if (target.type.scope !== 'Namespaced') return undefined
  const namespace = plane.view.get('namespaces', target.namespace)
  if (!namespace) return notFound({ group: '', resource: 'namespaces', kind: 'Namespace' }, target.namespace)
  if (!isDeleting(namespace.object)) return undefined
  const message = `namespace ${target.namespace} is being terminated`
  return forbidden(target.type, target.name, `unable to create new content in namespace ${target.namespace} because it is being terminated`, [
    { reason: 'NamespaceTerminating', message, field: 'metadata.namespace' },
  ])
}

/** The faults of a new object, in the API server's order: metadata first. */
export function creationFaults(target: ResourceTarget, object: JsonObject): readonly FieldFault[] {
  const { type, version } = target
  const own = [...version.schema.validate(object, undefined, { status: false }), ...(type.rules.validate?.(object, undefined) ?? [])]
  return [...metadataFaults(object, type.scope, type.rules.name), ...(type.rules.plainFinalizers ? [] : coreFinalizerFaults(object)), ...own]
}

/** Refuses to give away rights that the giver does not hold. */
export function checkEscalation({ plane, request, target }: WriteContext, object: JsonObject, old?: JsonObject): Failure | undefined {
  const { group, resource } = target.type
  if (group !== 'rbac.authorization.k8s.io' || target.type.origin !== 'builtin') return undefined
  if (old && equalJson(member(old, 'rules') ?? null, member(object, 'rules') ?? null) && equalJson(member(old, 'subjects') ?? null, member(object, 'subjects') ?? null)) return undefined
  const why = plane.authorizer.escalation(plane.view, request.user, { group, resource, object })
  return why === undefined ? undefined : forbidden(target.type, nameOf(object), why)
}

export interface UpdateInput {
  readonly context: WriteContext
  readonly stored: Stored
  /** The old object in the request's version. */
  readonly old: JsonObject
  /** The new one, decoded, in the request's version, managed fields already set. */
  readonly next: JsonObject
}

/** Everything between a decoded object and the store, for PUT and every patch. */
export function update(input: UpdateInput): Tried<Change> {
  const { context, old } = input
  const failure = checkVersion(input)
  if (failure) return failure
  const prepared = prepare(input)
  const refused = context.target.type.rules.refuse?.(prepared, old)
  if (refused instanceof Failure) return refused
  const faults = updateFaults(context.target, prepared, old)
  if (faults.length > 0) return invalid(context.target.type, nameOf(old), faults)
  const escalated = checkEscalation(context, prepared, old)
  if (escalated) return escalated
  return settle(input, prepared)
}

function checkVersion({ context, old, next }: UpdateInput): Failure | undefined {
  const { type } = context.target
  const name = nameOf(old)
  const uid = uidOf(next)
  if (uid !== '' && uid !== uidOf(old)) {
    const key = `/registry/${type.group === '' ? '' : `${type.group}/`}${type.resource}/${storedKey(context.target)}`
    return conflict(type, name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: `
      + `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${uidOf(old)}`)
  }
  const version = text(metadataOf(next), 'resourceVersion')
  if (!/^\d*$/.test(version)) return new Failure(500, '', `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`)
  if (version === '' || version === '0') return unconditional(context.target)
  return version === text(metadataOf(old), 'resourceVersion') ? undefined : conflict(type, name, MODIFIED)
}

function unconditional(target: ResourceTarget): Failure | undefined {
  if (target.type.rules.unconditionalUpdate) return undefined
  const fault = { path: 'metadata.resourceVersion', type: 'FieldValueInvalid' as const, message: 'Invalid value: 0: must be specified for an update' }
  return invalid({ ...target.type, kind: target.type.resource }, target.name, [fault])
}

/** Restores what a client may not change here, and raises the generation when what it counts has changed. */
function prepare({ context, old, next }: UpdateInput): JsonObject {
  const { target, request } = context
  const scoped = scope(target, next, old)
  const before = metadataOf(old)
  const kept = withMetadata(scoped, {
    generation: member(before, 'generation'), uid: member(before, 'uid'), creationTimestamp: member(before, 'creationTimestamp'),
    resourceVersion: member(before, 'resourceVersion'),
    ...(isDeleting(old) && { deletionTimestamp: member(before, 'deletionTimestamp') }),
    ...(isDeleting(old) && integerOf(metadataOf(scoped), 'deletionGracePeriodSeconds') === undefined
      && { deletionGracePeriodSeconds: member(before, 'deletionGracePeriodSeconds') }),
  })
  const prepared = target.subresource === '' && target.type.rules.prepareUpdate ? target.type.rules.prepareUpdate(kept, old, request.at) : kept
  return changesGeneration(target, prepared, old) ? withMetadata(prepared, { generation: generationOf(old) + 1 }) : prepared
}

/** The main resource cannot write status, the status subresource nothing else. */
function scope(target: ResourceTarget, next: JsonObject, old: JsonObject): JsonObject {
  if (target.subresource === 'status') return statusOnly(target, next, old)
  if (!target.version.subresources.has('status')) return next
  return withMembers(next, { status: member(old, 'status') })
}

function statusOnly(target: ResourceTarget, next: JsonObject, old: JsonObject): JsonObject {
  const managedFields = member(metadataOf(next), 'managedFields')
  const status = member(next, 'status')
  if (target.type.origin === 'custom') return withMembers(withMetadata(old, { managedFields, resourceVersion: member(metadataOf(next), 'resourceVersion') }), { status })
  const metadata = { ...metadataOf(next), ...(member(metadataOf(old), 'labels') && { labels: metadataOf(old).labels }) } as JsonObject
  const rest = member(metadataOf(old), 'labels') === undefined ? withoutMember(metadata, 'labels') : metadata
  return withMembers(old, { metadata: rest, status })
}

function changesGeneration(target: ResourceTarget, next: JsonObject, old: JsonObject): boolean {
  switch (target.type.rules.generation) {
    case 'never': return false
    case 'spec': return !equalJson(member(next, 'spec') ?? null, member(old, 'spec') ?? null)
    case 'specAndAnnotations': return !equalJson([member(next, 'spec') ?? null, annotationsOf(next)], [member(old, 'spec') ?? null, annotationsOf(old)])
    case 'allButStatusAndMetadata': {
      const counted = (object: JsonObject): JsonObject =>
        withMembers(object, { metadata: undefined, ...(target.version.subresources.has('status') && { status: undefined }) })
      return !equalJson(counted(next), counted(old))
    }
  }
}

function updateFaults(target: ResourceTarget, next: JsonObject, old: JsonObject): readonly FieldFault[] {
  const { type, version } = target
  return [
    // What all kinds check comes first; then the kind's own check starts with metadata once more.
    ...metadataFaults(next, type.scope, type.rules.updateName ?? 'pathSegment'), ...metadataUpdateFaults(next, old), ...metadataUpdateFaults(next, old),
    ...(type.rules.plainFinalizers ? [] : coreFinalizerFaults(next)),
    ...version.schema.validate(next, old, { status: target.subresource === 'status' }), ...(type.rules.validate?.(next, old) ?? []),
  ]
}

/** Stores the object, or removes it when its last finalizer went, or leaves all as it is when nothing changed. */
function settle({ context, stored, old }: UpdateInput, prepared: JsonObject): Change {
  const next = keepTimestamps(prepared, old)
  if (isDeleting(next) && finalizersOf(next).length === 0 && (integerOf(metadataOf(next), 'deletionGracePeriodSeconds') ?? 0) === 0 && !holds(context.target.type, next)) {
    const revision = context.plane.view.revision + 1
    const write = remove(context.target.type, stored.key, toStorage(context.target, next), revision)
    return { object: present(context.target.type, context.target.version, write.object), writes: context.options.dryRun ? [] : [write] }
  }
  return equalJson(next, old) ? { object: old, writes: [] } : put(context, next)
}

/** Namespaces have a second list of finalizers, in their spec. */
function holds(type: ResourceType, object: JsonObject): boolean {
  const spec = member(object, 'spec')
  return type.group === '' && type.resource === 'namespaces' && ((spec as JsonObject | undefined)?.finalizers as readonly unknown[] | undefined ?? []).length > 0
}

/** A change of nothing but the times in managedFields is no change. */
function keepTimestamps(next: JsonObject, old: JsonObject): JsonObject {
  const before = member(metadataOf(old), 'managedFields')
  if (!Array.isArray(member(metadataOf(next), 'managedFields')) || !Array.isArray(before)) return next
  return equalJson(withoutTimes(next), withoutTimes(old)) ? old : next
}

function withoutTimes(object: JsonObject): JsonObject {
  const entries = member(metadataOf(object), 'managedFields') as readonly JsonObject[]
  return withMetadata(object, { managedFields: entries.map((entry) => withoutMember(entry, 'time')) })
}
