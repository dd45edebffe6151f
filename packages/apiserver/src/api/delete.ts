import { isObject, member, type JsonObject } from '@oasgen/json'
import { conflict, Failure, invalid, invalidValue, notFound, notSupported, type FieldFault } from '../failure.js'
import { child, finalizersOf, generationOf, integerOf, isDeleting, metadataOf, nameOf, text, timestamp, uidOf, withMetadata } from '../object.js'
import type { ResourceType } from '../registry/types.js'
import type { ApiRequest, ResourceTarget, Tried } from '../request.js'
import type { Stored, Write } from '../store/types.js'
import { readBody, unrecognized } from './body.js'
import { dryRunFaults } from './options.js'
import type { Plane } from './plane.js'
import { deletedStatus, present } from './present.js'
import { CLEANUP_FINALIZER, withConditions } from '../controllers/crds.js'
import { CRDS } from '../registry/registry.js'
import { remove } from './write.js'

export interface DeleteOptions {
  readonly dryRun: boolean
  readonly propagation: 'Orphan' | 'Background' | 'Foreground' | undefined
  readonly orphanDependents: boolean | undefined
  readonly graceSeconds: number | undefined
  readonly uid: string | undefined
  readonly resourceVersion: string | undefined
}

export interface DeleteContext {
  readonly request: ApiRequest
  readonly target: ResourceTarget
  readonly plane: Plane
  readonly options: DeleteOptions
}

export interface Deletion {
  readonly status: number
  readonly body: JsonObject
  readonly writes: readonly Write[]
}

const POLICIES = ['Foreground', 'Background', 'Orphan']

/** Options come in the body, or, without one, in the query. */
export function readDeleteOptions(request: ApiRequest): Tried<DeleteOptions> {
  if (request.body.length === 0) return checkOptions(fromQuery(request))
  const read = readBody(request, 'DeleteOptions')
  if (read instanceof Failure) return read
  if (!isObject(read.value)) return unrecognized('DeleteOptions', 'json: cannot unmarshal a value that is no object into Go value of type v1.DeleteOptions', request.body)
  return checkOptions(read.value)
}

function fromQuery(request: ApiRequest): JsonObject {
  const one = (name: string): string | undefined => request.query.get(name)?.[0]
  const grace = one('gracePeriodSeconds')
  const orphan = one('orphanDependents')
  return {
    ...(one('propagationPolicy') !== undefined && { propagationPolicy: one('propagationPolicy') as string }),
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    ...(orphan !== undefined && { orphanDependents: orphan !== 'false' && orphan !== '0' }),
    ...(request.query.has('dryRun') && { dryRun: request.query.get('dryRun') ?? [] }),
  }
}

function checkOptions(object: JsonObject): Tried<DeleteOptions> {
  const policy = text(object, 'propagationPolicy')
  const orphan = member(object, 'orphanDependents')
  const dryRun = (member(object, 'dryRun') ?? []) as readonly string[]
  const faults: FieldFault[] = []
  if (typeof orphan === 'boolean' && policy !== '') faults.push(invalidValue('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'))
  if (policy !== '' && !POLICIES.includes(policy)) faults.push(notSupported('propagationPolicy', policy, [...POLICIES, 'nil']))
  faults.push(...dryRunFaults(Array.isArray(dryRun) ? dryRun : [String(dryRun)]))
  if (faults.length > 0) return invalid({ group: 'meta.k8s.io', resource: '', kind: 'DeleteOptions' }, '', faults)
  const preconditions = child(object, 'preconditions')
  const grace = integerOf(object, 'gracePeriodSeconds')
  return {
    dryRun: dryRun.length > 0, propagation: policy === '' ? undefined : policy as DeleteOptions['propagation'],
    orphanDependents: typeof orphan === 'boolean' ? orphan : undefined,
    graceSeconds: grace === undefined ? undefined : grace < 0 ? 1 : grace,
    uid: text(preconditions, 'uid') || undefined, resourceVersion: text(preconditions, 'resourceVersion') || undefined,
  }
}

export function deleteOne(context: DeleteContext, stored: Stored | undefined, revision = context.plane.view.revision + 1): Tried<Deletion> {
  const { target } = context
  if (!stored) return notFound(target.type, target.name)
  const refused = checkPreconditions(context, stored)
  if (refused) return refused
  if (target.type.group === '' && target.type.resource === 'namespaces') return terminateNamespace(context, stored, revision)
  if (target.type.store === CRDS && !isDeleting(stored.object)) return terminateCrd(context, stored, revision)
  return markOrRemove(context, stored, revision)
}

function checkPreconditions({ target, options }: DeleteContext, { object }: Stored): Failure | undefined {
  const named = { ...target.type, resource: target.type.kind }
  const name = nameOf(object)
  if (options.uid !== undefined && options.uid !== uidOf(object)) {
    return conflict(named, name, `the UID in the precondition (${options.uid}) does not match the UID in record (${uidOf(object)}). The object might have been deleted and then recreated`)
  }
  const version = text(metadataOf(object), 'resourceVersion')
  if (options.resourceVersion !== undefined && options.resourceVersion !== version) {
    return conflict(named, name, `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${version}). The object might have been modified`)
  }
  return undefined
}

