import { ACCUMULATOR, type CallExpr, type Expr, type FoldExpr, type ListExpr, type MapExpr, type SelectExpr } from './ast.js'
import type { Checked } from './checker.js'
import type { DeclaredType } from './declared-type.js'
import { characterCount } from './functions/operators.js'
import type { CelType } from './types.js'

/** A range of counts; beyond 2^64 counts stand still. */
export interface Range {
  readonly min: number
  readonly max: number
}

const LIMIT = 2 ** 64
const UNKNOWN: Range = { min: 0, max: LIMIT }
const ZERO: Range = { min: 0, max: 0 }
const TEXT = 0.1
const REGEX = 0.25

function fixed(count: number): Range {
  return { min: count, max: count }
}

function cap(count: number): number {
  return Math.min(LIMIT, count)
}

function plus(...ranges: readonly Range[]): Range {
  return ranges.reduce((total, range) => ({ min: cap(total.min + range.min), max: cap(total.max + range.max) }), ZERO)
}

function times(a: Range, b: Range): Range {
  return { min: cap(a.min * b.min), max: cap(a.max * b.max) }
}

function scale(range: Range, factor: number): Range {
  return { min: cap(Math.ceil(range.min * factor)), max: cap(Math.ceil(range.max * factor)) }
}

function union(a: Range, b: Range): Range {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }
}

/** Sizes of what stands inside a list or map. */
interface EntrySizes {
  readonly container: 'list' | 'map'
  readonly key: Range
  readonly value: Range
}

interface Local {
  readonly path: readonly string[]
  readonly size: Range | undefined
  readonly entries: EntrySizes | undefined
}

interface Estimator {
  readonly checked: Checked
  readonly root: DeclaredType | undefined
  readonly paths: Map<number, readonly string[]>
  readonly sizes: Map<number, Range>
  readonly entries: Map<number, EntrySizes>
  readonly locals: Map<string, Local[]>
}

/**
 * What an expression can cost at most, as the API server estimates it: from the sizes that the schema allows and the
 * tables of cel-go. `root` describes self and oldSelf.
 */
export function estimateCost(expr: Expr, checked: Checked, root: DeclaredType | undefined): Range {
  const estimator: Estimator = { checked, root, paths: new Map(), sizes: new Map(), entries: new Map(), locals: new Map() }
  return cost(estimator, expr)
}

function cost(e: Estimator, expr: Expr): Range {
  switch (expr.kind) {
    case 'literal':
      return ZERO
    case 'ident':
      e.paths.set(expr.id, localOf(e, expr.name)?.path ?? [expr.name])
      return fixed(1)
    case 'select':
      return costSelect(e, expr)
    case 'call':
      return costCall(e, expr)
    case 'list':
      return costList(e, expr)
    case 'map':
      return costMap(e, expr)
    case 'struct':
      return plus(fixed(40), ...expr.fields.map((field) => cost(e, field.value)))
    case 'fold':
      return isBinding(expr) ? costBinding(e, expr) : costFold(e, expr)
  }
}

function localOf(e: Estimator, name: string): Local | undefined {
  return e.locals.get(name)?.at(-1)
}

function typeOf(e: Estimator, expr: Expr): CelType {
  return e.checked.types.get(expr.id) ?? { kind: 'dyn' }
}

function pathOf(e: Estimator, expr: Expr): readonly string[] {
  const local = expr.kind === 'ident' ? localOf(e, expr.name) : undefined
  return local?.path ?? e.paths.get(expr.id) ?? []
}

function costSelect(e: Estimator, expr: SelectExpr): Range {
  const name = e.checked.names.get(expr.id)
  if (name !== undefined) {
    e.paths.set(expr.id, [name])
    return fixed(1)
  }
  const operand = cost(e, expr.operand)
  if (expr.testOnly) return operand
  const kind = typeOf(e, expr.operand).kind
  e.paths.set(expr.id, [...pathOf(e, expr.operand), expr.field])
  return kind === 'map' || kind === 'struct' || kind === 'param' ? plus(operand, fixed(1)) : operand
}

