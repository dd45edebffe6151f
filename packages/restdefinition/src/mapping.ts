import type { JsonValue } from '@oasgen/json'

/** `fieldMapping` with its one-of members resolved: what is read where, and where it goes. */
export type FieldMapping = RequestMapping | ResponseMapping

export interface RequestMapping {
  readonly direction: 'request'
  readonly to: { readonly in: 'path' | 'query' | 'header' | 'body'; readonly path: string }
  readonly from: MappingSource
  readonly alias?: readonly AliasPair[]
  readonly at: string
}

export type MappingSource =
  /** Anywhere in the resource: `spec.x`, `status.y`, `metadata.name`. */
  | { readonly type: 'resource'; readonly path: string }
  | { readonly type: 'cel'; readonly program: string }
  /** The names of Secret and key stand in the resource. */
  | { readonly type: 'secretRef'; readonly nameFromCustomResource: string; readonly keyFromCustomResource: string }

export interface ResponseMapping {
  readonly direction: 'response'
  readonly from: { readonly in: 'body' | 'header'; readonly path: string }
  /** In the resource's shape: `spec.x` or `status.y`. */
  readonly to: string
  readonly alias?: readonly AliasPair[]
  readonly jq?: JqProgram
  readonly defaultIfAbsent?: JsonValue
  readonly at: string
}

export interface AliasPair {
  readonly customResourceValue: JsonValue
  readonly apiValue: JsonValue
}

/** A jq program in place, or in a ConfigMap or behind a URL; the edge fetches those and hands them to `withPrograms`. */
export type JqProgram =
  | { readonly type: 'inline'; readonly text: string; readonly at: string }
  | { readonly type: 'ref'; readonly ref: string; readonly entrypoint?: string; readonly at: string }
