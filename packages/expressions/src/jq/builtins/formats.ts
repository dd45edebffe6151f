import { isArray, isNumber, type JsonValue, textOf } from '@oasgen/json'
import { decodeBase64, encodeBase64 } from '../../text/base64.js'
import { decodeUtf8Loosely, utf8Of } from '../../text/utf8.js'
import { printNumber } from '../print.js'
import { charge, describe, fail, typeOf, type Run } from '../run.js'
import type { ValueFunction } from './table.js'
import { jsonForm, textForm } from './values.js'

/** `@name`: a text from a value. */
export type Format = (run: Run, value: JsonValue) => string

function onText(apply: (text: string) => string): Format {
  return (run, value) => apply(textForm(run, value))
}

/** A row of texts; arrays and objects have no place in it. */
function onRow(name: string, print: (item: JsonValue) => string, separator: string): Format {
  return (run, value) => {
    if (!isArray(value)) throw fail(`${describe(value)} cannot be ${name}-formatted, only an array can be`)
    charge(run, value.length)
    return value.map((item) => cell(item, name, print)).join(separator)
  }
}

function cell(item: JsonValue, name: string, print: (item: JsonValue) => string): string {
  const type = typeOf(item)
  if (type === 'array' || type === 'object') throw fail(`${describe(item)} is not valid in a ${name} row`)
  return print(item)
}

function scalarText(item: JsonValue): string {
  return isNumber(item) ? printNumber(item) : item === null ? '' : textOf(item)
}

function csvCell(item: JsonValue): string {
  return typeof item === 'string' ? `"${item.replaceAll('"', '""')}"` : scalarText(item)
}

const TSV: Readonly<Record<string, string>> = { '\t': '\\t', '\r': '\\r', '\n': '\\n', '\\': '\\\\' }

function tsvCell(item: JsonValue): string {
  return typeof item === 'string' ? item.replace(/[\t\r\n\\]/g, (found) => TSV[found] ?? found) : scalarText(item)
}

const HTML: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&quot;' }

function toHtml(text: string): string {
  return text.replace(/[<>&'"]/g, (found) => HTML[found] ?? found)
}

function toUri(text: string): string {
  return utf8Of(text).map((byte) => {
    const character = String.fromCharCode(byte)
    return /[A-Za-z0-9\-_.~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

function fromUri(text: string): string {
  const bytes: number[] = []
  const parts = /%([0-9A-Fa-f]{2})|%|[^%]+/g
  for (const [part, hex] of text.matchAll(parts)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16))
    else if (part === '%') throw fail(`${describe(text)} is not a valid uri encoding`)
    else bytes.push(...utf8Of(part))
  }
  return decodeUtf8Loosely(Uint8Array.from(bytes))
}

/** Words of a shell: texts in single quotes. */
const toShell: Format = (_, value) => (isArray(value) ? value : [value]).map(shellWord).join(' ')

function shellWord(item: JsonValue): string {
  const type = typeOf(item)
  if (type === 'array' || type === 'object') throw fail(`${describe(item)} can not be escaped for shell`)
  if (typeof item === 'string') return `'${item.replaceAll("'", "'\\''")}'`
  return item === null ? 'null' : scalarText(item)
}

function fromBase64(text: string): string {
  const bytes = decodeBase64(text.replace(/[\r\n]/g, ''))
  if (bytes === undefined) throw fail(`${describe(text)} is not valid base64 data`)
  return decodeUtf8Loosely(bytes)
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function toBase32(text: string): string {
  const digits = regroup(utf8Of(text), 8, 5, 'fill').map((digit) => BASE32.charAt(digit)).join('')
  return digits.padEnd(Math.ceil(digits.length / 8) * 8, '=')
}

function fromBase32(text: string): string {
  const body = text.replace(/=+$/, '')
  if (/[^A-Z2-7]/.test(body)) throw fail(`${describe(text)} is not valid base32 data`)
  return decodeUtf8Loosely(Uint8Array.from(regroup([...body].map((character) => BASE32.indexOf(character)), 5, 8, 'drop')))
}

/** Cuts a row of bits anew; what is left over is filled with zeros or dropped. */
function regroup(groups: readonly number[], from: number, ...[to, rest]: readonly [number, 'fill' | 'drop']): number[] {
  const result: number[] = []
  let [bits, width] = [0, 0]
  for (const group of groups) {
    bits = ((bits << from) | group) & 0xffff
    width += from
    while (width >= to) {
      width -= to
      result.push((bits >> width) & ((1 << to) - 1))
    }
  }
  if (rest === 'fill' && width > 0) result.push((bits << (to - width)) & ((1 << to) - 1))
  return result
}

const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['@text', textForm],
  ['@json', jsonForm],
  ['@csv', onRow('csv', csvCell, ',')],
  ['@tsv', onRow('tsv', tsvCell, '\t')],
  ['@html', onText(toHtml)],
  ['@uri', onText(toUri)],
  ['@urid', onText(fromUri)],
  ['@sh', toShell],
  ['@base64', onText((text) => encodeBase64(Uint8Array.from(utf8Of(text))))],
  ['@base64d', onText(fromBase64)],
  ['@base32', onText(toBase32)],
  ['@base32d', onText(fromBase32)],
])

export function findFormat(name: string): Format | undefined {
  return FORMATS.get(name)
}

const format: ValueFunction = (run, value, [name = null]) => {
  if (typeof name !== 'string') throw fail(`${describe(name)} is not a valid format`)
  const found = FORMATS.get(`@${name}`)
  if (found === undefined) throw fail(`${name} is not a valid format`)
  return found(run, value)
}

export const FORMAT_FUNCTIONS: Readonly<Record<string, ValueFunction>> = { 'format/1': format }

