import type { Expr } from './ast.js'
import { checkExpr, type Checked } from './checker.js'
import { CostExceeded, compileExpr, type Frame, type NumberRule, type Step } from './compile.js'
import type { DeclaredType } from './declared-type.js'
import { estimateCost, type Range } from './estimate.js'
import type { FunctionTable } from './functions/table.js'
import { checkLiterals, patternProblem, usesName } from './literals.js'
import { parseCel } from './parser.js'
import type { Functions } from './signatures.js'
import type { CelIssue } from './source.js'
import type { CelType } from './types.js'
import { error, type CelError, type CelValue } from './values.js'

/** What an expression may speak of. */
export interface CelScope {
  readonly variables: ReadonlyMap<string, CelType>
  readonly functions: Functions
  readonly numbers: NumberRule
}

/** A compiled expression: immutable, to be run any number of times. */
export interface CompiledCel {
  readonly source: string
  readonly type: CelType
  /** Whether it mentions a variable of the environment. */
  uses(variable: string): boolean
  /** What it can cost at most when the variables are as large as `root` allows. */
  estimate(root: DeclaredType | undefined): Range
  run(bindings: Bindings, limit: number): Evaluation
  /** As `run`, with the values in the order of the scope's variables. */
  runValues(values: readonly CelValue[], functions: FunctionTable, limit: number): Evaluation
}

export interface Bindings {
  readonly variables: Readonly<Record<string, CelValue>>
  readonly functions?: FunctionTable
}

export interface Evaluation {
  readonly value: CelValue
  /** Units spent; they are counted, so they are the same on every machine. */
  readonly cost: number
  readonly exceeded: boolean
}

export type CelCompilation =
  | { readonly ok: true; readonly program: CompiledCel }
  /** `problem` where the complaint has no place in the source. */
  | { readonly ok: false; readonly issues: readonly CelIssue[]; readonly problem?: string }

export function compileSource(source: string, scope: CelScope): CelCompilation {
  const { expr, issues } = parseCel(source)
  if (expr === undefined || issues.length > 0) return { ok: false, issues }
  const checked = checkExpr(expr, scope)
  if (checked.issues.length > 0) return { ok: false, issues: checked.issues }
  const literals = checkLiterals(expr, checked.types, scope.numbers === 'strict' ? 'uniform' : 'mixed')
  if (literals.length > 0) return { ok: false, issues: literals }
  const problem = patternProblem(expr)
  if (problem !== undefined) return { ok: false, issues: [], problem: `program instantiation failed: ${problem}` }
  return { ok: true, program: newProgram(source, expr, { checked, scope }) }
}

interface Meaning {
  readonly checked: Checked
  readonly scope: CelScope
}

function newProgram(source: string, expr: Expr, { checked, scope }: Meaning): CompiledCel {
  const names = [...scope.variables.keys()]
  const slots = new Map(names.map((name, index) => [name, index]))
  const { step, slotCount } = compileExpr(expr, checked, { slots, numbers: scope.numbers })
  return {
    source,
    type: checked.types.get(expr.id) ?? { kind: 'dyn' },
    uses: (variable) => usesName(expr, variable),
    estimate: (root) => estimateCost(expr, checked, root),
    run: (bindings, limit) => evaluate(step, newFrame(names, slotCount, bindings, limit)),
    runValues: (values, functions, limit) => evaluate(step, { slots: slotCount > values.length ? [...values] : (values as CelValue[]), cost: 0, limit, host: functions }),
  }
}

function newFrame(names: readonly string[], slotCount: number, bindings: Bindings, limit: number): Frame {
  const slots = new Array<CelValue>(slotCount).fill(null)
  for (const [index, name] of names.entries()) slots[index] = unboundAware(bindings.variables, name)
  return { slots, cost: 0, limit, host: bindings.functions ?? {} }
}

function unboundAware(variables: Readonly<Record<string, CelValue>>, name: string): CelValue {
  return Object.hasOwn(variables, name) ? (variables[name] ?? null) : noAttribute(name)
}

function noAttribute(name: string): CelError {
  return error(`no such attribute(s): ${name}`)
}

function evaluate(step: Step, frame: Frame): Evaluation {
  try {
    return { value: step(frame), cost: frame.cost, exceeded: false }
  } catch (problem) {
    if (problem instanceof CostExceeded) return { value: error(problem.message), cost: frame.cost, exceeded: true }
    if (problem instanceof RangeError) return { value: error(`evaluation failed: ${problem.message}`), cost: frame.cost, exceeded: true }
    throw problem
  }
}
