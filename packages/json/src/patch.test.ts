import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyJsonPatch, createMergePatch, equalJson, isArray, isObject, mergePatch, writeJson, type JsonValue } from './index.js'
import { anyValue } from './value.testing.js'

describe('mergePatch', () => {
  // The table of RFC 7386, appendix A.
  const rows: readonly { target: JsonValue; patch: JsonValue; want: JsonValue }[] = [
    { target: { a: 'b' }, patch: { a: 'c' }, want: { a: 'c' } },
    { target: { a: 'b' }, patch: { b: 'c' }, want: { a: 'b', b: 'c' } },
    { target: { a: 'b' }, patch: { a: null }, want: {} },
    { target: { a: 'b', b: 'c' }, patch: { a: null }, want: { b: 'c' } },
    { target: { a: ['b'] }, patch: { a: 'c' }, want: { a: 'c' } },
    { target: { a: 'c' }, patch: { a: ['b'] }, want: { a: ['b'] } },
    { target: { a: { b: 'c' } }, patch: { a: { b: 'd', c: null } }, want: { a: { b: 'd' } } },
    { target: { a: [{ b: 'c' }] }, patch: { a: [1] }, want: { a: [1] } },
    { target: ['a', 'b'], patch: ['c', 'd'], want: ['c', 'd'] },
    { target: { a: 'b' }, patch: ['c'], want: ['c'] },
    { target: { a: 'foo' }, patch: null, want: null },
    { target: { a: 'foo' }, patch: 'bar', want: 'bar' },
    { target: { e: null }, patch: { a: 1 }, want: { e: null, a: 1 } },
    { target: [1, 2], patch: { a: 'b', c: null }, want: { a: 'b' } },
    { target: {}, patch: { a: { bb: { ccc: null } } }, want: { a: { bb: {} } } },
  ]
  it.each(rows)('$target with $patch', ({ target, patch, want }) => expect(mergePatch(target, patch)).toEqual(want))

  it('changes nothing that was given, and is done after once', () => {
    fc.assert(fc.property(anyValue, anyValue, (target, patch) => {
      const before = writeJson([target, patch])
      const once = mergePatch(target, patch)
      expect(equalJson(mergePatch(once, patch), once)).toBe(true)
      expect(writeJson([target, patch])).toBe(before)
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    }))
  })
})

describe('createMergePatch', () => {
  const rows: readonly { from: JsonValue; to: JsonValue; want: JsonValue | undefined; reason: string }[] = [
    { from: { a: 1, b: 2 }, to: { a: 1, b: 3 }, want: { b: 3 }, reason: 'only what differs' },
    { from: { a: 1, b: 2 }, to: { a: 1 }, want: { b: null }, reason: 'null removes' },
    { from: { a: { b: 1, c: 2 } }, to: { a: { b: 1, c: 3 } }, want: { a: { c: 3 } }, reason: 'nested' },
    { from: { a: [1, 2] }, to: { a: [1, 3] }, want: { a: [1, 3] }, reason: 'arrays as a whole' },
    { from: { a: 1 }, to: { a: 1n }, want: undefined, reason: 'equal by value' },
    { from: { a: { b: 1 } }, to: { a: {} }, want: { a: { b: null } }, reason: 'an emptied object stays' },
    { from: {}, to: { a: null }, want: undefined, reason: 'null cannot be set' },
    { from: 1, to: { a: 1 }, want: { a: 1 }, reason: 'another type' },
  ]
  it.each(rows)('$reason', ({ from, to, want }) => expect(createMergePatch(from, to)).toEqual(want))

  it('leads from one value to the other where that has no null members; nothing leads from a value to itself', () => {
    fc.assert(fc.property(anyValue, anyValue.map(withoutNulls), (from, to) => {
      const patch = createMergePatch(from, to)
      expect(equalJson(patch === undefined ? from : mergePatch(from, patch), to)).toBe(true)
      expect(createMergePatch(to, to)).toBeUndefined()
      expect(createMergePatch(from, from)).toBeUndefined()
    }))
  })
})

