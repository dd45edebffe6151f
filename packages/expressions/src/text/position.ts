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
  return { line: before.split('\n').length, column: charactersBefore(before.slice(lineStart), before.length), text }
}

/** Characters before a place that is counted in UTF-16 units. */
export function charactersBefore(source: string, unit: number): number {
  let count = 0
  for (const _ of source.slice(0, unit)) count += 1
  return count
}
