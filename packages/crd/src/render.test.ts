import { finding } from '@oasgen/diagnostics'
import { judgeCrd, buildValidator, printViolation, readSchema, schemaOfVersion, type Violation } from '@oasgen/structural'
import type { JsonObject, JsonValue } from '@oasgen/json'
import { describe, expect, it } from 'vitest'
import { ALL_VERBS, at, build, type Built, definitionOf, documentOf, schemaOf } from './cases.testing.js'
import { renderFidelityText } from './fidelity/report.js'

const STRING = { type: 'string' }
const object = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({ type: 'object', properties, ...(required.length > 0 && { required: [...required] }) })

function strict(create: JsonValue, resource: object = {}, update?: JsonValue): Built {
  return build(documentOf({ create, get: object({ id: STRING }), ...(update !== undefined && { update }) }), definitionOf({ schema: 'strict', additionalStatusFields: ['id'], verbsDescription: ALL_VERBS.filter(({ action }) => action !== 'findby' && (update !== undefined || action !== 'update')), ...resource }))
}

function refused(built: Built, spec: JsonObject, old?: { readonly spec: JsonObject; readonly status?: JsonObject }): readonly string[] {
  const validator = buildValidator(readSchema(schemaOfVersion(built.resource, 'v1alpha1') ?? {}).value ?? {})
  const whole = (part: JsonObject, status?: JsonObject): JsonObject => ({ apiVersion: 'case.example.org/v1alpha1', kind: 'Case', metadata: { name: 'a' }, spec: part, ...(status && { status }) })
  const violations: readonly Violation[] = validator.validate(whole(spec, old?.status), old === undefined ? {} : { old: whole(old.spec, old.status) })
  return violations.map(printViolation)
}

describe('immutability', () => {
  const built = strict(object({ name: STRING, region: STRING }), {}, object({ name: STRING }))
  const exists = { reconcile: { identity: { 'status.id': '1' } } }

  it.each([
    [{ region: 'us' }, { region: 'eu' }, undefined, 0, 'before the first create a typo can be corrected'],
    [{ region: 'us' }, { region: 'eu' }, exists, 1, 'afterwards it cannot'],
    [{}, { region: 'eu' }, exists, 1, 'nor be removed'],
    [{ region: 'eu' }, {}, exists, 1, 'nor be added'],
    [{ region: 'eu', name: 'b' }, { region: 'eu', name: 'a' }, exists, 0, 'what update carries can change'],
  ])('%j after %j (%#)', (spec, before, status, count, reason) => {
    expect(refused(built, spec, { spec: before, ...(status && { status }) }), reason).toHaveLength(count)
  })

  it('of a list is said to have no place', () => {
    const { findings } = strict(object({ disks: { type: 'array', items: object({ type: STRING }) } }), { fields: [{ path: 'spec.disks[].type', immutable: 'deny' }] })
    expect(findings.map(({ code }) => code)).toEqual(['CRD0404'])
  })
})

describe('references', () => {
  it.each([
    [['zoneId'], {}, 1, 'one of the two is needed'],
    [['zoneId'], { zoneId: '1' }, 0, 'the id'],
    [['zoneId'], { zoneRef: { name: 'a' } }, 0, 'the reference'],
    [['zoneId'], { zoneId: '1', zoneRef: { name: 'a' } }, 1, 'not both'],
    [[], {}, 0, 'an optional one can be left out'],
    [[], { zoneId: '1', zoneRef: { name: 'a' } }, 1, 'not both'],
  ])('required %j: %j (%#)', (required, spec, count, reason) => {
    const built = strict(object({ zoneId: STRING }, required), { fields: [{ path: 'spec.zoneId', reference: { kind: 'Zone' } }] })
    expect(refused(built, spec), reason).toHaveLength(count)
  })
})

describe('unions under strict', () => {
  const built = strict(object({ source: { oneOf: [object({ kind: { enum: ['git'] }, repo: STRING }, ['kind', 'repo']), object({ kind: { enum: ['http'] }, url: STRING }, ['kind', 'url'])] } }))
  it.each([
    [{ kind: 'git', repo: 'r' }, 0, 'a whole branch'],
    [{ kind: 'git', url: 'u' }, 1, 'the fields of another branch'],
    [{ kind: 'svn', repo: 'r' }, 1, 'no branch'],
    [{ repo: 'r' }, 1, 'no mark'],
  ])('%j (%#)', (source, count, reason) => {
    expect(refused(built, { source }).length > 0, `${reason}: ${refused(built, { source }).join('; ')}`).toBe(count > 0)
  })
})

