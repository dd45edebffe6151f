import { writeJson, type JsonValue } from '@oasgen/json'
import type { FieldDifference } from './decision.js'

/** The reference's words for the outcome of a comparison, which people have in their log filters. */
export function comparisonText(differences: readonly FieldDifference[]): string {
  const [first] = differences
  if (first === undefined) return 'ComparisonResult: IsEqual=true'
  return `ComparisonResult: IsEqual=false, Reason=values differ, FirstValue=${plain(first.desired)}, SecondValue=${plain(first.observed)}`
}

function plain(value: JsonValue | undefined): string {
  return value === undefined ? 'nil' : typeof value === 'string' ? value : writeJson(value)
}
