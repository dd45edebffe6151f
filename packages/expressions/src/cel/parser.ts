import type { Expr, Literal } from './ast.js'
import { tokenize, unquote, type Token } from './lexer.js'
import { findMacro, isMacroError, type Builder } from './macros.js'
import type { CelIssue } from './source.js'

export interface Parsed {
  readonly expr: Expr | undefined
  readonly issues: readonly CelIssue[]
}

/** Limits of cel-go: characters of an expression, and how deep it may nest. */
const MAX_CHARACTERS = 100_000
const MAX_DEPTH = 250

const RESERVED: ReadonlySet<string> = new Set([
  'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while',
])

export function parseCel(source: string): Parsed {
  const size = [...source].length
  if (size > MAX_CHARACTERS) {
    return { expr: undefined, issues: [{ offset: -1, message: `expression code point size exceeds limit: size: ${size}, limit ${MAX_CHARACTERS}` }] }
  }
  const { tokens, issues } = tokenize(source)
  const reader = newReader(tokens)
  try {
    const expr = parseExpr(reader)
    if (peek(reader).kind !== 'end') fail(reader, `mismatched input '${peek(reader).text}' expecting <EOF>`)
    return { expr, issues: [...issues, ...reader.issues] }
  } catch (error) {
    if (error instanceof SyntaxIssue) return { expr: undefined, issues: [...issues, ...reader.issues, error.issue] }
    throw error
  }
}

/** Ends the parsing; caught above, never leaves this file. */
class SyntaxIssue extends Error {
  readonly issue: CelIssue
  constructor(issue: CelIssue) {
    super(issue.message)
    this.issue = issue
  }
}

interface Reader {
  readonly tokens: readonly Token[]
  at: number
  depth: number
  nextId: number
  readonly issues: CelIssue[]
}

function newReader(tokens: readonly Token[]): Reader {
  return { tokens, at: 0, depth: 0, nextId: 1, issues: [] }
}

function peek(reader: Reader): Token {
  const token = reader.tokens[reader.at] ?? reader.tokens.at(-1)
  if (token === undefined) throw new Error('a token list always ends with a token')
  return token
}

function take(reader: Reader): Token {
  const token = peek(reader)
  reader.at++
  return token
}

function isSymbol(reader: Reader, text: string): boolean {
  const token = peek(reader)
  return token.kind === 'symbol' && token.text === text
}

function takeIf(reader: Reader, text: string): Token | undefined {
  return isSymbol(reader, text) ? take(reader) : undefined
}

function expect(reader: Reader, text: string): Token {
  return takeIf(reader, text) ?? fail(reader, `mismatched input '${peek(reader).text}' expecting '${text}'`)
}

function fail(reader: Reader, message: string, token = peek(reader)): never {
  throw new SyntaxIssue({ offset: token.offset, message: `Syntax error: ${message}` })
}

/** As cel-go words what cannot begin an expression. */
function unexpected(reader: Reader): never {
  const options = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
  return fail(reader, `mismatched input '${peek(reader).text}' expecting ${options}`)
}

function node<T extends object>(reader: Reader, offset: number, rest: T): T & { readonly id: number; readonly offset: number } {
  return { id: reader.nextId++, offset, ...rest }
}

function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new SyntaxIssue({ offset: -1, message: 'max recursion depth exceeded' })
}

function nested<T>(reader: Reader, parse: (reader: Reader) => T): T {
  checkDepth(++reader.depth)
  const result = parse(reader)
  reader.depth--
  return result
}

function parseExpr(reader: Reader): Expr {
  return nested(reader, () => {
    const condition = parseBinaryChain(reader, '||', '_||_', parseAnd)
    const question = takeIf(reader, '?')
    if (question === undefined) return condition
    const whenTrue = parseBinaryChain(reader, '||', '_||_', parseAnd)
    expect(reader, ':')
    return call(reader, question.offset, '_?_:_', undefined, [condition, whenTrue, parseExpr(reader)])
  })
}

function parseAnd(reader: Reader): Expr {
  return parseBinaryChain(reader, '&&', '_&&_', parseRelation)
}

