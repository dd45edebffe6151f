import { equalJson, isNumber, type JsonValue } from '@oasgen/json'
import type { FormatCheck } from '@oasgen/expressions'
import { goQuote } from './go-text.js'
import { newOutcome, add, failed, type Outcome } from './outcome.js'
import type { StructuralSchema } from './schema.js'
import { cutToInt64, isNearInteger, kindOf, toInt64, type ValueKind } from './value-kind.js'
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
  return schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : ownType(schema)
}

export function ownType({ type }: StructuralSchema): readonly string[] {
  return type === undefined || type === '' ? [] : [type]
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
  if (allowed.some((candidate) => candidate !== null && (equalJson(candidate, value) || equalsConverted(candidate, value)))) return undefined
  return notSupported(pathOf(site), value, allowed.map(printEnumValue))
}

/** Go converts the value to the type of the entry first: 3.7 passes as 3, and 97 as "a". */
function equalsConverted(candidate: JsonValue, value: JsonValue): boolean {
  if (!isNumber(value)) return false
  const whole = kindOf(value) === 'integer'
  if (isNumber(candidate)) return !whole && kindOf(candidate) === 'integer' && toInt64(candidate) === cutToInt64(value)
  return whole && typeof candidate === 'string' && candidate === characterOf(Number(value))
}

function characterOf(code: number): string {
  return String.fromCodePoint(code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? code : 0xfffd)
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
