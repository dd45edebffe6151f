import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import { actionOf, answers, body, DONE, object, parameter, sketch, sourcesIn, STRING } from './sketch.testing.js'

const ITEM = answers(object({ id: STRING, name: STRING, owner: STRING, state: STRING }))

function things(parts: { readonly list?: readonly JsonObject[]; readonly item?: readonly JsonObject[]; readonly create?: readonly JsonObject[] }): JsonObject {
  return {
    '/things': {
      get: { parameters: parts.list ?? [], ...answers({ type: 'array', items: object({ id: STRING, name: STRING, state: STRING }) }) },
      post: { parameters: parts.create ?? [], ...body(object({ name: STRING, state: STRING })), ...ITEM },
    },
    '/things/{id}': { get: { parameters: [parameter('id', 'path'), ...(parts.item ?? [])], ...ITEM }, put: { parameters: [parameter('id', 'path'), ...(parts.item ?? [])], ...body(object({ name: STRING, state: STRING })), ...ITEM } },
  }
}

const ALL = ['findby GET /things', 'get GET /things/{id}', 'create POST /things', 'update PUT /things/{id}']
const RESOURCE = { identifiers: ['name'], additionalStatusFields: ['id'] }

describe('what fills a parameter', () => {
  it.each([
    {
      name: 'the identity fills the path of the item',
      sketch: { paths: things({}), verbs: ALL, resource: RESOURCE }, action: 'get', wanted: { 'path id': ['identity status.id'] },
      reason: 'the id that the API gave is kept beside the status, which can get lost',
    },
    {
      name: 'mapping, configuration, spec, status, in this order',
      sketch: {
        paths: things({ item: [parameter('state', 'query')] }),
        verbs: ['findby GET /things', { action: 'get', method: 'GET', path: '/things/{id}', requestFieldMapping: [{ inQuery: 'state', inCustomResource: 'spec.wanted' }] }, 'create POST /things'],
        resource: { ...RESOURCE, schema: 'compatible', additionalStatusFields: ['id', 'state'], configurationFields: [{ fromOpenAPI: { name: 'other', in: 'query' }, fromRestDefinition: { actions: ['get'] } }] },
      },
      action: 'get', wanted: { 'path id': ['identity status.id', 'spec.id'], 'query state': ['spec.wanted', 'spec.state', 'status.state'] },
      reason: 'the precedence of the reference, behind the identity',
    },
    {
      name: 'the Configuration comes before the spec',
      sketch: {
        paths: things({ item: [parameter('api-version', 'query', { required: true })] }), verbs: ALL,
        resource: { ...RESOURCE, configurationFields: [{ fromOpenAPI: { name: 'api-version', in: 'query' }, fromRestDefinition: { actions: ['*'] } }] },
      },
      action: 'get', wanted: { 'path id': ['identity status.id'], 'query api-version': ['configuration query.get.api-version'] },
      reason: 'the field is gone from the spec',
    },
    {
      name: 'a header of the Configuration',
      sketch: {
        paths: things({ item: [parameter('X-Tenant', 'header')] }), verbs: ALL,
        resource: { ...RESOURCE, configurationFields: [{ fromOpenAPI: { name: 'X-Tenant', in: 'header' }, fromRestDefinition: { actions: ['get'] } }] },
      },
      action: 'get', wanted: { 'path id': ['identity status.id'], 'header X-Tenant': ['configuration header.get.X-Tenant'] },
      reason: 'the path is the one of the CRD',
    },
    {
      name: 'a name with dots is quoted',
      sketch: {
        paths: things({ item: [parameter('api.version', 'query')] }), verbs: ALL,
        resource: { ...RESOURCE, configurationFields: [{ fromOpenAPI: { name: 'api.version', in: 'query' }, fromRestDefinition: { actions: ['get'] } }] },
      },
      action: 'get', wanted: { 'path id': ['identity status.id'], 'query api.version': ['configuration query.get[\'api.version\']'] },
      reason: 'a path into the Configuration has no other way',
    },
    {
      name: 'a mapping may quote the name of its parameter',
      sketch: {
        paths: things({ item: [parameter('api.version', 'query')] }),
        verbs: ['findby GET /things', { action: 'get', method: 'GET', path: '/things/{id}', requestFieldMapping: [{ inQuery: "['api.version']", inCustomResource: 'spec.version' }] }],
        resource: RESOURCE,
      },
      action: 'get', wanted: { 'path id': ['identity status.id'], 'query api.version': ['spec.version'] },
      reason: 'the reference writes targets as paths',
    },
    {
      name: 'a mapping to a header that no document knows is sent',
      sketch: {
        paths: things({}),
        verbs: ['findby GET /things', { action: 'get', method: 'GET', path: '/things/{id}', fieldMapping: [{ inHeader: 'X-Tenant', inCustomResource: 'spec.tenant' }, { inQuery: 'view', value: "'full'" }] }],
        resource: RESOURCE,
      },
      action: 'get', wanted: { 'path id': ['identity status.id'], 'header X-Tenant': ['spec.tenant'], 'query view': ["cel 'full'"] },
      reason: 'vendors leave headers out of their documents',
    },
    {
      name: 'the secret that a mapping names',
      sketch: {
        paths: things({ create: [parameter('X-Seed', 'header')] }),
        verbs: ['findby GET /things', 'get GET /things/{id}', {
          action: 'create', method: 'POST', path: '/things',
          fieldMapping: [{ inHeader: 'x-seed', resolver: { type: 'secretRef', secretRef: { nameFromCustomResource: 'spec.seed.secret', keyFromCustomResource: 'spec.seed.key' } } }],
        }],
        resource: RESOURCE,
      },
      action: 'create', wanted: { 'header X-Seed': ['secret spec.seed.secret/spec.seed.key'], 'body name': ['spec.name'], 'body state': ['spec.state'] },
      reason: '0.21 resolves names that stand in the resource',
    },
    {
      name: 'a create reads no status',
      sketch: {
        paths: things({ create: [parameter('id', 'query')] }),
        verbs: ['get GET /things/{id}', { action: 'create', method: 'POST', path: '/things', requestFieldMapping: [{ inQuery: 'id', inCustomResource: 'status.id' }] }],
        resource: RESOURCE,
      },
      action: 'create', wanted: { 'body name': ['spec.name'], 'body state': ['spec.state'] },
      reason: 'an old status may belong to an object that is gone',
    },
    {
      name: 'a constant of the definition takes the parameter out',
      sketch: { paths: things({ item: [parameter('view', 'query', { required: true })] }), verbs: ['findby GET /things', { action: 'get', method: 'GET', path: '/things/{id}', queries: [{ name: 'view', value: 'full' }] }], resource: RESOURCE },
      action: 'get', wanted: { 'path id': ['identity status.id'] },
      reason: 'static values win',
    },
    {
      name: 'a required parameter that nobody fills has the value of the document',
      sketch: { paths: things({ list: [parameter('view', 'query', { required: true, schema: { type: 'string', default: 'all' } }), parameter('v', 'query', { required: true, schema: { enum: ['7.0'] } })] }), verbs: ALL, resource: { ...RESOURCE, excludedSpecFields: ['view', 'v'] } },
      action: 'findby', wanted: { 'query view': ['constant "all"'], 'query v': ['constant "7.0"'] },
      reason: 'without it no request could be built',
    },
    {
      name: 'the version of an update is ours to send, a read has none',
      sketch: { paths: things({ item: [parameter('If-Match', 'header')] }), verbs: ALL, resource: RESOURCE },
      action: 'update', wanted: { 'path id': ['identity status.id'], 'header If-Match': [], 'body name': ['spec.name', 'status.name'], 'body state': ['spec.state'] },
      reason: 'the engine fills it with the version that it has just read',
    },
    {
      name: 'the key of a create is ours to send',
      sketch: { paths: things({ create: [parameter('Idempotency-Key', 'header', { required: true })] }), verbs: ['get GET /things/{id}', { action: 'create', method: 'POST', path: '/things', idempotencyKey: { header: 'idempotency-key' } }], resource: RESOURCE },
      action: 'create', wanted: { 'body name': ['spec.name'], 'body state': ['spec.state'] },
      reason: 'the same header twice would be refused',
    },
  ] as const)('$name: $reason', ({ sketch: input, action, wanted }) => {
    expect(sourcesIn(sketch(input).plan, action)).toEqual(wanted)
  })
})

