import { MAX_INDEX, MAX_SEGMENTS, type FieldPath, type Segment } from './path.js'

export type ParsedPath =
  /** `warning`: the text is accepted because the reference accepts it, and most likely means something else. */
  | { readonly ok: true; readonly path: FieldPath; readonly warning?: PathProblem }
  | ({ readonly ok: false } & PathProblem)

/** `column` counts UTF-16 units from 1. */
export interface PathProblem {
  readonly column: number
  readonly message: string
}

/**
 * path    = segment *( [ "." ] bracket / "." name ), with one exception: two quoted brackets need a dot between them
 * bracket = "[" ( quoted / index / "?" word "=" word ) "]", where a quote inside quotes is doubled
 *
 * The reference's language (dots, quoted brackets, leading dots that stick to the first name) plus index and selection.
 */
export function parsePath(text: string): ParsedPath {
  const cursor: Cursor = { text, at: 0 }
  const segments: Segment[] = []
  if (text === '') return refuse(0, 'the path is empty, expected the name of a field')
  if (text.length > MAX_LENGTH) return refuse(MAX_LENGTH, `a path has at most ${MAX_LENGTH} characters`)
  while (cursor.at < text.length) {
    if (segments.length === MAX_SEGMENTS) return refuse(cursor.at, `a path has at most ${MAX_SEGMENTS} segments`)
    const step = parseStep(cursor, segments.at(-1))
    if ('message' in step) return { ok: false, ...step }
    segments.push(step.segment)
  }
  return withWarning(segments)
}

const MAX_LENGTH = 4_096

interface Cursor {
  readonly text: string
  at: number
}

type Step = { readonly segment: Segment } | PathProblem

function problem(at: number, message: string): PathProblem {
  return { column: at + 1, message }
}

function refuse(at: number, message: string): ParsedPath {
  return { ok: false, ...problem(at, message) }
}

function parseStep(cursor: Cursor, before: Segment | undefined): Step {
  if (before === undefined) return cursor.text[0] === '[' ? parseBracket(cursor) : parseFirstName(cursor)
  return cursor.text[cursor.at] === '[' ? parseNextBracket(cursor, before) : parseAfterDot(cursor)
}

/** Leading dots belong to the first name, as in the reference. */
function parseFirstName(cursor: Cursor): Step {
  const dots = /^\.*/.exec(cursor.text)?.[0].length ?? 0
  if (dots === cursor.text.length) return problem(dots - 1, 'trailing dot: expected a name behind it')
  if (dots > 0 && cursor.text[dots] === '[') return problem(dots - 1, 'dot before bracket at the start: expected the bracket alone')
  return parseName(cursor, dots)
}

function parseNextBracket(cursor: Cursor, before: Segment): Step {
  const start = cursor.at
  const step = parseBracket(cursor)
  const bothQuoted = cursor.text[start - 1] === ']' && 'key' in before && 'segment' in step && 'key' in step.segment
  return bothQuoted ? problem(start, 'adjacent brackets: expected a dot between them') : step
}

function parseAfterDot(cursor: Cursor): Step {
  const { text, at } = cursor
  if (text[at] !== '.') return problem(at, `found \`${text.charAt(at)}\` behind a bracket, expected a dot, a bracket or the end`)
  cursor.at += 1
  if (cursor.at === text.length) return problem(at, 'trailing dot: expected a name behind it')
  if (text[cursor.at] === '.') return problem(cursor.at, 'consecutive dots: expected a name between them')
  return text[cursor.at] === '[' ? parseBracket(cursor) : parseName(cursor, 0)
}

function parseName(cursor: Cursor, leadingDots: number): Step {
  const start = cursor.at
  const length = cursor.text.slice(start + leadingDots).search(/[.[\]\s]|$/) + leadingDots
  cursor.at = start + length
  const stop = cursor.text[cursor.at]
  if (stop === ']') return problem(cursor.at, 'found `]` without its opening bracket')
  if (stop !== undefined && /\s/.test(stop)) return problem(cursor.at, `spaces: put a name that has them into brackets, ['a b']`)
  return { segment: { key: cursor.text.slice(start, cursor.at) } }
}

