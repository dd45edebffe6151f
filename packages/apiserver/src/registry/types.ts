import type { Tried } from '../request.js'
import type { FieldFault } from '../failure.js'
import type { JsonObject, JsonValue } from '@oasgen/json'
import type { ObjectSchema } from '../schema/types.js'

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

/** A kind that is served: everything the verbs need to know about it, so that they need to know no kind. */
export interface ResourceType {
  readonly group: string
  /** Plural, as in URLs. */
  readonly resource: string
  readonly singular: string
  readonly kind: string
  readonly listKind: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly scope: 'Namespaced' | 'Cluster'
  readonly verbs: readonly Verb[]
  /** Served versions, preferred first. */
  readonly versions: readonly ResourceVersion[]
  readonly storage: string
  /** How stored objects are read, where that depends on the storage version. */
  readonly storedSchema?: ObjectSchema
  readonly rules: TypeRules
  /** Where objects are kept; two groups may share one store (events). */
  readonly store: string
  readonly origin: 'builtin' | 'custom'
}

export interface ResourceVersion {
  readonly name: string
  readonly kind: string
  readonly schema: ObjectSchema
  readonly subresources: ReadonlyMap<string, Subresource>
  readonly columns: readonly Column[]
  readonly selectableFields: readonly string[]
  readonly deprecation?: string
  /** Where versions differ in more than their name. */
  readonly toStorage?: (object: JsonObject) => JsonObject
  readonly fromStorage?: (object: JsonObject) => JsonObject
}

export type Subresource =
  | { readonly type: 'status' }
  | { readonly type: 'scale'; readonly specReplicas: string; readonly statusReplicas: string; readonly labelSelector?: string }
  | { readonly type: 'finalize' }
  | { readonly type: 'approval' }
  | { readonly type: 'log' }
  /** Kinds with answers of their own: `token`, `eviction`, `binding`. */
  | { readonly type: 'action'; readonly group: string; readonly version: string; readonly kind: string; readonly verbs: readonly Verb[] }

export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format: string
  readonly description: string
  readonly priority: number
  /** `now` for ages. */
  readonly cell: (object: JsonObject, now: number) => JsonValue
}

/** What sets a kind apart beyond its schema. All are pure. */
export interface TypeRules {
  /** Which change of an object raises `metadata.generation`; kinds without a generation say `never`. */
  readonly generation: 'spec' | 'specAndAnnotations' | 'allButStatusAndMetadata' | 'never'
  /** How names are checked. */
  readonly name: 'subdomain' | 'label' | 'pathSegment' | 'service'
  /** Finalizers need no domain. */
  readonly plainFinalizers?: true
  /** PUT without a resourceVersion replaces whatever is there. */
  readonly unconditionalUpdate: boolean
  /** PUT of a name that does not exist makes it. */
  readonly createOnUpdate?: true
  /** Status given at creation is stored although there is a status subresource. */
  readonly keepsStatusOnCreate?: true
  readonly updateName?: 'subdomain' | 'label' | 'pathSegment' | 'service'
  readonly prepareCreate?: (object: JsonObject, now: number) => JsonObject
  readonly prepareUpdate?: (object: JsonObject, old: JsonObject, now: number) => JsonObject
  readonly validate?: (object: JsonObject, old: JsonObject | undefined) => readonly FieldFault[]
  /** Advice that goes out with an accepted object. */
  readonly advise?: (object: JsonObject, old: JsonObject | undefined) => readonly string[]
  /** Extra checks that refuse with another code than 422. */
  readonly refuse?: (object: JsonObject, old: JsonObject | undefined) => Tried<undefined>
  /** Fields that a field selector may name beside metadata.name and metadata.namespace. */
  readonly fields?: Readonly<Record<string, (object: JsonObject) => string>>
  /** A DELETE answers with the object instead of a Status although nothing holds it. */
  readonly deleteReturnsObject?: true
  /** Pods: deletion takes grace. */
  readonly graceful?: true
  /** Sets what the API server sets when nothing was said. */
  readonly defaults?: (object: JsonObject) => JsonObject
}

export interface Registry {
  readonly types: readonly ResourceType[]
  find(group: string, version: string, resource: string): { readonly type: ResourceType; readonly version: ResourceVersion } | undefined
  /** By group resource, whatever the version. */
  byName(groupResource: string): ResourceType | undefined
  byKind(group: string, kind: string): ResourceType | undefined
}