function costList(e: Estimator, expr: ListExpr): Range {
  const parts = expr.elements.map(({ value }) => cost(e, value))
  const sizes = expr.elements.map(({ value }) => sizeOrUnknown(e, value))
  e.entries.set(expr.id, { container: 'list', key: fixed(1), value: unionAll(sizes) })
  return plus(fixed(10), ...parts)
}

function unionAll(ranges: readonly Range[]): Range {
  return ranges.length === 0 ? ZERO : ranges.reduce(union)
}

function costMap(e: Estimator, expr: MapExpr): Range {
  const parts = expr.entries.map(({ key, value }) => plus(cost(e, key), cost(e, value)))
  e.entries.set(expr.id, {
    container: 'map', key: unionAll(expr.entries.map(({ key }) => sizeOrUnknown(e, key))), value: unionAll(expr.entries.map(({ value }) => sizeOrUnknown(e, value))),
  })
  return plus(fixed(30), ...parts)
}

function isBinding(expr: FoldExpr): boolean {
  const { range, condition } = expr
  return range.kind === 'list' && range.elements.length === 0 && condition.kind === 'literal' && condition.literal.kind === 'bool' && !condition.literal.value &&
    expr.accumulator !== '__result__'
}

function withLocal<T>(e: Estimator, name: string, local: Local, run: () => T): T {
  const stack = e.locals.get(name) ?? []
  e.locals.set(name, [...stack, local])
  const result = run()
  e.locals.set(name, stack)
  return result
}

function localFor(e: Estimator, expr: Expr): Local {
  return { path: pathOf(e, expr), size: computeSize(e, expr), entries: entriesOf(e, expr) }
}

function costBinding(e: Estimator, expr: FoldExpr): Range {
  const before = plus(cost(e, expr.range), cost(e, expr.init))
  const result = withLocal(e, expr.accumulator, localFor(e, expr.init), () => cost(e, expr.result))
  const [size, entries] = [computeSize(e, expr.result), entriesOf(e, expr.result)]
  if (size) e.sizes.set(expr.id, size)
  if (entries) e.entries.set(expr.id, entries)
  return plus(before, result)
}

function costFold(e: Estimator, expr: FoldExpr): Range {
  const before = plus(cost(e, expr.range), cost(e, expr.init))
  const inner = withLocal(e, expr.accumulator, localFor(e, expr.init), () => {
    const round = withVariables(e, expr, () => plus(cost(e, expr.condition), cost(e, expr.step)))
    return { round, result: cost(e, expr.result) }
  })
  const rounds = sizeOrUnknown(e, expr.range)
  setFoldSize(e, expr, rounds)
  return plus(before, inner.result, { min: cap(rounds.min * inner.round.min), max: cap(rounds.max * inner.round.max) })
}

function setFoldSize(e: Estimator, expr: FoldExpr, rounds: Range): void {
  if (expr.init.kind === 'literal') {
    const size = computeSize(e, expr.init)
    if (size) e.sizes.set(expr.id, size)
  } else if (expr.init.kind === 'list' || expr.init.kind === 'map') {
    e.sizes.set(expr.id, rounds)
    const entries = entriesOf(e, expr.step)
    if (entries) e.entries.set(expr.id, entries)
  }
}

function withVariables(e: Estimator, expr: FoldExpr, run: () => Range): Range {
  const entries = entriesOf(e, expr.range)
  const isList = (entries?.container ?? typeOf(e, expr.range).kind) === 'list'
  const path = pathOf(e, expr.range)
  const keys: Local = { path: [...path, isList ? '@indices' : '@keys'], size: entries?.key, entries: undefined }
  const values: Local = { path: [...path, isList ? '@items' : '@values'], size: entries?.value, entries: undefined }
  const { variable2 } = expr
  if (variable2 === undefined) return withLocal(e, expr.variable, isList ? values : keys, run)
  return withLocal(e, expr.variable, keys, () => withLocal(e, variable2, values, run))
}

