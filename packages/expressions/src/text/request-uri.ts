import { parseIp } from './ip.js'

/** A URL as Go's `url.ParseRequestURI` reads it: absolute, or an absolute path; no fragment is split off. */
export interface RequestUri {
  readonly scheme: string
  /** Host and port, as written. */
  readonly host: string
  readonly escapedPath: string
  readonly rawQuery: string
}

/** Undefined for what Go refuses. CRD format `uri` and CEL's `url()` both mean exactly this. */
export function parseRequestUri(text: string): RequestUri | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what is refused here
  if (text === '' || /[\x00-\x1f\x7f]/.test(text)) return undefined
  if (text === '*') return { scheme: '', host: '', escapedPath: '*', rawQuery: '' }
  const split = splitScheme(text)
  if (split === undefined) return undefined
  const [before, rawQuery] = cut(split.rest, '?')
  if (!before.startsWith('/')) return split.scheme === '' ? undefined : { scheme: split.scheme, host: '', escapedPath: '', rawQuery }
  return withAuthority(split.scheme, before, rawQuery)
}

function withAuthority(scheme: string, rest: string, rawQuery: string): RequestUri | undefined {
  const hasAuthority = scheme !== '' && rest.startsWith('//')
  const slash = rest.indexOf('/', 2)
  const authority = hasAuthority ? rest.slice(2, slash < 0 ? undefined : slash) : ''
  const path = hasAuthority ? (slash < 0 ? '' : rest.slice(slash)) : rest
  const host = hostOf(authority)
  if (host === undefined || !hasGoodEscapes(path)) return undefined
  return { scheme, host, escapedPath: escapePath(path), rawQuery }
}

function splitScheme(text: string): { readonly scheme: string; readonly rest: string } | undefined {
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)
  if (match) return { scheme: (match[1] ?? '').toLowerCase(), rest: text.slice(match[0].length) }
  return text.startsWith(':') ? undefined : { scheme: '', rest: text }
}

function cut(text: string, separator: string): readonly [string, string] {
  const index = text.indexOf(separator)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)]
}

function hostOf(authority: string): string | undefined {
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  if (at >= 0 && !(/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(authority.slice(0, at)) && hasGoodEscapes(authority.slice(0, at)))) return undefined
  if (host.startsWith('[')) return bracketedHost(host)
  const port = /:([^:]*)$/.exec(host)
  if (port && !/^[0-9]*$/.test(port[1] ?? '')) return undefined
  return /^[^\s\\^`{|}%\x00-\x20#?/@]*$/.test(host.replace(/%[89a-fA-F][0-9a-fA-F]/g, '')) ? decodeHost(host) : undefined
}

function decodeHost(host: string): string | undefined {
  try {
    return decodeURIComponent(host)
  } catch {
    return undefined
  }
}

function bracketedHost(host: string): string | undefined {
  const close = host.lastIndexOf(']')
  if (close < 0 || !/^(:[0-9]*)?$/.test(host.slice(close + 1))) return undefined
  const [address] = cut(host.slice(1, close), '%25')
  return parseIp(address)?.family === 6 ? host.replace('%25', '%') : undefined
}

function hasGoodEscapes(text: string): boolean {
  return !/%(?![0-9a-fA-F]{2})/.test(text)
}

/** What Go's `EscapedPath` gives: the path as written when it is a valid encoding, else encoded anew. */
function escapePath(path: string): string {
  if (/^[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]*$/.test(path)) return path
  return path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@%]/gu, (character) =>
    encodeURIComponent(character).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`),
  )
}
