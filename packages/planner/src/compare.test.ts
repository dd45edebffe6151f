import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { answers, body, object, parameter, sketch, STRING } from './sketch.testing.js'

const CONFIG = object({ since: { type: 'string', format: 'date-time' }, on: { type: 'boolean', default: true }, ratio: { type: 'number', format: 'float' }, day: { type: 'string', format: 'date' } })
const FIELDS = { name: STRING, note: STRING, labels: { type: 'array', uniqueItems: true, items: STRING }, rules: { type: 'array', uniqueItems: true, items: object({ since: { type: 'string', format: 'date-time' } }) }, config: CONFIG, password: { type: 'string', writeOnly: true } }
const THING = object({ ...FIELDS, id: STRING, meta: object({ id: STRING, size: STRING }) })

function paths(update: JsonObject): JsonObject {
  return {
    '/things': { post: { parameters: [parameter('dryRun', 'query')], ...body(object({ ...FIELDS, meta: object({ id: STRING, size: STRING, deep: object({ a: STRING }) }) })), ...answers(THING, '201') } },
    '/things/{id}': { parameters: [parameter('id', 'path'), parameter('zone', 'query')], get: answers(THING), put: { ...body(object(update)), ...answers(THING) } },
  }
}
const VERBS = ['get GET /things/{id}', 'create POST /things', 'update PUT /things/{id}']
const RESOURCE = { identifiers: ['name'], additionalStatusFields: ['id'], excludedSpecFields: ['id'] }

describe('what is compared', () => {
  it('everything but parameters and references of ours', () => {
    const fields = [{ path: 'spec.note', secret: true }, { path: 'spec.name', reference: { kind: 'Name', resolves: 'externalName' } }]
    const { plan } = sketch({ paths: paths(FIELDS), verbs: VERBS, resource: { ...RESOURCE, fields } })
    expect(plan.compare).toMatchObject({ scope: 'fullSpec', ignored: ['configurationRef', 'dryRun', 'nameRef', 'noteSecretRef', 'zone'] })
  })

  it('only what update can send, under updatable', () => {
    const { plan } = sketch({ paths: paths({ note: STRING }), verbs: VERBS, resource: { ...RESOURCE, compareScope: 'updatable' } })
    expect(plan.compare).toMatchObject({ scope: 'updatable', updatable: ['note'], ignored: ['config', 'configurationRef', 'dryRun', 'labels', 'meta', 'name', 'password', 'rules', 'zone'] })
  })

  it('only identifiers and status fields, at their depth', () => {
    const { plan } = sketch({ paths: paths(FIELDS), verbs: VERBS, resource: { ...RESOURCE, identifiers: ['name', 'meta.id'], compareScope: 'identifiersAndStatus' } })
    expect(plan.compare.ignored).toEqual(['config', 'configurationRef', 'dryRun', 'labels', 'note', 'password', 'rules', 'zone'])
    expect(plan.compare.rules.filter(({ path }) => path.startsWith('meta'))).toEqual([{ path: 'meta.deep', compare: 'ignore' }, { path: 'meta.size', compare: 'ignore' }])
  })
})

describe('rules of fields', () => {
  it('are what the document says, sorted', () => {
    const { plan } = sketch({ paths: paths(FIELDS), verbs: VERBS, resource: RESOURCE })
    expect(plan.compare.rules).toEqual([
      { path: 'config.day', format: 'date', type: 'string' },
      { path: 'config.on', default: true, type: 'boolean' },
      { path: 'config.ratio', format: 'float', type: 'number' },
      { path: 'config.since', format: 'date-time', type: 'string' },
      { path: 'labels', compare: 'set', type: 'array' },
      { path: 'password', writeOnly: true, type: 'string' },
      { path: 'rules[].since', format: 'date-time', type: 'string' },
    ])
  })

  it.each([
    { field: { path: 'spec.labels', compare: 'exact' }, wanted: { path: 'labels', compare: 'exact', type: 'array' }, reason: 'the definition knows better' },
    { field: { path: 'spec.rules', compare: 'keyed', keys: ['since'] }, wanted: { path: 'rules', compare: 'keyed', keys: ['since'] }, reason: 'keys tell the elements' },
    { field: { path: 'spec.rules[].since', normalize: ['dateTime', { cel: 'value' }] }, wanted: { path: 'rules[].since', normalize: ['dateTime', { cel: 'value' }], format: 'date-time', type: 'string' }, reason: 'every element' },
    { field: { path: 'spec.note', immutable: 'never', whenRemoved: 'empty' }, wanted: { path: 'note', immutable: 'never', whenRemoved: 'empty' }, reason: 'how a change is told' },
    { field: { path: 'spec.note', writeOnly: true, witness: 'status.id' }, wanted: { path: 'note', writeOnly: true, witness: 'status.id' }, reason: 'a value that nobody shows' },
    { field: { path: 'spec.note', ownershipMark: true }, wanted: { path: 'note', compare: 'ignore' }, reason: 'the mark is ours' },
    { field: { path: 'spec.note', relax: true }, wanted: undefined, reason: 'that speaks of the kind only' },
  ])('$wanted: $reason', ({ field, wanted }) => {
    const { plan } = sketch({ paths: paths(FIELDS), verbs: VERBS, resource: { ...RESOURCE, fields: [field] } })
    const path = field.path.replace('spec.', '')
    expect(plan.compare.rules.find((rule) => rule.path === path)).toEqual(wanted)
  })

  it('end in recursive schemas', () => {
    const node = object({ since: { type: 'string', format: 'date' }, next: { $ref: '#/components/schemas/Node' } })
    const { plan } = sketch({
      paths: { '/things': { post: { ...body(object({ node: { $ref: '#/components/schemas/Node' } })), ...answers(THING, '201') } } },
      document: { components: { schemas: { Node: node } } }, verbs: ['create POST /things'],
    })
    expect(plan.compare.rules.map(({ path }) => path).filter((path) => path.split('.').length > 9)).toEqual([])
    expect(plan.compare.rules.length).toBeGreaterThan(1)
  })
})

describe('the status', () => {
  it('has the types of the document, and reserved names elsewhere', () => {
    const schema = object({ name: STRING, count: { type: 'integer' }, any: {}, either: { oneOf: [{ type: 'string' }, { type: 'integer' }] }, list: { type: 'array', items: STRING }, conditions: { type: 'array', items: STRING } })
    const { plan } = sketch({ paths: { '/things': { get: answers(schema) } }, verbs: ['get GET /things'], resource: { additionalStatusFields: ['name', 'count', 'any', 'either', 'list', 'conditions', 'unknown.deep'] } })
    expect(plan.status).toEqual([
      { path: 'name', from: 'name', type: 'string' },
      { path: 'count', from: 'count', type: 'integer' },
      { path: 'any', from: 'any', type: 'any' },
      { path: 'either', from: 'either', type: 'any' },
      { path: 'list', from: 'list', type: 'array' },
      { path: 'conditions_', from: 'conditions', type: 'array' },
      { path: 'unknown.deep', from: 'unknown.deep', type: 'string' },
    ])
  })
})
