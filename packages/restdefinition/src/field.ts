import type { JsonObject } from '@oasgen/json'

/** What the document cannot say about one field. */
export interface FieldSettings {
  /** `spec.tags`, `spec.credentials[].value`. */
  readonly path: string
  /** An OpenAPI Schema Object, or a reference into the document, for a field that the document lacks. */
  readonly schema?: JsonObject
  readonly compare?: 'exact' | 'set' | 'keyed' | 'contains' | 'ignore'
  readonly keys: readonly string[]
  readonly normalize: readonly FieldNormalizer[]
  readonly writeOnly: boolean
  /** Status path whose change means that somebody else wrote the write-only value. */
  readonly witness?: string
  readonly secret: boolean
  readonly immutable?: 'deny' | 'replace' | 'never'
  readonly reference?: FieldReference
  readonly whenRemoved?: 'null' | 'empty' | 'omit'
  readonly ownershipMark: boolean
  readonly relax: boolean
  readonly at: string
}

export type FieldNormalizer = 'lowerCase' | 'trim' | 'dateTime' | 'float32' | { readonly cel: string }

export interface FieldReference {
  readonly kind: string
  /** Absent: the group of this definition. */
  readonly group?: string
  readonly version?: string
  readonly plural?: string
  /** `externalName` or a status path of the other resource. */
  readonly resolves: string
  /** The parent proven absent means that the child is absent. */
  readonly parent: boolean
}