function entriesOf(e: Estimator, expr: Expr): EntrySizes | undefined {
  return e.entries.get(expr.id) ?? (expr.kind === 'ident' ? localOf(e, expr.name)?.entries : undefined)
}

function sizeOrUnknown(e: Estimator, expr: Expr): Range {
  return computeSize(e, expr) ?? UNKNOWN
}

function computeSize(e: Estimator, expr: Expr): Range | undefined {
  const known = e.sizes.get(expr.id) ?? literalSize(expr)
  if (known) return known
  const declared = declaredSize(e, pathOf(e, expr))
  if (declared) {
    e.sizes.set(expr.id, declared)
    return declared
  }
  if (isScalar(typeOf(e, expr))) return fixed(1)
  return expr.kind === 'ident' ? localOf(e, expr.name)?.size : undefined
}

function literalSize(expr: Expr): Range | undefined {
  if (expr.kind === 'list') return fixed(expr.elements.length)
  if (expr.kind === 'map') return fixed(expr.entries.length)
  if (expr.kind !== 'literal') return undefined
  const { literal } = expr
  return fixed(literal.kind === 'string' ? characterCount(literal.value) : literal.kind === 'bytes' ? literal.value.length : 1)
}

/** What the schema says of the place that a path from self leads to. */
function declaredSize(e: Estimator, path: readonly string[]): Range | undefined {
  if (path.length === 0 || path[0] === ACCUMULATOR) return undefined
  let place = e.root
  for (const step of path.slice(1)) {
    if (place === undefined) return undefined
    place = step === '@items' || step === '@values' ? place.element : step === '@keys' ? place.key : place.fields?.get(step)
  }
  return place && { min: 0, max: place.maxElements ?? 0 }
}

function isScalar(type: CelType): boolean {
  if (type.kind === 'opaque' && type.name === 'optional_type') return isScalar(type.params[0] ?? { kind: 'dyn' })
  return ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'].includes(type.kind)
}

/** What one overload costs, and how large its result is. */
interface Estimate {
  readonly cost: Range
  readonly size?: Range | undefined
}

interface CallParts {
  readonly expr: CallExpr
  readonly name: string
  readonly overload: string
  readonly target: Expr | undefined
  readonly args: readonly Expr[]
  readonly argCosts: readonly Range[]
}

function costCall(e: Estimator, expr: CallExpr): Range {
  const [first] = expr.args
  if (expr.name === 'dyn' && first) return costDyn(e, expr, first)
  const argCosts = expr.args.map((arg) => cost(e, arg))
  const overloads = e.checked.overloads.get(expr.id) ?? []
  if (overloads.length === 0) return ZERO
  const name = e.checked.names.get(expr.id) ?? expr.name
  const target = e.checked.names.has(expr.id) ? undefined : expr.target
  const targetCost = target ? cost(e, target) : ZERO
  let [call, size]: [Range, Range | undefined] = [{ min: LIMIT, max: 0 }, undefined]
  for (const overload of overloads) {
    const estimate = estimateCall(e, { expr, name, overload, target, args: expr.args, argCosts })
    call = union(call, estimate.cost)
    if (estimate.size) size = size ? union(size, estimate.size) : estimate.size
    if (overload === 'index_list' || overload === 'index_map') size = indexSize(e, expr, overload)
    size ??= computeSize(e, expr)
  }
  if (size) e.sizes.set(expr.id, size)
  return plus(targetCost, call)
}

function costDyn(e: Estimator, expr: CallExpr, arg: Expr): Range {
  const inner = cost(e, arg)
  const [size, entries] = [computeSize(e, arg), entriesOf(e, arg)]
  if (size) e.sizes.set(expr.id, size)
  if (entries) e.entries.set(expr.id, entries)
  return plus(fixed(1), inner)
}

