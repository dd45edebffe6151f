import { shorten } from './name-value.js'

export interface SyntaxAdvice {
  readonly problem: string
  readonly advice: string
  /** Where the cause stands, when it is not where reading stopped. */
  readonly offset?: number
}

/** What a person should do about a JSON syntax error, from the place at which reading stopped. */
export function adviseJson(text: string, message: string, offset: number): SyntaxAdvice {
  const found = text.charAt(offset)
  const before = text.slice(Math.max(0, offset - 200), offset).trimEnd().at(-1) ?? ''
  const conflict = mergeConflict(text)
  if (conflict !== undefined) return conflict
  if (found === '') return { problem: 'the text ends too early', advice: 'the document was cut: load or save it again' }
  if (before === ',' && /[}\]]/.test(found)) {
    return { problem: `${message}, but a comma stands before it`, advice: 'remove the comma after the last element' }
  }
  const known = JSON_ADVICE.find((entry) => entry.when(text, offset, message))
  return { problem: message, advice: known?.advice ?? 'correct the text at this place' }
}

function mergeConflict(text: string): SyntaxAdvice | undefined {
  const offset = text.search(/^<{7} /m)
  const between = offset === -1 ? -1 : text.indexOf('\n=======', offset)
  if (between === -1 || !text.includes('\n>>>>>>> ', between)) return undefined
  return { problem: 'it holds the marks of a merge conflict', advice: 'resolve the conflict and save the document again', offset }
}

interface AdviceRule {
  readonly when: (text: string, offset: number, message: string) => boolean
  readonly advice: string
}

const JSON_ADVICE: readonly AdviceRule[] = [
  { when: (text, at) => text[at] === "'", advice: 'JSON wants double quotes' },
  { when: (text, at) => text[at] === '/' || text[at] === '#', advice: 'JSON has no comments: remove it, or save the document as YAML' },
  {
    when: (text, at) => /^(?:NaN|-?Infinity|undefined|None|True|False)\b/.test(text.slice(at, at + 12)),
    advice: 'JSON knows true, false, null and finite numbers',
  },
  { when: (text, at, message) => text[at] === '"' && message.includes('`,`'), advice: 'a comma is missing before it' },
  {
    when: (_, __, message) => message.includes('control characters'),
    advice: 'a text must end on its line: write a line break as `\\n`, and close the quotes',
  },
]

/** The parser's words for a YAML syntax error in those of a person. */
export function adviseYaml(text: string, reason: string, offset: number): SyntaxAdvice {
  const line = lineAt(text, offset)
  const conflict = mergeConflict(text)
  if (conflict !== undefined) return conflict
  const known = YAML_ADVICE.find((entry) => entry.when(reason, line))
  if (known === undefined) return { problem: reason, advice: 'correct the text at this place, or on the line before it' }
  return { problem: known.problem ?? reason, advice: known.advice(line) }
}

interface YamlRule {
  readonly when: (reason: string, line: string) => boolean
  readonly problem?: string
  readonly advice: (line: string) => string
}

const YAML_ADVICE: readonly YamlRule[] = [
  {
    when: (reason) => reason.startsWith('tab characters'),
    problem: 'the line is indented with a tab',
    advice: () => 'indent with spaces: YAML allows no tabs there',
  },
  {
    when: (reason, line) => reason === 'bad indentation of a mapping entry' && PLAIN_COLON.test(line),
    problem: 'a text without quotes holds `: `, which begins a value in YAML',
    advice: (line) => `put the text into quotes: \`${quoted(line)}\``,
  },
  {
    when: (reason, line) => reason === 'bad indentation of a mapping entry' && /^\s*[^\s:]+:\s*(["']).*\1\s*\S/.test(line),
    problem: 'something follows the closing quote',
    advice: () => 'escape the quote inside of the text (`\\"`, or doubled between single quotes), or remove what follows',
  },
  {
    when: (reason) => reason.startsWith('bad indentation'),
    problem: 'the line is indented differently from its neighbours',
    advice: () => 'members of one object begin at the same column; a text of several lines needs `|` or quotes',
  },
  {
    when: (reason) => reason.startsWith('can not read'),
    problem: 'the line is no `key: value`',
    advice: () => 'a colon with a space behind it is missing, or the line before needs `|` or quotes',
  },
  {
    when: (reason) => reason.includes('quoted scalar'),
    problem: 'a quote is opened and not closed',
    advice: () => 'close it; the text may have begun many lines before',
  },
  {
    when: (reason) => reason.includes('flow collection'),
    problem: 'a bracket is opened and not closed, or a comma is missing',
    advice: () => 'close the bracket, or put a text that begins with `[`, `{`, `*`, `&`, `%` or `@` into quotes',
  },
  {
    when: (reason) => reason.startsWith('unidentified alias'),
    advice: () => 'a text that begins with `*` needs quotes',
  },
]

const PLAIN_COLON = /^\s*(?:- )?[^\s"'#:]+:\s+[^"'|>[{\s].*:(?:\s|$)/

function quoted(line: string): string {
  const [, key = '', value = ''] = /^\s*(?:- )?([^:]+):\s+(.*)$/.exec(line) ?? []
  return shorten(`${key}: ${JSON.stringify(value.trim())}`, 100)
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return text.slice(start, end === -1 ? text.length : end)
}
