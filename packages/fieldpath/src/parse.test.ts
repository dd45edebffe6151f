import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePath, printPath, type FieldPath, type Segment } from './index.js'

const shared = process.env['OASGEN_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const cases = `${shared}/peer-cases/path-parsing.json`

function parsed(text: string): FieldPath {
  const result = parsePath(text)
  if (!result.ok) throw new Error(`${text}: ${result.message} in column ${result.column}`)
  return result.path
}

function keys(...names: string[]): FieldPath {
  return names.map((key) => ({ key }))
}

describe('parsePath: what the reference accepts', () => {
  const rows: readonly { text: string; want: FieldPath; reason: string }[] = [
    { text: 'pullRequestId', want: keys('pullRequestId'), reason: 'one name' },
    { text: 'a.b.c', want: keys('a', 'b', 'c'), reason: 'dots separate' },
    { text: '[\'a...b\']', want: keys('a...b'), reason: 'dots inside of a bracket are part of the name' },
    { text: '["a.b"]', want: keys('a.b'), reason: 'double quotes do as well' },
    { text: 'a.[\'b.c\'].d', want: keys('a', 'b.c', 'd'), reason: 'a dot before a bracket is allowed' },
    { text: 'a[\'b.c\'].d', want: keys('a', 'b.c', 'd'), reason: 'and not needed' },
    { text: '..a.b', want: keys('..a', 'b'), reason: 'leading dots stick to the first name' },
    { text: 'trailing.[\'dot.\']', want: keys('trailing', 'dot.'), reason: 'a trailing dot may be escaped' },
    { text: 'user.name_1-2/3', want: keys('user', 'name_1-2/3'), reason: 'other characters need no bracket' },
    { text: 'a.0', want: keys('a', '0'), reason: 'digits between dots are a name' },
    { text: 'it\'s', want: keys('it\'s'), reason: 'a quote outside of brackets is a letter' },
    { text: '[\'__proto__\']', want: keys('__proto__'), reason: 'a name like any other' },
  ]
  it.each(rows)('$text: $reason', ({ text, want }) => expect(parsed(text)).toEqual(want))

  it('warns that a leading dot belongs to the name', () => {
    expect(parsePath('.a.b')).toMatchObject({ ok: true, warning: { column: 1, message: expect.stringContaining('not `a`') as string } })
    expect(parsePath('[\'.a\'].b')).toMatchObject({ ok: true })
  })
})

describe('parsePath: elements of arrays', () => {
  const rows: readonly { text: string; want: FieldPath; reason: string }[] = [
    { text: 'a[0]', want: [{ key: 'a' }, { index: 0 }], reason: 'an index' },
    { text: 'a.[12].b', want: [{ key: 'a' }, { index: 12 }, { key: 'b' }], reason: 'dots around it' },
    { text: '[0][1]', want: [{ index: 0 }, { index: 1 }], reason: 'arrays of arrays' },
    { text: 'a[0][\'b.c\']', want: [{ key: 'a' }, { index: 0 }, { key: 'b.c' }], reason: 'a quoted name behind an index' },
    { text: 'a[?name=x].b', want: [{ key: 'a' }, { select: { key: 'name', value: 'x' } }, { key: 'b' }], reason: 'a selection' },
    { text: 'a[?name=x y.z]', want: [{ key: 'a' }, { select: { key: 'name', value: 'x y.z' } }], reason: 'spaces and dots in its value' },
    { text: 'a[?name=\'x]y\']', want: [{ key: 'a' }, { select: { key: 'name', value: 'x]y' } }], reason: 'a quoted value' },
    { text: 'a[?\'k=1\'="it""s"]', want: [{ key: 'a' }, { select: { key: 'k=1', value: 'it"s' } }], reason: 'a quoted key, a doubled quote' },
    { text: 'a[?url=http://x/?a=b]', want: [{ key: 'a' }, { select: { key: 'url', value: 'http://x/?a=b' } }], reason: 'more equal signs' },
    { text: 'a[?k=\'\']', want: [{ key: 'a' }, { select: { key: 'k', value: '' } }], reason: 'the empty text' },
  ]
  it.each(rows)('$text: $reason', ({ text, want }) => expect(parsed(text)).toEqual(want))
})

describe('parsePath: what is refused, and where', () => {
  const rows: readonly { text: string; column: number; message: string; reason: string }[] = [
    { text: '', column: 1, message: 'empty', reason: 'the reference reads a field called ""; nobody means that' },
    { text: 'a.b.', column: 4, message: 'trailing dot', reason: 'nothing behind the dot' },
    { text: '...', column: 3, message: 'trailing dot', reason: 'only dots' },
    { text: '[\'a\'].', column: 6, message: 'trailing dot', reason: 'behind a bracket as well' },
    { text: 'a..b', column: 3, message: 'consecutive dots', reason: 'no name between' },
    { text: '.[\'a\']', column: 1, message: 'dot before bracket', reason: 'a leading dot needs a name to stick to' },
    { text: 'a.[\'b\'][\'c\']', column: 8, message: 'adjacent brackets', reason: 'two quoted brackets need a dot' },
    { text: '[\'a.b.c', column: 1, message: 'unclosed', reason: 'no quote, no bracket' },
    { text: 'x[\'a\'', column: 2, message: 'unclosed', reason: 'no bracket' },
    { text: 'x[?a=b', column: 2, message: 'unclosed', reason: 'an open selection' },
    { text: 'x[?a', column: 2, message: 'unclosed', reason: 'half a selection' },
    { text: 'a.[b].c', column: 4, message: 'bracket must contain a quoted string', reason: 'a name without quotes' },
    { text: '[\'\']', column: 2, message: 'empty bracket content', reason: 'no name' },
    { text: 'a[]', column: 3, message: 'empty bracket content', reason: 'nothing at all' },
    { text: 'a. b', column: 3, message: 'spaces', reason: 'a space outside of brackets' },
    { text: ' a', column: 1, message: 'spaces', reason: 'at the start' },
    { text: '[ \'field\' ]', column: 2, message: 'spaces', reason: 'around the quotes' },
    { text: '[\'field\' ]', column: 9, message: 'spaces', reason: 'behind them' },
    { text: 'a]', column: 2, message: 'without its opening', reason: 'a stray bracket' },
    { text: '[\'a\']b', column: 6, message: 'behind a bracket', reason: 'a name needs a dot' },
    { text: 'a[01]', column: 3, message: 'leading zeros', reason: 'one way to write an index' },
    { text: 'a[10000]', column: 3, message: 'at most 9999', reason: 'the cap of indexes' },
    { text: 'a[-1]', column: 3, message: 'bracket must contain', reason: 'no counting from the end' },
    { text: 'a[?=x]', column: 4, message: 'name of a member', reason: 'a selection without a key' },
    { text: 'a[?k]', column: 5, message: 'expected `=`', reason: 'a selection without a value' },
    { text: 'a[?k==x]', column: 6, message: 'one `=`', reason: 'habit from other languages' },
    { text: 'a[?k=]', column: 6, message: 'expected a value', reason: 'an empty value' },
    { text: 'a' + '.a'.repeat(100), column: 200, message: 'at most 100 segments', reason: 'recursion over a path is bounded' },
    { text: 'a'.repeat(5000), column: 4097, message: 'at most 4096 characters', reason: 'and its length' },
  ]
  it.each(rows)('$text: $reason', ({ text, column, message }) => {
    expect(parsePath(text)).toEqual({ ok: false, column, message: expect.stringContaining(message) as string })
  })
})

interface PeerCase {
  readonly name: string
  readonly input: { readonly path: string }
  readonly expected: { readonly segments?: readonly string[]; readonly error?: boolean; readonly errorContains?: string }
  readonly better?: { readonly error?: boolean }
}

describe.skipIf(!existsSync(cases))('the reference\'s own cases (not run: folder absent)', () => {
  const table = existsSync(cases)
    ? (JSON.parse(readFileSync(cases, 'utf8')) as { groups: { cases: PeerCase[] }[] }).groups.flatMap((group) => group.cases)
    : []
  it.each(table)('$name', ({ input, expected, better }) => {
    const result = parsePath(input.path)
    if (better?.error ?? expected.error) {
      expect(result.ok).toBe(false)
      if (!result.ok && expected.errorContains !== undefined) expect(result.message).toContain(expected.errorContains)
    } else {
      expect(result).toMatchObject({ ok: true, path: (expected.segments ?? []).map((key) => ({ key })) })
    }
  })
})

const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '[', ']', '\'', '"', ' ', '=', '?', '0', '\\', '\n', 'é', '😀') })
const segment: fc.Arbitrary<Segment> = fc.oneof(
  text.filter((key) => key !== '').map((key) => ({ key })),
  fc.constantFrom('__proto__', 'constructor', 'prototype').map((key) => ({ key })),
  fc.nat({ max: 9999 }).map((index) => ({ index })),
  fc.record({ key: text, value: text }).map((select) => ({ select })),
)

describe('laws', () => {
  it('a printed path reads back as the same segments', () => {
    fc.assert(fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (path) => {
      expect(parsed(printPath(path))).toEqual(path)
    }), { numRuns: 2000 })
  })

  it('any text is a path or a problem inside of the text; a path prints to a text with the same meaning', () => {
    fc.assert(fc.property(text, (random) => {
      const result = parsePath(random)
      if (result.ok) expect(parsed(printPath(result.path))).toEqual(result.path)
      else expect(result.column).toBeLessThanOrEqual(random.length + 1)
    }), { numRuns: 2000 })
  })
})
