import { Sealed } from '@oasgen/json'
import type { CallExpr, Expr, FoldExpr, ListExpr, MapExpr, SelectExpr } from './ast.js'
import type { Checked } from './checker.js'
import { COLLECTION_FUNCTIONS } from './functions/collections.js'
import { CONVERSIONS } from './functions/conversions.js'
import { KUBERNETES_LIBRARY } from './functions/kubernetes.js'
import { OPERATORS, indexValue, optionalIndex } from './functions/operators.js'
import { STRING_FUNCTIONS } from './functions/strings.js'
import type { CelFunction, FunctionTable } from './functions/table.js'
import { TIME_FUNCTIONS } from './functions/times.js'
import { priceOf, type CallPrice } from './runtime-cost.js'
import {
  NO_OVERLOAD, NONE, SEALED_READ, error, isError, isKind, itemsOf, listFrom, literalValue, mapFrom, type CelList, type CelValue,
} from './values.js'

/** One evaluation: values of variables by slot, and what it has cost so far. */
export interface Frame {
  readonly slots: CelValue[]
  cost: number
  readonly limit: number
  /** Functions of the environment, bound for this evaluation. */
  readonly host: FunctionTable
}

export type Step = (frame: Frame) => CelValue

/** Leaves an evaluation that costs too much. Thrown here, caught by `run`. */
export class CostExceeded extends Error {}

const FUNCTIONS: FunctionTable = {
  ...CONVERSIONS, ...OPERATORS, ...STRING_FUNCTIONS, ...COLLECTION_FUNCTIONS, ...TIME_FUNCTIONS, ...KUBERNETES_LIBRARY,
}

/** How far numbers mix: Kubernetes keeps int and double apart, our own environment lets computed JSON numbers meet. */
export type NumberRule = 'strict' | 'mixed'

export interface CompileOptions {
  /** Slots of the variables of the environment. */
  readonly slots: ReadonlyMap<string, number>
  readonly numbers: NumberRule
}

export interface Compiled {
  readonly step: Step
  readonly slotCount: number
}

export function compileExpr(expr: Expr, checked: Checked, options: CompileOptions): Compiled {
  const compiler: Compiler = { checked, options, locals: [], slotCount: options.slots.size }
  const step = compile(compiler, expr)
  return { step, slotCount: compiler.slotCount }
}

interface Compiler {
  readonly checked: Checked
  readonly options: CompileOptions
  readonly locals: Map<string, number>[]
  slotCount: number
}

function charge(frame: Frame, cost: number): void {
  frame.cost += cost
  if (frame.cost > frame.limit) throw new CostExceeded('operation cancelled: actual cost limit exceeded')
}

function compile(compiler: Compiler, expr: Expr): Step {
  const fixed = constantValue(expr)
  if (fixed !== undefined) return constant(fixed)
  switch (expr.kind) {
    case 'literal':
      return constant(literalValue(expr.literal))
    case 'ident':
      return compileName(compiler, expr.name)
    case 'select':
      return compileSelect(compiler, expr)
    case 'call':
      return compileCall(compiler, expr)
    case 'list':
      return compileList(compiler, expr)
    case 'map':
      return compileMap(compiler, expr)
    case 'struct':
      return constant(error(`unknown type: ${expr.typeName}`))
    case 'fold':
      return compileFold(compiler, expr)
  }
}

function constant(value: CelValue): Step {
  return () => value
}

/** Conversions whose value is computed once, when their argument is written down. */
const FOLDED: ReadonlySet<string> = new Set(['bool', 'bytes', 'double', 'duration', 'int', 'string', 'timestamp', 'uint'])

/** Literals, lists and maps of such, and conversions of such cost nothing at run time, as in cel-go. */
function constantValue(expr: Expr): CelValue | undefined {
  if (expr.kind === 'literal') return literalValue(expr.literal)
  if (expr.kind === 'list') {
    const items = expr.elements.map(({ value, optional }) => (optional ? undefined : constantValue(value)))
    return items.every((item) => item !== undefined) ? listFrom(items) : undefined
  }
  if (expr.kind === 'map') {
    const pairs = expr.entries.map(({ key, value, optional }) => [constantValue(key), optional ? undefined : constantValue(value)] as const)
    return pairs.every((pair): pair is readonly [CelValue, CelValue] => pair[0] !== undefined && pair[1] !== undefined) ? mapFrom(pairs) : undefined
  }
  if (expr.kind !== 'call' || !FOLDED.has(expr.name) || expr.args.length !== 1 || expr.target !== undefined) return undefined
  const [arg] = expr.args
  const value = arg?.kind === 'literal' ? FUNCTIONS[expr.name]?.(literalValue(arg.literal)) : undefined
  return value === undefined || isError(value) ? undefined : value
}

