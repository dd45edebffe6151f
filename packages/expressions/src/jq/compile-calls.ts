import type { JsonValue } from '@oasgen/json'
import type { Query } from './ast.js'
import { findBuiltin, type Builtin } from './builtins/find.js'
import { REFUSED } from './builtins/refused.js'
import type { ValueFunction } from './builtins/table.js'
import { Closure, computed, each, extend, outward, type Env, type Filter } from './filter.js'
import { JqRefusal, JqSyntaxError } from './lexer.js'
import type { Linker } from './linker.js'
import { parseStandard } from './standard.js'
import { enter, tick } from './run.js'
import { depthOf, distanceTo, findCallable, type CompiledFunction, type Scope } from './scope.js'

type Call = Extract<Query, { kind: 'call' }>

export function compileCall(call: Call, scope: Scope, linker: Linker): Filter {
  const { name, args, at } = call
  const callable = findCallable(scope, name, args.length)
  if (callable?.kind === 'closure') return callClosure(callable.distance)
  if (callable !== undefined) return callFunction(callable.compiled, { distance: callable.distance, args: args.map((arg) => compileArgument(arg, scope, linker)) })
  const refusal = REFUSED.get(name)
  if (refusal !== undefined) throw new JqRefusal(name, refusal, at)
  const builtin = findBuiltin(`${name}/${args.length}`)
  if (builtin !== undefined) return callBuiltin(builtin, args.map((arg) => linker.compile(arg, scope, linker)))
  const standard = standardFunction(`${name}/${args.length}`, linker)
  if (standard === undefined) throw new JqSyntaxError(`there is no function ${name}/${args.length}`, at)
  return callFunction(standard, { distance: depthOf(scope), args: args.map((arg) => compileArgument(arg, scope, linker)) })
}

function callClosure(distance: number): Filter {
  return (env, input, out) => {
    tick(env.run)
    const { content } = outward(env, distance)
    if (content instanceof Closure) content.filter(content.env, input, out)
  }
}

/** An argument that is itself a parameter is handed on as it is, so that recursion does not pile closures on closures. */
type Argument = (env: Env) => Env['content']

function compileArgument(arg: Query, scope: Scope, linker: Linker): Argument {
  if (arg.kind === 'call' && arg.args.length === 0) {
    const callable = findCallable(scope, arg.name, 0)
    if (callable?.kind === 'closure') return (env) => outward(env, callable.distance).content
  }
  const filter = linker.compile(arg, scope, linker)
  return (env) => new Closure(filter, env)
}

function callFunction(compiled: CompiledFunction, { distance, args }: { readonly distance: number; readonly args: readonly Argument[] }): Filter {
  return (env, input, out) => {
    const { run } = env
    tick(run)
    let inner = outward(env, distance)
    for (const arg of args) inner = extend(inner, arg(env))
    enter(run)
    compiled.body?.(inner, input, out)
    run.depth -= 1
  }
}

function callBuiltin(builtin: Builtin, args: readonly Filter[]): Filter {
  return builtin.kind === 'filter' ? builtin.build(args) : callValue(builtin.apply, args)
}

/** One result per combination of arguments; the last argument changes slowest, as in jq. */
function callValue(apply: ValueFunction, args: readonly Filter[]): Filter {
  if (args.length === 0) {
    return (env, input, out) => {
      tick(env.run)
      out(computed(apply(env.run, input.value, []), input))
    }
  }
  return (env, input, out) => {
    tick(env.run)
    combine(args, [env, input.value, []], (values) => out(computed(apply(env.run, input.value, values), input)))
  }
}

function combine(args: readonly Filter[], [env, value, later]: readonly [Env, JsonValue, readonly JsonValue[]], use: (values: readonly JsonValue[]) => void): void {
  const next = args[args.length - 1 - later.length]
  if (next === undefined) use(later)
  else each(next, [env, value], (found) => combine(args, [env, value, [found, ...later]], use))
}

/** Functions that are themselves written in jq, compiled when first needed. They stand outside of every variable. */
function standardFunction(signature: string, linker: Linker): CompiledFunction | undefined {
  const known = linker.standard.get(signature)
  if (known !== undefined) return known
  const definition = parseStandard(signature)
  if (definition === undefined) return undefined
  const compiled = linker.define(definition, undefined, linker)
  linker.standard.set(signature, compiled)
  return compiled
}

export function compileVariable({ name, at }: Extract<Query, { kind: 'variable' }>, scope: Scope): Filter {
  const distance = distanceTo(scope, 'variable', name)
  if (distance === undefined) {
    const refusal = REFUSED.get(name)
    if (refusal !== undefined) throw new JqRefusal(name, refusal, at)
    throw new JqSyntaxError(`there is no variable ${name}`, at)
  }
  return (env, input, out) => {
    tick(env.run)
    out(computed(outward(env, distance).content as JsonValue, input))
  }
}
