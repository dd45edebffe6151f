import type { Severity } from '../finding.js'

/** What the catalogue knows of one code. Texts may hold `{name}` places that the finder fills. */
export interface CatalogueEntry {
  readonly severity: Severity
  /** CamelCase reason for conditions and events. */
  readonly reason: string
  /** One sentence: what was found, what was expected. */
  readonly message: string
  /** What to do next; the short form that is printed under the finding. */
  readonly help?: string
  /** The page of `oasgen explain`: why it is so, how it comes about, ways out, an example. Markdown. */
  readonly explain: string
}

export type Catalogue = Readonly<Record<string, CatalogueEntry>>
