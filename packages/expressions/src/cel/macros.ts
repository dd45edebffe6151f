import { ACCUMULATOR, type Expr, type FoldExpr, type Literal } from './ast.js'

/** Makes nodes with fresh ids at the place of the macro. */
export interface Builder {
  readonly literal: (literal: Literal) => Expr
  readonly ident: (name: string) => Expr
  readonly call: (name: string, ...args: readonly Expr[]) => Expr
  readonly member: (name: string, target: Expr, ...args: readonly Expr[]) => Expr
  readonly list: (...elements: readonly Expr[]) => Expr
  readonly map: () => Expr
  readonly has: (operand: Expr, field: string) => Expr
  readonly fold: (parts: Omit<FoldExpr, 'id' | 'offset' | 'kind'>) => Expr
  readonly copy: (expr: Expr) => Expr
}

export interface MacroError {
  readonly offset: number
  readonly message: string
}

export type Expansion = Expr | MacroError
type Expander = (b: Builder, target: Expr, args: readonly Expr[]) => Expansion

export function isMacroError(expansion: Expansion): expansion is MacroError {
  return !('kind' in expansion)
}

/** The expander of a call, by name, number of arguments and whether it has a receiver. */
export function findMacro(name: string, args: number, target: Expr | undefined): Expander | undefined {
  const key = `${target === undefined ? '' : '.'}${name}/${args}`
  return Object.hasOwn(MACROS, key) ? MACROS[key] : undefined
}

const TRUE: Literal = { kind: 'bool', value: true }
const FALSE: Literal = { kind: 'bool', value: false }

const MACROS: Readonly<Record<string, Expander>> = {
  'has/1': expandHas,
  '.all/2': quantifier('all', 1),
  '.exists/2': quantifier('exists', 1),
  '.exists_one/2': quantifier('one', 1),
  '.existsOne/2': quantifier('one', 1),
  '.map/2': (b, target, args) => expandMap(b, target, args, undefined),
  '.map/3': (b, target, args) => expandMap(b, target, args, args[1]),
  '.filter/2': expandFilter,
  '.all/3': quantifier('all', 2),
  '.exists/3': quantifier('exists', 2),
  '.existsOne/3': quantifier('one', 2),
  '.exists_one/3': quantifier('one', 2),
  '.transformList/3': transform('list', false),
  '.transformList/4': transform('list', true),
  '.transformMap/3': transform('map', false),
  '.transformMap/4': transform('map', true),
  '.transformMapEntry/3': transform('entry', false),
  '.transformMapEntry/4': transform('entry', true),
  '.optMap/2': optMap,
  '.optFlatMap/2': optFlatMap,
  '.sortBy/2': sortBy,
}

function expandHas(b: Builder, _target: Expr, args: readonly Expr[]): Expansion {
  const [arg] = args
  if (arg?.kind === 'select') return b.has(arg.operand, arg.field)
  return { offset: arg?.offset ?? 0, message: 'invalid argument to has() macro' }
}

function variableOf(arg: Expr | undefined, complaint: string): string | MacroError {
  if (arg?.kind !== 'ident') return { offset: arg?.offset ?? 0, message: complaint }
  return arg.name === ACCUMULATOR || arg.name === '__result__'
    ? { offset: arg.offset, message: 'iteration variable overwrites accumulator variable' }
    : arg.name
}

interface Variables {
  readonly variable: string
  readonly variable2: string | undefined
}

function variablesOf(args: readonly Expr[], count: 1 | 2): Variables | MacroError {
  const first = variableOf(args[0], 'argument must be a simple name')
  if (typeof first !== 'string' || count === 1) return typeof first === 'string' ? { variable: first, variable2: undefined } : first
  const second = variableOf(args[1], 'argument must be a simple name')
  if (typeof second !== 'string') return second
  if (first === second) return { offset: args[1]?.offset ?? 0, message: `duplicate variable name: ${first}` }
  return { variable: first, variable2: second }
}

function quantifier(mode: 'all' | 'exists' | 'one', count: 1 | 2): Expander {
  return (b, target, args) => {
    const variables = variablesOf(args, count)
    const predicate = args[count]
    if ('message' in variables || predicate === undefined) return 'message' in variables ? variables : { offset: target.offset, message: 'missing predicate' }
    return b.fold({ range: target, ...variables, accumulator: ACCUMULATOR, ...quantifierParts(b, mode, predicate) })
  }
}