describe('null', () => {
  it.each([[null, 0], ['on', 0], ['other', 1]])('%j in a nullable enum: %i', (mode, count) => {
    expect(refused(strict(object({ mode: { type: ['string', 'null'], enum: ['on', null] } })), { mode })).toHaveLength(count)
  })
})

describe('size', () => {
  const wide = (width: number, depth: number): JsonObject => {
    const schemas: Record<string, JsonValue> = {}
    for (let level = 0; level < depth; level += 1) {
      schemas[`L${level}`] = object(Object.fromEntries(Array.from({ length: width }, (_, index) => [`f${index}`, level === depth - 1 ? STRING : { $ref: `#/components/schemas/L${level + 1}` }])))
    }
    return { components: { schemas } }
  }

  it('is kept: few large subtrees are cut, small ones stay whole, and the fattest are named', () => {
    const built = build(documentOf({ create: { $ref: '#/components/schemas/L0' }, root: wide(7, 6) }), definitionOf({ verbsDescription: [ALL_VERBS[2]] }))
    expect(built.fidelity.size.bytes).toBeLessThan(700_000)
    expect(judgeCrd(built.resource)).toEqual([])
    expect(built.fidelity.untyped / built.fidelity.leaves).toBeLessThan(0.1)
    expect(built.findings.map(({ code }) => code)).toContain('CRD0403')
    expect(built.fidelity.size.fattest).toHaveLength(5)
  })

  it('of a document that grows without end is found in time', () => {
    const built = build(documentOf({ create: { $ref: '#/components/schemas/L0' }, root: wide(12, 40) }), definitionOf({ verbsDescription: [ALL_VERBS[2]] }))
    expect(built.fidelity.size.bytes).toBeLessThan(700_000)
  })
})

describe('the status', () => {
  const { resource } = strict(object({ name: STRING }))
  it('is unseen until somebody has looked', () => {
    expect(at(schemaOf(resource, 'status'), 'default')).toEqual({ observedGeneration: -1 })
  })

  it('has conditions by type and columns for people', () => {
    expect(schemaOf(resource, 'status', 'properties', 'conditions')).toMatchObject({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
    const columns = at(resource, 'spec', 'versions', 0, 'additionalPrinterColumns') as readonly JsonObject[]
    expect(columns.map(({ name }) => name)).toEqual(['AGE', 'READY', 'SYNCED', 'EXTERNAL-ID'])
  })

  it('takes a surprise', () => {
    const built = build(documentOf({ create: object({ name: STRING }), get: object({ id: STRING, state: { type: 'string', enum: ['up'], maxLength: 2 }, seen: { type: 'string', format: 'date-time' } }, ['state']) }), definitionOf({ schema: 'strict', additionalStatusFields: ['id', 'state', 'seen'], verbsDescription: ALL_VERBS.slice(1, 3) }))
    const { conditions: _, observedGeneration: __, reconcile: ___, ...fields } = schemaOf(built.resource, 'status', 'properties')
    expect(fields).toEqual({ id: STRING, state: STRING, seen: { type: 'string', description: '(format: date-time)' } })
  })
})

describe('the report', () => {
  it('is text for people, with the rules that it cites', () => {
    const { fidelity } = strict(object({ name: { type: 'string', default: 'x', pattern: '(?=a)b' } }))
    expect(renderFidelityText(fidelity)).toContain('dropped      spec.name  default  defaults')
    expect(renderFidelityText(fidelity)).toContain('re2-approximated: ')
  })

  it('is the same whenever it is made', () => {
    const once = strict(object({ a: { oneOf: [STRING, { type: 'integer' }] }, b: STRING }))
    const again = strict(object({ a: { oneOf: [STRING, { type: 'integer' }] }, b: STRING }))
    expect(JSON.stringify([again.resource, again.fidelity])).toBe(JSON.stringify([once.resource, once.fidelity]))
  })
})

it('leaves out a rule that the API server would refuse, and says so', () => {
  const items = { type: 'array', items: { type: 'array', items: { type: 'array', items: object({ a: STRING }) } } }
  const built = strict(object({ huge: items }), { fields: [{ path: 'spec.huge', immutable: 'deny' }] })
  expect(judgeCrd(built.resource).map(printViolation)).toEqual([])
  const left = at(built.resource, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'x-kubernetes-validations') === undefined
  expect(built.findings.map(({ code }) => code)).toEqual(left ? ['CRD0402'] : [])
  expect(finding('CRD0402', { rule: 'x' }).severity).toBe('warning')
})
