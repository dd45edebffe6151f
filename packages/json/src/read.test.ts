import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal, equalJson, isNumber, readJson, writeJson, type JsonArray, type JsonValue } from './index.js'

function read(text: string): JsonValue {
  const result = readJson(text)
  if (!result.ok) throw new Error(`${result.message} at ${result.offset}`)
  return result.value
}

describe('readJson: numbers', () => {
  const rows: readonly { text: string; want: JsonValue; reason: string }[] = [
    { text: '0', want: 0, reason: 'zero is a double' },
    { text: '-0', want: -0, reason: 'as the built-in parser; it is equal to 0 and written as 0' },
    { text: '9007199254740991', want: 9007199254740991, reason: 'the last safe integer' },
    { text: '9007199254740992', want: 9007199254740992n, reason: 'beyond it an integer is a bigint, even where a double happens to hold it' },
    { text: '9007199254740993', want: 9007199254740993n, reason: 'a double would make it even' },
    { text: '-9223372036854775808', want: -9223372036854775808n, reason: 'the smallest int64' },
    { text: '18446744073709551615', want: 18446744073709551615n, reason: 'the largest uint64' },
    { text: '0.1', want: 0.1, reason: 'a double prints it back as it was written' },
    { text: '1.10', want: 1.1, reason: 'the same value in fewer digits' },
    { text: '0.1234567890123456789', want: new Decimal('0.1234567890123456789'), reason: 'more digits than a double has' },
    { text: '1.0000000000000001', want: new Decimal('1.0000000000000001'), reason: 'a double would round it to 1' },
    { text: '1e400', want: new Decimal('1e400'), reason: 'a double would be infinite' },
    { text: '1e-400', want: new Decimal('1e-400'), reason: 'a double would be zero' },
    { text: '5e-324', want: 5e-324, reason: 'the smallest double survives' },
    { text: '1E3', want: 1000, reason: 'an exponent is a way of writing' },
    { text: '1e22', want: 1e22, reason: 'a double holds it' },
    { text: '123456789012345678e2', want: new Decimal('123456789012345678e2'), reason: 'long digits with an exponent' },
  ]
  it.each(rows)('$text: $reason', ({ text, want }) => {
    for (const around of [text, ` ${text}\n`, `[${text}]`, `{"a": ${text}}`, `["x",${text},"x"]`, `{"pad":"${'x'.repeat(23)}","a":${text}}`]) {
      const value = read(around)
      expect(numberIn(value), around).toStrictEqual(want)
    }
  })

  it('leaves long digits inside of strings alone', () => {
    expect(read('{"id":"12345678901234567890","hex":"9e1234567890123456","list":", 12345678901234567890"}')).toEqual({
      id: '12345678901234567890', hex: '9e1234567890123456', list: ', 12345678901234567890',
    })
  })
})

