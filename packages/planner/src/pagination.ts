import type { PagePlace, PaginationKind, PaginationPlan } from '@oasgen/plan'
import type { LastPageSign, PaginationSettings, TokenPlace } from '@oasgen/restdefinition'

export function compilePagination(settings: PaginationSettings): PaginationPlan {
  const { maxPages, pageSize } = settings
  return { ...kindOf(settings), maxPages, ...(pageSize !== undefined && { pageSize }) }
}

function kindOf(settings: PaginationSettings): PaginationKind {
  switch (settings.type) {
    case 'continuationToken': return { type: 'continuationToken', request: placeOf(settings.request), response: placeOf(settings.response) }
    case 'pageNumber': return { type: 'pageNumber', request: placeOf(settings.request), first: settings.first, ...endOf(settings) }
    case 'offset': return { type: 'offset', request: placeOf(settings.request), step: settings.step, ...endOf(settings) }
    case 'linkHeader': return { type: 'linkHeader' }
    case 'nextUrl': return { type: 'nextUrl', response: placeOf(settings.response) }
  }
}

function endOf({ end }: { readonly end?: LastPageSign }): { readonly end?: LastPageSign } {
  return end === undefined ? {} : { end }
}

function placeOf({ tokenIn, tokenPath }: TokenPlace): PagePlace {
  return { in: tokenIn, path: tokenPath }
}
