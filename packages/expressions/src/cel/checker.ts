import { qualifiedName, type CallExpr, type Expr, type FoldExpr, type SelectExpr } from './ast.js'
import type { Functions, Overload } from './signatures.js'
import type { CelIssue } from './source.js'
import {
  BOOL, DYN, ERROR, INT, NULL, STRING, assign, assignAll, listOf, mapOf, mostGeneral, optionalOf, printType, sameType, simpleType, substitute,
  unwrapOptional, type CelType, type Substitution,
} from './types.js'

/** Names and functions that an expression may use. */
export interface CheckScope {
  readonly variables: ReadonlyMap<string, CelType>
  readonly functions: Functions
}

/** What the checker knows of every node, by id. */
export interface Checked {
  readonly types: ReadonlyMap<number, CelType>
  /** Ids of the overloads that a call may mean; several where types are known at run time only. */
  readonly overloads: ReadonlyMap<number, readonly string[]>
  /** Selections that are really one qualified name, and calls whose target is part of the function's name. */
  readonly names: ReadonlyMap<number, string>
  readonly issues: readonly CelIssue[]
}

const TYPE_NAMES: ReadonlyMap<string, CelType> = new Map(
  (['bool', 'bytes', 'double', 'int', 'string', 'uint'] as const).map((name): [string, CelType] => [name, { kind: 'type', of: simpleType(name) }])
    .concat([
      ['duration', { kind: 'type', of: simpleType('duration') }],
      ['timestamp', { kind: 'type', of: simpleType('timestamp') }],
      ['google.protobuf.Duration', { kind: 'type', of: simpleType('duration') }],
      ['google.protobuf.Timestamp', { kind: 'type', of: simpleType('timestamp') }],
      ['list', { kind: 'type', of: listOf(DYN) }],
      ['map', { kind: 'type', of: mapOf(DYN, DYN) }],
      ['null_type', { kind: 'type', of: NULL }],
      ['type', { kind: 'type', of: { kind: 'type', of: undefined } }],
      ['optional_type', { kind: 'type', of: optionalOf(DYN) }],
      ['net.IP', { kind: 'type', of: { kind: 'opaque', name: 'net.IP', params: [] } }],
      ['net.CIDR', { kind: 'type', of: { kind: 'opaque', name: 'net.CIDR', params: [] } }],
    ]),
)

export function checkExpr(expr: Expr, scope: CheckScope): Checked {
  const checker: Checker = {
    scope, types: new Map(), overloads: new Map(), names: new Map(), issues: [], subs: new Map(), locals: [], variables: 0,
  }
  check(checker, expr)
  const types = new Map([...checker.types].map(([id, type]) => [id, substitute(checker.subs, type, 'toDyn')]))
  return { types, overloads: checker.overloads, names: checker.names, issues: checker.issues }
}

interface Checker {
  readonly scope: CheckScope
  readonly types: Map<number, CelType>
  readonly overloads: Map<number, readonly string[]>
  readonly names: Map<number, string>
  readonly issues: CelIssue[]
  subs: Substitution
  /** Variables of the folds around the place, innermost last. */
  readonly locals: Map<string, CelType>[]
  variables: number
}

function check(checker: Checker, expr: Expr): CelType {
  const type = typeOf(checker, expr)
  checker.types.set(expr.id, type)
  return type
}

function typeOf(checker: Checker, expr: Expr): CelType {
  switch (expr.kind) {
    case 'literal':
      return expr.literal.kind === 'null' ? NULL : simpleType(expr.literal.kind)
    case 'ident':
      return lookup(checker, expr.name) ?? complain(checker, expr.offset, `undeclared reference to '${expr.name}' (in container '')`)
    case 'select':
      return checkSelect(checker, expr)
    case 'call':
      return expr.name === '_?._' ? checkOptionalSelect(checker, expr) : checkCall(checker, expr)
    case 'list':
      return listOf(joinAll(checker, expr.elements) ?? newVariable(checker))
    case 'map': {
      const keys = joinAll(checker, expr.entries.map((entry) => ({ value: entry.key, optional: false })))
      const values = joinAll(checker, expr.entries)
      return mapOf(keys ?? newVariable(checker), values ?? newVariable(checker))
    }
    case 'struct':
      for (const field of expr.fields) check(checker, field.value)
      return complain(checker, expr.offset, `undeclared reference to '${expr.typeName}' (in container '')`)
    case 'fold':
      return checkFold(checker, expr)
  }
}

function complain(checker: Checker, offset: number, message: string): CelType {
  if (checker.issues.length < 100) checker.issues.push({ offset, message })
  return ERROR
}

