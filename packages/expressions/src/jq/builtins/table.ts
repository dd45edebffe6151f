import type { JsonValue } from '@oasgen/json'
import type { Filter } from '../filter.js'
import type { Run } from '../run.js'

/** A function of values: one result for an input and one value per argument. */
export type ValueFunction = (run: Run, input: JsonValue, args: readonly JsonValue[]) => JsonValue

/** A function of filters: it decides itself when and on what its arguments run. */
export type FilterFunction = (args: readonly Filter[]) => Filter
