import { applyJsonPatch, isObject, member, mergePatch, readJson, withoutMember, type JsonObject, type JsonValue } from '@oasgen/json'
import { isOwned, splitScaleOwners, trackUpdate } from '../apply/managers.js'
import { badRequest, Failure, invalid, invalidValue, methodNotAllowed, notFound, unsupportedMediaType } from '../failure.js'
import { child, metadataOf, nameOf, namespaceOf, text, withMetadata } from '../object.js'
import { selectorText } from '../table/builtin-columns.js'
import { printPath } from '../table/json-path.js'
import type { Subresource } from '../registry/types.js'
import type { Answer, ApiRequest, ResourceTarget, Tried } from '../request.js'
import { mediaType, readObjectBody, readText } from './body.js'
import { readWriteOptions } from './options.js'
import type { Plane } from './plane.js'
import { presentStored } from './present.js'
import { current, update, type WriteContext } from './write.js'

type Scale = Subresource & { type: 'scale' }
interface Context {
  readonly request: ApiRequest
  readonly plane: Plane
  readonly target: ResourceTarget
}

/** `autoscaling/v1 Scale` of any kind that has replicas. */
export function answerScale(context: Context, scale: Scale): Tried<Answer> {
  const { request, target } = context
  const options = readWriteOptions(request, request.method === 'PATCH' ? 'PatchOptions' : 'UpdateOptions')
  if (options instanceof Failure) return options
  const writing: WriteContext = { ...context, options }
  const stored = current(writing)
  if (!stored) return notFound(target.type, target.name)
  const object = presentStored(target, stored)
  if (request.method === 'GET') return reply(scaleOf(target, object, scale), [])
  const asked = request.method === 'PUT' ? readObjectBody(request, 'Scale')
    : request.method === 'PATCH' ? patched(request, scaleOf(target, object, scale)) : methodNotAllowed()
  if (asked instanceof Failure) return asked
  const next = withReplicas(context, object, asked.object, scale)
  if (next instanceof Failure) return next
  const scaling: WriteContext = { ...writing, target: { ...target, subresource: 'scale' } }
  const change = update({ context: scaling, stored, old: object, next: withMetadata(next, { managedFields: ownersAfter(scaling, object, next, scale) }) })
  return change instanceof Failure ? change : reply(scaleOf(target, change.object, scale), change.writes)
}

const reply = (body: JsonObject, writes: Answer['writes']): Answer => ({ reply: { type: 'object', status: 200, body }, writes })

function scaleOf(target: ResourceTarget, object: JsonObject, scale: Scale): JsonObject {
  const metadata = metadataOf(object)
  const kept = ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp'] as const
  const replicas = numberAt(object, scale.specReplicas)
  return {
    kind: 'Scale', apiVersion: 'autoscaling/v1',
    metadata: Object.fromEntries(kept.flatMap((name) => (metadata[name] === undefined ? [] : [[name, metadata[name]]]))),
    spec: { ...(replicas !== 0 && { replicas }) },
    status: { replicas: numberAt(object, scale.statusReplicas), ...selectorOf(target, object, scale) },
  }
}

/** Replicas that nobody owned go on without an owner: as with any object, tracking begins with an owner. */
function ownersAfter(scaling: WriteContext, object: JsonObject, next: JsonObject, scale: Scale): JsonValue | undefined {
  const path = pathOf(scale).map((name) => `f:${name}`)
  if (!isOwned(object, path)) return metadataOf(object).managedFields
  const tracked = trackUpdate({ ...scaling, old: withoutZero(object, scale), next: withoutZero(next, scale) })
  return metadataOf(splitScaleOwners(tracked, path)).managedFields
}

/** In a Scale no replicas are no field, which nobody can own. */
function withoutZero(object: JsonObject, scale: Scale): JsonObject {
  return numberAt(object, scale.specReplicas) === 0 ? withoutAt(object, pathOf(scale)) : object
}

function withoutAt(object: JsonObject, [name = '', ...rest]: readonly string[]): JsonObject {
  const below = member(object, name)
  if (rest.length > 0) return isObject(below) ? { ...object, [name]: withoutAt(below, rest) } : object
  return below === undefined ? object : withoutMember(object, name)
}

const pathOf = (scale: Scale): readonly string[] => scale.specReplicas.replace(/^\./, '').split('.')

const numberAt = (object: JsonObject, path: string): number => {
  const value = printPath(object, path)[0]
  return typeof value === 'number' ? value : 0
}

function selectorOf(target: ResourceTarget, object: JsonObject, scale: Scale): JsonObject {
  if (target.type.origin === 'builtin') {
    const selector = child(child(object, 'spec'), 'selector')
    const shown = selectorText(target.type.kind === 'ReplicationController' ? { matchLabels: selector } : selector)
    return shown === '<none>' ? {} : { selector: shown }
  }
  const value = scale.labelSelector === undefined ? undefined : printPath(object, scale.labelSelector)[0]
  return typeof value === 'string' && value !== '' ? { selector: value } : {}
}

function patched(request: ApiRequest, scale: JsonObject): Tried<{ readonly object: JsonObject }> {
  const body = readJson(readText(request.body) ?? '')
  if (!body.ok) return badRequest(`error decoding patch: ${body.message}`)
  switch (mediaType(request)) {
    case 'application/json-patch+json': {
      const result = applyJsonPatch(scale, body.value)
      return result.ok && isObject(result.value) ? { object: result.value } : badRequest(result.ok ? 'the patched object is no object' : result.message)
    }
    case 'application/merge-patch+json': case 'application/strategic-merge-patch+json': case 'application/apply-patch+yaml':
      return { object: mergePatch(scale, body.value) as JsonObject }
    default: return unsupportedMediaType(['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'])
  }
}

function withReplicas({ target }: Context, object: JsonObject, asked: JsonObject, scale: Scale): Tried<JsonObject> {
  const replicas = member(child(asked, 'spec'), 'replicas') ?? 0
  if (nameOf(asked) !== '' && nameOf(asked) !== target.name) return badRequest(`the name of the object (${nameOf(asked)}) does not match the name on the URL (${target.name})`)
  if (namespaceOf(asked) !== '' && namespaceOf(asked) !== target.namespace) return badRequest('the namespace of the provided object does not match the namespace sent on the request')
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) return badRequest('Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32')
  // Of custom resources the object itself is judged.
  if (replicas < 0 && target.type.origin === 'builtin') return invalid({ group: 'autoscaling', resource: '', kind: 'Scale' }, target.name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')])
  const version = text(metadataOf(asked), 'resourceVersion')
  const next = setAt(object, pathOf(scale), replicas)
  return version === '' ? next : withMetadata(next, { resourceVersion: version })
}

function setAt(object: JsonObject, path: readonly string[], value: JsonValue): JsonObject {
  const [name = '', ...rest] = path
  return { ...object, [name]: rest.length === 0 ? value : setAt(child(object, name), rest, value) }
}