function markOrRemove(context: DeleteContext, stored: Stored, revision: number): Deletion {
  const { target, options } = context
  const finalizers = finalizersAfter(stored.object, options)
  const grace = graceSeconds(target.type, stored.object, options)
  if (finalizers.length === 0 && grace === 0) return removed(context, stored, revision)
  const marked = mark(stored.object, context.request.at, finalizers, grace)
  if (marked === undefined) return answer(context, stored.object, [])
  const object = withMetadata(marked, { resourceVersion: String(revision) })
  return answer(context, object, [{ type: 'put', resource: target.type.store, key: stored.key, object }])
}

function answer({ target, options }: DeleteContext, object: JsonObject, writes: readonly Write[]): Deletion {
  return {
    status: options.orphanDependents === false ? 202 : 200,
    body: present(target.type, target.version, object), writes: options.dryRun ? [] : writes,
  }
}

function removed({ target, options, request: { at } }: DeleteContext, stored: Stored, revision: number): Deletion {
  const write = remove(target.type, stored.key, stored.object, revision)
  const returns = target.type.rules.deleteReturnsObject
  return {
    status: 200,
    body: returns ? present(target.type, target.version, target.type.rules.graceful ? ended(stored.object, at) : stored.object) : deletedStatus(target.type, stored.object, nameOf(stored.object)),
    writes: options.dryRun ? [] : [write],
  }
}

/** Pods are marked before they go, even when they go at once. */
function ended(object: JsonObject, now: number): JsonObject {
  if (isDeleting(object)) return object
  return withMetadata(object, { generation: generationOf(object) + 1, deletionTimestamp: timestamp(now), deletionGracePeriodSeconds: 0 })
}

/** The finalizers that the propagation policy asks for; without one, those of an earlier wish stay. */
function finalizersAfter(object: JsonObject, options: DeleteOptions): readonly string[] {
  const now = finalizersOf(object)
  const own = now.filter((name) => name !== 'orphan' && name !== 'foregroundDeletion')
  const orphan = options.orphanDependents ?? (options.propagation === undefined ? now.includes('orphan') : options.propagation === 'Orphan')
  const foreground = options.orphanDependents !== undefined ? false
    : options.propagation === undefined ? now.includes('foregroundDeletion') : options.propagation === 'Foreground'
  return [...own, ...(orphan ? ['orphan'] : []), ...(foreground ? ['foregroundDeletion'] : [])]
}

/** Only pods that run somewhere get grace; a shorter one wins. */
function graceSeconds(type: ResourceType, object: JsonObject, options: DeleteOptions): number {
  if (!type.rules.graceful || text(child(object, 'spec'), 'nodeName') === '') return 0
  const phase = text(child(object, 'status'), 'phase')
  if (phase === 'Failed' || phase === 'Succeeded') return 0
  const asked = options.graceSeconds ?? integerOf(child(object, 'spec'), 'terminationGracePeriodSeconds') ?? 30
  if (!isDeleting(object)) return asked
  return Math.min(asked, integerOf(metadataOf(object), 'deletionGracePeriodSeconds') ?? 0)
}

/** undefined = it is marked like that already. */
function mark(object: JsonObject, now: number, finalizers: readonly string[], grace: number): JsonObject | undefined {
  const metadata = metadataOf(object)
  const before = integerOf(metadata, 'deletionGracePeriodSeconds')
  const same = finalizers.length === finalizersOf(object).length && finalizers.every((name) => finalizersOf(object).includes(name))
  if (isDeleting(object) && same && (before ?? 0) <= grace) return undefined
  return withMetadata(object, {
    ...(generationOf(object) > 0 && !isDeleting(object) && { generation: generationOf(object) + 1 }),
    deletionTimestamp: isDeleting(object) && before === 0 ? member(metadata, 'deletionTimestamp') : timestamp(now + grace * 1000),
    deletionGracePeriodSeconds: grace, finalizers: finalizers.length === 0 ? undefined : finalizers,
  })
}

/** A CRD goes last: its controller deletes the objects first. */
function terminateCrd(context: DeleteContext, stored: Stored, revision: number): Deletion {
  const { at } = context.request
  const condition = {
    type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  } as const
  const marked = withMetadata(withConditions(stored.object, [condition], at), {
    deletionTimestamp: timestamp(at), resourceVersion: String(revision), finalizers: [...new Set([...finalizersOf(stored.object), CLEANUP_FINALIZER])],
  })
  return answer(context, marked, [{ type: 'put', resource: CRDS, key: stored.key, object: marked }])
}

/** Namespaces end in two steps: marked here, emptied and finalized by their controller. */
function terminateNamespace(context: DeleteContext, stored: Stored, revision: number): Deletion {
  const { target, options } = context
  if (isDeleting(stored.object)) {
    const open = (child(stored.object, 'spec').finalizers as readonly unknown[] | undefined ?? []).length > 0
    if (open || finalizersOf(stored.object).length > 0) return answer(context, stored.object, [])
    return { ...removed(context, stored, revision), body: deletedStatus(target.type, stored.object, nameOf(stored.object)) }
  }
  const marked = withMetadata(stored.object, { deletionTimestamp: timestamp(context.request.at), resourceVersion: String(revision) })
  const object = { ...marked, status: { ...child(marked, 'status'), phase: 'Terminating' } }
  return answer({ ...context, options: { ...options, orphanDependents: undefined } }, object, [{ type: 'put', resource: target.type.store, key: stored.key, object }])
}
