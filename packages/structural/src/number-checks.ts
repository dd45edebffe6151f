import type { JsonNumber } from '@oasgen/json'
import { goFloat } from './go-text.js'
import { newOutcome, add, type Outcome } from './outcome.js'
import type { StructuralSchema } from './schema.js'
import { pathOf, typesOf, type Site } from './value-checks.js'
import { cutToInt64, isNearInteger, kindOf, toDouble, toInt64 } from './value-kind.js'
import { invalid, type Violation } from './violation.js'

/** What the one type of a number says about its range; a node of two types says nothing. */
interface NumberRange {
  readonly type: 'integer' | 'number'
  readonly format: string
}

const NUMBER_FORMATS: Readonly<Record<NumberRange['type'], readonly string[]>> = { integer: ['int32', 'int64'], number: ['float', 'double'] }

function rangeOf(schema: StructuralSchema): NumberRange | undefined {
  const [type, another] = typesOf(schema)
  if (another !== undefined || (type !== 'integer' && type !== 'number')) return undefined
  return { type, format: numberFormat(schema) }
}

/** The format of a number as far as it means something to the server: 1.36 and later enforce it. */
export function numberFormat({ type, format }: StructuralSchema): string {
  if (format === undefined || (type !== 'integer' && type !== 'number')) return ''
  return NUMBER_FORMATS[type].includes(format) ? format : ''
}

export function checkNumber(schema: StructuralSchema, value: JsonNumber, site: Site): Outcome {
  const outcome = newOutcome()
  const range = rangeOf(schema)
  const checked: Checked = { schema, value, site, range, kind: kindOf(value) === 'integer' ? 'whole' : 'double' }
  for (const violation of [judgeRange(checked, value, 'Checked'), ...checkMultiple(checked), ...checkMinimum(checked), ...checkMaximum(checked)]) {
    if (violation) add(outcome, violation)
  }
  outcome.matches++
  return outcome
}

interface Checked {
  readonly schema: StructuralSchema
  readonly value: JsonNumber
  readonly site: Site
  readonly range: NumberRange | undefined
  /** How the server compares: an int64 with bounds cut to int64, or doubles. */
  readonly kind: 'whole' | 'double'
}

const FLOAT32_LIMIT = 3.4028235677973366e38

/** The value must fit its type, and so must every bound: else the server refuses whatever the value is. */
function judgeRange({ range, site }: Checked, value: JsonNumber, what: string): Violation | undefined {
  if (range === undefined || fitsRange(range, value)) return undefined
  const form = range.format === '' ? '(default format)' : `with format ${range.format}`
  return { path: site.base, type: 'FieldValueInvalid', message: `${what} value must be of type ${range.type} ${form} in ${site.name}`, value: '' }
}

function fitsRange({ type, format }: NumberRange, value: JsonNumber): boolean {
  if (type === 'number') return format !== 'float' || Math.abs(toDouble(value)) < FLOAT32_LIMIT
  if (kindOf(value) !== 'integer') return false
  return format !== 'int32' || Math.abs(toDouble(value) + 0.5) < 2 ** 31
}

/** A bound that does not fit the type of its value is compared as a double. */
function withBound(checked: Checked, bound: JsonNumber, what: string): { readonly misfit: Violation | undefined; readonly kind: Checked['kind'] } {
  const misfit = judgeRange(checked, bound, what)
  return { misfit, kind: misfit === undefined ? checked.kind : 'double' }
}

function checkMultiple(checked: Checked): readonly (Violation | undefined)[] {
  const factor = checked.schema.multipleOf
  if (factor === undefined) return []
  const { misfit, kind } = withBound(checked, factor, 'MultipleOf')
  return [misfit, judgeMultiple(checked, factor, kind)]
}

function judgeMultiple({ value, site }: Checked, factor: JsonNumber, kind: Checked['kind']): Violation | undefined {
  const cut = kind === 'whole' ? cutToInt64(factor) : undefined
  const shown = cut === undefined ? goFloat(toDouble(factor)) : cut.toString()
  if (cut === undefined ? toDouble(factor) <= 0 : cut <= 0n) {
    return { ...invalid(pathOf(site), 0, `factor MultipleOf declared for ${site.name} must be positive: ${shown}`), valueText: shown }
  }
  if (cut === undefined ? isMultiple(toDouble(value), toDouble(factor)) : toInt64(value) % cut === 0n) return undefined
  return numberViolation(site, value, `should be a multiple of ${shown}`)
}

function isMultiple(value: number, factor: number): boolean {
  return isNearInteger(factor < 1 ? (1 / factor) * value : value / factor)
}

function checkMaximum(checked: Checked): readonly (Violation | undefined)[] {
  const { maximum, exclusiveMaximum } = checked.schema
  if (maximum === undefined) return []
  const { misfit, kind } = withBound(checked, maximum, 'Maximum boundary')
  const order = compareWith(checked.value, maximum, kind)
  if (order < 0 || (order === 0 && !exclusiveMaximum)) return [misfit]
  return [misfit, numberViolation(checked.site, checked.value, `should be less than${exclusiveMaximum ? '' : ' or equal to'} ${boundText(maximum, kind)}`)]
}

function checkMinimum(checked: Checked): readonly (Violation | undefined)[] {
  const { minimum, exclusiveMinimum } = checked.schema
  if (minimum === undefined) return []
  const { misfit, kind } = withBound(checked, minimum, 'Minimum boundary')
  const order = compareWith(checked.value, minimum, kind)
  if (order > 0 || (order === 0 && !exclusiveMinimum)) return [misfit]
  return [misfit, numberViolation(checked.site, checked.value, `should be greater than${exclusiveMinimum ? '' : ' or equal to'} ${boundText(minimum, kind)}`)]
}

/** A bound with a fraction is cut to an integer when the value is one and has no type that forbids it. */
function compareWith(value: JsonNumber, bound: JsonNumber, kind: Checked['kind']): number {
  return kind === 'whole' ? compare(toInt64(value), cutToInt64(bound)) : compare(toDouble(value), toDouble(bound))
}

function compare<T extends number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function boundText(bound: JsonNumber, kind: Checked['kind']): string {
  return kind === 'whole' ? cutToInt64(bound).toString() : goFloat(toDouble(bound))
}

function numberViolation(site: Site, value: JsonNumber, sentence: string): Violation {
  return invalid(pathOf(site), value, `${site.name} in body ${sentence}`)
}
