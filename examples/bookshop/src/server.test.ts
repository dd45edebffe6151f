import { afterEach, describe, expect, it } from 'vitest'
import { DEMO_TOKEN, startBookshop, type Bookshop, type BookshopOptions } from './server.js'

let shop: Bookshop | undefined
afterEach(async () => shop?.close())

async function start(options: BookshopOptions = {}): Promise<(method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown; link: string | null }>> {
  shop = await startBookshop(options)
  const { url } = shop
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${DEMO_TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), link: response.headers.get('link') }
  }
}

describe('bookshop', () => {
  it('keeps a book from create to delete', async () => {
    const call = await start()
    expect(await call('POST', '/v1/books', { title: 'Emma', price: 900 })).toMatchObject({ status: 201, body: { id: 1, title: 'Emma', in_stock: true } })
    expect(await call('PATCH', '/v1/books/1', { price: 950 })).toMatchObject({ status: 200, body: { price: 950, title: 'Emma' } })
    expect(await call('DELETE', '/v1/books/1')).toMatchObject({ status: 204 })
    expect(await call('GET', '/v1/books/1')).toMatchObject({ status: 404 })
  })

  it('asks for the token and refuses what is wrong', async () => {
    const call = await start()
    expect((await fetch(`${shop!.url}/v1/books`)).status).toBe(401)
    expect(await call('POST', '/v1/books', { title: 'Emma' })).toMatchObject({ status: 422, body: { detail: 'price is missing' } })
  })

  it('pages books by Link header', async () => {
    const call = await start()
    for (let n = 0; n < 3; n++) await call('POST', '/v1/books', { title: `Book ${n}`, price: n })
    expect((await call('GET', '/v1/books?per_page=2')).link).toBe('</v1/books?page=2&per_page=2>; rel="next"')
    expect((await call('GET', '/v1/books?per_page=2&page=2')).link).toBeNull()
  })

  it('confirms an order after its time', async () => {
    const call = await start({ orderMs: 0 })
    expect(await call('POST', '/v1/orders', { reference: 'PO-1', lines: [] })).toMatchObject({ status: 202, body: { operationId: 'op-ord-1', status: 'running' } })
    expect(await call('GET', '/v1/operations/op-ord-1')).toMatchObject({ body: { status: 'succeeded', orderId: 'ord-1' } })
    expect(await call('GET', '/v1/orders/ord-1')).toMatchObject({ status: 200, body: { state: 'confirmed' } })
  })

  it('can apply a request and still answer 500', async () => {
    const call = await start({ fault: (request) => (request.method === 'POST' ? { type: 'lie', status: 500 } : undefined) })
    expect(await call('POST', '/v1/books', { title: 'Emma', price: 1 })).toMatchObject({ status: 500 })
    expect(Object.keys(shop!.data.books)).toEqual(['1'])
  })
})
