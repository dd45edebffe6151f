import type { JsonValue } from '@oasgen/json'
import { cannotIndex, getKey } from './access.js'
import type { Pattern, PatternMember, Query } from './ast.js'
import { computed, each, extend, outward, type Env, type Filter, type Item, type Out } from './filter.js'
import { JqSyntaxError } from './lexer.js'
import type { Linker } from './linker.js'
import { attempt, leavable } from './unwinding.js'
import { isTrue, tick } from './run.js'
import { distanceTo, withSlot, type Scope } from './scope.js'

type Of<K extends Query['kind']> = Extract<Query, { kind: K }>

export function compileIf({ branches, otherwise }: Of<'if'>, scope: Scope, linker: Linker): Filter {
  const last: Filter = otherwise === undefined ? (_, input, out) => out(input) : linker.compile(otherwise, scope, linker)
  return branches.reduceRight<Filter>((rest, { condition, body }) => {
    const [conditions, chosen] = [linker.compile(condition, scope, linker), linker.compile(body, scope, linker)]
    return (env, input, out) => {
      tick(env.run)
      each(conditions, [env, input.value], (value) => (isTrue(value) ? chosen : rest)(env, input, out))
    }
  }, last)
}

export function compileLogic({ kind, left, right }: Of<'and' | 'or'>, scope: Scope, linker: Linker): Filter {
  const [lefts, rights] = [linker.compile(left, scope, linker), linker.compile(right, scope, linker)]
  const decisive = kind === 'or'
  return (env, input, out) =>
    each(lefts, [env, input.value], (a) => {
      if (isTrue(a) === decisive) out(computed(decisive, input))
      else each(rights, [env, input.value], (b) => out(computed(isTrue(b), input)))
    })
}

export function compileTry({ body, handler }: Of<'try'>, scope: Scope, linker: Linker): Filter {
  const tried = linker.compile(body, scope, linker)
  const handle = handler && linker.compile(handler, scope, linker)
  return (env, input, out) => {
    tick(env.run)
    const error = attempt((passOn) => tried(env, input, passOn), env, out)
    if (error !== undefined && handle !== undefined) handle(env, computed(error.value, input), out)
  }
}

/** What is true on the left; when nothing is, the right. */
export function compileAlternative({ left, right }: Of<'alternative'>, scope: Scope, linker: Linker): Filter {
  const [lefts, rights] = [linker.compile(left, scope, linker), linker.compile(right, scope, linker)]
  return (env, input, out) => {
    tick(env.run)
    let found = false
    lefts(env, input, (item) => {
      if (!isTrue(item.value)) return
      found = true
      out(item)
    })
    if (!found) rights(env, input, out)
  }
}

export function compileReduce({ source, pattern, init, update }: Of<'reduce'>, scope: Scope, linker: Linker): Filter {
  const [sources, inits] = [linker.compile(source, scope, linker), linker.compile(init, scope, linker)]
  const bound = compilePattern(pattern, scope, linker)
  const updates = linker.compile(update, bound.scope, linker)
  return (env, input, out) =>
    inits(env, input, (initial) => {
      let state = initial
      each(sources, [env, input.value], (value) => bound.bind(env, value, (inner) => {
        tick(env.run)
        const before = state
        updates(inner, before, (item) => {
          state = item
        })
      }))
      out(state)
    })
}

export function compileForeach({ source, pattern, init, update, extract }: Of<'foreach'>, scope: Scope, linker: Linker): Filter {
  const [sources, inits] = [linker.compile(source, scope, linker), linker.compile(init, scope, linker)]
  const bound = compilePattern(pattern, scope, linker)
  const updates = linker.compile(update, bound.scope, linker)
  const extracts = extract && linker.compile(extract, bound.scope, linker)
  return (env, input, out) =>
    inits(env, input, (initial) => {
      let state = initial
      each(sources, [env, input.value], (value) => bound.bind(env, value, (inner) => {
        tick(env.run)
        updates(inner, state, (item) => {
          state = item
          if (extracts === undefined) out(item)
          else extracts(inner, item, out)
        })
      }))
    })
}

