import { arrayIndex, readPointer } from '@oasgen/json'
import { lazily } from './lazy.js'
import { below } from './pointer.js'
import type { Duplicate, Span, Spans } from './span.js'

/**
 * Places in JSON text that is known to be well-formed. Only the containers on the way to a place are listed, and each once;
 * everything beside the way is skipped without looking inside.
 */
export function jsonSpans(text: string): Spans {
  const listed = new Map<number, Listed>()
  const listedAt = (start: number): Listed => {
    const known = listed.get(start)
    if (known !== undefined) return known
    const made = listContainer(text, start)
    listed.set(start, made)
    return made
  }
  const root = lazily((): Span => {
    const start = skipSpace(text, 0)
    return { start, end: skipValue(text, start), scalar: isScalar(text, start) }
  })
  return {
    spanOf: (pointer) => readPointer(pointer)?.reduce<Span | undefined>((span, token) => stepInto(span, token, listedAt), root()),
    duplicates: (count) => findDuplicates(text, count),
  }
}

interface Member extends Span {
  readonly name: string | undefined
}

/** The elements of a list, or the members of an object by name; of equal names the last. */
interface Listed {
  readonly elements: readonly Span[]
  readonly members: ReadonlyMap<string, Span>
}

function listContainer(text: string, start: number): Listed {
  const all = listMembers(text, start)
  if (text.charCodeAt(start) === OPEN_LIST) return { elements: all, members: new Map() }
  return { elements: [], members: new Map(all.map((member) => [member.name ?? '', member])) }
}

function stepInto(span: Span | undefined, token: string, listedAt: (start: number) => Listed): Span | undefined {
  if (span === undefined || span.scalar) return undefined
  const { elements, members } = listedAt(span.start)
  return members.get(token) ?? elements[arrayIndex(token) ?? -1]
}

const QUOTE = 34
const BACKSLASH = 92
const OPEN_LIST = 91
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const COMMA = 44

function listMembers(text: string, start: number): readonly Member[] {
  const members: Member[] = []
  const isList = text.charCodeAt(start) === OPEN_LIST
  let at = skipSpace(text, start + 1)
  while (at < text.length && !isClosing(text.charCodeAt(at))) {
    const member = isList ? readElement(text, at) : readMember(text, at)
    members.push(member)
    at = skipSpace(text, member.end)
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1)
  }
  return members
}

function readElement(text: string, at: number): Member {
  return { name: undefined, start: at, end: skipValue(text, at), scalar: isScalar(text, at) }
}

function readMember(text: string, at: number): Member {
  const keyEnd = skipString(text, at)
  const start = skipSpace(text, skipSpace(text, keyEnd) + 1)
  const key = { start: at, end: keyEnd }
  return { name: nameIn(text, at, keyEnd), key, start, end: skipValue(text, start), scalar: isScalar(text, start) }
}

function nameIn(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1)
  return inner.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : inner
}

function isScalar(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code !== OPEN_LIST && code !== OPEN_OBJECT
}

function isClosing(code: number): boolean {
  return code === CLOSE_LIST || code === CLOSE_OBJECT
}

function skipSpace(text: string, start: number): number {
  let at = start
  for (let code = text.charCodeAt(at); code === 32 || code === 10 || code === 13 || code === 9; code = text.charCodeAt(at)) at += 1
  return at
}

function skipString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    if (code === BACKSLASH) at += 1
  }
  return text.length
}

function skipValue(text: string, start: number): number {
  const code = text.charCodeAt(start)
  if (code === QUOTE) return skipString(text, start)
  return code === OPEN_LIST || code === OPEN_OBJECT ? skipContainer(text, start) : skipWord(text, start)
}

function skipContainer(text: string, start: number): number {
  let levels = 0
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = skipString(text, at) - 1
    else if (code === OPEN_LIST || code === OPEN_OBJECT) levels += 1
    else if (isClosing(code)) {
      levels -= 1
      if (levels === 0) return at + 1
    }
  }
  return text.length
}

function skipWord(text: string, start: number): number {
  let at = start
  while (at < text.length && !/[\s,\]}]/.test(text.charAt(at))) at += 1
  return at
}

/** Looks at every object; an explicit stack, because the text may nest deeper than the call stack allows. */
function findDuplicates(text: string, count: number): readonly Duplicate[] {
  const found: Duplicate[] = []
  const open: { readonly pointer: string; readonly start: number }[] = [{ pointer: '', start: skipSpace(text, 0) }]
  for (let next = open.pop(); next !== undefined && found.length < count; next = open.pop()) {
    if (isScalar(text, next.start)) continue
    const members = listMembers(text, next.start)
    const { pointer } = next
    found.push(...repeatedIn(pointer, members).slice(0, count))
    const containers = members.map(({ scalar, name, start }, index) => ({ scalar, pointer: below(pointer, name ?? index), start }))
    for (const container of containers.reverse()) if (!container.scalar) open.push(container)
  }
  return found.slice(0, count)
}

function repeatedIn(pointer: string, members: readonly Member[]): readonly Duplicate[] {
  const seen = new Map<string, Member>()
  const found: Duplicate[] = []
  for (const member of members) {
    if (member.name === undefined || member.key === undefined) continue
    const first = seen.get(member.name)?.key
    if (first !== undefined) found.push({ pointer: below(pointer, member.name), name: member.name, first, second: member.key })
    seen.set(member.name, member)
  }
  return found
}