function indexSize(e: Estimator, expr: CallExpr, overload: string): Range | undefined {
  const [container] = expr.args
  if (container === undefined) return undefined
  e.paths.set(expr.id, [...pathOf(e, container), overload === 'index_list' ? '@items' : '@values'])
  return entriesOf(e, container)?.value
}

function estimateCall(e: Estimator, call: CallParts): Estimate {
  const args = plus(...call.argCosts)
  const listed = listEstimate(e, call) ?? kubernetesEstimate(e, call)
  if (listed) return { cost: plus(listed.cost, args), size: listed.size }
  const standard = standardEstimate(e, call)
  return standard ?? { cost: plus(fixed(1), args) }
}

/** A size as the server's own estimator sees it: what is computed, else what the schema says, else no bound. */
function nodeSize(e: Estimator, expr: Expr | undefined): Range {
  return expr === undefined ? UNKNOWN : sizeOrUnknown(e, expr)
}

/** A constant integer of an argument, for those functions whose cost hangs on it. */
function constantOf(expr: Expr | undefined, otherwise: number): number {
  if (expr?.kind !== 'literal' || expr.literal.kind !== 'int') return otherwise
  return expr.literal.value < 0n ? 0 : Number(expr.literal.value)
}

/** Counts know no sign: what falls below zero is taken for endless. */
function difference(a: number, b: number): number {
  return a < b ? LIMIT : a - b
}

function allocating(factor: number, size: Range): Estimate {
  return { cost: plus(scale(size, factor), fixed(11)), size }
}

/** The lists extension. */
function listEstimate(e: Estimator, { name, overload, target, args }: CallParts): Estimate | undefined {
  const size = nodeSize(e, target)
  switch (name) {
    case 'slice':
      return overload === 'list_slice' ? allocating(1, fixed(difference(constantOf(args[1], size.max), constantOf(args[0], 0)))) : undefined
    case 'flatten':
      return allocating(args.length === 1 ? constantOf(args[0], LIMIT) : 1, size)
    case 'lists.range':
      return allocating(1, fixed(constantOf(args[0], LIMIT)))
    case 'reverse':
      return allocating(1, size)
    case 'distinct':
      return allocating(2, times(size, size))
    case 'sort':
      return allocating(/string|bytes/.test(overload) ? 2 + TEXT : 2, times(size, size))
    case 'sets.contains':
    case 'sets.intersects':
      return { cost: plus(times(nodeSize(e, args[0]), nodeSize(e, args[1])), fixed(1)) }
    case 'sets.equivalent':
      return { cost: plus(scale(times(nodeSize(e, args[0]), nodeSize(e, args[1])), 2), fixed(1)) }
    case '@sortByAssociatedKeys': {
      const keys = nodeSize(e, args[0])
      return allocating(/string|bytes/.test(overload) ? 2 + TEXT : 2, times(keys, keys))
    }
    default:
      return undefined
  }
}

const UNIT_COST: ReadonlySet<string> = new Set([
  'masked', 'prefixLength', 'family', 'isUnspecified', 'isLoopback', 'isLinkLocalMulticast', 'isLinkLocalUnicast', 'isGlobalUnicast', 'format.named', 'sign',
  'asInteger', 'isInteger', 'asApproximateFloat', 'isGreaterThan', 'isLessThan', 'compareTo', 'add', 'sub', 'major', 'minor', 'patch', 'getScheme',
  'getHostname', 'getHost', 'getPort', 'getEscapedPath', 'getQuery',
])

