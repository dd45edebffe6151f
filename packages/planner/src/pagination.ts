import type { PagePlace, PaginationKind, PaginationPlan } from '@oasgen/plan'
import type { PaginationSettings, TokenPlace } from '@oasgen/restdefinition'

export function compilePagination(settings: PaginationSettings): PaginationPlan {
  const { maxPages, pageSize } = settings
  return { ...kindOf(settings), maxPages, ...(pageSize !== undefined && { pageSize: { in: pageSize.in, name: pageSize.name, value: pageSize.value } }) }
}

function kindOf(settings: PaginationSettings): PaginationKind {
  switch (settings.type) {
    case 'continuationToken': return { type: 'continuationToken', request: placeOf(settings.request), response: placeOf(settings.response) }
    case 'pageNumber': return { type: 'pageNumber', request: placeOf(settings.request), first: settings.first, ...(settings.end && { end: settings.end }) }
    case 'offset': return { type: 'offset', request: placeOf(settings.request), step: settings.step, ...(settings.end && { end: settings.end }) }
    case 'linkHeader': return { type: 'linkHeader' }
    case 'nextUrl': return { type: 'nextUrl', response: placeOf(settings.response) }
  }
}

function placeOf({ tokenIn, tokenPath }: TokenPlace): PagePlace {
  return { in: tokenIn, path: tokenPath }
}