describe('how a parameter is written', () => {
  it('keeps style, explode, allowReserved and content of the document', () => {
    const list = [
      parameter('filter', 'query', { required: true, style: 'deepObject', explode: true, schema: object({ a: STRING }) }),
      parameter('path', 'query', { required: true, allowReserved: true }),
      { name: 'where', in: 'query', required: true, content: { 'application/json': { schema: object({ a: STRING }) } } },
      parameter('session', 'cookie', { required: true }),
    ]
    const { plan } = sketch({ paths: things({ list }), verbs: ALL, resource: RESOURCE })
    expect(actionOf(plan, 'findby').call?.parameters).toMatchObject([
      { name: 'filter', style: 'deepObject', explode: true, required: true },
      { name: 'path', style: 'form', explode: true, allowReserved: true },
      { name: 'where', content: 'application/json' },
      { name: 'session', in: 'cookie', style: 'form' },
    ])
  })
})

describe('filters of a list', () => {
  it.each([
    { filter: 'state', drifting: true, resource: RESOURCE, reason: 'somebody may change it, and the object would be hidden' },
    { filter: 'name', drifting: undefined, resource: RESOURCE, reason: 'the object is recognised by it anyway' },
    { filter: 'name', drifting: true, resource: { ...RESOURCE, identifiers: ['name', 'id'] }, reason: 'with OR the object may be recognised by the other one' },
    { filter: 'state', drifting: undefined, resource: { ...RESOURCE, fields: [{ path: 'spec.state', immutable: 'deny' }] }, reason: 'it never changes' },
    { filter: 'region', drifting: undefined, resource: { ...RESOURCE, schema: 'compatible' }, reason: 'it is no field of the object' },
  ])('$filter, drifting $drifting: $reason', ({ filter, drifting, resource }) => {
    const mapping = { action: 'findby', method: 'GET', path: '/things', requestFieldMapping: [{ inQuery: filter, inCustomResource: `spec.${filter}` }] }
    const { plan } = sketch({ paths: things({ list: [parameter(filter, 'query')] }), verbs: [mapping, ...ALL.slice(1)], resource })
    expect(actionOf(plan, 'findby').call?.parameters.map((each) => [each.name, each.drifting])).toEqual([[filter, drifting]])
  })
})

