import { MAX_DEPTH } from './depth.js'
import { putMember, type Members } from './object.js'
import { Decimal, isArray, isObject, MASK, Sealed, type JsonValue } from './value.js'

/**
 * Takes over a value that other code built (a YAML reader, a library). `undefined` when anything in it is no JSON: functions,
 * NaN, dates, class instances, cycles or nesting deeper than 1,000. Members that are `undefined` are dropped.
 */
export function fromPlain(value: unknown): JsonValue | undefined {
  return convert(value, MAX_DEPTH)
}

function convert(value: unknown, levels: number): JsonValue | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'object' ? convertObject(value, levels) : undefined
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
}

function convertObject(value: object, levels: number): JsonValue | undefined {
  if (value instanceof Decimal || value instanceof Sealed) return value
  if (levels === 0) return undefined
  if (Array.isArray(value)) return convertArray(value, levels - 1)
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype ? convertMembers(value, levels - 1) : undefined
}

function convertArray(items: readonly unknown[], levels: number): JsonValue | undefined {
  const converted: JsonValue[] = []
  for (const item of items) {
    const next = convert(item, levels)
    if (next === undefined) return undefined
    converted.push(next)
  }
  return converted
}

function convertMembers(value: object, levels: number): JsonValue | undefined {
  const members: Members = {}
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue
    const next = convert(item, levels)
    if (next === undefined) return undefined
    putMember(members, name, next)
  }
  return members
}

/** For libraries that know plain values only: Decimal becomes the nearest double, Sealed the mask, bigint stays. */
export function toPlain(value: JsonValue): unknown {
  if (value instanceof Decimal) return Number(value.text)
  if (value instanceof Sealed) return MASK
  if (isArray(value)) return value.map(toPlain)
  if (!isObject(value)) return value
  const members: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) putMember(members as Members, name, toPlain(item) as JsonValue)
  return members
}
