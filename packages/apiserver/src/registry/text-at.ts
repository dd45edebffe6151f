import type { JsonObject } from '@oasgen/json'

/** The value of a dotted path as field selectors compare it: absent is the empty text. */
export function textAt(object: JsonObject, path: string): string {
  let value: unknown = object
  for (const part of path.replace(/^\./, '').split('.')) {
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as Record<string, unknown>)[part] : undefined
  }
  return value === undefined || value === null ? '' : String(value)
}
