import { Failure, invalid, invalidValue, notFound, unknownResource } from '../failure.js'
import { child, integerOf, namespaceOf, nameOf, strings, text, timestamp, uidOf } from '../object.js'
import type { Subresource } from '../registry/types.js'
import type { Answer, ApiRequest, ResourceTarget, Tried } from '../request.js'
import { readObjectBody } from './body.js'
import { deleteOne, readDeleteOptions } from './delete.js'
import type { Plane } from './plane.js'
import { withMetadata } from '../object.js'
import type { Write } from '../store/types.js'

interface Context {
  readonly request: ApiRequest
  readonly plane: Plane
  readonly target: ResourceTarget
}

/** Subresources that are asked with POST: tokens, evictions, bindings. */
export function answerAction(context: Context, action: Subresource & { type: 'action' }): Tried<Answer> {
  const { target, plane } = context
  const stored = plane.view.get(target.type.store, `${target.namespace}/${target.name}`)
  if (!stored) return notFound(target.type, target.name)
  switch (action.kind) {
    case 'TokenRequest': return issueToken(context, stored.object)
    case 'Eviction': return evict(context)
    case 'Binding': return bind(context, stored.object)
    default: return unknownResource()
  }
}

const HOUR = 3600
const SHORTEST = 600

function issueToken({ request, plane, target }: Context, account: Parameters<typeof uidOf>[0]): Tried<Answer> {
  const body = readObjectBody(request, 'TokenRequest')
  if (body instanceof Failure) return body
  const spec = child(body.object, 'spec')
  const seconds = integerOf(spec, 'expirationSeconds') ?? HOUR
  const named = { group: 'authentication.k8s.io', resource: '', kind: 'TokenRequest' }
  if (seconds < SHORTEST) return invalid(named, '', [invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes')])
  if (seconds > 2 ** 32) return invalid(named, '', [invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds')])
  const audiences = strings(spec, 'audiences').length > 0 ? strings(spec, 'audiences') : [plane.tokens.audience]
  const bound = child(spec, 'boundObjectRef')
  const token = plane.tokens.issue({
    namespace: target.namespace, name: target.name, uid: uidOf(account), audiences, seconds, at: request.at,
    ...(text(bound, 'name') !== '' && { bound }),
  })
  const body2 = {
    kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: target.name, namespace: target.namespace, creationTimestamp: timestamp(request.at) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: text(bound, 'name') === '' ? null : bound },
    status: { token, expirationTimestamp: timestamp(request.at + seconds * 1000) },
  }
  return { reply: { type: 'object', status: 201, body: body2 }, writes: [] }
}

function evict(context: Context): Tried<Answer> {
  const body = readObjectBody(context.request, 'Eviction')
  if (body instanceof Failure) return body
  const options = readDeleteOptions({ ...context.request, body: Buffer.from(JSON.stringify(child(body.object, 'deleteOptions'))), headers: { 'content-type': 'application/json' } })
  if (options instanceof Failure) return options
  const deletion = deleteOne({ ...context, options }, context.plane.view.get('pods', `${context.target.namespace}/${context.target.name}`))
  if (deletion instanceof Failure) return deletion
  return { reply: { type: 'object', status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } }, writes: deletion.writes }
}

function bind({ request, plane, target }: Context, pod: Parameters<typeof uidOf>[0]): Tried<Answer> {
  const body = readObjectBody(request, 'Binding')
  if (body instanceof Failure) return body
  const node = text(child(body.object, 'target'), 'name')
  const object = withMetadata({ ...pod, spec: { ...child(pod, 'spec'), nodeName: node } }, { resourceVersion: String(plane.view.revision + 1) })
  const write: Write = { type: 'put', resource: target.type.store, key: `${namespaceOf(pod)}/${nameOf(pod)}`, object }
  return { reply: { type: 'object', status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } }, writes: [write] }
}