function slotOf(compiler: Compiler, name: string): number | undefined {
  const plain = name.startsWith('.') ? name.slice(1) : name
  return compiler.locals.findLast((scope) => scope.has(plain))?.get(plain) ?? compiler.options.slots.get(plain)
}

function compileName(compiler: Compiler, name: string): Step {
  const slot = slotOf(compiler, name)
  if (slot === undefined) return constant({ kind: 'type', name: name.startsWith('.') ? name.slice(1) : name })
  return (frame) => {
    charge(frame, 1)
    return frame.slots[slot] ?? null
  }
}

/** A branch of a conditional: the variable with which a path begins costs nothing there. */
function compileBranch(compiler: Compiler, expr: Expr | undefined): Step {
  if (expr === undefined) return constant(NO_OVERLOAD)
  const step = compile(compiler, expr)
  if (!startsWithName(expr)) return step
  return (frame) => {
    frame.cost -= 1
    return step(frame)
  }
}

function startsWithName(expr: Expr): boolean {
  if (expr.kind === 'ident') return true
  if (expr.kind === 'select') return !expr.testOnly && startsWithName(expr.operand)
  return expr.kind === 'call' && (expr.name === '_[_]' || expr.name === '_[?_]' || expr.name === '_?._') && expr.args[0] !== undefined && startsWithName(expr.args[0])
}

/** Whether cel-go sees a path from a variable here; a path that starts from anything else costs one more. */
function isPath(expr: Expr): boolean {
  if (expr.kind === 'ident' || expr.kind === 'select') return true
  return expr.kind === 'call' && ['_[_]', '_[?_]', '_?._', '_?_:_'].includes(expr.name)
}

function compileSelect(compiler: Compiler, expr: SelectExpr): Step {
  const name = compiler.checked.names.get(expr.id)
  if (name !== undefined) return compileName(compiler, name)
  if (expr.testOnly) return compilePresence(compileBranch(compiler, expr.operand), expr)
  const operand = compile(compiler, expr.operand)
  const cost = isPath(expr.operand) ? 1 : 2
  const { field } = expr
  return (frame) => {
    const container = operand(frame)
    charge(frame, cost)
    return isError(container) ? container : selectField(container, field)
  }
}

function selectField(container: CelValue, field: string): CelValue {
  if (isKind(container, 'map')) {
    const found = container.find(field)
    return found === undefined ? error(`no such key: ${field}`) : found
  }
  if (isKind(container, 'optional')) return container.value === undefined ? container : optionalIndex(container.value, field)
  return container instanceof Sealed ? SEALED_READ : error(`no such key: ${field}`)
}

function compilePresence(operand: Step, expr: SelectExpr): Step {
  return (frame) => {
    const container = operand(frame)
    if (isError(container)) return container
    charge(frame, 1)
    return hasField(container, expr.field)
  }
}

function hasField(container: CelValue, field: string): CelValue {
  if (isKind(container, 'map')) {
    const found = container.find(field)
    return isError(found) ? found : found !== undefined
  }
  if (isKind(container, 'optional')) return container.value !== undefined && hasField(container.value, field) !== false
  return container instanceof Sealed ? SEALED_READ : false
}

function compileCall(compiler: Compiler, expr: CallExpr): Step {
  switch (expr.name) {
    case '_&&_':
      return compileLogic(compiler, expr, false)
    case '_||_':
      return compileLogic(compiler, expr, true)
    case '_?_:_':
      return compileConditional(compiler, expr)
    case '@not_strictly_false':
      return compileNotStrictlyFalse(compiler, expr)
    case '_[_]':
    case '_[?_]':
    case '_?._':
      return compileIndex(compiler, expr)
    case 'or':
    case 'orValue':
      return compileOr(compiler, expr)
    default:
      return compileFunction(compiler, expr)
  }
}

function operandAt(compiler: Compiler, expr: CallExpr, index: number): Step {
  const operand = expr.args[index]
  return operand ? compile(compiler, operand) : constant(NO_OVERLOAD)
}

