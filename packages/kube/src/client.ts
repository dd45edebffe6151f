import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { readAnswer, type KubeResponse } from './answer.js'
import type { ConnectionConfig } from './config.js'
import { openConnection, type Connection, type ConnectionOptions, type SendOptions } from './connection.js'
import { readDiscovery, type Discovery } from './discovery.js'
import { errorOfProtocol, failed, type KubeResult } from './error.js'
import { apiVersionOf, isDeleting, metadataOf, type KubeObject, type ObjectRef, type ResourceType } from './object.js'
import {
  buildAccessReview, buildCreate, buildDelete, buildDeleteCollection, buildGet, buildList, buildPatch, buildRaw, buildUpdate, buildWatch,
  type AccessAttributes, type AccessSubject, type DeleteOptions, type KubeRequest, type ListOptions, type ListScope, type Patch,
  type PatchTarget, type WatchOptions, type WriteOptions,
} from './request.js'
import { openWatch, type Watch } from './watch.js'

export interface KubeList {
  readonly items: readonly KubeObject[]
  /** Where a watch can go on. */
  readonly resourceVersion: string
  /** Token of the next page; absent on the last. */
  readonly continue?: string
}

/** After a delete: `gone`, or `terminating` while finalizers or a grace period hold the object. */
export interface Deleted {
  readonly state: 'gone' | 'terminating'
  readonly object?: KubeObject
}

export interface AccessAnswer {
  readonly allowed: boolean
  readonly reason: string
}

/** Everything our programs say to a Kubernetes API. Expected failures are values; an exception is a bug of ours. */
export interface Kube {
  readonly server: string
  /** Namespace of the pod or of the kubeconfig's context. */
  readonly namespace: string | undefined
  get(type: ResourceType, ref: ObjectRef, options?: SendOptions): Promise<KubeResult<KubeObject>>
  /** One page. */
  page(type: ResourceType, options?: ListOptions & SendOptions): Promise<KubeResult<KubeList>>
  /** All pages one after the other; ends after the first that failed. */
  pages(type: ResourceType, options?: ListOptions & SendOptions): AsyncIterable<KubeResult<KubeList>>
  /** All pages together. */
  list(type: ResourceType, options?: ListOptions & SendOptions): Promise<KubeResult<KubeList>>
  create(type: ResourceType, object: KubeObject, options?: WriteOptions & SendOptions): Promise<KubeResult<KubeObject>>
  update(type: ResourceType, object: KubeObject, options?: WriteOptions & SendOptions): Promise<KubeResult<KubeObject>>
  patch(type: ResourceType, ref: ObjectRef, patch: Patch, options?: WriteOptions & SendOptions): Promise<KubeResult<KubeObject>>
  updateStatus(type: ResourceType, object: KubeObject, options?: WriteOptions & SendOptions): Promise<KubeResult<KubeObject>>
  patchStatus(type: ResourceType, ref: ObjectRef, patch: Patch, options?: WriteOptions & SendOptions): Promise<KubeResult<KubeObject>>
  delete(type: ResourceType, ref: ObjectRef, options?: DeleteOptions & SendOptions): Promise<KubeResult<Deleted>>
  deleteCollection(type: ResourceType, scope: ListScope, options?: DeleteOptions & SendOptions): Promise<KubeResult<JsonObject>>
  watch(type: ResourceType, options?: WatchOptions & { readonly signal?: AbortSignal; readonly stallMs?: number }): Watch
  /** What the server serves now; `typeOf` finds a kind in it. */
  discover(options?: SendOptions): Promise<KubeResult<Discovery>>
  /** The index without a path, else a document of it, such as `apis/apps/v1`. */
  openapiV3(path?: string, options?: SendOptions): Promise<KubeResult<JsonObject>>
  /** Whether we may do it, or `subject` may. */
  accessReview(attributes: AccessAttributes, subject?: AccessSubject): Promise<KubeResult<AccessAnswer>>
  /** An answer of any status as it came. */
  raw(request: KubeRequest, options?: SendOptions): Promise<KubeResult<KubeResponse>>
  close(): Promise<void>
}

export function connectKube(config: ConnectionConfig, options: ConnectionOptions = {}): Kube {
  return new KubeClient(openConnection(config, options), config.namespace)
}

/** API servers send a bookmark about once a minute (with up to a quarter more): silence for longer is a dead connection. */
export const STALL_MS = 100_000

class KubeClient implements Kube {
  readonly server: string
  readonly namespace: string | undefined
  readonly #connection: Connection

  constructor(connection: Connection, namespace: string | undefined) {
    this.#connection = connection
    this.server = connection.server
    this.namespace = namespace
  }

  get(type: ResourceType, ref: ObjectRef, options: SendOptions = {}): Promise<KubeResult<KubeObject>> {
    return this.#object(buildGet(type, ref), options)
  }

  async page(type: ResourceType, options: ListOptions & SendOptions = {}): Promise<KubeResult<KubeList>> {
    const request = buildList(type, options)
    const answer = await this.#json(request, options)
    return answer.ok ? readList(type, request, { value: answer.value, content: options.content ?? 'full' }) : answer
  }

  async *pages(type: ResourceType, options: ListOptions & SendOptions = {}): AsyncGenerator<KubeResult<KubeList>> {
    let token = options.continue
    do {
      const page: KubeResult<KubeList> = await this.page(type, { ...options, ...(token !== undefined && { continue: token }) })
      yield page
      token = page.ok ? page.value.continue : undefined
    } while (token !== undefined)
  }

