import { isNumber, type JsonNumber, type JsonValue } from '@oasgen/json'
import { describe, fail } from '../run.js'
import type { ValueFunction } from './table.js'

function numberIn(value: JsonValue): number {
  if (!isNumber(value)) throw fail(`${describe(value)} number required`)
  return Number(value)
}

function unary(apply: (x: number) => JsonValue): ValueFunction {
  return (_, value) => apply(numberIn(value))
}

/** Whole numbers are what rounding gives already, however long they are. */
function rounding(apply: (x: number) => number): ValueFunction {
  return (_, value) => (typeof value === 'bigint' ? value as JsonNumber : apply(numberIn(value)))
}

function binary(apply: (x: number, y: number) => number): ValueFunction {
  return (_, __, [x = null, y = null]) => apply(numberIn(x), numberIn(y))
}

/** Halves go away from zero. */
function round(x: number): number {
  return x < 0 ? -Math.round(-x) : Math.round(x)
}

/** Halves go to the even neighbour. */
function roundEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  if (rest !== 0.5) return Math.round(x)
  return floor % 2 === 0 ? floor : floor + 1
}

/** x as a fraction of at least 0.5 and less than 1, times two to the power of the second. */
function fractionAndPower(x: number): readonly [number, number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0]
  let power = Math.floor(Math.log2(Math.abs(x))) + 1
  let fraction = x / 2 ** power
  if (Math.abs(fraction) >= 1) {
    fraction /= 2
    power += 1
  }
  if (Math.abs(fraction) < 0.5) {
    fraction *= 2
    power -= 1
  }
  return [fraction, power]
}

function remainderToNearest(x: number, y: number): number {
  return x - y * roundEven(x / y)
}

function nextToward(x: number, y: number): number {
  if (x === y || Number.isNaN(x) || Number.isNaN(y)) return x === y ? y : Number.NaN
  const view = new DataView(new ArrayBuffer(8))
  if (x === 0) return y > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE
  view.setFloat64(0, x)
  view.setBigInt64(0, view.getBigInt64(0) + (x > 0 === y > x ? 1n : -1n))
  return view.getFloat64(0)
}

function isNormal(x: number): boolean {
  return Number.isFinite(x) && Math.abs(x) >= 2.2250738585072014e-308
}

const scale = binary((x, power) => x * 2 ** power)

export const MATH_FUNCTIONS: Readonly<Record<string, ValueFunction>> = {
  'floor/0': rounding(Math.floor), 'ceil/0': rounding(Math.ceil), 'trunc/0': rounding(Math.trunc), 'round/0': rounding(round),
  'nearbyint/0': rounding(roundEven), 'rint/0': rounding(roundEven), 'fabs/0': unary(Math.abs), 'sqrt/0': unary(Math.sqrt), 'cbrt/0': unary(Math.cbrt),
  'exp/0': unary(Math.exp), 'exp2/0': unary((x) => 2 ** x), 'exp10/0': unary((x) => 10 ** x), 'expm1/0': unary(Math.expm1),
  'log/0': unary(Math.log), 'log2/0': unary(Math.log2), 'log10/0': unary(Math.log10), 'log1p/0': unary(Math.log1p),
  'sin/0': unary(Math.sin), 'cos/0': unary(Math.cos), 'tan/0': unary(Math.tan), 'asin/0': unary(Math.asin), 'acos/0': unary(Math.acos),
  'atan/0': unary(Math.atan), 'sinh/0': unary(Math.sinh), 'cosh/0': unary(Math.cosh), 'tanh/0': unary(Math.tanh), 'asinh/0': unary(Math.asinh),
  'acosh/0': unary(Math.acosh), 'atanh/0': unary(Math.atanh),
  'significand/0': unary((x) => (x === 0 || !Number.isFinite(x) ? x : fractionAndPower(x)[0] * 2)),
  'logb/0': unary((x) => (x === 0 ? Number.NEGATIVE_INFINITY : Number.isFinite(x) ? fractionAndPower(x)[1] - 1 : Math.abs(x))),
  'frexp/0': unary((x) => [...fractionAndPower(x)]),
  'modf/0': unary((x) => (Number.isFinite(x) ? [x - Math.trunc(x), Math.trunc(x)] : [0, x])),
  'pow/2': binary((x, y) => x ** y), 'atan2/2': binary(Math.atan2), 'fmod/2': binary((x, y) => x % y), 'hypot/2': binary(Math.hypot),
  'fmin/2': binary((x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.min(x, y))),
  'fmax/2': binary((x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y))),
  'fdim/2': binary((x, y) => Math.max(0, x - y)), 'copysign/2': binary((x, y) => Math.abs(x) * (y < 0 || Object.is(y, -0) ? -1 : 1)),
  'drem/2': binary(remainderToNearest), 'ldexp/2': scale, 'scalb/2': scale, 'scalbln/2': scale,
  'nextafter/2': binary(nextToward), 'nexttoward/2': binary(nextToward),
  'fma/3': (_, __, [x = null, y = null, z = null]) => numberIn(x) * numberIn(y) + numberIn(z),
  'infinite/0': () => Number.POSITIVE_INFINITY, 'nan/0': () => Number.NaN,
  'isinfinite/0': unary((x) => Math.abs(x) === Number.POSITIVE_INFINITY), 'isnan/0': unary(Number.isNaN), 'isnormal/0': unary(isNormal),
}
