import { Decimal, type JsonValue } from '@oasgen/json'
import { describe, expect, it } from 'vitest'
import { readDocument } from './index.js'
import { resolveLimits } from './limits.js'
import { finishYaml } from './yaml-finish.js'
import { loadYaml } from './yaml-reader.js'

function read(text: string): JsonValue {
  const loaded = loadYaml(text, 100)
  if (!loaded.ok) throw new Error(loaded.problem.reason)
  const finished = finishYaml(loaded.values[0] ?? null, true, resolveLimits())
  if (!finished.ok) throw new Error(finished.problem)
  return finished.value
}

describe('YAML', () => {
  it.each<{ reason: string; given: string; want: JsonValue }>([
    { reason: 'integers beyond doubles stay', given: '12345678901234567890', want: 12345678901234567890n },
    { reason: 'decimals beyond doubles stay', given: '0.1234567890123456789', want: new Decimal('0.1234567890123456789') },
    { reason: 'a number too large for a double', given: '1e400', want: new Decimal('1e400') },
    { reason: 'leading zeros are decimal in 1.2', given: '017', want: 17 },
    { reason: 'octal of 1.2', given: '0o17', want: 15 },
    { reason: 'hexadecimal', given: '0xff', want: 255 },
    { reason: 'hexadecimal beyond doubles', given: '0xffffffffffffffff', want: 18446744073709551615n },
    { reason: 'a plus', given: '+5', want: 5 },
    { reason: 'no digit before the point', given: '.5', want: 0.5 },
    { reason: 'no digit behind the point', given: '1.', want: 1 },
    { reason: 'infinity is no JSON', given: '.inf', want: '.inf' },
    { reason: 'a version with two points is a text', given: '1.2.3', want: '1.2.3' },
    { reason: 'a date is a text', given: '2024-01-01', want: '2024-01-01' },
    { reason: 'yes and no are texts in 1.2', given: '[yes, no, on, off]', want: ['yes', 'no', 'on', 'off'] },
    { reason: 'truth', given: '[true, False, TRUE]', want: [true, false, true] },
    { reason: 'nothing', given: '[null, ~, Null, ]', want: [null, null, null] },
    { reason: 'a tag that makes a text', given: '!!str 12', want: '12' },
    { reason: 'foreign tags change nothing', given: '!Ref {a: !Sub x, b: !!binary aGk=}', want: { a: 'x', b: 'aGk=' } },
    { reason: 'no code comes from a tag', given: '!!js/function "function () { return 1 }"', want: 'function () { return 1 }' },
    { reason: 'keys are as written', given: '{200: a, 1.10: b, 017: c, 0.1234567890123456789: d, true: e, ~: f}', want: { 200: 'a', '1.10': 'b', '017': 'c', '0.1234567890123456789': 'd', true: 'e', null: 'f' } },
    { reason: 'lines of a quoted text may begin anywhere', given: 'a:\n  b: "one\ntwo\n    three"\n  c: \'x\ny\'\n', want: { a: { b: 'one two three', c: 'x y' } } },
    { reason: 'Windows line ends', given: 'a: 1\r\nb: |\r\n  x\r\n  y\r\n', want: { a: 1, b: 'x\ny\n' } },
    { reason: 'tabs between and behind values', given: 'a:\t1\t\nb: [1,\t2]\n', want: { a: 1, b: [1, 2] } },
    { reason: 'merge keys, the own member wins', given: 'x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n', want: { x: { a: 1, b: 2 }, y: { a: 1, b: 3 } } },
    { reason: 'the first of several wins', given: 'x: &x {a: 1}\nz: &z {a: 2, b: 2}\ny:\n  <<: [*x, *z]\n', want: { x: { a: 1 }, z: { a: 2, b: 2 }, y: { a: 1, b: 2 } } },
    { reason: 'merges of merges', given: 'x: &x {a: 1}\ny: &y {<<: *x, b: 1.50}\nz: {<<: *y}\n', want: { x: { a: 1 }, y: { a: 1, b: 1.5 }, z: { a: 1, b: 1.5 } } },
    { reason: 'a property that is called <<', given: 'a: {<<: 1}', want: { a: { '<<': 1 } } },
    { reason: 'names of the language are names', given: '{constructor: 1, hasOwnProperty: 2}', want: { constructor: 1, hasOwnProperty: 2 } },
  ])('$reason', ({ given, want }) => {
    expect(read(given)).toEqual(want)
  })

  it('keeps __proto__ as a member', () => {
    const value = read('{__proto__: {polluted: true}}') as object
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect(({} as Readonly<Record<string, unknown>>)['polluted']).toBeUndefined()
  })

  it('reads UTF-16 with its mark, and UTF-8 with one', () => {
    const text = 'openapi: 3.0.3\npaths: {}\n'
    expect(readDocument(Buffer.from(`\uFEFF${text}`, 'utf16le'), { uri: 'x' }).value?.versionText).toBe('3.0.3')
    expect(readDocument(Buffer.from(`\uFEFF${text}`), { uri: 'x' }).value?.versionText).toBe('3.0.3')
  })

  it('reads on over characters that YAML forbids', () => {
    const read = readDocument(`openapi: 3.0.3\npaths: {}\nx-a: "a\u0000b\u0007c"\n${'# x\n'.repeat(500)}`, { uri: 'x' })
    expect(read).toMatchObject({ value: { root: { 'x-a': 'a b c' } }, findings: [{ code: 'OAS0017', where: { position: { line: 3, column: 8 } } }] })
  })

  it('finds an alias of an alias too many, and a cycle, without following them', () => {
    const bomb = `a: &a [1,1,1,1,1,1,1,1,1,1]\n${'bcdefghij'.split('').map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[index]}`).join(',')}]`).join('\n')}\n`
    expect(() => read(bomb)).toThrow('expansion')
    expect(() => read('a: &a {b: [*a]}')).toThrow('cycle')
  })
})
