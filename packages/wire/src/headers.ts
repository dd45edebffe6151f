import type { HttpHeader, SealedText } from './http.js'

/** Headers of a response: lower-case names, repeated ones joined. */
export type ResponseHeaders = Readonly<Record<string, string>>

/** A header of a response, by a name in any case. */
export function headerOf(headers: ResponseHeaders, name: string): string | undefined {
  const key = name.toLowerCase()
  return Object.hasOwn(headers, key) ? headers[key] : undefined
}

/** The first header of a request with the name, in any case. */
export function requestHeader(headers: readonly HttpHeader[], name: string): SealedText | undefined {
  const key = name.toLowerCase()
  return headers.find((header) => header.name.toLowerCase() === key)?.value
}

/** A copy in which the header stands exactly once, at its old place or at the end. */
export function withHeader(headers: readonly HttpHeader[], name: string, value: SealedText): readonly HttpHeader[] {
  const key = name.toLowerCase()
  const at = headers.findIndex((header) => header.name.toLowerCase() === key)
  if (at === -1) return [...headers, { name: key, value }]
  return headers.flatMap((header, index) => (index === at ? [{ name: key, value }] : header.name.toLowerCase() === key ? [] : [header]))
}

/** `application/json` of `Application/JSON; charset=utf-8`; `''` when there is none. */
export function mediaTypeOf(headers: ResponseHeaders): string {
  return (headerOf(headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
