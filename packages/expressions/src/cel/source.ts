import { positionOf } from '../text/position.js'

/** A complaint about an expression, with its place: `offset` counts characters (code points) from 0. */
export interface CelIssue {
  readonly offset: number
  readonly message: string
}

/** `ERROR: <input>:1:5: message`, the line, and a caret under the place: as cel-go prints it. */
export function printIssues(source: string, issues: readonly CelIssue[]): string {
  return [...issues].sort((a, b) => a.offset - b.offset).map((issue) => printIssue(source, issue)).join('\n')
}

function printIssue(source: string, issue: CelIssue): string {
  if (issue.offset < 0) return `ERROR: <input>:-1:0: ${issue.message}`
  const { line, column, text } = positionOf(source, issue.offset)
  const characters = [...text.replace(/\t/g, ' ')]
  const dots = characters.slice(0, column).map((character) => (isWide(character) ? '\uff0e' : '.')).join('')
  const caret = isWide(characters[column] ?? '') ? '\uff3e' : '^'
  return `ERROR: <input>:${line}:${column + 1}: ${issue.message}\n | ${characters.join('')}\n | ${dots}${caret}`
}

function isWide(character: string): boolean {
  return (character.codePointAt(0) ?? 0) > 0x7f
}
