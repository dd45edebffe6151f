import type { DocumentPlace, Position, Severity } from './finding.js'
import type { Paint } from './paint.js'
import { columnsOf, oneLine, printable, wrap } from './text.js'

/** The text of a line of a document, counted from 1, where it is known. */
export type SourceLine = (uri: string, line: number) => string | undefined

export interface ExcerptStyle {
  readonly paint: Paint
  readonly width: number
  /** Columns of the line number. */
  readonly gutter: number
}

interface MarkedStyle extends ExcerptStyle {
  readonly mark: '^' | '-'
  readonly severity: Severity
  readonly sourceLine: SourceLine | undefined
}

/** The line of a place with the marks under it; `undefined` when the line is not known. */
export function excerptLines(place: DocumentPlace, label: string | undefined, style: MarkedStyle): readonly string[] | undefined {
  const { position } = place
  const source = place.excerpt ?? (position && style.sourceLine?.(place.uri, position.line))
  if (position === undefined || source === undefined) return undefined
  const shown = windowOf(...partOf(source.split('\n', 1)[0] ?? '', position, place), style.width - style.gutter - 3)
  const number = style.mark === '^' ? String(position.line) : ''
  const bar = style.paint('│', 'frame')
  const empty = `${' '.repeat(style.gutter + 1)}${bar} `
  return [
    `${style.paint(number.padStart(style.gutter), 'frame')} ${bar} ${shown.text}`,
    ...markLines(shown, label, style).map((line) => empty + line),
  ]
}

/** Of a part of a line, the part with the sign that something stands before it, and the position in that. */
function partOf(source: string, position: Position, { excerptStart = 1 }: DocumentPlace): [string, Position] {
  if (excerptStart <= 1) return [source, position]
  const before = excerptStart - 2
  const { column, endColumn } = position
  return [`…${source}`, { ...position, column: column - before, ...(endColumn !== undefined && { endColumn: endColumn - before }) }]
}

interface Window {
  readonly text: string
  /** Columns before the marks, and under them. */
  readonly before: number
  readonly marked: number
}

/** As much of the line as fits, with the marked part in sight. */
function windowOf(source: string, { column, endColumn }: Position, width: number): Window {
  const start = Math.min(column - 1, source.length)
  const end = Math.min(Math.max(endColumn ?? column + 1, column + 1) - 1, Math.max(source.length, start + 1))
  const [head, middle, tail] = [clean(source.slice(0, start)), clean(source.slice(start, end)), clean(source.slice(end))]
  const shownMiddle = cutEnd(middle, Math.max(8, Math.floor(width * 0.6)))
  const marked = Math.max(1, columnsOf(shownMiddle))
  const room = Math.max(0, width - marked)
  const shownHead = columnsOf(head) + Math.min(columnsOf(tail), 12) <= room ? head : cutStart(head, Math.max(0, room - 12))
  const text = shownHead + shownMiddle + cutEnd(tail, Math.max(0, room - columnsOf(shownHead)))
  return { text, before: columnsOf(shownHead), marked }
}

function clean(text: string): string {
  return printable(text.replaceAll('\t', '    '))
}

function cutEnd(text: string, width: number): string {
  return columnsOf(text) <= width ? text : `${firstColumns(Array.from(text), width - 1).join('')}…`
}

function cutStart(text: string, width: number): string {
  return columnsOf(text) <= width ? text : `…${firstColumns(Array.from(text).reverse(), width - 1).reverse().join('')}`
}

function firstColumns(characters: readonly string[], width: number): string[] {
  let columns = 0
  return characters.filter((character) => (columns += columnsOf(character)) <= width)
}

/** The marks with the label behind them, or below them where the line has no room. */
function markLines({ before, marked }: Window, label: string | undefined, style: MarkedStyle): readonly string[] {
  const marks = ' '.repeat(before) + style.paint(style.mark.repeat(marked), style.severity)
  if (label === undefined) return [marks]
  const text = oneLine(label)
  const room = style.width - style.gutter - 3 - before
  if (marked + 1 + columnsOf(text) <= room) return [`${marks} ${text}`]
  const indent = Math.min(before, Math.max(0, style.width - style.gutter - 3 - 40))
  return [marks, ...wrap(text, style.width - style.gutter - 3 - indent).map((line) => ' '.repeat(indent) + line)]
}
