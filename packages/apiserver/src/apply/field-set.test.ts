import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { difference, fieldSetOf, has, intersection, isEmpty, paths, printFieldPath, readFieldSet, recursiveDifference, union, writeFieldSet, type FieldPath } from './field-set.js'

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"y"')
const set = fc.array(fc.array(element, { minLength: 1, maxLength: 3 }), { maxLength: 8 }).map((list) => fieldSetOf(list))
const text = (list: readonly FieldPath[]): readonly string[] => list.map((path) => path.join(' ')).sort()

describe('field sets', () => {
  it('are read back as they were written', () => {
    fc.assert(fc.property(set, (one) => { expect(text(paths(readFieldSet(writeFieldSet(one)) ?? fieldSetOf([])))).toEqual(text(paths(one))) }))
  })

  it('follow the laws of sets', () => {
    fc.assert(fc.property(set, set, (a, b) => {
      expect(text(paths(union(a, b)))).toEqual([...new Set([...text(paths(a)), ...text(paths(b))])].sort())
      expect(text(paths(intersection(a, b)))).toEqual(text(paths(a).filter((path) => has(b, path))))
      expect(text(paths(difference(a, b)))).toEqual(text(paths(a).filter((path) => !has(b, path))))
      expect(isEmpty(difference(a, a))).toBe(true)
      expect(text(paths(recursiveDifference(a, b)))).toEqual(text(paths(a).filter((path) => !path.some((_, length) => has(b, path.slice(0, length + 1))))))
    }))
  })

  it.each([
    { reason: 'a leaf', path: ['f:spec', 'f:replicas'], want: '.spec.replicas' },
    { reason: 'an item by key', path: ['f:ports', 'k:{"port":80,"protocol":"TCP"}', 'f:name'], want: '.ports[port=80,protocol="TCP"].name' },
    { reason: 'an item of a set', path: ['f:tags', 'v:"a"'], want: '.tags[="a"]' },
  ])('prints $reason', ({ path, want }) => {
    expect(printFieldPath(path)).toBe(want)
  })

  it.each([
    { reason: 'a key without its letter', value: { spec: {} } },
    { reason: 'a value that is no set', value: { 'f:spec': 1 } },
  ])('does not read $reason', ({ value }) => {
    expect(readFieldSet(value)).toBeUndefined()
  })
})
