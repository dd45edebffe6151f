import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isArray, isObject, Sealed, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { compileText, readManifests } from './compiled.testing.js'
import { answer, drive, edit, reconcile, remove, statusOf, taken, type Api } from './drive.testing.js'

/** The Plan of a case of `specs/plan`. */
function planOf(name: string): Plan {
  const at = (file: string): URL => new URL(`../../../specs/plan/${name}/${file}`, import.meta.url)
  const [definition] = readManifests(at('restdefinition.yaml'))
  if (definition === undefined) throw new Error(`${name} has no definition`)
  return compileText({ document: readFileSync(at('openapi.yaml'), 'utf8'), uri: (definition['spec'] as { readonly oasPath: string }).oasPath, definition }).plan
}

/** Answers by `METHOD /path`; a function sees the request. Anything else is not there. */
function script(answers: Readonly<Record<string, ReturnType<Api> | Api>>): Api {
  return (request, path) => {
    const found = answers[`${request.method} ${path}`] ?? answers[`${request.method} ${path.split('?')[0] ?? ''}`]
    return typeof found === 'function' ? found(request, path) : found ?? answer(404, { message: 'Not Found' })
  }
}

const CONFIGURATION = (spec: JsonObject) => ({ configuration: { state: 'found' as const, object: { kind: 'Configuration', metadata: { name: 'c', namespace: 'default' }, spec } } })

function referencesIn(value: JsonValue): readonly string[] {
  if (value instanceof Sealed) return [`${value.reference.namespace}/${value.reference.name}/${value.reference.key}`]
  if (isArray(value)) return value.flatMap(referencesIn)
  return isObject(value) ? Object.values(value).flatMap(referencesIn) : []
}