function mismatch(checker: Checker, offset: number, expected: CelType, actual: CelType): void {
  complain(checker, offset, `expected type '${printType(expected)}' but found '${printType(actual)}'`)
}

function lookup(checker: Checker, name: string): CelType | undefined {
  const plain = name.startsWith('.') ? name.slice(1) : name
  const local = name.startsWith('.') ? undefined : checker.locals.findLast((scope) => scope.has(plain))?.get(plain)
  return local ?? checker.scope.variables.get(plain) ?? TYPE_NAMES.get(plain)
}

function resolve(checker: Checker, type: CelType): CelType {
  return substitute(checker.subs, type, 'keep')
}

function tryAssign(checker: Checker, to: CelType, from: CelType): boolean {
  const subs = assign(checker.subs, to, from)
  if (subs) checker.subs = subs
  return subs !== undefined
}

function newVariable(checker: Checker): CelType {
  return { kind: 'param', name: `_var${checker.variables++}` }
}

function checkSelect(checker: Checker, expr: SelectExpr): CelType {
  const name = qualifiedName(expr)
  const known = name === undefined ? undefined : lookup(checker, name)
  if (name !== undefined && known) {
    checker.names.set(expr.id, name)
    return known
  }
  const field = selectField(checker, expr, { operand: expr.operand, field: expr.field, optional: false })
  return expr.testOnly ? BOOL : resolve(checker, field)
}

function checkOptionalSelect(checker: Checker, expr: CallExpr): CelType {
  const [operand, field] = expr.args
  checker.overloads.set(expr.id, ['select_optional_field'])
  if (operand === undefined || field?.kind !== 'literal' || field.literal.kind !== 'string') {
    return complain(checker, expr.offset, 'unsupported optional field selection')
  }
  checker.types.set(field.id, STRING)
  return resolve(checker, selectField(checker, expr, { operand, field: field.literal.value, optional: true }))
}

interface Selection {
  readonly operand: Expr
  readonly field: string
  readonly optional: boolean
}

function selectField(checker: Checker, expr: Expr, { operand, field, optional }: Selection): CelType {
  const { type, isOptional } = unwrapOptional(resolve(checker, check(checker, operand)))
  const result = fieldType(checker, expr, type, field)
  return isOptional || optional ? optionalOf(result) : result
}

function fieldType(checker: Checker, expr: Expr, type: CelType, field: string): CelType {
  switch (type.kind) {
    case 'map':
      return type.value
    case 'struct':
      return type.fields.get(field) ?? type.fields.get(`__${field}__`) ?? complain(checker, expr.offset, `undefined field '${field}'`)
    case 'param':
      tryAssign(checker, DYN, type)
      return DYN
    case 'dyn':
    case 'error':
      return DYN
    default:
      complain(checker, expr.offset, `type '${printType(type)}' does not support field selection`)
      return DYN
  }
}

function checkCall(checker: Checker, expr: CallExpr): CelType {
  for (const arg of expr.args) check(checker, arg)
  if (expr.target === undefined) return callFunction(checker, expr, expr.name, undefined)
  const prefix = qualifiedName(expr.target)
  const qualified = `${prefix ?? ''}.${expr.name}`
  if (prefix !== undefined && checker.scope.functions.has(qualified)) {
    checker.names.set(expr.id, qualified)
    return callFunction(checker, expr, qualified, undefined)
  }
  check(checker, expr.target)
  return callFunction(checker, expr, expr.name, expr.target)
}

function callFunction(checker: Checker, expr: CallExpr, name: string, target: Expr | undefined): CelType {
  const overloads = checker.scope.functions.get(name.startsWith('.') ? name.slice(1) : name)
  if (overloads === undefined) return complain(checker, expr.offset, `undeclared reference to '${name}' (in container '')`)
  const operands = target ? [target, ...expr.args] : expr.args
  const args = operands.map((operand) => checker.types.get(operand.id) ?? ERROR)
  if (name === '_&&_' || name === '_||_') return checkLogic(checker, expr, overloads, args)
  const found = chooseOverloads(checker, overloads, args, target !== undefined)
  if (found !== undefined) {
    checker.overloads.set(expr.id, found.ids)
    return found.result
  }
  return noOverload(checker, expr, name, args, target !== undefined)
}

