import { excerptLines, type ExcerptStyle, type SourceLine } from './excerpt.js'
import type { Finding, Place, Severity } from './finding.js'
import { sortFindings } from './order.js'
import { ANSI, NO_COLOUR, type Paint } from './paint.js'
import { placeText } from './place.js'
import { fixLines } from './render-fix.js'
import { oneLine, printable, wrap } from './text.js'

export interface ColourOptions {
  /** Columns of the terminal; default 100. */
  readonly width?: number
  /** `none` gives the same layout where colours are not wanted; default `ansi`. */
  readonly colours?: 'ansi' | 'none'
  /** The text of a line where the finding brings no excerpt. */
  readonly sourceLine?: SourceLine
}

/** Findings for people at a terminal: source excerpt with caret, related places, help. See `docs/diagnostics.md` for the codes. */
export function renderColour(findings: readonly Finding[], options: ColourOptions = {}): string {
  const explained = new Set<string>()
  const blocks = sortFindings(findings).map((finding) => {
    const first = !explained.has(finding.code)
    explained.add(finding.code)
    return blockOf(finding, options, first)
  })
  return blocks.join('\n')
}

const SEVERITY_STYLE: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = { error: 'error', warning: 'warning', notice: 'notice' }

function blockOf(finding: Finding, options: ColourOptions, explain: boolean): string {
  const paint = options.colours === 'none' ? NO_COLOUR : ANSI
  const width = Math.max(40, options.width ?? 100)
  const lines = [
    ...headline(finding, paint, width),
    ...places(finding, { paint, width, gutter: gutterOf(finding), sourceLine: options.sourceLine }),
    ...advice(finding, paint, { width, explain }),
  ]
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

function headline(finding: Finding, paint: Paint, width: number): readonly string[] {
  const mark = `${finding.severity}[${finding.code}]`
  const [first = '', ...more] = wrap(`${mark}: ${oneLine(finding.message)}`, width)
  const painted = paint(mark, SEVERITY_STYLE[finding.severity]) + paint(first.slice(mark.length), 'strong')
  return [painted, ...more.map((line) => `  ${paint(line, 'strong')}`)]
}

/** Width of the column of line numbers: only the main line carries one, related places have theirs in their heads. */
function gutterOf({ where }: Finding): number {
  return Math.max(2, where?.kind === 'document' ? String(where.position?.line ?? '').length : 0)
}

interface PlaceStyle extends ExcerptStyle {
  readonly sourceLine: SourceLine | undefined
}

function places(finding: Finding, style: PlaceStyle): readonly string[] {
  const all = finding.related ?? []
  const labels = all.filter(({ where }) => isSamePlace(where, finding.where))
  const label = labels.length === 0 ? undefined : labels.map(({ message }) => message).join('; ')
  const main = finding.where === undefined ? [] : placeLines(finding.where, label, { ...style, mark: '^', severity: finding.severity })
  const related = all.filter((place) => !labels.includes(place))
  return [...main, ...related.flatMap(({ where, message }) => placeLines(where, message, { ...style, mark: '-', severity: 'notice' }))]
}

/** A related place that is the main one carries the words behind its caret. */
function isSamePlace(a: Place, b: Place | undefined): boolean {
  return b !== undefined && a.kind === b.kind && placeText(a) === placeText(b)
}

interface MarkStyle extends PlaceStyle {
  readonly mark: '^' | '-'
  readonly severity: Severity
}

function placeLines(place: Place, label: string | undefined, style: MarkStyle): readonly string[] {
  const { paint, gutter } = style
  const head = `${' '.repeat(gutter + 1)}${paint('┌─', 'frame')} ${placeText(place)}`
  const excerpt = place.kind === 'document' ? excerptLines(place, label, style) : undefined
  if (excerpt !== undefined) return [head, ...excerpt]
  const bar = `${' '.repeat(gutter + 1)}${paint('│', 'frame')} `
  return label === undefined ? [head] : [head, ...wrap(oneLine(label), style.width - gutter - 4).map((line) => bar + line)]
}

function advice(finding: Finding, paint: Paint, { width, explain }: { readonly width: number; readonly explain: boolean }): readonly string[] {
  const more = explain ? [`\`oasgen explain ${finding.code}\` tells more`] : []
  const help = finding.help === undefined ? [] : wrap(printable(finding.help), width - 6)
  const fix = finding.fix === undefined ? [] : fixLines(finding.fix).map((line, at) => (at === 0 ? `fix: ${line}` : `     ${line}`))
  return [...help, ...fix, ...more].map((line, at) => (at === 0 ? `${paint('help:', 'help')} ${line}` : `      ${line}`))
}