/** `decisive` ends it whatever the other side is, an error included. */
function compileLogic(compiler: Compiler, expr: CallExpr, decisive: boolean): Step {
  const [left, right] = [operandAt(compiler, expr, 0), operandAt(compiler, expr, 1)]
  return (frame) => {
    const first = left(frame)
    if (first === decisive) return first
    const second = right(frame)
    if (second === decisive && !isSealedError(first)) return second
    if (typeof first === 'boolean' && typeof second === 'boolean') return second
    return isSealedError(second) ? second : failure(first) ?? failure(second) ?? NO_OVERLOAD
  }
}

function isSealedError(value: CelValue): boolean {
  return value instanceof Sealed || (isError(value) && value.sealed === true)
}

function failure(value: CelValue): CelValue | undefined {
  if (value instanceof Sealed) return SEALED_READ
  if (typeof value === 'boolean') return undefined
  return isError(value) ? value : NO_OVERLOAD
}

function compileConditional(compiler: Compiler, expr: CallExpr): Step {
  const [condition, whenTrue, whenFalse] = [operandAt(compiler, expr, 0), compileBranch(compiler, expr.args[1]), compileBranch(compiler, expr.args[2])]
  return (frame) => {
    const verdict = condition(frame)
    if (verdict === true) return whenTrue(frame)
    return verdict === false ? whenFalse(frame) : (failure(verdict) ?? NO_OVERLOAD)
  }
}

function compileNotStrictlyFalse(compiler: Compiler, expr: CallExpr): Step {
  const operand = operandAt(compiler, expr, 0)
  return (frame) => {
    const value = operand(frame)
    charge(frame, 1)
    return value !== false
  }
}

function compileIndex(compiler: Compiler, expr: CallExpr): Step {
  const [container, key] = [operandAt(compiler, expr, 0), compileBranch(compiler, expr.args[1])]
  const cost = expr.args[0] && isPath(expr.args[0]) ? 1 : 2
  const isOptional = expr.name !== '_[_]'
  return (frame) => {
    const [from, at] = [container(frame), key(frame)]
    const found = isError(from) ? from : isError(at) ? at : indexInto(from, at, isOptional)
    charge(frame, isAbsent(found) ? cost - 1 : cost)
    return found
  }
}

function indexInto(from: CelValue, at: CelValue, isOptional: boolean): CelValue {
  if (from instanceof Sealed || at instanceof Sealed) return SEALED_READ
  return isOptional ? optionalIndex(from, at) : indexValue(from, at)
}

/** A step into nothing is not charged. */
function isAbsent(value: CelValue): boolean {
  return isKind(value, 'optional') && value.value === undefined
}

function compileOr(compiler: Compiler, expr: CallExpr): Step {
  const target = expr.target ? compile(compiler, expr.target) : constant(NO_OVERLOAD)
  const other = operandAt(compiler, expr, 0)
  return (frame) => {
    const value = target(frame)
    if (!isKind(value, 'optional')) return isError(value) ? value : NO_OVERLOAD
    if (value.value === undefined) return other(frame)
    return expr.name === 'or' ? value : value.value
  }
}

/** Functions that hand their argument on without looking at it. */
const TRANSPARENT: ReadonlySet<string> = new Set(['dyn', 'optional.of'])

function compileFunction(compiler: Compiler, expr: CallExpr): Step {
  const name = compiler.checked.names.get(expr.id) ?? (expr.name.startsWith('.') ? expr.name.slice(1) : expr.name)
  const isMember = expr.target !== undefined && !compiler.checked.names.has(expr.id)
  const operands = (isMember && expr.target ? [expr.target, ...expr.args] : expr.args).map((operand) => compile(compiler, operand))
  const overloads = compiler.checked.overloads.get(expr.id) ?? []
  const overload = overloads.length === 1 ? (overloads[0] ?? '') : ''
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  const strict = known && withZero(known, name, overload)
  const apply = strict && compiler.options.numbers === 'mixed' ? mixNumbers(strict, name) : strict
  const isConstantSet = name === '@in' && expr.args[1]?.kind === 'list' && constantValue(expr.args[1]) !== undefined
  return callStep({ operands, apply, name, price: isConstantSet ? 0 : priceOf(name, overload), isTransparent: TRANSPARENT.has(name) })
}

interface Call {
  readonly operands: readonly Step[]
  /** Absent for functions that the environment binds for each evaluation. */
  readonly apply: CelFunction | undefined
  readonly name: string
  readonly price: CallPrice | number
  readonly isTransparent: boolean
}

