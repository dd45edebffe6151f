import type { DocumentPlace } from '@oasgen/diagnostics'
import type { Operation, Schema } from '@oasgen/openapi'
import type { RestDefinition, VerbDescription } from '@oasgen/restdefinition'
import type { Action } from '@oasgen/wire'

/**
 * Document and RestDefinition seen as one thing: the only input of `crd` and `planner`, both total functions of it,
 * so that a CRD and a Plan cannot disagree about a field.
 */
export interface ResourceModel {
  /** Read and defaulted. */
  readonly definition: RestDefinition
  /** URI and digest of the document, for provenance. */
  readonly document: { readonly uri: string; readonly digest: string }
  readonly names: ModelNames
  readonly shape: ResourceShape
  /** Only verbs whose operation exists (or that consist of steps); the others are findings. */
  readonly verbs: Readonly<Partial<Record<Action, VerbModel>>>
  /** The fields of `spec`, in the document's order, parameters after body fields. */
  readonly spec: readonly FieldModel[]
  /** The fields of `status`: identifiers, then additional fields, then what mappings write. */
  readonly status: readonly StatusFieldModel[]
  readonly identity: readonly IdentityModel[]
  readonly configuration?: ConfigurationModel
  readonly parents: readonly ParentModel[]
}

export interface ModelNames {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly listKind: string
  readonly singular: string
  readonly plural: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
}

/** What kind of thing it is on the other side. */
export type ResourceShape =
  | 'collection'
  /** No id: PUT or PATCH is create. */
  | 'singleton'
  /** Attached and detached by a second URL. */
  | 'membership'
  /** PUT to a name that the user chooses. */
  | 'nameKeyed'
  /** POST to the item's own URL. */
  | 'postToItem'

export interface VerbModel {
  readonly action: Action
  readonly description: VerbDescription
  readonly operation?: Operation
  readonly steps?: readonly StepModel[]
  /** Parameters of path item and operation, less static ones and those that `transport` fills (authorization). */
  readonly parameters: readonly ParameterModel[]
  readonly body?: BodyModel
  /** The success response that describes the object, where there is one. */
  readonly response?: ResponseModel
  /** Poll operation of `async`, proof operation of `absenceProof`. */
  readonly poll?: Operation
  readonly proof?: Operation
}

export interface StepModel {
  readonly name: string
  readonly description: VerbDescription
  readonly operation: Operation
  readonly parameters: readonly ParameterModel[]
  readonly body?: BodyModel
  readonly response?: ResponseModel
}

export interface ParameterModel {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required: boolean
  readonly style: 'simple' | 'label' | 'matrix' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject'
  readonly explode: boolean
  readonly allowReserved: boolean
  readonly content?: string
  readonly schema?: Schema
  /** Where its value lives in the resource by default: `spec.owner`, or nowhere (configuration only). */
  readonly field?: string
  readonly place: DocumentPlace
}

export interface BodyModel {
  readonly contentType: string
  readonly encoding: 'json' | 'form' | 'multipart' | 'text' | 'bytes'
  readonly required: boolean
  readonly schema: Schema
  /** A list at the top: the resource holds it as `spec.items`. */
  readonly list: boolean
  readonly place: DocumentPlace
}

export interface ResponseModel {
  readonly code: string
  readonly schema: Schema
  /** The object inside the envelope; equal to `schema` where there is none. */
  readonly object: Schema
  /** Field path of the object in the body, `$` = the body itself. */
  readonly itemPath: string
  /** findby: field path of the list in the body, `$` = the body itself. */
  readonly itemsPath?: string
  readonly place: DocumentPlace
}

/** One top-level field of `spec`; deeper levels are in `schema`. */
export interface FieldModel {
  readonly name: string
  readonly origin: FieldOrigin
  readonly schema: Schema
  /** Schema of the same field in update's body, where it differs. */
  readonly updateSchema?: Schema
  readonly required: boolean
  /** Verbs whose request can carry it. */
  readonly sentBy: readonly Action[]
  /** The object that get (else findby) answers has it. */
  readonly returned: boolean
  readonly place: DocumentPlace
}
export type FieldOrigin =
  | { readonly type: 'body' }
  | { readonly type: 'parameter'; readonly in: 'path' | 'query' | 'header' | 'cookie'; readonly name: string }
  /** Declared by a mapping source or `fields[].schema` of the definition. */
  | { readonly type: 'definition' }

export interface StatusFieldModel {
  /** Field path below `status`. */
  readonly path: string
  /** Undefined: no response has it (string fallback, as the reference). */
  readonly schema: Schema | undefined
  readonly from: 'identifier' | 'additional' | 'mapping'
}

/** One path parameter that tells which object is meant. */
export interface IdentityModel {
  readonly parameter: string
  /** `status.id` (server-assigned) or `spec.name`. */
  readonly path: string
  readonly assigned: 'server' | 'spec'
  readonly schema: Schema | undefined
  /** Body path in create's answer, or its Location header; undefined = by findby only. */
  readonly obtained: readonly ('body' | 'location' | 'findby')[]
}

export interface ConfigurationModel {
  readonly required: boolean
  /** Security schemes that the used operations name, by the block in `spec.authentication`. */
  readonly schemes: readonly SchemeModel[]
  readonly parameters: readonly ConfigurationParameter[]
}
export interface SchemeModel {
  readonly name: string
  readonly block: string
  readonly scheme: import('@oasgen/openapi').SecurityScheme
}
export interface ConfigurationParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly action: Action
  readonly parameter: ParameterModel
}

/** A path parameter that names another resource: proposed as reference, never imposed. */
export interface ParentModel {
  readonly parameter: string
  readonly field: string
  /** `/zones/{zone_id}`: the collection that it most likely belongs to. */
  readonly collection?: string
}
