import { randomUUID } from 'node:crypto'
import type { Item, Store } from './store.js'

export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly now: number
}

export interface ApiResponse {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface ShopRules {
  /** How long an order is worked on. */
  readonly orderMs: number
}

type Handler = (request: ApiRequest, store: Store, rules: ShopRules, id: string) => ApiResponse

const ROUTES: readonly (readonly [method: string, path: RegExp, handler: Handler])[] = [
  ['GET', /^\/v1\/books$/, listBooks],
  ['POST', /^\/v1\/books$/, createBook],
  ['GET', /^\/v1\/books\/([^/]+)$/, (_, store, __, id) => found(store.data.books[id])],
  ['PATCH', /^\/v1\/books\/([^/]+)$/, changeBook],
  ['DELETE', /^\/v1\/books\/([^/]+)$/, (_, store, __, id) => remove(store, store.data.books, id)],
  ['GET', /^\/v1\/authors$/, listAuthors],
  ['POST', /^\/v1\/authors$/, createAuthor],
  ['GET', /^\/v1\/authors\/([^/]+)$/, (_, store, __, id) => found(store.data.authors[id])],
  ['PUT', /^\/v1\/authors\/([^/]+)$/, replaceAuthor],
  ['DELETE', /^\/v1\/authors\/([^/]+)$/, (_, store, __, id) => remove(store, store.data.authors, id)],
  ['GET', /^\/v1\/orders$/, listOrders],
  ['POST', /^\/v1\/orders$/, placeOrder],
  ['GET', /^\/v1\/orders\/([^/]+)$/, (request, store, _, id) => (settleOrders(store, request.now), found(store.data.orders[id]))],
  ['PATCH', /^\/v1\/orders\/([^/]+)$/, changeOrder],
  ['DELETE', /^\/v1\/orders\/([^/]+)$/, (_, store, __, id) => remove(store, store.data.orders, id)],
  ['GET', /^\/v1\/operations\/([^/]+)$/, getOperation],
  ['GET', /^\/v1\/shelves\/([^/]+)$/, (_, store, __, id) => found(store.data.shelves[id])],
  ['PUT', /^\/v1\/shelves\/([^/]+)$/, putShelf],
  ['DELETE', /^\/v1\/shelves\/([^/]+)$/, (_, store, __, id) => remove(store, store.data.shelves, id)],
]

/** Answers one authenticated request; changes the store where the request says so. */
export function answer(request: ApiRequest, store: Store, rules: ShopRules): ApiResponse {
  const onPath = ROUTES.filter(([, path]) => path.test(request.path))
  const route = onPath.find(([method]) => method === request.method)
  if (route === undefined) return onPath.length > 0 ? problem(405, 'this path has no such method') : problem(404, 'no such path')
  const id = decodeURIComponent(route[1].exec(request.path)?.[1] ?? '')
  return route[2](request, store, rules, id)
}

export function problem(status: number, detail: string): ApiResponse {
  return { status, body: { title: TITLES[status] ?? 'Error', status, detail }, headers: { 'content-type': 'application/problem+json' } }
}
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request', 401: 'Unauthorized', 404: 'Not found', 405: 'Method not allowed', 409: 'Conflict', 422: 'Unprocessable', 500: 'Internal error', 503: 'Unavailable',
}

function found(item: Item | undefined): ApiResponse {
  return item === undefined ? problem(404, 'there is no such thing here') : { status: 200, body: item }
}

function remove(store: Store, items: Record<string, Item>, id: string): ApiResponse {
  if (!Object.hasOwn(items, id)) return problem(404, 'there is no such thing here')
  delete items[id]
  store.save()
  return { status: 204 }
}

function listBooks(request: ApiRequest, store: Store): ApiResponse {
  const page = Math.max(1, Number(request.query.get('page') ?? 1))
  const size = Math.min(100, Math.max(1, Number(request.query.get('per_page') ?? 20)))
  const all = Object.values(store.data.books)
  const hasNext = page * size < all.length
  const next = `/v1/books?page=${page + 1}&per_page=${size}`
  return { status: 200, body: { items: all.slice((page - 1) * size, page * size), total: all.length }, ...(hasNext && { headers: { link: `<${next}>; rel="next"` } }) }
}

const BOOK_FIELDS = ['title', 'author', 'isbn', 'price', 'tags', 'in_stock']

function createBook(request: ApiRequest, store: Store): ApiResponse {
  const known = store.data.keys[request.headers['idempotency-key'] ?? '']
  if (known !== undefined && store.data.books[known] !== undefined) return { status: 201, body: store.data.books[known] }
  const wrong = wrongBook(request.body, ['title', 'price'])
  if (wrong !== undefined) return problem(422, wrong)
  const id = store.data.nextBook++
  const time = new Date(request.now).toISOString()
  const book: Item = { id, in_stock: true, ...pick(request.body as Item, BOOK_FIELDS), created_at: time, updated_at: time }
  store.data.books[id] = book
  if (request.headers['idempotency-key'] !== undefined) store.data.keys[request.headers['idempotency-key']] = String(id)
  store.save()
  return { status: 201, body: book, headers: { location: `/v1/books/${id}` } }
}

