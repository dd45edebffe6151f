import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { isSameSchema } from './compare.js'
import { createImpact, printImpacts, readChange } from './schema-change.js'
import { stepsOf, widenCrd } from './widen.js'

const text = { type: 'string' }
const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more })
const crd = (spec: JsonObject, names: JsonObject = {}): JsonObject => ({
  spec: {
    group: 'shop.example', scope: 'Namespaced', names: { kind: 'Book', plural: 'books', ...names },
    versions: [{ name: 'v1alpha1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: object({ spec }) } }],
  },
})
const resource = (spec: JsonObject): JsonObject => ({ apiVersion: 'shop.example/v1alpha1', kind: 'Book', metadata: { namespace: 'default', name: 'hobbit' }, spec, status: { anything: 1 } })

interface Row {
  readonly reason: string
  readonly before: JsonObject
  readonly after: JsonObject
  readonly spec: JsonObject
  readonly want: readonly string[]
}

const ROWS: readonly Row[] = [
  { reason: 'a field goes that is used', before: object({ a: text, b: text }), after: object({ a: text }), spec: { a: 'x', b: 'y' }, want: ['spec.b'] },
  { reason: 'a field goes that nobody uses', before: object({ a: text, b: text }), after: object({ a: text }), spec: { a: 'x' }, want: [] },
  { reason: 'a constraint that a value breaks', before: object({ a: text }), after: object({ a: { ...text, maxLength: 2 } }), spec: { a: 'long' }, want: ['spec.a'] },
  { reason: 'a constraint that holds', before: object({ a: text }), after: object({ a: { ...text, maxLength: 9 } }), spec: { a: 'long' }, want: [] },
  { reason: 'a new required field', before: object({ a: text }), after: object({ a: text, b: text }, { required: ['b'] }), spec: { a: 'x' }, want: ['spec.b'] },
  { reason: 'another type', before: object({ a: text }), after: object({ a: { type: 'integer' } }), spec: { a: 'x' }, want: ['spec.a'] },
  { reason: 'an element of a list', before: object({ a: { type: 'array', items: text } }), after: object({ a: { type: 'array', items: { ...text, enum: ['x'] } } }), spec: { a: ['x', 'y'] }, want: ['spec.a[1]'] },
  { reason: 'what was wrong before is not held against the change', before: object({ a: { ...text, maxLength: 1 } }), after: object({ a: { ...text, maxLength: 2 } }), spec: { a: 'long' }, want: [] },
  { reason: 'a map whose values are narrowed', before: object({ a: { type: 'object', additionalProperties: text } }), after: object({ a: { type: 'object', additionalProperties: { ...text, maxLength: 1 } } }), spec: { a: { k: 'long' } }, want: ['spec.a.k'] },
]

describe('what a new schema does to a resource that is there', () => {
  it.each(ROWS)('$reason', ({ before, after, spec, want }) => {
    expect(createImpact(crd(before), crd(after))(resource(spec)).map(({ path }) => path)).toEqual(want)
  })

  it.each(ROWS.filter(({ want }) => want.length > 0))('and widening it there leaves the resource as it is: $reason', ({ before, after, spec, want }) => {
    const widened = widenCrd(crd(after), crd(before), want)
    expect(createImpact(crd(before), widened)(resource(spec))).toEqual([])
  })

  it('widens nothing else', () => {
    const [before, after] = [crd(object({ a: text, b: text, c: text })), crd(object({ a: { ...text, maxLength: 1 }, b: { ...text, maxLength: 1 } }))]
    expect(readChange(before, widenCrd(after, before, ['spec.b'])).changes.map(({ path }) => path)).toEqual(['spec.c', 'spec.a'])
  })

  it('holds a change of the kind itself against every resource', () => {
    const [impact] = createImpact(crd(object({})), crd(object({}), { plural: 'bookz' }))(resource({}))
    expect(impact).toMatchObject({ resource: 'default/hobbit', path: '', why: 'names.plural: books becomes bookz' })
  })

  it('gives each change a name of its own', () => {
    const ids = [object({}), object({ a: text }), object({ b: text })].map((spec) => readChange(crd(object({ z: text })), crd(spec)).id)
    expect(new Set(ids).size).toBe(3)
  })

  it('names a few and counts the rest', () => {
    const impacts = Array.from({ length: 10 }, (_, index) => ({ resource: `default/r${index}`, path: 'spec.a', why: 'its value would be lost' }))
    expect(printImpacts(impacts, 12)).toMatch(/^default\/r0 spec\.a \(its value would be lost\), .* and 4 more$/)
  })
})

describe('schemas as the server stores them', () => {
  it('are the same with the defaults that it fills in', () => {
    const stored = crd(object({ a: { type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' } })) as { spec: JsonObject }
    expect(isSameSchema(crd(object({ a: { type: 'array', items: text } })), { spec: { ...stored.spec, conversion: { strategy: 'None' } } })).toBe(true)
    expect(isSameSchema(crd(object({ a: text })), crd(object({ a: { ...text, maxLength: 1 } })))).toBe(false)
  })
  it('are walked by the path of a value', () => expect(stepsOf('spec.a[0].labels[x/y].b')).toEqual(['spec', 'a', '[]', 'labels', '[]', 'b']))
})
