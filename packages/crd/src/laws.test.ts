import type { JsonObject, JsonValue } from '@oasgen/json'
import { judgeCrd, printViolation } from '@oasgen/structural'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALL_VERBS, build, definitionOf, documentOf } from './cases.testing.js'
import { diffCrds } from './change/diff.js'

const NAMES = ['a', 'b', 'c', 'name', 'id', 'type', 'metadata', 'kind', '$id', 'x-y', 'größe', 'a.b', '__proto__', 'constructor', 'namespace', 'status']
const name = fc.constantFrom(...NAMES)
const count = fc.integer({ min: -1, max: 300 })
const scalar = fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.boolean(), fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }))

/** Keywords in any combination, also senseless ones: documents hold them. */
const keywords: fc.Arbitrary<JsonObject> = fc.record(
  {
    type: fc.oneof(fc.constantFrom('string', 'integer', 'number', 'boolean', 'object', 'array', 'null', 'file'), fc.uniqueArray(fc.constantFrom('string', 'integer', 'object', 'array', 'null'), { maxLength: 3 })),
    format: fc.constantFrom('int32', 'int64', 'date-time', 'uuid', 'duration', 'binary', 'float', 'byte', 'nonsense'),
    enum: fc.array(scalar, { maxLength: 3 }),
    const: scalar,
    default: scalar,
    pattern: fc.constantFrom('^a+$', '(?=x)y', '[', '\\u00e9', '(?<n>a)\\k<n>', '/^x$/i', 'a{1001}', '\\p{L}', '*'),
    minLength: count, maxLength: count, minItems: count, maxItems: count, minProperties: count, maxProperties: count,
    minimum: scalar, maximum: fc.integer(), exclusiveMinimum: fc.oneof(fc.boolean(), fc.integer()), multipleOf: fc.integer({ min: -2, max: 5 }),
    nullable: fc.boolean(), readOnly: fc.boolean(), writeOnly: fc.boolean(), deprecated: fc.boolean(), uniqueItems: fc.boolean(),
    title: fc.string({ maxLength: 8 }), description: fc.string({ maxLength: 30 }),
    required: fc.array(name, { maxLength: 3 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>

const { schema } = fc.letrec<{ schema: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    keywords,
    fc.constantFrom('A', 'B', 'C').map((component): JsonObject => ({ $ref: `#/components/schemas/${component}` })),
    fc.tuple(keywords, fc.dictionary(name, tie('schema'), { maxKeys: 4 })).map(([own, properties]): JsonObject => ({ ...own, properties })),
    fc.tuple(keywords, tie('schema')).map(([own, items]): JsonObject => ({ ...own, items })),
    fc.tuple(keywords, fc.constantFrom('allOf', 'oneOf', 'anyOf', 'prefixItems'), fc.array(tie('schema'), { minLength: 1, maxLength: 3 })).map(([own, word, parts]): JsonObject => ({ ...own, [word]: parts })),
    fc.tuple(keywords, fc.oneof(fc.boolean(), tie('schema'))).map(([own, additionalProperties]): JsonObject => ({ ...own, additionalProperties })),
    fc.tuple(keywords, tie('schema')).map(([own, not]): JsonObject => ({ ...own, not })),
  ),
}))

const given = fc.record({ create: schema, update: schema, get: schema, components: fc.record({ A: schema, B: schema, C: schema }), mode: fc.constantFrom('compatible', 'strict') })
type Given = typeof given extends fc.Arbitrary<infer T> ? T : never

function buildGiven({ create, update, get, components, mode }: Given): ReturnType<typeof build> {
  const document = documentOf({ create, update, get, list: { type: 'array', items: get as JsonValue }, root: { components: { schemas: components } } })
  const fields = [{ path: 'spec.a', immutable: 'deny' }, { path: 'spec.b', secret: true }, { path: 'spec.c', compare: 'keyed', keys: ['name'] }, { path: 'spec.name', reference: { kind: 'Other' } }]
  return build(document, definitionOf({ schema: mode, identifiers: ['name'], additionalStatusFields: ['id', 'a.b', 'status'], verbsDescription: ALL_VERBS, fields }))
}

describe('whatever a document says', () => {
  it('the kind is one that the API server takes', () => {
    fc.assert(fc.property(given, (each) => {
      const { resource, configuration } = buildGiven(each)
      expect([...judgeCrd(resource), ...(configuration ? judgeCrd(configuration) : [])].map(printViolation)).toEqual([])
    }), { numRuns: Number(process.env['OASGEN_RUNS'] ?? 40) })
  })

  it('the same comes out of the same', () => {
    fc.assert(fc.property(given, (each) => {
      const [once, again] = [buildGiven(each), buildGiven(each)]
      expect(JSON.stringify([again.resource, again.fidelity, again.all])).toBe(JSON.stringify([once.resource, once.fidelity, once.all]))
      expect(diffCrds(once.resource, again.resource)).toEqual([])
    }), { numRuns: 15 })
  })

  it('every entry of the report names its rule', () => {
    fc.assert(fc.property(given, (each) => {
      const { fidelity } = buildGiven({ ...each, mode: 'compatible' })
      for (const { rule, outcome } of fidelity.entries) expect([rule, outcome]).toEqual([expect.any(String), expect.stringMatching(/^(strengthened|weakened|dropped)$/)])
    }), { numRuns: 15 })
  })
})
