import type { DocumentPlace, Position } from '@oasgen/diagnostics'

/** Offsets of a text as lines and columns, both from 1; columns count UTF-16 units, as editors do. */
export interface LineIndex {
  positionAt(offset: number, end?: number): Position
  /** The line of an offset; a window of it when it is long. */
  excerptAt(offset: number): Excerpt
}

export type Excerpt = Pick<DocumentPlace, 'excerpt' | 'excerptStart'>

/** Minified documents are one line of megabytes. */
const EXCERPT_WIDTH = 160

export function indexLines(text: string): LineIndex {
  let starts: readonly number[] | undefined
  const lineOf = (offset: number): { readonly number: number; readonly start: number } => {
    starts ??= lineStarts(text)
    const number = lastAtMost(starts, offset)
    return { number: number + 1, start: starts[number] ?? 0 }
  }
  return {
    positionAt(offset, end) {
      const line = lineOf(offset)
      const column = offset - line.start + 1
      if (end === undefined || end <= offset) return { line: line.number, column }
      const stop = Math.min(end, endOfLine(text, offset))
      return { line: line.number, column, endColumn: Math.max(stop - line.start + 1, column + 1) }
    },
    excerptAt(offset) {
      const { start } = lineOf(offset)
      const end = endOfLine(text, offset)
      if (end - start <= EXCERPT_WIDTH) return { excerpt: text.slice(start, end) }
      const from = Math.max(start, Math.min(offset - EXCERPT_WIDTH / 2, end - EXCERPT_WIDTH))
      return { excerpt: text.slice(from, from + EXCERPT_WIDTH), ...(from > start && { excerptStart: from - start + 1 }) }
    },
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function endOfLine(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset)
  const end = feed === -1 ? text.length : feed
  return end > offset && text.charCodeAt(end - 1) === 13 ? end - 1 : end
}

function lastAtMost(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
