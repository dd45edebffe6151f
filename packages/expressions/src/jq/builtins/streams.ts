import { Sealed, isArray, isNumber, isObject, type JsonNumber, type JsonValue } from '@oasgen/json'
import { itemsOf } from '../access.js'
import { add, applyBinary } from '../arithmetic.js'
import { leavable } from '../unwinding.js'
import { computed, each, stepInto, type Env, type Filter, type Item, type Out } from '../filter.js'
import { compareJq } from '../order.js'
import { JqError, describe, fail, isTrue, tick, typeOf, type Run } from '../run.js'
import type { FilterFunction } from './table.js'

/** `..`: the value, then everything in it. Secrets are leaves. */
export function recurseAll({ run }: Env, input: Item, out: Out): void {
  const waiting = [input]
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    tick(run)
    out(item)
    const { value } = item
    if (value instanceof Sealed || (!isArray(value) && !isObject(value))) continue
    const from = item
    for (const [child, key] of itemsOf(value).toReversed()) waiting.push({ value: child, path: stepInto(from, key) })
  }
}

/** What a walk has still to do: look at a value, give one out, or fail as the filter did at this place. */
type Task =
  | { readonly kind: 'visit' | 'emit'; readonly item: Item }
  | { readonly kind: 'throw'; readonly error: unknown }

/** Walks without recursion, so that long chains do not need a deep stack. A visit says what follows, in order. */
function walk({ run }: Env, start: Item, { visit, out }: { readonly visit: (item: Item, add: (kind: 'visit' | 'emit', item: Item) => void) => void; readonly out: Out }): void {
  const waiting: Task[] = [{ kind: 'visit', item: start }]
  for (let task = waiting.pop(); task !== undefined; task = waiting.pop()) {
    tick(run)
    if (task.kind === 'throw') throw task.error
    if (task.kind === 'emit') out(task.item)
    else waiting.push(...followUps(task.item, visit).reverse())
  }
}

function followUps(item: Item, visit: (item: Item, add: (kind: 'visit' | 'emit', item: Item) => void) => void): Task[] {
  const tasks: Task[] = []
  try {
    visit(item, (kind, next) => tasks.push({ kind, item: next }))
  } catch (error) {
    tasks.push({ kind: 'throw', error })
  }
  return tasks
}

const recurse: FilterFunction = ([next]) => (env, input, out) =>
  walk(env, input, {
    out,
    visit: (item, add) => {
      add('emit', item)
      next?.(env, item, (found) => add('visit', found))
    },
  })

const recurseWhile: FilterFunction = ([next, condition]) => (env, input, out) =>
  walk(env, input, {
    out,
    visit: (item, add) => {
      add('emit', item)
      next?.(env, item, (found) => condition && each(condition, [env, found.value], (value) => isTrue(value) && add('visit', found)))
    },
  })

const whileTrue: FilterFunction = ([condition, next]) => (env, input, out) =>
  walk(env, input, {
    out,
    visit: (item, add) => condition && each(condition, [env, item.value], (value) => {
      if (!isTrue(value)) return
      add('emit', item)
      next?.(env, item, (found) => add('visit', found))
    }),
  })

const until: FilterFunction = ([condition, next]) => (env, input, out) =>
  walk(env, input, {
    out,
    visit: (item, add) => condition && each(condition, [env, item.value], (value) => {
      if (isTrue(value)) add('emit', item)
      else next?.(env, item, (found) => add('visit', found))
    }),
  })

/** The filter on the same input, again and again: `limit` or an error ends it. */
const repeat: FilterFunction = ([filter]) => (env, input, out) => {
  for (;;) {
    tick(env.run)
    filter?.(env, input, out)
  }
}

/** Bounds change as arguments of functions written in jq do: the first slowest. */
const range: FilterFunction = (args) => (env, input, out) => {
  const [from, to, by] = args.length === 1 ? [undefined, args[0], undefined] : args
  const bound = (filter: Filter | undefined, otherwise: number, use: (value: JsonNumber) => void): void => {
    if (filter === undefined) use(otherwise)
    else each(filter, [env, input.value], (value) => use(numericBound(value)))
  }
  bound(from, 0, (start) => bound(to, 0, (end) => bound(by, 1, (stride) => count(env.run, [start, end, stride], (value) => out(computed(value, input))))))
}

function numericBound(value: JsonValue): JsonNumber {
  if (!isNumber(value)) throw fail(`Range bounds must be numeric, not ${describe(value)}`)
  return value
}

function count(run: Run, [start, end, stride]: readonly [JsonNumber, JsonNumber, JsonNumber], use: (value: JsonValue) => void): void {
  const direction = compareJq(run, stride, 0)
  const goesOn = (value: JsonValue): boolean => (direction > 0 ? compareJq(run, value, end) < 0 : direction < 0 && compareJq(run, value, end) > 0)
  for (let value: JsonValue = start; goesOn(value); value = applyBinary(run, '+', [value, stride])) {
    tick(run)
    use(value)
  }
}

const first: FilterFunction = ([filter]) => (env, input, out) => {
  const found = firstItem(filter, env, input)
  if (found !== undefined) out(found)
}

