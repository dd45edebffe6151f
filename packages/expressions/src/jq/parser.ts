import { readNumber, type JsonNumber } from '@oasgen/json'
import type { AssignOperator, BinaryOperator, Branch, Definition, Query } from './ast.js'
import { advance, expect, isKeyword, isOperator, jump, nested, newCursor, skip, unexpected, type Cursor } from './cursor.js'
import { JqSyntaxError, readToken } from './lexer.js'
import { parsePatterns } from './patterns.js'
import { parseObject } from './objects.js'
import { parseText } from './texts.js'

/** Reads a whole program. @throws JqSyntaxError */
export function parseJq(source: string): Query {
  const cursor = newCursor(source, { pipe: parsePipe, withoutComma: parseWithoutComma })
  if (isKeyword(cursor, 'import') || isKeyword(cursor, 'include')) throw new JqSyntaxError('modules cannot be loaded: a program stands for itself', 0)
  const query = cursor.token.kind === 'end' ? { kind: 'identity' } as const : parsePipe(cursor)
  if (cursor.token.kind !== 'end') throw unexpected(cursor, 'an operator or the end is expected')
  return query
}

/** Everything, from the loosest operator on: definitions, `|`, `,`. */
function parsePipe(cursor: Cursor): Query {
  return nested(cursor, () => {
    if (isKeyword(cursor, 'def')) return parseDefined(cursor)
    const left = parseComma(cursor)
    return skip(cursor, '|') ? { kind: 'pipe', left, right: parsePipe(cursor) } : left
  })
}

/** A module of definitions alone gives its input back. */
function parseDefined(cursor: Cursor): Query {
  const definition = parseDefinition(cursor)
  const rest: Query = cursor.token.kind === 'end' ? { kind: 'identity' } : parsePipe(cursor)
  return { kind: 'define', definition, rest }
}

function parseDefinition(cursor: Cursor): Definition {
  expect(cursor, 'def')
  const name = parseName(cursor)
  const parameters: string[] = []
  if (skip(cursor, '(')) {
    do parameters.push(parseParameter(cursor))
    while (skip(cursor, ';'))
    expect(cursor, ')')
  }
  expect(cursor, ':')
  const body = parsePipe(cursor)
  expect(cursor, ';')
  return { name, parameters, body }
}

function parseName(cursor: Cursor): string {
  if (cursor.token.kind !== 'identifier' && cursor.token.kind !== 'keyword') throw unexpected(cursor, 'the name of a function is expected')
  return advance(cursor).text
}

function parseParameter(cursor: Cursor): string {
  if (cursor.token.kind === 'variable') return advance(cursor).text
  return parseName(cursor)
}

function parseComma(cursor: Cursor): Query {
  let left = parseWithoutComma(cursor)
  while (skip(cursor, ',')) left = { kind: 'comma', left, right: parseWithoutComma(cursor) }
  return left
}

/** `//` groups to the right and is looser than assignment. */
function parseWithoutComma(cursor: Cursor): Query {
  const left = parseAssignment(cursor)
  return skip(cursor, '//') ? { kind: 'alternative', left, right: nested(cursor, parseWithoutComma) } : left
}

const ASSIGNMENTS: readonly string[] = ['=', '|=', '//=', '+=', '-=', '*=', '/=', '%='] satisfies readonly AssignOperator[]
const COMPARISONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>='] satisfies readonly BinaryOperator[]
const SUMS: readonly string[] = ['+', '-'] satisfies readonly BinaryOperator[]
const PRODUCTS: readonly string[] = ['*', '/', '%'] satisfies readonly BinaryOperator[]

function operatorOf(cursor: Cursor, operators: readonly string[]): string | undefined {
  return cursor.token.kind === 'operator' && operators.includes(cursor.token.text) ? advance(cursor).text : undefined
}

function parseAssignment(cursor: Cursor): Query {
  const left = parseOr(cursor)
  const operator = operatorOf(cursor, ASSIGNMENTS)
  if (operator === undefined) return left
  const right = parseWithoutComma(cursor)
  return { kind: 'assign', operator: operator as AssignOperator, left, right }
}

function parseOr(cursor: Cursor): Query {
  let left = parseAnd(cursor)
  while (isKeyword(cursor, 'or')) {
    advance(cursor)
    left = { kind: 'or', left, right: parseAnd(cursor) }
  }
  return left
}

