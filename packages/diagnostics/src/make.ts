import { CATALOGUE, type FindingCode } from './catalogue/index.js'
import type { CatalogueEntry } from './catalogue/entry.js'
import type { Finding, Fix, Place, RelatedPlace, Severity } from './finding.js'

/** The names of the places in a text. Braces around anything but a word (YAML, jsonpath) are none, as `fill` sees it. */
type Places<T extends string> = T extends `${string}{${infer Inner}}${infer Rest}`
  ? Inner extends `${string}{${infer Nested}` ? Places<`{${Nested}}${Rest}`> : Word<Inner> | Places<Rest>
  : never
type Word<T extends string> = T extends '' | `${string}${NoLetter}${string}` ? never : T
type NoLetter = ' ' | '.' | ',' | ':' | ';' | '/' | '-' | '$' | '"' | '\'' | '`' | '\n' | '…' | '<' | '[' | '='
type Texts<C extends FindingCode> = (typeof CATALOGUE)[C] extends { message: infer M extends string; help: infer H extends string }
  ? Places<M> | Places<H>
  : (typeof CATALOGUE)[C] extends { message: infer M extends string }
    ? Places<M>
    : never

/** The values for the places in message and help. A name that is missing, or that the catalogue entry does not have, is a type error. */
export type FindingTexts<C extends FindingCode> = [Texts<C>] extends [never]
  ? Readonly<Record<string, never>>
  : Readonly<Record<Texts<C>, string | number>>

export interface FindingExtras {
  readonly where?: Place
  readonly related?: readonly RelatedPlace[]
  readonly fix?: Fix
  readonly help?: string
  readonly severity?: Severity
}

/** The only way to make a finding: code and texts from the catalogue, place and cure from the finder. */
export function finding<C extends FindingCode>(code: C, texts: FindingTexts<C>, extras: FindingExtras = {}): Finding {
  const entry: CatalogueEntry = CATALOGUE[code]
  const help = extras.help ?? (entry.help === undefined ? undefined : fill(entry.help, texts))
  return {
    code,
    severity: extras.severity ?? entry.severity,
    message: fill(entry.message, texts),
    ...(extras.where && { where: extras.where }),
    ...(help !== undefined && { help }),
    ...(extras.related && { related: extras.related }),
    ...(extras.fix && { fix: extras.fix }),
  }
}

function fill(template: string, texts: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => (Object.hasOwn(texts, name) ? String(texts[name]) : place))
}
