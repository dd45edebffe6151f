import { equalJson, type JsonValue } from '@oasgen/json'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  comparePaths, compilePath, equalPaths, fromPointer, getPath, ofKeys, parsePath, printPath, removePath, rootOf, selectPath, setPath, startsWith,
  toPointer, type FieldPath, type Segment,
} from './index.js'

function path(text: string): FieldPath {
  const result = parsePath(text)
  if (!result.ok) throw new Error(result.message)
  return result.path
}

describe('getPath, setPath, removePath', () => {
  const value: JsonValue = { a: { b: [{ k: 'x', n: 1 }, { k: 'y', n: 2 }, { k: 'y', n: 3 }] }, 'd.e': null, port: [{ p: 80 }] }

  const reads: readonly { text: string; want: JsonValue | undefined; reason: string }[] = [
    { text: 'a.b[1].n', want: 2, reason: 'an index' },
    { text: 'a.b[?k=x].n', want: 1, reason: 'a selection that fits one' },
    { text: 'a.b[?k=y].n', want: undefined, reason: 'never the first of several' },
    { text: 'a.b[?k=z].n', want: undefined, reason: 'none fits' },
    { text: 'port[?p=80.0].p', want: 80, reason: 'numbers by value' },
    { text: '[\'d.e\']', want: null, reason: 'null is there' },
    { text: 'd.e', want: undefined, reason: 'no guessing' },
    { text: 'a.b.length', want: undefined, reason: 'no properties of arrays' },
    { text: 'constructor.name', want: undefined, reason: 'nothing inherited' },
    { text: '__proto__', want: undefined, reason: 'nor the prototype' },
  ]
  it.each(reads)('$text: $reason', ({ text, want }) => {
    expect(getPath(value, path(text))).toEqual(want)
    expect(compilePath(path(text))(value)).toEqual(want)
  })

  const writes: readonly { given: JsonValue; text: string; want: JsonValue; reason: string }[] = [
    { given: {}, text: 'a.b', want: { a: { b: 9 } }, reason: 'parents are made' },
    { given: {}, text: 'a[2]', want: { a: [null, null, 9] }, reason: 'an array is filled up' },
    { given: { a: [{ k: 'x' }] }, text: 'a[?k=x].n', want: { a: [{ k: 'x', n: 9 }] }, reason: 'into the selected element' },
    { given: {}, text: 'a[?k=x].n', want: { a: [{ k: 'x', n: 9 }] }, reason: 'the element is made' },
    { given: { a: [{ k: 'x' }, { k: 'x' }] }, text: 'a[?k=x].n', want: { a: [{ k: 'x' }, { k: 'x' }] }, reason: 'several: nothing changes' },
    { given: { a: 'text' }, text: 'a.b', want: { a: { b: 9 } }, reason: 'a scalar in the way gives way' },
  ]
  it.each(writes)('set $text: $reason', ({ given, text, want }) => expect(setPath(given, path(text), 9)).toEqual(want))

  const removals: readonly { given: JsonValue; text: string; want: JsonValue; reason: string }[] = [
    { given: { a: { b: 1, c: 2 } }, text: 'a.b', want: { a: { c: 2 } }, reason: 'a member' },
    { given: { a: { b: 1 } }, text: 'a.b', want: { a: {} }, reason: 'parents stay' },
    { given: { a: [1, 2, 3] }, text: 'a[1]', want: { a: [1, 3] }, reason: 'elements move up' },
    { given: { a: [{ k: 'x' }, { k: 'y' }] }, text: 'a[?k=x]', want: { a: [{ k: 'y' }] }, reason: 'the selected element' },
    { given: { a: [{ k: 'x', n: 1 }] }, text: 'a[?k=x].n', want: { a: [{ k: 'x' }] }, reason: 'a member of it' },
  ]
  it.each(removals)('remove $text: $reason', ({ given, text, want }) => expect(removePath(given, path(text))).toEqual(want))

  it('gives the very same value back when there is nothing to remove', () => {
    for (const text of ['x', 'a.x', 'a.b[7]', 'a.b[?k=z]', 'a.b[?k=y]', 'a.b.k', '__proto__', 'constructor']) {
      expect(removePath(value, path(text)), text).toBe(value)
    }
  })

  it('refuses an index that no parsed path can hold', () => {
    expect(() => setPath({}, [{ index: 1e9 }], 1)).toThrow(RangeError)
  })
})

describe('selectPath says why', () => {
  const value: JsonValue = { a: [{ k: 'x' }, { k: 'y' }, { k: 'y' }], s: 'text' }
  const rows: readonly { text: string; found: string; message?: string; at?: string; reason: string }[] = [
    { text: 'a[?k=x].k', found: 'one', reason: 'exactly one' },
    { text: 'a[?k=z].k', found: 'none', at: 'a[?k=z]', message: 'none of 3 elements has `k` = `z`', reason: 'none fits' },
    { text: 'a[?k=y].k', found: 'several', at: 'a[?k=y]', message: '2 of 3 elements have `k` = `y`, expected exactly one', reason: 'two fit' },
    { text: 'a[3]', found: 'none', at: 'a[3]', message: 'the array has 3 elements, there is none at 3', reason: 'behind the end' },
    { text: 's[0]', found: 'none', at: 's[0]', message: 'found a string, expected an array', reason: 'no array' },
    { text: 's.t.u', found: 'none', at: 's.t', message: 'found a string, expected an object', reason: 'no object' },
    { text: 'x.y', found: 'none', at: 'x', message: 'there is no field `x`', reason: 'no such field' },
  ]
  it.each(rows)('$text: $reason', ({ text, found, message, at }) => {
    const taken = selectPath(value, path(text))
    expect(taken.found).toBe(found)
    if (taken.found !== 'one') expect({ message: taken.message, at: printPath(taken.at) }).toEqual({ message, at })
  })
})

