import type { Pattern, PatternMember, Query } from './ast.js'
import { advance, expect, isOperator, nested, skip, unexpected, type Cursor } from './cursor.js'
import { readToken } from './lexer.js'
import { parseText } from './texts.js'

/** `$x`, `[$a, $b]`, `{a: $x, $b}`, and alternatives of them joined with `?//`. */
export function parsePatterns(cursor: Cursor): readonly Pattern[] {
  const patterns = [parsePattern(cursor)]
  while (skipAlternative(cursor)) patterns.push(parsePattern(cursor))
  return patterns
}

function skipAlternative(cursor: Cursor): boolean {
  if (!isOperator(cursor, '?') || readToken(cursor.source, cursor.token.end).text !== '//') return false
  advance(cursor)
  advance(cursor)
  return true
}

function parsePattern(cursor: Cursor): Pattern {
  return nested(cursor, () => {
    if (cursor.token.kind === 'variable') return { kind: 'variable', name: advance(cursor).text }
    if (skip(cursor, '[')) return parseItems(cursor)
    if (skip(cursor, '{')) return parseMembers(cursor)
    throw unexpected(cursor, 'a pattern such as $name is expected')
  })
}

function parseItems(cursor: Cursor): Pattern {
  const items: Pattern[] = []
  do items.push(parsePattern(cursor))
  while (skip(cursor, ','))
  expect(cursor, ']')
  return { kind: 'array', items }
}

function parseMembers(cursor: Cursor): Pattern {
  const members: PatternMember[] = []
  do members.push(parseMember(cursor))
  while (skip(cursor, ','))
  expect(cursor, '}')
  return { kind: 'object', members }
}

function parseMember(cursor: Cursor): PatternMember {
  const { token } = cursor
  if (token.kind === 'variable') {
    advance(cursor)
    const key: Query = { kind: 'literal', value: token.text.slice(1) }
    return { key, variable: token.text, pattern: skip(cursor, ':') ? parsePattern(cursor) : undefined }
  }
  const key = parseKey(cursor)
  expect(cursor, ':')
  return { key, variable: undefined, pattern: parsePattern(cursor) }
}

function parseKey(cursor: Cursor): Query {
  const { token } = cursor
  if (token.kind === 'identifier' || token.kind === 'keyword') return { kind: 'literal', value: advance(cursor).text }
  if (token.text === '"') return parseText(cursor, undefined)
  expect(cursor, '(')
  const key = cursor.grammar.pipe(cursor)
  expect(cursor, ')')
  return key
}