function quantifierParts(b: Builder, mode: 'all' | 'exists' | 'one', predicate: Expr): Pick<FoldExpr, 'init' | 'condition' | 'step' | 'result'> {
  const result = (): Expr => b.ident(ACCUMULATOR)
  switch (mode) {
    case 'all':
      return {
        init: b.literal(TRUE), condition: b.call('@not_strictly_false', result()), step: b.call('_&&_', result(), predicate), result: result(),
      }
    case 'exists':
      return {
        init: b.literal(FALSE), condition: b.call('@not_strictly_false', b.call('!_', result())), step: b.call('_||_', result(), predicate), result: result(),
      }
    case 'one': {
      const one = (): Expr => b.literal({ kind: 'int', value: 1n })
      return {
        init: b.literal({ kind: 'int', value: 0n }), condition: b.literal(TRUE),
        step: b.call('_?_:_', predicate, b.call('_+_', result(), one()), result()), result: b.call('_==_', result(), one()),
      }
    }
  }
}

function expandMap(b: Builder, target: Expr, args: readonly Expr[], filter: Expr | undefined): Expansion {
  const variable = variableOf(args[0], 'argument is not an identifier')
  const value = args.at(-1)
  if (typeof variable !== 'string' || value === undefined) return typeof variable === 'string' ? { offset: target.offset, message: 'missing value' } : variable
  return collect(b, { target, variable, variable2: undefined, value, filter })
}

function expandFilter(b: Builder, target: Expr, args: readonly Expr[]): Expansion {
  const variable = variableOf(args[0], 'argument is not an identifier')
  const [item, filter] = args
  if (typeof variable !== 'string' || item === undefined) return typeof variable === 'string' ? { offset: target.offset, message: 'missing predicate' } : variable
  return collect(b, { target, variable, variable2: undefined, value: item, filter })
}

interface Collection extends Variables {
  readonly target: Expr
  readonly value: Expr
  readonly filter: Expr | undefined
}

function collect(b: Builder, parts: Collection): Expr {
  const appended = b.call('_+_', b.ident(ACCUMULATOR), b.list(parts.value))
  return b.fold({
    range: parts.target, variable: parts.variable, variable2: parts.variable2, accumulator: ACCUMULATOR, init: b.list(), condition: b.literal(TRUE),
    step: parts.filter ? b.call('_?_:_', parts.filter, appended, b.ident(ACCUMULATOR)) : appended,
    result: b.ident(ACCUMULATOR),
  })
}

function transform(into: 'list' | 'map' | 'entry', filtered: boolean): Expander {
  return (b, target, args) => {
    const variables = variablesOf(args, 2)
    const filter = filtered ? args[2] : undefined
    const value = args.at(-1)
    if ('message' in variables || value === undefined) return 'message' in variables ? variables : { offset: target.offset, message: 'missing transform' }
    if (into === 'list') return collect(b, { target, ...variables, value, filter })
    const inserted = into === 'map' ? b.call('cel.@mapInsert', b.ident(ACCUMULATOR), b.ident(variables.variable), value) : b.call('cel.@mapInsert', b.ident(ACCUMULATOR), value)
    return b.fold({
      range: target, ...variables, accumulator: ACCUMULATOR, init: b.map(), condition: b.literal(TRUE),
      step: filter ? b.call('_?_:_', filter, inserted, b.ident(ACCUMULATOR)) : inserted,
      result: b.ident(ACCUMULATOR),
    })
  }
}

/** `expr` with `name` bound to `value`: a fold over nothing. */
function bind(b: Builder, name: string, value: Expr, expr: Expr): Expr {
  return b.fold({
    range: b.list(), variable: '#unused', variable2: undefined, accumulator: name, init: value, condition: b.literal(FALSE), step: b.ident(name), result: expr,
  })
}

function optMap(b: Builder, target: Expr, args: readonly Expr[]): Expansion {
  return ifPresent(b, target, args, 'optMap', (bound) => b.call('optional.of', bound))
}

function optFlatMap(b: Builder, target: Expr, args: readonly Expr[]): Expansion {
  return ifPresent(b, target, args, 'optFlatMap', (bound) => bound)
}

function ifPresent(b: Builder, target: Expr, args: readonly Expr[], name: string, wrap: (bound: Expr) => Expr): Expansion {
  const [variable, value] = args
  if (variable?.kind !== 'ident' || value === undefined) {
    return { offset: variable?.offset ?? 0, message: `${name}() variable name must be a simple identifier` }
  }
  const bound = bind(b, variable.name, b.member('value', b.copy(target)), value)
  return b.call('_?_:_', b.member('hasValue', target), wrap(bound), b.call('optional.none'))
}

const SORT_INPUT = '@__sortBy_input__'

function sortBy(b: Builder, target: Expr, args: readonly Expr[]): Expansion {
  if (target.kind === 'literal' || target.kind === 'map' || target.kind === 'struct') {
    return { offset: target.offset, message: 'sortBy can only be applied to a list, identifier, comprehension, call or select expression' }
  }
  const keys = expandMap(b, b.ident(SORT_INPUT), args, undefined)
  if (isMacroError(keys)) return keys
  return bind(b, SORT_INPUT, target, b.member('@sortByAssociatedKeys', b.ident(SORT_INPUT), keys))
}
