import type { JsonArray, JsonValue } from '@oasgen/json'
import { getPathJq } from './access.js'
import { applyBinary } from './arithmetic.js'
import type { AssignOperator, BinaryOperator, Query } from './ast.js'
import { leavable } from './unwinding.js'
import { ROOT, computed, each, pathToJson, type Env, type Filter } from './filter.js'
import type { Linker } from './linker.js'
import { isTrue, tick, type Run } from './run.js'
import type { Scope } from './scope.js'
import { deletePaths, setPathJq } from './update.js'

type Assign = Extract<Query, { kind: 'assign' }>

export function compileAssign({ operator, left, right }: Assign, scope: Scope, linker: Linker): Filter {
  const [targets, values] = [linker.compile(left, scope, linker), linker.compile(right, scope, linker)]
  if (operator === '|=') return modify(targets, values)
  const combine = combination(operator)
  return (env, input, out) =>
    each(values, [env, input.value], (value) => {
      let result = input.value
      for (const path of pathsIn(targets, env, input.value)) result = setPathJq(env.run, result, [path, 0, (old) => combine(env.run, old, value)])
      out(computed(result, input))
    })
}

function combination(operator: Exclude<AssignOperator, '|='>): (run: Run, old: JsonValue, value: JsonValue) => JsonValue {
  if (operator === '=') return (_, __, value) => value
  if (operator === '//=') return (_, old, value) => (isTrue(old) ? old : value)
  const binary = operator.slice(0, -1) as BinaryOperator
  return (run, old, value) => applyBinary(run, binary, [old, value])
}

export function pathsIn(targets: Filter, env: Env, value: JsonValue): readonly JsonArray[] {
  const paths: JsonArray[] = []
  targets(env, { value, path: ROOT }, (item) => {
    tick(env.run)
    paths.push(pathToJson(item))
  })
  return paths
}

/** The first output is the new value; a target for which there is none is deleted. */
export function modify(targets: Filter, update: Filter): Filter {
  return (env, input, out) => {
    let result = input.value
    const deleted: JsonArray[] = []
    for (const path of pathsIn(targets, env, input.value)) {
      const next = firstOf(update, env, getPathJq(env.run, result, path))
      if (next === undefined) deleted.push(path)
      else result = setPathJq(env.run, result, [path, 0, () => next])
    }
    out(computed(deletePaths(env.run, result, deleted), input))
  }
}

function firstOf(filter: Filter, env: Env, value: JsonValue): JsonValue | undefined {
  let first: JsonValue | undefined
  leavable(env, (leave) => each(filter, [env, value], (found) => {
    first = found
    throw leave
  }))
  return first
}
