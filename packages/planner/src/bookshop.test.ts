import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { prepare } from '@oasgen/engine'
import type { JsonObject } from '@oasgen/json'
import { readPlan, type Plan } from '@oasgen/plan'
import { compileText, readManifests } from './compiled.testing.js'
import { answer, collection, drive, edit, reconcile, remove, statusOf, taken, type Api } from './drive.testing.js'

const document = readFileSync(new URL('../../../examples/bookshop/openapi.yaml', import.meta.url), 'utf8')
const definitions = readManifests(new URL('../../../examples/bookshop/manifests/1-definitions.yaml', import.meta.url))
const compiled = definitions.map((definition) => compileText({ document, definition }))

function planOf(kind: string): Plan {
  const plan = compiled.find((each) => each.plan.resource.kind === kind)?.plan
  if (plan === undefined) throw new Error(`no ${kind}`)
  return plan
}

describe('the four kinds of the bookshop', () => {
  it.each(compiled.map((each) => [each.plan.resource.kind, each] as const))('%s compiles to a Plan that the engine takes', (_, { plan, findings }) => {
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(readPlan(JSON.stringify(plan)).findings).toEqual([])
    expect(prepare(plan).findings).toEqual([])
    expect(plan.servers).toEqual([{ url: 'http://127.0.0.1:18080/v1' }])
  })

  it.each([
    { kind: 'Book', identity: ['status.id'], actions: ['findby', 'get', 'create', 'update', 'delete'], reason: 'the shop gives the id' },
    { kind: 'Author', identity: ['status.authorId'], actions: ['findby', 'get', 'create', 'update', 'delete'], reason: 'the id has the name of its parameter' },
    { kind: 'Order', identity: ['status.id'], actions: ['findby', 'get', 'create', 'update', 'delete'], reason: 'an order is confirmed later' },
    { kind: 'Shelf', identity: ['spec.name'], actions: ['get', 'create', 'update', 'delete'], reason: 'the user names the shelf' },
  ])('$kind is known by $identity: $reason', ({ kind, identity, actions }) => {
    const plan = planOf(kind)
    expect(plan.identity.parts.map(({ path }) => path)).toEqual(identity)
    expect(Object.keys(plan.actions)).toEqual(actions)
  })
})

/** Create, steady state, edit, delete: what goes over the wire. */
function life(plan: Plan, api: Api, { spec, change }: { readonly spec: JsonObject; readonly change: JsonObject }): Readonly<Record<'create' | 'steady' | 'update' | 'remove', readonly string[]>> {
  const driven = drive(plan.resource.kind, spec)
  reconcile(driven, plan, api)
  const create = taken(driven)
  driven.now += 180_000
  reconcile(driven, plan, api)
  const steady = taken(driven)
  edit(driven, change)
  reconcile(driven, plan, api)
  const update = taken(driven)
  remove(driven)
  reconcile(driven, plan, api)
  return { create, steady, update, remove: taken(driven) }
}

