/** What stands at a place of a jq program. Texts are read by the parser, because programs nest in them. */
export interface Token {
  readonly kind: 'end' | 'identifier' | 'keyword' | 'field' | 'variable' | 'number' | 'format' | 'operator'
  readonly text: string
  readonly start: number
  readonly end: number
}

/** A complaint about a program; caught by `readJq`, never seen outside. */
export class JqSyntaxError extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** Something that exists in jq and not here. */
export class JqRefusal extends JqSyntaxError {
  readonly subject: string
  readonly why: string
  constructor(subject: string, why: string, offset: number) {
    super(`${subject} is not available: ${why}`, offset)
    this.subject = subject
    this.why = why
  }
}

const KEYWORDS: ReadonlySet<string> = new Set([
  'def', 'if', 'then', 'elif', 'else', 'end', 'as', 'reduce', 'foreach', 'try', 'catch', 'label', 'import', 'include', '__loc__', 'and', 'or',
])

const BLANK = /(?:[ \t\r\n]|#(?:\\[\s\S]|[^\\\n])*)*/y
const WORD = /(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*/y
const FIELD = /\.[A-Za-z_]\w*/y
const VARIABLE = /\$(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*/y
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const FORMAT = /@[A-Za-z0-9_]+/y
const OPERATOR = /\/\/=|\|=|\+=|-=|\*=|\/=|%=|\/\/|==|!=|<=|>=|\.\.|[.[\]{}()|,:;=<>+\-*/%?"]/y

/** The token at or after `offset`. */
export function readToken(source: string, offset: number): Token {
  const start = offset + lengthAt(BLANK, source, offset)
  if (start >= source.length) return { kind: 'end', text: '', start, end: start }
  const [kind, length] = classify(source, start)
  const text = source.slice(start, start + length)
  return { kind: kind === 'identifier' && KEYWORDS.has(text) ? 'keyword' : kind, text, start, end: start + length }
}

function classify(source: string, at: number): readonly [Token['kind'], number] {
  for (const [kind, pattern] of FORMS) {
    const length = lengthAt(pattern, source, at)
    if (length > 0) return [kind, length]
  }
  throw new JqSyntaxError(`unexpected character ${JSON.stringify(String.fromCodePoint(source.codePointAt(at) ?? 0))}`, at)
}

// Numbers stand before fields and operators, so that `.5` is one; a field needs a letter.
const FORMS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['identifier', WORD], ['field', FIELD], ['variable', VARIABLE], ['number', NUMBER], ['format', FORMAT], ['operator', OPERATOR],
]

function lengthAt(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0].length ?? 0
}