/** Terms of && and || become a balanced tree, so that long chains stay shallow. */
function parseBinaryChain(reader: Reader, symbol: string, name: string, parse: (reader: Reader) => Expr): Expr {
  const terms = [parse(reader)]
  const operators: Token[] = []
  for (let operator = takeIf(reader, symbol); operator; operator = takeIf(reader, symbol)) {
    operators.push(operator)
    terms.push(parse(reader))
  }
  const balance = (low: number, high: number): Expr => {
    const middle = Math.floor((low + high + 1) / 2)
    const operator = operators[middle]
    const left = middle === low ? terms[middle] : balance(low, middle - 1)
    const right = middle === high ? terms[middle + 1] : balance(middle + 1, high)
    if (operator === undefined || left === undefined || right === undefined) throw new Error('an operator stands between two terms')
    return call(reader, operator.offset, name, undefined, [left, right])
  }
  const [only] = terms
  return operators.length === 0 && only ? only : balance(0, operators.length - 1)
}

const RELATIONS: Readonly<Record<string, string>> = { '<': '_<_', '<=': '_<=_', '>=': '_>=_', '>': '_>_', '==': '_==_', '!=': '_!=_', in: '@in' }
const SUMS: Readonly<Record<string, string>> = { '+': '_+_', '-': '_-_' }
const PRODUCTS: Readonly<Record<string, string>> = { '*': '_*_', '/': '_/_', '%': '_%_' }

function parseRelation(reader: Reader): Expr {
  return parseLeftChain(reader, RELATIONS, (inner) => parseLeftChain(inner, SUMS, (deep) => parseLeftChain(deep, PRODUCTS, parseUnary)))
}

function parseLeftChain(reader: Reader, operators: Readonly<Record<string, string>>, parse: (reader: Reader) => Expr): Expr {
  let left = parse(reader)
  let count = 0
  for (let name = operatorAt(reader, operators); name !== undefined; name = operatorAt(reader, operators)) {
    checkDepth(reader.depth + ++count)
    const { offset } = take(reader)
    left = call(reader, offset, name, undefined, [left, parse(reader)])
  }
  return left
}

function operatorAt(reader: Reader, operators: Readonly<Record<string, string>>): string | undefined {
  const token = peek(reader)
  const usable = token.kind === 'symbol' || (token.kind === 'identifier' && token.text === 'in')
  return usable && Object.hasOwn(operators, token.text) ? operators[token.text] : undefined
}

function parseUnary(reader: Reader): Expr {
  return nested(reader, () => {
    if (isSymbol(reader, '!')) return parsePrefix(reader, '!', '!_')
    if (isSymbol(reader, '-') && !isNumberNext(reader)) return parsePrefix(reader, '-', '-_')
    return parseMember(reader)
  })
}

/** A minus directly before a number belongs to the number. */
function isNumberNext(reader: Reader): boolean {
  const kind = reader.tokens[reader.at + 1]?.kind
  return kind === 'int' || kind === 'double'
}

function parsePrefix(reader: Reader, symbol: string, name: string): Expr {
  const first = take(reader)
  let count = 1
  while (isSymbol(reader, symbol) && !(symbol === '-' && isNumberNext(reader))) {
    take(reader)
    count++
  }
  const operand = parseMember(reader)
  return count % 2 === 0 ? operand : call(reader, first.offset, name, undefined, [operand])
}

function parseMember(reader: Reader): Expr {
  let expr = parsePrimary(reader)
  for (let count = 1; ; count++) {
    checkDepth(reader.depth + count)
    const dot = takeIf(reader, '.')
    const bracket = dot === undefined ? takeIf(reader, '[') : undefined
    if (dot) expr = nested(reader, () => parseSelect(reader, expr, dot))
    else if (bracket) expr = nested(reader, () => parseIndex(reader, expr, bracket))
    else return expr
  }
}

function parseSelect(reader: Reader, operand: Expr, dot: Token): Expr {
  const optional = takeIf(reader, '?') !== undefined
  const name = take(reader)
  if (name.kind === 'escaped') fail(reader, "unsupported syntax: '`'", name)
  if (name.kind !== 'identifier' || isLiteralWord(name.text)) fail(reader, `mismatched input '${name.text}' expecting IDENTIFIER`, name)
  if (optional) {
    const field = node(reader, name.offset, { kind: 'literal' as const, literal: { kind: 'string' as const, value: name.text } })
    return node(reader, dot.offset, { kind: 'call' as const, name: '_?._', target: undefined, args: [operand, field] })
  }
  const open = takeIf(reader, '(')
  if (open) return call(reader, open.offset, name.text, operand, parseArgs(reader, ')'))
  return node(reader, dot.offset, { kind: 'select' as const, operand, field: name.text, testOnly: false })
}

