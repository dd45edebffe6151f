import { compareNumbers } from './number.js'
import { isArray, isNumber, isObject, Sealed, type JsonArray, type JsonObject, type JsonValue } from './value.js'

/** Equal as values: numbers by exact value whatever their form, `"1"` is not `1`, members in any order, Sealed by reference. */
export function equalJson(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true
  if (typeof a === 'string' || typeof b === 'string') return false
  if (isNumber(a)) return isNumber(b) && compareNumbers(a, b) === 0
  if (a instanceof Sealed) return b instanceof Sealed && sameReference(a, b)
  if (isArray(a)) return isArray(b) && equalArrays(a, b)
  return isObject(a) && isObject(b) && equalObjects(a, b)
}

function equalArrays(a: JsonArray, b: JsonArray): boolean {
  return a.length === b.length && a.every((item, at) => equalJson(item, b[at] as JsonValue))
}

function equalObjects(a: JsonObject, b: JsonObject): boolean {
  const names = presentNames(a)
  return names.length === presentNames(b).length && names.every((name) => equalMember(a[name] as JsonValue, b, name))
}

function equalMember(value: JsonValue, b: JsonObject, name: string): boolean {
  const other = Object.hasOwn(b, name) ? b[name] : undefined
  return other !== undefined && equalJson(value, other)
}

// A member that is undefined (the types allow it where a value is looked up) counts as absent, as it does in print.
function presentNames(value: JsonObject): string[] {
  return Object.keys(value).filter((name) => value[name] !== undefined)
}

function sameReference(a: Sealed, b: Sealed): boolean {
  return a.form === b.form && a.reference.namespace === b.reference.namespace && a.reference.name === b.reference.name &&
    a.reference.key === b.reference.key
}
