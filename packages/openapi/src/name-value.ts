import { isArray, isNumber, isObject, numberText, type JsonValue } from '@oasgen/json'

/** What a value is, for a sentence: `a list`, `the text "pets"`. */
export function nameValue(value: JsonValue | undefined): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (typeof value === 'string') return value === '' ? 'an empty text' : `the text "${shorten(value, 40)}"`
  if (typeof value === 'boolean') return String(value)
  if (isNumber(value)) return `the number ${numberText(value)}`
  if (isArray(value)) return 'a list'
  return isObject(value) ? 'an object' : 'a hidden value'
}

export function shorten(text: string, width: number): string {
  const line = text.slice(0, 4 * width).replaceAll(/\s+/g, ' ')
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`
}