function parseBracket(cursor: Cursor): Step {
  const start = cursor.at
  cursor.at += 1
  const step = parseInside(cursor, start)
  if ('message' in step) return step
  const { text, at } = cursor
  if (text[at] === ']') {
    cursor.at += 1
    return step
  }
  return at >= text.length ? unclosed(start) : unexpected(cursor)
}

function parseInside(cursor: Cursor, start: number): Step {
  const { text, at } = cursor
  const first = text[at]
  if (first === undefined) return unclosed(start)
  if (first === '?') return parseSelection(cursor, start)
  if (first === ']') return problem(at, 'empty bracket content: expected a quoted name, an index or ?key=value')
  if (/\d/.test(first)) return parseIndex(cursor)
  if (first !== '\'' && first !== '"') return unexpected(cursor)
  const name = parseQuoted(cursor)
  if (name === undefined) return unclosed(start)
  return name === '' ? problem(at, 'empty bracket content: expected a name between the quotes') : { segment: { key: name } }
}

function unclosed(start: number): PathProblem {
  return problem(start, 'unclosed bracket')
}

function unexpected({ text, at }: Cursor): PathProblem {
  if (/\s/.test(text.charAt(at))) return problem(at, 'spaces are not allowed around the content of a bracket')
  return problem(at, `found \`${text.charAt(at)}\`: a bracket must contain a quoted string, an index or ?key=value`)
}

function parseIndex(cursor: Cursor): Step {
  const start = cursor.at
  const digits = /^\d+/.exec(cursor.text.slice(start))?.[0] ?? ''
  cursor.at += digits.length
  if (digits.length > 1 && digits.startsWith('0')) return problem(start, 'an index has no leading zeros')
  const index = Number(digits)
  return index > MAX_INDEX ? problem(start, `an index is at most ${MAX_INDEX}`) : { segment: { index } }
}

/** The text up to the closing quote, with doubled quotes as one; `undefined` when it does not close. */
function parseQuoted(cursor: Cursor): string | undefined {
  const quote = cursor.text.charAt(cursor.at)
  const closing = quote === '"' ? /^"((?:[^"]|"")*)"/ : /^'((?:[^']|'')*)'/
  const match = closing.exec(cursor.text.slice(cursor.at))
  if (match === null) return undefined
  cursor.at += match[0].length
  return (match[1] ?? '').replaceAll(quote + quote, quote)
}

function parseSelection(cursor: Cursor, start: number): Step {
  cursor.at += 1
  const key = parseWord(cursor, /^[^\s=\]'"]+/)
  if (key === undefined) return problem(cursor.at, 'expected the name of a member, as in [?key=value]')
  if (cursor.text[cursor.at] !== '=') {
    return cursor.at >= cursor.text.length ? unclosed(start) : problem(cursor.at, 'expected `=` and a value, as in [?key=value]')
  }
  cursor.at += 1
  if (cursor.text[cursor.at] === '=') return problem(cursor.at, 'one `=` is enough: [?key=value]')
  const value = parseWord(cursor, /^[^\]'"=\s](?:[^\]]*[^\]\s])?/)
  if (value === undefined) {
    return problem(cursor.at, 'expected a value (the empty text is written in quotes), as in [?key=value]')
  }
  return { segment: { select: { key, value } } }
}

function parseWord(cursor: Cursor, bare: RegExp): string | undefined {
  const first = cursor.text[cursor.at]
  if (first === '\'' || first === '"') return parseQuoted(cursor)
  const word = bare.exec(cursor.text.slice(cursor.at))?.[0]
  cursor.at += word?.length ?? 0
  return word
}

function withWarning(path: FieldPath): ParsedPath {
  const first = path[0]
  if (first === undefined || !('key' in first) || !/^\.+[^.]/.test(first.key)) return { ok: true, path }
  const meant = first.key.replace(/^\.+/, '')
  return { ok: true, path, warning: problem(0, `the leading dot belongs to the name: this is the field \`${first.key}\`, not \`${meant}\``) }
}
