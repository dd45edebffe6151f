import { badRequest, Failure, methodNotAllowed, notFound, unknownResource, unroutedAccept } from '../failure.js'
import { REVIEWS, type ReviewType } from '../registry/builtin.js'
import type { Verb } from '../registry/types.js'
import type { Answer, ApiRequest, ResourceTarget, TextReply, Tried } from '../request.js'
import { answerDiscovery } from '../discovery/discovery.js'
import { answerAction } from './actions.js'
import { create } from './create.js'
import { deleteCollection } from './delete-collection.js'
import { deleteOne, readDeleteOptions } from './delete.js'
import { failureReply } from './failure-reply.js'
import { actingUser } from '../auth/impersonate.js'
import { refusal } from '../auth/refusal.js'
import { answerLog } from './log.js'
import { negotiate, OFFERED, type Form } from './negotiate.js'
import { readWriteOptions, type WriteOptions } from './options.js'
import { patch, readPatchType } from './patch.js'
import type { AccessAttributes, Plane } from './plane.js'
import { objectReply } from './present.js'
import { get, listOrWatch } from './read.js'
import { answerReview } from './reviews.js'
import { answerScale } from './scale.js'
import { replace } from './update.js'
import type { Change, WriteContext } from './write.js'
import { answerBuiltInPage } from './pages.js'

/** A path of the resource form, cut into its parts; nothing is looked up yet. */
export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly namespace: string
  readonly resource: string
  readonly name: string
  readonly subresource: string
  /** The path says `watch`, in the old way. */
  readonly watch: boolean
}

/** Answers a request: a pure function of the request and what the plane shows. */
export function answer(asked: ApiRequest, plane: Plane): Answer | Failure {
  const segments = readSegments(asked.path)
  if (segments === undefined) return badRequest(`invalid path ${JSON.stringify(asked.path)}`)
  const user = actingUser(asked, plane)
  if (user instanceof Failure) return user
  const request = { ...asked, user }
  const path = readResourcePath(segments)
  const verb = verbOf(request, path)
  const refused = authorize(request, plane, path, verb)
  if (refused) return refused
  if (path === undefined) return answerNonResource(request, plane, segments)
  return answerResource(path.watch ? { ...request, query: new Map([...request.query, ['watch', ['true']]]) } : request, plane, path)
}

/** Percent-decoded segments; undefined when the path is malformed. An encoded slash stays inside its segment. */
function readSegments(path: string): readonly string[] | undefined {
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return undefined
  }
}

export function readResourcePath(segments: readonly string[]): ResourcePath | undefined {
  const [root, ...rest] = segments.at(-1) === '' ? segments.slice(0, -1) : segments
  const [group, parts] = root === 'api' ? ['', rest] : root === 'apis' ? [rest[0] ?? '', rest.slice(1)] : [undefined, []]
  const [version, ...whole] = parts
  const watch = whole[0] === 'watch'
  const tail = watch ? whole.slice(1) : whole
  if (group === undefined || version === undefined || tail.length === 0) return undefined
  if (tail[0] === 'namespaces' && tail.length > 2 && !NAMESPACE_SUBRESOURCES.has(tail[2] ?? '')) {
    return { group, version, namespace: tail[1] ?? '', resource: tail[2] ?? '', name: tail[3] ?? '', subresource: tail.slice(4).join('/'), watch }
  }
  return { group, version, namespace: '', resource: tail[0] ?? '', name: tail[1] ?? '', subresource: tail.slice(2).join('/'), watch }
}

const WATCH_PATH = /^\/(?:api|apis\/[^/]+)\/[^/]+\/watch\//

const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'finalize'])

/** The verb of RBAC. */
export function verbOf(request: ApiRequest, path: ResourcePath | undefined): string {
  if (path === undefined) return request.method.toLowerCase()
  const watching = ['true', '1', ''].includes(request.query.get('watch')?.[0]?.toLowerCase() ?? 'false')
  switch (request.method) {
    case 'POST': return 'create'
    case 'GET': return path.watch || watching && path.name === '' ? 'watch' : path.name === '' ? 'list' : 'get'
    case 'PUT': return 'update'
    case 'PATCH': return 'patch'
    case 'DELETE': return path.name === '' ? 'deletecollection' : 'delete'
    default: return request.method.toLowerCase()
  }
}

