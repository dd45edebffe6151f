import { finding, type Finding } from '@oasgen/diagnostics'
import { parsePath, setPath } from '@oasgen/fieldpath'
import { isNumber, numberText, writeJson, type JsonNumber, type JsonValue } from '@oasgen/json'
import type { LastPagePlan, PagePlace, PaginationPlan } from '@oasgen/plan'
import { headerOf, maskedText, withHeader, type Exchange, type HttpRequest, type HttpResponse } from '@oasgen/wire'
import { placeOf } from './answer.js'
import { pathOf, readerOf } from './reader.js'
import { originOf, resolveUrl, withQuery } from './url.js'

/** One page that was read: the walk so far is a list of them. */
export interface Page {
  readonly exchange: Exchange
  readonly response: HttpResponse
  readonly items: number
}

export type NextPage =
  | { readonly type: 'next'; readonly request: HttpRequest }
  | { readonly type: 'end' }
  | { readonly type: 'broken'; readonly finding: Finding }

const END: NextPage = { type: 'end' }

/** The first request of a walk: where it starts and how big its pages are. */
export function firstPage(plan: PaginationPlan | undefined, request: HttpRequest): HttpRequest {
  if (plan === undefined) return request
  const sized = plan.pageSize === undefined ? request : withValue(request, { in: plan.pageSize.in, path: plan.pageSize.name }, plan.pageSize.value)
  return plan.type === 'pageNumber' ? withValue(sized, plan.request, plan.first) : sized
}

/** What to ask for after the pages so far. A walk that does not end is no answer: neither found nor absent. */
export function nextPage(plan: PaginationPlan | undefined, pages: readonly Page[]): NextPage {
  const last = pages.at(-1)
  if (plan === undefined || last === undefined) return END
  const next = follow(plan, pages, last)
  if (next.type !== 'next') return next
  const where = placeOf(last.exchange)
  if (pages.length >= plan.maxPages) return { type: 'broken', finding: finding('ENG0302', { pages: plan.maxPages }, { where }) }
  return isRepeated(next.request, pages) ? { type: 'broken', finding: finding('ENG0303', { page: pages.length }, { where }) } : next
}

function follow(plan: PaginationPlan, pages: readonly Page[], last: Page): NextPage {
  switch (plan.type) {
    case 'continuationToken': return followToken(plan, last)
    case 'pageNumber': return followNumber(plan, pages, last)
    case 'offset': return followOffset(plan, pages, last)
    case 'linkHeader': return followUrl(linkTo('next', headerOf(last.response.headers, 'link') ?? ''), last)
    case 'nextUrl': return followUrl(tokenAt(plan.response, last.response), last)
  }
}

type Of<T extends PaginationPlan['type']> = Extract<PaginationPlan, { readonly type: T }>

function followToken(plan: Of<'continuationToken'>, last: Page): NextPage {
  const token = tokenAt(plan.response, last.response)
  return token === '' ? END : { type: 'next', request: withValue(last.exchange.request, plan.request, token) }
}

function followNumber(plan: Of<'pageNumber'>, pages: readonly Page[], last: Page): NextPage {
  if (last.items === 0 || isLast(plan.end, pages, last)) return END
  return { type: 'next', request: withValue(last.exchange.request, plan.request, plan.first + pages.length) }
}

function followOffset(plan: Of<'offset'>, pages: readonly Page[], last: Page): NextPage {
  if (last.items === 0 || isLast(plan.end, pages, last)) return END
  const offset = plan.step === 'items' ? itemsOn(pages) : plan.step * pages.length
  return { type: 'next', request: withValue(last.exchange.request, plan.request, offset) }
}

function itemsOn(pages: readonly Page[]): number {
  return pages.reduce((sum, page) => sum + page.items, 0)
}

function isLast(end: LastPagePlan | undefined, pages: readonly Page[], last: Page): boolean {
  if (end === undefined) return false
  if (end.type === 'header') return (headerOf(last.response.headers, end.name) ?? '').includes(end.matches)
  const total = Number(tokenAt({ in: 'body', path: end.path }, last.response) || Number.NaN)
  return (end.type === 'totalPages' ? pages.length : itemsOn(pages)) >= total
}

/** A token is a text or a number; `null`, `false`, an empty text and absence all say that there is none. */
function tokenAt(place: PagePlace, { headers, body }: HttpResponse): string {
  if (place.in === 'header') return headerOf(headers, place.path) ?? ''
  const found = body.type === 'json' ? readerOf(place.path)(body.value) : undefined
  return typeof found === 'string' ? found : isNumber(found) ? numberText(found) : ''
}

/** Only to where the walk began: the next request carries our credentials. */
function followUrl(reference: string, last: Page): NextPage {
  if (reference === '') return END
  const current = maskedText(last.exchange.request.url)
  const url = resolveUrl(current, reference)
  if (hostOf(url) !== hostOf(current)) {
    return { type: 'broken', finding: finding('ENG0306', { url: originOf(url), origin: originOf(current) }, { where: placeOf(last.exchange) }) }
  }
  // Behind a proxy an API may believe that it is served without TLS: our scheme stays.
  return { type: 'next', request: { ...last.exchange.request, url: url.replace(/^https?:/i, /^https?:/i.exec(current)?.[0] ?? 'https:') } }
}

function hostOf(url: string): string {
  return originOf(url).replace(/^https?:\/\//, '').replace(/:(?:80|443)$/, '')
}

/** The target of a relation in a `Link` header (RFC 8288). */
export function linkTo(relation: string, header: string): string {
  for (const [, target = '', parameters = ''] of header.matchAll(/<([^>]*)>((?:\s*;\s*[^;,"=]+(?:=(?:"[^"]*"|[^;,"]*))?)*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^;,\s]*))/i.exec(parameters)
    if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes(relation)) return target
  }
  return ''
}

function withValue(request: HttpRequest, place: PagePlace, value: string | JsonNumber): HttpRequest {
  const text = typeof value === 'string' ? value : numberText(value)
  if (place.in === 'query') return { ...request, url: withQuery(request.url, parameterName(place.path), text) }
  if (place.in === 'header') {
    return { ...request, headers: withHeader(request.headers, place.path, text) }
  }
  const body: JsonValue = request.body?.type === 'json' ? request.body.value : {}
  return { ...request, body: { type: 'json', contentType: request.body?.contentType ?? 'application/json', value: setPath(body, pathOf(place.path), value) } }
}

// The reference writes names that hold dots as paths: ['page.token']. A name such as page[number] is no path, and is itself.
function parameterName(path: string): string {
  const parsed = parsePath(path)
  const [only, ...rest] = parsed.ok ? parsed.path : []
  return only !== undefined && rest.length === 0 && 'key' in only ? only.key : path
}

function isRepeated(request: HttpRequest, pages: readonly Page[]): boolean {
  const key = keyOf(request)
  return pages.some((page) => keyOf(page.exchange.request) === key)
}

function keyOf({ url, headers, body }: HttpRequest): string {
  const given = headers.map(({ name, value }) => `${name}:${maskedText(value)}`).join('\n')
  return `${maskedText(url)}\n${given}\n${body?.type === 'json' ? writeJson(body.value) : ''}`
}
