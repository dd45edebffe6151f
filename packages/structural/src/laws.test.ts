import { canonicalJson, type JsonObject, type JsonValue } from '@oasgen/json'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyDefaults, buildValidator, judgeCrd, printViolation, prune, readSchema } from './index.js'

const name = fc.constantFrom('a', 'b', 'c', 'metadata', '__proto__', 'x-y', 'namespace')
const scalar = fc.oneof(fc.string({ maxLength: 3 }), fc.integer({ min: -5, max: 5 }), fc.boolean(), fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }))

/** Schemas that are structural, with what may stand in each kind of node. */
const { node } = fc.letrec<{ node: JsonObject }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    fc.record({ type: fc.constant('string'), maxLength: fc.nat(3), nullable: fc.boolean(), enum: fc.constant(['a', 'b']), default: fc.constant('a') }, { requiredKeys: ['type'] }),
    fc.record({ type: fc.constantFrom('integer', 'number'), minimum: fc.integer({ min: -3, max: 3 }), default: fc.nat(3), nullable: fc.boolean() }, { requiredKeys: ['type'] }),
    fc.record({ type: fc.constant('boolean'), default: fc.boolean() }, { requiredKeys: ['type'] }),
    fc.constant<JsonObject>({ 'x-kubernetes-preserve-unknown-fields': true }),
    fc.constant<JsonObject>({ 'x-kubernetes-int-or-string': true }),
    fc.tuple(fc.dictionary(name.filter((each) => each !== 'metadata'), tie('node'), { maxKeys: 3, noNullPrototype: true }), fc.boolean(), fc.boolean()).map(([properties, open, required]): JsonObject => ({
      type: 'object', properties, ...(open && { 'x-kubernetes-preserve-unknown-fields': true }), ...(required && { required: Object.keys(properties).slice(0, 1) }),
    })),
    tie('node').map((items): JsonObject => ({ type: 'array', items })),
    tie('node').map((additionalProperties): JsonObject => ({ type: 'object', additionalProperties })),
  ) as fc.Arbitrary<JsonObject>,
}))

const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthSize: 'small' }, scalar, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true })) as fc.Arbitrary<JsonValue>,
}))

function schemaOf(spec: JsonObject): Parameters<typeof prune>[0] {
  const read = readSchema({ type: 'object', properties: { spec } })
  if (read.value === undefined) throw new Error('the schema is structural')
  return read.value
}

const object = (spec: JsonValue): JsonObject => ({ apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 'x' }, spec })
const given = fc.record({ spec: node, inside: value })
const RUNS = { numRuns: Number(process.env['OASGEN_RUNS'] ?? 150) }

describe('whatever the schema and the object', () => {
  it('pruning twice is pruning once, and nothing is added', () => {
    fc.assert(fc.property(given, ({ spec, inside }) => {
      const schema = schemaOf(spec)
      const once = prune(schema, object(inside)).value
      expect(canonicalJson(prune(schema, once).value)).toBe(canonicalJson(once))
      expect(canonicalJson(once).length).toBeLessThanOrEqual(canonicalJson(object(inside)).length)
    }), RUNS)
  })

  it('defaulting twice is defaulting once, and what was given stays', () => {
    fc.assert(fc.property(given, ({ spec, inside }) => {
      const schema = schemaOf(spec)
      const once = applyDefaults(schema, object(inside))
      expect(canonicalJson(applyDefaults(schema, once))).toBe(canonicalJson(once))
      expect(once['metadata']).toEqual({ name: 'x' })
    }), RUNS)
  })

  it('the object that was given is not changed', () => {
    fc.assert(fc.property(given, ({ spec, inside }) => {
      const schema = schemaOf(spec)
      const before = canonicalJson(object(inside))
      const mine = object(inside)
      applyDefaults(schema, prune(schema, mine).value)
      buildValidator(schema).validate(mine)
      expect(canonicalJson(mine)).toBe(before)
    }), RUNS)
  })

  it('what is valid stays valid when it is written again unchanged, and every violation has a path inside the object', () => {
    fc.assert(fc.property(given, ({ spec, inside }) => {
      const schema = schemaOf(spec)
      const made = applyDefaults(schema, prune(schema, object(inside)).value)
      const validator = buildValidator(schema)
      const violations = validator.validate(made)
      for (const violation of violations) expect(printViolation(violation)).toMatch(/^(spec|<nil>)/)
      if (violations.length === 0) expect(validator.validate(made, { old: made })).toEqual([])
    }), RUNS)
  })

  it('the verdict on a definition is the same each time and never throws', () => {
    fc.assert(fc.property(node, value, (spec, other) => {
      const names = { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' }
      const crd = (schema: JsonValue): JsonObject => ({
        apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'things.example.org' },
        spec: { group: 'example.org', scope: 'Namespaced', names, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }] },
      })
      for (const schema of [{ type: 'object', properties: { spec } }, { type: 'object', properties: { spec: other } }, other]) {
        expect(judgeCrd(crd(schema)).map(printViolation)).toEqual(judgeCrd(crd(schema)).map(printViolation))
      }
    }), RUNS)
  })
})
