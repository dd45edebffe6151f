import { isArray, objectFrom, type JsonArray, type JsonObject, type JsonValue } from '@oasgen/json'
import { tryRegex, type Regex, type RegexMatch } from '../../regex.js'
import { chargeText } from '../arithmetic.js'
import { computed, each, type Env, type Filter } from '../filter.js'
import { charge, describe, fail, tick, typeOf, type Run } from '../run.js'
import { characterCount, hasPairs } from './strings.js'
import type { FilterFunction, ValueFunction } from './table.js'

/** What a search looks for: a pattern of RE2 with jq's flags. */
interface Search {
  readonly regex: Regex
  readonly all: boolean
  readonly skipEmpty: boolean
}

function searchOf(run: Run, input: JsonValue, [pattern, flags]: readonly [JsonValue, JsonValue]): Search {
  if (typeOf(input) !== 'string') throw fail(`${describe(input)} cannot be matched, as it is not a string`)
  if (isArray(pattern)) return searchOf(run, input, [pattern[0] ?? null, pattern[1] ?? null])
  if (typeOf(pattern) !== 'string') throw fail(`${describe(pattern)} cannot be matched, as it is not a string`)
  if (flags !== null && typeOf(flags) !== 'string') throw fail(`${describe(flags)} is not a string`)
  return compiled(run, pattern as string, (flags ?? '') as string)
}

/** Compiled once per evaluation. */
function compiled(run: Run, pattern: string, flags: string): Search {
  const key = `${flags}/${pattern}`
  const known = run.patterns.get(key) as Search | undefined
  if (known !== undefined) return known
  charge(run, 10 + pattern.length)
  const wrong = /[^ginpslx]/.exec(flags)
  if (wrong !== null) throw fail(`${flags} is not a valid modifier string`)
  const source = flags.includes('x') ? withoutBlanks(pattern) : pattern
  const regex = tryRegex(source, { ignoreCase: flags.includes('i'), singleLine: flags.includes('p'), longest: flags.includes('l') })
  if (typeof regex === 'string') throw fail(`${pattern} (at offset 0) is not a valid regex: ${regex}`)
  const search = { regex, all: flags.includes('g'), skipEmpty: flags.includes('n') }
  run.patterns.set(key, search)
  return search
}

/** Extended patterns may be laid out with blanks and comments; RE2 does not know them. */
function withoutBlanks(pattern: string): string {
  return pattern.replace(/(\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\])|\s+|#[^\n]*/g, '$1')
}

function matchesIn(run: Run, text: string, { regex, all, skipEmpty }: Search): readonly RegexMatch[] {
  const matches: RegexMatch[] = []
  charge(run, text.length / 8)
  for (let from = 0; from <= text.length;) {
    const match = regex.find(text, from)
    if (match === undefined) break
    charge(run, 10 + (match.end - from) / 8)
    const empty = match.end === match.start
    if (!empty || !skipEmpty) matches.push(match)
    if (!all && matches.length > 0) break
    from = empty ? match.end + characterLength(text, match.end) : match.end
  }
  return matches
}

function characterLength(text: string, at: number): number {
  const code = text.codePointAt(at)
  return code !== undefined && code > 0xffff ? 2 : 1
}

interface Found {
  readonly run: Run
  readonly text: string
  readonly regex: Regex
}

function describeMatch({ text, regex }: Found, match: RegexMatch): JsonObject {
  const names = new Map(Object.entries(regex.groupNames).map(([name, index]) => [index, name] as const))
  const captures = match.groups.slice(1).map((_, index) => ({ ...spanOf(text, match.groups[index + 1]), name: names.get(index + 1) ?? null }))
  return { ...spanOf(text, match), captures }
}

function spanOf(text: string, span: RegexMatch['groups'][number]): { readonly offset: number; readonly length: number; readonly string: string | null } {
  if (span === undefined) return { offset: -1, length: 0, string: null }
  const string = text.slice(span.start, span.end)
  const offset = hasPairs(text) ? characterCount(text.slice(0, span.start)) : span.start
  return { offset, length: characterCount(string), string }
}

/** Named groups by name. */
function namedGroups({ text, regex }: Found, match: RegexMatch): JsonObject {
  return objectFrom(Object.entries(regex.groupNames).map(([name, index]) => [name, spanOf(text, match.groups[index]).string] as const))
}

