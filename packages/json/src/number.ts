import { Decimal, type JsonNumber } from './value.js'

/**
 * A number as sign, digits and the place of the point: the value is sign × 0.digits × 10^exponent, with no zero at either end
 * of `digits`. Two numbers are equal exactly when their forms are. A double stands for the decimal that it prints as.
 */
export interface NumberForm {
  readonly sign: -1 | 0 | 1
  readonly digits: string
  readonly exponent: number
}

const ZERO: NumberForm = { sign: 0, digits: '', exponent: 0 }
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

export function formOf(value: JsonNumber): NumberForm {
  return formOfText(String(value))
}

/** @throws RangeError when the text is no number: only our own code builds these texts. */
export function formOfText(text: string): NumberForm {
  const match = NUMBER.exec(text)
  if (match === null) throw new RangeError(`not a JSON number: ${text}`)
  const [, minus, whole = '', fraction = '', power = '0'] = match
  const all = whole + fraction
  const digits = all.replace(/^0+/, '')
  if (digits === '') return ZERO
  const exponent = Number(power) + whole.length - (all.length - digits.length)
  return { sign: minus === '-' ? -1 : 1, digits: withoutTrailingZeros(digits), exponent }
}

// A loop, because /0+$/ is quadratic on long runs of zeros.
function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end -= 1
  return digits.slice(0, end)
}

/** By exact value: below 0, 0 or above 0. */
export function compareNumbers(a: JsonNumber, b: JsonNumber): -1 | 0 | 1 {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0
  return compareForms(formOf(a), formOf(b))
}

function compareForms(a: NumberForm, b: NumberForm): -1 | 0 | 1 {
  if (a.sign !== b.sign) return a.sign < b.sign ? -1 : 1
  const size = a.exponent === b.exponent ? order(a.digits, b.digits) : order(a.exponent, b.exponent)
  return a.sign === -1 ? order(0, size) : size
}

function order<T extends string | number>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The one text of a number's value: ECMAScript's layout, so that doubles print as everywhere else. */
export function canonicalNumber(value: JsonNumber): string {
  if (typeof value === 'number') return finite(value) === 0 ? '0' : String(value)
  return layOut(formOf(value))
}

function layOut({ sign, digits, exponent }: NumberForm): string {
  if (sign === 0) return '0'
  const minus = sign === -1 ? '-' : ''
  if (exponent > 21 || exponent <= -6) return minus + scientific(digits, exponent - 1)
  if (digits.length <= exponent) return minus + digits.padEnd(exponent, '0')
  if (exponent > 0) return `${minus}${digits.slice(0, exponent)}.${digits.slice(exponent)}`
  return `${minus}0.${'0'.repeat(-exponent)}${digits}`
}

function scientific(digits: string, power: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
  return `${digits[0]}${fraction}e${power < 0 ? '-' : '+'}${Math.abs(power)}`
}

/** The text that a number is sent as: what was written for exact ones, the shortest for doubles. */
export function numberText(value: JsonNumber): string {
  return typeof value === 'number' ? String(finite(value) === 0 ? 0 : value) : String(value)
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no JSON value; whoever computed it should have refused it`)
  return value
}

/** Ten to the 10^9 is beyond any meaning, and its digits would not fit into memory if somebody wrote it out. */
const MAX_POWER_DIGITS = 9

/** The exact value of a JSON number's text, in the cheapest form that holds it; `undefined` when the text is no JSON number. */
export function readNumber(text: string): JsonNumber | undefined {
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return undefined
  const double = Number(text)
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(double) ? double : BigInt(text)
  if (powerDigits(text) > MAX_POWER_DIGITS) return undefined
  return holds(double, text) ? double : new Decimal(text)
}

function powerDigits(text: string): number {
  return (/[eE][+-]?0*(\d*)$/.exec(text)?.[1] ?? '').length
}

function holds(double: number, text: string): boolean {
  if (!Number.isFinite(double)) return false
  const [written, kept] = [formOfText(text), formOf(double)]
  return written.sign === kept.sign && written.exponent === kept.exponent && written.digits === kept.digits
}

/** Whether the value is a whole number, however it is written: `1`, `1.0`, `1e3`. */
export function isInteger(value: JsonNumber): boolean {
  if (typeof value === 'bigint') return true
  if (typeof value === 'number') return Number.isInteger(value)
  const { digits, exponent } = formOf(value)
  return digits.length <= exponent || digits === ''
}
