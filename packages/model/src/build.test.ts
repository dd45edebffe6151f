import { CATALOGUE } from '@oasgen/diagnostics'
import { describe, expect, it } from 'vitest'
import { build, type Given, INTEGER, item, json, objectOf, operation, parameter, STRING, THING, things, VERBS } from './model.testing.js'

describe('shapes', () => {
  const single = item('/settings', { get: operation({ answer: THING }), put: operation({ body: THING }) })
  const member = item('/teams/{team}/members/{user}', { get: operation({ answer: THING }), put: operation({ code: '204' }), delete: operation({ code: '204' }) })
  const bucket = item('/buckets/{name}', { get: operation({ answer: THING }), put: operation({ body: objectOf({ size: INTEGER }) }), post: operation({ body: objectOf({ size: INTEGER }) }), delete: operation({ code: '204' }) })
  const attach = { ...item('/vms/{vm}/attach', { post: operation({ body: objectOf({ disk: STRING }) }) }), ...item('/vms/{vm}/detach', { post: operation({ body: objectOf({ disk: STRING }) }) }) }
  it.each([
    ['collection', things(), VERBS, 'POST on the collection'],
    ['singleton', single, ['get GET /settings', 'create PUT /settings'], 'no id in any path'],
    ['singleton', single, ['get GET /settings', 'update PUT /settings'], 'never made, only changed'],
    ['membership', member, ['get GET /teams/{team}/members/{user}', 'create PUT /teams/{team}/members/{user}', 'delete DELETE /teams/{team}/members/{user}'], 'a URL that names both sides and carries nothing'],
    ['membership', attach, ['create POST /vms/{vm}/attach', 'delete POST /vms/{vm}/detach'], 'undone by another call'],
    ['nameKeyed', bucket, ['get GET /buckets/{name}', 'create PUT /buckets/{name}', 'delete DELETE /buckets/{name}'], 'PUT to a chosen name'],
    ['postToItem', bucket, ['get GET /buckets/{name}', 'create POST /buckets/{name}'], 'POST to the item itself'],
  ])('%s (%#): %s', (shape, paths, verbs, _reason) => {
    expect(build({ paths, verbs }).model.shape).toBe(shape)
  })
})

