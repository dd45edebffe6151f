import type { JsonObject, JsonValue } from '@oasgen/json'
import type { Attempt } from './error.js'
import { apiVersionOf, describeRef, nameOf, namespaceOf, type KubeObject, type ObjectRef, type ResourceType } from './object.js'

/** A request to the API server as a value. `path` is complete and percent-encoded; credentials are added by the sender. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Starts with `/`, query included. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: JsonValue
  readonly attempt: Attempt
}

export interface ListScope {
  /** Absent = all namespaces. */
  readonly namespace?: string
  readonly labelSelector?: string
  /** `metadata.name=x` lets RBAC name the one object; see `named`. */
  readonly fieldSelector?: string
}

export interface ListOptions extends ListScope {
  /** Objects of a page; 500 unless told. */
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan'
  /** Only apiVersion, kind and metadata of each object. */
  readonly content?: 'full' | 'metadata'
}

export interface WatchOptions extends ListScope {
  /** Where to go on; absent = the server's present state first, as `added` events. */
  readonly resourceVersion?: string
  readonly content?: 'full' | 'metadata'
  /** Streams the present state first and marks its end (WatchList); servers before 1.27 refuse. */
  readonly sendInitialEvents?: boolean
  /** The server ends the watch after this many seconds. */
  readonly timeoutSeconds?: number
}

export interface WriteOptions {
  /** Nothing is stored; the answer is what would be. */
  readonly dryRun?: boolean
  readonly fieldManager?: string
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict'
}

export interface DeleteOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan'
  readonly gracePeriodSeconds?: number
  readonly dryRun?: boolean
}

export type Patch =
  | { readonly type: 'merge'; readonly body: JsonObject }
  | { readonly type: 'json'; readonly operations: readonly PatchOperation[] }
  | { readonly type: 'strategic'; readonly body: JsonObject }
  /** Server-side apply: apiVersion, kind and name are filled in; `force` takes fields over from other managers. */
  | { readonly type: 'apply'; readonly body: JsonObject; readonly fieldManager: string; readonly force?: boolean }

/** RFC 6902. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string }

export type Subresource = 'status' | 'scale'

/** A selector for one object, as RBAC with resourceNames understands it. */
export function named(name: string): string {
  return `metadata.name=${name}`
}

export function buildGet(type: ResourceType, ref: ObjectRef, options: { readonly subresource?: Subresource } = {}): KubeRequest {
  return plain('GET', pathOfObject(type, ref, options.subresource), { verb: 'get', about: describeRef(type, ref) })
}

export function buildList(type: ResourceType, options: ListOptions): KubeRequest {
  const query = {
    ...selectors(options),
    limit: options.limit ?? PAGE_SIZE,
    continue: options.continue,
    resourceVersion: options.resourceVersion,
    resourceVersionMatch: options.resourceVersionMatch,
  }
  return {
    method: 'GET',
    path: pathOfCollection(type, options.namespace) + queryOf(query),
    headers: { accept: options.content === 'metadata' ? accepting('PartialObjectMetadataList') : JSON_TYPE },
    attempt: { verb: 'list', about: describeScope(type, options) },
  }
}

export function buildWatch(type: ResourceType, options: WatchOptions): KubeRequest {
  const query = {
    ...selectors(options),
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: options.resourceVersion,
    sendInitialEvents: options.sendInitialEvents === true ? true : undefined,
    resourceVersionMatch: options.sendInitialEvents === true ? 'NotOlderThan' : undefined,
    timeoutSeconds: options.timeoutSeconds,
  }
  return {
    method: 'GET',
    path: pathOfCollection(type, options.namespace) + queryOf(query),
    headers: { accept: options.content === 'metadata' ? accepting('PartialObjectMetadata') : JSON_TYPE },
    attempt: { verb: 'watch', about: describeScope(type, options) },
  }
}

export function buildCreate(type: ResourceType, object: KubeObject, options: WriteOptions = {}): KubeRequest {
  const ref = refFor(type, object)
  return write('POST', pathOfCollection(type, type.namespaced ? ref.namespace : undefined) + writeQuery(options), {
    body: typed(type, object), attempt: { verb: 'create', about: describeRef(type, ref) },
  })
}

export function buildUpdate(
  type: ResourceType, object: KubeObject, options: WriteOptions & { readonly subresource?: Subresource } = {},
): KubeRequest {
  const ref = refFor(type, object)
  return write('PUT', pathOfObject(type, ref, options.subresource) + writeQuery(options), {
    body: typed(type, object), attempt: { verb: verbFor('update', options.subresource), about: describeRef(type, ref) },
  })
}

export interface PatchTarget {
  readonly type: ResourceType
  readonly ref: ObjectRef
  readonly subresource?: Subresource
}

export function buildPatch(target: PatchTarget, patch: Patch, options: WriteOptions = {}): KubeRequest {
  const query = patch.type === 'apply'
    ? writeQuery({ ...options, fieldManager: patch.fieldManager }, { force: patch.force === true ? true : undefined })
    : writeQuery(options)
  const verb = verbFor(patch.type === 'apply' ? 'apply' : 'patch', target.subresource)
  return {
    method: 'PATCH',
    path: pathOfObject(target.type, target.ref, target.subresource) + query,
    headers: { accept: JSON_TYPE, 'content-type': PATCH_TYPES[patch.type] },
    body: bodyOfPatch(target, patch),
    attempt: { verb, about: describeRef(target.type, target.ref) },
  }
}