function parseAnd(cursor: Cursor): Query {
  let left = parseComparison(cursor)
  while (isKeyword(cursor, 'and')) {
    advance(cursor)
    left = { kind: 'and', left, right: parseComparison(cursor) }
  }
  return left
}

function parseComparison(cursor: Cursor): Query {
  const left = parseSum(cursor)
  const operator = operatorOf(cursor, COMPARISONS)
  return operator === undefined ? left : { kind: 'binary', operator: operator as BinaryOperator, left, right: parseSum(cursor) }
}

function parseSum(cursor: Cursor): Query {
  return parseChain(cursor, SUMS, parseProduct)
}

function parseProduct(cursor: Cursor): Query {
  return parseChain(cursor, PRODUCTS, parseOperand)
}

function parseChain(cursor: Cursor, operators: readonly string[], operand: (cursor: Cursor) => Query): Query {
  let left = operand(cursor)
  for (;;) {
    const operator = operatorOf(cursor, operators)
    if (operator === undefined) return left
    left = { kind: 'binary', operator: operator as BinaryOperator, left, right: operand(cursor) }
  }
}

function parseOperand(cursor: Cursor): Query {
  if (skip(cursor, '-')) return { kind: 'negate', of: nested(cursor, parseOperand) }
  const term = parsePostfix(cursor)
  if (!isKeyword(cursor, 'as')) return term
  advance(cursor)
  const patterns = parsePatterns(cursor)
  expect(cursor, '|')
  return { kind: 'bind', source: term, patterns, body: parsePipe(cursor) }
}

/** A term and everything that is hung on it: `.a`, `[0]`, `?`. */
function parsePostfix(cursor: Cursor): Query {
  let term = parseTerm(cursor)
  for (;;) {
    const longer = parseSuffix(cursor, term)
    if (longer === undefined) return term
    term = longer
  }
}

function parseSuffix(cursor: Cursor, of: Query): Query | undefined {
  const { token } = cursor
  if (token.kind === 'field') {
    advance(cursor)
    return indexOf(cursor, of, literal(token.text.slice(1)))
  }
  if (skip(cursor, '[')) return parseBracket(cursor, of)
  if (skip(cursor, '?')) return { kind: 'try', body: of, handler: undefined }
  return isOperator(cursor, '.') ? parseDotted(cursor, of) : undefined
}

function indexOf(cursor: Cursor, of: Query, key: Query): Query {
  return { kind: 'index', of, key, optional: skip(cursor, '?') }
}

/** `.a.[0]` and `.a."b"`. */
function parseDotted(cursor: Cursor, of: Query): Query | undefined {
  const next = readToken(cursor.source, cursor.token.end).text
  if (next !== '[' && next !== '"') return undefined
  advance(cursor)
  return skip(cursor, '[') ? parseBracket(cursor, of) : indexOf(cursor, of, parseText(cursor, undefined))
}

function parseBracket(cursor: Cursor, of: Query): Query {
  if (skip(cursor, ']')) return { kind: 'iterate', of, optional: skip(cursor, '?') }
  const from = isOperator(cursor, ':') ? undefined : parsePipe(cursor)
  if (skip(cursor, ':')) {
    const to = isOperator(cursor, ']') ? undefined : parsePipe(cursor)
    if (from === undefined && to === undefined) throw unexpected(cursor, 'a slice needs a start or an end')
    expect(cursor, ']')
    return { kind: 'slice', of, from, to, optional: skip(cursor, '?') }
  }
  expect(cursor, ']')
  return indexOf(cursor, of, from ?? literal(null))
}

function literal(value: string | null): Query {
  return { kind: 'literal', value }
}

function parseTerm(cursor: Cursor): Query {
  const { token } = cursor
  switch (token.kind) {
    case 'end':
      throw unexpected(cursor, 'an expression is expected')
    case 'number':
      return { kind: 'literal', value: readLiteral(advance(cursor).text) }
    case 'field':
      advance(cursor)
      return indexOf(cursor, { kind: 'identity' }, literal(token.text.slice(1)))
    case 'variable':
      advance(cursor)
      return token.text === '$__loc__' ? { kind: 'call', name: '$__loc__', args: [], at: token.start } : { kind: 'variable', name: token.text, at: token.start }
    case 'format':
      advance(cursor)
      return isOperator(cursor, '"') ? parseText(cursor, token.text) : { kind: 'format', name: token.text, at: token.start }
    case 'identifier':
      return parseCall(cursor)
    case 'keyword':
      return parseKeyword(cursor)
    case 'operator':
      return parsePunctuated(cursor)
  }
}

