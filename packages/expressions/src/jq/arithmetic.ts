import { isObject, putMember, type JsonArray, type JsonNumber, type JsonObject, type JsonValue, type Members } from '@oasgen/json'
import type { BinaryOperator } from './ast.js'
import { compareJq, equalJq } from './order.js'
import { charge, describe, fail, typeOf, type JqError, type Run, type TypeName } from './run.js'

/** Longest text that a program may build; memory must not depend on a clever program. */
const MAX_TEXT = 16 * 1024 * 1024

export function applyBinary(run: Run, operator: BinaryOperator, [left, right]: readonly [JsonValue, JsonValue]): JsonValue {
  switch (operator) {
    case '+':
      return add(run, left, right)
    case '-':
      return subtract(run, left, right)
    case '*':
      return multiply(run, left, right)
    case '/':
      return divide(run, left, right)
    case '%':
      return remainder(left, right)
    case '==':
      return equalJq(run, left, right)
    case '!=':
      return !equalJq(run, left, right)
    case '<':
      return compareJq(run, left, right) < 0
    case '<=':
      return compareJq(run, left, right) <= 0
    case '>':
      return compareJq(run, left, right) > 0
    case '>=':
      return compareJq(run, left, right) >= 0
  }
}

function cannot(left: JsonValue, right: JsonValue, what: string): JqError {
  return fail(`${describe(left)} and ${describe(right)} cannot be ${what}`)
}

/** null is the zero of every type, so a secret and null give the secret unread. */
export function add(run: Run, left: JsonValue, right: JsonValue): JsonValue {
  if (left === null) return right
  if (right === null) return left
  if (typeof left === 'number' && typeof right === 'number') return addNumbers(left, right)
  if (typeof left === 'string' && typeof right === 'string') return joinTexts(run, left, right)
  const type = commonType(left, right)
  if (type === 'number') return addNumbers(left as JsonNumber, right as JsonNumber)
  if (type === 'array') return concatenate(run, left as JsonArray, right as JsonArray)
  if (type === 'object') return mergeObjects(run, left as JsonObject, right as JsonObject)
  throw cannot(left, right, 'added')
}

function commonType(left: JsonValue, right: JsonValue): TypeName | undefined {
  const type = typeOf(left)
  return type === typeOf(right) ? type : undefined
}

function joinTexts(run: Run, left: string, right: string): string {
  chargeText(run, left.length + right.length)
  return left + right
}

export function chargeText(run: Run, length: number): void {
  if (length > MAX_TEXT) throw fail(`a text longer than ${MAX_TEXT} characters cannot be built`)
  charge(run, length / 64)
}

function concatenate(run: Run, left: JsonArray, right: JsonArray): JsonArray {
  charge(run, (left.length + right.length) / 16)
  return [...left, ...right]
}

function mergeObjects(run: Run, left: JsonObject, right: JsonObject): JsonObject {
  const merged: Members = { ...left }
  const keys = Object.keys(right)
  charge(run, (Object.keys(left).length + keys.length) / 8)
  for (const key of keys) putMember(merged, key, right[key] ?? null)
  return merged
}

/** Whole numbers stay exact: in doubles where they fit, in bigints beyond. */
function isWhole(value: JsonNumber): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 2 ** 64)
}

function exact(value: bigint): JsonNumber {
  if (value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value)
  const double = Number(value)
  return Number.isFinite(double) ? value : double
}

interface Calculation {
  readonly doubles: (a: number, b: number) => number
  readonly bigints: (a: bigint, b: bigint) => bigint
}

function calculate(a: JsonNumber, b: JsonNumber, { doubles, bigints }: Calculation): JsonNumber {
  const result = doubles(Number(a), Number(b))
  if (Number.isSafeInteger(result) && typeof a === 'number' && typeof b === 'number') return result
  return isWhole(a) && isWhole(b) ? exact(bigints(BigInt(a), BigInt(b))) : result
}

const SUM: Calculation = { doubles: (a, b) => a + b, bigints: (a, b) => a + b }
const DIFFERENCE: Calculation = { doubles: (a, b) => a - b, bigints: (a, b) => a - b }
const PRODUCT: Calculation = { doubles: (a, b) => a * b, bigints: (a, b) => a * b }

