import type { CelValue } from '../values.js'

/** A function by its runtime behaviour: it looks at its arguments and answers an error value where they do not fit. */
export type CelFunction = (...args: readonly CelValue[]) => CelValue

export type FunctionTable = Readonly<Record<string, CelFunction>>
