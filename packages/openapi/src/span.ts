/** Where a member or an element stands in the text: offsets in UTF-16 units, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
  /** Of a member: its name, with quotes. */
  readonly key?: { readonly start: number; readonly end: number }
  readonly scalar: boolean
}

/** Finds places by JSON Pointer. Built on first use; answers `undefined` for places that the text does not have. */
export interface Spans {
  spanOf(pointer: string): Span | undefined
  /** Members that stand twice in one object, at most `count`. */
  duplicates(count: number): readonly Duplicate[]
}

export interface Duplicate {
  readonly pointer: string
  readonly name: string
  readonly first: { readonly start: number; readonly end: number }
  readonly second: { readonly start: number; readonly end: number }
}