function firstItem(filter: Filter | undefined, env: Env, input: Item): Item | undefined {
  let found: Item | undefined
  leavable(env, (leave) => filter?.(env, input, (item) => {
    found = item
    throw leave
  }))
  return found
}

const last: FilterFunction = ([filter]) => (env, input, out) => {
  let found: Item | undefined
  filter?.(env, input, (item) => {
    tick(env.run)
    found = item
  })
  if (found !== undefined) out(found)
}

const limit: FilterFunction = ([counts, filter]) => (env, input, out) =>
  counts && each(counts, [env, input.value], (wanted) => {
    let left = countOf(wanted, 'limit')
    if (left > 0) leavable(env, (leave) => filter?.(env, input, (item) => {
      left -= 1
      out(item)
      if (left <= 0) throw leave
    }))
  })

function countOf(value: JsonValue, name: string): number {
  if (!isNumber(value)) throw fail(`${name}: ${describe(value)} is no count`)
  if (Number(value) < 0) throw fail(`${name} doesn't support negative count`)
  return Number(value)
}

const skip: FilterFunction = ([counts, filter]) => (env, input, out) =>
  counts && each(counts, [env, input.value], (wanted) => {
    let left = countOf(wanted, 'skip')
    filter?.(env, input, (item) => {
      tick(env.run)
      if (left > 0) left -= 1
      else out(item)
    })
  })

const nth: FilterFunction = ([indices, filter]) => (env, input, out) =>
  indices && each(indices, [env, input.value], (index) => {
    let left = countOf(index, 'nth')
    let found: Item | undefined
    leavable(env, (leave) => filter?.(env, input, (item) => {
      tick(env.run)
      if (left-- >= 1) return
      found = item
      throw leave
    }))
    if (found !== undefined) out(found)
  })

const isEmpty: FilterFunction = ([filter]) => (env, input, out) => out(computed(firstItem(filter, env, { value: input.value, path: undefined }) === undefined, input))

/** `any` and `all` look no further than they must. */
function quantifier(decisive: boolean): FilterFunction {
  return (args) => (env, input, out) => {
    const [generator, condition] = args.length === 1 ? [eachItem, args[0]] : args
    let result = !decisive
    leavable(env, (leave) => generator && each(generator, [env, input.value], (item) => condition && each(condition, [env, item], (value) => {
      tick(env.run)
      if (isTrue(value) !== decisive) return
      result = decisive
      throw leave
    })))
    out(computed(result, input))
  }
}

function eachItem(_: Env, { value }: Item, out: Out): void {
  for (const [item] of itemsOf(value)) out({ value: item, path: undefined })
}

const addAll: FilterFunction = ([filter]) => (env, input, out) => {
  let sum: JsonValue = null
  if (filter) each(filter, [env, input.value], (value) => {
    tick(env.run)
    sum = add(env.run, sum, value)
  })
  out(computed(sum, input))
}

const failWith: FilterFunction = ([messages]) => (env, input) => {
  if (messages) each(messages, [env, input.value], (value) => {
    throw new JqError(value)
  })
}

const failWithInput: FilterFunction = () => (_, input) => {
  throw new JqError(input.value)
}

const select: FilterFunction = ([condition]) => (env, input, out) => {
  tick(env.run)
  if (condition) each(condition, [env, input.value], (value) => {
    if (isTrue(value)) out(input)
  })
}

function only(accepts: (value: JsonValue) => boolean): FilterFunction {
  return () => (env, input, out) => {
    tick(env.run)
    if (accepts(input.value)) out(input)
  }
}

function ofType(...types: readonly string[]): FilterFunction {
  return only((value) => types.includes(typeOf(value)))
}

const map: FilterFunction = ([filter]) => (env, input, out) => {
  const items: JsonValue[] = []
  for (const [item] of itemsOf(input.value)) {
    tick(env.run)
    if (filter) each(filter, [env, item], (value) => {
      tick(env.run)
      items.push(value)
    })
  }
  out(computed(items, input))
}

export const STREAM_FUNCTIONS: Readonly<Record<string, FilterFunction>> = {
  'empty/0': () => () => undefined,
  'recurse/0': () => recurseAll,
  'recurse/1': recurse,
  'recurse/2': recurseWhile,
  'repeat/1': repeat,
  'while/2': whileTrue,
  'until/2': until,
  'range/1': range,
  'range/2': range,
  'range/3': range,
  'first/1': first,
  'last/1': last,
  'limit/2': limit,
  'skip/2': skip,
  'nth/2': nth,
  'isempty/1': isEmpty,
  'any/1': quantifier(true),
  'any/2': quantifier(true),
  'all/1': quantifier(false),
  'all/2': quantifier(false),
  'add/1': addAll,
  'error/0': failWithInput,
  'error/1': failWith,
  'select/1': select,
  'map/1': map,
  'values/0': only((value) => value !== null),
  'nulls/0': only((value) => value === null),
  'booleans/0': ofType('boolean'),
  'numbers/0': ofType('number'),
  'strings/0': ofType('string'),
  'arrays/0': ofType('array'),
  'objects/0': ofType('object'),
  'iterables/0': ofType('array', 'object'),
  'scalars/0': ofType('null', 'boolean', 'number', 'string'),
}
