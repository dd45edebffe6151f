import type { JsonObject } from '@oasgen/json'
import { describe, expect, it } from 'vitest'
import { diffCrds, worstOf } from './diff.js'
import { diffSchema } from './schema-diff.js'

const text = (more: JsonObject = {}): JsonObject => ({ type: 'string', ...more })
const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more })

describe('schemas', () => {
  it.each<[string, JsonObject, JsonObject, string[]]>([
    ['nothing', object({ a: text() }), object({ a: text({ description: 'words' }) }), []],
    ['a new field', object({}), object({ a: text() }), ['additive a']],
    ['a new required field', object({}), object({ a: text() }, { required: ['a'] }), ['narrowing a']],
    ['a field that goes', object({ a: text() }), object({}), ['breaking a']],
    ['a field that goes while unknown fields are kept', object({ a: text() }), object({}, { 'x-kubernetes-preserve-unknown-fields': true }), ['additive .', 'additive a']],
    ['now required', object({ a: text() }), object({ a: text() }, { required: ['a'] }), ['narrowing a']],
    ['no longer required', object({ a: text() }, { required: ['a'] }), object({ a: text() }), ['additive a']],
    ['another type', object({ a: text() }), object({ a: { type: 'boolean' } }), ['breaking a']],
    ['wider type', object({ a: { type: 'integer' } }), object({ a: { type: 'number' } }), ['additive a']],
    ['narrower type', object({ a: { type: 'number' } }), object({ a: { type: 'integer' } }), ['narrowing a']],
    ['int-or-string', object({ a: { type: 'integer' } }), object({ a: { 'x-kubernetes-int-or-string': true } }), ['additive a']],
    ['enum grows', object({ a: text({ enum: ['x'] }) }), object({ a: text({ enum: ['x', 'y'] }) }), ['additive a']],
    ['enum shrinks', object({ a: text({ enum: ['x', 'y'] }) }), object({ a: text({ enum: ['y'] }) }), ['narrowing a']],
    ['enum changes', object({ a: text({ enum: ['x'] }) }), object({ a: text({ enum: ['y'] }) }), ['narrowing a', 'additive a']],
    ['tighter bound', object({ a: text({ maxLength: 9 }) }), object({ a: text({ maxLength: 5 }) }), ['narrowing a']],
    ['looser bound', object({ a: text({ minLength: 9 }) }), object({ a: text({ minLength: 5 }) }), ['additive a']],
    ['bound becomes exclusive', object({ a: { type: 'integer', minimum: 1 } }), object({ a: { type: 'integer', minimum: 1, exclusiveMinimum: true } }), ['narrowing a']],
    ['new pattern', object({ a: text() }), object({ a: text({ pattern: 'x' }) }), ['narrowing a']],
    ['null goes', object({ a: text({ nullable: true }) }), object({ a: text() }), ['narrowing a']],
    ['list type', object({ a: { type: 'array', items: text() } }), object({ a: { type: 'array', items: text(), 'x-kubernetes-list-type': 'set' } }), ['breaking a']],
    ['elements', object({ a: { type: 'array', items: text() } }), object({ a: { type: 'array', items: text({ maxLength: 3 }) } }), ['narrowing a[]']],
    ['values of a map', object({ a: { type: 'object', additionalProperties: text() } }), object({ a: { type: 'object', additionalProperties: text({ nullable: true }) } }), ['additive a.*']],
    ['unknown fields dropped', object({ a: object({}, { 'x-kubernetes-preserve-unknown-fields': true }) }), object({ a: object({ b: text() }) }), ['breaking a', 'additive a.b']],
    ['new rule', object({}), object({}, { 'x-kubernetes-validations': [{ rule: 'true', message: 'x' }] }), ['narrowing .']],
    ['new default', object({ a: text() }), object({ a: text({ default: 'x' }) }), ['narrowing a']],
  ])('%s', (_, a, b, want) => {
    expect(diffSchema(a, b, '').map((change) => `${change.class} ${change.path}`)).toEqual(want)
  })
})

function crd(names: JsonObject, versions: readonly JsonObject[]): JsonObject {
  return { spec: { group: 'g.x', scope: 'Namespaced', names: { kind: 'A', plural: 'as', ...names }, versions: [...versions] } }
}

const version = (schema: JsonObject, more: JsonObject = {}): JsonObject => ({ name: 'v1alpha1', schema: { openAPIV3Schema: schema }, subresources: { status: {} }, ...more })

describe('kinds', () => {
  it.each<[string, JsonObject, JsonObject, string | undefined]>([
    ['the same', crd({}, [version(object({}))]), crd({}, [version(object({}))]), undefined],
    ['another kind', crd({}, [version(object({}))]), crd({ kind: 'B' }, [version(object({}))]), 'breaking'],
    ['short names', crd({}, [version(object({}))]), crd({ shortNames: ['a'] }, [version(object({}))]), 'additive'],
    ['a version goes', crd({}, [version(object({})), version(object({}), { name: 'v1' })]), crd({}, [version(object({}))]), 'breaking'],
    ['the status subresource goes', crd({}, [version(object({}))]), crd({}, [version(object({}), { subresources: {} })]), 'breaking'],
    ['a constraint', crd({}, [version(object({ spec: object({ a: text() }) }))]), crd({}, [version(object({ spec: object({ a: text({ maxLength: 1 }) }) }))]), 'narrowing'],
  ])('%s', (_, a, b, worst) => {
    expect(worstOf(diffCrds(a, b))).toBe(worst)
  })

  it('lists the worst first, each once', () => {
    const changes = diffCrds(crd({}, [version(object({ a: text(), b: text() }))]), crd({}, [version(object({ b: text({ maxLength: 2 }), c: text() }))]))
    expect(changes.map(({ class: kind, path }) => `${kind} ${path}`)).toEqual(['breaking a', 'narrowing b', 'additive c'])
  })
})