function callStep(call: Call): Step {
  const { apply, operands, price } = call
  const [left, right] = operands
  if (apply === undefined || left === undefined || right === undefined || operands.length !== 2) return anyCallStep(call)
  return (frame) => {
    const a = left(frame)
    const b = right(frame)
    const failed = refusedArgument(a, call) ?? refusedArgument(b, call)
    const result = failed ?? apply(a, b)
    charge(frame, typeof price === 'number' ? price : price([a, b], result))
    return isError(result) && (holdsSecret(a) || holdsSecret(b)) ? SEALED_READ : result
  }
}

function anyCallStep(call: Call): Step {
  const { operands, name, price } = call
  return (frame) => {
    const args = operands.map((operand) => operand(frame))
    const failed = args.map((arg) => refusedArgument(arg, call)).find((refused) => refused !== undefined)
    const result = failed ?? (call.apply ?? frame.host[name] ?? noFunction)(...args)
    charge(frame, typeof price === 'number' ? price : price(args, result))
    return isError(result) && args.some(holdsSecret) ? SEALED_READ : result
  }
}

/** An error is handed on; a secret is, by all but a few functions, not to be read. */
function refusedArgument(arg: CelValue, call: Call): CelValue | undefined {
  if (typeof arg !== 'object' || arg === null) return undefined
  if (isError(arg)) return arg
  return arg instanceof Sealed && !call.isTransparent ? SEALED_READ : undefined
}

const noFunction: CelFunction = () => NO_OVERLOAD

function holdsSecret(value: CelValue): boolean {
  return isKind(value, 'list') && itemsOf(value).some((item) => item instanceof Sealed)
}

/** The sum of an empty list is the zero of the list's type, which only the checker knows. */
function withZero(apply: CelFunction, name: string, overload: string): CelFunction {
  if (name !== 'sum') return apply
  const zero: CelValue = overload === 'list_uint_sum_uint' ? { kind: 'uint', value: 0n } : overload === 'list_double_sum_double' ? 0 : overload === 'list_duration_sum_duration' ? { kind: 'duration', nanos: 0n } : 0n
  return (list = null) => (isKind(list, 'list') && list.size === 0 ? zero : apply(list))
}

const ARITHMETIC: ReadonlySet<string> = new Set(['_+_', '_-_', '_*_', '_/_'])

function mixNumbers(apply: CelFunction, name: string): CelFunction {
  if (!ARITHMETIC.has(name)) return apply
  return (a = null, b = null) => {
    if (typeof a === 'number' && typeof b === 'bigint') return apply(a, Number(b))
    if (typeof a === 'bigint' && typeof b === 'number') return apply(Number(a), b)
    return apply(a, b)
  }
}

function compileList(compiler: Compiler, expr: ListExpr): Step {
  const elements = expr.elements.map(({ value, optional }) => ({ step: compile(compiler, value), optional }))
  return (frame) => {
    const values: CelValue[] = []
    for (const { step, optional } of elements) {
      const value = step(frame)
      if (isError(value)) return value
      if (!optional) values.push(value)
      else if (!isKind(value, 'optional')) return error('cannot initialize optional list element from non-optional value')
      else if (value.value !== undefined) values.push(value.value)
    }
    charge(frame, 10)
    return listFrom(values)
  }
}

function compileMap(compiler: Compiler, expr: MapExpr): Step {
  const entries = expr.entries.map(({ key, value, optional }) => ({ key: compile(compiler, key), value: compile(compiler, value), optional }))
  return (frame) => {
    const pairs: [CelValue, CelValue][] = []
    for (const entry of entries) {
      const [key, value] = [entry.key(frame), entry.value(frame)]
      if (isError(key)) return key
      if (isError(value)) return value
      if (key instanceof Sealed) return SEALED_READ
      const present = entry.optional && isKind(value, 'optional') ? value.value : value
      if (present !== undefined) pairs.push([key, present])
    }
    charge(frame, 30)
    return mapFrom(pairs)
  }
}

function newSlot(compiler: Compiler): number {
  return compiler.slotCount++
}

function compileFold(compiler: Compiler, expr: FoldExpr): Step {
  const range = compile(compiler, expr.range)
  const init = compile(compiler, expr.init)
  const accumulator = newSlot(compiler)
  compiler.locals.push(new Map([[expr.accumulator, accumulator]]))
  const isBinding = expr.range.kind === 'list' && expr.range.elements.length === 0 && expr.condition.kind === 'literal'
  const step = isBinding ? compileBinding(compiler, expr, { init, accumulator }) : compileLoop(compiler, expr, { range, init, accumulator })
  compiler.locals.pop()
  return step
}

interface Binding {
  readonly init: Step
  readonly accumulator: number
}

