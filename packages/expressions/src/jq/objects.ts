import type { ObjectEntry, Query } from './ast.js'
import { advance, expect, isOperator, skip, unexpected, type Cursor } from './cursor.js'
import { parseText } from './texts.js'

/** An object behind its `{`. */
export function parseObject(cursor: Cursor): Query {
  const entries: ObjectEntry[] = []
  if (skip(cursor, '}')) return { kind: 'object', entries }
  do {
    if (isOperator(cursor, '}')) break
    entries.push(parseEntry(cursor))
  } while (skip(cursor, ','))
  expect(cursor, '}')
  return { kind: 'object', entries }
}

function parseEntry(cursor: Cursor): ObjectEntry {
  const { token } = cursor
  if (token.kind === 'variable') {
    advance(cursor)
    const value: Query = token.text === '$__loc__' ? { kind: 'call', name: token.text, args: [], at: token.start } : { kind: 'variable', name: token.text, at: token.start }
    return { key: { kind: 'literal', value: token.text.slice(1) }, value }
  }
  if (skip(cursor, '(')) {
    const key = cursor.grammar.pipe(cursor)
    expect(cursor, ')')
    expect(cursor, ':')
    return { key, value: parseValue(cursor) }
  }
  const key = parseKey(cursor)
  return { key, value: skip(cursor, ':') ? parseValue(cursor) : { kind: 'index', of: { kind: 'identity' }, key, optional: false } }
}

function parseKey(cursor: Cursor): Query {
  const { token } = cursor
  if (token.kind === 'identifier' || token.kind === 'keyword') return { kind: 'literal', value: advance(cursor).text }
  if (token.kind === 'format') {
    advance(cursor)
    return isOperator(cursor, '"') ? parseText(cursor, token.text) : failKey(cursor)
  }
  return token.text === '"' ? parseText(cursor, undefined) : failKey(cursor)
}

function failKey(cursor: Cursor): never {
  throw unexpected(cursor, 'a name, a text or (an expression) is expected')
}

/** A value may be a pipe; a comma begins the next member. */
function parseValue(cursor: Cursor): Query {
  const left = cursor.grammar.withoutComma(cursor)
  return skip(cursor, '|') ? { kind: 'pipe', left, right: parseValue(cursor) } : left
}
