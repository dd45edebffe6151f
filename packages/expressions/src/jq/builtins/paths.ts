import { isArray, isObject, type JsonArray, type JsonValue } from '@oasgen/json'
import { getPathJq, itemsOf, pathOf } from '../access.js'
import { modify, pathsIn } from '../compile-assign.js'
import { iterate } from '../compile-terms.js'
import { ROOT, computed, each, pathToJson, stepInto, type Filter, type Item } from '../filter.js'
import { fail, tick, typeOf } from '../run.js'
import { deletePaths, setPathJq } from '../update.js'
import type { FilterFunction, ValueFunction } from './table.js'

const path: FilterFunction = ([filter]) => (env, input, out) => filter?.(env, { value: input.value, path: ROOT }, (item) => out(computed(pathToJson(item), input)))

/** Also a path expression: `getpath(["a"]) |= …`. */
const getPath: FilterFunction = ([paths]) => (env, input, out) =>
  paths && each(paths, [env, input.value], (keys) => {
    tick(env.run)
    const list = pathOf(keys)
    const value = getPathJq(env.run, input.value, list)
    const end = list.reduce<Item>((item, key) => ({ value: null, path: stepInto(item, key) }), input)
    out({ value, path: end.path })
  })

const remove: FilterFunction = ([targets]) => (env, input, out) => {
  const paths = targets === undefined ? [] : pathsIn(targets, env, input.value)
  out(computed(deletePaths(env.run, input.value, paths), input))
}

/** What the paths lead to, and nothing else. */
const pick: FilterFunction = ([targets]) => (env, input, out) => {
  let result: JsonValue = null
  for (const found of targets === undefined ? [] : pathsIn(targets, env, input.value)) {
    const value = getPathJq(env.run, input.value, found)
    result = setPathJq(env.run, result, [found, 0, () => value])
  }
  out(computed(result, input))
}

const mapValues: FilterFunction = ([update]) => modify(iterate, update ?? nothing)

const nothing: Filter = () => undefined

const setPath: ValueFunction = (run, input, [keys = null, value = null]) => setPathJq(run, input, [pathOf(keys), 0, () => value])

const deleteAll: ValueFunction = (run, input, [paths = null]) => deletePaths(run, input, paths)

/** `[path, leaf]` for every leaf, `[path]` behind the last of each container. */
const toStream: FilterFunction = () => (env, input, out) => {
  const give = (value: JsonArray): void => {
    tick(env.run)
    out(computed(value, input))
  }
  const visit = (value: JsonValue, at: JsonArray): void => {
    const children = isArray(value) || isObject(value) ? itemsOf(value) : []
    for (const [child, key] of children) visit(child, [...at, key])
    const end = children.at(-1)
    give(end === undefined ? [at, value] : [[...at, end[1]]])
  }
  visit(input.value, [])
}

/** Puts values together again from events of `tostream`. */
const fromStream: FilterFunction = ([events]) => (env, input, out) => {
  let built: JsonValue | undefined
  if (events) each(events, [env, input.value], (event) => {
    tick(env.run)
    if (!isArray(event) || !isArray(event[0] ?? null)) throw fail('Invalid streaming format')
    const at = event[0] as JsonArray
    const leaf = event[1]
    if (leaf !== undefined) built = setPathJq(env.run, built ?? null, [at, 0, () => leaf])
    if (leaf === undefined ? at.length > 1 : at.length > 0) return
    if (built !== undefined) out(computed(built, input))
    built = undefined
  })
}

const toEntries: ValueFunction = (_, value) => {
  if (typeOf(value) !== 'object' && typeOf(value) !== 'array') throw fail(`${typeOf(value)} has no keys`)
  return itemsOf(value).map(([item, key]) => ({ key, value: item }))
}

export const PATH_FILTERS: Readonly<Record<string, FilterFunction>> = {
  'path/1': path,
  'getpath/1': getPath,
  'del/1': remove,
  'pick/1': pick,
  'map_values/1': mapValues,
  'tostream/0': toStream,
  'fromstream/1': fromStream,
}

export const PATH_VALUES: Readonly<Record<string, ValueFunction>> = {
  'setpath/2': setPath,
  'delpaths/1': deleteAll,
  'to_entries/0': toEntries,
}
