import { canonicalNumber, equalJson, isArray, isNumber, isObject, member, readJson, readNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import { readInstant } from './time.js'

/**
 * The same value although an API echoes it in another type or spelling: `"7"` and 7, `"true"` and true, two texts of one
 * instant, two texts of one JSON document. Two texts that merely look like numbers ("1.10", "1.1") stay different.
 */
export function sameScalar(a: JsonValue, b: JsonValue): boolean {
  if (a === b || equalJson(a, b)) return true
  if (typeof a === 'string' && typeof b === 'string') return sameTexts(a, b)
  if (typeof a === 'string') return readsAs(a, b)
  return typeof b === 'string' && readsAs(b, a)
}

function readsAs(text: string, value: JsonValue): boolean {
  if (typeof value === 'boolean') return text.toLowerCase() === String(value)
  if (!isNumber(value)) return false
  const number = readNumber(text)
  return number !== undefined && canonicalNumber(number) === canonicalNumber(value)
}

function sameTexts(a: string, b: string): boolean {
  return sameInstant(a, b) || sameDocument(a, b)
}

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d/

function sameInstant(a: string, b: string): boolean {
  if (!DATE_TIME.test(a) || !DATE_TIME.test(b)) return false
  const instant = readInstant(a)
  return instant !== undefined && instant === readInstant(b) && subMillisecond(a) === subMillisecond(b)
}

// Beyond the millisecond an instant is not kept: the digits decide, less trailing zeros.
function subMillisecond(text: string): string {
  return (/\.\d{3}(\d+)/.exec(text)?.[1] ?? '').replace(/0+$/, '')
}

/** Policy documents and the like: JSON in a string, which APIs print again in their own layout. */
function sameDocument(a: string, b: string): boolean {
  if (!/^\s*[{[]/.test(a) || !/^\s*[{[]/.test(b)) return false
  const [first, second] = [readJson(a), readJson(b)]
  return first.ok && second.ok && equalJson(first.value, second.value)
}

/** As identifiers are compared: deeply, member order and empty members aside, list order relevant. */
export function sameIdentifier(a: JsonValue, b: JsonValue): boolean {
  if (isObject(a) && isObject(b)) return sameMembers(a, b) && sameMembers(b, a)
  if (isArray(a) && isArray(b)) return a.length === b.length && a.every((item, at) => sameIdentifier(item, b[at] ?? null))
  return sameScalar(a, b)
}

function sameMembers(a: JsonObject, b: JsonObject): boolean {
  return Object.entries(a).every(([name, value]) => {
    const other = member(b, name)
    return isEmpty(value) ? isEmpty(other) : other !== undefined && sameIdentifier(value, other)
  })
}

function isEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true
  if (isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}