export function buildDelete(type: ResourceType, ref: ObjectRef, options: DeleteOptions = {}): KubeRequest {
  return write('DELETE', pathOfObject(type, ref) + queryOf({ dryRun: dryRun(options) }), {
    body: bodyOfDelete(options), attempt: { verb: 'delete', about: describeRef(type, ref) },
  })
}

export function buildDeleteCollection(type: ResourceType, scope: ListScope, options: DeleteOptions = {}): KubeRequest {
  const query = queryOf({ ...selectors(scope), dryRun: dryRun(options) })
  return write('DELETE', pathOfCollection(type, scope.namespace) + query, {
    body: bodyOfDelete(options), attempt: { verb: 'delete', about: describeScope(type, scope) },
  })
}

/** A path of the server itself: `/version`, `/openapi/v3`. */
export function buildRaw(path: string, about: string, accept: string = JSON_TYPE): KubeRequest {
  return { method: 'GET', path, headers: { accept }, attempt: { verb: 'get', about } }
}

export interface AccessAttributes {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

export interface AccessSubject {
  readonly user: string
  readonly groups?: readonly string[]
}

/** Without a subject the question is about ourselves. */
export function buildAccessReview(attributes: AccessAttributes, subject?: AccessSubject): KubeRequest {
  const kind = subject === undefined ? 'SelfSubjectAccessReview' : 'SubjectAccessReview'
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind,
    spec: { resourceAttributes: { ...attributes }, ...(subject !== undefined && { user: subject.user, groups: subject.groups ?? [] }) },
  }
  return write('POST', `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`, {
    body, attempt: { verb: 'create', about: `${kind} for ${attributes.verb} ${attributes.resource}` },
  })
}

export function pathOfCollection(type: ResourceType, namespace: string | undefined): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`
  const scope = type.namespaced && namespace !== undefined && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${root}${scope}/${type.plural}`
}

export function pathOfObject(type: ResourceType, ref: ObjectRef, subresource?: Subresource): string {
  const tail = subresource === undefined ? '' : `/${subresource}`
  return `${pathOfCollection(type, ref.namespace)}/${encodeURIComponent(ref.name)}${tail}`
}

export function describeScope(type: ResourceType, scope: ListScope): string {
  const where = scope.namespace === undefined ? '' : ` in ${scope.namespace}`
  const which = [scope.labelSelector, scope.fieldSelector].filter((part) => part !== undefined && part !== '').join(', ')
  return `${type.plural}${type.group === '' ? '' : `.${type.group}`}${where}${which === '' ? '' : ` (${which})`}`
}

/** The page size of client-go's reflector and of kubectl. */
export const PAGE_SIZE = 500

const JSON_TYPE = 'application/json'

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

/** A server that cannot make partial objects answers with whole ones; the reader cuts them. */
function accepting(kind: string): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`
}

type QueryValue = string | number | boolean | undefined

function queryOf(parameters: Readonly<Record<string, QueryValue>>): string {
  const parts = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}=${encodeURIComponent(String(value))}`])
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

function selectors(scope: ListScope): Record<string, QueryValue> {
  return { labelSelector: scope.labelSelector, fieldSelector: scope.fieldSelector }
}

function writeQuery(options: WriteOptions, more: Record<string, QueryValue> = {}): string {
  return queryOf({ dryRun: dryRun(options), fieldManager: options.fieldManager, fieldValidation: options.fieldValidation, ...more })
}

function dryRun(options: { readonly dryRun?: boolean }): QueryValue {
  return options.dryRun === true ? 'All' : undefined
}

function plain(method: 'GET', path: string, attempt: Attempt): KubeRequest {
  return { method, path, headers: { accept: JSON_TYPE }, attempt }
}

function write(method: 'POST' | 'PUT' | 'DELETE', path: string, parts: { body: JsonValue; attempt: Attempt }): KubeRequest {
  return { method, path, headers: { accept: JSON_TYPE, 'content-type': JSON_TYPE }, ...parts }
}

function typed(type: ResourceType, object: KubeObject): JsonObject {
  return { ...object, apiVersion: apiVersionOf(type), kind: type.kind }
}

function refFor(type: ResourceType, object: KubeObject): ObjectRef {
  const namespace = namespaceOf(object)
  return { name: nameOf(object), ...(type.namespaced && namespace !== '' && { namespace }) }
}

function verbFor(verb: string, subresource: Subresource | undefined): string {
  return subresource === undefined ? verb : `${verb} ${subresource} of`
}

function bodyOfPatch(target: PatchTarget, patch: Patch): JsonValue {
  switch (patch.type) {
    case 'merge':
    case 'strategic':
      return patch.body
    case 'json':
      return patch.operations as unknown as JsonValue
    case 'apply':
      return applied(target, patch.body)
  }
}

function applied(target: PatchTarget, body: JsonObject): JsonObject {
  const given = body.metadata
  const metadata = typeof given === 'object' && given !== null ? (given as JsonObject) : {}
  const namespace = target.type.namespaced && target.ref.namespace !== undefined ? { namespace: target.ref.namespace } : {}
  return { ...typed(target.type, body), metadata: { ...metadata, ...namespace, name: target.ref.name } }
}

function bodyOfDelete(options: DeleteOptions): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(options.preconditions !== undefined && { preconditions: { ...options.preconditions } }),
    ...(options.propagation !== undefined && { propagationPolicy: options.propagation }),
    ...(options.gracePeriodSeconds !== undefined && { gracePeriodSeconds: options.gracePeriodSeconds }),
  }
}
