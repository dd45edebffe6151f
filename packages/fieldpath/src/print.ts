import type { FieldPath, Segment } from './path.js'

/** The text of a path, in the form that `parsePath` reads back. The whole is the empty text, which is no path to parse. */
export function printPath(path: FieldPath): string {
  let text = ''
  let before: Segment | undefined
  for (const segment of path) {
    text += separator(segment, before) + printSegment(segment)
    before = segment
  }
  return text
}

function separator(segment: Segment, before: Segment | undefined): string {
  if (before === undefined || !('key' in segment)) return ''
  const twoQuoted = !isPlain(segment.key) && 'key' in before && !isPlain(before.key)
  return isPlain(segment.key) || twoQuoted ? '.' : ''
}

function printSegment(segment: Segment): string {
  if ('key' in segment) return isPlain(segment.key) ? segment.key : `[${quoted(segment.key)}]`
  if ('index' in segment) return `[${segment.index}]`
  const { key, value } = segment.select
  return `[?${/^[^\s=\]'"]+$/.test(key) ? key : quoted(key)}=${isPlainValue(value) ? value : quoted(value)}]`
}

function isPlain(name: string): boolean {
  return /^[^.[\]\s]+$/.test(name)
}

function isPlainValue(value: string): boolean {
  return /^[^\]'"=\s](?:[^\]]*[^\]\s])?$/.test(value)
}

function quoted(text: string): string {
  const quote = text.includes('\'') && !text.includes('"') ? '"' : '\''
  return quote + text.replaceAll(quote, quote + quote) + quote
}
