import { callFunction, isTrue, type TemplateValue } from './functions.js'
import { splitTemplate, TemplateError, type Piece, type Place } from './lex.js'

/**
 * The part of Go's template language that deployment templates use: values (`.name`, `.a.b`, `$x`), pipelines with the
 * functions of `functions.ts`, `if` / `else if` / `else`, `with`, `range`, variables and comments. Anything else is an error
 * with its place, when the provider starts.
 */
export function renderTemplate(source: string, values: Readonly<Record<string, TemplateValue>>): string {
  const pieces = splitTemplate(source)
  const end = renderBlock({ pieces, position: 0, scope: { dot: values, variables: new Map([['$', values]]) }, live: true, out: [] })
  if (end.stop !== undefined) throw new TemplateError(`\`${end.stop.code}\` without a beginning`, end.stop.at)
  return end.out.join('')
}

interface Scope {
  readonly dot: TemplateValue
  readonly variables: Map<string, TemplateValue>
}

interface Run {
  readonly pieces: readonly Piece[]
  readonly position: number
  readonly scope: Scope
  /** False inside a branch that is not taken: it is read for its structure only. */
  readonly live: boolean
  readonly out: string[]
}

interface End {
  readonly position: number
  readonly out: string[]
  /** The `else` or `end` that stopped the block; absent at the end of the template. */
  readonly stop?: { readonly code: string; readonly at: Place }
}

function renderBlock(run: Run): End {
  let position = run.position
  while (position < run.pieces.length) {
    const piece = run.pieces[position]
    if (piece === undefined) break
    if (piece.type === 'text') {
      if (run.live) run.out.push(piece.text)
      position++
      continue
    }
    const word = /^(if|with|range|else|end)\b/.exec(piece.code)?.[1]
    if (word === 'else' || word === 'end') return { position, out: run.out, stop: piece }
    position = word === undefined ? renderValue(run, piece, position) : renderControl({ ...run, position }, word as 'if' | 'with' | 'range', piece)
  }
  return { position, out: run.out }
}

function renderValue(run: Run, piece: Piece & { type: 'action' }, position: number): number {
  if (!run.live) return position + 1
  const assigned = /^(\$\w+)\s*:?=\s*([\s\S]+)$/.exec(piece.code)
  const value = evaluate(assigned?.[2] ?? piece.code, run.scope, piece.at)
  if (assigned?.[1] !== undefined) run.scope.variables.set(assigned[1], value)
  else run.out.push(printed(value))
  return position + 1
}

function renderControl(run: Run, word: 'if' | 'with' | 'range', piece: Piece & { type: 'action' }): number {
  const subject = run.live ? evaluate(piece.code.slice(word.length).trim(), run.scope, piece.at) : null
  const taken = run.live && isTrue(subject)
  const scopes = taken ? scopesOf(word, subject, run.scope) : []
  let end = renderBlock({ ...run, position: run.position + 1, live: false, out: [] })
  for (const scope of scopes) end = renderBlock({ ...run, position: run.position + 1, scope, live: true })
  return finishControl({ run, end, taken, piece })
}

function scopesOf(word: 'if' | 'with' | 'range', subject: TemplateValue, scope: Scope): readonly Scope[] {
  if (word === 'if') return [scope]
  if (word === 'with') return [{ dot: subject, variables: new Map(scope.variables) }]
  const items = Array.isArray(subject) ? subject : Object.values(subject as Record<string, TemplateValue>)
  return items.map((dot) => ({ dot, variables: new Map(scope.variables) }))
}

function finishControl({ run, end, taken, piece }: { run: Run; end: End; taken: boolean; piece: Piece & { type: 'action' } }): number {
  if (end.stop === undefined) throw new TemplateError(`\`${piece.code}\` has no \`end\``, piece.at)
  if (end.stop.code === 'end') return end.position + 1
  const chained = /^else\s+if\b/.test(end.stop.code)
  const live = run.live && !taken
  if (chained) {
    const inner = { type: 'action' as const, code: end.stop.code.replace(/^else\s+/, ''), at: end.stop.at }
    return renderControl({ ...run, position: end.position, live }, 'if', inner)
  }
  const otherwise = renderBlock({ ...run, position: end.position + 1, live })
  if (otherwise.stop?.code !== 'end') throw new TemplateError(`\`${piece.code}\` has no \`end\``, piece.at)
  return otherwise.position + 1
}

