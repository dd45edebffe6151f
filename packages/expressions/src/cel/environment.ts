import { finding, type Checked, type DocumentPlace } from '@oasgen/diagnostics'
import { getPath, parsePath } from '@oasgen/fieldpath'
import { equalJson, isArray, isObject, type JsonArray, type JsonValue } from '@oasgen/json'
import { positionOf } from '../text/position.js'
import { KUBERNETES_FUNCTIONS } from './declarations.js'
import { valueFromJson, valueToJson } from './dynamic-values.js'
import type { FunctionTable } from './functions/table.js'
import { compileSource, type CompiledCel, type Evaluation } from './program.js'
import { joinFunctions, readSignatures } from './signatures.js'
import type { CelIssue } from './source.js'
import { DYN, INT, STRING, mapOf, printType, simpleType, type CelType } from './types.js'
import { error, isError, type CelValue } from './values.js'

/** The names of the one environment of our expressions. At a place only some of them mean something. */
export type CelVariable = 'self' | 'observed' | 'response' | 'steps' | 'item' | 'now' | 'value'

const VARIABLES: ReadonlyMap<CelVariable, CelType> = new Map<CelVariable, CelType>([
  ['self', DYN],
  ['observed', DYN],
  ['response', { kind: 'struct', name: 'response', fields: new Map<string, CelType>([['status', INT], ['headers', mapOf(STRING, STRING)], ['body', DYN]]) }],
  ['steps', mapOf(STRING, DYN)],
  ['item', DYN],
  ['now', simpleType('timestamp')],
  ['value', DYN],
])

const FUNCTIONS = joinFunctions(KUBERNETES_FUNCTIONS, readSignatures(`
  added_path: added(string) list(dyn)
  removed_path: removed(string) list(dyn)
`))

export interface CelOptions {
  /** Names that mean something here; all when absent. Any other is an error at compile time. */
  readonly variables?: readonly CelVariable[]
  /** What must come out. `any` JSON when absent. */
  readonly result?: 'bool' | 'string' | 'any'
  /** Where the expression stands, for the findings. */
  readonly where?: DocumentPlace
}

/** Values for one evaluation. A name without value is null, so that `observed == null` and `has(observed.id)` work. */
export interface CelBindings {
  readonly self?: JsonValue
  readonly observed?: JsonValue
  /** `status`, `headers` with lower-case names, `body`. */
  readonly response?: JsonValue
  readonly steps?: JsonValue
  readonly item?: JsonValue
  readonly value?: JsonValue
  /** Milliseconds since 1970. */
  readonly now?: number
}

export type CelResult =
  /** `value` is undefined for an empty optional: the field is absent. */
  | { readonly ok: true; readonly value: JsonValue | undefined; readonly cost: number }
  | { readonly ok: false; readonly reason: 'failed' | 'budget' | 'sealed'; readonly message: string; readonly cost: number }

export interface CelProgram {
  readonly source: string
  /** The type that comes out, as CEL prints it; `dyn` when only running tells. */
  readonly type: string
  readonly uses: ReadonlySet<CelVariable>
  run(bindings: CelBindings, budget?: number): CelResult
}

/** Units that one evaluation may spend unless told otherwise. */
export const CEL_BUDGET = 1_000_000

/** Compiles an expression of a definition: EXP0101 for what is wrong in it, EXP0102 for a result of the wrong type. */
export function compileCel(source: string, options: CelOptions = {}): Checked<CelProgram> {
  const allowed = options.variables ?? [...VARIABLES.keys()]
  const variables = new Map<string, CelType>(allowed.map((name) => [name, VARIABLES.get(name) ?? DYN]))
  const compiled = compileSource(source, { variables, functions: FUNCTIONS, numbers: 'mixed' })
  if (!compiled.ok) return { value: undefined, findings: issuesOf(compiled).map((issue) => issueFinding(source, issue, options)) }
  const { program } = compiled
  const type = printType(program.type)
  if (isWrong(type, options.result)) {
    const extras = options.where ? { where: options.where } : {}
    return { value: undefined, findings: [finding('EXP0102', { expression: shorten(source), expected: options.result ?? 'any', actual: type }, extras)] }
  }
  return { value: newProgram(program, allowed), findings: [] }
}