describe('identity', () => {
  const nested = { ...item('/zones/{zone_id}/records', { post: operation({ body: objectOf({ name: STRING }), answer: THING }), get: operation({ answer: { type: 'array', items: THING } }) }), ...item('/zones/{zone_id}/records/{record_id}', { get: operation({ answer: THING }), delete: operation({ code: '204' }) }) }
  const NESTED = ['findby GET /zones/{zone_id}/records', 'get GET /zones/{zone_id}/records/{record_id}', 'create POST /zones/{zone_id}/records', 'delete DELETE /zones/{zone_id}/records/{record_id}']
  const mapped = NESTED.map((verb) => (verb.startsWith('get') || verb.startsWith('delete') ? { action: verb.split(' ')[0], method: verb.split(' ')[1], path: verb.split(' ')[2], requestFieldMapping: [{ inPath: 'record_id', inCustomResource: 'status.id' }] } : verb))

  it.each<[string, Given, object]>([
    ['a status field of the parameter\'s name', { paths: things(), verbs: VERBS, resource: { additionalStatusFields: ['id'] } }, { parameter: 'id', path: 'status.id', assigned: 'server', obtained: ['body', 'findby'] }],
    ['a mapping', { paths: nested, verbs: mapped, resource: { additionalStatusFields: ['id'] } }, { parameter: 'record_id', path: 'status.id', assigned: 'server' }],
    ['a field that the user has to give', { paths: things({ create: objectOf({ id: STRING }, ['id']) }), verbs: VERBS, resource: { additionalStatusFields: ['id'] } }, { path: 'spec.id', assigned: 'spec' }],
    ['a field that create could carry and the status keeps', { paths: things({ create: objectOf({ id: STRING, name: STRING }) }), verbs: VERBS, resource: { additionalStatusFields: ['id'] } }, { path: 'status.id', assigned: 'server' }],
    ['an id that only update carries', { paths: things({ update: objectOf({ id: STRING, name: STRING }, ['id']) }), verbs: VERBS, resource: { additionalStatusFields: ['id'] } }, { path: 'status.id', assigned: 'server' }],
    ['nothing but the parameter itself', { paths: things(), verbs: VERBS }, { path: 'spec.id', assigned: 'spec' }],
  ])('%s', (_, given, want) => {
    const { identity } = build(given).model
    expect(identity).toHaveLength(1)
    expect(identity[0]).toMatchObject(want)
  })

  it('takes what the collection has for parents', () => {
    expect(build({ paths: nested, verbs: NESTED }).model.parents).toEqual([{ parameter: 'zone_id', field: 'spec.zone_id', collection: '/zones/{zone_id}' }])
  })

  it('knows a parent under another name by its place', () => {
    const paths = { ...item('/zones/{zone}/records', { post: operation({ body: THING, answer: THING }) }), ...item('/zones/{zone_id}/records/{id}', { get: operation({ answer: THING }) }) }
    const { identity, parents } = build({ paths, verbs: ['get GET /zones/{zone_id}/records/{id}', 'create POST /zones/{zone}/records'], resource: { additionalStatusFields: ['id'] } }).model
    expect(identity.map((part) => part.parameter)).toEqual(['id'])
    expect(parents.map((each) => each.parameter)).toEqual(['zone_id'])
  })

  it('is empty for a singleton', () => {
    expect(build({ paths: item('/s', { get: operation({ answer: THING }), put: operation({ body: THING }) }), verbs: ['get GET /s', 'create PUT /s'] }).model.identity).toEqual([])
  })

  it('is that of the steps where a verb has no call of its own', () => {
    const paths = {
      ...item('/things', { post: operation({ body: objectOf({ name: STRING }), answer: THING }), get: operation({ answer: { type: 'array', items: THING } }) }),
      ...item('/things/{id}', { get: operation({ answer: THING }), delete: operation({ code: '204' }) }),
      ...item('/things/{id}/stop', { post: operation({ code: '204' }) }),
    }
    const step = (name: string, method: string, path: string): object => ({ name, method, path })
    const verbs = [
      { action: 'get', steps: [step('read', 'GET', '/things/{id}')] },
      { action: 'create', steps: [step('make', 'POST', '/things')] },
      { action: 'delete', steps: [step('stop', 'POST', '/things/{id}/stop'), step('remove', 'DELETE', '/things/{id}')] },
    ]
    const { model, findings } = build({ paths, verbs, resource: { additionalStatusFields: ['id'] } })
    expect(model.shape).toBe('collection')
    expect(model.identity).toMatchObject([{ parameter: 'id', path: 'status.id', assigned: 'server', obtained: ['body'] }])
    expect(findings.map(({ code }) => code)).not.toContain('MDL0223')
  })

  it('reads a Location header', () => {
    const paths = { ...item('/things', { post: { requestBody: json(objectOf({ name: STRING })), responses: { 201: { description: '', headers: { Location: { schema: STRING } } } } } }), ...item('/things/{id}', { get: operation({ answer: THING }) }) }
    expect(build({ paths, verbs: ['get GET /things/{id}', 'create POST /things'], resource: { additionalStatusFields: ['id'] } }).model.identity[0]?.obtained).toEqual(['location'])
  })
})