describe('requests of the bookshop', () => {
  it('a book is looked up by the list, made, changed by what changed, and removed', () => {
    let id = 6
    const api = collection({ path: '/v1/books', id: 'id', nextId: () => (id += 1), list: (items) => ({ items, total: items.length }) })
    const spec = { title: 'The Hobbit', author: 'Tolkien', price: 1199, tags: ['fantasy'], configurationRef: { name: 'bookshop' } }
    expect(life(planOf('Book'), api, { spec, change: { price: 999 } })).toEqual({
      create: ['GET /v1/books', 'POST /v1/books {"title":"The Hobbit","author":"Tolkien","price":1199,"tags":["fantasy"]}', 'GET /v1/books/7'],
      steady: ['GET /v1/books/7'],
      update: ['GET /v1/books/7', 'PATCH /v1/books/7 {"price":999}', 'GET /v1/books/7'],
      remove: ['GET /v1/books/7', 'DELETE /v1/books/7', 'GET /v1/books/7', 'GET /v1/books'],
    })
  })

  it('an author is looked up by name, and replaced as a whole', () => {
    const api = collection({ path: '/v1/authors', id: 'authorId', nextId: () => 'a-1' })
    expect(life(planOf('Author'), api, { spec: { name: 'Tolkien', born: '1892-01-03' }, change: { bio: 'x' } })).toEqual({
      create: ['GET /v1/authors?name=Tolkien', 'POST /v1/authors {"name":"Tolkien","born":"1892-01-03"}', 'GET /v1/authors/a-1'],
      steady: ['GET /v1/authors/a-1'],
      update: ['GET /v1/authors/a-1', 'PUT /v1/authors/a-1 {"name":"Tolkien","born":"1892-01-03","bio":"x"}', 'GET /v1/authors/a-1'],
      remove: ['GET /v1/authors/a-1', 'DELETE /v1/authors/a-1', 'GET /v1/authors/a-1', 'GET /v1/authors?name=Tolkien'],
    })
  })

  it('a shelf is made and changed by PUT to its name, which is in no body', () => {
    const api = collection({ path: '/v1/shelves', id: 'name', nextId: () => 'unused' })
    expect(life(planOf('Shelf'), api, { spec: { name: 'fantasy', room: 'left', subjects: ['a', 'b'] }, change: { room: 'right' } })).toEqual({
      create: ['GET /v1/shelves/fantasy', 'PUT /v1/shelves/fantasy {"room":"left","subjects":["a","b"]}', 'GET /v1/shelves/fantasy'],
      steady: ['GET /v1/shelves/fantasy'],
      update: ['GET /v1/shelves/fantasy', 'PUT /v1/shelves/fantasy {"room":"right","subjects":["a","b"]}', 'GET /v1/shelves/fantasy'],
      remove: ['GET /v1/shelves/fantasy', 'DELETE /v1/shelves/fantasy', 'GET /v1/shelves/fantasy'],
    })
  })

  it('an order is placed with its lines, and its operation is known', () => {
    const api: Api = (request, path) => {
      if (request.method === 'POST') return answer(202, { operationId: 'op-1', status: 'running' })
      return path.startsWith('/v1/operations') ? answer(200, { operationId: 'op-1', status: 'running' }) : answer(200, { orders: [] })
    }
    const driven = drive('Order', { reference: 'PO-1', lines: [{ book: 1, copies: 3 }] })
    reconcile(driven, planOf('Order'), api)
    expect(taken(driven).slice(0, 2)).toEqual(['GET /v1/orders', 'POST /v1/orders {"reference":"PO-1","lines":[{"book":1,"copies":3}]}'])
    expect(planOf('Order').actions.create?.async).toMatchObject({
      handle: { in: 'body', path: 'operationId' },
      poll: { call: { path: ['/operations/', { parameter: 'operationId' }] }, handleParameter: 'operationId', statusPath: 'status', successValues: ['succeeded'], failureValues: ['failed'], intervalSeconds: 2 },
      deadlineSeconds: 120,
    })
  })

  it('the status has the id and what the definition names, in the types of the document', () => {
    const api = collection({ path: '/v1/books', id: 'id', nextId: () => 7, list: (items) => ({ items, total: items.length }) })
    const driven = drive('Book', { title: 'x', price: 1 })
    reconcile(driven, planOf('Book'), api)
    expect(statusOf(driven)).toMatchObject({ id: 7, title: 'x' })
  })

  it('every request names the scheme of the document', () => {
    const calls = compiled.flatMap(({ plan }) => Object.values(plan.actions).flatMap(({ call }) => call ?? []))
    expect(new Set(calls.map(({ auth }) => JSON.stringify(auth)))).toEqual(new Set(['{"alternatives":[{"schemes":[{"scheme":"token","scopes":[]}]}]}']))
  })
})
