import { tryRegex, type Regex } from '../../regex.js'
import { NO_OVERLOAD, error, isKind, listFrom, type CelValue } from '../values.js'
import { formatText } from './format.js'
import { characterCount, toList } from './operators.js'
import type { FunctionTable } from './table.js'

/** Runs on texts without surrogates as they are; others are cut into characters first. */
function hasSurrogates(text: string): boolean {
  return /[\ud800-\udfff]/.test(text)
}

function characters(text: string): readonly string[] {
  return [...text]
}

function slice(text: string, start: number, end: number): string {
  return hasSurrogates(text) ? characters(text).slice(start, end).join('') : text.slice(start, end)
}

function outOfRange(index: bigint): CelValue {
  return error(`index out of range: ${index}`)
}

function charAt(text: CelValue, index: CelValue): CelValue {
  if (typeof text !== 'string' || typeof index !== 'bigint') return NO_OVERLOAD
  const size = characterCount(text)
  return index < 0n || index > size ? outOfRange(index) : slice(text, Number(index), Number(index) + 1)
}

function substring(text: CelValue, start: CelValue, end: CelValue | undefined): CelValue {
  if (typeof text !== 'string' || typeof start !== 'bigint') return NO_OVERLOAD
  const size = BigInt(characterCount(text))
  if (end === undefined) return start < 0n || start > size ? outOfRange(start) : slice(text, Number(start), Number(size))
  if (typeof end !== 'bigint') return NO_OVERLOAD
  if (start > end) return error(`invalid substring range. start: ${start}, end: ${end}`)
  if (start < 0n || start > size) return outOfRange(start)
  return end < 0n || end > size ? outOfRange(end) : slice(text, Number(start), Number(end))
}

function indexOf(text: CelValue, part: CelValue, from: CelValue): CelValue {
  if (isKind(text, 'list')) return NO_OVERLOAD
  if (typeof text !== 'string' || typeof part !== 'string' || typeof from !== 'bigint') return NO_OVERLOAD
  if (part === '') return from
  if (from < 0n) return outOfRange(from)
  if (from >= characterCount(text)) return -1n
  const found = text.indexOf(part, toUnit(text, Number(from)))
  return found < 0 ? -1n : BigInt(toCharacter(text, found))
}

function lastIndexOf(text: CelValue, part: CelValue, from: CelValue | undefined): CelValue {
  if (typeof text !== 'string' || typeof part !== 'string') return NO_OVERLOAD
  const size = BigInt(characterCount(text))
  if (from === undefined && part === '') return size
  const start = from ?? size - 1n
  if (typeof start !== 'bigint') return NO_OVERLOAD
  if (from === undefined && text.length < part.length) return -1n
  if (part === '') return start
  if (start < 0n) return outOfRange(start)
  if (start >= size) return -1n
  const found = text.lastIndexOf(part, toUnit(text, Number(start)))
  return found < 0 ? -1n : BigInt(toCharacter(text, found))
}

function toUnit(text: string, character: number): number {
  return hasSurrogates(text) ? characters(text).slice(0, character).join('').length : character
}

function toCharacter(text: string, unit: number): number {
  return hasSurrogates(text) ? characterCount(text.slice(0, unit)) : unit
}

function replace(text: CelValue, from: CelValue, to: CelValue, count: CelValue): CelValue {
  if (typeof text !== 'string' || typeof from !== 'string' || typeof to !== 'string' || typeof count !== 'bigint') return NO_OVERLOAD
  if (count < 0n && from !== '') return text.replaceAll(from, () => to)
  const parts = from === '' ? characters(text) : text.split(from)
  const limit = count < 0n ? Infinity : Number(count)
  return from === '' ? between(parts, to, limit) : joinFirst(parts, from, to, limit)
}

/** Go puts the replacement before each character and at the end when it replaces nothing. */
function between(parts: readonly string[], to: string, limit: number): string {
  const result = parts.map((part, index) => (index < limit ? to + part : part)).join('')
  return parts.length < limit ? result + to : result
}

function joinFirst(parts: readonly string[], from: string, to: string, limit: number): string {
  return parts.reduce((text, part, index) => (index === 0 ? part : text + (index <= limit ? to : from) + part), '')
}

function split(text: CelValue, separator: CelValue, count: CelValue): CelValue {
  if (typeof text !== 'string' || typeof separator !== 'string' || typeof count !== 'bigint') return NO_OVERLOAD
  if (count === 0n) return listFrom([])
  const parts = separator === '' ? characters(text) : text.split(separator)
  if (count < 0n || parts.length <= count) return listFrom(parts)
  const head = parts.slice(0, Number(count) - 1)
  return listFrom([...head, parts.slice(Number(count) - 1).join(separator)])
}