describe('spec fields', () => {
  it('come from create, then update, then parameters, each with the verbs that carry it', () => {
    const paths = things({ create: objectOf({ name: STRING, size: INTEGER }, ['name']), update: objectOf({ name: STRING, archived: { type: 'boolean' } }, ['archived']) })
    const { spec } = build({ paths, verbs: VERBS }).model
    expect(spec.map(({ name, required, sentBy, returned }) => ({ name, required, sentBy, returned }))).toEqual([
      { name: 'name', required: true, sentBy: ['create', 'update'], returned: true },
      { name: 'size', required: false, sentBy: ['create'], returned: false },
      { name: 'archived', required: false, sentBy: ['update'], returned: false },
      { name: 'id', required: true, sentBy: ['get', 'update', 'delete'], returned: true },
    ])
  })

  it('are sent by update also under another name', () => {
    const paths = things({ create: objectOf({ name: STRING, labels: THING }), update: objectOf({ new_labels: THING }), get: objectOf({ id: STRING, name: STRING, labels: THING }) })
    const update = { action: 'update', method: 'PATCH', path: '/things/{id}', fieldMapping: [{ inBody: 'new_labels', inCustomResource: 'spec.labels' }] }
    const { model, findings } = build({ paths, verbs: [...VERBS.filter((verb) => !verb.startsWith('update')), update], resource: { schema: 'strict', fields: [{ path: 'spec.name', immutable: 'deny' }] } })
    expect(model.spec.map(({ name, sentBy }) => [name, sentBy])).toContainEqual(['labels', ['create', 'update']])
    expect(findings.map(({ code }) => code)).not.toContain('MDL0217')
  })

  it('are found in a list that calls them something else, where a mapping says so', () => {
    const findby = { action: 'findby', method: 'GET', path: '/things', fieldMapping: [{ inResponse: 'name', inCustomResource: 'spec.title' }] }
    const given = { paths: things({ create: objectOf({ title: STRING }) }), verbs: [findby, ...VERBS.filter((verb) => !verb.startsWith('findby'))], resource: { ...STATUS, identifiers: ['title'] } }
    expect(build(given).findings.map(({ code }) => code)).not.toContain('MDL0215')
  })

  it.each([
    ["self.spec.name + '!'", ['name'], 'the user still says it'],
    ["self.spec['name']", ['name'], 'in brackets too'],
    ["self.spec.names", [], 'another field'],
    ["'fixed'", [], 'nothing is left to say'],
  ])('of which update computes %s are %j (%#: %s)', (value, want, _reason) => {
    const update = { action: 'update', method: 'PATCH', path: '/things/{id}', fieldMapping: [{ inBody: 'name', value }] }
    const { model } = build({ paths: things(), verbs: [...VERBS.filter((verb) => !verb.startsWith('update')), update], resource: { ...STATUS, schema: 'strict' } })
    expect(model.spec.map(({ name }) => name)).toEqual(want)
  })

  it('of a list, a text and a map have a name', () => {
    for (const [schema, name] of [[{ type: 'array', items: STRING }, 'items'], [{ type: 'string' }, 'body'], [{ type: 'object', additionalProperties: STRING }, 'body']] as const) {
      expect(build({ paths: things({ create: schema }), verbs: ['create POST /things'] }).model.spec.map((field) => field.name)).toEqual([name])
    }
  })

  it('of an object that sits deeper in the request are those of the object', () => {
    const verbs = [{ action: 'create', method: 'POST', path: '/things', body: { path: 'data' } }]
    expect(build({ paths: things({ create: objectOf({ data: objectOf({ name: STRING }) }) }), verbs }).model.spec.map(({ name }) => name)).toEqual(['name'])
  })

  it('of an update that the document leaves open are those of create', () => {
    const paths = things()
    const { model } = build({ paths: { ...paths, ...item('/things/{id}', { get: operation({ answer: THING }), patch: operation({ answer: THING }) }) }, verbs: VERBS.slice(0, 4) })
    expect(model.spec.find(({ name }) => name === 'name')?.sentBy).toEqual(['create', 'update'])
    expect(model.verbs.update?.call?.body).toMatchObject({ borrowed: true, form: 'object' })
  })

  it.each(['compatible', 'strict'])('leave out If-Match, into which goes the version that was just read (%s)', (schema) => {
    const versioned = operation({ body: objectOf({ name: STRING }), parameters: [{ ...parameter('if-match', 'header'), required: true }] })
    const paths = { ...things(), ...item('/things/{id}', { get: operation({ answer: THING }), patch: versioned, delete: operation({ code: '204' }) }) }
    const { model } = build({ paths, verbs: VERBS, resource: { schema, additionalStatusFields: ['id'] } })
    expect(model.spec.map(({ name }) => name)).not.toContain('if-match')
  })

  it('of a header that the Configuration holds go, however the definition spells it', () => {
    const paths = { ...things(), ...item('/things', { post: operation({ body: objectOf({ name: STRING }), answer: THING, parameters: [parameter('X-Tenant', 'header')] }), get: operation({ answer: { type: 'array', items: THING } }) }) }
    const configurationFields = [{ fromOpenAPI: { name: 'x-tenant', in: 'header' }, fromRestDefinition: { actions: ['create'] } }]
    const { model, findings } = build({ paths, verbs: VERBS, resource: { additionalStatusFields: ['id'], configurationFields, excludedSpecFields: ['X-Tenant', 'id'] } })
    expect(model.spec.map(({ name }) => name)).toEqual(['name'])
    expect(model.configuration?.parameters).toMatchObject([{ name: 'x-tenant', action: 'create', parameter: { name: 'X-Tenant' } }])
    expect(findings.map(({ code }) => code)).toEqual([])
  })

  it('that strict leaves out anyway may be excluded without a word', () => {
    const paths = { ...things({ create: objectOf({ name: STRING, made: { type: 'string', readOnly: true } }) }) }
    const given = { paths, verbs: VERBS, resource: { schema: 'strict', additionalStatusFields: ['id'], identifiers: ['name'], excludedSpecFields: ['id', 'made'] } }
    expect(build(given).findings.map(({ code }) => code)).not.toContain('MDL0220')
  })

  it('leave out headers about authorization and constants, whatever the mode', () => {
    const paths = things()
    const withHeaders = { ...paths, ...item('/things', { post: operation({ body: THING, parameters: [parameter('X-Authorization', 'header'), parameter('X-Trace', 'header')] }) }) }
    const verbs = [{ action: 'create', method: 'POST', path: '/things', headers: [{ name: 'x-trace', value: 'on' }] }]
    expect(build({ paths: withHeaders, verbs }).model.spec.map(({ name }) => name)).toEqual(['id', 'name'])
  })
})

