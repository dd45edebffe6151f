import { expect, it } from 'vitest'
import type { HttpRequest } from '@oasgen/wire'
import { firstPage } from './pagination.js'

const request: HttpRequest = { method: 'GET', url: 'https://api.test/things', headers: [] }

it.each([
  ['page', 'page=1', 'a plain name'],
  ["['page.number']", 'page.number=1', 'a name with a dot, written as a path'],
  ['page[number]', 'page%5Bnumber%5D=1', 'a name with brackets is no path'],
])('%s is sent as %s: %s', (path, wanted) => {
  const sent = firstPage({ type: 'pageNumber', request: { in: 'query', path }, first: 1, maxPages: 9 }, request)
  expect(String(sent.url).replaceAll('[', '%5B').replaceAll(']', '%5D')).toBe(`https://api.test/things?${wanted}`)
})