function join(list: CelValue, separator: CelValue): CelValue {
  const items = toList(list)
  if (items === undefined || typeof separator !== 'string') return NO_OVERLOAD
  const texts = items.filter((item) => typeof item === 'string')
  return texts.length === items.length ? texts.join(separator) : error('join: invalid input')
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (part) => part.toLowerCase())
}

function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, (part) => part.toUpperCase())
}

function quote(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\', '"': '\\"',
  }
  // eslint-disable-next-line no-control-regex -- the control characters are what is escaped
  return `"${text.replace(/[\u0007\b\f\n\r\t\v\\"]/g, (mark) => named[mark] ?? mark)}"`
}

/** Go's idea of white space. */
const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const TRIM = new RegExp(`^${SPACE}+`)

function trim(text: string): string {
  const start = text.replace(TRIM, '')
  let end = start.length
  while (end > 0 && TRIM.test(start.charAt(end - 1))) end--
  return start.slice(0, end)
}

export function regexOf(pattern: string): Regex | CelValue {
  const compiled = tryRegex(pattern)
  return typeof compiled === 'string' ? error(compiled) : compiled
}

function matches(text: CelValue, pattern: CelValue): CelValue {
  if (typeof text !== 'string' || typeof pattern !== 'string') return NO_OVERLOAD
  const regex = tryRegex(pattern)
  return typeof regex === 'string' ? error(regex) : regex.test(text)
}

function find(text: CelValue, pattern: CelValue): CelValue {
  if (typeof text !== 'string' || typeof pattern !== 'string') return NO_OVERLOAD
  const regex = tryRegex(pattern)
  if (typeof regex === 'string') return error(`Illegal regex: ${regex}`)
  const match = regex.find(text)
  return match ? text.slice(match.start, match.end) : ''
}

function findAll(text: CelValue, pattern: CelValue, limit: CelValue): CelValue {
  if (typeof text !== 'string' || typeof pattern !== 'string' || typeof limit !== 'bigint') return NO_OVERLOAD
  const regex = tryRegex(pattern)
  if (typeof regex === 'string') return error(`Illegal regex: ${regex}`)
  return listFrom(allMatches(regex, text, limit < 0n ? Infinity : Number(limit)))
}

/** Every match from left to right; an empty match right behind another one does not count. */
export function allMatches(regex: Regex, text: string, limit: number): readonly string[] {
  const found: string[] = []
  let [at, last] = [0, -1]
  while (at <= text.length && found.length < limit) {
    const match = regex.find(text, at)
    if (match === undefined) break
    if (match.end > match.start || match.start !== last) found.push(text.slice(match.start, match.end))
    last = match.end
    at = match.end > match.start ? match.end : match.end + 1
  }
  return found
}

function textOnly(apply: (text: string) => CelValue): (a?: CelValue) => CelValue {
  return (a = null) => (typeof a === 'string' ? apply(a) : NO_OVERLOAD)
}

function textPair(apply: (a: string, b: string) => CelValue): (a?: CelValue, b?: CelValue) => CelValue {
  return (a = null, b = null) => (typeof a === 'string' && typeof b === 'string' ? apply(a, b) : NO_OVERLOAD)
}

export const STRING_FUNCTIONS: FunctionTable = {
  contains: textPair((text, part) => text.includes(part)),
  startsWith: textPair((text, part) => text.startsWith(part)),
  endsWith: textPair((text, part) => text.endsWith(part)),
  matches: (a = null, b = null) => matches(a, b),
  charAt: (a = null, b = null) => charAt(a, b),
  substring: (a = null, b = null, c) => substring(a, b, c),
  lowerAscii: textOnly(lowerAscii),
  upperAscii: textOnly(upperAscii),
  trim: textOnly(trim),
  replace: (a = null, b = null, c = null, d = -1n) => replace(a, b, c, d),
  split: (a = null, b = null, c = -1n) => split(a, b, c),
  join: (a = null, b = '') => join(a, b),
  'strings.quote': textOnly(quote),
  format: (a = null, b = null) => formatText(a, b),
  find: (a = null, b = null) => find(a, b),
  findAll: (a = null, b = null, c = -1n) => findAll(a, b, c),
}

export { indexOf as indexOfText, lastIndexOf as lastIndexOfText }
