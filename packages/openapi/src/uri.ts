/** URIs by RFC 3986, for any scheme: documents also live under `configmap://` and `oci://`. */

export interface UriParts {
  readonly scheme: string | undefined
  readonly authority: string | undefined
  readonly path: string
  readonly query: string | undefined
  readonly fragment: string | undefined
}

/** Every text is some URI reference; the pattern is that of RFC 3986, appendix B. */
export function splitUri(text: string): UriParts {
  const [, scheme, authority, path = '', query, fragment] =
    /^(?:([A-Za-z][A-Za-z\d+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/.exec(text) ?? []
  return { scheme: scheme?.toLowerCase(), authority, path, query, fragment }
}

export function joinUri({ scheme, authority, path, query, fragment }: UriParts): string {
  const head = (scheme === undefined ? '' : `${scheme}:`) + (authority === undefined ? '' : `//${authority}`)
  return head + path + (query === undefined ? '' : `?${query}`) + (fragment === undefined ? '' : `#${fragment}`)
}

/** Section 5.2.2. */
export function resolveUri(base: string, reference: string): string {
  const [from, to] = [splitUri(base), splitUri(reference)]
  if (to.scheme !== undefined) return joinUri({ ...to, path: withoutDots(to.path) })
  if (to.authority !== undefined) return joinUri({ ...to, scheme: from.scheme, path: withoutDots(to.path) })
  const { scheme, authority } = from
  const { query, fragment } = to
  if (to.path === '') return joinUri({ scheme, authority, path: from.path, query: query ?? from.query, fragment })
  const path = to.path.startsWith('/') ? to.path : mergedPath(from, to.path)
  return joinUri({ scheme, authority, path: withoutDots(path), query, fragment })
}

function mergedPath(base: UriParts, path: string): string {
  if (base.authority !== undefined && base.path === '') return `/${path}`
  return base.path.slice(0, base.path.lastIndexOf('/') + 1) + path
}

/** Section 5.2.4; a relative path keeps the `..` that lead out of it. */
function withoutDots(path: string): string {
  const rooted = path.startsWith('/')
  const kept: string[] = []
  const segments = (rooted ? path.slice(1) : path).split('/')
  for (const segment of segments) {
    if (segment === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (segment === '..' ? !rooted : segment !== '.') kept.push(segment)
  }
  const open = ['.', '..'].includes(segments.at(-1) ?? '') && kept.length > 0 ? '/' : ''
  return (rooted ? '/' : '') + kept.join('/') + open
}

/** Percent-decoding that leaves what is not well-formed as it is. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
