import { finding, type Checked, type DocumentPlace, type Finding } from '@oasgen/diagnostics'
import { MAX_DEPTH, isArray, isObject, objectFrom, type JsonObject, type JsonValue } from '@oasgen/json'
import { charactersBefore, positionOf } from '../text/position.js'
import { compileQuery } from './compile.js'
import { extend, newEnv, plain, type Env, type Filter } from './filter.js'
import { JqRefusal, JqSyntaxError } from './lexer.js'
import { parseJq } from './parser.js'
import { finiteNumber } from './print.js'
import { Halt, JqError, fail, type Run } from './run.js'

export interface JqOptions {
  /** Names, without `$`, that the program may use as variables. */
  readonly variables?: readonly string[]
  /** Where the program stands, for the findings. */
  readonly where?: DocumentPlace
}

export interface JqBindings {
  /** Steps that this evaluation may take; JQ_BUDGET when absent. */
  readonly budget?: number
  /** Values of the variables; null for one that is missing. */
  readonly variables?: JsonObject
}

export type JqResult =
  | { readonly ok: true; readonly outputs: readonly JsonValue[]; readonly steps: number }
  /** `outputs` came out before it failed. `value` is what the program gave to `error`. */
  | {
      readonly ok: false
      readonly reason: 'failed' | 'budget' | 'sealed'
      readonly message: string
      readonly outputs: readonly JsonValue[]
      readonly steps: number
    }

export interface JqProgram {
  readonly source: string
  run(value: JsonValue, bindings?: JqBindings): JqResult
}

/** Steps that one evaluation may take unless told otherwise. */
export const JQ_BUDGET = 1_000_000

/** Compiles a jq program: EXP0201 for what is wrong in it, EXP0202 for what jq has and a pure program must not use. */
export function compileJq(source: string, options: JqOptions = {}): Checked<JqProgram> {
  const names = options.variables ?? []
  try {
    return { value: newProgram(source, compileQuery(parseJq(source), names), names), findings: [] }
  } catch (error) {
    if (!(error instanceof JqSyntaxError)) throw error
    return { value: undefined, findings: [syntaxFinding(source, error, options)] }
  }
}

function syntaxFinding(source: string, error: JqSyntaxError, { where }: JqOptions): Finding {
  const { line, column, text } = positionOf(source, charactersBefore(source, error.offset))
  const extras = where ? { where } : {}
  const place = { program: shorten(source), line, column: column + 1 }
  if (error instanceof JqRefusal) return finding('EXP0202', { ...place, name: error.subject, why: error.why }, extras)
  return finding('EXP0201', { ...place, problem: error.message, excerpt: `${text}\n${' '.repeat(column)}^` }, extras)
}

function shorten(source: string): string {
  return source.length > 200 ? `${source.slice(0, 200)}…` : source
}

function newProgram(source: string, filter: Filter, names: readonly string[]): JqProgram {
  return { source, run: (value, { budget = JQ_BUDGET, variables = {} } = {}) => runFilter(filter, value, { budget, bound: names.map((name) => variables[name] ?? null) }) }
}

function runFilter(filter: Filter, value: JsonValue, { budget, bound }: { readonly budget: number; readonly bound: readonly JsonValue[] }): JqResult {
  const run: Run = { budget, steps: 0, depth: 0, patterns: new Map() }
  const env = bound.reduce<Env>((outer, content) => extend(outer, content), newEnv(run))
  const outputs: JsonValue[] = []
  try {
    filter(env, plain(value), (item) => outputs.push(toJson(item.value)))
    return { ok: true, outputs, steps: run.steps }
  } catch (error) {
    return { ok: false, ...failureOf(error), outputs, steps: run.steps }
  }
}

function failureOf(error: unknown): { readonly reason: 'failed' | 'budget' | 'sealed'; readonly message: string } {
  if (error instanceof Halt) return { reason: error.reason, message: error.message }
  if (error instanceof JqError) return { reason: 'failed', message: error.message }
  // The stack of the machine is a budget too.
  if (error instanceof RangeError) return { reason: 'budget', message: 'the program needs more stack than there is' }
  throw error
}

/** NaN and the infinities end where the program ends: JSON has neither. */
function toJson(value: JsonValue): JsonValue {
  return hasOddNumber(value, 0) ? withoutOddNumbers(value) : value
}

function isOdd(value: JsonValue): value is number {
  return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
}

/** Whoever gets the value walks through it, so it must not be deeper than what is read from texts. */
function hasOddNumber(value: JsonValue, depth: number): boolean {
  if (depth > MAX_DEPTH) throw fail(`the result nests deeper than ${MAX_DEPTH} levels`)
  if (isArray(value)) return value.some((item) => hasOddNumber(item, depth + 1))
  return isObject(value) ? Object.values(value).some((item) => hasOddNumber(item, depth + 1)) : isOdd(value)
}

function withoutOddNumbers(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutOddNumbers)
  if (isObject(value)) return objectFrom(Object.entries(value).map(([key, item]) => [key, withoutOddNumbers(item)] as const))
  return isOdd(value) ? (Number.isNaN(value) ? null : finiteNumber(value)) : value
}
