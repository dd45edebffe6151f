import { MAX_DEPTH, nestsDeeper } from './depth.js'
import { parseExactly } from './parse.js'
import { needsExactParser } from './scan.js'
import type { JsonValue } from './value.js'

export interface ReadOptions {
  /** How deep arrays and objects may nest; default 1,000, so that every recursion over a value that was read is safe; `Infinity` = unbounded. */
  readonly maxDepth?: number
}

export type ReadResult =
  | { readonly ok: true; readonly value: JsonValue }
  /** `offset` counts UTF-16 units from 0 and points at what was found. */
  | { readonly ok: false; readonly message: string; readonly offset: number }

/**
 * Reads JSON text with exact numbers. Never throws. The built-in parser does the work unless the text holds a number that
 * a double might change, or is malformed: then ours, which also knows the offset.
 */
export function readJson(text: string, options: ReadOptions = {}): ReadResult {
  const maxDepth = options.maxDepth ?? MAX_DEPTH
  if (needsExactParser(text)) return parseExactly(text, maxDepth)
  const value = parseQuickly(text)
  if (value === undefined || isTooDeep(value, text, maxDepth)) return parseExactly(text, maxDepth)
  return { ok: true, value }
}

/** Each level takes two brackets, so short texts need no look. */
function isTooDeep(value: JsonValue, text: string, maxDepth: number): boolean {
  return text.length > 2 * maxDepth && nestsDeeper(value, maxDepth)
}

function parseQuickly(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}