function isLiteralWord(text: string): boolean {
  return text === 'true' || text === 'false' || text === 'null' || text === 'in'
}

function parseIndex(reader: Reader, target: Expr, bracket: Token): Expr {
  const optional = takeIf(reader, '?') !== undefined
  const index = parseExpr(reader)
  expect(reader, ']')
  return call(reader, bracket.offset, optional ? '_[?_]' : '_[_]', undefined, [target, index])
}

function parseArgs(reader: Reader, close: string): readonly Expr[] {
  if (takeIf(reader, close)) return []
  const args = [parseExpr(reader)]
  while (takeIf(reader, ',')) args.push(parseExpr(reader))
  expect(reader, close)
  return args
}

function parsePrimary(reader: Reader): Expr {
  const token = peek(reader)
  switch (token.kind) {
    case 'identifier':
      return isLiteralWord(token.text) ? parseWord(reader) : parseName(reader)
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'bytes':
      return parseLiteral(reader, '')
    case 'symbol':
      return parseSymbol(reader)
    default:
      return unexpected(reader)
  }
}

function parseWord(reader: Reader): Expr {
  const token = peek(reader)
  if (token.text === 'in') unexpected(reader)
  take(reader)
  const literal: Literal = token.text === 'null' ? { kind: 'null' } : { kind: 'bool', value: token.text === 'true' }
  return node(reader, token.offset, { kind: 'literal' as const, literal })
}

function parseSymbol(reader: Reader): Expr {
  const token = peek(reader)
  switch (token.text) {
    case '(': {
      take(reader)
      const inner = parseExpr(reader)
      expect(reader, ')')
      return inner
    }
    case '[':
      return parseList(reader)
    case '{':
      return parseMap(reader)
    case '-':
      take(reader)
      return parseLiteral(reader, '-')
    case '.':
      return parseName(reader)
    default:
      return unexpected(reader)
  }
}

function parseList(reader: Reader): Expr {
  const open = take(reader)
  const elements: { value: Expr; optional: boolean }[] = []
  while (!isSymbol(reader, ']')) {
    const optional = takeIf(reader, '?') !== undefined
    elements.push({ value: parseExpr(reader), optional })
    if (!takeIf(reader, ',')) break
  }
  expect(reader, ']')
  return node(reader, open.offset, { kind: 'list' as const, elements })
}

function parseMap(reader: Reader): Expr {
  const open = take(reader)
  const entries: { key: Expr; value: Expr; optional: boolean }[] = []
  while (!isSymbol(reader, '}')) {
    const optional = takeIf(reader, '?') !== undefined
    const key = parseExpr(reader)
    expect(reader, ':')
    entries.push({ key, value: parseExpr(reader), optional })
    if (!takeIf(reader, ',')) break
  }
  expect(reader, '}')
  return node(reader, open.offset, { kind: 'map' as const, entries })
}

/** A name, a call of a global function, or a message literal. */
function parseName(reader: Reader): Expr {
  const dot = takeIf(reader, '.')
  const name = take(reader)
  if (name.kind !== 'identifier' || isLiteralWord(name.text)) fail(reader, `mismatched input '${name.text}' expecting IDENTIFIER`, name)
  const message = messageName(reader, name)
  if (message !== undefined) return parseMessage(reader, `${dot ? '.' : ''}${message}`)
  if (RESERVED.has(name.text)) reader.issues.push({ offset: (dot ?? name).offset, message: `reserved identifier: ${name.text}` })
  const full = `${dot ? '.' : ''}${name.text}`
  const open = takeIf(reader, '(')
  if (open) return call(reader, open.offset, full, undefined, parseArgs(reader, ')'))
  return node(reader, name.offset, { kind: 'ident' as const, name: full })
}

/** Looks ahead for `a.b.C{`. */
function messageName(reader: Reader, first: Token): string | undefined {
  let [at, name] = [reader.at, first.text]
  while (reader.tokens[at]?.text === '.' && reader.tokens[at + 1]?.kind === 'identifier') {
    name += `.${reader.tokens[at + 1]?.text ?? ''}`
    at += 2
  }
  const brace = reader.tokens[at]
  if (brace?.kind !== 'symbol' || brace.text !== '{') return undefined
  reader.at = at
  return name
}