function changeBook(request: ApiRequest, store: Store, _: ShopRules, id: string): ApiResponse {
  const book = store.data.books[id]
  if (book === undefined) return problem(404, `there is no book ${id}`)
  const wrong = wrongBook(request.body, [])
  if (wrong !== undefined) return problem(422, wrong)
  Object.assign(book, pick(request.body as Item, [...BOOK_FIELDS.filter((name) => name !== 'isbn'), 'discount']), { updated_at: new Date(request.now).toISOString() })
  store.save()
  return { status: 200, body: book }
}

function wrongBook(body: unknown, required: readonly string[]): string | undefined {
  if (!isItem(body)) return 'the body is not an object'
  const missing = required.find((name) => body[name] === undefined)
  if (missing !== undefined) return `${missing} is missing`
  if (body['title'] !== undefined && (typeof body['title'] !== 'string' || body['title'] === '')) return 'title is not a text'
  if (body['price'] !== undefined && !(Number.isInteger(body['price']) && Number(body['price']) >= 0)) return 'price is not a number of cents'
  return undefined
}

function listAuthors(request: ApiRequest, store: Store): ApiResponse {
  const name = request.query.get('name')
  return { status: 200, body: Object.values(store.data.authors).filter((author) => name === null || author['name'] === name) }
}

function createAuthor(request: ApiRequest, store: Store): ApiResponse {
  if (!isItem(request.body) || typeof request.body['name'] !== 'string' || request.body['name'] === '') return problem(422, 'name is missing')
  const authorId = randomUUID()
  const author: Item = { authorId, ...pick(request.body, ['name', 'born', 'bio']) }
  store.data.authors[authorId] = author
  store.save()
  return { status: 201, body: author }
}

function replaceAuthor(request: ApiRequest, store: Store, _: ShopRules, id: string): ApiResponse {
  if (store.data.authors[id] === undefined) return problem(404, `there is no author ${id}`)
  if (!isItem(request.body) || typeof request.body['name'] !== 'string') return problem(422, 'name is missing')
  store.data.authors[id] = { authorId: id, ...pick(request.body, ['name', 'born', 'bio']) }
  store.save()
  return { status: 200, body: store.data.authors[id] }
}

const ORDERS_PER_PAGE = 10

function listOrders(request: ApiRequest, store: Store): ApiResponse {
  settleOrders(store, request.now)
  const all = Object.values(store.data.orders)
  const start = Number(request.query.get('cursor') ?? 0)
  const end = start + ORDERS_PER_PAGE
  return { status: 200, body: { orders: all.slice(start, end), ...(end < all.length && { next: String(end) }) } }
}

function placeOrder(request: ApiRequest, store: Store, rules: ShopRules): ApiResponse {
  if (!isItem(request.body) || typeof request.body['reference'] !== 'string' || !Array.isArray(request.body['lines'])) return problem(422, 'reference and lines are needed')
  const id = `ord-${store.data.nextOrder++}`
  const operationId = `op-${id}`
  store.data.operations[operationId] = { order: { id, ...pick(request.body, ['reference', 'lines', 'note']) }, doneAt: request.now + rules.orderMs }
  store.save()
  return { status: 202, body: { operationId, status: 'running' }, headers: { 'operation-location': `/v1/operations/${operationId}`, 'retry-after': '1' } }
}

function getOperation(request: ApiRequest, store: Store, _: ShopRules, id: string): ApiResponse {
  settleOrders(store, request.now)
  const operation = store.data.operations[id]
  if (operation === undefined) return problem(404, `there is no operation ${id}`)
  const done = operation.doneAt <= request.now
  return { status: 200, body: { operationId: id, status: done ? 'succeeded' : 'running', ...(done && { orderId: operation.order['id'] }) } }
}

// An order appears when its operation is over; a cancelled one does not come back.
function settleOrders(store: Store, now: number): void {
  const over = Object.values(store.data.operations).filter((operation) => operation.doneAt <= now && operation.order['state'] === undefined)
  for (const { order } of over) {
    order['state'] = 'confirmed'
    store.data.orders[String(order['id'])] = { ...order }
  }
  if (over.length > 0) store.save()
}

function changeOrder(request: ApiRequest, store: Store, _: ShopRules, id: string): ApiResponse {
  const order = store.data.orders[id]
  if (order === undefined) return problem(404, `there is no order ${id}`)
  if (!isItem(request.body)) return problem(422, 'the body is not an object')
  Object.assign(order, pick(request.body, ['note']))
  store.save()
  return { status: 200, body: order }
}

function putShelf(request: ApiRequest, store: Store, _: ShopRules, name: string): ApiResponse {
  if (!isItem(request.body) || typeof request.body['room'] !== 'string') return problem(422, 'room is missing')
  const isNew = store.data.shelves[name] === undefined
  const subjects = [...((request.body['subjects'] as string[] | undefined) ?? [])].sort()
  // The shop keeps subjects sorted: whoever compares lists in order sees a difference that is none.
  store.data.shelves[name] = { name, capacity: 100, ...pick(request.body, ['room', 'capacity']), subjects, books: 0 }
  store.save()
  return { status: isNew ? 201 : 200, body: store.data.shelves[name] }
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(item, name)).map((name) => [name, item[name]]))
}
