import { describe, expect, it } from 'vitest'
import type { JsonValue } from '@oasgen/json'
import { paths, printFieldPath, type FieldSet } from './field-set.js'
import { structuralMerge } from './structural-merge.js'
import { compare, fieldsOf, merge, misfit, removeFields } from './walks.js'
import { fieldSetOf } from './field-set.js'

const type = structuralMerge({
  type: 'object',
  properties: {
    name: { type: 'string' }, count: { type: 'integer' }, labels: { type: 'object', additionalProperties: { type: 'string' } },
    list: { type: 'array', items: { type: 'string' } }, tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    ports: {
      type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: { type: 'object', properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' }, name: { type: 'string' } } },
    },
    atom: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: { type: 'string' } } },
    any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
}, {})
const shown = (set: FieldSet): readonly string[] => paths(set).map(printFieldPath)

describe('what a configuration speaks about', () => {
  it.each([
    { reason: 'leaves, not the named fields above them', value: { name: 'a', labels: { x: 'y' } }, want: ['.labels.x', '.name'] },
    { reason: 'items by key with default, and the item itself', value: { ports: [{ port: 80, name: 'n' }] }, want: ['.ports[port=80,protocol="TCP"]', '.ports[port=80,protocol="TCP"].name', '.ports[port=80,protocol="TCP"].port'] },
    { reason: 'members of a set', value: { tags: ['b', 'a'] }, want: ['.tags[="a"]', '.tags[="b"]'] },
    { reason: 'atomic lists and maps as one', value: { list: ['x'], atom: { a: '1' } }, want: ['.atom', '.list'] },
    { reason: 'free-form fields by key', value: { any: { a: { b: 1 } } }, want: ['.any.a', '.any.a.b'] },
    { reason: 'empty maps and nulls as leaves', value: { labels: {}, name: null }, want: ['.labels', '.name'] },
  ])('$reason', ({ value, want }) => {
    expect(shown(fieldsOf(type, value as JsonValue))).toEqual(want)
  })
})

describe('merging a configuration into an object', () => {
  it.each([
    { reason: 'maps by member', left: { labels: { a: '1', b: '1' } }, right: { labels: { b: '2' } }, want: { labels: { a: '1', b: '2' } } },
    { reason: 'items by key, new ones in the order of the configuration', left: { ports: [{ port: 1 }, { port: 2 }] }, right: { ports: [{ port: 3 }, { port: 2, name: 'x' }] }, want: { ports: [{ port: 1 }, { port: 3 }, { port: 2, name: 'x' }] } },
    { reason: 'sets as union', left: { tags: ['a', 'b'] }, right: { tags: ['c', 'b'] }, want: { tags: ['a', 'c', 'b'] } },
    { reason: 'atomic lists replaced', left: { list: ['a'] }, right: { list: ['b', 'c'] }, want: { list: ['b', 'c'] } },
    { reason: 'an empty list stays what it is', left: {}, right: { tags: [] }, want: { tags: [] } },
  ])('$reason', ({ left, right, want }) => {
    expect(merge(type, left as JsonValue, right as JsonValue)).toEqual(want)
  })
})

describe('how two objects differ', () => {
  it('tells added, removed and modified apart', () => {
    const { added, removed, modified } = compare(type, { name: 'a', labels: { x: '1', y: '1' }, tags: ['a'] }, { name: 'b', labels: { x: '1', z: '1' }, tags: ['b'], count: 1 })
    expect([shown(added), shown(removed), shown(modified)]).toEqual([['.count', '.labels.z', '.tags[="b"]'], ['.labels.y', '.tags[="a"]'], ['.name']])
  })

  it('sees a value that became a map as changed, and what is in the map as new', () => {
    const { added, removed, modified } = compare(type, { any: { a: 1, b: { c: 1 } } }, { any: { a: { x: 1 }, b: 2 } })
    expect([shown(added), shown(removed), shown(modified)]).toEqual([['.any.a.x'], ['.any.b.c'], ['.any.a', '.any.b']])
  })

  it('sees equal objects as the same', () => {
    const { added, removed, modified } = compare(type, { ports: [{ port: 1 }, { port: 2 }] }, { ports: [{ port: 2 }, { port: 1, protocol: 'TCP' }] })
    expect([shown(removed), shown(modified), shown(added)]).toEqual([[], [], ['.ports[port=1,protocol="TCP"].protocol']])
  })
})

describe('taking fields away', () => {
  it('removes members and items, and what is empty then', () => {
    const value = { name: 'a', labels: { x: '1' }, ports: [{ port: 1 }, { port: 2, name: 'n' }] }
    expect(removeFields(type, value, fieldSetOf([['f:labels', 'f:x'], ['f:ports', 'k:{"port":1,"protocol":"TCP"}']]))).toEqual({ name: 'a', labels: null, ports: [{ port: 2, name: 'n' }] })
  })
})

describe('configurations that do not fit', () => {
  it.each([
    { reason: 'an unknown field', value: { foo: 1 }, want: '.foo: field not declared in schema' },
    { reason: 'a number for a text', value: { name: 5 }, want: '.name: expected string, got &value.valueUnstructured{Value:5}' },
    { reason: 'a text for a number', value: { count: 'x' }, want: '.count: expected numeric (int or float), got string' },
    { reason: 'one key twice', value: { ports: [{ port: 1 }, { port: 1 }] }, want: '.ports: duplicate entries for key [port=1,protocol="TCP"]' },
    { reason: 'a list for a map', value: { labels: [] }, want: '.labels: expected map, got list' },
  ])('$reason', ({ value, want }) => {
    expect(misfit(type, value as JsonValue, 'refuse')).toBe(want)
  })
})