/** Kubernetes' own table. */
function kubernetesEstimate(e: Estimator, call: CallParts): Estimate | undefined {
  const { name, overload, target, args } = call
  const [first] = args
  if (UNIT_COST.has(name) || overload === 'cidr_ip') return { cost: fixed(1) }
  switch (name) {
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
      return target && { cost: searchCost(e, target) }
    case 'url':
      return { cost: scale(nodeSize(e, first), TEXT), size: nodeSize(e, first) }
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
      return target && { cost: scale(nodeSize(e, target), TEXT), size: nodeSize(e, target) }
    case 'replace':
      return target && args.length >= 2 ? replaceEstimate(nodeSize(e, target), nodeSize(e, first), nodeSize(e, args[1])) : undefined
    case 'split':
      return target && { cost: scale(nodeSize(e, target), 2 * TEXT), size: { min: 0, max: constantOf(args[1], nodeSize(e, target).max) } }
    case 'join':
      return target && joinEstimate(e, target, first)
    case 'find':
    case 'findAll':
      return target && findEstimate(nodeSize(e, target), nodeSize(e, first))
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'ip':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
      return { cost: scale(nodeSize(e, first), TEXT) }
    case 'ip.isCanonical':
      return { cost: scale(nodeSize(e, first), 2 * TEXT) }
    case 'containsIP':
    case 'containsCIDR':
      return { cost: containmentCost(e, call) }
    case 'validate':
      return { cost: scale(scale(nodeSize(e, first), TEXT), 128 * REGEX) }
    case '_==_':
      return equalityEstimate(e, args)
    default:
      return undefined
  }
}

/** One comparison per item, and for texts the walk over them. */
function searchCost(e: Estimator, target: Expr): Range {
  const type = typeOf(e, target)
  const size = nodeSize(e, target)
  const element = type.kind === 'list' ? type.element : undefined
  if (element === undefined) return scale(size, TEXT)
  const isText = element.kind === 'string' || element.kind === 'bytes'
  const each = isText ? plus(fixed(1), scale(elementSize(e, target), TEXT)) : fixed(1)
  return times(size, each)
}

function elementSize(e: Estimator, list: Expr): Range {
  const path = pathOf(e, list)
  return (path.length > 0 ? declaredSize(e, [...path, '@items']) : undefined) ?? UNKNOWN
}

function replaceEstimate(text: Range, from: Range, to: Range): Estimate {
  const max = from.min === 0
    ? { count: text.max < LIMIT ? text.max + 1 : text.max, kept: text.max }
    : to.max <= from.min ? { count: 0, kept: text.max } : { count: Math.ceil(text.max / from.min), kept: 0 }
  const min = from.max === 0
    ? { count: text.min < LIMIT ? text.min + 1 : text.min, kept: text.min }
    : from.max <= to.min ? { count: 0, kept: text.min } : { count: Math.ceil(text.min / from.max), kept: 0 }
  const size = plus(times({ min: min.count, max: max.count }, to), { min: min.kept, max: max.kept })
  return { cost: scale(text, 2 * TEXT), size }
}

function joinEstimate(e: Estimator, target: Expr, separator: Expr | undefined): Estimate {
  const list = nodeSize(e, target)
  const items = times(list, elementSize(e, target))
  const between = separator ? times(nodeSize(e, separator), { min: Math.max(0, list.min - 1), max: Math.max(0, list.max - 1) }) : ZERO
  const size = plus(items, between)
  return { cost: scale(size, TEXT), size }
}

function findEstimate(text: Range, pattern: Range): Estimate {
  return { cost: times(scale(plus(text, fixed(1)), TEXT), scale(pattern, REGEX)), size: { min: 0, max: text.max } }
}

function containmentCost(e: Estimator, { name, overload, args }: CallParts): Range {
  const address: Range = { min: 4, max: 16 }
  const compare = scale(plus(address, address), TEXT)
  const masked = name === 'containsCIDR' ? plus(scale(address, TEXT), fixed(1)) : ZERO
  const parsed = overload.endsWith('_string') ? scale(nodeSize(e, args[0]), TEXT) : ZERO
  return plus(compare, masked, parsed)
}

