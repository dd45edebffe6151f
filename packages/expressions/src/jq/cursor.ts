import type { Query } from './ast.js'
import { JqSyntaxError, readToken, type Token } from './lexer.js'

/** How deep a program may nest; deeper ones would not fit the stack of the machine that runs them. */
const MAX_NESTING = 200

/** The parts of the grammar that nest in others. */
export interface Grammar {
  pipe(cursor: Cursor): Query
  withoutComma(cursor: Cursor): Query
}

/** Where the parser stands. */
export interface Cursor {
  readonly source: string
  readonly grammar: Grammar
  token: Token
  nesting: number
}

export function newCursor(source: string, grammar: Grammar): Cursor {
  return { source, grammar, token: readToken(source, 0), nesting: 0 }
}

export function advance(cursor: Cursor): Token {
  const { token } = cursor
  cursor.token = readToken(cursor.source, token.end)
  return token
}

/** Goes on behind `offset`: texts are read by characters. */
export function jump(cursor: Cursor, offset: number): void {
  cursor.token = readToken(cursor.source, offset)
}

export function isOperator(cursor: Cursor, text: string): boolean {
  return cursor.token.kind === 'operator' && cursor.token.text === text
}

export function isKeyword(cursor: Cursor, text: string): boolean {
  return cursor.token.kind === 'keyword' && cursor.token.text === text
}

/** Takes the operator when it is there. */
export function skip(cursor: Cursor, text: string): boolean {
  if (!isOperator(cursor, text)) return false
  advance(cursor)
  return true
}

export function expect(cursor: Cursor, text: string): void {
  const { token } = cursor
  if ((token.kind !== 'operator' && token.kind !== 'keyword') || token.text !== text) throw unexpected(cursor, `\`${text}\` is expected`)
  advance(cursor)
}

export function unexpected({ token }: Cursor, wanted: string): JqSyntaxError {
  const found = token.kind === 'end' ? 'the program ends' : `\`${token.text}\` stands`
  return new JqSyntaxError(`${wanted}, and ${found} here`, token.start)
}

export function nested<T>(cursor: Cursor, read: (cursor: Cursor) => T): T {
  if (cursor.nesting >= MAX_NESTING) throw new JqSyntaxError(`the program nests deeper than ${MAX_NESTING} levels`, cursor.token.start)
  cursor.nesting += 1
  const result = read(cursor)
  cursor.nesting -= 1
  return result
}
