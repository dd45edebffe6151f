import type { Place } from './finding.js'
import { oneLine } from './text.js'

/** A place in one line, as editors and people read it: `repo.yaml:19:20`, `Repo default/hello: spec.name`, `GET /v1/x → 404`. */
export function placeText(place: Place): string {
  switch (place.kind) {
    case 'document': return documentText(place.uri, place.pointer, place.position)
    case 'resource': return oneLine(place.path === '' ? place.resource : `${place.resource}: ${place.path}`)
    case 'exchange': return oneLine(exchangeText(place))
  }
}

function documentText(uri: string, pointer: string, position: { readonly line: number; readonly column: number } | undefined): string {
  if (position !== undefined) return oneLine(`${uri}:${position.line}:${position.column}`)
  return oneLine(pointer === '' ? uri : `${uri}#${pointer}`)
}

function exchangeText({ method, url, status, path }: Extract<Place, { readonly kind: 'exchange' }>): string {
  const line = status === undefined ? `${method} ${url}` : `${method} ${url} → ${status}`
  return path === undefined || path === '' ? line : `${line}: ${path}`
}
