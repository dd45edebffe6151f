import { equalJson, readJson } from '@oasgen/json'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readExactJson } from './exact-json.js'

/** Makes a text large enough for the quick way. */
const PADDING = `"padding": ${JSON.stringify(' '.repeat(100_000))}`
const large = (text: string): string => `{${PADDING}, "value": ${text}}`

const digits = (least: number, most: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most })
const longNumber = fc.tuple(fc.constantFrom('', '-'), fc.integer({ min: 1, max: 9 }), digits(0, 25), fc.option(digits(1, 25)), fc.option(fc.tuple(fc.constantFrom('', '+', '-'), digits(1, 3))))
  .map(([sign, first, rest, fraction, exponent]) => `${sign}${first}${rest}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent.join('')}`}`)
const words = fc.constantFrom('x', ' : 12345678901234567', '"', '1, 12345678901234567, 2', '\\u0000', '[12345678901234567]', '1e500, ', '\u0000')
const scalar = fc.oneof(longNumber, words.map((word) => JSON.stringify(word)), fc.constantFrom('0', 'true', 'null', '1.5'))
const space = fc.constantFrom('', ' ', '\n  ')
const { value: text } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.tuple(fc.array(tie('value'), { maxLength: 4 }), space).map(([items, gap]) => `[${gap}${items.join(`${gap},${gap}`)}${gap}]`),
    fc.tuple(fc.array(tie('value'), { maxLength: 4 }), space).map(([items, gap]) => `{${items.map((item, index) => `"k${index}"${gap}:${gap}${item}`).join(`${gap},${gap}`)}}`),
  ),
}))

describe('readExactJson', () => {
  it('gives what the exact parser gives', () => {
    fc.assert(fc.property(text, (given) => {
      const [quick, exact] = [readExactJson(large(given), 500), readJson(large(given))]
      expect(quick.ok).toBe(exact.ok)
      if (quick.ok && exact.ok) expect(equalJson(quick.value, exact.value), given).toBe(true)
    }), { numRuns: 100 })
  })

  it.each([
    { reason: 'a mark that stands in the document', given: '["\\u000012345678901234567", 12345678901234567]' },
    { reason: 'a number at the end of a line', given: '{"a": 12345678901234567\n}' },
    { reason: 'a number beyond doubles', given: '[1e999, -1e-999]' },
    { reason: 'broken behind a long number', given: '[12345678901234567 1]' },
    { reason: 'too deep', given: `${'['.repeat(600)}12345678901234567${']'.repeat(600)}` },
  ])('agrees about $reason', ({ given }) => {
    expect(readExactJson(large(given), 500)).toEqual(readJson(large(given), { maxDepth: 500 }))
  })
})
