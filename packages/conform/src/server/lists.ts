import { isNumber, numberText, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { PagePlace, PaginationPlan } from '@oasgen/plan'
import { at, put } from './body.js'
import { json, type Response } from './answer.js'
import { wrapList } from './shape.js'
import type { CallPlan } from '@oasgen/plan'

export interface ListRequest {
  readonly call: CallPlan
  readonly pagination: PaginationPlan | undefined
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonValue | undefined
  /** Scheme, host and path as the client wrote them, for links. */
  readonly origin: string
  readonly path: string
  /** Absent: everything on one page, unless the request asks for a size. */
  readonly pageSize: number | undefined
}

/** One page of a list, in the form that the definition expects. */
export function listPage(request: ListRequest, objects: readonly JsonObject[]): Response {
  const { call, pagination } = request
  if (pagination === undefined) return json(200, wrapList(call.response, objects))
  const size = sizeOf(request, pagination) ?? objects.length
  const from = startOf(request, pagination, size)
  const items = objects.slice(from, from + Math.max(1, size))
  const next = from + items.length < objects.length ? from + items.length : undefined
  return paged({ request, pagination, list: wrapList(call.response, items), next, size: Math.max(1, size), total: objects.length })
}

function sizeOf({ pageSize, query, body }: ListRequest, pagination: PaginationPlan): number | undefined {
  const { pageSize: asked } = pagination
  const given = asked === undefined ? undefined : asked.in === 'query' ? query.get(asked.name) : textAt(body, asked.name)
  return pageSize ?? (given === null || given === undefined || given === '' ? undefined : Number(given))
}

function startOf(request: ListRequest, pagination: PaginationPlan, size: number): number {
  switch (pagination.type) {
    case 'continuationToken': return Number(asked(request, pagination.request).replace(/^after-/, '') || '0')
    case 'pageNumber': return (Number(asked(request, pagination.request) || String(pagination.first)) - pagination.first) * size
    case 'offset': return Number(asked(request, pagination.request) || '0')
    case 'linkHeader': case 'nextUrl': return Number(request.query.get(CURSOR) ?? '0')
  }
}

const CURSOR = 'conform_after'

function asked({ query, headers, body }: ListRequest, place: PagePlace): string {
  switch (place.in) {
    case 'query': return query.get(place.path) ?? ''
    case 'header': return headers[place.path.toLowerCase()] ?? ''
    case 'body': return textAt(body, place.path)
  }
}

function textAt(body: JsonValue | undefined, path: string): string {
  const value = at(body, path)
  return typeof value === 'string' ? value : isNumber(value) ? numberText(value) : ''
}

interface Page {
  readonly request: ListRequest
  readonly pagination: PaginationPlan
  readonly list: JsonValue
  /** Where the next page begins. */
  readonly next: number | undefined
  readonly size: number
  readonly total: number
}

function paged({ request, pagination, list, next, size, total }: Page): Response {
  switch (pagination.type) {
    case 'continuationToken': return next === undefined ? json(200, list) : withToken(list, pagination.response, `after-${next}`)
    case 'linkHeader': return json(200, list, next === undefined ? {} : { link: `<${nextUrl(request, next)}>; rel="next"` })
    case 'nextUrl': return next === undefined ? json(200, list) : withToken(list, pagination.response, nextUrl(request, next))
    case 'pageNumber': case 'offset': return withEnd(list, pagination, { isLast: next === undefined, total, pages: Math.ceil(total / size) })
  }
}

function withToken(list: JsonValue, place: PagePlace, token: string): Response {
  return place.in === 'header' ? json(200, list, { [place.path.toLowerCase()]: token }) : json(200, put(list, place.path, token))
}

function withEnd(list: JsonValue, pagination: Extract<PaginationPlan, { readonly type: 'pageNumber' | 'offset' }>, known: { readonly isLast: boolean; readonly total: number; readonly pages: number }): Response {
  const { end } = pagination
  if (end === undefined) return json(200, list)
  if (end.type === 'header') return json(200, list, known.isLast ? { [end.name.toLowerCase()]: end.matches } : {})
  return json(200, put(list, end.path, end.type === 'totalPages' ? known.pages : known.total))
}

function nextUrl({ origin, path, query }: ListRequest, next: number): string {
  const following = new URLSearchParams(query)
  following.set(CURSOR, String(next))
  return `${origin}${path}?${following.toString()}`
}

export function tagOf(value: JsonValue): string {
  const text = writeJson(value)
  let sum = 0
  for (let index = 0; index < text.length; index++) sum = (Math.imul(sum, 31) + text.charCodeAt(index)) | 0
  return `"${text.length}-${sum >>> 0}"`
}
