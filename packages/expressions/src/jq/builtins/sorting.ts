import { isArray, type JsonArray, type JsonValue } from '@oasgen/json'
import { valuesOf } from '../compile-terms.js'
import { computed, type Env, type Filter } from '../filter.js'
import { compareJq, sortByKey } from '../order.js'
import { describe, fail, type Run } from '../run.js'
import type { FilterFunction, ValueFunction } from './table.js'

interface Keyed {
  readonly key: JsonValue
  readonly item: JsonValue
}

type Arrangement = (run: Run, items: readonly Keyed[]) => JsonValue

const sorted: Arrangement = (run, items) => sortByKey(run, items).map(({ item }) => item)

const unique: Arrangement = (run, items) => groupsOf(run, items).map(([first]) => first?.item ?? null)

const grouped: Arrangement = (run, items) => groupsOf(run, items).map((group) => group.map(({ item }) => item))

function groupsOf(run: Run, items: readonly Keyed[]): Keyed[][] {
  const groups: Keyed[][] = []
  for (const entry of sortByKey(run, items)) {
    const group = groups.at(-1)
    const [leader] = group ?? []
    if (group !== undefined && leader !== undefined && compareJq(run, leader.key, entry.key) === 0) group.push(entry)
    else groups.push([entry])
  }
  return groups
}

/** The first of the smallest … */
const smallest: Arrangement = (run, items) => choose(items, (best, next) => compareJq(run, next.key, best.key) < 0)

/** … and the last of the largest. */
const largest: Arrangement = (run, items) => choose(items, (best, next) => compareJq(run, next.key, best.key) >= 0)

function choose(items: readonly Keyed[], better: (best: Keyed, next: Keyed) => boolean): JsonValue {
  const [first, ...rest] = items
  if (first === undefined) return null
  return rest.reduce((best, next) => (better(best, next) ? next : best), first).item
}

function itemsIn(value: JsonValue, doing: string): JsonArray {
  if (!isArray(value)) throw fail(`${describe(value)} cannot be ${doing}, as it is not an array`)
  return value
}

interface Kind {
  readonly arrange: Arrangement
  readonly doing: string
}

function bySelf({ arrange, doing }: Kind): ValueFunction {
  return (run, value) => arrange(run, itemsIn(value, doing).map((item) => ({ key: item, item })))
}

/** A key is the array of everything that the filter gives. */
function byFilter({ arrange, doing }: Kind): FilterFunction {
  return ([filter]) => (env, input, out) => {
    const keyed = itemsIn(input.value, doing).map((item) => ({ key: keyOf(filter, env, item), item }))
    out(computed(arrange(env.run, keyed), input))
  }
}

function keyOf(filter: Filter | undefined, env: Env, item: JsonValue): JsonValue {
  return filter === undefined ? [] : valuesOf(filter, env, item)
}

const SORT: Kind = { arrange: sorted, doing: 'sorted' }
const UNIQUE: Kind = { arrange: unique, doing: 'made unique' }
const GROUP: Kind = { arrange: grouped, doing: 'grouped' }
const MIN: Kind = { arrange: smallest, doing: 'searched for a minimum' }
const MAX: Kind = { arrange: largest, doing: 'searched for a maximum' }

export const SORTING_VALUES: Readonly<Record<string, ValueFunction>> = {
  'sort/0': bySelf(SORT),
  'unique/0': bySelf(UNIQUE),
  'min/0': bySelf(MIN),
  'max/0': bySelf(MAX),
}

export const SORTING_FILTERS: Readonly<Record<string, FilterFunction>> = {
  'sort_by/1': byFilter(SORT),
  'unique_by/1': byFilter(UNIQUE),
  'group_by/1': byFilter(GROUP),
  'min_by/1': byFilter(MIN),
  'max_by/1': byFilter(MAX),
}