describe('switches of a read that are called like a field', () => {
  it.each([
    { name: 'state', schema: 'strict', filled: false, reason: '?state= chooses what is answered; as a filter it would hide the object' },
    { name: 'name', schema: 'strict', filled: true, reason: 'what identifies the object can address it' },
    { name: 'state', schema: 'compatible', filled: true, reason: 'the reference sends it' },
  ])('?$name of a $schema kind, filled: $filled ($reason)', ({ name, schema, filled }) => {
    const { plan } = sketch({ paths: things({ item: [parameter(name, 'query')] }), verbs: ALL, resource: { ...RESOURCE, schema } })
    expect(actionOf(plan, 'get').call?.parameters.map((each) => each.name)).toEqual(filled ? ['id', name] : ['id'])
  })

  it('are filled by whoever maps them', () => {
    const get = { action: 'get', method: 'GET', path: '/things/{id}', fieldMapping: [{ inQuery: 'state', inCustomResource: 'spec.state' }] }
    const { plan } = sketch({ paths: things({ item: [parameter('state', 'query')] }), verbs: [get, ...ALL.filter((verb) => !verb.startsWith('get'))], resource: { ...RESOURCE, schema: 'strict' } })
    expect(actionOf(plan, 'get').call?.parameters.map((each) => each.name)).toEqual(['id', 'state'])
  })
})