function noOverload(checker: Checker, expr: CallExpr, name: string, args: readonly CelType[], isMember: boolean): CelType {
  const texts = args.map((arg) => printType(substitute(checker.subs, arg, 'toDyn')))
  const signature = isMember ? `${texts[0] ?? ''}.(${texts.slice(1).join(', ')})` : `(${texts.join(', ')})`
  return complain(checker, expr.offset, `found no matching overload for '${name}' applied to '${signature}'`)
}

function checkLogic(checker: Checker, expr: CallExpr, overloads: readonly Overload[], args: readonly CelType[]): CelType {
  let fits = true
  for (const [index, arg] of args.entries()) {
    if (tryAssign(checker, arg, BOOL)) continue
    mismatch(checker, expr.args[index]?.offset ?? expr.offset, BOOL, arg)
    fits = false
  }
  checker.overloads.set(expr.id, overloads.map((overload) => overload.id))
  return fits ? BOOL : ERROR
}

interface Choice {
  readonly ids: readonly string[]
  readonly result: CelType
}

function chooseOverloads(checker: Checker, overloads: readonly Overload[], args: readonly CelType[], isMember: boolean): Choice | undefined {
  const ids: string[] = []
  let result: CelType | undefined
  for (const overload of overloads) {
    if (overload.isMember !== isMember || overload.params.length !== args.length) continue
    const fresh = instantiate(checker, overload)
    const subs = assignAll(checker.subs, args, fresh.params)
    if (subs === undefined) continue
    checker.subs = subs
    ids.push(overload.id)
    const type = resolve(checker, fresh.result)
    result = result === undefined || result.kind === 'dyn' || sameType(type, result) ? (result ?? type) : DYN
  }
  return result && { ids, result }
}

/** The overload with type variables of its own. */
function instantiate(checker: Checker, overload: Overload): { readonly params: readonly CelType[]; readonly result: CelType } {
  if (overload.variables.length === 0) return overload
  const fresh = new Map(overload.variables.map((name) => [name, newVariable(checker)]))
  return { params: overload.params.map((param) => substitute(fresh, param, 'keep')), result: substitute(fresh, overload.result, 'keep') }
}

/** One type for all elements of a literal; what is mixed is dyn here, and refused by the check of literals. */
function joinAll(checker: Checker, elements: readonly { readonly value: Expr; readonly optional: boolean }[]): CelType | undefined {
  let joined: CelType | undefined
  for (const { value, optional } of elements) {
    const type = elementType(checker, value, optional)
    joined = joined === undefined ? type : join(checker, joined, type)
  }
  return joined
}

function elementType(checker: Checker, value: Expr, optional: boolean): CelType {
  const type = check(checker, value)
  if (!optional) return type
  const inner = unwrapOptional(type)
  if (!inner.isOptional && type.kind !== 'dyn') mismatch(checker, value.offset, optionalOf(type), type)
  return inner.type
}

function join(checker: Checker, previous: CelType, current: CelType): CelType {
  return tryAssign(checker, previous, current) ? mostGeneral(previous, current) : DYN
}

function checkFold(checker: Checker, expr: FoldExpr): CelType {
  check(checker, expr.range)
  const accumulator = check(checker, expr.init)
  const range = resolve(checker, checker.types.get(expr.range.id) ?? ERROR)
  checker.locals.push(new Map([[expr.accumulator, accumulator]]))
  checker.locals.push(new Map(foldVariables(checker, expr, range)))
  assertType(checker, expr.condition, BOOL)
  assertType(checker, expr.step, accumulator)
  checker.locals.pop()
  const result = check(checker, expr.result)
  checker.locals.pop()
  return resolve(checker, result)
}

function foldVariables(checker: Checker, expr: FoldExpr, range: CelType): readonly (readonly [string, CelType])[] {
  const [first, second] = rangeTypes(checker, expr, range)
  return expr.variable2 === undefined ? [[expr.variable, first]] : [[expr.variable, range.kind === 'list' ? INT : first], [expr.variable2, second]]
}

function rangeTypes(checker: Checker, expr: FoldExpr, range: CelType): readonly [CelType, CelType] {
  switch (range.kind) {
    case 'list':
      return [range.element, range.element]
    case 'map':
      return [range.key, range.value]
    case 'dyn':
    case 'error':
    case 'param':
      tryAssign(checker, DYN, range)
      return [DYN, DYN]
    default: {
      const sentence = `expression of type '${printType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`
      return [complain(checker, expr.range.offset, sentence), ERROR]
    }
  }
}

function assertType(checker: Checker, expr: Expr, expected: CelType): void {
  const actual = check(checker, expr)
  if (!tryAssign(checker, expected, actual)) mismatch(checker, expr.offset, expected, actual)
}