describe('answers', () => {
  const inside = objectOf({ data: THING, meta: objectOf({ request: STRING }) })
  it.each([
    ['$', THING, ['id'], 'the answer itself'],
    ['data', inside, ['id'], 'the definition names what only the inside has'],
    ['$', inside, ['data.id'], 'the definition counts from the top'],
    ['data', inside, [], 'only the inside has what is sent'],
    ['result.thing', objectOf({ result: objectOf({ thing: THING }) }), ['id'], 'two levels'],
  ])('the object is at %s (%#: %s)', (path, answer, fields, _reason) => {
    expect(build({ paths: things({ get: answer }), verbs: VERBS, resource: { additionalStatusFields: fields } }).model.verbs.get?.call?.response?.itemPath).toBe(path)
  })

  it.each([
    ['$', { type: 'array', items: THING }, 'a list at the top'],
    ['items', objectOf({ errors: { type: 'array', items: STRING }, items: { type: 'array', items: THING } }), 'errors are no items'],
    ['things', objectOf({ links: { type: 'array', items: objectOf({ href: STRING }) }, things: { type: 'array', items: THING } }), 'what its elements have counts'],
    ['result.items', objectOf({ result: objectOf({ items: { type: 'array', items: THING } }) }), 'two levels'],
    [undefined, THING, 'one object is one item'],
  ])('the list is at %s (%#: %s)', (path, answer, _reason) => {
    expect(build({ paths: things({ list: answer }), verbs: VERBS, resource: { identifiers: ['name'] } }).model.verbs.findby?.call?.response?.itemsPath).toBe(path)
  })

  it('takes 200 before 201 before other codes, and one that describes something before one that does not', () => {
    const responses = { 204: { description: '' }, 202: { description: '', ...json(objectOf({ task: STRING })) }, 201: { description: '', ...json(THING) } }
    const paths = { ...things(), ...item('/things', { post: { requestBody: json(THING), responses } }) }
    expect(build({ paths, verbs: ['create POST /things'] }).model.verbs.create?.call?.response?.code).toBe('201')
  })
})

