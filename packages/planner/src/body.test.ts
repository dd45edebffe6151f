import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { actionOf, answers, body, DONE, object, parameter, sketch, sourcesIn, sourceText, STRING } from './sketch.testing.js'

const THING = object({ id: STRING, name: STRING, note: STRING, tags: { type: 'array', items: STRING }, config: object({ a: STRING, b: STRING }) })
const RESOURCE = { identifiers: ['name'], additionalStatusFields: ['id'] }

function paths(create: JsonObject, update: JsonObject = DONE, remove: JsonObject = DONE): JsonObject {
  return {
    '/things': { post: { ...create, ...answers(THING, '201') } },
    '/things/{id}': { parameters: [parameter('id', 'path')], get: answers(THING), put: { ...update, ...answers(THING) }, delete: { ...remove, ...DONE } },
  }
}
const ALL = ['get GET /things/{id}', 'create POST /things', 'update PUT /things/{id}', 'delete DELETE /things/{id}']

describe('what a body is filled with', () => {
  it('has the fields that the operation declares, in their order, and no others', () => {
    const { plan } = sketch({ paths: paths(body(object({ note: STRING, name: STRING }, { required: ['name'] })), body(object({ name: STRING }))), verbs: ALL, resource: RESOURCE })
    expect(actionOf(plan, 'create').call?.body?.fields.map(({ path, required }) => [path, required])).toEqual([['note', undefined], ['name', true]])
    expect(Object.keys(sourcesIn(plan, 'update'))).toEqual(['path id', 'body name'])
  })

  it('puts mappings over the fields, and nested ones into them', () => {
    const create = { action: 'create', method: 'POST', path: '/things', requestFieldMapping: [{ inBody: 'name', inCustomResource: 'metadata.name' }, { inBody: 'config.a', inCustomResource: 'spec.mode' }, { inBody: 'extra.deep', inCustomResource: 'spec.extra' }] }
    const { plan } = sketch({ paths: paths(body(object({ name: STRING, config: object({ a: STRING, b: STRING }) }))), verbs: ['get GET /things/{id}', create], resource: { ...RESOURCE, schema: 'compatible' } })
    expect(sourcesIn(plan, 'create')).toEqual({ 'body name': ['metadata.name', 'spec.name'], 'body config': ['spec.config'], 'body config.a': ['spec.mode'], 'body extra.deep': ['spec.extra'] })
  })

  it.each([
    { mode: 'full', wanted: ['status.id'], reason: 'as the reference, a replacement repeats what the API gave' },
    { mode: 'changed', wanted: undefined, reason: 'what did not change is not sent' },
    { mode: 'merged', wanted: undefined, reason: 'the observed object has it' },
  ])('$mode: a field that only the status has is $wanted: $reason', ({ mode, wanted }) => {
    const { plan } = sketch({ paths: paths(body(object({ name: STRING })), body(object({ id: STRING, name: STRING }))), verbs: [...ALL.slice(0, 2), { action: 'update', method: 'PUT', path: '/things/{id}', body: { mode } }], resource: { ...RESOURCE, excludedSpecFields: ['id'] } })
    expect(sourcesIn(plan, 'update')['body id']).toEqual(wanted?.map((text) => text.replace('status.id', 'identity status.id')))
    expect(actionOf(plan, 'update').call?.body?.mode).toBe(mode)
  })

  it.each([
    { name: 'a GET', method: 'get', required: true, has: false, reason: 'reads carry none' },
    { name: 'a DELETE', method: 'delete', required: false, has: false, reason: 'as the reference' },
    { name: 'a DELETE whose body is required', method: 'delete', required: true, has: true, reason: 'the document says that it cannot do without' },
  ])('$name has a body: $has, because $reason', ({ method, required, has }) => {
    const own = { [method]: { ...body(object({ name: STRING }), { required }), ...answers(THING) } }
    const { plan } = sketch({ paths: { '/things/{id}': { parameters: [parameter('id', 'path')], ...own } }, verbs: [`${method} ${method.toUpperCase()} /things/{id}`], resource: RESOURCE })
    expect(actionOf(plan, method as 'get').call?.body !== undefined).toBe(has)
  })

  it('a mapping gives even a DELETE a body', () => {
    const remove = { action: 'delete', method: 'DELETE', path: '/things/{id}', requestFieldMapping: [{ inBody: 'reason', inCustomResource: 'spec.reason' }] }
    const { plan } = sketch({ paths: paths(body(object({ name: STRING }))), verbs: [...ALL.slice(0, 2), remove], resource: RESOURCE })
    expect(actionOf(plan, 'delete').call?.body).toMatchObject({ contentType: 'application/json', encoding: 'json', fields: [{ path: 'reason' }] })
  })

  it.each([
    { settings: { from: 'spec.items' }, schema: { type: 'array', items: STRING }, wanted: ['spec.items'], reason: 'the definition says which value is the body' },
    { settings: {}, schema: { type: 'array', items: STRING }, wanted: ['spec.items'], reason: 'a list is held as items' },
    { settings: {}, schema: { type: 'object', additionalProperties: STRING }, wanted: ['spec.body'], reason: 'a map is held as body' },
    { settings: { from: 'self.spec.items.map(i, {"id": i})' }, schema: { type: 'array', items: STRING }, wanted: ['cel self.spec.items.map(i, {"id": i})'], reason: 'it may be computed' },
  ])('the whole body is $wanted: $reason', ({ settings, schema, wanted }) => {
    const { plan } = sketch({ paths: paths(body(schema)), verbs: ['get GET /things/{id}', { action: 'create', method: 'POST', path: '/things', body: settings }], resource: RESOURCE })
    expect(actionOf(plan, 'create').call?.body?.value?.map(sourceText)).toEqual(wanted)
  })

  it.each([
    { media: '*/*', contentType: 'application/json', encoding: 'json' },
    { media: 'application/vnd.things+json; version=1', contentType: 'application/vnd.things+json; version=1', encoding: 'json' },
    { media: 'multipart/form-data', contentType: 'multipart/form-data', encoding: 'multipart' },
  ])('$media is sent as $contentType', ({ media, contentType, encoding }) => {
    const { plan } = sketch({ paths: paths(body(object({ name: STRING }), {}, media)), verbs: ALL.slice(0, 2), resource: RESOURCE })
    expect(actionOf(plan, 'create').call?.body).toMatchObject({ contentType, encoding })
  })

  it('an update that the document leaves open takes the fields of create', () => {
    const { plan } = sketch({ paths: paths(body(object({ name: STRING, note: STRING }))), verbs: ALL, resource: RESOURCE })
    expect(sourcesIn(plan, 'update')).toEqual({ 'path id': ['identity status.id'], 'body name': ['spec.name', 'status.name'], 'body note': ['spec.note'] })
  })

  it('marks what no answer shows', () => {
    const { plan } = sketch({ paths: paths(body(object({ name: STRING, secretWord: STRING, note: { type: 'string', writeOnly: true } }))), verbs: ALL, resource: RESOURCE })
    expect(actionOf(plan, 'create').call?.body?.fields.map(({ path, writeOnly }) => [path, writeOnly])).toEqual([['name', undefined], ['secretWord', true], ['note', true]])
  })
})

