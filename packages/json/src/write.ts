import { numberText } from './number.js'
import { Decimal, MASK, Sealed, type JsonArray, type JsonObject, type JsonValue } from './value.js'

export interface WriteOptions {
  /** Spaces per level; absent or 0 = one line without spaces. */
  readonly indent?: number
  /** What stands for a sealed leaf. Only `transport` gives one; everybody else prints the mask. */
  readonly sealed?: (leaf: Sealed) => JsonValue
}

/** JSON text with every number as exact as it was read. Sealed leaves print as the mask. */
export function writeJson(value: JsonValue, options: WriteOptions = {}): string {
  const indent = ' '.repeat(options.indent ?? 0)
  if (isBuiltIn(value)) return JSON.stringify(value, null, indent)
  return write(value, { sealed: options.sealed ?? (() => MASK), indent }, '')
}

/** Whether the built-in printer gives the same text: nothing but finite doubles, strings, words, arrays and objects. */
function isBuiltIn(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint'
  if (Array.isArray(value)) return value.every(isBuiltIn)
  if (value instanceof Decimal || value instanceof Sealed) return false
  for (const name in value) {
    if (!isBuiltIn((value as Readonly<Record<string, unknown>>)[name])) return false
  }
  return true
}

interface Style {
  readonly indent: string
  readonly sealed: (leaf: Sealed) => JsonValue
}

function write(value: JsonValue, style: Style, margin: string): string {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal) return numberText(value)
  if (value instanceof Sealed) return write(style.sealed(value), style, margin)
  if (Array.isArray(value)) return writeArray(value as JsonArray, style, margin)
  if (typeof value === 'object' && value !== null) return writeObject(value as JsonObject, style, margin)
  return JSON.stringify(value)
}

function writeArray(items: JsonArray, style: Style, margin: string): string {
  const inner = margin + style.indent
  return enclose('[', items.map((item) => write(item, style, inner)), ']', { style, margin })
}

function writeObject(members: JsonObject, style: Style, margin: string): string {
  const inner = margin + style.indent
  const colon = style.indent === '' ? ':' : ': '
  const parts: string[] = []
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) parts.push(JSON.stringify(name) + colon + write(value, style, inner))
  }
  return enclose('{', parts, '}', { style, margin })
}

function enclose(open: string, parts: readonly string[], close: string, { style, margin }: { style: Style; margin: string }): string {
  if (parts.length === 0 || style.indent === '') return open + parts.join(',') + close
  const inner = margin + style.indent
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`
}