describe('configuration', () => {
  const document = { components: { securitySchemes: { a: { type: 'http', scheme: 'bearer' }, b: { type: 'apiKey', in: 'header', name: 'X-Key' }, c: { type: 'apiKey', in: 'query', name: 'key' }, 'd-e': { type: 'apiKey', in: 'cookie', name: 's' } } } }
  it('has a block for each scheme, the first of a kind under the word of the reference', () => {
    expect(build({ paths: things(), verbs: VERBS, document }).model.configuration?.schemes.map(({ name, block, method }) => [name, block, method])).toEqual([['a', 'bearer', 'bearer'], ['b', 'apiKey', 'apiKey'], ['c', 'c', 'apiKey'], ['d-e', 'dE', 'apiKey']])
  })

  it.each<[string, string, object | undefined, string]>([
    ['strict', '/v1', { required: false, schemes: [] }, 'somebody has to say where the API is'],
    ['strict', 'https://api.test', undefined, 'there is nothing to configure'],
    ['compatible', '/v1', undefined, 'the reference has none without credentials'],
  ])('of a %s kind without credentials on %s (%#: %s)', (schema, url, want, _reason) => {
    const { configuration } = build({ paths: things(), verbs: VERBS, resource: { schema }, document: { servers: [{ url }] } }).model
    if (want === undefined) expect(configuration).toBeUndefined()
    else expect(configuration).toMatchObject(want)
  })

  it.each([
    [['*'], ['findby', 'get'], 'the wildcard is a wish for those that have it'],
    [['get'], ['get'], 'a single action'],
  ])('moves a parameter for %j (%#: %s)', (actions, want, _reason) => {
    const paths = { ...item('/things', { get: operation({ answer: { type: 'array', items: THING }, parameters: [parameter('v', 'query')] }) }), ...item('/things/{id}', { get: operation({ answer: THING, parameters: [parameter('v', 'query')] }), delete: operation({ code: '204' }) }) }
    const { model } = build({ paths, verbs: ['findby GET /things', 'get GET /things/{id}', 'delete DELETE /things/{id}'], resource: { configurationFields: [{ fromOpenAPI: { name: 'v', in: 'query' }, fromRestDefinition: { actions } }] } })
    expect(model.configuration?.parameters.map(({ action }) => action)).toEqual(want)
    expect(model.spec.map(({ name }) => name)).toEqual(['id'])
  })
})

interface FindingRow {
  readonly code: string
  readonly reason: string
  readonly given: Given
  readonly has?: object
}

const STATUS = { additionalStatusFields: ['id'], excludedSpecFields: ['id'] }
const GOOD = { paths: things(), verbs: VERBS, resource: { ...STATUS, identifiers: ['name'] } }

