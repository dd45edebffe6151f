export { hasErrors } from './finding.js'
export type {
  Checked, DocumentPlace, ExchangePlace, Finding, Fix, FixOperation, OverlayAction, Place, Position, RelatedPlace, ResourcePlace, Severity,
} from './finding.js'
export { CATALOGUE, entryOf } from './catalogue/index.js'
export type { FindingCode } from './catalogue/index.js'
export type { Catalogue, CatalogueEntry } from './catalogue/entry.js'
export { finding } from './make.js'
export type { FindingExtras, FindingTexts } from './make.js'