/** With alternatives, an error under one pattern goes on to the next; variables of the others are null. */
export function compileBind({ source, patterns, body }: Of<'bind'>, scope: Scope, linker: Linker): Filter {
  const sources = linker.compile(source, scope, linker)
  const names = patterns.length > 1 ? [...new Set(patterns.flatMap(variablesOf))] : []
  const outer = names.reduce<Scope>((inner, name) => withSlot(inner, 'variable', name), scope)
  const bodies = patterns.map((pattern) => bindBody(pattern, [body, outer], linker))
  return (env, input, out) =>
    each(sources, [env, input.value], (value) => {
      tick(env.run)
      const inner = names.reduce((at) => extend(at, null), env)
      for (const [index, run] of bodies.entries()) {
        const last = index === bodies.length - 1
        if (last) run(inner, [value, input], out)
        else if (attempt((passOn) => run(inner, [value, input], passOn), env, out) === undefined) return
      }
    })
}

type BoundBody = (env: Env, values: readonly [bound: JsonValue, input: Item], out: Out) => void

function bindBody(pattern: Pattern, [body, scope]: readonly [Query, Scope], linker: Linker): BoundBody {
  const bound = compilePattern(pattern, scope, linker)
  const run = linker.compile(body, bound.scope, linker)
  return (env, [value, input], out) => bound.bind(env, value, (inner) => run(inner, input, out))
}

function variablesOf(pattern: Pattern): readonly string[] {
  switch (pattern.kind) {
    case 'variable':
      return [pattern.name]
    case 'array':
      return pattern.items.flatMap(variablesOf)
    case 'object':
      return pattern.members.flatMap(({ variable, pattern: inner }) => [...(variable === undefined ? [] : [variable]), ...(inner ? variablesOf(inner) : [])])
  }
}

/** Binds the variables of a pattern one after the other, so that later keys may use earlier ones. */
interface CompiledPattern {
  readonly scope: Scope
  readonly bind: Bind
}
type Bind = (env: Env, value: JsonValue, then: (env: Env) => void) => void

function compilePattern(pattern: Pattern, scope: Scope, linker: Linker): CompiledPattern {
  switch (pattern.kind) {
    case 'variable':
      return { scope: withSlot(scope, 'variable', pattern.name), bind: (env, value, then) => then(extend(env, value)) }
    case 'array':
      return pattern.items.reduce<CompiledPattern>((before, item, index) => inSequence(before, ({ scope: at }) => {
        const inner = compilePattern(item, at, linker)
        return { scope: inner.scope, bind: (env, value, then) => inner.bind(env, destructured(env, value, index), then) }
      }), { scope, bind: (env, _, then) => then(env) })
    case 'object':
      return pattern.members.reduce<CompiledPattern>((before, member) => inSequence(before, ({ scope: at }) => compileMember(member, at, linker)), { scope, bind: (env, _, then) => then(env) })
  }
}

/** Texts have characters, but no pattern takes them apart. */
function destructured({ run }: Env, value: JsonValue, index: number): JsonValue {
  if (typeof value === 'string') throw cannotIndex(value, index)
  return getKey(run, value, index)
}

function inSequence(before: CompiledPattern, next: (before: CompiledPattern) => CompiledPattern): CompiledPattern {
  const after = next(before)
  return { scope: after.scope, bind: (env, value, then) => before.bind(env, value, (inner) => after.bind(inner, value, then)) }
}

function compileMember({ key, variable, pattern }: PatternMember, scope: Scope, linker: Linker): CompiledPattern {
  const keys = linker.compile(key, scope, linker)
  const own = variable === undefined ? scope : withSlot(scope, 'variable', variable)
  const inner = pattern && compilePattern(pattern, own, linker)
  return {
    scope: inner?.scope ?? own,
    bind: (env, value, then) => each(keys, [env, value], (name) => {
      const found = getKey(env.run, value, name)
      const bound = variable === undefined ? env : extend(env, found)
      if (inner === undefined) then(bound)
      else inner.bind(bound, found, then)
    }),
  }
}

export function compileLabel({ name, body }: Of<'label'>, scope: Scope, linker: Linker): Filter {
  const labelled = linker.compile(body, withSlot(scope, 'label', name), linker)
  return (env, input, out) => leavable(env, (leave) => labelled(extend(env, leave), input, out))
}

export function compileBreak({ name, at }: Of<'break'>, scope: Scope): Filter {
  const distance = distanceTo(scope, 'label', name)
  if (distance === undefined) throw new JqSyntaxError(`there is no label ${name} around this break`, at)
  return (env) => {
    throw outward(env, distance).content
  }
}

