import { tryRegex } from '../regex.js'
import { parseDuration, parseTimestamp } from '../text/time.js'
import type { CallExpr, Expr } from './ast.js'
import type { CelIssue } from './source.js'

/** Every expression directly inside an expression. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return []
    case 'select':
      return [expr.operand]
    case 'call':
      return expr.target ? [expr.target, ...expr.args] : expr.args
    case 'list':
      return expr.elements.map(({ value }) => value)
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value])
    case 'struct':
      return expr.fields.map(({ value }) => value)
    case 'fold':
      return [expr.range, expr.init, expr.condition, expr.step, expr.result]
  }
}

/** Constants that a function would refuse whenever it ran: wrong patterns, instants, durations, and too many things to format. */
export function checkLiterals(expr: Expr): readonly CelIssue[] {
  const own = expr.kind === 'call' ? checkCall(expr) : []
  return [...own, ...childrenOf(expr).flatMap(checkLiterals)]
}

const CHECKS: Readonly<Record<string, (text: string) => boolean>> = {
  timestamp: (text) => parseTimestamp(text) !== undefined,
  duration: (text) => parseDuration(text) !== undefined,
  matches: (text) => typeof tryRegex(text) !== 'string',
}

function checkCall(expr: CallExpr): readonly CelIssue[] {
  if (expr.name === 'format') return checkFormat(expr)
  const check = Object.hasOwn(CHECKS, expr.name) ? CHECKS[expr.name] : undefined
  const literal = expr.args.at(-1)
  if (check === undefined || literal?.kind !== 'literal' || literal.literal.kind !== 'string' || check(literal.literal.value)) return []
  return [{ offset: literal.offset, message: `invalid ${expr.name} argument` }]
}

function checkFormat(expr: CallExpr): readonly CelIssue[] {
  const [list] = expr.args
  if (expr.target?.kind !== 'literal' || expr.target.literal.kind !== 'string' || list?.kind !== 'list') return []
  const clauses = [...expr.target.literal.value.matchAll(/%(%|(?:\.\d+)?[a-zA-Z])/g)].filter((match) => match[1] !== '%')
  if (list.elements.length <= clauses.length) {
    return list.elements.length < clauses.length ? [{ offset: expr.offset, message: `index ${list.elements.length} out of range` }] : []
  }
  return [{ offset: expr.offset, message: `too many arguments supplied to string.format (expected ${clauses.length}, got ${list.elements.length})` }]
}

/** Whether a name of the environment is used anywhere. */
export function usesName(expr: Expr, name: string): boolean {
  return (expr.kind === 'ident' && expr.name === name) || childrenOf(expr).some((child) => usesName(child, name))
}
