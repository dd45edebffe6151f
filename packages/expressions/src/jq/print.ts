import { Decimal, MASK, Sealed, isArray, writeJson, type JsonNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import { compareText } from '../text/order.js'

/** How much of a value an error shows. */
const SHOWN = 30

/** JSON with members in order of their names, so that a text does not depend on who wrote the object. */
export function printValue(value: JsonValue): string {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal) return printNumber(value)
  if (value instanceof Sealed) return JSON.stringify(MASK)
  if (isArray(value)) return `[${value.map(printValue).join(',')}]`
  if (typeof value === 'object' && value !== null) return printObject(value as JsonObject)
  return writeJson(value)
}

function printObject(value: JsonObject): string {
  return `{${sortedKeys(value).map((key) => `${writeJson(key)}:${printValue(value[key] ?? null)}`).join(',')}}`
}

/** JSON has no NaN and no infinities: null, and the largest double. */
export function printNumber(value: JsonNumber): string {
  if (typeof value !== 'number') return String(value)
  if (Number.isNaN(value)) return 'null'
  return String(finiteNumber(value))
}

export function finiteNumber(value: number): number {
  if (Number.isFinite(value)) return value === 0 ? 0 : value
  return value > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE
}

export function sortedKeys(value: JsonObject): readonly string[] {
  return Object.keys(value).sort(compareText)
}

export function printShort(value: JsonValue): string {
  const text = printValue(value)
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}...` : text
}