function addNumbers(a: JsonNumber, b: JsonNumber): JsonNumber {
  return calculate(a, b, SUM)
}

export function subtract(run: Run, left: JsonValue, right: JsonValue): JsonValue {
  const type = commonType(left, right)
  if (type === 'number') return calculate(left as JsonNumber, right as JsonNumber, DIFFERENCE)
  if (type !== 'array') throw cannot(left, right, 'subtracted')
  const others = right as JsonArray
  return (left as JsonArray).filter((item) => !others.some((other) => isSame(run, item, other)))
}

function isSame(run: Run, a: JsonValue, b: JsonValue): boolean {
  charge(run, 1)
  return equalJq(run, a, b)
}

export function negate(value: JsonValue): JsonValue {
  if (typeOf(value) !== 'number') throw fail(`${describe(value)} cannot be negated`)
  return calculate(0, value as JsonNumber, DIFFERENCE)
}

function multiply(run: Run, left: JsonValue, right: JsonValue): JsonValue {
  const types = [typeOf(left), typeOf(right)]
  if (types[0] === 'number' && types[1] === 'number') return calculate(left as JsonNumber, right as JsonNumber, PRODUCT)
  if (types[0] === 'object' && types[1] === 'object') return mergeDeeply(run, left as JsonObject, right as JsonObject)
  if (types[0] === 'string' && types[1] === 'number') return repeat(run, left as string, Number(right))
  if (types[0] === 'number' && types[1] === 'string') return repeat(run, right as string, Number(left))
  throw cannot(left, right, 'multiplied')
}

/** As jq 1.8 has it: less than no times is null, zero times is the empty text. */
function repeat(run: Run, text: string, times: number): JsonValue {
  if (!(times >= 0)) return null
  const whole = Math.floor(times)
  chargeText(run, text.length * whole)
  return text.repeat(whole)
}

function mergeDeeply(run: Run, left: JsonObject, right: JsonObject): JsonObject {
  charge(run, (Object.keys(left).length + Object.keys(right).length) / 8)
  const merged: Members = { ...left }
  for (const [key, value] of Object.entries(right)) {
    const present = Object.hasOwn(left, key) ? left[key] : undefined
    putMember(merged, key, isObject(present) && isObject(value) ? mergeDeeply(run, present, value) : value)
  }
  return merged
}

function divide(run: Run, left: JsonValue, right: JsonValue): JsonValue {
  const type = commonType(left, right)
  if (type === 'number') return quotient(left as JsonNumber, right as JsonNumber)
  if (type === 'string') return splitText(run, left as string, right as string)
  throw cannot(left, right, 'divided')
}

function quotient(a: JsonNumber, b: JsonNumber): JsonNumber {
  if (Number(b) === 0) throw cannot(a, b, 'divided because the divisor is zero')
  if ((typeof a === 'bigint' || typeof b === 'bigint') && isWhole(a) && isWhole(b) && BigInt(a) % BigInt(b) === 0n) return exact(BigInt(a) / BigInt(b))
  return Number(a) / Number(b)
}

export function splitText(run: Run, text: string, separator: string): JsonArray {
  charge(run, text.length / 16)
  if (text === '') return []
  return separator === '' ? [...text] : text.split(separator)
}

/** Both sides are cut to whole numbers of 64 bits; the sign is that of the left. */
function remainder(left: JsonValue, right: JsonValue): JsonValue {
  if (commonType(left, right) !== 'number') throw cannot(left, right, 'divided')
  const [a, b] = [Number(left), Number(right)]
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN
  const divisor = wholePart(right as JsonNumber)
  if (divisor === 0n) throw cannot(left, right, 'divided because the divisor is zero')
  return exact(wholePart(left as JsonNumber) % divisor)
}

function wholePart(value: JsonNumber): bigint {
  if (typeof value === 'bigint') return value
  const double = Math.trunc(Number(value))
  if (Math.abs(double) < 2 ** 63) return BigInt(double)
  return double > 0 ? 2n ** 63n - 1n : -(2n ** 63n)
}