describe('paths among themselves', () => {
  it('sorts parents first, indexes by number, names by letters', () => {
    const texts = ['b', 'a.b', 'a[10]', 'a[9]', 'a', 'a[?k=b]', 'a[?k=a]', 'a.a.z']
    const sorted = texts.map(path).sort(comparePaths).map(printPath)
    expect(sorted).toEqual(['a', 'a[9]', 'a[10]', 'a.a.z', 'a.b', 'a[?k=a]', 'a[?k=b]', 'b'])
  })

  it('knows prefixes and equality', () => {
    expect(startsWith(path('a.b[0].c'), path('a.b'))).toBe(true)
    expect(startsWith(path('a.bc'), path('a.b'))).toBe(false)
    expect(equalPaths(path('a["b"]'), path('a.b'))).toBe(true)
    expect(equalPaths(path('a[0]'), path('a.0'))).toBe(false)
  })

  it('makes paths of plain names', () => {
    expect(printPath(ofKeys('metadata', 'a.b'))).toBe('metadata[\'a.b\']')
    expect(ofKeys()).toEqual([])
  })

  it('splits the root of a custom resource off', () => {
    expect(rootOf(path('spec.owner.id'))).toEqual({ root: 'spec', rest: path('owner.id') })
    expect(rootOf(path('["metadata"].name'))).toEqual({ root: 'metadata', rest: path('name') })
    expect(rootOf(path('owner.id'))).toEqual({ root: undefined, rest: path('owner.id') })
    expect(rootOf([{ index: 0 }]).root).toBeUndefined()
  })

  it('goes to JSON Pointer and back', () => {
    expect(toPointer(path('a[\'b/c~d\'][0]'))).toBe('/a/b~1c~0d/0')
    expect(toPointer(path('a[?k=x]'))).toBeUndefined()
    expect(fromPointer('/a/b~1c~0d/0')).toEqual(path('a[\'b/c~d\'][0]'))
    expect(fromPointer('/responses/200', { responses: { 200: {} } })).toEqual(path('responses.200'))
    expect(fromPointer('/verbs/0/path', { verbs: [{}] })).toEqual(path('verbs[0].path'))
    expect(fromPointer('')).toEqual([])
    expect(fromPointer('a/b')).toBeUndefined()
    expect(fromPointer('/a~2')).toBeUndefined()
  })
})

const name = fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', 'prototype', 'toString'), fc.string())
const step: fc.Arbitrary<Segment> = fc.oneof(
  { weight: 4, arbitrary: name.map((key) => ({ key })) },
  { weight: 2, arbitrary: fc.nat({ max: 20 }).map((index) => ({ index })) },
)
const steps = fc.array(step, { maxLength: 5 })
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof({ maxDepth: 4 }, fc.constant(null), fc.boolean(), fc.integer(), fc.string(), fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(name, tie('json'), { maxKeys: 4 })),
}))

// Not the runner's equality: that one reads an own member called `constructor` as the type of the object.
function expectSame(found: JsonValue | undefined, want: JsonValue): void {
  expect(found !== undefined && equalJson(found, want), JSON.stringify([found, want])).toBe(true)
}

describe('laws', () => {
  it('what was set is what is read', () => {
    fc.assert(fc.property(json, steps, json, (value, at, next) => {
      expectSame(getPath(setPath(value, at, next), at), next)
      expectSame(compilePath(at)(setPath(value, at, next)), next)
    }))
  })

  it('setting twice is setting once, and setting what is there changes nothing', () => {
    fc.assert(fc.property(json, steps, json, (value, at, next) => {
      const once = setPath(value, at, next)
      expectSame(setPath(once, at, next), once)
      const there = getPath(value, at)
      if (there !== undefined) expectSame(setPath(value, at, there), value)
    }))
  })

  it('a removed member is gone, and nothing that was given has changed', () => {
    fc.assert(fc.property(json, fc.array(name.map((key) => ({ key })), { minLength: 1, maxLength: 4 }), json, (value, at, next) => {
      const before = JSON.stringify(value)
      const set = setPath(value, at, next)
      expect(getPath(removePath(set, at), at)).toBeUndefined()
      expect(JSON.stringify(value)).toBe(before)
    }))
  })

  it('no path pollutes a prototype', () => {
    fc.assert(fc.property(json, steps, (value, at) => {
      setPath(value, [...at, { key: '__proto__' }, { key: 'polluted' }], true)
      setPath(value, [...at, { key: 'constructor' }, { key: 'prototype' }, { key: 'polluted' }], true)
      removePath(value, [...at, { key: '__proto__' }, { key: 'toString' }])
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
      expect(([] as { polluted?: unknown }).polluted).toBeUndefined()
      expect(typeof {}.toString).toBe('function')
    }))
  })

  it('a pointer goes through a path and back', () => {
    fc.assert(fc.property(steps, (at) => {
      const pointer = toPointer(at)
      const back = fromPointer(pointer ?? '/no')
      expect(back === undefined ? undefined : toPointer(back)).toBe(pointer)
    }))
  })
})
