import { NO_OVERLOAD, error, isError, isKind, typeNameOf, type CelValue } from '../values.js'
import { printDouble, toStringValue } from './conversions.js'
import { entriesOf, toList } from './operators.js'

/** `'%d of %s'.format([1, 'x'])`. */
export function formatText(template: CelValue, args: CelValue): CelValue {
  const values = toList(args)
  if (typeof template !== 'string' || values === undefined) return NO_OVERLOAD
  let used = 0
  let result = ''
  for (let at = 0; at < template.length; ) {
    const percent = template.indexOf('%', at)
    if (percent < 0) return result + template.slice(at)
    result += template.slice(at, percent)
    const clause = /^%(?:(%)|(?:\.(\d+))?([sdfebxXo]))/.exec(template.slice(percent, percent + 20))
    if (clause === null) return error(`could not parse formatting clause: unrecognized formatting clause "${template.slice(percent + 1, percent + 2)}"`)
    at = percent + clause[0].length
    if (clause[1]) {
      result += '%'
      continue
    }
    const value = values[used]
    if (value === undefined) return error(`index ${used} out of range`)
    used++
    const text = formatOne(clause[3] ?? 's', value, clause[2] === undefined ? 6 : Number(clause[2]))
    if (typeof text !== 'string') return isError(text) ? error(`error during formatting: ${text.message}`) : text
    result += text
  }
  return result
}

function formatOne(verb: string, value: CelValue, precision: number): CelValue {
  switch (verb) {
    case 's':
      return formatString(value)
    case 'd':
      return integerOf(value)?.toString() ?? wrong('decimal clause can only be used on integers', value)
    case 'f':
      return fixed(value, precision)
    case 'e':
      return scientific(value, precision)
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : (integerOf(value)?.toString(2) ?? wrong('only integers and bools can be formatted as binary', value))
    case 'o':
      return integerOf(value)?.toString(8) ?? wrong('octal clause can only be used on integers', value)
    default:
      return hex(value, verb === 'X')
  }
}

function wrong(sentence: string, value: CelValue): CelValue {
  return error(`${sentence}, was given ${typeNameOf(value)}`)
}

function integerOf(value: CelValue): bigint | undefined {
  return typeof value === 'bigint' ? value : isKind(value, 'uint') ? value.value : undefined
}

function doubleOf(value: CelValue): number | undefined {
  if (typeof value === 'number') return value
  if (value === 'NaN') return Number.NaN
  return value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : undefined
}

function fixed(value: CelValue, precision: number): CelValue {
  const double = doubleOf(value)
  if (double === undefined) return wrong('fixed-point clause can only be used on doubles', value)
  return Number.isFinite(double) ? double.toFixed(Math.min(100, precision)) : infinite(double)
}

function infinite(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞'
}

/** The locale of cel-go writes the exponent with a multiplication sign and superscript digits. */
function scientific(value: CelValue, precision: number): CelValue {
  const double = doubleOf(value)
  if (double === undefined) return wrong('scientific clause can only be used on doubles', value)
  if (!Number.isFinite(double)) return infinite(double)
  const [digits = '', exponent = '0'] = double.toExponential(Math.min(100, precision)).split('e')
  const superscript = String(Math.abs(Number(exponent))).padStart(2, '0').replace(/[0-9]/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)))
  return `${digits}×10${Number(exponent) < 0 ? '⁻' : ''}${superscript}`
}

function hex(value: CelValue, upper: boolean): CelValue {
  const integer = integerOf(value)
  const bytes = value instanceof Uint8Array ? [...value] : typeof value === 'string' ? utf8Units(value) : undefined
  if (integer === undefined && bytes === undefined) return wrong('only integers, byte buffers, and strings can be formatted as hex', value)
  const text = integer?.toString(16) ?? (bytes ?? []).map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return upper ? text.toUpperCase() : text
}

function utf8Units(text: string): readonly number[] {
  return [...unescape(encodeURIComponent(text))].map((character) => character.charCodeAt(0))
}

function unescape(encoded: string): string {
  return encoded.replace(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

function formatString(value: CelValue): CelValue {
  if (value === null) return 'null'
  if (isKind(value, 'list') || isKind(value, 'map')) return formatNested(value)
  const text = toStringValue(value)
  return isError(text) ? wrong('string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps', value) : text
}

function formatNested(value: CelValue): CelValue {
  if (isKind(value, 'list')) {
    const parts = (toList(value) ?? []).map(formatInner)
    return parts.find(isError) ?? `[${parts.map(partText).join(', ')}]`
  }
  if (!isKind(value, 'map')) return formatInner(value)
  const parts = entriesOf(value).map(([key, item]): readonly [CelValue, CelValue] => [formatInner(key), formatInner(item)])
  const failed = parts.flat().find((part) => isError(part))
  return failed ?? `{${parts.map(([key, item]) => `${partText(key)}:${partText(item)}`).sort().join(', ')}}`
}

/** What was formatted is text by then. */
function partText(part: CelValue): string {
  return typeof part === 'string' ? part : ''
}

function formatInner(value: CelValue): CelValue {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Uint8Array) return `b${JSON.stringify(partText(toStringValue(value)))}`
  if (typeof value === 'number') return Number.isFinite(value) ? value.toFixed(6) : `"${printDouble(value)}"`
  if (isKind(value, 'timestamp')) return `timestamp(${JSON.stringify(toStringValue(value))})`
  if (isKind(value, 'duration')) return `duration(${JSON.stringify(toStringValue(value))})`
  if (isKind(value, 'list') || isKind(value, 'map')) return formatNested(value)
  return formatString(value)
}
