import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalNumber, compareNumbers, Decimal, isInteger, numberText, readNumber, type JsonNumber } from './index.js'

const decimal = (text: string): Decimal => new Decimal(text)

/** Any number in any of its forms. */
const number: fc.Arbitrary<JsonNumber> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.bigInt(),
  fc.tuple(fc.bigInt(), fc.nat(), fc.integer({ min: -400, max: 400 })).map(([whole, fraction, power]) => decimal(`${whole}.${fraction}e${power}`)),
)

describe('compareNumbers', () => {
  const rows: readonly { a: JsonNumber; b: JsonNumber; want: -1 | 0 | 1; reason: string }[] = [
    { a: 1, b: 1n, want: 0, reason: 'forms do not matter' },
    { a: 1, b: decimal('1.0'), want: 0, reason: 'nor trailing zeros' },
    { a: 100, b: decimal('1e2'), want: 0, reason: 'nor the exponent' },
    { a: 0, b: -0, want: 0, reason: 'zero has no sign' },
    { a: decimal('-0.000'), b: 0n, want: 0, reason: 'however it is written' },
    { a: 9007199254740993n, b: 9007199254740992, want: 1, reason: 'one more than a double can tell' },
    { a: -9007199254740993n, b: -9007199254740992, want: -1, reason: 'the same below zero' },
    { a: decimal('0.10000000000000000001'), b: 0.1, want: 1, reason: 'a double stands for the decimal that it prints as' },
    { a: 1e23, b: 100000000000000000000000n, want: 0, reason: 'so 1e23 is 10 to the 23' },
    { a: decimal('1e400'), b: Number.MAX_VALUE, want: 1, reason: 'beyond doubles' },
    { a: decimal('1e-400'), b: 0, want: 1, reason: 'below doubles, and still not zero' },
    { a: decimal('-1e-400'), b: 0, want: -1, reason: 'the same below zero' },
    { a: decimal('12.5'), b: decimal('12.45'), want: 1, reason: 'digit by digit' },
    { a: decimal('9.99'), b: 10, want: -1, reason: 'by size before digits' },
  ]
  it.each(rows)('$a and $b: $reason', ({ a, b, want }) => {
    expect(compareNumbers(a, b)).toBe(want)
    expect(compareNumbers(b, a)).toBe(want === 0 ? 0 : -want)
  })

  it('is an order over all forms', () => {
    fc.assert(fc.property(number, number, number, (a, b, c) => {
      expect(compareNumbers(a, a)).toBe(0)
      expect(compareNumbers(a, b) + compareNumbers(b, a)).toBe(0)
      if (compareNumbers(a, b) <= 0 && compareNumbers(b, c) <= 0) expect(compareNumbers(a, c)).toBeLessThanOrEqual(0)
    }))
  })
})

describe('canonicalNumber', () => {
  const rows: readonly { value: JsonNumber; want: string; reason: string }[] = [
    { value: -0, want: '0', reason: 'one zero' },
    { value: decimal('0.00'), want: '0', reason: 'however it is written' },
    { value: decimal('1.50'), want: '1.5', reason: 'no trailing zeros' },
    { value: decimal('15e-1'), want: '1.5', reason: 'no exponent where none is needed' },
    { value: 12345678901234567890n, want: '12345678901234567890', reason: 'integers in full' },
    { value: 10n ** 21n, want: '1e+21', reason: 'as doubles print them from 10^21 on' },
    { value: 10n ** 20n, want: '100000000000000000000', reason: 'and below' },
    { value: decimal('0.0000001'), want: '1e-7', reason: 'small ones alike' },
    { value: decimal('0.000001'), want: '0.000001', reason: 'and less small ones' },
    { value: decimal('-123456789012345678901234.5'), want: '-1.234567890123456789012345e+23', reason: 'long ones with their digits' },
  ]
  it.each(rows)('$value: $reason', ({ value, want }) => expect(canonicalNumber(value)).toBe(want))

  it('is the same exactly for equal numbers, and reads back as an equal one', () => {
    fc.assert(fc.property(number, number, (a, b) => {
      expect(canonicalNumber(a) === canonicalNumber(b)).toBe(compareNumbers(a, b) === 0)
      const back = readNumber(canonicalNumber(a))
      expect(back !== undefined && compareNumbers(back, a)).toBe(0)
    }))
  })

  it('prints doubles as the language does', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(canonicalNumber(value)).toBe(JSON.stringify(value))
      if (value !== 0) expect(canonicalNumber(decimal(String(value)))).toBe(JSON.stringify(value))
    }))
  })
})

describe('numberText and readNumber', () => {
  it('keep the text of exact numbers', () => {
    expect(numberText(decimal('1.50000000000000000000'))).toBe('1.50000000000000000000')
    expect(numberText(-0)).toBe('0')
    expect(() => numberText(Number.NaN)).toThrow(RangeError)
    expect(() => canonicalNumber(Infinity)).toThrow(RangeError)
  })

  it.each(['', '-', '+1', '01', '.5', '1.', '1e', '0x1', '1_000', ' 1', 'NaN', '1e99999999999'])('%s is no number', (text) => {
    expect(readNumber(text)).toBeUndefined()
  })

  it('takes time linear in the text, whatever its zeros', () => {
    expect(readNumber(`0.${'0'.repeat(200_000)}1${'0'.repeat(200_000)}`)).toBeInstanceOf(Decimal)
  })
})

describe('isInteger', () => {
  const rows: readonly { value: JsonNumber; want: boolean }[] = [
    { value: 1, want: true }, { value: 1.5, want: false }, { value: 1n, want: true }, { value: decimal('1.000000000000000000'), want: true },
    { value: decimal('1e400'), want: true }, { value: decimal('1.5e1'), want: true }, { value: decimal('1.55e1'), want: false },
    { value: decimal('0.0'), want: true },
  ]
  it.each(rows)('$value: $want', ({ value, want }) => expect(isInteger(value)).toBe(want))
})