describe('readJson: hostile and malformed text', () => {
  it('keeps an own __proto__ as data and changes no prototype', () => {
    for (const text of ['{"__proto__":{"polluted":1}}', '{"__proto__":{"polluted":1},"n":12345678901234567890}']) {
      const value = read(text) as Readonly<Record<string, JsonValue>>
      expect(Object.hasOwn(value, '__proto__')).toBe(true)
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
      expect((value as { polluted?: unknown }).polluted).toBeUndefined()
    }
  })

  it('refuses nesting beyond the limit at the place where it is crossed', () => {
    expect(readJson('[[[1]]]', { maxDepth: 3 }).ok).toBe(true)
    expect(readJson('[[[1]]]', { maxDepth: 2 })).toMatchObject({ ok: false, offset: 2 })
    expect(readJson('{"a":{"b":[12345678901234567890]}}', { maxDepth: 2 })).toMatchObject({ ok: false, offset: 10 })
    expect(readJson('['.repeat(1_000_000)).ok).toBe(false)
    expect(readJson(`${'{"a":['.repeat(600)}1${']}'.repeat(600)}`)).toMatchObject({ ok: false, offset: 3000 })
    expect(readJson(`${'{"a":['.repeat(500)}1${']}'.repeat(500)}`).ok).toBe(true)
    expect(readJson(`[${'0,'.repeat(5000)}{"a":{}}]`).ok, 'long is not deep').toBe(true)
    expect(readJson('['.repeat(500_000) + ']'.repeat(500_000))).toMatchObject({ ok: false, offset: 1000 })
  })

  const rows: readonly { text: string; offset: number; reason: string }[] = [
    { text: '', offset: 0, reason: 'nothing at all' },
    { text: '{', offset: 1, reason: 'the text ends' },
    { text: '{"a":1,}', offset: 7, reason: 'trailing comma' },
    { text: '[1 2]', offset: 3, reason: 'missing comma' },
    { text: '01', offset: 0, reason: 'leading zero' },
    { text: '[1.]', offset: 1, reason: 'no digit after the point' },
    { text: '[+1]', offset: 1, reason: 'a plus is no number' },
    { text: '"a\nb"', offset: 2, reason: 'a line break inside of a string' },
    { text: '"a\\x"', offset: 2, reason: 'an escape that JSON does not know' },
    { text: '"\\u12g4"', offset: 1, reason: 'four hex digits' },
    { text: 'nul', offset: 0, reason: 'half a word' },
    { text: '{"a":1} x', offset: 8, reason: 'something behind the value' },
    { text: '{a:1}', offset: 1, reason: 'a name without quotes' },
    { text: '\ufeff{}', offset: 0, reason: 'a byte order mark' },
    { text: '<html>', offset: 0, reason: 'a page instead of JSON' },
    { text: 'NaN', offset: 0, reason: 'no number of JSON' },
    { text: '1e9999999999', offset: 0, reason: 'an exponent beyond any meaning' },
  ]
  it.each(rows)('$text at $offset: $reason', ({ text, offset }) => {
    expect(readJson(text)).toMatchObject({ ok: false, offset })
  })
})

describe('readJson: laws', () => {
  it('agrees with the built-in parser about what is JSON, and about values that it does not change', () => {
    fc.assert(fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (text, at, noise) => {
      const place = at % (text.length + 1)
      const broken = text.slice(0, place) + noise + text.slice(place)
      expect(equalJson(read(text), JSON.parse(text) as JsonValue)).toBe(true)
      expect(readJson(broken).ok).toBe(parses(broken))
    }))
  })

  it('our own parser accepts exactly what the built-in one accepts', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '\\u00', 'e5', '-', '.', '0', '12', 'true', 'null', ' ', '\n', '"a":', '\u0001', '\u2028')
    fc.assert(fc.property(fc.json(), fc.nat(), fc.array(piece, { maxLength: 3 }), (json, at, noise) => {
      const place = at % (json.length + 1)
      const text = `[12345678901234567890, ${json.slice(0, place)}${noise.join('')}${json.slice(place)}]`
      // An exponent beyond any meaning is refused by ours alone.
      fc.pre(!/e[+-]?\d{7,}/i.test(text))
      const ours = readJson(text)
      expect(ours.ok, text).toBe(parses(text))
      if (ours.ok && noise.length === 0) expect(equalJson((ours.value as JsonArray).slice(1), (JSON.parse(text) as JsonArray).slice(1)), text).toBe(true)
      if (!ours.ok) expect(ours.offset).toBeLessThanOrEqual(text.length)
    }), { numRuns: 1000 })
  })

  it('random 64-bit integers and decimals survive read, compare and write', () => {
    const integers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map(String)
    const decimals = fc.tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.nat({ max: 20 }), fc.integer({ min: -30, max: 30 }))
      .map(([whole, fraction, power]) => `${whole}.${fraction}e${power}`)
    fc.assert(fc.property(fc.array(fc.oneof(integers, decimals), { minLength: 1 }), (numbers) => {
      const text = `{"numbers":[${numbers.join(', ')}]}`
      const once = read(text)
      const again = read(writeJson(once))
      expect(equalJson(once, again)).toBe(true)
      expect(equalJson(once, read(text))).toBe(true)
      expect(writeJson(again)).toBe(writeJson(once))
    }))
  })

  it('an integer is written back digit by digit', () => {
    fc.assert(fc.property(fc.bigInt(), (integer) => {
      expect(writeJson(read(`[${integer}]`))).toBe(`[${integer}]`)
    }))
  })
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The one number in a value around it. */
function numberIn(value: JsonValue): JsonValue | undefined {
  return isNumber(value) ? value : Object.values(value as object).find((item) => typeof item !== 'string')
}
