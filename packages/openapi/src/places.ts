import type { DocumentPlace, Position } from '@oasgen/diagnostics'
import { placeOfSpan, type ParsedText } from './parse-text.js'
import { parentOf } from './pointer.js'
import type { Span } from './span.js'

export function positionIn(parsed: ParsedText, pointer: string): Position | undefined {
  const span = shownSpan(parsed.spans.spanOf(pointer))
  return span === undefined ? undefined : parsed.lines.positionAt(span.start, span.end)
}

/** Of a member that is a container its name is shown, of all others the value: that is where the eye looks. */
function shownSpan(span: Span | undefined): { readonly start: number; readonly end?: number } | undefined {
  if (span === undefined || span.scalar) return span
  return span.key ?? { start: span.start }
}

/** Places whose line, column and excerpt are found when they are read. */
export function placesOf(parsed: ParsedText, uri: string): (pointer: string) => DocumentPlace {
  return (pointer) => {
    let found: DocumentPlace | undefined
    const find = (): DocumentPlace => (found ??= locate(parsed, uri, pointer))
    return {
      kind: 'document',
      uri,
      pointer,
      get position() {
        return find().position
      },
      get excerpt() {
        return find().excerpt
      },
      get excerptStart() {
        return find().excerptStart
      },
    } as DocumentPlace
  }
}

/** Of what is not in the text itself (a missing member, one that an alias brought) the nearest place around it is shown. */
function locate(parsed: ParsedText, uri: string, pointer: string): DocumentPlace {
  for (let shown = pointer; ; shown = parentOf(shown)) {
    const span = shownSpan(parsed.spans.spanOf(shown))
    if (span !== undefined) return placeOfSpan(parsed, uri, pointer, span)
    if (shown === '') return { kind: 'document', uri, pointer }
  }
}
