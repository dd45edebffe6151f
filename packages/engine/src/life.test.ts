import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'
import { prepare, type PreparedPlan } from './prepare.js'
import { annotate, answer, conditions, customResource, edit, markDeleted, reconcile, world, type World } from './reconcile.testing.js'

const plan = JSON.parse(readFileSync(new URL('../../../specs/plan/bookshop/plan.json', import.meta.url), 'utf8')) as Plan
const prepared = prepare(plan).value as PreparedPlan

interface Shop {
  readonly books: Map<string, Record<string, unknown>>
  next: number
}

function shop(): Shop {
  return { books: new Map(), next: 7 }
}

function api(s: Shop): World['api'] {
  return (request) => {
    const path = String(request.url).replace('http://127.0.0.1:18080/v1', '').replace(/\?.*/, '')
    const body = (request.body?.type === 'json' ? request.body.value : {}) as Record<string, unknown>
    const id = path.split('/')[2]
    if (id === undefined && request.method === 'GET') return answer(200, { items: [...s.books.values()] as JsonObject[], total: s.books.size })
    if (id === undefined) {
      const book = { id: s.next++, in_stock: true, ...body }
      s.books.set(String(book.id), book)
      return answer(201, book as JsonObject, { location: `/v1/books/${book.id}` })
    }
    const book = s.books.get(id)
    if (book === undefined) return answer(404, { title: 'Not found' })
    if (request.method === 'PATCH') Object.assign(book, body)
    if (request.method === 'DELETE') {
      s.books.delete(id)
      return answer(204)
    }
    return answer(200, { ...book } as JsonObject)
  }
}

const SPEC = { title: 'The Hobbit', author: 'Tolkien', price: 1199, tags: ['fantasy', 'classic'], configurationRef: { name: 'c' } }
let s: Shop
let w: World
beforeEach(() => {
  s = shop()
  w = world(customResource('Book', SPEC), api(s))
})

describe('the life of a resource', () => {
  it('looks up, writes ahead, creates, stores the id, confirms', () => {
    const decision = reconcile(prepared, w)
    expect(w.log).toEqual([
      'GET /v1/books?per_page=100 → 200',
      'write attempt',
      'POST /v1/books {"title":"The Hobbit","author":"Tolkien","price":1199,"tags":["fantasy","classic"]} → 201',
      'write created',
      'GET /v1/books/7 → 200',
      'write outcome',
    ])
    expect(decision).toEqual({ type: 'done', recheckAfterSeconds: 180 })
    expect(conditions(w)).toEqual(['Ready=True/Available', 'Synced=True/ReconcileSuccess'])
    expect(w.events).toEqual(['CreatedExternalResource'])
    expect((w.resource!['metadata'] as JsonObject)['annotations']).toMatchObject({ 'krateo.io/external-name': '7', 'krateo.io/external-create-attempt': '1' })
    expect(w.resource?.['status']).toMatchObject({ id: 7, observedGeneration: 1 })
  })

  it('writes nothing and reads once at a steady state', () => {
    reconcile(prepared, w)
    w.log.length = 0
    w.now += 180_000
    expect(reconcile(prepared, w)).toEqual({ type: 'done', recheckAfterSeconds: 180 })
    expect(w.log).toEqual(['GET /v1/books/7 → 200'])
  })

  it('sends what the user edited, and only that', () => {
    reconcile(prepared, w)
    w.log.length = 0
    edit(w, { price: 999 })
    reconcile(prepared, w)
    expect(w.log).toEqual(['GET /v1/books/7 → 200', 'PATCH /v1/books/7 {"price":999} → 200', 'GET /v1/books/7 → 200', 'write outcome'])
    expect(w.events.at(-1)).toBe('UpdatedExternalResource')
  })

  it('sends a field that only update knows and no answer shows yet', () => {
    edit(w, { discount: 10 })
    reconcile(prepared, w)
    w.now += 5_000
    reconcile(prepared, w)
    expect(s.books.get('7')).toMatchObject({ discount: 10 })
    expect(conditions(w)).toEqual(['Ready=True/Available', 'Synced=True/ReconcileSuccess'])
  })

  it('corrects drift', () => {
    reconcile(prepared, w)
    s.books.get('7')!['price'] = 1
    w.now += 180_000
    reconcile(prepared, w)
    expect(s.books.get('7')).toMatchObject({ price: 1199 })
  })

  it('deletes, confirms by get and list, then lets go', () => {
    reconcile(prepared, w)
    w.log.length = 0
    w.now += 60_000
    markDeleted(w)
    reconcile(prepared, w)
    expect(w.log).toEqual(['GET /v1/books/7 → 200', 'DELETE /v1/books/7 → 204', 'GET /v1/books/7 → 404', 'GET /v1/books?per_page=100 → 200', 'write released'])
    expect(w.resource).toBeUndefined()
    expect(w.events.at(-1)).toBe('DeletedExternalResource')
  })

  it('adopts the one object that fits, and changes it', () => {
    s.books.set('3', { id: 3, title: 'The Hobbit', author: 'Tolkien', price: 5, in_stock: true })
    reconcile(prepared, w)
    expect(s.books.size).toBe(1)
    expect(s.books.get('3')).toMatchObject({ price: 1199 })
    expect(w.events).toContain('AdoptedExternalResource')
  })

  it('stops at two that fit and names them', () => {
    s.books.set('3', { id: 3, title: 'The Hobbit', author: 'Tolkien', price: 5 })
    s.books.set('4', { id: 4, title: 'The Hobbit', author: 'Tolkien', price: 6 })
    const decision = reconcile(prepared, w)
    expect(decision).toMatchObject({ type: 'stop', finding: { code: 'ENG0301', message: expect.stringContaining('3, 4') as string } })
    expect(s.books.size).toBe(2)
  })

  it('is paused by annotation, deletion included', () => {
    reconcile(prepared, w)
    annotate(w, { 'krateo.io/paused': 'true' })
    markDeleted(w)
    w.log.length = 0
    reconcile(prepared, w)
    expect(w.log).toEqual(['write outcome'])
    expect(conditions(w)).toContain('Synced=False/ReconcilePaused')
  })

  it('lets go of what was never created', () => {
    w = world(customResource('Book', SPEC, { finalizers: ['composition.krateo.io/finalizer'] }), api(s))
    markDeleted(w)
    reconcile(prepared, w)
    expect(w.log).toEqual(['GET /v1/books?per_page=100 → 200', 'write released'])
  })
})
