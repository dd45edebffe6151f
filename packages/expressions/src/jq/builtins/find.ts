import { DATE_FUNCTIONS } from './dates.js'
import { FORMAT_FUNCTIONS } from './formats.js'
import { MATH_FUNCTIONS } from './math.js'
import { PATH_FILTERS, PATH_VALUES } from './paths.js'
import { REGEX_FILTERS, REGEX_VALUES } from './regex.js'
import { SORTING_FILTERS, SORTING_VALUES } from './sorting.js'
import { STREAM_FUNCTIONS } from './streams.js'
import { STRING_FUNCTIONS } from './strings.js'
import type { FilterFunction, ValueFunction } from './table.js'
import { VALUE_FUNCTIONS } from './values.js'

export type Builtin = { readonly kind: 'value'; readonly apply: ValueFunction } | { readonly kind: 'filter'; readonly build: FilterFunction }

const VALUES: ReadonlyMap<string, ValueFunction> = new Map(
  [VALUE_FUNCTIONS, STRING_FUNCTIONS, REGEX_VALUES, FORMAT_FUNCTIONS, MATH_FUNCTIONS, DATE_FUNCTIONS, PATH_VALUES, SORTING_VALUES].flatMap(Object.entries<ValueFunction>),
)

const FILTERS: ReadonlyMap<string, FilterFunction> = new Map([STREAM_FUNCTIONS, PATH_FILTERS, REGEX_FILTERS, SORTING_FILTERS].flatMap(Object.entries<FilterFunction>))

export function findBuiltin(signature: string): Builtin | undefined {
  const apply = VALUES.get(signature)
  if (apply !== undefined) return { kind: 'value', apply }
  const build = FILTERS.get(signature)
  return build && { kind: 'filter', build }
}
