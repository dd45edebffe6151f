import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonicalJson, Decimal, equalJson, fromPlain, hashJson, objectFrom, readJson, Sealed, toPlain, writeJson, type JsonObject, type JsonValue,
} from './index.js'
import { anyValue } from './value.testing.js'

const leaf = new Sealed({ namespace: 'default', name: 'db', key: 'password' })
const exact: JsonValue = { n: 9007199254740993n, d: new Decimal('1.10'), s: 'x', e: [], o: {}, a: [1, [2]], u: null, b: true }

function reread(text: string): JsonValue | undefined {
  const result = readJson(text)
  return result.ok ? result.value : undefined
}

describe('writeJson', () => {
  it('writes exact numbers as they were read', () => {
    expect(writeJson(exact)).toBe('{"n":9007199254740993,"d":1.10,"s":"x","e":[],"o":{},"a":[1,[2]],"u":null,"b":true}')
  })

  it('indents as the built-in printer does', () => {
    const plain = { a: [1, { b: [] }, [2]], c: {}, d: 'x' }
    expect(writeJson({ ...plain, n: 1n }, { indent: 2 })).toBe(JSON.stringify({ ...plain, n: 1 }, null, 2))
    expect(writeJson(plain, { indent: 2 })).toBe(JSON.stringify(plain, null, 2))
  })

  it('prints the mask for a sealed leaf, and its value for the one who is given it', () => {
    expect(writeJson({ p: leaf })).toBe('{"p":"••••"}')
    expect(writeJson([leaf], { sealed: (sealed) => ({ at: sealed.reference.key, n: 2n ** 60n }) })).toBe('[{"at":"password","n":1152921504606846976}]')
    expect(`${String(leaf)} ${JSON.stringify({ leaf })}`).toBe('•••• {"leaf":"••••"}')
  })

  it('leaves absent members out, and refuses what is no value', () => {
    expect(writeJson({ a: undefined, n: 1n } as unknown as JsonObject)).toBe('{"n":1}')
    expect(() => writeJson([Number.NaN])).toThrow(RangeError)
  })

  it('what was written reads back as an equal value, byte by byte the same when written again', () => {
    fc.assert(fc.property(anyValue, fc.nat({ max: 3 }), (value, indent) => {
      const text = writeJson(value, { indent })
      const back = reread(text) as JsonValue
      expect(equalJson(back, value)).toBe(true)
      expect(writeJson(back, { indent })).toBe(text)
    }))
  })
})

describe('canonicalJson and hashJson', () => {
  it('sort members, drop spaces and give a number one form', () => {
    expect(canonicalJson({ b: 1, a: [new Decimal('1.0'), 1n, 1], é: 'x', Z: null })).toBe('{"Z":null,"a":[1,1,1],"b":1,"é":"x"}')
    expect(hashJson({ a: 1, b: 2 })).toBe(hashJson({ b: new Decimal('2.0'), a: 1n }))
  })

  it('tell references apart, and show nothing but them', () => {
    const other = new Sealed({ namespace: 'default', name: 'db', key: 'user' })
    expect(hashJson([leaf])).not.toBe(hashJson([other]))
    expect(hashJson([leaf])).toBe(hashJson([new Sealed({ ...leaf.reference })]))
    expect(hashJson([leaf])).not.toBe(hashJson(['••••']))
  })

  it('are equal exactly for equal values', () => {
    fc.assert(fc.property(anyValue, anyValue, (a, b) => {
      expect(canonicalJson(a) === canonicalJson(b)).toBe(equalJson(a, b))
      expect(canonicalJson(reread(canonicalJson(a)) as JsonValue)).toBe(canonicalJson(a))
    }))
  })
})

describe('equalJson', () => {
  const rows: readonly { a: JsonValue; b: JsonValue; want: boolean; reason: string }[] = [
    { a: 1, b: new Decimal('1.0'), want: true, reason: 'numbers by value' },
    { a: '1', b: 1, want: false, reason: 'a text is no number' },
    { a: 0, b: false, want: false, reason: 'nor is a boolean' },
    { a: null, b: {}, want: false, reason: 'null is not empty' },
    { a: [], b: {}, want: false, reason: 'an array is no object' },
    { a: [1, 2], b: [2, 1], want: false, reason: 'the order of elements counts' },
    { a: { a: 1, b: 2 }, b: { b: 2, a: 1 }, want: true, reason: 'that of members does not' },
    { a: { a: null }, b: {}, want: false, reason: 'null is there' },
    { a: { toString: 1 }, b: { valueOf: 1 }, want: false, reason: 'nothing inherited is found' },
    { a: leaf, b: new Sealed({ ...leaf.reference }), want: true, reason: 'sealed leaves by reference' },
    { a: leaf, b: new Sealed(leaf.reference, 'json'), want: false, reason: 'and by form' },
    { a: leaf, b: '••••', want: false, reason: 'the mask is no secret' },
    { a: new Decimal('1.5'), b: { text: '1.5' }, want: false, reason: 'a decimal is no object' },
  ]
  it.each(rows)('$reason', ({ a, b, want }) => {
    expect(equalJson(a, b)).toBe(want)
    expect(equalJson(b, a)).toBe(want)
  })

  it('counts a member that is undefined as absent', () => {
    expect(equalJson({ a: 1, b: undefined } as unknown as JsonObject, { a: 1 })).toBe(true)
    expect(equalJson({ a: 1, b: undefined } as unknown as JsonObject, { a: 1, c: 2 })).toBe(false)
  })
})

describe('fromPlain and toPlain', () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  const rows: readonly { given: unknown; want: JsonValue | undefined; reason: string }[] = [
    { given: { a: [1, 'x', null, true] }, want: { a: [1, 'x', null, true] }, reason: 'plain values' },
    { given: { a: undefined, b: 1 }, want: { b: 1 }, reason: 'absent members are dropped' },
    { given: [undefined], want: undefined, reason: 'an element cannot be absent' },
    { given: 5n, want: 5, reason: 'a small bigint is a number' },
    { given: 2n ** 63n, want: 2n ** 63n, reason: 'a large one stays' },
    { given: Number.NaN, want: undefined, reason: 'NaN is no JSON' },
    { given: { a: () => 1 }, want: undefined, reason: 'functions neither' },
    { given: new Date(0), want: undefined, reason: 'nor dates' },
    { given: new Map(), want: undefined, reason: 'nor maps' },
    { given: Symbol('x'), want: undefined, reason: 'nor symbols' },
    { given: cyclic, want: undefined, reason: 'nor what contains itself' },
    { given: Object.assign(Object.create(null) as object, { a: 1 }), want: { a: 1 }, reason: 'objects without prototype are plain' },
    { given: leaf, want: leaf, reason: 'sealed leaves pass' },
  ]
  it.each(rows)('$reason', ({ given, want }) => expect(fromPlain(given)).toEqual(want))

  it('gives libraries doubles and masks', () => {
    expect(toPlain({ d: new Decimal('1.0000000000000000001'), n: 2n ** 60n, p: leaf, a: [null] })).toEqual({ d: 1, n: 2n ** 60n, p: '••••', a: [null] })
  })

  it('neither pollutes a prototype nor loses a member called __proto__', () => {
    const own = objectFrom([['__proto__', { polluted: true }]])
    for (const copy of [fromPlain(own), toPlain(own)]) {
      expect(Object.keys(copy as object)).toEqual(['__proto__'])
      expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})
