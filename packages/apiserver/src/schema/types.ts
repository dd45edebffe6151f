import type { FieldFault } from '../failure.js'
import type { MergeType } from '../apply/merge-type.js'
import type { JsonObject } from '@oasgen/json'

/** The shape of a kind in one version: one interface for tables of built-in kinds and for schemas of CRDs. */
export interface ObjectSchema {
  /** What was sent, as the kind can hold it: unknown fields gone, defaults set, fixed forms. Faults are type errors of decoding. */
  admit(object: JsonObject, nulls?: 'drop' | 'keep'): Admitted
  /** What Go's zero value of the kind looks like: the state before anybody has set anything. */
  empty(head: JsonObject): JsonObject
  /** What storage makes of an object. */
  store(object: JsonObject): JsonObject
  /** What was stored, as it is served: defaults added since, fields gone since. */
  present(object: JsonObject): JsonObject
  /** Faults of the content. `old` for rules that compare and for what was invalid before. */
  validate(object: JsonObject, old: JsonObject | undefined, options: { readonly status: boolean }): readonly FieldFault[]
  /** How lists and maps merge. */
  readonly merge: MergeType
  /** OpenAPI 3.0, with references to `#/components/schemas/<name>`; components that it needs. */
  openapi(): { readonly schema: JsonObject; readonly components: Readonly<Record<string, JsonObject>> }
  /** `strategic-merge-patch+json` is served. */
  readonly strategic: boolean
}

export interface Admitted {
  readonly object: JsonObject
  /** Texts such as `unknown field "spec.foo"`. */
  readonly unknown: readonly string[]
  /** A wrong type that makes decoding fail: 400. */
  readonly problem?: string
}
