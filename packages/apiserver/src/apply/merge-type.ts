/** How a value merges with another: what server-side apply and strategic merge patches need to know of a schema. */
export type MergeType =
  | { readonly type: 'scalar'; readonly scalar?: 'string' | 'numeric' | 'boolean' }
  /** Nothing is known below: maps merge by key, lists are replaced. */
  | { readonly type: 'untyped' }
  /** Anything, in one piece. */
  | { readonly type: 'opaque' }
  | {
    readonly type: 'map'
    readonly atomic: boolean
    /** The type of a member; undefined when the schema has none for it. */
    readonly member: (name: string) => MergeType | undefined
    /** The members that the schema names, as opposed to keys of a map. */
    readonly fields: ReadonlySet<string>
    /** Strategic merge: members that are not in the patch go. */
    readonly retainKeys?: true
  }
  | {
    readonly type: 'list'
    readonly merge: 'atomic' | 'set' | 'keyed'
    readonly keys: readonly string[]
    readonly element: MergeType
    /** Value of a key that an element leaves out. */
    readonly keyDefaults: Readonly<Record<string, string | number | boolean>>
    /** What strategic merge patches do, where it differs from the above. */
    readonly strategic?: { readonly merge: 'replace' | 'merge'; readonly key: string; readonly retainKeys: boolean }
  }

export const UNTYPED: MergeType = { type: 'untyped' }
export const OPAQUE: MergeType = { type: 'opaque' }
export const SCALAR: MergeType = { type: 'scalar' }
export const STRING: MergeType = { type: 'scalar', scalar: 'string' }
export const NUMERIC: MergeType = { type: 'scalar', scalar: 'numeric' }
export const BOOLEAN: MergeType = { type: 'scalar', scalar: 'boolean' }
