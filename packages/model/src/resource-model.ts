import type { DocumentPlace } from '@oasgen/diagnostics'
import type { RestDefinition } from '@oasgen/restdefinition'
import type { ModelNames } from './naming/names.js'
import type { ConfigurationModel } from './resource/configuration.js'
import type { FieldModel } from './resource/fields.js'
import type { IdentityModel, ParentModel } from './resource/identity.js'
import type { ResourceShape } from './resource/shape.js'
import type { StatusFieldModel } from './resource/status.js'
import type { FieldUnion } from './schema/union.js'
import type { ResponseModel } from './verb/response.js'
import type { VerbModels } from './verb/verbs.js'

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
  /** Only verbs whose operations exist (or that consist of steps); the others are findings. */
  readonly verbs: VerbModels
  /** The answer that describes the object: of get, else of findby, create, update. */
  readonly object?: ResponseModel
  /** The fields of `spec`, in the document's order, parameters after body fields. What the definition excludes is gone from them, at any depth. */
  readonly spec: readonly FieldModel[]
  /** Groups of spec fields that exclude each other: unions at the root of create's body. */
  readonly unions: readonly FieldUnion[]
  /** The fields of `status`: identifiers, then additional fields, then what mappings write. */
  readonly status: readonly StatusFieldModel[]
  readonly identity: readonly IdentityModel[]
  readonly configuration?: ConfigurationModel
  readonly parents: readonly ParentModel[]
  /** Place of the body of create (else update), for the description of the whole. */
  readonly place?: DocumentPlace
}
