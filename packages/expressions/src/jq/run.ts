import { MASK, Sealed, isArray, isNumber, type JsonValue } from '@oasgen/json'
import { printShort } from './print.js'

/** One evaluation: what it may still spend, and how deep it stands. */
export interface Run {
  readonly budget: number
  steps: number
  depth: number
  /** Compiled patterns of this run by text and flags. */
  readonly patterns: Map<string, unknown>
}

/** Calls of functions that may nest; every level takes some of the machine's stack. */
const MAX_CALLS = 400

/** `error(…)` and everything that fails inside; `try` catches it. */
export class JqError extends Error {
  readonly value: JsonValue
  constructor(value: JsonValue) {
    super(typeof value === 'string' ? value : printShort(value))
    this.value = value
  }
}

/** Ends the evaluation whatever is around it: a budget is spent, or a secret would be read. */
export class Halt extends Error {
  readonly reason: 'budget' | 'sealed'
  constructor(reason: 'budget' | 'sealed', message: string) {
    super(message)
    this.reason = reason
  }
}

/** Unwinds to the `label` (or `first`, `limit` …) that made it. */
export class Leave {
  readonly name = 'Leave'
}

export function tick(run: Run): void {
  if (++run.steps > run.budget) throw spent(run)
}

/** Work that grows with its values costs by their size. */
export function charge(run: Run, units: number): void {
  run.steps += Math.ceil(units)
  if (run.steps > run.budget) throw spent(run)
}

function spent(run: Run): Halt {
  return new Halt('budget', `the program needs more than ${run.budget} steps`)
}

export function enter(run: Run): void {
  if (++run.depth > MAX_CALLS) throw new Halt('budget', `functions call each other more than ${MAX_CALLS} levels deep`)
}

export function sealedRead(): Halt {
  return new Halt('sealed', 'a secret may be passed on and not read')
}

export type TypeName = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** The type of a value; a secret does not tell its own. */
export function typeOf(value: JsonValue): TypeName {
  if (value === null) return 'null'
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as TypeName
  if (isNumber(value)) return 'number'
  if (value instanceof Sealed) throw sealedRead()
  return isArray(value) ? 'array' : 'object'
}

/** `number (1)`, as jq's own errors say it. */
export function describe(value: JsonValue): string {
  if (value instanceof Sealed) return `secret (${MASK})`
  return `${typeOf(value)} (${printShort(value)})`
}

export function fail(message: string): JqError {
  return new JqError(message)
}

/** Everything but null and false. A secret that is a text is known to be true; one that is read as JSON might be null. */
export function isTrue(value: JsonValue): boolean {
  if (value instanceof Sealed && value.form === 'json') throw sealedRead()
  return value !== null && value !== false
}
