import { isArray, putMember, type JsonValue, type Members } from '@oasgen/json'
import { getKey, getSlice, itemsOf, type Bounds } from './access.js'
import { applyBinary, chargeText, negate } from './arithmetic.js'
import type { Query } from './ast.js'
import { findFormat } from './builtins/formats.js'
import { computed, each, plain, stepInto, type Env, type Filter, type Item, type Out } from './filter.js'
import { JqSyntaxError } from './lexer.js'
import type { Linker } from './linker.js'
import { describe, fail, tick, type Run } from './run.js'
import type { Scope } from './scope.js'
import { attempt } from './unwinding.js'

type Of<K extends Query['kind']> = Extract<Query, { kind: K }>

export function compileIndex({ of, key, optional }: Of<'index'>, scope: Scope, linker: Linker): Filter {
  const from = linker.compile(of, scope, linker)
  if (key.kind === 'literal') return behind(of, from, forgiving(optional, member(key.value)))
  const keys = linker.compile(key, scope, linker)
  return (env, input, out) => each(keys, [env, input.value], (found) => from(env, input, (item) => forgiving(optional, member(found))(env, item, out)))
}

function behind(of: Query, left: Filter, right: Filter): Filter {
  return of.kind === 'identity' ? right : (env, input, out) => left(env, input, (item) => right(env, item, out))
}

/** With `?`, a value that cannot be entered gives nothing. */
function forgiving(optional: boolean, suffix: Filter): Filter {
  return optional ? (env, input, out) => void attempt((passOn) => suffix(env, input, passOn), env, out) : suffix
}

function member(key: JsonValue): Filter {
  return ({ run }, input, out) => {
    tick(run)
    const path = stepInto(input, key)
    out({ value: getKey(run, input.value, key), path })
  }
}

/** The start changes slowest, as in jq. */
export function compileSlice({ of, from, to, optional }: Of<'slice'>, scope: Scope, linker: Linker): Filter {
  const source = linker.compile(of, scope, linker)
  const starts = from === undefined ? absent : linker.compile(from, scope, linker)
  const ends = to === undefined ? absent : linker.compile(to, scope, linker)
  return (env, input, out) =>
    each(starts, [env, input.value], (start) =>
      each(ends, [env, input.value], (end) =>
        source(env, input, (item) => forgiving(optional, part([start, end]))(env, item, out))))
}

function part([start, end]: Bounds): Filter {
  return ({ run }, input, out) => {
    const path = stepInto(input, { start, end })
    out({ value: getSlice(run, input.value, [start, end]), path })
  }
}

function absent(_: Env, input: Item, out: Out): void {
  out(computed(null, input))
}

export function compileIterate({ of, optional }: Of<'iterate'>, scope: Scope, linker: Linker): Filter {
  return behind(of, linker.compile(of, scope, linker), forgiving(optional, iterate))
}

export function iterate({ run }: Env, input: Item, out: Out): void {
  const { value, path } = input
  if (path === undefined && isArray(value)) {
    for (const item of value) {
      tick(run)
      out(plain(item))
    }
    return
  }
  for (const [item, key] of itemsOf(value)) {
    tick(run)
    out({ value: item, path: stepInto(input, key) })
  }
}

export function compileArray({ body }: Of<'array'>, scope: Scope, linker: Linker): Filter {
  if (body === undefined) return (_, input, out) => out(computed([], input))
  return collect(linker.compile(body, scope, linker))
}

/** `[body]`. */
export function collect(body: Filter): Filter {
  return (env, input, out) => out(computed(valuesOf(body, env, input.value), input))
}

export function valuesOf(filter: Filter, env: Env, value: JsonValue): JsonValue[] {
  const items: JsonValue[] = []
  each(filter, [env, value], (item) => {
    tick(env.run)
    items.push(item)
  })
  return items
}

interface CompiledEntry {
  readonly key: Filter
  readonly value: Filter
}

/** One object per combination of what keys and values give; the first member changes slowest. */
export function compileObject({ entries }: Of<'object'>, scope: Scope, linker: Linker): Filter {
  const compiled = entries.map(({ key, value }): CompiledEntry => ({ key: linker.compile(key, scope, linker), value: linker.compile(value, scope, linker) }))
  return (env, input, out) => {
    tick(env.run)
    addEntries(compiled, [env, input.value, []], (pairs) => out(computed(objectOf(pairs), input)))
  }
}

type Pairs = readonly (readonly [string, JsonValue])[]

function addEntries(entries: readonly CompiledEntry[], [env, value, pairs]: readonly [Env, JsonValue, Pairs], use: (pairs: Pairs) => void): void {
  const next = entries[pairs.length]
  if (next === undefined) {
    use(pairs)
    return
  }
  each(next.key, [env, value], (key) => {
    if (typeof key !== 'string') throw fail(`Cannot use ${describe(key)} as object key`)
    each(next.value, [env, value], (item) => addEntries(entries, [env, value, [...pairs, [key, item]]], use))
  })
}

function objectOf(pairs: Pairs): Members {
  const object: Members = {}
  for (const [key, value] of pairs) putMember(object, key, value)
  return object
}

export function compileNegate({ of }: Of<'negate'>, scope: Scope, linker: Linker): Filter {
  const operand = linker.compile(of, scope, linker)
  return (env, input, out) => each(operand, [env, input.value], (value) => out(computed(negate(value), input)))
}

/** The right side changes slowest, as in jq. */
export function compileBinary({ operator, left, right }: Of<'binary'>, scope: Scope, linker: Linker): Filter {
  const [lefts, rights] = [linker.compile(left, scope, linker), linker.compile(right, scope, linker)]
  return (env, input, out) => {
    tick(env.run)
    each(rights, [env, input.value], (b) => each(lefts, [env, input.value], (a) => out(computed(applyBinary(env.run, operator, [a, b]), input))))
  }
}

export function compileFormat({ name, at }: Of<'format'>): Filter {
  const format = formatNamed(name, at)
  return (env, input, out) => out(computed(format(env.run, input.value), input))
}

function formatNamed(name: string, at: number): ReturnType<typeof findFormat> & object {
  const format = findFormat(name)
  if (format === undefined) throw new JqSyntaxError(`${name} is no format`, at)
  return format
}

/** What is put in later changes slowest, as in jq. */
export function compileText({ parts, format, at }: Of<'text'>, scope: Scope, linker: Linker): Filter {
  const print = formatNamed(format ?? '@text', at)
  const compiled = parts.map((part) => (typeof part === 'string' ? part : linker.compile(part, scope, linker)))
  return (env, input, out) => {
    const fill = (index: number, text: string): void => {
      const part = compiled[index]
      if (part === undefined) out(computed(text, input))
      else if (typeof part === 'string') fill(index - 1, joined(env.run, part, text))
      else each(part, [env, input.value], (value) => fill(index - 1, joined(env.run, print(env.run, value), text)))
    }
    fill(compiled.length - 1, '')
  }
}

function joined(run: Run, left: string, right: string): string {
  chargeText(run, left.length + right.length)
  return left + right
}
