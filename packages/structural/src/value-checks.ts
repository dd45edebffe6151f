import { equalJson, type JsonNumber, type JsonValue } from '@oasgen/json'
import type { FormatCheck } from '@oasgen/expressions'
import { goFloat, goQuote } from './go-text.js'
import { failed, newOutcome, add, type Outcome } from './outcome.js'
import type { StructuralSchema } from './schema.js'
import { cutToInt64, isNearInteger, kindOf, toDouble, toInt64, type ValueKind } from './value-kind.js'
import { childPath, goJson, invalid, notSupported, tooLong, tooMany, typeInvalid, type Violation } from './violation.js'

/** What the server names a place in its sentences, and where it hangs the error. The two differ inside defaults. */
export interface Site {
  readonly name: string
  readonly base: string
}

export function pathOf(site: Site): string {
  const name = site.name.startsWith('.') ? site.name.slice(1) : site.name
  return name === '' ? site.base : childPath(site.base, name)
}

/** Types as the value checks see them: int-or-string is two. */
export function typesOf(schema: StructuralSchema): readonly string[] {
  if (schema['x-kubernetes-int-or-string']) return ['integer', 'string']
  return schema.type === undefined || schema.type === '' ? [] : [schema.type]
}

/** The Go type's format name, which the server prints where a format met a value of another type. */
const GO_FORMATS: Readonly<Record<ValueKind, string>> = {
  null: '', boolean: '', string: '', integer: 'int64', number: 'float64', array: '', object: '',
}

export function checkType(types: readonly string[], format: string, value: JsonValue, site: Site): Violation | undefined {
  const kind = kindOf(value)
  const fits = types.includes(kind) || (kind === 'number' && types.includes('integer') && isNearInteger(Number(value))) || (kind === 'integer' && types.includes('number'))
  if (fits) return undefined
  const textual = kind === 'string' || kind === 'array'
  if (!textual && format !== '') return mistyped(site, format, GO_FORMATS[kind])
  if (textual && format !== '' && !types.includes('number') && !types.includes('integer')) return undefined
  return mistyped(site, types.join(','), kind)
}

export function mistyped(site: Site, expected: string, actual: string): Violation {
  return typeInvalid(pathOf(site), actual, `${site.name} in body must be of type ${expected}: ${goQuote(actual)}`)
}

export function checkFormat(format: string, check: FormatCheck, text: string, site: Site): Violation | undefined {
  return check(text) ? undefined : typeInvalid(pathOf(site), text, `${site.name} in body must be of type ${format}: ${goQuote(text)}`)
}

/** Null entries never match, not even null: a nullable enum needs a CEL rule. */
export function checkEnum(allowed: readonly JsonValue[], value: JsonValue, site: Site): Violation | undefined {
  if (allowed.some((candidate) => candidate !== null && equalJson(candidate, value))) return undefined
  return notSupported(pathOf(site), value, allowed.map(printEnumValue))
}

function printEnumValue(value: JsonValue): string {
  return typeof value === 'string' ? value : goJson(value)
}

export function checkText(schema: StructuralSchema, matcher: ((text: string) => boolean) | undefined, text: string, site: Site): Violation | undefined {
  const { maxLength, minLength, pattern } = schema
  if (maxLength !== undefined && isLongerThan(text, Number(maxLength))) return tooLong(pathOf(site), Number(maxLength))
  if (minLength !== undefined && !isLongerThan(text, Number(minLength) - 1)) {
    return invalid(pathOf(site), text, `${site.name} in body should be at least ${minLength} chars long`)
  }
  if (matcher === undefined || matcher(text)) return undefined
  return invalid(pathOf(site), text, `${site.name} in body should match '${pattern ?? ''}'`)
}

/** Lengths count characters, not UTF-16 units; texts that cannot reach the limit are not counted. */
function isLongerThan(text: string, limit: number): boolean {
  if (text.length <= limit) return false
  if (text.length > 2 * limit) return true
  let count = 0
  for (const _ of text) if (++count > limit) return true
  return false
}

export function checkNumber(schema: StructuralSchema, value: JsonNumber, site: Site): Outcome {
  const outcome = newOutcome()
  const whole = kindOf(value) === 'integer'
  for (const violation of [checkMultiple(schema, value, whole, site), checkMinimum(schema, value, whole, site), checkMaximum(schema, value, whole, site)]) {
    if (violation) add(outcome, violation)
  }
  outcome.matches++
  return outcome
}

function checkMultiple(schema: StructuralSchema, value: JsonNumber, whole: boolean, site: Site): Violation | undefined {
  const factor = schema.multipleOf
  if (factor === undefined) return undefined
  const cut = whole ? cutToInt64(factor) : undefined
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

/** A bound with a fraction is cut to an integer when the value is one: `minimum: 5.5` lets 5 pass, as on the server. */
function checkMaximum(schema: StructuralSchema, value: JsonNumber, whole: boolean, site: Site): Violation | undefined {
  if (schema.maximum === undefined) return undefined
  const order = whole ? compare(toInt64(value), cutToInt64(schema.maximum)) : compare(toDouble(value), toDouble(schema.maximum))
  if (order < 0 || (order === 0 && !schema.exclusiveMaximum)) return undefined
  return numberViolation(site, value, `should be less than${schema.exclusiveMaximum ? '' : ' or equal to'} ${boundText(schema.maximum, whole)}`)
}

function checkMinimum(schema: StructuralSchema, value: JsonNumber, whole: boolean, site: Site): Violation | undefined {
  if (schema.minimum === undefined) return undefined
  const order = whole ? compare(toInt64(value), cutToInt64(schema.minimum)) : compare(toDouble(value), toDouble(schema.minimum))
  if (order > 0 || (order === 0 && !schema.exclusiveMinimum)) return undefined
  return numberViolation(site, value, `should be greater than${schema.exclusiveMinimum ? '' : ' or equal to'} ${boundText(schema.minimum, whole)}`)
}

function compare<T extends number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function boundText(bound: JsonNumber, whole: boolean): string {
  return whole ? cutToInt64(bound).toString() : goFloat(toDouble(bound))
}

function numberViolation(site: Site, value: JsonNumber, sentence: string): Violation {
  return invalid(pathOf(site), value, `${site.name} in body ${sentence}`)
}

export function checkSize(schema: StructuralSchema, size: number, site: Site): Outcome {
  const outcome = newOutcome()
  if (schema.minItems !== undefined && size < Number(schema.minItems)) {
    add(outcome, invalid(pathOf(site), size, `${site.name} in body should have at least ${schema.minItems} items`))
  }
  if (schema.maxItems !== undefined && size > Number(schema.maxItems)) add(outcome, tooMany(pathOf(site), size, Number(schema.maxItems)))
  return outcome
}

export function checkPropertyCount(schema: StructuralSchema, size: number, site: Site): Outcome {
  if (schema.minProperties !== undefined && size < Number(schema.minProperties)) {
    return failed(invalid(pathOf(site), size, `${site.name} in body should have at least ${schema.minProperties} properties`))
  }
  if (schema.maxProperties !== undefined && size > Number(schema.maxProperties)) return failed(tooMany(pathOf(site), size, Number(schema.maxProperties)))
  return newOutcome()
}
