import { readNumber } from './number.js'
import { putMember } from './object.js'
import type { ReadResult } from './read.js'
import type { JsonValue } from './value.js'

/** RFC 8259 with exact numbers. Slower than the built-in parser, and used only where that one would lose something. */
export function parseExactly(text: string, maxDepth: number): ReadResult {
  const cursor: Cursor = { text, at: 0, levels: maxDepth }
  try {
    skipSpace(cursor)
    const value = parseValue(cursor)
    skipSpace(cursor)
    if (cursor.at < text.length) refuse(cursor, 'expected the end of the text')
    return { ok: true, value }
  } catch (problem) {
    if (problem instanceof Refusal) return { ok: false, message: problem.message, offset: problem.offset }
    throw problem
  }
}

interface Cursor {
  readonly text: string
  at: number
  /** How many levels may still open. */
  levels: number
}

/** Leaves the recursion; never leaves this file. */
class Refusal extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

function refuse(cursor: Cursor, expected: string): never {
  throw new Refusal(`found ${nameOf(cursor.text, cursor.at)}, ${expected}`, cursor.at)
}

function nameOf(text: string, at: number): string {
  const point = text.codePointAt(at)
  if (point === undefined) return 'the end of the text'
  return point < 0x20 || point === 0xfeff ? `character U+${point.toString(16).toUpperCase().padStart(4, '0')}` : `\`${String.fromCodePoint(point)}\``
}

function skipSpace(cursor: Cursor): void {
  const { text } = cursor
  for (;;) {
    const code = text.charCodeAt(cursor.at)
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
    cursor.at += 1
  }
}

function parseValue(cursor: Cursor): JsonValue {
  switch (cursor.text.charAt(cursor.at)) {
    case '{': return nested(cursor, parseObject)
    case '[': return nested(cursor, parseArray)
    case '"': return parseString(cursor)
    case 't': return parseWord(cursor, 'true', true)
    case 'f': return parseWord(cursor, 'false', false)
    case 'n': return parseWord(cursor, 'null', null)
    default: return parseNumber(cursor)
  }
}

function nested(cursor: Cursor, parse: (cursor: Cursor) => JsonValue): JsonValue {
  if (cursor.levels === 0) throw new Refusal('arrays and objects nest too deep here', cursor.at)
  cursor.levels -= 1
  cursor.at += 1
  skipSpace(cursor)
  const value = parse(cursor)
  cursor.levels += 1
  return value
}

function parseArray(cursor: Cursor): JsonValue {
  const items: JsonValue[] = []
  if (take(cursor, ']')) return items
  for (;;) {
    items.push(parseValue(cursor))
    skipSpace(cursor)
    if (take(cursor, ']')) return items
    if (!take(cursor, ',')) refuse(cursor, 'expected `,` or `]`')
    skipSpace(cursor)
  }
}

function parseObject(cursor: Cursor): JsonValue {
  const members: Record<string, JsonValue> = {}
  if (take(cursor, '}')) return members
  for (;;) {
    if (cursor.text[cursor.at] !== '"') refuse(cursor, 'expected the name of a member in double quotes')
    const name = parseString(cursor)
    skipSpace(cursor)
    if (!take(cursor, ':')) refuse(cursor, 'expected `:`')
    skipSpace(cursor)
    putMember(members, name, parseValue(cursor))
    skipSpace(cursor)
    if (take(cursor, '}')) return members
    if (!take(cursor, ',')) refuse(cursor, 'expected `,` or `}`')
    skipSpace(cursor)
  }
}

function take(cursor: Cursor, mark: string): boolean {
  if (cursor.text[cursor.at] !== mark) return false
  cursor.at += 1
  return true
}

function parseWord<T extends JsonValue>(cursor: Cursor, word: string, value: T): T {
  if (!cursor.text.startsWith(word, cursor.at)) refuse(cursor, 'expected a value')
  cursor.at += word.length
  return value
}

function parseString(cursor: Cursor): string {
  const start = cursor.at
  const end = endOfString(cursor, start + 1)
  cursor.at = end + 1
  const inner = cursor.text.slice(start + 1, end)
  return inner.includes('\\') ? (JSON.parse(`"${inner}"`) as string) : inner
}

/** The place of the closing quote; everything before it has been checked. */
function endOfString(cursor: Cursor, start: number): number {
  const { text } = cursor
  for (let at = start; ; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 34) return at
    if (code === 92) at = endOfEscape(text, at)
    else if (!(code >= 32)) {
      cursor.at = at
      refuse(cursor, 'expected the closing `"` (control characters are escaped)')
    }
  }
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

function endOfEscape(text: string, at: number): number {
  ESCAPE.lastIndex = at
  if (!ESCAPE.test(text)) throw new Refusal('found `\\` that starts no escape of JSON', at)
  return ESCAPE.lastIndex - 1
}

const NUMBER_CHARACTERS = /[-+.\deE]*/y

function parseNumber(cursor: Cursor): JsonValue {
  NUMBER_CHARACTERS.lastIndex = cursor.at
  const written = NUMBER_CHARACTERS.exec(cursor.text)?.[0] ?? ''
  if (written === '' || !/[-\d]/.test(written.charAt(0))) refuse(cursor, 'expected a value')
  const value = readNumber(written)
  if (value === undefined) throw new Refusal(`found \`${shorten(written)}\`, expected a number of JSON`, cursor.at)
  cursor.at += written.length
  return value
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`
}