const FINDINGS: readonly FindingRow[] = [
  { code: 'MDL0204', reason: 'a media type that is not offered', given: { ...GOOD, verbs: [{ action: 'create', method: 'POST', path: '/things', body: { contentType: 'text/csv' } }, ...VERBS.filter((verb) => !verb.startsWith('create'))] } },
  { code: 'MDL0205', reason: 'nobody knows where to send requests', given: { ...GOOD, document: { servers: [{ url: '/v1' }] } } },
  { code: 'MDL0205', reason: 'strict kinds always have a Configuration that can say it', given: { ...GOOD, resource: { ...GOOD.resource, schema: 'strict' }, document: { servers: [{ url: '/v1' }] } }, has: { help: 'set spec.document.servers, or baseURL in the Configuration' } },
  { code: 'MDL0206', reason: 'a scheme of no known type', given: { ...GOOD, document: { components: { securitySchemes: { x: { type: 'kerberos' } } } } } },
  { code: 'MDL0213', reason: 'excluded from the spec and in no status', given: { ...GOOD, resource: { excludedSpecFields: ['id'], identifiers: ['name'] } }, has: { severity: 'error' } },
  { code: 'MDL0214', reason: 'the user would have to know what only the API knows', given: { ...GOOD, resource: { identifiers: ['name'], additionalStatusFields: [] } } },
  { code: 'MDL0215', reason: 'no item ever matches', given: { ...GOOD, resource: { ...STATUS, identifiers: ['nmae'] } }, has: { fix: { patch: [{ op: 'replace', path: '/spec/resource/identifiers/0', value: 'name' }] } } },
  { code: 'MDL0216', reason: 'text as a fallback, and said', given: { ...GOOD, resource: { ...GOOD.resource, additionalStatusFields: ['id', 'nope'] } } },
  { code: 'MDL0216', reason: 'an open answer may have it all the same', given: { ...GOOD, paths: things({ get: { ...objectOf({ id: STRING, name: STRING }), additionalProperties: {} } }), resource: { ...GOOD.resource, additionalStatusFields: ['id', 'nope'] } }, has: { severity: 'notice' } },
  { code: 'MDL0216', reason: 'the document does not describe the answer, and an overlay can', given: { paths: { ...item('/things', { post: operation({ body: objectOf({ name: STRING }) }) }), ...item('/things/{id}', { get: operation({}), delete: operation({ code: '204' }) }) }, verbs: ['get GET /things/{id}', 'create POST /things', 'delete DELETE /things/{id}'], resource: STATUS }, has: { fix: { kind: 'overlay', actions: [{ target: '$.paths[\'/things/{id}\'].get.responses[\'200\']', update: { content: { 'application/json': { schema: { properties: { id: { type: 'string' } } } } } } }] } } },
  { code: 'MDL0217', reason: 'the edit would never arrive', given: { ...GOOD, paths: things({ create: objectOf({ name: STRING, region: STRING }), update: objectOf({ name: STRING }), get: objectOf({ id: STRING, name: STRING, region: STRING }) }) }, has: { fix: { patch: [{ path: '/spec/resource/fields' }] } } },
  { code: 'MDL0218', reason: 'the reference drops it without a word', given: { ...GOOD, resource: { ...GOOD.resource, configurationFields: [{ fromOpenAPI: { name: 'x', in: 'query' }, fromRestDefinition: { actions: ['get'] } }] } } },
  { code: 'MDL0219', reason: 'one thing, two spellings', given: { ...GOOD, paths: things({ create: objectOf({ user_id: STRING, userId: STRING }) }) } },
  { code: 'MDL0219', reason: 'a parameter and a field of the body', given: { paths: { ...item('/users/{user_id}/things', { post: operation({ body: objectOf({ userId: STRING }), answer: THING }) }), ...item('/users/{user_id}/things/{id}', { get: operation({ answer: THING }) }) }, verbs: ['get GET /users/{user_id}/things/{id}', 'create POST /users/{user_id}/things'], resource: STATUS }, has: { fix: { patch: [
    { op: 'add', path: '/spec/resource/verbsDescription/0/requestFieldMapping', value: [{ inPath: 'user_id', inCustomResource: 'spec.userId' }] },
    { op: 'add', path: '/spec/resource/verbsDescription/1/requestFieldMapping', value: [{ inPath: 'user_id', inCustomResource: 'spec.userId' }] },
    { op: 'add', path: '/spec/resource/excludedSpecFields/-', value: 'user_id' },
  ] } } },
  { code: 'MDL0218', reason: 'a slip of the pen', given: { ...GOOD, paths: { ...things(), ...item('/things', { get: operation({ answer: { type: 'array', items: THING } }), post: operation({ body: objectOf({ name: STRING }), answer: THING, parameters: [parameter('dryRun', 'query')] }) }) }, resource: { ...GOOD.resource, configurationFields: [{ fromOpenAPI: { name: 'dryrun', in: 'query' }, fromRestDefinition: { actions: ['create'] } }] } }, has: { fix: { patch: [{ op: 'replace', value: 'dryRun' }] } } },
  { code: 'MDL0220', reason: 'nothing is excluded', given: { ...GOOD, resource: { ...GOOD.resource, excludedSpecFields: ['id', 'naem'] } }, has: { help: 'did you mean name?', fix: { patch: [{ op: 'replace', path: '/spec/resource/excludedSpecFields/1', value: 'name' }] } } },
  { code: 'MDL0221', reason: 'configurationRef is ours', given: { ...GOOD, paths: things({ create: objectOf({ configurationRef: STRING }) }) } },
  { code: 'MDL0222', reason: 'conditions are ours', given: { ...GOOD, paths: things({ get: objectOf({ id: STRING, name: STRING, conditions: STRING }) }), resource: { ...GOOD.resource, additionalStatusFields: ['id', 'conditions'] } } },
  { code: 'MDL0223', reason: 'nobody ever looks', given: { ...GOOD, verbs: ['create POST /things', 'delete DELETE /things/{id}'] } },
  { code: 'MDL0224', reason: 'the object is lost after its creation', given: { paths: { ...item('/things', { post: operation({ body: objectOf({ name: STRING }), answer: objectOf({ ok: { type: 'boolean' } }) }) }), ...item('/things/{id}', { get: operation({ answer: THING }), delete: operation({ code: '204' }) }) }, verbs: ['get GET /things/{id}', 'create POST /things', 'delete DELETE /things/{id}'], resource: STATUS } },
  { code: 'MDL0225', reason: 'the whole answer counts as one item', given: { ...GOOD, paths: things({ list: objectOf({ total: INTEGER, name: STRING }) }) } },
  { code: 'MDL0226', reason: 'the document contradicts itself', given: { ...GOOD, paths: { ...things(), ...item('/things', { get: operation({ answer: { type: 'array', items: THING } }), post: operation({ body: objectOf({ name: STRING }), answer: objectOf({ id: INTEGER, name: STRING }) }) }) } } },
  { code: 'MDL0227', reason: 'the value would go nowhere', given: { ...GOOD, verbs: [{ action: 'get', method: 'GET', path: '/things/{id}', requestFieldMapping: [{ inPath: 'idd', inCustomResource: 'status.id' }] }, ...VERBS.filter((verb) => !verb.startsWith('get'))] }, has: { severity: 'error', fix: { patch: [{ value: 'id' }] } } },
  { code: 'MDL0228', reason: 'sent all the same, and said', given: { ...GOOD, verbs: [{ action: 'create', method: 'POST', path: '/things', requestFieldMapping: [{ inBody: 'nam', inCustomResource: 'spec.name' }] }, ...VERBS.filter((verb) => !verb.startsWith('create'))] } },
  { code: 'MDL0229', reason: 'never found', given: { ...GOOD, verbs: [{ action: 'get', method: 'GET', path: '/things/{id}', fieldMapping: [{ inResponse: 'data.x', inCustomResource: 'status.x' }] }, ...VERBS.filter((verb) => !verb.startsWith('get'))] } },
  { code: 'MDL0230', reason: 'a rule about nothing', given: { ...GOOD, resource: { ...GOOD.resource, fields: [{ path: 'spec.nam', compare: 'ignore' }] } }, has: { severity: 'error' } },
  { code: 'MDL0231', reason: 'a password in clear', given: { ...GOOD, paths: things({ create: objectOf({ name: STRING, password: { type: 'string', format: 'password' } }) }) }, has: { severity: 'notice' } },
  { code: 'MDL0232', reason: 'objects stay behind', given: { ...GOOD, verbs: VERBS.slice(0, 4) } },
  { code: 'MDL0233', reason: 'nothing can be made', given: { ...GOOD, verbs: VERBS.filter((verb) => !verb.startsWith('create')) } },
  { code: 'MDL0234', reason: 'the name of the reference is taken', given: { ...GOOD, paths: things({ create: objectOf({ zoneId: STRING, zoneRef: STRING }) }), resource: { ...GOOD.resource, fields: [{ path: 'spec.zoneId', reference: { kind: 'Zone' } }] } } },
  { code: 'MDL0235', reason: 'one field cannot be both', given: { ...GOOD, paths: { ...things({ create: objectOf({ tags: { type: 'array', items: STRING } }) }), ...item('/things', { get: operation({ answer: { type: 'array', items: THING }, parameters: [parameter('tags', 'query')] }), post: operation({ body: objectOf({ tags: { type: 'array', items: STRING } }), answer: THING }) }) } } },
  { code: 'MDL0236', reason: 'an empty kind', given: { ...GOOD, verbs: ['get GET /nothing'] } },
  { code: 'MDL0237', reason: 'required before there is any answer', given: { ...GOOD, resource: { additionalStatusFields: ['id'], identifiers: ['name'] } }, has: { fix: { patch: [{ path: '/spec/resource/excludedSpecFields', value: ['id'] }] } } },
]

