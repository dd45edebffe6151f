import { tryRegex } from '@oasgen/expressions'
import type { Schema } from '@oasgen/openapi'
import { type Lowering, note, type Spot } from './context.js'

/** What becomes of a pattern, whatever schema has it. */
export interface LoweredPattern {
  readonly outcome: 'carried' | 'weakened' | 'dropped'
  readonly pattern?: string
}

/** Pass 7, lowerPattern: ECMA patterns as RE2 understands them; what it cannot is approximated from above or left out. */
export function lowerPattern(lowering: Lowering, schema: Schema, spot: Spot): string | undefined {
  const written = schema.pattern ?? ''
  const known = lowering.patterns.get(written) ?? translate(written)
  lowering.patterns.set(written, known)
  if (known.outcome === 'carried') lowering.log.carried()
  else {
    const rule = known.outcome === 'weakened' ? 're2-approximated' : 're2'
    note(lowering, spot, { outcome: known.outcome, schema, keyword: 'pattern', rule, detail: written })
  }
  return known.pattern
}

function translate(written: string): LoweredPattern {
  const pattern = undelimited(written)
  if (compiles(pattern)) return { outcome: 'carried', pattern }
  const rewritten = rewrite(pattern)
  if (rewritten !== pattern && compiles(rewritten)) return { outcome: 'carried', pattern: rewritten }
  const wider = withoutLookaround(rewritten)
  return wider !== undefined && wider !== '' && compiles(wider) ? { outcome: 'weakened', pattern: wider } : { outcome: 'dropped' }
}

/** Longer ones are data. */
const LONGEST = 4096

function compiles(pattern: string): boolean {
  return pattern.length <= LONGEST && typeof tryRegex(pattern) !== 'string'
}

/** Some documents write a pattern as a literal of a programming language: `/^[a-z]+$/i`. The slashes are no part of it. */
function undelimited(pattern: string): string {
  const [, body, flags = ''] = /^\/(\^.*|.*\$)\/([gimsuy]*)$/s.exec(pattern) ?? []
  if (body === undefined) return pattern
  const kept = flags.replace(/[^is]/g, '')
  return kept === '' ? body : `(?${kept})${body}`
}

/** The same meaning in RE2's spelling: `\u00e9`, `\cX`, escapes of letters that need none, `(?<name>`. */
function rewrite(pattern: string): string {
  return pattern
    .replace(
      /\\u\{([0-9a-fA-F]+)\}|\\u([0-9a-fA-F]{4})/g,
      (_, braced: string | undefined, plain: string | undefined) => `\\x{${braced ?? plain ?? ''}}`,
    )
    .replace(/\\c([A-Za-z])/g, (_, letter: string) => `\\x{${(letter.toUpperCase().charCodeAt(0) - 64).toString(16)}}`)
    .replace(/\(\?<(?![=!])([A-Za-z_]\w*)>/g, '(?P<$1>')
    .replace(/\\([-_:@#%&=!,;<>"'`~ ])/g, (whole, letter: string) => (letter === '-' ? whole : letter))
    .replace(/\\Z/g, '\\z')
    .replace(/\\e/g, '\\x1b')
    .replace(/([*+?}])\+/g, '$1')
    .replace(/\(\?>/g, '(?:')
}

/** Positive and negative look-around only narrow what matches, so leaving it out is wider. */
function withoutLookaround(pattern: string): string | undefined {
  let text = pattern
  for (let round = 0; round < 20; round += 1) {
    const start = text.search(/\(\?(?:[=!]|<[=!])/)
    if (start < 0) return /\\[1-9]|\\k</.test(text) ? undefined : text
    const end = closing(text, start)
    if (end === undefined) return undefined
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(text.slice(end + 1))?.[0].length ?? 0
    text = text.slice(0, start) + text.slice(end + 1 + quantifier)
  }
  return undefined
}

/** The parenthesis that closes the one at `start`; classes and escapes are skipped. */
function closing(text: string, start: number): number | undefined {
  let depth = 0
  let inClass = false
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at]
    if (letter === '\\') at += 1
    else if (inClass) inClass = letter !== ']'
    else if (letter === '[') inClass = true
    else if (letter === '(') depth += 1
    else if (letter === ')') {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return undefined
}
