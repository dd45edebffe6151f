import type { JsonArray, JsonValue } from '@oasgen/json'
import { invalidPath } from './access.js'
import type { Leave, Run } from './run.js'

/** A compiled program or part of one: it calls `out` for every value that comes out. */
export type Filter = (env: Env, input: Item, out: Out) => void
export type Out = (item: Item) => void

/** A value on its way, and while somebody asks for paths, where in the input of `path(…)` it stands. */
export interface Item {
  readonly value: JsonValue
  readonly path: Path
}

/** `undefined` when nobody asks; `LOST` for a value that was computed, not found. */
export type Path = Step | undefined
export interface Step {
  readonly parent: Step | undefined
  readonly key: JsonValue
}

export const ROOT: Step = { parent: undefined, key: null }
export const LOST: Step = { parent: undefined, key: null }

export function computed(value: JsonValue, { path }: Item): Item {
  return { value, path: path === undefined ? undefined : LOST }
}

export function plain(value: JsonValue): Item {
  return { value, path: undefined }
}

/** One step further. @throws JqError when a computed value is entered while paths are asked for. */
export function stepInto({ value, path }: Item, key: JsonValue): Path {
  if (path === undefined) return undefined
  if (path === LOST) throw invalidPath(value)
  return { parent: path, key }
}

export function pathToJson({ value, path }: Item): JsonArray {
  if (path === LOST) throw invalidPath(value)
  const keys: JsonValue[] = []
  for (let at = path; at?.parent !== undefined; at = at.parent) keys.push(at.key)
  return keys.reverse()
}

/** Variables, closures and labels of the running program, innermost first; the compiler counts the way to each. */
export interface Env {
  readonly run: Run
  readonly content: JsonValue | Closure | Leave
  readonly next: Env | undefined
}

/** A filter that was given as an argument, with the variables of where it was written. */
export class Closure {
  readonly filter: Filter
  readonly env: Env
  constructor(filter: Filter, env: Env) {
    this.filter = filter
    this.env = env
  }
}

export function newEnv(run: Run): Env {
  return { run, content: null, next: undefined }
}

export function extend(env: Env, content: Env['content']): Env {
  return { run: env.run, content, next: env }
}

/** The environment `distance` slots further out. */
export function outward(env: Env, distance: number): Env {
  let current = env
  for (let left = distance; left > 0; left--) {
    if (current.next === undefined) throw new Error('the compiler counted a slot too many')
    current = current.next
  }
  return current
}

/** Runs a filter on a value without asking for paths. */
export function each(filter: Filter, [env, value]: readonly [Env, JsonValue], use: (value: JsonValue) => void): void {
  filter(env, plain(value), (item) => use(item.value))
}