function equalityEstimate(e: Estimator, [left, right]: readonly Expr[]): Estimate | undefined {
  if (left === undefined || right === undefined) return undefined
  const [a, b] = [typeOf(e, left), typeOf(e, right)]
  if (a.kind === 'opaque' && b.kind === 'opaque' && a.name === b.name && (a.name === 'net.IP' || a.name === 'net.CIDR')) return { cost: fixed(1) }
  if (a.kind !== 'struct' || b.kind !== 'struct' || a.name !== b.name) return undefined
  if (a.name === 'kubernetes.Quantity' || a.name === 'kubernetes.Semver') return { cost: fixed(1) }
  if (a.name === 'kubernetes.NamedFormat') return { cost: scale({ min: 1, max: 64 }, TEXT) }
  if (a.name !== 'kubernetes.URL') return undefined
  const size = computeSize(e, right)
  return { cost: scale({ min: 1, max: size?.max ?? 1 }, TEXT) }
}

/** cel-go's own table, for what Kubernetes does not price. */
function standardEstimate(e: Estimator, call: CallParts): Estimate | undefined {
  const { overload, target, args, argCosts } = call
  const all = plus(...argCosts)
  const [first, second, third] = args
  const size = (expr: Expr | undefined): Range => (expr ? sizeOrUnknown(e, expr) : UNKNOWN)
  switch (overload) {
    case 'string_format':
      return target && { cost: plus(scale(size(target), TEXT), all) }
    case 'string_to_bytes':
      return { cost: plus(scale(size(first), TEXT), all), size: { min: size(first).min, max: cap(size(first).max * 4) } }
    case 'bytes_to_string':
      return { cost: plus(scale(size(first), TEXT), all), size: { min: Math.floor(size(first).min / 4), max: size(first).max } }
    case 'strings_quote':
      return { cost: plus(scale(size(first), TEXT), all), size: { min: size(first).min + 2, max: cap(size(first).max * 2 + 2) } }
    case 'starts_with_string':
    case 'ends_with_string':
      return { cost: plus(scale(size(first), TEXT), all) }
    case 'in_list':
      return { cost: plus(scale(size(second), 1), all) }
    case 'matches_string':
      return target && { cost: plus(times(scale(plus(size(target), fixed(1)), TEXT), scale(size(first), REGEX)), all) }
    case 'contains_string':
      return target && { cost: plus(times(scale(size(target), TEXT), scale(size(first), TEXT)), all) }
    case 'logical_or':
    case 'logical_and':
      return { cost: { min: argCosts[0]?.min ?? 0, max: all.max } }
    case 'conditional':
      return conditionalEstimate(e, call, union(size(second), size(third)))
    case 'add_string':
    case 'add_bytes':
    case 'add_list':
      return additionEstimate(e, call, plus(size(first), size(second)))
    default:
      return COMPARISONS.test(overload) ? comparisonEstimate(size(first), size(second), all) : undefined
  }
}

const COMPARISONS = /^((less|greater)(_equals)?_(string|bytes)|equals|not_equals)$/

function comparisonEstimate(a: Range, b: Range, args: Range): Estimate {
  const max = Math.min(a.max, b.max)
  return { cost: plus(scale({ min: max > 0 ? 1 : 0, max }, TEXT), args) }
}

function conditionalEstimate(e: Estimator, { expr, args, argCosts }: CallParts, size: Range): Estimate {
  const [condition = ZERO, whenTrue = ZERO, whenFalse = ZERO] = argCosts
  setJoinedEntries(e, expr, args[1], args[2])
  return { cost: plus(condition, union(whenTrue, whenFalse)), size }
}

function setJoinedEntries(e: Estimator, expr: CallExpr, a: Expr | undefined, b: Expr | undefined): void {
  const [left, right] = [a && entriesOf(e, a), b && entriesOf(e, b)]
  if (left && right) e.entries.set(expr.id, { container: left.container, key: union(left.key, right.key), value: union(left.value, right.value) })
}

function additionEstimate(e: Estimator, { expr, overload, args, argCosts }: CallParts, size: Range): Estimate {
  setJoinedEntries(e, expr, args[0], args[1])
  const own = overload === 'add_list' ? fixed(1) : scale(size, TEXT)
  return { cost: plus(own, ...argCosts), size }
}