/** A function of a pattern and flags; the last argument changes slowest. */
function searching(extraFlags: string, use: (found: Found, matches: readonly RegexMatch[], give: (value: JsonValue) => void) => void): FilterFunction {
  return ([patterns, flags]) => (env, input, out) => {
    const { value } = input
    eachArgument([flags, patterns], env, value, ([flag, pattern]) => {
      tick(env.run)
      const search = searchOf(env.run, value, [pattern, withFlags(flag, extraFlags)])
      const text = value as string
      const all = search.all || extraFlags.includes('g')
      use({ run: env.run, text, regex: search.regex }, matchesIn(env.run, text, { ...search, all }), (result) => out(computed(result, input)))
    })
  }
}

function withFlags(flags: JsonValue, extra: string): JsonValue {
  return flags === null ? extra : typeof flags === 'string' ? flags + extra : flags
}

/** Runs two arguments of which either may be missing. */
function eachArgument(filters: readonly [Filter | undefined, Filter | undefined], env: Env, value: JsonValue, use: (values: readonly [JsonValue, JsonValue]) => void): void {
  const [outer, inner] = filters
  const run = (filter: Filter | undefined, then: (value: JsonValue) => void): void => (filter === undefined ? then(null) : each(filter, [env, value], then))
  run(outer, (first) => run(inner, (second) => use([first, second])))
}

const match = searching('', (found, matches, give) => {
  for (const one of matches) give(describeMatch(found, one))
})

const test = searching('', (_, matches, give) => give(matches.length > 0))

const capture = searching('', (found, matches, give) => {
  for (const one of matches) give(namedGroups(found, one))
})

/** The text of every match, or its groups when there are some. */
const scan = searching('g', (found, matches, give) => {
  for (const one of matches) {
    const [whole, ...groups] = one.groups.map((span) => spanOf(found.text, span).string)
    give(groups.length === 0 ? (whole ?? null) : groups)
  }
})

const splitBy: ValueFunction = (run, value, [pattern = null, flags = null]) => {
  const search = searchOf(run, value, [pattern, withFlags(flags, 'g')])
  const text = value as string
  const matches = matchesIn(run, text, search)
  const ends = [0, ...matches.map((one) => one.end)]
  return [...matches.map((one) => one.start), text.length].map((start, index) => text.slice(ends[index], start)) as JsonArray
}

/** The replacement runs on the named groups. Its first results make the first text, its second results the second. */
function substitute(extraFlags: string): FilterFunction {
  return ([patterns, replacement, flags]) => (env, input, out) => {
    const { value } = input
    eachArgument([flags, patterns], env, value, ([flag, pattern]) => {
      tick(env.run)
      const search = searchOf(env.run, value, [pattern, withFlags(flag, extraFlags)])
      const found: Found = { run: env.run, text: value as string, regex: search.regex }
      const texts = replaced(found, matchesIn(env.run, found.text, search), (groups, use) => replacement && each(replacement, [env, groups], use))
      for (const text of texts) out(computed(text, input))
    })
  }
}

function replaced(found: Found, matches: readonly RegexMatch[], replacements: (groups: JsonObject, use: (text: JsonValue) => void) => void): readonly string[] {
  const texts: string[] = []
  let end = 0
  for (const match of matches) {
    const gap = found.text.slice(end, match.start)
    let index = 0
    replacements(namedGroups(found, match), (text) => {
      if (typeOf(text) !== 'string') throw fail(`${describe(text)} cannot be put into a text`)
      const longer = (texts[index] ?? '') + gap + (text as string)
      chargeText(found.run, gap.length + (text as string).length + longer.length / 64)
      texts[index] = longer
      index += 1
    })
    end = match.end
  }
  return texts.length === 0 ? [found.text] : texts.map((text) => text + found.text.slice(end))
}

export const REGEX_FILTERS: Readonly<Record<string, FilterFunction>> = {
  'match/1': match,
  'match/2': match,
  'test/1': test,
  'test/2': test,
  'capture/1': capture,
  'capture/2': capture,
  'scan/1': scan,
  'scan/2': scan,
  'sub/2': substitute(''),
  'sub/3': substitute(''),
  'gsub/2': substitute('g'),
  'gsub/3': substitute('g'),
}

export const REGEX_VALUES: Readonly<Record<string, ValueFunction>> = { 'split/2': splitBy }
