/** One thing that a user should know, with the place and the way out. Expected failures are findings, never exceptions. */
export interface Finding {
  /** Stable code of the catalogue, such as `MDL0213`. Never reused. */
  readonly code: string
  readonly severity: Severity
  /** One sentence: what was found, what was expected. No timestamps, no secrets. */
  readonly message: string
  /** The main place. Absent only when there is none (a flag, the environment). */
  readonly where?: Place
  /** What to do next, with the text to type where there is one. */
  readonly help?: string
  /** Other places that matter, each with a word of why; one at the main place gives the words behind its caret. */
  readonly related?: readonly RelatedPlace[]
  /** A change that cures it, where one is known. */
  readonly fix?: Fix
}

export type Severity = 'error' | 'warning' | 'notice'

/** A point in a text: both count from 1. `endColumn` is exclusive. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly endColumn?: number
}

export type Place = DocumentPlace | ResourcePlace | ExchangePlace

/** A place in a document, a manifest or a file. */
export interface DocumentPlace {
  readonly kind: 'document'
  readonly uri: string
  /** JSON pointer, `''` for the whole. */
  readonly pointer: string
  readonly position?: Position
  /** The line of text, for the excerpt. Bounded by whoever makes the finding. */
  readonly excerpt?: string
  /** Column at which `excerpt` begins, when it is a part of a long line (minified JSON); default 1. */
  readonly excerptStart?: number
}

/** A field of a Kubernetes object. */
export interface ResourcePlace {
  readonly kind: 'resource'
  /** Such as `RestDefinition default/repo`. */
  readonly resource: string
  /** In the language of `fieldpath`; `''` for the whole. */
  readonly path: string
}

/** An HTTP exchange, named by method and URL without query values. */
export interface ExchangePlace {
  readonly kind: 'exchange'
  readonly method: string
  readonly url: string
  readonly status?: number
  readonly path?: string
}

export interface RelatedPlace {
  readonly where: Place
  readonly message: string
}

/** A machine-applicable cure: a merge patch of the RestDefinition, or an overlay action for the document. */
export type Fix =
  | { readonly kind: 'definition'; readonly patch: readonly FixOperation[]; readonly title: string }
  | { readonly kind: 'overlay'; readonly actions: readonly OverlayAction[]; readonly title: string }

export interface FixOperation {
  readonly op: 'add' | 'replace' | 'remove'
  /** JSON pointer into the definition. */
  readonly path: string
  readonly value?: unknown
}

export interface OverlayAction {
  readonly target: string
  readonly update?: unknown
  readonly remove?: true
}

/** What reading and compiling give: a value where one can be made, and all findings; a value beside errors is partial. */
export interface Checked<T> {
  readonly value: T | undefined
  readonly findings: readonly Finding[]
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error')
}
