import { canonicalJson, equalJson, type JsonValue } from '@oasgen/json'

/**
 * What a new CRD means for objects that exist. `additive`: they stay valid and keep their data. `narrowing`: some may be refused at
 * their next write. `breaking`: data is lost, or the kind is another one.
 */
export type ChangeClass = 'additive' | 'narrowing' | 'breaking'

export interface CrdChange {
  readonly class: ChangeClass
  /** `spec.tags[]` of the object; of the CRD itself `names.kind` and the like. */
  readonly path: string
  /** What changed, in a few words. */
  readonly change: string
}

/** A text as it is, anything else as JSON. */
export function shownValue(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? 'nothing' : canonicalJson(value)
}

export function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalJson(a, b)
}