function issuesOf(compiled: { readonly issues: readonly CelIssue[]; readonly problem?: string }): readonly CelIssue[] {
  return compiled.problem === undefined ? compiled.issues : [{ offset: 0, message: compiled.problem }]
}

function isWrong(type: string, expected: CelOptions['result']): boolean {
  return expected !== undefined && expected !== 'any' && type !== expected && type !== 'dyn'
}

function issueFinding(source: string, issue: CelIssue, { where }: CelOptions): ReturnType<typeof finding> {
  const { line, column, text } = positionOf(source, Math.max(0, issue.offset))
  const texts = { expression: shorten(source), line, column: column + 1, problem: issue.message, excerpt: `${text}\n${' '.repeat(column)}^` }
  return finding('EXP0101', texts, where ? { where } : {})
}

function shorten(source: string): string {
  return source.length > 200 ? `${source.slice(0, 200)}…` : source
}

function newProgram(program: CompiledCel, allowed: readonly CelVariable[]): CelProgram {
  const used = new Set(allowed.filter((name) => program.uses(name)))
  const names = allowed.map((name) => (used.has(name) ? name : undefined))
  const compares = /\b(added|removed)\s*\(/.test(program.source)
  return {
    source: program.source,
    type: printType(program.type),
    uses: used,
    run: (bindings, budget = CEL_BUDGET) => toResult(program.runValues(names.map((name) => bound(name, bindings)), compares ? comparisons(bindings) : {}, budget), budget),
  }
}

function bound(name: CelVariable | undefined, bindings: CelBindings): CelValue {
  if (name === undefined) return null
  if (name === 'now') return { kind: 'timestamp', nanos: BigInt(Math.round(bindings.now ?? 0)) * 1_000_000n, offset: 0 }
  return valueFromJson(bindings[name] ?? null)
}

function toResult({ value, cost, exceeded }: Evaluation, budget: number): CelResult {
  if (exceeded) return { ok: false, reason: 'budget', message: `the expression needs more than ${budget} units`, cost }
  const converted = valueToJson(value)
  if (!('kind' in converted)) return { ok: true, value: converted.value, cost }
  return { ok: false, reason: converted.sealed ? 'sealed' : 'failed', message: converted.message, cost }
}

/** `added(path)` and `removed(path)`: what stands in self and not in observed, and the other way round. */
function comparisons({ self, observed }: CelBindings): FunctionTable {
  return {
    added: (path = null) => difference(path, self, observed),
    removed: (path = null) => difference(path, observed, self),
  }
}

function difference(path: CelValue, from: JsonValue | undefined, other: JsonValue | undefined): CelValue {
  if (typeof path !== 'string') return error('a path is a text')
  const present = elementsAt(from, path)
  const others = elementsAt(other, path)
  if (isCelError(present)) return present
  if (isCelError(others)) return others
  return valueFromJson(present.filter((item) => !others.some((candidate) => equalJson(candidate, item))))
}

type Elements = JsonArray | Extract<CelValue, { readonly kind: 'error' }>

function isCelError(elements: Elements): elements is Extract<CelValue, { readonly kind: 'error' }> {
  return !isArray(elements as JsonValue) && isError(elements as CelValue)
}

/** A path names a field of the resource; the observed object has it without the `spec.` in front. */
function elementsAt(value: JsonValue | undefined, path: string): Elements {
  const parsed = parsePath(path)
  if (!parsed.ok) return error(`cannot read the path ${path}`) as Elements
  const [first, ...rest] = parsed.path
  const whole = getPath(value, parsed.path)
  const inner = whole === undefined && first !== undefined && 'key' in first && first.key === 'spec' ? getPath(value, rest) : whole
  if (inner === undefined || inner === null) return []
  if (isArray(inner)) return inner
  return isObject(inner) ? Object.keys(inner) : [inner]
}
