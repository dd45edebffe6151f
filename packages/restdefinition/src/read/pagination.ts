import type { LastPageSign, PaginationLimits, PaginationSettings, TokenPlace } from '../verb.js'
import { type Checked, choiceOf, numberOf, objectOf, required, textOf } from './checked.js'

const MAX_PAGES = 100

export function readPagination(pagination: Checked | undefined): PaginationSettings | undefined {
  if (pagination === undefined) return undefined
  const type = choiceOf<PaginationSettings['type']>(pagination, 'type')
  const block = type === undefined ? undefined : objectOf(pagination, type)
  if (type === 'linkHeader') return { type, ...readLimits(block) }
  return type === undefined || block === undefined ? undefined : readBlock(type, block)
}

function readBlock(type: PaginationSettings['type'], block: Checked): PaginationSettings | undefined {
  const limits = readLimits(block)
  const [request, response] = [objectOf(block, 'request'), objectOf(block, 'response')]
  switch (type) {
    case 'continuationToken':
      return request && response && { type, ...limits, request: readPlace(request, 'token'), response: readPlace(response, 'token') }
    case 'pageNumber':
      return request && {
        type,
        ...limits,
        request: readPlace(request, 'page'),
        first: numberOf(request, 'startPage') ?? 1,
        ...readEnd(response),
      }
    case 'offset':
      return request && {
        type,
        ...limits,
        request: readPlace(request, 'offset'),
        step: numberOf(request, 'step') ?? 'items',
        ...readEnd(response),
      }
    case 'nextUrl':
      return response && { type, ...limits, response: readPlace(response, 'token') }
    case 'linkHeader':
      return { type, ...limits }
  }
}

/** `tokenIn`/`tokenPath`, `pageIn`/`pagePath`, `offsetIn`/`offsetPath`. */
function readPlace(place: Checked, word: 'token' | 'page' | 'offset'): TokenPlace {
  return { tokenIn: choiceOf<TokenPlace['tokenIn']>(place, `${word}In`) ?? 'query', tokenPath: required(place, `${word}Path`) }
}

function readLimits(block: Checked | undefined): PaginationLimits {
  if (block === undefined) return { maxPages: MAX_PAGES }
  const request = objectOf(block, 'request')
  const [value, name] = [request && numberOf(request, 'pageSize'), request && textOf(request, 'sizePath')]
  const size = request && value !== undefined && name !== undefined
    ? { pageSize: { in: choiceOf<'query' | 'body'>(request, 'sizeIn') ?? 'query', name, value } as const }
    : {}
  return { maxPages: numberOf(block, 'maxPages') ?? MAX_PAGES, ...size }
}

function readEnd(response: Checked | undefined): { readonly end?: LastPageSign } {
  if (response === undefined) return {}
  const [header, body] = [objectOf(response, 'header'), objectOf(response, 'body')]
  if (header !== undefined) return { end: { type: 'header', name: required(header, 'name'), matches: required(header, 'matches') } }
  const [pages, items] = [body && textOf(body, 'totalPagesPath'), body && textOf(body, 'totalItemsPath')]
  if (pages !== undefined) return { end: { type: 'totalPages', path: pages } }
  return items === undefined ? {} : { end: { type: 'totalItems', path: items } }
}
