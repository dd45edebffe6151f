import type { Query } from './ast.js'
import { jump, type Cursor } from './cursor.js'
import { JqSyntaxError } from './lexer.js'

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** A text at its opening quote, with `\(…)` in it; a `format` is applied to what is put in. */
export function parseText(cursor: Cursor, format: string | undefined): Query {
  const { source } = cursor
  const start = cursor.token.start
  const parts: (string | Query)[] = []
  let text = ''
  let at = start + 1
  for (;;) {
    const character = source[at]
    if (character === undefined) throw new JqSyntaxError('a text does not end', start)
    if (character === '"') break
    if (character !== '\\') {
      text += character
      at += 1
    } else if (source[at + 1] === '(') {
      parts.push(text, parsePart(cursor, at + 2))
      text = ''
      at = cursor.token.start + 1
    } else {
      const escape = readEscape(source, at)
      text += escape.text
      at += escape.length
    }
  }
  parts.push(text)
  jump(cursor, at + 1)
  return parts.length === 1 ? { kind: 'literal', value: text } : { kind: 'text', parts: parts.filter((part) => part !== ''), format, at: start }
}

/** Leaves the cursor on the closing parenthesis, whose next character is text again and must not be read as a token. */
function parsePart(cursor: Cursor, at: number): Query {
  jump(cursor, at)
  const part = cursor.grammar.pipe(cursor)
  if (cursor.token.text !== ')') throw new JqSyntaxError('`)` is expected: what is put into a text must end', cursor.token.start)
  return part
}

function readEscape(source: string, at: number): { readonly text: string; readonly length: number } {
  const letter = source[at + 1] ?? ''
  const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined
  if (simple !== undefined) return { text: simple, length: 2 }
  const digits = source.slice(at + 2, at + 6)
  if (letter !== 'u' || !/^[0-9A-Fa-f]{4}$/.test(digits)) throw new JqSyntaxError(`\\${letter} is no escape of a text`, at)
  return { text: String.fromCharCode(Number.parseInt(digits, 16)), length: 6 }
}