/** Members of objects only: elements of arrays are set as a whole, nulls and all. */
function withoutNulls(value: JsonValue): JsonValue {
  return isObject(value) ? mergePatch({}, value) : value
}

describe('applyJsonPatch', () => {
  const rows: readonly { value: JsonValue; patch: JsonValue; want: JsonValue; reason: string }[] = [
    { value: { foo: 'bar' }, patch: [{ op: 'add', path: '/baz', value: 'qux' }], want: { baz: 'qux', foo: 'bar' }, reason: 'A.1 adding a member' },
    { value: { foo: ['bar', 'baz'] }, patch: [{ op: 'add', path: '/foo/1', value: 'qux' }], want: { foo: ['bar', 'qux', 'baz'] }, reason: 'A.2 adding an element' },
    { value: { baz: 'qux', foo: 'bar' }, patch: [{ op: 'remove', path: '/baz' }], want: { foo: 'bar' }, reason: 'A.3 removing a member' },
    { value: { foo: ['bar', 'qux', 'baz'] }, patch: [{ op: 'remove', path: '/foo/1' }], want: { foo: ['bar', 'baz'] }, reason: 'A.4 removing an element' },
    { value: { baz: 'qux', foo: 'bar' }, patch: [{ op: 'replace', path: '/baz', value: 'boo' }], want: { baz: 'boo', foo: 'bar' }, reason: 'A.5 replacing a value' },
    {
      value: { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } }, patch: [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      want: { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } }, reason: 'A.6 moving a value',
    },
    { value: { foo: ['all', 'grass', 'cows', 'eat'] }, patch: [{ op: 'move', from: '/foo/1', path: '/foo/3' }], want: { foo: ['all', 'cows', 'eat', 'grass'] }, reason: 'A.7 moving an element' },
    {
      value: { baz: 'qux', foo: ['a', 2, 'c'] }, patch: [{ op: 'test', path: '/baz', value: 'qux' }, { op: 'test', path: '/foo/1', value: 2 }],
      want: { baz: 'qux', foo: ['a', 2, 'c'] }, reason: 'A.8 testing a value: success',
    },
    { value: { foo: 'bar' }, patch: [{ op: 'add', path: '/child', value: { grandchild: {} } }], want: { foo: 'bar', child: { grandchild: {} } }, reason: 'A.10 adding a nested member' },
    { value: { foo: 'bar' }, patch: [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }], want: { foo: 'bar', baz: 'qux' }, reason: 'A.11 ignoring unknown members' },
    { value: { '/': 9, '~1': 10 }, patch: [{ op: 'test', path: '/~01', value: 10 }], want: { '/': 9, '~1': 10 }, reason: 'A.14 escaping' },
    { value: { foo: ['bar'] }, patch: [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }], want: { foo: ['bar', ['abc', 'def']] }, reason: 'A.16 adding an array' },
    { value: { a: 1 }, patch: [{ op: 'add', path: '/a', value: 2 }], want: { a: 2 }, reason: 'add replaces a member that is there' },
    { value: { a: 1 }, patch: [{ op: 'replace', path: '', value: [1] }], want: [1], reason: 'the whole' },
    { value: { a: 1 }, patch: [{ op: 'copy', from: '/a', path: '/b' }], want: { a: 1, b: 1 }, reason: 'copying' },
    { value: { a: 1 }, patch: [{ op: 'move', from: '/a', path: '/a' }], want: { a: 1 }, reason: 'moving onto itself changes nothing' },
    { value: { n: 9007199254740993n }, patch: [{ op: 'test', path: '/n', value: 9007199254740993n }], want: { n: 9007199254740993n }, reason: 'exact numbers' },
    { value: { a: null }, patch: [{ op: 'replace', path: '/a', value: 1 }], want: { a: 1 }, reason: 'null is there' },
    { value: { '': { '': 1 } }, patch: [{ op: 'remove', path: '//' }], want: { '': {} }, reason: 'empty names' },
    { value: {}, patch: [], want: {}, reason: 'no operations' },
  ]
  it.each(rows)('$reason', ({ value, patch, want }) => expect(applyJsonPatch(value, patch)).toEqual({ ok: true, value: want }))

  const refused: readonly { value: JsonValue; patch: JsonValue; index: number; reason: string }[] = [
    { value: { baz: 'qux' }, patch: [{ op: 'test', path: '/baz', value: 'bar' }], index: 0, reason: 'A.9 testing a value: failure' },
    { value: { foo: 'bar' }, patch: [{ op: 'add', path: '/baz/bat', value: 'qux' }], index: 0, reason: 'A.12 adding to a place that is not there' },
    { value: { '/': 9, '~1': 10 }, patch: [{ op: 'test', path: '/~01', value: '10' }], index: 0, reason: 'A.15 texts are no numbers' },
    { value: { a: [] }, patch: [{ op: 'add', path: '/a/1', value: 1 }], index: 0, reason: 'behind the end' },
    { value: { a: [1] }, patch: [{ op: 'add', path: '/a/01', value: 1 }], index: 0, reason: 'leading zeros' },
    { value: { a: [1] }, patch: [{ op: 'remove', path: '/a/-' }], index: 0, reason: 'there is nothing behind the end' },
    { value: { a: [1] }, patch: [{ op: 'replace', path: '/a/length', value: 1 }], index: 0, reason: 'no properties of arrays' },
    { value: { a: 1 }, patch: [{ op: 'remove', path: '/constructor' }], index: 0, reason: 'nothing inherited' },
    { value: { a: 1 }, patch: [{ op: 'test', path: '/a', value: 1 }, { op: 'remove', path: '/b' }], index: 1, reason: 'the second one fails' },
    { value: { a: { b: 1 } }, patch: [{ op: 'move', from: '/a', path: '/a/b' }], index: 0, reason: 'into itself' },
    { value: { a: 1 }, patch: [{ op: 'remove', path: '' }], index: 0, reason: 'the whole cannot go' },
    { value: {}, patch: [{ op: 'jump', path: '' }], index: 0, reason: 'an operation that is none' },
    { value: {}, patch: [{ path: '/a', value: 1 }], index: 0, reason: 'no operation' },
    { value: {}, patch: [{ op: 'add', path: 'a', value: 1 }], index: 0, reason: 'a path without a slash' },
    { value: {}, patch: [{ op: 'add', path: '/a~2', value: 1 }], index: 0, reason: 'a broken escape' },
    { value: {}, patch: [{ op: 'add', path: '/a' }], index: 0, reason: 'no value' },
    { value: {}, patch: [{ op: 'copy', path: '/a' }], index: 0, reason: 'no source' },
    { value: {}, patch: ['x'], index: 0, reason: 'no object' },
    { value: {}, patch: {}, index: -1, reason: 'no array' },
  ]
  it.each(refused)('refuses: $reason', ({ value, patch, index }) => {
    const before = writeJson(value)
    expect(applyJsonPatch(value, patch)).toMatchObject({ ok: false, index, message: expect.stringMatching(/\S/) as string })
    expect(writeJson(value)).toBe(before)
  })

  it('pollutes no prototype', () => {
    for (const path of ['/__proto__/polluted', '/constructor/prototype/polluted', '/a/__proto__/polluted']) {
      applyJsonPatch({ a: {} }, [{ op: 'add', path, value: true }])
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    }
    const own = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: 1 }])
    expect(own.ok && Object.keys(own.value as object)).toEqual(['__proto__'])
  })

  it('add then remove gives the value back, for any place that is not there yet', () => {
    fc.assert(fc.property(anyValue.filter((value) => isObject(value) || isArray(value)), anyValue, (value, added) => {
      const path = isArray(value) ? '/0' : '/not there'
      const result = applyJsonPatch(value, [{ op: 'add', path, value: added }, { op: 'test', path, value: added }, { op: 'remove', path }])
      expect(result.ok && equalJson(result.value, value)).toBe(true)
    }))
  })
})
