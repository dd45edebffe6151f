import type { JsonObject } from '@oasgen/json'
import type { Registry } from '../registry/types.js'
import type { User } from '../request.js'
import type { StoreView } from '../store/types.js'

/** Everything the core may look at while it answers: no clock, no randomness, no IO behind it that it could wait for. */
export interface Plane {
  readonly view: StoreView
  readonly registry: Registry
  readonly random: Randomness
  readonly authorizer: Authorizer
  readonly tokens: TokenIssuer
  readonly documents: DocumentSource
  /** What a pod printed; undefined when it does not run here. */
  readonly logs: (namespace: string, pod: string, tailLines: number | undefined) => string | undefined
}

export interface Randomness {
  uuid(): string
  /** Characters for generateName: consonants and digits, as Kubernetes picks them. */
  suffix(length: number): string
}

export interface AccessAttributes {
  readonly user: User
  readonly verb: string
  /** For resources. */
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  /** For everything else. */
  readonly path?: string
}

export interface AccessDecision {
  readonly allowed: boolean
  readonly reason: string
}

export interface Authorizer {
  decide(view: StoreView, attributes: AccessAttributes): AccessDecision
  rulesFor(view: StoreView, user: User, namespace: string): { readonly resources: readonly JsonObject[]; readonly paths: readonly JsonObject[] }
  /** Refuses rights that the user does not hold; undefined = allowed. */
  escalation(view: StoreView, user: User, role: { readonly group: string; readonly resource: string; readonly object: JsonObject }): string | undefined
}

export interface TokenIssuer {
  issue(request: { readonly namespace: string; readonly name: string; readonly uid: string; readonly audiences: readonly string[]; readonly seconds: number; readonly at: number; readonly bound?: JsonObject }): string
  /** The user behind a token, or why there is none. */
  verify(token: string, at: number, view: StoreView): User | undefined
  readonly audience: string
}

/** Documents made from the registry that are worth keeping: made once per registry. */
export interface DocumentSource {
  openapiIndex(): string
  openapi(path: string): { readonly text: string; readonly etag: string } | undefined
}
