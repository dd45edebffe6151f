/** A complaint about an expression, with its place: `offset` counts characters (code points) from 0. */
export interface CelIssue {
  readonly offset: number
  readonly message: string
}

export interface SourcePosition {
  readonly line: number
  /** From 0, in characters. */
  readonly column: number
  readonly text: string
}

export function positionOf(source: string, offset: number): SourcePosition {
  const before = [...source].slice(0, offset).join('')
  const lineStart = before.lastIndexOf('\n') + 1
  const text = source.slice(lineStart).split('\n', 1)[0] ?? ''
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length, text }
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
