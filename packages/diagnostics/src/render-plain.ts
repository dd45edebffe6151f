import type { Finding } from './finding.js'
import { sortFindings } from './order.js'
import { placeText } from './place.js'
import { fixLines } from './render-fix.js'
import { oneLine, printable, wrap } from './text.js'

export interface PlainOptions {
  /** Columns to wrap help at; default: no wrapping, for logs and other programs. */
  readonly width?: number
}

/**
 * One line per finding in the form that editors and CI logs link (`file:line:column: severity[code]: message`), with help and
 * related places indented below. Ends with a line break unless there is nothing.
 */
export function renderPlain(findings: readonly Finding[], options: PlainOptions = {}): string {
  const width = options.width ?? Infinity
  return sortFindings(findings).flatMap((finding) => linesOf(finding, width)).map((line) => `${line}\n`).join('')
}

function linesOf(finding: Finding, width: number): readonly string[] {
  const place = finding.where === undefined ? '' : `${placeText(finding.where)}: `
  const related = (finding.related ?? []).map(({ where, message }) => `    see: ${placeText(where)}: ${oneLine(message)}`)
  const help = finding.help === undefined ? [] : wrap(printable(finding.help), width - 10)
  return [
    `${place}${finding.severity}[${finding.code}]: ${oneLine(finding.message)}`,
    ...related,
    ...help.map((line, at) => (at === 0 ? `    help: ${line}` : `          ${line}`)),
    ...(finding.fix === undefined ? [] : fixLines(finding.fix).map((line, at) => (at === 0 ? `    fix:  ${line}` : `          ${line}`))),
  ]
}