describe('requests of the cases', () => {
  it('reference-style: configuration, mappings, two servers', () => {
    const plan = planOf('reference-style')
    const object = { id: 7, name: 'build', revision: 3, folder: '\\', configuration: { repository: { id: 'r-1' } } }
    const api = script({ 'GET /contoso/shop/_apis/pipelines/7': answer(200, object), 'GET /contoso/shop/_apis/pipelines': answer(200, { count: 0, value: [] }), 'POST /contoso/shop/_apis/pipelines': answer(200, object), 'PUT /shop/_apis/pipelines/7': answer(200, object) })
    const extras = CONFIGURATION({ configuration: { query: { findby: { 'api-version': '7.0' }, get: { 'api-version': '7.0' }, create: { 'api-version': '7.1' }, update: { 'api-version': '6.0' } }, header: { findby: { 'X-Trace': 'on' } } } })
    const driven = drive('Pipeline', { project: 'shop', name: 'build', repositoryId: 'r-1', configuration: { type: 'yaml', repository: { type: 'git' } } })
    reconcile(driven, plan, api, extras)
    expect(taken(driven)).toEqual([
      'GET /contoso/shop/_apis/pipelines?api-version=7.0',
      'POST /contoso/shop/_apis/pipelines?api-version=7.1 {"name":"build","configuration":{"type":"yaml","repository":{"type":"git","id":"r-1"}}}',
      'GET /contoso/shop/_apis/pipelines/7?api-version=7.0',
    ])
    expect(driven.requests[0]?.headers).toContainEqual({ name: 'x-trace', value: 'on' })
    edit(driven, { folder: '/x' })
    reconcile(driven, plan, api, extras)
    expect(taken(driven).slice(0, 2)).toEqual(['GET /contoso/shop/_apis/pipelines/7?api-version=7.0', 'PUT /shop/_apis/pipelines/7?api-version=6.0 {"id":7,"name":"build","folder":"/x","revision":3}'])
    expect(driven.requests.map(({ url }) => String(url).replace(/(https?:\/\/[^/]+).*/, '$1'))).toContain('http://plugin.example:8080')
  })

  it('secrets-and-references: sealed values, resolved ids, the mark and the key', () => {
    const plan = planOf('secrets-and-references')
    const references = { 'spec.projectRef': { state: 'resolved' as const, value: 'p-1' }, 'spec.owner.networkRef': { state: 'resolved' as const, value: 'n-1' } }
    const api = script({ 'GET /projects/p-1/databases': answer(200, []), 'POST /projects/p-1/databases': answer(201, { id: 4, name: 'db' }), 'GET /projects/p-1/databases/4': answer(200, { id: 4, name: 'db' }) })
    const driven = drive('Database', { projectRef: { name: 'p' }, name: 'db', passwordSecretRef: { name: 's', key: 'k' }, owner: { networkRef: { name: 'n' }, certificateSecretRef: { name: 's', key: 'c' }, note: 'x', team: 't' }, users: [{ name: 'ann', passwordSecretRef: { name: 's', key: 'a' } }] })
    reconcile(driven, plan, api, { references })
    expect(taken(driven).slice(0, 2)).toEqual([
      'GET /projects/p-1/databases',
      'POST /projects/p-1/databases {"name":"db","clientToken":"1b4e28ba-2fa1-41d2-883f-0016d3cca427","password":"••••","owner":{"note":"x","team":"t","networkId":"n-1","certificate":"••••"},"users":[{"name":"ann","password":"••••"}]}',
    ])
    const sealed = driven.requests.flatMap(({ body }) => (body?.type === 'json' ? [JSON.stringify(referencesIn(body.value))] : []))
    expect(sealed).toEqual(['["default/s/k","default/s/c","default/s/a"]'])
    const keys = driven.requests.flatMap(({ headers }) => headers.filter(({ name }) => name === 'idempotency-key'))
    expect(keys).toHaveLength(1)
  })

  it('steps: look-up, create, change under a condition; members one by one', () => {
    const plan = planOf('steps')
    let members = ['ann']
    const team = (): JsonObject => ({ id: 't-1', name: 'core', lead: 'u-9', members })
    const api: Api = script({
      'GET /teams': answer(200, []), 'GET /users': (_, path) => answer(200, path.includes('page=1') ? [{ id: 'u-9' }] : []), 'POST /teams': () => answer(201, team()), 'PATCH /teams/t-1': () => answer(200, team()), 'GET /teams/t-1': () => answer(200, team()),
      'PUT /teams/t-1/members/cid': () => { members = [...members, 'cid']; return answer(204) },
      'DELETE /teams/t-1/members/ann': () => { members = members.filter((name) => name !== 'ann'); return answer(204) },
      'DELETE /teams/t-1': answer(204),
    })
    const driven = drive('Team', { name: 'core', leadEmail: 'a@b.example', defaultBranch: 'main', members: ['ann'] })
    reconcile(driven, plan, api)
    expect(taken(driven)).toEqual(expect.arrayContaining([
      'GET /users?email=a%40b.example&page=1', 'POST /teams {"name":"core","lead":"u-9"}', 'PATCH /teams/t-1 {"name":"core","defaultBranch":"main"}',
    ]) as string[])
    driven.now += 60_000
    reconcile(driven, plan, api)
    taken(driven)
    edit(driven, { members: ['cid'] })
    reconcile(driven, plan, api)
    expect(taken(driven).filter((line) => line.includes('members'))).toEqual(['PUT /teams/t-1/members/cid', 'DELETE /teams/t-1/members/ann'])
  })

  it('bodies: a form, a record in a list of one, a delete with a body', () => {
    const plan = planOf('bodies')
    let record: JsonObject | undefined
    const api = script({
      'POST /records/search': () => answer(200, { items: record === undefined ? [] : [record] }),
      'POST /records': () => { record = { id: 'r-1', name: 'www', kind: 'A', ttl: 60 }; return answer(201, record) },
      'GET /records/r-1': () => (record === undefined ? answer(404) : answer(200, record)),
      'PATCH /records': () => { record = { ...record, ttl: 90 }; return answer(204) },
      'DELETE /records': () => { record = undefined; return answer(204) },
    })
    const driven = drive('Record', { name: 'www', kind: 'A', ttl: 60 })
    reconcile(driven, plan, api)
    expect(taken(driven).slice(0, 2)).toEqual(['POST /records/search {"name":"www","kind":"A"}', 'POST /records name=www&kind=A&ttl=60'])
    edit(driven, { ttl: 90 })
    reconcile(driven, plan, api)
    expect(taken(driven)[1]).toBe('PATCH /records {"rrsets":[{"name":"www","ttl":90,"changetype":"REPLACE"}]}')
    remove(driven)
    reconcile(driven, plan, api)
    expect(taken(driven)[1]).toBe('DELETE /records {"id":"r-1"}')
  })

  it('parents: an edit of a name above is refused, the object stays addressed where it was made', () => {
    const plan = planOf('parents')
    let isOne = false
    const api = script({ 'GET /api/v1/repos/acme/shop/collaborators/ann': () => answer(isOne ? 204 : 404), 'PUT /api/v1/repos/acme/shop/collaborators/ann': () => { isOne = true; return answer(204) } })
    const driven = drive('Collaborator', { owner: 'acme', repo: 'shop', username: 'ann', permission: 'read' })
    reconcile(driven, plan, api)
    driven.now += 60_000
    reconcile(driven, plan, api)
    taken(driven)
    edit(driven, { repo: 'other' })
    reconcile(driven, plan, api)
    expect(taken(driven).filter((line) => line.includes('other'))).toEqual([])
  })

  it('operations: the handle of the header is polled below the same parent', () => {
    const plan = planOf('operations')
    const api = script({
      'GET /orgs/acme/clusters': answer(200, { clusters: [] }),
      'POST /orgs/acme/clusters': answer(202, undefined, { location: 'job-7' }),
      'GET /orgs/acme/jobs/job-7': answer(200, { state: 'running' }),
    })
    const driven = drive('Cluster', { org: 'acme', name: 'c', nodes: 3 })
    reconcile(driven, plan, api)
    driven.now += 10_000
    reconcile(driven, plan, api)
    expect(taken(driven)).toEqual(['GET /orgs/acme/clusters', 'POST /orgs/acme/clusters {"name":"c","nodes":3}', 'GET /orgs/acme/jobs/job-7'])
  })

  it('shapes: each request carries what its own body declares', () => {
    const plan = planOf('shapes')
    let machine: JsonObject = { uuid: 'm-1' }
    const api = script({
      'POST /machines': (request) => { machine = { ...(request.body?.type === 'json' ? (request.body.value as JsonObject) : {}), uuid: 'm-1' }; return answer(201, machine) },
      'GET /machines/m-1': () => answer(200, { ...machine, network: { ...(machine['network'] as JsonObject), key: undefined as never } }),
      'PUT /machines/m-1': (request) => { machine = { ...machine, ...(request.body?.type === 'json' ? (request.body.value as JsonObject) : {}) }; return answer(200, machine) },
    })
    const driven = drive('Machine', { network: { zone: 'eu', address: '10.0.0.1', dns: { server: 'a', search: 'b', timeout: 3 }, keySecretRef: { name: 's', key: 'k' } }, disks: [{ size: 1, image: 'x', tier: 't' }], labels: { a: '1' } })
    reconcile(driven, plan, api)
    expect(taken(driven)[0]).toBe('POST /machines {"network":{"zone":"eu","address":"10.0.0.1","dns":{"server":"a","search":"b"},"key":"••••"},"disks":[{"size":1,"image":"x","tier":"t"}],"labels":{"a":"1"}}')
    edit(driven, { labels: { a: '2' } })
    reconcile(driven, plan, api)
    expect(taken(driven)[1]).toBe('PUT /machines/m-1 {"network":{"address":"10.0.0.1","dns":{"server":"a","timeout":3},"key":"••••"},"disks":[{"size":1,"tier":"t"}],"labels":{"a":"2"}}')
  })

  it('ids-in-queries: the id of the answer fills query and body', () => {
    const plan = planOf('ids-in-queries')
    let run: JsonObject | undefined
    const shown = (): JsonObject => ({ run: { info: run ?? {} } })
    const api = script({
      'POST /api/2.0/mlflow/runs/create': () => { run = { run_id: 'r-1', run_name: 'first', experiment_id: '4', lifecycle_stage: 'active' }; return answer(200, shown()) },
      'GET /api/2.0/mlflow/runs/get': () => (run === undefined ? answer(404) : answer(200, shown())),
      'POST /api/2.0/mlflow/runs/update': () => { run = { ...run, run_name: 'second' }; return answer(200, {}) },
      'POST /api/2.0/mlflow/runs/delete': () => { run = { ...run, lifecycle_stage: 'deleted' }; return answer(200, {}) },
    })
    const driven = drive('Run', { experiment_id: '4', run_name: 'first' })
    reconcile(driven, plan, api)
    expect(taken(driven)).toEqual(['POST /api/2.0/mlflow/runs/create {"experiment_id":"4","run_name":"first"}', 'GET /api/2.0/mlflow/runs/get?run_id=r-1'])
    edit(driven, { run_name: 'second' })
    reconcile(driven, plan, api)
    expect(taken(driven)[1]).toBe('POST /api/2.0/mlflow/runs/update {"run_id":"r-1","run_name":"second"}')
    remove(driven)
    reconcile(driven, plan, api)
    expect(taken(driven).slice(0, 2)).toEqual(['GET /api/2.0/mlflow/runs/get?run_id=r-1', 'POST /api/2.0/mlflow/runs/delete {"run_id":"r-1"}'])
  })

  it('envelopes: transforms, aliases, translations and assumed values on the way out and back', () => {
    const plan = planOf('envelopes')
    const zone = { zone_id: 'z-1', name: 'example.org', state: 'push', servers: ['a', 'b'], owner: { login: 'ann' } }
    const api = script({
      'GET /v2/accounts/acme/zones': answer(200, { meta: { total: 0 }, result: { zones: [] }, errors: [] }),
      'POST /v2/accounts/acme/zones': answer(201, { zone }),
      'GET /v2/accounts/acme/zones/z-1': answer(200, { zone }, { etag: 'v7' }),
    })
    const driven = drive('Zone', { account: 'acme', name: 'example.org', state: 'write', ttl: 300 })
    reconcile(driven, plan, api)
    expect(taken(driven)).toEqual([
      'GET /v2/accounts/acme/zones?limit=50&name=example.org',
      'POST /v2/accounts/acme/zones {"zone":{"name":"example.org","state":"push","ttl":300}}',
      'GET /v2/accounts/acme/zones/z-1',
    ])
    expect(statusOf(driven)).toMatchObject({ zone_id: 'z-1', serverCount: '2', version: 'v7', owner: { login: 'ann' } })
    driven.now += 180_000
    reconcile(driven, plan, api)
    expect(taken(driven)).toEqual(['GET /v2/accounts/acme/zones/z-1'])
  })
})
