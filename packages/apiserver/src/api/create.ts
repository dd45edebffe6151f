import type { JsonObject, JsonValue } from '@oasgen/json'
import { trackUpdate } from '../apply/managers.js'
import { alreadyExists, badRequest, Failure, invalid } from '../failure.js'
import { metadataOf, nameOf, namespaceOf, text, timestamp, withMembers, withMetadata } from '../object.js'
import type { ResourceTarget, Tried } from '../request.js'
import { readObjectBody } from './body.js'
import { decodeObject } from './decode.js'
import { withoutDuplicateOwners } from './metadata.js'
import { checkEscalation, checkNamespace, creationFaults, put, storedKey, type Change, type WriteContext } from './write.js'

export interface Created extends Change {
  readonly warnings: readonly string[]
}

/** POST of a body. */
export function create(context: WriteContext): Tried<Created> {
  const { target, request } = context
  const body = readObjectBody(request, target.type.kind)
  if (body instanceof Failure) return body
  const decoded = decodeObject(target, { ...body, validation: context.options.fieldValidation, from: 'body' })
  if (decoded instanceof Failure) return decoded
  const owners = withoutDuplicateOwners(wipe(decoded.object))
  const placed = place(target, owners.object)
  if (placed instanceof Failure) return placed
  const named = { ...context, target: { ...target, name: nameOf(placed) } }
  const change = createObject(named, placed, (object) => trackUpdate({ ...named, old: undefined, next: object }))
  const warnings = [...decoded.warnings, ...owners.warnings]
  return change instanceof Failure ? change.warned(warnings) : { ...change, warnings: [...warnings, ...adviceOn(target, change.object, undefined)] }
}

/** What the kind advises about an object that was accepted. */
export function adviceOn(target: ResourceTarget, object: JsonObject, old: JsonObject | undefined): readonly string[] {
  return target.subresource === '' ? target.type.rules.advise?.(object, old) ?? [] : []
}

/** Fields that only the server sets. */
function wipe(object: JsonObject): JsonObject {
  return withMetadata(object, {
    uid: undefined, creationTimestamp: undefined, deletionTimestamp: undefined, deletionGracePeriodSeconds: undefined, selfLink: undefined, generation: undefined,
  })
}

/** The object in the namespace of the URL, or a refusal when it names another. */
export function place(target: ResourceTarget, object: JsonObject): Tried<JsonObject> {
  const expected = target.type.scope === 'Namespaced' ? target.namespace : ''
  const found = namespaceOf(object)
  if (found === expected) return object
  if (found === '') return withMetadata(object, { namespace: expected })
  // The API server clears the namespace of objects that have none.
  if (expected === '') return withMetadata(object, { namespace: undefined })
  return badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

/** From a decoded object to the change that makes it; `track` gives it its managed fields. */
export function createObject(context: WriteContext, object: JsonObject, track: (object: JsonObject) => JsonObject): Tried<Change> {
  const { target, plane } = context
  const closed = checkNamespace(context)
  if (closed) return closed
  const named = withName(context, object)
  const tracked = track(systemFields(context, named))
  const prepared = prepare(context, tracked)
  const refused = target.type.rules.refuse?.(prepared, undefined)
  if (refused instanceof Failure) return refused
  const faults = creationFaults(target, prepared)
  if (faults.length > 0) return invalid(target.type, nameOf(prepared), faults)
  const escalated = checkEscalation(context, prepared)
  if (escalated) return escalated
  if (text(metadataOf(prepared), 'resourceVersion') !== '') return new Failure(500, '', 'resourceVersion should not be set on objects to be created')
  const key = storedKey(target, nameOf(prepared))
  if (plane.view.get(target.type.store, key)) return alreadyExists(target.type, nameOf(prepared))
  return put(context, prepared)
}

const SUFFIX = 5
const LONGEST = 63

function withName({ plane }: WriteContext, object: JsonObject): JsonObject {
  const prefix = text(metadataOf(object), 'generateName')
  if (prefix === '' || nameOf(object) !== '') return object
  return withMetadata(object, { name: prefix.slice(0, LONGEST - SUFFIX) + plane.random.suffix(SUFFIX) })
}

function systemFields({ plane, request }: WriteContext, object: JsonObject): JsonObject {
  return withMetadata(object, { uid: plane.random.uuid(), creationTimestamp: timestamp(request.at) })
}

/** Typed kinds have a status from the start, even if an empty one. */
function zeroStatus(target: ResourceTarget, object: JsonObject): JsonValue | undefined {
  return target.type.origin === 'custom' ? undefined : target.version.schema.empty({ kind: object.kind ?? '', apiVersion: object.apiVersion ?? '' }).status
}

function prepare({ target, request }: WriteContext, object: JsonObject): JsonObject {
  const { rules } = target.type
  const bare = target.version.subresources.has('status') && !rules.keepsStatusOnCreate ? withMembers(object, { status: zeroStatus(target, object) }) : object
  const counted = rules.generation === 'never' ? bare : withMetadata(bare, { generation: 1 })
  return rules.prepareCreate ? rules.prepareCreate(counted, request.at) : counted
}

