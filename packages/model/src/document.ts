import type { Checked } from '@oasgen/diagnostics'
import type { JsonObject } from '@oasgen/json'
import type { Operation, Schema, SecurityScheme, SourceDocument } from '@oasgen/openapi'

/** What the model asks of a linked document. */
export interface ModelDocument {
  readonly source: Pick<SourceDocument, 'uri' | 'digest' | 'place'>
  operation(path: string, method: string): Checked<Operation>
  /** Paths with the methods that they have, for findings and for parents. */
  readonly paths: ReadonlyMap<string, readonly string[]>
  readonly securitySchemes: ReadonlyMap<string, SecurityScheme>
  /** The schema that a Schema Object or reference of a definition means in this document. */
  schema(json: JsonObject, place: { readonly uri: string; readonly pointer: string }): Schema
}
