/** A Kubernetes quantity in billionths, which is as fine as Kubernetes keeps them. */
export interface Quantity {
  readonly nanos: bigint
  /** Written without fraction: only such a quantity may become an integer again (`1000m` may not). */
  readonly whole: boolean
}

const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const BINARY: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n }
const LIMIT = (2n ** 63n - 1n) * 10n ** 9n

/** Longer texts are refused unread: no quantity needs more digits. */
const MAX_LENGTH = 1000

const BAD_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const BAD_SUFFIX = "unable to parse quantity's suffix"

/** The quantity, or Kubernetes' complaint. */
export function parseQuantity(text: string): Quantity | string {
  if (text.length > MAX_LENGTH) return BAD_FORMAT
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([A-Za-z]*)([+-]?[0-9]*)$/.exec(text)
  if (match === null || text === '') return BAD_FORMAT
  const [, sign, whole = '', fraction = '', suffix = '', exponent = ''] = match
  if (whole === '' && fraction === '') return BAD_FORMAT
  const scale = scaleOf(suffix, exponent)
  if (scale === undefined) return BAD_SUFFIX
  const digits = BigInt(`${whole}${fraction}`)
  const shifted = shiftUp(digits * 2n ** scale.binary, 9 + scale.decimal - fraction.length)
  const nanos = shifted > LIMIT ? LIMIT : shifted
  return { nanos: sign === '-' ? -nanos : nanos, whole: scale.decimal - fraction.length >= 0 }
}

interface Scale {
  readonly decimal: number
  readonly binary: bigint
}

function scaleOf(suffix: string, exponent: string): Scale | undefined {
  if ((suffix === 'e' || suffix === 'E') && exponent !== '') {
    return /^[+-]?[0-9]{1,3}$/.test(exponent) ? { decimal: Number(exponent), binary: 0n } : undefined
  }
  if (exponent !== '') return undefined
  if (Object.hasOwn(BINARY, suffix)) return { decimal: 0, binary: BINARY[suffix] ?? 0n }
  return Object.hasOwn(DECIMAL, suffix) ? { decimal: DECIMAL[suffix] ?? 0, binary: 0n } : undefined
}

/** Times a power of ten; what is finer than a billionth is rounded up. */
function shiftUp(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power)
  const divisor = 10n ** BigInt(-power)
  return (value + divisor - 1n) / divisor
}

export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0
}

export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, whole: a.whole && b.whole }
}

export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos - b.nanos, whole: a.whole && b.whole }
}

export function quantityFromInteger(value: bigint): Quantity {
  return { nanos: value * 10n ** 9n, whole: true }
}

/** Undefined for fractions and for what no int64 can hold. */
export function quantityToInteger(quantity: Quantity): bigint | undefined {
  const value = quantity.nanos / 10n ** 9n
  return quantity.whole && value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined
}

export function quantityToDouble(quantity: Quantity): number {
  return Number(quantity.nanos) / 1e9
}

/** Plain decimal digits. */
export function printQuantity(quantity: Quantity): string {
  const digits = (quantity.nanos < 0n ? -quantity.nanos : quantity.nanos).toString().padStart(10, '0')
  const fraction = digits.slice(-9).replace(/0+$/, '')
  return `${quantity.nanos < 0n ? '-' : ''}${digits.slice(0, -9)}${fraction === '' ? '' : `.${fraction}`}`
}
