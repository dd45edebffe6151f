import type { DocumentPlace, Finding } from '@oasgen/diagnostics'
import type { JsonObject, JsonValue } from '@oasgen/json'
import type { Limits } from './limits.js'
import type { Schema, SecurityScheme } from './normal-form.js'
import { below } from './pointer.js'
import type { OpenApiVersion, SourceDocument } from './source-document.js'

/** A value in a document, with the way to it. */
export interface Located<T extends JsonValue = JsonValue> {
  readonly source: SourceDocument
  readonly pointer: string
  readonly value: T
}

/** What replaces or completes what the document says about itself, in OpenAPI's own shapes. */
export interface DocumentSettings {
  readonly servers?: readonly JsonObject[]
  readonly securitySchemes?: Readonly<Record<string, JsonObject>>
  readonly security?: readonly JsonObject[]
  /** Where they stand: `/servers/0/url` is a pointer into the settings. */
  readonly place?: (pointer: string) => DocumentPlace
}

/** What the nodes of one linked document share. Lives as long as the Document. */
export interface LinkContext {
  readonly root: SourceDocument
  readonly version: OpenApiVersion
  readonly others: ReadonlyMap<string, SourceDocument>
  readonly settings: DocumentSettings
  /** The settings as if they were a document, so that findings show them. */
  readonly settingsSource: SourceDocument
  readonly limits: Limits
  /** By address and pointer; filled before children are looked at, so cycles end here. */
  readonly schemas: Map<string, Schema>
  /** Stand for parts of definitions: references in them lead into the document. */
  readonly definitions: Set<SourceDocument>
  /** External documents that were asked for and are not there. */
  readonly wanted: Set<string>
  /** Places of `$anchor`s by document, made when the first is asked for. */
  readonly anchors: Map<SourceDocument, ReadonlyMap<string, string>>
  /** The security schemes of document and settings. */
  readonly schemes: () => ReadonlyMap<string, ReadScheme>
}

export interface ReadScheme {
  readonly scheme: SecurityScheme
  /** Told by the operations that use it. */
  readonly findings: readonly Finding[]
}

export function placeOf(located: Located, ...tokens: readonly (string | number)[]): DocumentPlace {
  return located.source.place(below(located.pointer, ...tokens))
}

export function memberOf(located: Located<JsonObject>, name: string): Located | undefined {
  const value = Object.hasOwn(located.value, name) ? located.value[name] : undefined
  return value === undefined ? undefined : { source: located.source, pointer: below(located.pointer, name), value }
}

/** Collects what a step of the reading has to say, so that each step gives its value plainly. */
export type Report = (finding: Finding) => void
