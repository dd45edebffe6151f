import { isArray, isNumber, type JsonArray, type JsonValue } from '@oasgen/json'
import { itemsOf } from '../access.js'
import { chargeText, splitText } from '../arithmetic.js'
import { printValue } from '../print.js'
import { charge, describe, fail, typeOf, type Run } from '../run.js'
import { utf8Of } from '../../text/utf8.js'
import type { ValueFunction } from './table.js'

export function characterCount(text: string): number {
  if (!hasPairs(text)) return text.length
  let count = 0
  for (const _ of text) count += 1
  return count
}

export function hasPairs(text: string): boolean {
  return /[\ud800-\udfff]/.test(text)
}

/** Offsets in characters of every place where the part begins, overlapping ones too. */
export function indicesOfText(run: Run, text: string, part: string): JsonArray {
  charge(run, text.length / 16)
  if (part === '') return []
  const pairs = hasPairs(text)
  const found: number[] = []
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    charge(run, 1)
    found.push(pairs ? characterCount(text.slice(0, at)) : at)
  }
  return found
}

function textOnly(name: string, apply: (text: string) => JsonValue): ValueFunction {
  return (run, value) => {
    if (typeOf(value) !== 'string') throw fail(`${name} input must be a string`)
    charge(run, (value as string).length / 64)
    return apply(value as string)
  }
}

function affix(name: string, test: (text: string, part: string) => boolean): ValueFunction {
  return (_, value, [part = null]) => {
    if (typeOf(value) !== 'string' || typeOf(part) !== 'string') throw fail(`${name}() requires string inputs`)
    return test(value as string, part as string)
  }
}

/** What is no text goes through as it is. */
function without(cut: (text: string, part: string) => string): ValueFunction {
  return (_, value, [part = null]) => (typeOf(value) === 'string' && typeOf(part) === 'string' ? cut(value as string, part as string) : value)
}

function withoutStart(text: string, part: string): string {
  return text.startsWith(part) ? text.slice(part.length) : text
}

function withoutEnd(text: string, part: string): string {
  return part !== '' && text.endsWith(part) ? text.slice(0, -part.length) : text
}

const split: ValueFunction = (run, value, [separator = null]) => {
  if (typeOf(value) !== 'string' || typeOf(separator) !== 'string') throw fail('split input and separator must be strings')
  return splitText(run, value as string, separator as string)
}

const join: ValueFunction = (run, value, [separator = null]) => {
  const items = itemsOf(value)
  if (typeOf(separator) !== 'string' && separator !== null && items.length > 1) throw fail(`${describe(separator)} cannot join texts`)
  const text = items.map(([item]) => joinable(item)).join(typeof separator === 'string' ? separator : '')
  chargeText(run, text.length)
  return text
}

function joinable(item: JsonValue): string {
  if (item === null) return ''
  const type = typeOf(item)
  if (type === 'array' || type === 'object') throw fail(`string ("") and ${describe(item)} cannot be added`)
  return typeof item === 'string' ? item : printValue(item)
}

const implode: ValueFunction = (run, value) => {
  if (!isArray(value)) throw fail('implode input must be an array')
  charge(run, value.length / 16)
  return value.map((code) => {
    if (!isNumber(code)) throw fail('Unicode codepoint must be numeric')
    return characterOf(Number(code))
  }).join('')
}

function characterOf(code: number): string {
  const isCharacter = Number.isInteger(code) && code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return String.fromCodePoint(isCharacter ? code : 0xfffd)
}

const SPACES = ' \t\n\v\f\r\u0085\u00a0'

function trimStart(text: string): string {
  let at = 0
  while (SPACES.includes(text.charAt(at)) && at < text.length) at += 1
  return text.slice(at)
}

function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && SPACES.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

export const STRING_FUNCTIONS: Readonly<Record<string, ValueFunction>> = {
  'split/1': split,
  'join/1': join,
  'explode/0': textOnly('explode', (text) => [...text].map((character) => character.codePointAt(0) ?? 0)),
  'implode/0': implode,
  'ascii_downcase/0': textOnly('ascii_downcase', (text) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())),
  'ascii_upcase/0': textOnly('ascii_upcase', (text) => text.replace(/[a-z]+/g, (part) => part.toUpperCase())),
  'utf8bytelength/0': textOnly('utf8bytelength', (text) => utf8Of(text).length),
  'trim/0': textOnly('trim', (text) => trimEnd(trimStart(text))),
  'ltrim/0': textOnly('ltrim', trimStart),
  'rtrim/0': textOnly('rtrim', trimEnd),
  'startswith/1': affix('startswith', (text, part) => text.startsWith(part)),
  'endswith/1': affix('endswith', (text, part) => text.endsWith(part)),
  'ltrimstr/1': without(withoutStart),
  'rtrimstr/1': without(withoutEnd),
  'trimstr/1': without((text, part) => withoutEnd(withoutStart(text, part), part)),
}
