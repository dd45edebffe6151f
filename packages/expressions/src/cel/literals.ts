import { tryRegex } from '../regex.js'
import type { CallExpr, Expr, Literal } from './ast.js'
import { CONVERSIONS } from './functions/conversions.js'
import type { CelIssue } from './source.js'
import { printType, sameType, unwrapOptional, type CelType } from './types.js'
import { isError, literalValue } from './values.js'

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

/** Whether lists and maps may hold values of several types. */
export type LiteralRule = 'uniform' | 'mixed'

/**
 * Constants that a function would refuse whenever it ran (wrong patterns, instants, durations, too many things to
 * format), and under `uniform` lists and maps whose elements differ in type.
 */
export function checkLiterals(expr: Expr, types: ReadonlyMap<number, CelType>, rule: LiteralRule): readonly CelIssue[] {
  const own = expr.kind === 'call' ? checkCall(expr) : rule === 'uniform' ? checkUniform(expr, types) : []
  const inner = expr.kind === 'call' && expr.name === 'format' ? 'mixed' : rule
  return [...own, ...childrenOf(expr).flatMap((child) => checkLiterals(child, types, inner))]
}

function checkUniform(expr: Expr, types: ReadonlyMap<number, CelType>): readonly CelIssue[] {
  const typeOf = (value: Expr, optional: boolean): CelType => {
    const type = types.get(value.id) ?? { kind: 'dyn' as const }
    return optional ? unwrapOptional(type).type : type
  }
  const differing = (elements: readonly { readonly value: Expr; readonly optional: boolean }[]): readonly CelIssue[] => {
    const [first] = elements
    if (first === undefined) return []
    const expected = typeOf(first.value, first.optional)
    return elements.flatMap(({ value, optional }) => {
      const actual = typeOf(value, optional)
      return sameType(expected, actual) ? [] : [{ offset: value.offset, message: `expected type '${printType(expected)}' but found '${printType(actual)}'` }]
    })
  }
  if (expr.kind === 'list') return differing(expr.elements).slice(0, 1)
  if (expr.kind !== 'map') return []
  return [...differing(expr.entries.map(({ key }) => ({ value: key, optional: false }))), ...differing(expr.entries)]
}

const CHECKS: Readonly<Record<string, (literal: Literal) => boolean>> = {
  timestamp: (literal) => !isError(CONVERSIONS.timestamp?.(literalValue(literal)) ?? null),
  duration: (literal) => !isError(CONVERSIONS.duration?.(literalValue(literal)) ?? null),
  matches: (literal) => literal.kind !== 'string' || typeof tryRegex(literal.value) !== 'string',
}

function checkCall(expr: CallExpr): readonly CelIssue[] {
  if (expr.name === 'format') return checkFormat(expr)
  const check = Object.hasOwn(CHECKS, expr.name) ? CHECKS[expr.name] : undefined
  const [literal] = expr.args
  if (check === undefined || literal?.kind !== 'literal' || check(literal.literal)) return []
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

/** The complaint about a constant pattern that only the making of the program finds. */
export function patternProblem(expr: Expr): string | undefined {
  const [pattern] = expr.kind === 'call' && (expr.name === 'find' || expr.name === 'findAll') ? expr.args : []
  const compiled = pattern?.kind === 'literal' && pattern.literal.kind === 'string' ? tryRegex(pattern.literal.value) : undefined
  if (typeof compiled === 'string') return compiled
  return childrenOf(expr).map(patternProblem).find((problem) => problem !== undefined)
}

/** Whether a name of the environment is used anywhere. */
export function usesName(expr: Expr, name: string): boolean {
  return (expr.kind === 'ident' && expr.name === name) || childrenOf(expr).some((child) => usesName(child, name))
}
