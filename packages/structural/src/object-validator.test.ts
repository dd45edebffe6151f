import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { applyDefaults, printViolation, prune, readSchema, validateObject } from './index.js'

const schema = readSchema({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', minLength: 2, pattern: '^[a-z]+$' },
        size: { type: 'integer', minimum: 1, maximum: 5, default: 3 },
        mode: { type: 'string', enum: ['a', 'b'], nullable: true },
        port: { 'x-kubernetes-int-or-string': true },
        when: { type: 'string', format: 'date-time' },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set', maxItems: 2 },
        any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
  },
}).value!

const messages = (spec: JsonObject, old?: JsonObject): readonly string[] =>
  validateObject(schema, { spec }, old && { spec: old }).map(printViolation)

describe('messages of the API server', () => {
  const rows: readonly { readonly reason: string; readonly spec: JsonObject; readonly want: readonly string[] }[] = [
    { reason: 'nothing wrong, nothing said', spec: { name: 'ab', size: 3, mode: 'a', port: 'http' }, want: [] },
    { reason: 'a missing field is named by its own path', spec: {}, want: ['spec.name: Required value'] },
    {
      reason: 'the type that was found stands as the value',
      spec: { name: 'ab', size: 'x' },
      want: ['spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"'],
    },
    {
      reason: 'patterns are searched, not anchored',
      spec: { name: 'A1' },
      want: ["spec.name: Invalid value: \"A1\": spec.name in body should match '^[a-z]+$'"],
    },
    { reason: 'an enum lists what it allows', spec: { name: 'ab', mode: 'c' }, want: ['spec.mode: Unsupported value: "c": supported values: "a", "b"'] },
    { reason: 'null never passes an enum, nullable or not', spec: { name: 'ab', mode: null }, want: ['spec.mode: Unsupported value: null: supported values: "a", "b"'] },
    {
      reason: 'bounds of integers print as integers',
      spec: { name: 'ab', size: 9 },
      want: ['spec.size: Invalid value: 9: spec.size in body should be less than or equal to 5'],
    },
    {
      reason: 'int-or-string is two types',
      spec: { name: 'ab', port: true },
      want: ['spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"'],
    },
    {
      reason: 'date-time is enforced',
      spec: { name: 'ab', when: 'yesterday' },
      want: ['spec.when: Invalid value: "yesterday": spec.when in body must be of type date-time: "yesterday"'],
    },
    {
      reason: 'too many items first, then the duplicate',
      spec: { name: 'ab', tags: ['x', 'y', 'x'] },
      want: ['spec.tags: Too many: 3: must have at most 2 items', 'spec.tags[2]: Duplicate value: "x"'],
    },
  ]
  for (const row of rows) it(row.reason, () => expect(messages(row.spec)).toEqual(row.want))
})

describe('ratcheting', () => {
  it('does not hold against an update what it did not change', () => {
    expect(messages({ name: 'A1', size: 2 }, { name: 'A1', size: 1 })).toEqual([])
    expect(messages({ name: 'A2' }, { name: 'A1' })).toHaveLength(1)
  })
})

describe('defaulting and pruning', () => {
  it('fills defaults where the parent exists and drops nulls that may not be', () => {
    expect(applyDefaults(schema, { spec: { name: 'ab', when: null } })).toEqual({ spec: { name: 'ab', size: 3 } })
    expect(applyDefaults(schema, {})).toEqual({})
  })
  it('replaces a null by the default of a field that is not nullable', () => {
    expect(applyDefaults(schema, { spec: { size: null } })).toEqual({ spec: { size: 3 } })
  })
  it('removes unknown fields and names them', () => {
    const pruned = prune(schema, { kind: 'K', metadata: { x: 1 }, spec: { name: 'ab', bad: 1, any: { free: 1 }, labels: { a: 'b' } }, status: {} })
    expect(pruned.removed).toEqual(['spec.bad', 'status'])
    expect(pruned.value).toEqual({ kind: 'K', metadata: { x: 1 }, spec: { name: 'ab', any: { free: 1 }, labels: { a: 'b' } } })
  })
  it('answers the same value when there is nothing to do', () => {
    const object = { spec: { name: 'ab', size: 1 } }
    expect(applyDefaults(schema, object)).toBe(object)
    expect(prune(schema, object).value).toBe(object)
  })
})
