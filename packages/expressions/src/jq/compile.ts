import type { Definition, Query } from './ast.js'
import { recurseAll } from './builtins/streams.js'
import { compileAssign } from './compile-assign.js'
import { compileCall, compileVariable } from './compile-calls.js'
import { compileAlternative, compileBind, compileBreak, compileForeach, compileIf, compileLabel, compileLogic, compileReduce, compileTry } from './compile-control.js'
import { compileArray, compileBinary, compileFormat, compileIndex, compileIterate, compileNegate, compileObject, compileSlice, compileText } from './compile-terms.js'
import { Closure, computed, each, extend, outward, type Filter } from './filter.js'
import type { Linker } from './linker.js'
import { depthOf, withFunction, withSlot, type CompiledFunction, type Scope } from './scope.js'

/** Turns a program into a filter; `variables` are bound from outside, the last innermost. @throws JqSyntaxError */
export function compileQuery(query: Query, variables: readonly string[]): Filter {
  const scope = variables.reduce<Scope>((inner, name) => withSlot(inner, 'variable', `$${name}`), undefined)
  return compile(query, scope, { compile, define, standard: new Map() })
}

function compile(query: Query, scope: Scope, linker: Linker): Filter {
  switch (query.kind) {
    case 'identity':
      return (_, input, out) => out(input)
    case 'recurse':
      return recurseAll
    case 'literal':
      return (_, input, out) => out(computed(query.value, input))
    case 'text':
      return compileText(query, scope, linker)
    case 'format':
      return compileFormat(query)
    case 'index':
      return compileIndex(query, scope, linker)
    case 'slice':
      return compileSlice(query, scope, linker)
    case 'iterate':
      return compileIterate(query, scope, linker)
    case 'array':
      return compileArray(query, scope, linker)
    case 'object':
      return compileObject(query, scope, linker)
    case 'negate':
      return compileNegate(query, scope, linker)
    case 'pipe':
      return pipe(compile(query.left, scope, linker), compile(query.right, scope, linker))
    case 'comma':
      return comma(compile(query.left, scope, linker), compile(query.right, scope, linker))
    case 'and':
    case 'or':
      return compileLogic(query, scope, linker)
    case 'binary':
      return compileBinary(query, scope, linker)
    default:
      return compileFlow(query, scope, linker)
  }
}

type Flow = Extract<Query, { kind: 'alternative' | 'assign' | 'if' | 'try' | 'reduce' | 'foreach' | 'bind' | 'label' | 'break' | 'define' | 'call' | 'variable' }>

function compileFlow(query: Flow, scope: Scope, linker: Linker): Filter {
  switch (query.kind) {
    case 'alternative':
      return compileAlternative(query, scope, linker)
    case 'assign':
      return compileAssign(query, scope, linker)
    case 'if':
      return compileIf(query, scope, linker)
    case 'try':
      return compileTry(query, scope, linker)
    case 'reduce':
      return compileReduce(query, scope, linker)
    case 'foreach':
      return compileForeach(query, scope, linker)
    case 'bind':
      return compileBind(query, scope, linker)
    case 'label':
      return compileLabel(query, scope, linker)
    case 'break':
      return compileBreak(query, scope)
    case 'define':
      return compile(query.rest, withFunction(scope, query.definition.name, define(query.definition, scope, linker)), linker)
    case 'call':
      return compileCall(query, scope, linker)
    case 'variable':
      return compileVariable(query, scope)
  }
}

function pipe(left: Filter, right: Filter): Filter {
  return (env, input, out) => left(env, input, (item) => right(env, item, out))
}

function comma(left: Filter, right: Filter): Filter {
  return (env, input, out) => {
    left(env, input, out)
    right(env, input, out)
  }
}

/** The function is known before its body is compiled, so it may call itself. */
function define({ name, parameters, body }: Definition, scope: Scope, linker: Linker): CompiledFunction {
  const compiled: CompiledFunction = { parameters, depth: depthOf(scope), body: undefined }
  let inner = parameters.reduce<Scope>((at, parameter) => withSlot(at, 'closure', parameter.replace('$', '')), withFunction(scope, name, compiled))
  const values = parameters.flatMap((parameter, index) => (parameter.startsWith('$') ? [parameters.length - 1 - index] : []))
  for (const parameter of parameters) if (parameter.startsWith('$')) inner = withSlot(inner, 'variable', parameter)
  compiled.body = withValues(linker.compile(body, inner, linker), values, 0)
  return compiled
}

/** Parameters with `$` run their arguments before the body does; the first changes slowest. */
function withValues(body: Filter, distances: readonly number[], index: number): Filter {
  const distance = distances[index]
  if (distance === undefined) return body
  const rest = withValues(body, distances, index + 1)
  return (env, input, out) => {
    const { content } = outward(env, distance + index)
    if (content instanceof Closure) each(content.filter, [content.env, input.value], (value) => rest(extend(env, value), input, out))
  }
}
