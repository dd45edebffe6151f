import { isArray, putMember, readJson, readNumber, type JsonObject, type JsonValue, type Members, type ReadResult } from '@oasgen/json'

/**
 * Reads JSON with exact numbers, large documents close to the speed of the built-in parser. Numbers that a double would change
 * are few even in documents that have some: each is handed to the built-in parser as a marked text, and put back in the pass
 * that checks the nesting. Whatever does not work out goes to `readJson`, which is slower and knows every place.
 */
export function readExactJson(text: string, maxDepth: number): ReadResult {
  if (text.length < SMALL) return readJson(text, { maxDepth })
  const numbers = longNumbers(text)
  const value = numbers.length === 0 ? parsed(text) : parseMarked(text, numbers)
  const good = value !== undefined && (numbers.length === 0 ? fits(value, maxDepth) : restore(value, maxDepth))
  return good ? { ok: true, value } : readJson(text, { maxDepth })
}

/** Below it the slower way takes no time either. */
const SMALL = 100_000

interface Token {
  readonly start: number
  readonly end: number
}

const RUN = 16

/** Numbers of more than 15 digits, or with a long exponent; every one of them, and rarely something inside of a text. */
function longNumbers(text: string): readonly Token[] {
  const found: Token[] = []
  let done = 0
  for (let at = RUN - 1; at < text.length; at += RUN) {
    if (at < done || !isDigitOrPoint(text.charCodeAt(at)) || !reachesFar(text, at)) continue
    const token = tokenAround(text, at)
    done = token.end
    if (token.end - token.start >= RUN && standsAsValue(text, token.start)) found.push(token)
  }
  return [...found, ...longExponents(text, found)].sort((a, b) => a.start - b.start)
}

/** A run of 16 around a place has 8 of them on its left or 7 on its right; three samples tell nearly all short ones. */
function reachesFar(text: string, at: number): boolean {
  return (isDigitOrPoint(text.charCodeAt(at - 8)) && isDigitOrPoint(text.charCodeAt(at - 5)) && isDigitOrPoint(text.charCodeAt(at - 2)))
    || (isDigitOrPoint(text.charCodeAt(at + 7)) && isDigitOrPoint(text.charCodeAt(at + 5)) && isDigitOrPoint(text.charCodeAt(at + 2)))
}

function isDigitOrPoint(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46
}

const EXPONENT = /[eE][+-]?\d+/y

function tokenAround(text: string, at: number): Token {
  let start = at
  while (start > 0 && isDigitOrPoint(text.charCodeAt(start - 1))) start -= 1
  let end = at + 1
  while (isDigitOrPoint(text.charCodeAt(end))) end += 1
  EXPONENT.lastIndex = end
  end += EXPONENT.exec(text)?.[0].length ?? 0
  return { start: text.charCodeAt(start - 1) === 45 ? start - 1 : start, end }
}

/** A number whose exponent has three digits ends so: behind a value comes the end of the list or the member. */
const LONG_EXPONENT = /\d[eE][+-]?\d{3,}(?=\s*[,}\]])/g

function longExponents(text: string, known: readonly Token[]): readonly Token[] {
  const starts = new Set(known.map(({ start }) => start))
  return [...text.matchAll(LONG_EXPONENT)]
    .map((match) => tokenAround(text, match.index))
    .filter(({ start }) => !starts.has(start) && standsAsValue(text, start))
}

/** A number in JSON follows a colon behind a name, a comma behind a value, or an opening bracket. */
function standsAsValue(text: string, start: number): boolean {
  const before = lastInk(text, start)
  if (before < 0) return true
  const mark = text.charAt(before)
  const further = text.charAt(lastInk(text, before))
  if (mark === ':') return further === '"'
  if (mark === ',') return /["\]}\dle]/.test(further)
  return mark === '[' && /^[:,[]?$/.test(further)
}

function lastInk(text: string, before: number): number {
  let at = before - 1
  while (at >= 0 && text.charCodeAt(at) <= 32) at -= 1
  return at
}

/** A token inside of a text ends that text too early, and the built-in parser refuses the rest. */
function parseMarked(text: string, numbers: readonly Token[]): JsonValue | undefined {
  if (text.includes('\\u0000')) return undefined
  const parts: string[] = []
  let done = 0
  for (const { start, end } of numbers) {
    parts.push(text.slice(done, start), '"\\u0000', text.slice(start, end), '"')
    done = end
  }
  parts.push(text.slice(done))
  return parsed(parts.join(''))
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

/** Whether arrays and objects nest at most so many levels. Plain loops over containers alone: this runs over every node. */
function fits(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  return isArray(value) ? listFits(value, levels - 1) : objectFits(value as JsonObject, levels - 1)
}

function listFits(items: readonly JsonValue[], levels: number): boolean {
  for (const item of items) if (typeof item === 'object' && item !== null && !fits(item, levels)) return false
  return true
}

/** Half the time of Object.values; what was parsed inherits nothing that is enumerable. */
function objectFits(members: JsonObject, levels: number): boolean {
  for (const name in members) {
    const member = members[name]
    if (typeof member === 'object' && member !== null && !fits(member, levels)) return false
  }
  return true
}

/** Puts the numbers back, in place, since nobody else has seen the value; `false` when it nests too deep or a mark is no number. */
function restore(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  return isArray(value) ? restoreList(value as JsonValue[], levels) : restoreObject(value as Members, levels)
}

function restoreList(items: JsonValue[], levels: number): boolean {
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index] ?? null
    if (isMarked(item) ? !putBack(items, index, item) : !restore(item, levels - 1)) return false
  }
  return true
}

function restoreObject(members: Members, levels: number): boolean {
  for (const name in members) {
    const item = members[name] ?? null
    if (isMarked(item) ? !putBack(members, name, item) : !restore(item, levels - 1)) return false
  }
  return true
}

function isMarked(value: JsonValue): value is string {
  return typeof value === 'string' && value.charCodeAt(0) === 0
}

function putBack(container: Members | JsonValue[], key: string | number, marked: string): boolean {
  const number = readNumber(marked.slice(1))
  if (number === undefined) return false
  putMember(container as Members, String(key), number)
  return true
}
