import type { DocumentPlace, Finding, Position } from '@oasgen/diagnostics'
import type { JsonObject } from '@oasgen/json'

export type OpenApiVersion = '2.0' | '3.0' | '3.1'

/** A document as it was published: its bytes are read, nothing in it is interpreted yet. */
export interface SourceDocument {
  readonly uri: string
  /** `fragment`: a file that others refer into; it is read by the rules of the document that does. */
  readonly role: 'document' | 'fragment'
  readonly version: OpenApiVersion
  /** As written: `3.0.3`. */
  readonly versionText: string
  readonly format: 'json' | 'yaml'
  /** Numbers are exact. */
  readonly root: JsonObject
  /** `sha256:…` of the bytes; overlays count. Computed when it is first read, unless it was handed in. */
  readonly digest: string
  /** Found when asked for; the first question about a large document costs about as much as reading it. */
  positionOf(pointer: string): Position | undefined
  /** Line, column and excerpt are found when they are read. */
  place(pointer: string): DocumentPlace
  /** Members that stand twice in one object. For JSON that is a question of its own, as costly as reading the document. */
  duplicateKeys(): readonly Finding[]
}