/** JSON's grammar of numbers is narrower: `.5`, `5.` and `05` are written in jq only. */
function readLiteral(text: string): JsonNumber {
  return readNumber(text.replace(/^0+(?=\d)/, '').replace(/^\./, '0.').replace(/\.(?=$|[eE])/, '')) ?? Number(text)
}

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([['null', null], ['true', true], ['false', false]])

function parseCall(cursor: Cursor): Query {
  const { text: name, start: at } = advance(cursor)
  const constant = CONSTANTS.get(name)
  if (constant !== undefined) return { kind: 'literal', value: constant }
  if (name === 'break' && cursor.token.kind === 'variable') return { kind: 'break', name: advance(cursor).text, at }
  const args: Query[] = []
  if (skip(cursor, '(')) {
    do args.push(parsePipe(cursor))
    while (skip(cursor, ';'))
    expect(cursor, ')')
  }
  return { kind: 'call', name, args, at }
}

function parsePunctuated(cursor: Cursor): Query {
  const { token } = cursor
  if (token.text === '"') return parseText(cursor, undefined)
  advance(cursor)
  switch (token.text) {
    case '.':
      return isOperator(cursor, '"') ? indexOf(cursor, { kind: 'identity' }, parseText(cursor, undefined)) : { kind: 'identity' }
    case '..':
      return { kind: 'recurse' }
    case '(': {
      const inner = parsePipe(cursor)
      expect(cursor, ')')
      return inner
    }
    case '[':
      return parseArray(cursor)
    case '{':
      return nested(cursor, parseObject)
    default:
      jump(cursor, token.start)
      throw unexpected(cursor, 'an expression is expected')
  }
}

function parseArray(cursor: Cursor): Query {
  if (skip(cursor, ']')) return { kind: 'array', body: undefined }
  const body = parsePipe(cursor)
  expect(cursor, ']')
  return { kind: 'array', body }
}

function parseKeyword(cursor: Cursor): Query {
  switch (cursor.token.text) {
    case 'def':
      return nested(cursor, parseDefined)
    case 'if':
      return parseIf(cursor)
    case 'reduce':
    case 'foreach':
      return parseFold(cursor)
    case 'try':
      return parseTry(cursor)
    case 'label':
      return parseLabel(cursor)
    default:
      throw unexpected(cursor, 'an expression is expected')
  }
}

function parseIf(cursor: Cursor): Query {
  const branches: Branch[] = []
  do {
    advance(cursor)
    const condition = parsePipe(cursor)
    expect(cursor, 'then')
    branches.push({ condition, body: parsePipe(cursor) })
  } while (isKeyword(cursor, 'elif'))
  const otherwise = isKeyword(cursor, 'else') ? parseElse(cursor) : undefined
  expect(cursor, 'end')
  return { kind: 'if', branches, otherwise }
}

function parseElse(cursor: Cursor): Query {
  advance(cursor)
  return parsePipe(cursor)
}

function parseFold(cursor: Cursor): Query {
  const kind = advance(cursor).text
  const source = parsePostfix(cursor)
  expect(cursor, 'as')
  const at = cursor.token.start
  const [pattern, another] = parsePatterns(cursor)
  if (pattern === undefined || another !== undefined) throw new JqSyntaxError(`${kind} takes one pattern`, at)
  expect(cursor, '(')
  const init = parsePipe(cursor)
  expect(cursor, ';')
  const update = parsePipe(cursor)
  const extract = kind === 'foreach' && skip(cursor, ';') ? parsePipe(cursor) : undefined
  expect(cursor, ')')
  return kind === 'reduce' ? { kind, source, pattern, init, update } : { kind: 'foreach', source, pattern, init, update, extract }
}

function parseTry(cursor: Cursor): Query {
  advance(cursor)
  const body = nested(cursor, parseTried)
  if (!isKeyword(cursor, 'catch')) return { kind: 'try', body, handler: undefined }
  advance(cursor)
  return { kind: 'try', body, handler: nested(cursor, parseTried) }
}

function parseTried(cursor: Cursor): Query {
  return skip(cursor, '-') ? { kind: 'negate', of: parseTried(cursor) } : parsePostfix(cursor)
}

function parseLabel(cursor: Cursor): Query {
  advance(cursor)
  if (cursor.token.kind !== 'variable') throw unexpected(cursor, 'the name of a label is expected')
  const name = advance(cursor).text
  expect(cursor, '|')
  return { kind: 'label', name, body: parsePipe(cursor) }
}
