/** A piece of a template: text as it is, or the inside of `{{ … }}` with its place. */
export type Piece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly code: string; readonly at: Place }

export interface Place {
  readonly line: number
  readonly column: number
}

export class TemplateError extends Error {
  readonly at: Place
  constructor(message: string, at: Place) {
    super(`line ${at.line}, column ${at.column}: ${message}`)
    this.name = 'TemplateError'
    this.at = at
  }
}

/** Splits a template; `{{-` and `-}}` trim the white space beside them, comments disappear. */
export function splitTemplate(source: string): readonly Piece[] {
  const pieces: Piece[] = []
  let position = 0
  let trimNext = false
  for (;;) {
    const open = source.indexOf('{{', position)
    const text = open < 0 ? source.slice(position) : source.slice(position, open)
    const trimEnd = open >= 0 && /^\{\{-\s/.test(source.slice(open, open + 4))
    pushText(pieces, { text, trimStart: trimNext, trimEnd })
    if (open < 0) return pieces
    const close = endOfAction(source, open)
    const inner = source.slice(open + (trimEnd ? 3 : 2), close)
    trimNext = /\s-$/.test(inner)
    const code = inner.replace(/\s-$/, '').trim()
    if (!code.startsWith('/*')) pieces.push({ type: 'action', code, at: placeOf(source, open) })
    position = close + 2
  }
}

function pushText(pieces: Piece[], { text, trimStart, trimEnd }: { text: string; trimStart: boolean; trimEnd: boolean }): void {
  const start = trimStart ? text.trimStart() : text
  const trimmed = trimEnd ? start.trimEnd() : start
  if (trimmed !== '') pieces.push({ type: 'text', text: trimmed })
}

// Braces inside quoted strings do not end an action.
function endOfAction(source: string, open: number): number {
  const inside = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\/\*[\s\S]*?\*\/|\}\}/g
  inside.lastIndex = open + 2
  for (let match = inside.exec(source); match !== null; match = inside.exec(source)) {
    if (match[0] === '}}') return match.index
  }
  throw new TemplateError('`{{` has no `}}`', placeOf(source, open))
}

function placeOf(source: string, offset: number): Place {
  const before = source.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}
