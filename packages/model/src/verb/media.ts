import type { MediaType } from '@oasgen/openapi'

export type BodyEncoding = 'json' | 'form' | 'multipart' | 'text' | 'bytes'

/** The media type without its parameters, in lower case. */
export function essence(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase()
}

export function encodingOf(mediaType: string): BodyEncoding {
  const type = essence(mediaType)
  if (
    type === 'application/json' ||
    type === 'text/json' ||
    type.endsWith('+json') ||
    type === '*/*' ||
    type === 'application/*'
  ) return 'json'
  if (type === 'application/x-www-form-urlencoded') return 'form'
  if (type.startsWith('multipart/')) return 'multipart'
  return type.startsWith('text/') || type === 'application/xml' || type.endsWith('+xml') || type.includes('yaml') ? 'text' : 'bytes'
}

/** JSON first, then what says most about its fields. Equal ones in the document's order. */
const PREFERENCE: readonly BodyEncoding[] = ['json', 'form', 'multipart', 'text', 'bytes']

/** The media type that requests are sent with: the one that was asked for, else plain JSON, else the best that there is. */
export function requestMedia(content: ReadonlyMap<string, MediaType>, wanted?: string): MediaType | undefined {
  const all = [...content.values()]
  if (wanted !== undefined) return all.find(({ mediaType }) => essence(mediaType) === essence(wanted))
  return plainJson(all) ?? best(all)
}

/** The media type that describes the object in an answer; only JSON does. */
export function responseMedia(content: ReadonlyMap<string, MediaType>): MediaType | undefined {
  const all = [...content.values()]
  return plainJson(all) ?? all.find(({ mediaType }) => encodingOf(mediaType) === 'json')
}

function plainJson(all: readonly MediaType[]): MediaType | undefined {
  return all.find(({ mediaType }) => essence(mediaType) === 'application/json')
}

/** A JSON Patch or merge patch is another language than the object's own; it is taken only when there is nothing else. */
function best(all: readonly MediaType[]): MediaType | undefined {
  const rank = ({ mediaType }: MediaType): number => PREFERENCE.indexOf(encodingOf(mediaType)) + (
    essence(mediaType).includes('patch') ? 0.5 : 0
  )
  return all.toSorted((a, b) => rank(a) - rank(b))[0]
}