describe('fields with rules of their own', () => {
  const create = paths(body(object({ name: STRING, key: { type: 'string', format: 'uuid' }, config: object({ a: STRING, b: STRING }), zone: STRING })), body(object({ name: STRING, config: object({ b: STRING }) })))

  it('a mark is sent by create and update, whatever else is said', () => {
    const { plan } = sketch({ paths: create, verbs: ALL, resource: { ...RESOURCE, fields: [{ path: 'spec.key', ownershipMark: true }, { path: 'spec.config.a', ownershipMark: true }] } })
    expect(sourcesIn(plan, 'create')).toMatchObject({ 'body key': ['mark uuid'], 'body config.a': ['mark text'] })
  })

  it('a secret inside of an object has its own place, and the reference to it is not sent', () => {
    const { plan } = sketch({ paths: create, verbs: ALL, resource: { ...RESOURCE, fields: [{ path: 'spec.config.a', secret: true }] } })
    const fields = actionOf(plan, 'create').call?.body?.fields ?? []
    expect(fields.filter(({ path }) => path.startsWith('config'))).toEqual([
      { path: 'config', sources: [{ from: 'resource', path: 'spec.config' }], shape: { a: true, b: true } },
      { path: 'config.a', sources: [{ from: 'secretField', path: 'spec.config.aSecretRef', form: 'text' }] },
    ])
  })

  it('a field that the definition adds is sent, unless the definition only reads it', () => {
    const fields = [{ path: 'spec.added', schema: STRING }, { path: 'spec.read', schema: STRING }]
    const verbs = ['get GET /things/{id}', { action: 'create', method: 'POST', path: '/things', fieldMapping: [{ inBody: 'zone', value: "self.spec.read + '-1'" }] }]
    const { plan } = sketch({ paths: create, verbs, resource: { ...RESOURCE, fields, readyWhen: "self.spec.added != ''" } })
    expect(sourcesIn(plan, 'create')).toMatchObject({ 'body added': ['spec.added'] })
    expect(Object.keys(sourcesIn(plan, 'create'))).not.toContain('body read')
  })
})
