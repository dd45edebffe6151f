import { answer, readResourcePath, verbOf } from './api/router.js'
import type { Authorizer, Plane, Randomness, TokenIssuer } from './api/plane.js'
import { failureReply } from './api/failure-reply.js'
import { Failure, internalError } from './failure.js'
import { openapiDocuments } from './discovery/openapi.js'
import type { RegistryKeeper } from './registry/registry.js'
import type { DocumentSource } from './api/plane.js'
import type { Registry } from './registry/types.js'
import type { ApiRequest, Reply } from './request.js'
import { StorageFailure, type Store } from './store/store.js'

export interface KernelParts {
  readonly store: Store
  readonly registry: RegistryKeeper
  readonly authorizer: Authorizer
  readonly tokens: TokenIssuer
  readonly random: Randomness
  readonly log: (line: string) => void
}

/** What a listener learns of each request that was answered. */
export interface Handled {
  readonly verb: string
  /** Group resource with subresource (`books.example.com/status`), or the path. */
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly user: string
  readonly status: number
}

/** Joins the pure core with the store: a request goes in, and its reply comes out once all it rests on is durable. */
export class Kernel {
  readonly parts: KernelParts
  readonly #listeners = new Set<(handled: Handled) => void>()
  /** Set once there is somebody who runs pods. */
  logs: Plane['logs'] = () => undefined
  #documents: { readonly generation: number; readonly source: DocumentSource } | undefined

  constructor(parts: KernelParts) {
    this.parts = parts
  }

  onHandled(listener: (handled: Handled) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get registry(): Registry {
    return this.parts.registry.current(this.parts.store)
  }

  async handle(request: ApiRequest): Promise<Reply> {
    const reply = await this.#answer(request)
    this.#tell(request, reply)
    return reply
  }

  /** For our own controllers: the same way through all rules, but nobody's statistics count it. */
  handleInside(request: ApiRequest): Promise<Reply> {
    return this.#answer(request)
  }

  async #answer(request: ApiRequest): Promise<Reply> {
    try {
      const decided = answer(request, this.#plane())
      const { store } = this.parts
      if (decided instanceof Failure) {
        await store.settled()
        return failureReply(decided)
      }
      store.commit(decided.writes)
      await store.settled()
      return decided.reply
    } catch (error) {
      if (!(error instanceof StorageFailure)) this.parts.log(`bug while answering ${request.method} ${request.path}: ${(error as Error).stack ?? String(error)}`)
      return failureReply(internalError(error instanceof StorageFailure ? error.message : 'the server met a situation that it does not know'))
    }
  }

  #plane(): Plane {
    const { store, authorizer, tokens, random } = this.parts
    const registry = this.registry
    return { view: store, registry, random, authorizer, tokens, documents: this.#documentsOf(registry), logs: this.logs }
  }

  #documentsOf(registry: Registry): DocumentSource {
    const { generation } = this.parts.registry
    if (this.#documents?.generation !== generation) this.#documents = { generation, source: openapiDocuments(registry) }
    return this.#documents.source
  }

  #tell(request: ApiRequest, reply: Reply): void {
    if (this.#listeners.size === 0) return
    const path = readResourcePath(request.path.split('/').slice(1).map(safeDecode))
    const handled: Handled = {
      verb: verbOf(request, path), resource: path ? resourceName(path) : request.path, namespace: path?.namespace ?? '', name: path?.name ?? '',
      user: request.user.name, status: reply.type === 'watch' ? 200 : reply.status,
    }
    for (const listener of this.#listeners) listener(handled)
  }
}

function resourceName(path: { readonly group: string; readonly resource: string; readonly subresource: string }): string {
  return `${path.resource}${path.group === '' ? '' : `.${path.group}`}${path.subresource === '' ? '' : `/${path.subresource}`}`
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