function authorize(request: ApiRequest, plane: Plane, path: ResourcePath | undefined, verb: string): Failure | undefined {
  const attributes: AccessAttributes = path
    ? { user: request.user, verb, ...path, name: path.name || selectedName(request), namespace: path.resource === 'namespaces' ? path.name : path.namespace }
    : { user: request.user, verb, path: request.path }
  const decision = plane.authorizer.decide(plane.view, attributes)
  return decision.allowed ? undefined : refusal(attributes, decision.reason)
}

/** A list of one name is a matter of that name: rules may allow just that. */
function selectedName(request: ApiRequest): string {
  return /(?:^|,)metadata\.name==?([^,=]+)(?:,|$)/.exec(request.query.get('fieldSelector')?.[0] ?? '')?.[1] ?? ''
}

function answerNonResource(request: ApiRequest, plane: Plane, segments: readonly string[]): Tried<Answer> {
  const found = answerDiscovery(request, plane, segments) ?? answerBuiltInPage(request, plane, segments)
  if (found instanceof Failure) return found
  return { reply: found ?? pageNotFound(), writes: [] }
}

export function pageNotFound(): TextReply {
  return {
    type: 'text', status: 404, contentType: 'text/plain; charset=utf-8', text: '404 page not found\n',
    headers: { 'x-content-type-options': 'nosniff' },
  }
}

function answerResource(request: ApiRequest, plane: Plane, path: ResourcePath): Tried<Answer> {
  const review = REVIEWS.find((one) => one.group === path.group && one.version === path.version && one.resource === path.resource)
  if (review) return answerReviewPath(request, plane, path, review)
  const found = plane.registry.find(path.group, path.version, path.resource)
  if (!found) return unknownPath(plane, path)
  const { type } = found
  if ((type.scope === 'Cluster') !== (path.namespace === '') && !(path.namespace === '' && path.name === '')) return unknownResource()
  const target: ResourceTarget = { ...found, namespace: path.namespace, name: path.name, subresource: path.subresource }
  const answered = path.subresource !== '' ? answerSubresource(request, plane, target) : answerVerb(request, plane, target)
  // Built-in kinds stand behind a router that has words of its own.
  if (answered instanceof Failure && answered.code === 406 && type.origin === 'builtin') return unroutedAccept(OFFERED)
  return withDeprecation(target, answered)
}

function answerReviewPath(request: ApiRequest, plane: Plane, path: ResourcePath, review: ReviewType): Tried<Answer> {
  if (request.method !== 'POST' || path.name !== '') return methodNotAllowed()
  return answerReview(request, plane, path, review)
}

/** Groups of built-in kinds answer in words, all others like a server that has never heard of them. */
function unknownPath(plane: Plane, path: ResourcePath): Tried<Answer> {
  const builtin = plane.registry.types.some((type) => type.origin === 'builtin' && type.group === path.group && type.versions.some(({ name }) => name === path.version))
  return builtin ? unknownResource() : { reply: pageNotFound(), writes: [] }
}

function answerVerb(request: ApiRequest, plane: Plane, target: ResourceTarget): Tried<Answer> {
  const verb = verbOf(request, { ...target, group: '', version: '', resource: '', watch: target.name !== '' && request.query.get('watch')?.[0] === 'true' && WATCH_PATH.test(request.path) }) as Verb
  const context = { request, plane, target }
  const misplaced = checkPlace(target, verb)
  if (misplaced) return misplaced
  switch (verb) {
    case 'get': return get(context)
    case 'list': case 'watch': return listOrWatch(context)
    case 'create': case 'update': case 'patch': return write(context, verb)
    case 'delete': return answerDelete(context)
    case 'deletecollection': return target.type.verbs.includes('deletecollection') ? deleteCollection(context) : methodNotAllowed()
    default: return methodNotAllowed()
  }
}