function evaluate(code: string, scope: Scope, at: Place): TemplateValue {
  const stages = splitPipeline(tokens(code, at), at)
  let value: TemplateValue | undefined
  for (const stage of stages) value = evaluateStage(stage, { scope, at, piped: value })
  if (value === undefined) throw new TemplateError('an empty action', at)
  return value
}

interface StageContext {
  readonly scope: Scope
  readonly at: Place
  readonly piped: TemplateValue | undefined
}

function evaluateStage(stage: readonly string[], { scope, at, piped }: StageContext): TemplateValue {
  const [head, ...rest] = stage
  if (head === undefined) throw new TemplateError('a pipeline with nothing between its bars', at)
  if (isOperand(head) && rest.length === 0 && piped === undefined) return operand(head, scope, at)
  if (isOperand(head)) throw new TemplateError(`\`${head}\` is no function`, at)
  const values = rest.map((token) => operand(token, scope, at))
  return callFunction(head, piped === undefined ? values : [...values, piped], at)
}

function isOperand(token: string): boolean {
  return /^[.$"`(\d-]/.test(token) || token === 'true' || token === 'false' || token === 'nil'
}

function operand(token: string, scope: Scope, at: Place): TemplateValue {
  if (token.startsWith('(')) return evaluate(token.slice(1, -1), scope, at)
  if (token.startsWith('"')) return JSON.parse(token) as string
  if (token.startsWith('`')) return token.slice(1, -1)
  if (/^-?\d+$/.test(token)) return Number(token)
  if (token === 'true' || token === 'false') return token === 'true'
  if (token === 'nil') return null
  if (!isOperand(token)) return callFunction(token, [], at)
  return lookUp(token, scope, at)
}

function lookUp(token: string, scope: Scope, at: Place): TemplateValue {
  const [root = '', ...path] = token.split('.')
  const start = root === '' ? scope.dot : scope.variables.get(root)
  if (start === undefined) throw new TemplateError(`the variable \`${root}\` is not set`, at)
  return path.filter((name) => name !== '').reduce<TemplateValue>((value, name) => member(value, name), start)
}

function member(value: TemplateValue, name: string): TemplateValue {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord && Object.hasOwn(value, name) ? ((value as Record<string, TemplateValue>)[name] ?? null) : null
}

// One token: a string, a parenthesised pipeline, a path, a word, a bar.
function tokens(code: string, at: Place): readonly string[] {
  const found: string[] = []
  let rest = code.trim()
  while (rest !== '') {
    const token = rest.startsWith('(') ? parenthesised(rest, at) : /^("(?:[^"\\]|\\.)*"|`[^`]*`|\||[^\s|()]+)/.exec(rest)?.[0]
    if (token === undefined) throw new TemplateError(`cannot read \`${rest}\``, at)
    found.push(token)
    rest = rest.slice(token.length).trimStart()
  }
  return found
}

function parenthesised(text: string, at: Place): string {
  let depth = 0
  const inside = /"(?:[^"\\]|\\.)*"|`[^`]*`|[()]/g
  for (let match = inside.exec(text); match !== null; match = inside.exec(text)) {
    if (match[0] === '(') depth++
    if (match[0] === ')' && --depth === 0) return text.slice(0, match.index + 1)
  }
  throw new TemplateError('`(` has no `)`', at)
}

function splitPipeline(all: readonly string[], at: Place): readonly (readonly string[])[] {
  const stages: string[][] = [[]]
  for (const token of all) {
    if (token === '|') stages.push([])
    else stages.at(-1)?.push(token)
  }
  if (stages.some((stage) => stage.length === 0)) throw new TemplateError('a pipeline with nothing between its bars', at)
  return stages
}

function printed(value: TemplateValue): string {
  if (value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
