import { isObject, member, type JsonObject, type JsonValue } from '@oasgen/json'
import { plain } from '../object.js'

/** The value of a dotted path as field selectors compare it: absent is the empty text. */
export function textAt(object: JsonObject, path: string): string {
  let value: JsonValue | undefined = object
  for (const part of path.replace(/^\./, '').split('.')) value = isObject(value) ? member(value, part) : undefined
  return plain(value)
}