function parseMessage(reader: Reader, typeName: string): Expr {
  const open = expect(reader, '{')
  const fields: { name: string; value: Expr; optional: boolean; offset: number }[] = []
  while (!isSymbol(reader, '}')) {
    const optional = takeIf(reader, '?') !== undefined
    const name = take(reader)
    if (name.kind !== 'identifier') fail(reader, `mismatched input '${name.text}' expecting IDENTIFIER`, name)
    const colon = expect(reader, ':')
    fields.push({ name: name.text, value: parseExpr(reader), optional, offset: colon.offset })
    if (!takeIf(reader, ',')) break
  }
  expect(reader, '}')
  return node(reader, open.offset, { kind: 'struct' as const, typeName, fields })
}

function parseLiteral(reader: Reader, sign: '' | '-'): Expr {
  const token = take(reader)
  const offset = sign === '' ? token.offset : (reader.tokens[reader.at - 2]?.offset ?? token.offset)
  const literal = readLiteral(token, sign)
  if (literal !== undefined) return node(reader, offset, { kind: 'literal' as const, literal })
  reader.issues.push({ offset, message: `invalid ${token.kind} literal` })
  return node(reader, offset, { kind: 'literal' as const, literal: { kind: 'null' as const } })
}

function readLiteral(token: Token, sign: '' | '-'): Literal | undefined {
  switch (token.kind) {
    case 'int': {
      const value = (sign === '-' ? -1n : 1n) * BigInt(token.text)
      return value >= -(2n ** 63n) && value < 2n ** 63n ? { kind: 'int', value } : undefined
    }
    case 'uint': {
      const value = BigInt(token.text.slice(0, -1))
      return sign === '' && value < 2n ** 64n ? { kind: 'uint', value } : undefined
    }
    case 'double': {
      const value = Number(`${sign}${token.text}`)
      return Number.isFinite(value) ? { kind: 'double', value } : undefined
    }
    default: {
      const value = unquote(token)
      if (value === undefined || sign === '-') return undefined
      return typeof value === 'string' ? { kind: 'string', value } : { kind: 'bytes', value }
    }
  }
}

function call(reader: Reader, offset: number, name: string, target: Expr | undefined, args: readonly Expr[]): Expr {
  const plain = (): Expr => node(reader, offset, { kind: 'call' as const, name, target, args })
  const macro = findMacro(name, args.length, target)
  if (macro === undefined) return plain()
  const [first] = args
  const expansion = macro(newBuilder(reader, offset), target ?? first ?? plain(), args)
  if (!isMacroError(expansion)) return expansion
  reader.issues.push({ offset: expansion.offset, message: expansion.message })
  return plain()
}

function newBuilder(reader: Reader, offset: number): Builder {
  return {
    literal: (literal) => node(reader, offset, { kind: 'literal' as const, literal }),
    ident: (name) => node(reader, offset, { kind: 'ident' as const, name }),
    call: (name, ...args) => node(reader, offset, { kind: 'call' as const, name, target: undefined, args }),
    member: (name, target, ...args) => node(reader, offset, { kind: 'call' as const, name, target, args }),
    list: (...elements) => node(reader, offset, { kind: 'list' as const, elements: elements.map((value) => ({ value, optional: false })) }),
    map: () => node(reader, offset, { kind: 'map' as const, entries: [] }),
    has: (operand, field) => node(reader, offset, { kind: 'select' as const, operand, field, testOnly: true }),
    fold: (parts) => node(reader, offset, { kind: 'fold' as const, ...parts }),
    copy: (expr) => renumber(reader, expr),
  }
}

/** The same expression with fresh ids. */
function renumber(reader: Reader, expr: Expr): Expr {
  const copy = (inner: Expr): Expr => renumber(reader, inner)
  const id = reader.nextId++
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return { ...expr, id }
    case 'select':
      return { ...expr, id, operand: copy(expr.operand) }
    case 'call':
      return { ...expr, id, target: expr.target && copy(expr.target), args: expr.args.map(copy) }
    case 'list':
      return { ...expr, id, elements: expr.elements.map((element) => ({ ...element, value: copy(element.value) })) }
    case 'map':
      return { ...expr, id, entries: expr.entries.map((entry) => ({ ...entry, key: copy(entry.key), value: copy(entry.value) })) }
    case 'struct':
      return { ...expr, id, fields: expr.fields.map((field) => ({ ...field, value: copy(field.value) })) }
    case 'fold':
      return {
        ...expr, id, range: copy(expr.range), init: copy(expr.init), condition: copy(expr.condition), step: copy(expr.step), result: copy(expr.result),
      }
  }
}