  async list(type: ResourceType, options: ListOptions & SendOptions = {}): Promise<KubeResult<KubeList>> {
    const items: KubeObject[] = []
    let resourceVersion = ''
    for await (const page of this.pages(type, options)) {
      if (!page.ok) return page
      items.push(...page.value.items)
      resourceVersion = page.value.resourceVersion
    }
    return { ok: true, value: { items, resourceVersion } }
  }

  create(type: ResourceType, object: KubeObject, options: WriteOptions & SendOptions = {}): Promise<KubeResult<KubeObject>> {
    return this.#object(buildCreate(type, object, options), options)
  }

  update(type: ResourceType, object: KubeObject, options: WriteOptions & SendOptions = {}): Promise<KubeResult<KubeObject>> {
    return this.#object(buildUpdate(type, object, options), options)
  }

  patch(type: ResourceType, ref: ObjectRef, patch: Patch, options: WriteOptions & SendOptions = {}): Promise<KubeResult<KubeObject>> {
    return this.#patch({ type, ref }, patch, options)
  }

  updateStatus(type: ResourceType, object: KubeObject, options: WriteOptions & SendOptions = {}): Promise<KubeResult<KubeObject>> {
    return this.#object(buildUpdate(type, object, { ...options, subresource: 'status' }), options)
  }

  patchStatus(type: ResourceType, ref: ObjectRef, patch: Patch, options: WriteOptions & SendOptions = {}): Promise<KubeResult<KubeObject>> {
    return this.#patch({ type, ref, subresource: 'status' }, patch, options)
  }

  async delete(type: ResourceType, ref: ObjectRef, options: DeleteOptions & SendOptions = {}): Promise<KubeResult<Deleted>> {
    const answer = await this.#object(buildDelete(type, ref, options), options)
    return answer.ok ? { ...answer, value: readDeleted(answer.value) } : answer
  }

  deleteCollection(type: ResourceType, scope: ListScope, options: DeleteOptions & SendOptions = {}): Promise<KubeResult<JsonObject>> {
    return this.#object(buildDeleteCollection(type, scope, options), options)
  }

  watch(type: ResourceType, options: WatchOptions & { readonly signal?: AbortSignal; readonly stallMs?: number } = {}): Watch {
    const limits = { stallMs: options.stallMs ?? STALL_MS, ...(options.signal !== undefined && { signal: options.signal }) }
    return openWatch(this.#connection, buildWatch(type, options), limits)
  }

  discover(options: SendOptions = {}): Promise<KubeResult<Discovery>> {
    return readDiscovery((request) => this.#json(request, options))
  }

  openapiV3(path?: string, options: SendOptions = {}): Promise<KubeResult<JsonObject>> {
    const suffix = path === undefined || path === '' ? '' : `/${path}`
    return this.#object(buildRaw(`/openapi/v3${suffix}`, `OpenAPI v3${suffix}`), options)
  }

  async accessReview(attributes: AccessAttributes, subject?: AccessSubject): Promise<KubeResult<AccessAnswer>> {
    const answer = await this.#object(buildAccessReview(attributes, subject), {})
    if (!answer.ok) return answer
    const status = isObject(answer.value.status) ? answer.value.status : {}
    return { ok: true, value: { allowed: status.allowed === true, reason: typeof status.reason === 'string' ? status.reason : '' } }
  }

  raw(request: KubeRequest, options: SendOptions = {}): Promise<KubeResult<KubeResponse>> {
    return this.#connection.send(request, options)
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  #patch(target: PatchTarget, patch: Patch, options: WriteOptions & SendOptions): Promise<KubeResult<KubeObject>> {
    return this.#object(buildPatch(target, patch, options), options)
  }

  async #json(request: KubeRequest, options: SendOptions): Promise<KubeResult<JsonValue>> {
    const answer = await this.#connection.send(request, options)
    return answer.ok ? readAnswer(request.attempt, answer.value) : answer
  }

  async #object(request: KubeRequest, options: SendOptions): Promise<KubeResult<JsonObject>> {
    const answer = await this.#json(request, options)
    if (!answer.ok) return answer
    if (!isObject(answer.value)) return failed(errorOfProtocol(request.attempt, 'the answer is no object'))
    return { ...answer, value: answer.value }
  }
}

interface ReadListFacts {
  readonly value: JsonValue
  readonly content: 'full' | 'metadata'
}

function readList(type: ResourceType, request: KubeRequest, facts: ReadListFacts): KubeResult<KubeList> {
  const { value } = facts
  // Go writes a list of nothing as null; kube-apiserver does for empty lists of metadata.
  const items = isObject(value) && value.items === null ? [] : isObject(value) ? value.items : undefined
  if (!isObject(value) || !isArray(items)) return failed(errorOfProtocol(request.attempt, 'the answer is no list'))
  const { resourceVersion, continue: token } = metadataOf(value)
  return {
    ok: true,
    value: {
      items: items.filter(isObject).map((item) => completeItem(type, item, facts.content)),
      resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
      ...(typeof token === 'string' && token !== '' && { continue: token }),
    },
  }
}

/** Lists of built-in kinds leave apiVersion and kind out of their items. */
function completeItem(type: ResourceType, item: KubeObject, content: 'full' | 'metadata'): KubeObject {
  if (content === 'metadata') return metadataOnly(type, item)
  return item.kind === undefined ? { apiVersion: apiVersionOf(type), kind: type.kind, ...item } : item
}

/** The identity of the object instead of that of `PartialObjectMetadata`, and nothing beside its metadata. */
export function metadataOnly(type: ResourceType, item: KubeObject): KubeObject {
  return { apiVersion: apiVersionOf(type), kind: type.kind, metadata: metadataOf(item) }
}

function readDeleted(answer: KubeObject): Deleted {
  if (answer.kind === 'Status') return { state: 'gone' }
  return { state: isDeleting(answer) ? 'terminating' : 'gone', object: answer }
}

