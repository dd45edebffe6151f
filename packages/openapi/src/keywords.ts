import { finding, type Finding } from '@oasgen/diagnostics'
import { isArray, isInteger, isNumber, isObject, type JsonNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import { placeOf, type Located, type Report } from './link-context.js'
import { nameValue } from './name-value.js'
import { removalFix } from './overlay-fix.js'
import { below } from './pointer.js'

/** One object of a document whose members are read with the kind that OpenAPI gives them; others are told and left out. */
export interface KeywordReader {
  readonly located: Located<JsonObject>
  text(name: string): string | undefined
  flag(name: string): boolean
  number(name: string): JsonNumber | undefined
  count(name: string): number | undefined
  list(name: string): readonly JsonValue[] | undefined
  texts(name: string): readonly string[] | undefined
  object(name: string): JsonObject | undefined
}

export function readKeywords(located: Located<JsonObject>, report: Report): KeywordReader {
  const take = <T>(name: string, accept: (value: JsonValue) => T | undefined, expected: string): T | undefined => {
    const value = Object.hasOwn(located.value, name) ? located.value[name] : undefined
    if (value === undefined || value === null) return undefined
    const accepted = accept(value)
    if (accepted === undefined) report(misuse(located, name, expected))
    return accepted
  }
  return {
    located,
    text: (name) => take(name, textOf, 'a text'),
    flag: (name) => take(name, flagOf, '`true` or `false`') ?? false,
    number: (name) => take(name, (value) => (isNumber(value) ? value : undefined), 'a number'),
    count: (name) => take(name, countOf, 'a whole number from 0'),
    list: (name) => take(name, (value) => (isArray(value) ? value : undefined), 'a list'),
    texts: (name) => take(name, textsOf, 'a list of texts'),
    object: (name) => take(name, (value) => (isObject(value) ? value : undefined), 'an object'),
  }
}

/** A keyword whose value has another kind than its definition asks for. */
export function misuse(located: Located<JsonObject>, keyword: string, expected: string): Finding {
  const texts = { keyword, found: nameValue(located.value[keyword]), expected }
  const at = { source: located.source, pointer: below(located.pointer, keyword) }
  return finding('OAS0403', texts, { where: placeOf(located, keyword), ...removalFix(at, `leave \`${keyword}\` out`) })
}

/** YAML makes numbers and dates of texts without quotes; their letters are what was meant. */
export function textOf(value: JsonValue): string | undefined {
  return typeof value === 'string' ? value : isNumber(value) || typeof value === 'boolean' ? String(value) : undefined
}

export function flagOf(value: JsonValue): boolean | undefined {
  if (typeof value === 'boolean') return value
  return value === 'true' ? true : value === 'false' ? false : undefined
}

export function countOf(value: JsonValue): number | undefined {
  return isNumber(value) && isInteger(value) && Number(value) >= 0 ? Number(value) : undefined
}

export function textsOf(value: JsonValue): readonly string[] | undefined {
  if (!isArray(value)) return undefined
  const texts = value.map(textOf)
  return texts.every((text) => text !== undefined) ? texts : undefined
}

export function extensionsOf(value: JsonObject): JsonObject {
  const found = Object.entries(value).filter(([name]) => name.startsWith('x-'))
  return found.length === 0 ? NONE : Object.fromEntries(found)
}

const NONE: JsonObject = Object.freeze({})