/** Built-in kinds have routes, CRDs one handler for all: they refuse in different words. */
function checkPlace({ type, namespace, name }: ResourceTarget, verb: Verb): Tried<Answer> | undefined {
  const everywhere = type.scope === 'Namespaced' && namespace === '' && name === ''
  if (everywhere && (verb === 'create' || verb === 'deletecollection')) return type.origin === 'custom' ? { reply: pageNotFound(), writes: [] } : methodNotAllowed()
  if (name !== '' && verb === 'create') return type.origin === 'custom' ? undefined : methodNotAllowed()
  if (name === '' && (verb === 'update' || verb === 'patch')) return type.origin === 'custom' ? badRequest('name must be provided') : methodNotAllowed()
  return undefined
}

interface Context {
  readonly request: ApiRequest
  readonly plane: Plane
  readonly target: ResourceTarget
}

/** POST, PUT and PATCH of an object or its status. */
function write(context: Context, verb: 'create' | 'update' | 'patch'): Tried<Answer> {
  const form = negotiate(context.request, 'object')
  if (form instanceof Failure) return form
  if (verb === 'create' && !context.target.type.verbs.includes('create')) {
    return new Failure(405, 'MethodNotAllowed', `create not allowed while custom resource definition is terminating`, { ...(context.target.type.group && { group: context.target.type.group }), kind: context.target.type.resource })
  }
  const patchType = verb === 'patch' ? readPatchType(context) : undefined
  if (patchType instanceof Failure) return patchType
  const kind = verb === 'create' ? 'CreateOptions' : verb === 'update' ? 'UpdateOptions' : 'PatchOptions'
  const options = readWriteOptions(context.request, kind, patchType === 'apply')
  if (options instanceof Failure) return options
  const writing: WriteContext = { ...context, options }
  const change = verb === 'create' ? create(writing) : verb === 'update' ? replace(writing) : patch(writing, patchType ?? 'merge')
  if (change instanceof Failure) return change
  const created = verb === 'create' || 'created' in change && change.created === true
  return changed(context, { ...change, warnings: change.warnings }, form, created ? 201 : 200, options)
}

function changed(context: Context, change: Change & { readonly warnings: readonly string[] }, form: Form, status: number, _options: WriteOptions): Answer {
  const reply = objectReply(context.target, change.object, form, { status, warnings: change.warnings, now: context.request.at })
  return { reply, writes: change.writes }
}

function answerDelete(context: Context): Tried<Answer> {
  const form = negotiate(context.request, 'object')
  if (form instanceof Failure) return form
  const options = readDeleteOptions(context.request)
  if (options instanceof Failure) return options
  const { target, plane } = context
  const key = target.type.scope === 'Namespaced' ? `${target.namespace}/${target.name}` : target.name
  const deletion = deleteOne({ ...context, options }, plane.view.get(target.type.store, key))
  if (deletion instanceof Failure) return deletion
  if (deletion.body.kind === 'Status') {
    return { reply: { type: 'object', status: deletion.status, body: deletion.body, contentType: form.contentType }, writes: deletion.writes }
  }
  return { reply: objectReply(target, deletion.body, form, { status: deletion.status, now: context.request.at }), writes: deletion.writes }
}

function answerSubresource(request: ApiRequest, plane: Plane, target: ResourceTarget): Tried<Answer> {
  const subresource = target.version.subresources.get(target.subresource)
  const context = { request, plane, target }
  if (!subresource) return target.type.origin === 'builtin' ? unknownResource() : notFound(target.type, target.name)
  switch (subresource.type) {
    case 'status': case 'finalize': case 'approval': return answerPart(context)
    case 'scale': return answerScale(context, subresource)
    case 'log': return answerLog(context)
    case 'action': return request.method === 'POST' ? answerAction(context, subresource) : methodNotAllowed()
  }
}

function answerPart(context: Context): Tried<Answer> {
  switch (context.request.method) {
    case 'GET': return get(context)
    case 'PUT': return write(context, 'update')
    case 'PATCH': return write(context, 'patch')
    default: return methodNotAllowed()
  }
}

function withDeprecation(target: ResourceTarget, answered: Tried<Answer>): Tried<Answer> {
  const text = target.version.deprecation
  if (text === undefined) return answered
  if (answered instanceof Failure) return { reply: failureReply(answered, [text]), writes: [] }
  if (answered.reply.type === 'text') return { ...answered, reply: { ...answered.reply, warnings: [text] } }
  return { ...answered, reply: { ...answered.reply, warnings: [text, ...answered.reply.warnings ?? []] } }
}