/** A fold over nothing only names a value. */
function compileBinding(compiler: Compiler, expr: FoldExpr, { init, accumulator }: Binding): Step {
  const result = compile(compiler, expr.result)
  return (frame) => {
    const value = init(frame)
    if (isError(value)) return value
    frame.slots[accumulator] = value
    return result(frame)
  }
}

interface Loop extends Binding {
  readonly range: Step
}

function compileLoop(compiler: Compiler, expr: FoldExpr, { range, init, accumulator }: Loop): Step {
  const [first, second] = [newSlot(compiler), expr.variable2 === undefined ? undefined : newSlot(compiler)]
  compiler.locals.push(new Map([[expr.variable, first], ...(expr.variable2 !== undefined && second !== undefined ? [[expr.variable2, second] as const] : [])]))
  const collected = compileCollector(compiler, expr)
  const condition = collected ? undefined : compile(compiler, expr.condition)
  const step = collected ?? compile(compiler, expr.step)
  compiler.locals.pop()
  const result = compile(compiler, expr.result)
  return (frame) => {
    const container = range(frame)
    const rounds = roundsOf(container, second !== undefined)
    if ('kind' in rounds) return rounds
    frame.slots[accumulator] = init(frame)
    if (collected) frame.slots[accumulator] = growing([])
    for (let index = 0; index < rounds.count; index++) {
      const [key, value] = rounds.at(index)
      frame.slots[first] = key
      if (second !== undefined) frame.slots[second] = value
      if (condition && condition(frame) === false) break
      const next = step(frame)
      if (!collected || isError(next)) frame.slots[accumulator] = next
    }
    return result(frame)
  }
}

interface Rounds {
  readonly count: number
  at(index: number): readonly [CelValue, CelValue]
}

function roundsOf(container: CelValue, twoVariables: boolean): Rounds | Extract<CelValue, { readonly kind: 'error' }> {
  if (isKind(container, 'list')) {
    return { count: container.size, at: (index) => (twoVariables ? [BigInt(index), container.at(index)] : [container.at(index), null]) }
  }
  if (isKind(container, 'map')) {
    const keys = container.keys()
    return { count: keys.length, at: (index) => [keys[index] ?? null, twoVariables ? (container.find(keys[index] ?? null) ?? null) : null] }
  }
  if (container instanceof Sealed) return { kind: 'error', message: SEALED_READ.message, sealed: true }
  return isError(container) ? container : { kind: 'error', message: `got '${kindName(container)}', expected iterable type` }
}

function kindName(value: CelValue): string {
  return value === null ? 'null' : typeof value
}

/** A list that the fold itself extends, so that map and filter take time in the length, not in its square. */
interface GrowingList extends CelList {
  readonly items: CelValue[]
}

function growing(items: CelValue[]): GrowingList {
  return {
    kind: 'list',
    items,
    get size() {
      return items.length
    },
    at: (index) => items[index] ?? null,
  }
}

/** Recognises `result + [value]`, alone or under a condition, as map and filter write it. */
function compileCollector(compiler: Compiler, expr: FoldExpr): Step | undefined {
  if (expr.init.kind !== 'list' || expr.init.elements.length > 0) return undefined
  const plain = appendedValue(expr.step, expr.accumulator)
  if (plain) return append(compile(compiler, plain), undefined, slotOf(compiler, expr.accumulator) ?? 0)
  if (expr.step.kind !== 'call' || expr.step.name !== '_?_:_') return undefined
  const [filter, appended] = expr.step.args
  const value = appended && appendedValue(appended, expr.accumulator)
  return filter && value ? append(compile(compiler, value), compile(compiler, filter), slotOf(compiler, expr.accumulator) ?? 0) : undefined
}

function appendedValue(step: Expr, accumulator: string): Expr | undefined {
  if (step.kind !== 'call' || step.name !== '_+_') return undefined
  const [left, right] = step.args
  if (left?.kind !== 'ident' || left.name !== accumulator || right?.kind !== 'list' || right.elements.length !== 1) return undefined
  return right.elements[0]?.optional ? undefined : right.elements[0]?.value
}

function append(value: Step, filter: Step | undefined, slot: number): Step {
  return (frame) => {
    const verdict = filter ? filter(frame) : true
    if (verdict === false) return NONE
    if (verdict !== true) return failure(verdict) ?? NO_OVERLOAD
    const item = value(frame)
    charge(frame, 12)
    const list = frame.slots[slot] ?? null
    if (isError(list)) return list
    if (isError(item)) return item
    ;(list as GrowingList).items.push(item)
    return NONE
  }
}
