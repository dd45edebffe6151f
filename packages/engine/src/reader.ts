import { compilePath, parsePath, type FieldPath } from '@oasgen/fieldpath'
import type { JsonValue } from '@oasgen/json'

export type Reader = (value: JsonValue | undefined) => JsonValue | undefined

/** A path of the Plan, parsed. @throws when the Plan holds a bad one: `readPlan` lets none through. */
export function pathOf(text: string): FieldPath {
  const parsed = parsePath(text)
  if (!parsed.ok) throw new Error(`the Plan holds the path ${text}, which ${parsed.message}; readPlan should have refused it`)
  return parsed.path
}

/** A reader for a path of the Plan; `$` is the whole. */
export function readerOf(text: string): Reader {
  return text === '$' ? (value) => value : compilePath(pathOf(text))
}
