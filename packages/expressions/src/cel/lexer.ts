import { charactersBefore } from '../text/position.js'
import { utf8Of } from '../text/utf8.js'
import type { CelIssue } from './source.js'

export type TokenKind = 'identifier' | 'escaped' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'symbol' | 'end'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** In characters. */
  readonly offset: number
}

const SYMBOLS = ['==', '!=', '<=', '>=', '&&', '||', '<', '>', '[', ']', '{', '}', '(', ')', '.', ',', '-', '!', '?', ':', '+', '*', '/', '%']

type Matcher = { readonly kind: TokenKind | 'blank'; readonly regex: RegExp }

const ESCAPE = String.raw`\\(?:[abfnrtv"'\\?` + '`' + String.raw`]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`
const TEXT = [
  String.raw`[rR]"""[\s\S]*?"""`, String.raw`[rR]'''[\s\S]*?'''`, String.raw`[rR]"[^"\n\r]*"`, String.raw`[rR]'[^'\n\r]*'`,
  `"""(?:${ESCAPE}|[^\\\\])*?"""`, `'''(?:${ESCAPE}|[^\\\\])*?'''`, `"(?:${ESCAPE}|[^\\\\"\\n\\r])*"`, `'(?:${ESCAPE}|[^\\\\'\\n\\r])*'`,
].join('|')

/** In the order in which they are tried; made anew for each text, for a sticky expression remembers its place. */
function newMatchers(): readonly Matcher[] {
  return [
    { kind: 'blank', regex: /(?:[\t \r\n\f]|\/\/[^\n]*)+/y },
    { kind: 'bytes', regex: new RegExp(`[bB](?:${TEXT})`, 'y') },
    { kind: 'string', regex: new RegExp(TEXT, 'y') },
    { kind: 'double', regex: /(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)/y },
    { kind: 'uint', regex: /(?:0x[0-9a-fA-F]+|\d+)[uU]/y },
    { kind: 'int', regex: /0x[0-9a-fA-F]+|\d+/y },
    { kind: 'identifier', regex: /[A-Za-z_][A-Za-z0-9_]*/y },
    { kind: 'escaped', regex: /`[A-Za-z0-9_.\-/ ]+`/y },
  ]
}

/** Cuts an expression into tokens, the last of kind `end`. What is no token is an issue and skipped. */
export function tokenize(source: string): { readonly tokens: readonly Token[]; readonly issues: readonly CelIssue[] } {
  const tokens: Token[] = []
  const issues: CelIssue[] = []
  const toOffset = characterOffsets(source)
  const matchers = newMatchers()
  let at = 0
  while (at < source.length) {
    const found = matchAt(matchers, source, at)
    if (found === undefined) {
      const character = String.fromCodePoint(source.codePointAt(at) ?? 0)
      issues.push({ offset: toOffset(at), message: `Syntax error: token recognition error at: '${character}'` })
      at += character.length
      continue
    }
    if (found.kind !== 'blank') tokens.push({ kind: found.kind, text: found.text, offset: toOffset(at) })
    at += found.text.length
  }
  tokens.push({ kind: 'end', text: '<EOF>', offset: toOffset(source.length) })
  return { tokens, issues }
}

function matchAt(matchers: readonly Matcher[], source: string, at: number): { readonly kind: TokenKind | 'blank'; readonly text: string } | undefined {
  for (const { kind, regex } of matchers) {
    regex.lastIndex = at
    const match = regex.exec(source)
    if (match) return { kind, text: match[0] }
  }
  const symbol = SYMBOLS.find((candidate) => source.startsWith(candidate, at))
  return symbol === undefined ? undefined : { kind: 'symbol', text: symbol }
}

/** Positions of texts count characters; those of JavaScript count UTF-16 units. */
function characterOffsets(source: string): (unit: number) => number {
  if (!/[\ud800-\udfff]/.test(source)) return (unit) => unit
  return (unit) => charactersBefore(source, unit)
}

/** The value of a string or bytes token; undefined for an escape that means nothing there. */
export function unquote(token: Token): string | Uint8Array | undefined {
  const isBytes = token.kind === 'bytes'
  const literal = isBytes ? token.text.slice(1) : token.text
  const isRaw = /^[rR]/.test(literal)
  const quoted = isRaw ? literal.slice(1) : literal
  const width = /^("""|''')/.test(quoted) ? 3 : 1
  const body = quoted.slice(width, -width).replace(/\r\n?/g, '\n')
  if (isBytes) return unescapeBytes(isRaw ? body.replace(/\\/g, '\\\\') : body)
  return isRaw ? body : unescapeText(body)
}

const NAMED: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '"': 34, "'": 39, '\\': 92, '?': 63, '`': 96 }
const ESCAPES = /\\(?:([abfnrtv"'\\?`])|([0-3][0-7][0-7])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g

function codeOf(groups: readonly (string | undefined)[]): number {
  const [named, octal, hex, short, long] = groups
  if (named !== undefined) return NAMED[named] ?? 0
  return octal === undefined ? Number.parseInt(hex ?? short ?? long ?? '0', 16) : Number.parseInt(octal, 8)
}

function unescapeText(body: string): string | undefined {
  let valid = true
  const text = body.replace(ESCAPES, (_, ...groups: (string | undefined)[]) => {
    const code = codeOf(groups)
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) valid = false
    return valid ? String.fromCodePoint(code) : ''
  })
  return valid ? text : undefined
}

function unescapeBytes(body: string): Uint8Array | undefined {
  const bytes: number[] = []
  let last = 0
  for (const match of body.matchAll(ESCAPES)) {
    bytes.push(...utf8Of(body.slice(last, match.index)))
    if (match[4] !== undefined || match[5] !== undefined) return undefined
    bytes.push(codeOf(match.slice(1)))
    last = match.index + match[0].length
  }
  bytes.push(...utf8Of(body.slice(last)))
  return Uint8Array.from(bytes)
}
