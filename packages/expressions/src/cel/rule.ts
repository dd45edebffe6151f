import { KUBERNETES_FUNCTIONS } from './declarations.js'
import type { DeclaredType } from './declared-type.js'
import { compileSource, type CompiledCel } from './program.js'
import { printIssues } from './source.js'
import { optionalOf, printType, type CelType } from './types.js'

/** What a rule of a CRD must give. */
export type RuleResult = 'bool' | 'string'

export interface RuleOptions {
  readonly declared: DeclaredType
  /** `optional`: oldSelf may be absent and is an optional value then. */
  readonly oldSelf: 'plain' | 'optional'
  readonly result: RuleResult
}

export type RuleCompilation = { readonly ok: true; readonly program: CompiledCel } | { readonly ok: false; readonly problem: string }

const PREFIX: Readonly<Record<RuleResult, string>> = { bool: '', string: 'messageExpression ' }
const WRONG_RESULT: Readonly<Record<RuleResult, string>> = {
  bool: 'cel expression must evaluate to a bool',
  string: 'messageExpression must evaluate to a string',
}

/** Compiles a rule or a messageExpression of `x-kubernetes-validations`; the problem is worded as the API server words it. */
export function compileRule(source: string, options: RuleOptions): RuleCompilation {
  const { type } = options.declared
  const oldSelf: CelType = options.oldSelf === 'optional' ? optionalOf(type) : type
  const variables = new Map<string, CelType>([['self', type], ['oldSelf', oldSelf]])
  const compiled = compileSource(source, { variables, functions: KUBERNETES_FUNCTIONS, numbers: 'strict' })
  if (!compiled.ok) return { ok: false, problem: compiled.problem ?? `${PREFIX[options.result]}compilation failed: ${printIssues(source, compiled.issues)}` }
  return printType(compiled.program.type) === options.result ? compiled : { ok: false, problem: WRONG_RESULT[options.result] }
}

/** How often data of a size can stand in one request, when nothing else bounds it. */
export function maxOccurrences(declared: DeclaredType, maxRequestBytes: number): number {
  return Math.floor(maxRequestBytes / (declared.minSize + 1))
}
