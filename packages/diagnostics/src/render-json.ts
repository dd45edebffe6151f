import type { Finding } from './finding.js'
import { sortFindings } from './order.js'

/** The same facts for programs: an array of findings, in the order in which they print. */
export function renderJson(findings: readonly Finding[]): string {
  return `${write(sortFindings(findings), '')}\n`
}

/**
 * The values of a fix may hold exact numbers (and sealed leaves), which the built-in printer cannot write. An object that is
 * not plain stands as its text: as a number where it reads like one, else as a string.
 */
function write(value: unknown, margin: string): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return enclose('[', value.map((item) => write(item, `${margin}  `)), ']', margin)
  if (!isPlain(value)) return numberOrText((value as { readonly toString: () => string }).toString())
  const members = Object.entries(value).filter(([, item]) => item !== undefined)
  return enclose('{', members.map(([name, item]) => `${JSON.stringify(name)}: ${write(item, `${margin}  `)}`), '}', margin)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function numberOrText(text: string): string {
  return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? text : JSON.stringify(text)
}

function enclose(open: string, parts: readonly string[], close: string, margin: string): string {
  return parts.length === 0 ? open + close : `${open}\n${parts.map((part) => `${margin}  ${part}`).join(',\n')}\n${margin}${close}`
}