describe('findings', () => {
  it.each(FINDINGS)('$code: $reason', ({ code, given, has }) => {
    const found = build(given).findings.find((each) => each.code === code)
    expect(found, build(given).findings.map((each) => `${each.code} ${each.message}`).join('\n')).toBeDefined()
    expect(found?.where).toBeDefined()
    if (has !== undefined) expect(found).toMatchObject(has)
  })

  it('are none for a good definition', () => {
    expect(build(GOOD).findings).toEqual([])
  })

  it('are all shown by a row', () => {
    const shown = new Set(FINDINGS.map(({ code }) => code))
    expect(Object.keys(CATALOGUE).filter((code) => code.startsWith('MDL') && !shown.has(code))).toEqual([])
  })

  it('are errors under strict where the reference only warns', () => {
    const { findings } = build({ ...GOOD, resource: { identifiers: ['name'], schema: 'strict' } })
    expect(findings.find(({ code }) => code === 'MDL0214')?.severity).toBe('error')
  })

  it('cite both sides', () => {
    const { findings } = build({ ...GOOD, resource: { identifiers: ['name'] } })
    expect(findings.find(({ code }) => code === 'MDL0214')).toMatchObject({ where: { uri: 'thing.yaml', pointer: '/spec/resource/verbsDescription/1/path' }, related: [{ where: { uri: 'openapi.json' } }, { where: { uri: 'openapi.json' } }] })
  })
})