describe('names above the object', () => {
  const paths = {
    '/orgs/{org}/things': { get: { parameters: [parameter('org', 'path')], ...answers({ type: 'array', items: object({ id: STRING }) }) }, post: { parameters: [parameter('org', 'path')], ...body(object({ name: STRING })), ...ITEM } },
    '/orgs/{org}/things/{id}': { get: { parameters: [parameter('org', 'path'), parameter('id', 'path')], ...ITEM }, delete: { parameters: [parameter('org', 'path'), parameter('id', 'path')], ...DONE } },
  }
  const verbs = ['findby GET /orgs/{org}/things', 'get GET /orgs/{org}/things/{id}', 'create POST /orgs/{org}/things', 'delete DELETE /orgs/{org}/things/{id}']

  it('are part of the identity: an object is addressed where it was made', () => {
    const { plan } = sketch({ paths, verbs, resource: RESOURCE })
    expect(plan.identity.parts.map(({ path, assigned }) => `${assigned} ${path}`)).toEqual(['spec spec.org', 'server status.id'])
    expect(sourcesIn(plan, 'delete')).toEqual({ 'path org': ['identity spec.org'], 'path id': ['identity status.id'] })
    expect(sourcesIn(plan, 'create')['path org']).toEqual(['spec.org'])
    expect(sourcesIn(plan, 'findby')['path org']).toEqual(['spec.org'])
  })

  it('are all that a singleton is known by', () => {
    const settings = { parameters: [parameter('org', 'path')], get: answers(object({ theme: STRING })), put: { ...body(object({ theme: STRING })), ...answers(object({ theme: STRING })) } }
    const { plan } = sketch({ paths: { '/orgs/{org}/settings': settings }, verbs: ['get GET /orgs/{org}/settings', 'create PUT /orgs/{org}/settings', 'update PUT /orgs/{org}/settings'] })
    expect(plan.identity.parts.map(({ path }) => path)).toEqual(['spec.org'])
  })

  it('are not where the Configuration names them; an id that another resource gives is kept like one that is written', () => {
    const configured = sketch({ paths, verbs, resource: { ...RESOURCE, configurationFields: [{ fromOpenAPI: { name: 'org', in: 'path' }, fromRestDefinition: { actions: ['*'] } }] } })
    const referred = sketch({ paths, verbs, resource: { ...RESOURCE, fields: [{ path: 'spec.org', reference: { kind: 'Org', resolves: 'externalName' } }] } })
    expect(configured.plan.identity.parts.map(({ path }) => path)).toEqual(['status.id'])
    expect(referred.plan.identity.parts.map(({ path }) => path)).toEqual(['spec.org', 'status.id'])
    expect(sourcesIn(referred.plan, 'create')['path org']).toEqual(['reference spec.orgRef', 'spec.org'])
    expect(sourcesIn(referred.plan, 'get')['path org']).toEqual(['identity spec.org'])
  })
})

describe('objects without a path of their own', () => {
  const run = object({ run: object({ info: object({ run_id: STRING, status: STRING }) }) })
  const paths = {
    '/runs/create': { post: { ...body(object({ name: STRING })), ...answers(run) } },
    '/runs/get': { get: { parameters: [parameter('run_id', 'query', { required: true })], ...answers(run) } },
    '/runs/delete': { post: { ...body(object({ run_id: STRING }, { required: ['run_id'] }), { required: true }), ...answers(object({})) } },
  }
  const toStatus = { inResponse: 'run.info.run_id', inCustomResource: 'status.run_id' }

  it('are known by what the status has, kept beside it', () => {
    const { plan } = sketch({
      paths, resource: { excludedSpecFields: ['run_id'] },
      verbs: [
        { action: 'create', method: 'POST', path: '/runs/create', fieldMapping: [toStatus] }, { action: 'get', method: 'GET', path: '/runs/get', fieldMapping: [toStatus] },
        'delete POST /runs/delete',
      ],
    })
    expect(plan.identity.parts).toEqual([{ path: 'status.run_id', assigned: 'server', from: [{ in: 'body', path: 'run_id' }], type: 'string' }])
    expect(sourcesIn(plan, 'get')).toEqual({ 'query run_id': ['identity status.run_id'] })
    expect(sourcesIn(plan, 'delete')).toEqual({ 'body run_id': ['identity status.run_id'] })
  })
})
