import { finding, type Checked } from '@oasgen/diagnostics'
import { RE2JS, RE2JSException } from 're2js'

/**
 * A compiled RE2 pattern. Every pattern that we did not write ourselves runs through this: matching is linear
 * in the text, so no value can stall a process. Matching is an unanchored search, as in Go and in OpenAPI.
 */
export interface Regex {
  readonly source: string
  test(text: string): boolean
  /** The first match at or after `from`. */
  find(text: string, from?: number): RegexMatch | undefined
  readonly groupCount: number
  /** Capture group numbers by name. */
  readonly groupNames: Readonly<Record<string, number>>
}

export interface RegexMatch {
  readonly start: number
  readonly end: number
  /** Index 0 is the whole match; a group that took no part is undefined. */
  readonly groups: readonly RegexSpan[]
}

export type RegexSpan = { readonly start: number; readonly end: number } | undefined

export interface RegexOptions {
  readonly ignoreCase?: boolean
  /** `.` matches line breaks too. */
  readonly singleLine?: boolean
  readonly longest?: boolean
}

/** Compiles a foreign pattern; what RE2 refuses is finding EXP0001. */
export function compileRegex(pattern: string, options: RegexOptions = {}): Checked<Regex> {
  const compiled = tryRegex(pattern, options)
  if (typeof compiled !== 'string') return { value: compiled, findings: [] }
  return { value: undefined, findings: [finding('EXP0001', { pattern: JSON.stringify(pattern), problem: compiled })] }
}

/** As `compileRegex`, for callers with their own words: the Go engine's error text, which begins `error parsing regexp:`. */
export function tryRegex(pattern: string, options: RegexOptions = {}): Regex | string {
  try {
    return wrap(RE2JS.compile(pattern, flagsOf(options)))
  } catch (error) {
    if (error instanceof RE2JSException) return error.message
    throw error
  }
}

/**
 * For patterns that we wrote ourselves and that run on foreign texts; one that does not compile is our bug. Compiled when it is
 * first used: most programs load many and use none.
 */
export function ownRegex(pattern: string): Regex {
  let made: Regex | undefined
  const compiled = (): Regex => (made ??= compileOwn(pattern))
  return {
    source: pattern,
    get groupCount() { return compiled().groupCount },
    get groupNames() { return compiled().groupNames },
    test: (text) => compiled().test(text),
    find: (text, from) => compiled().find(text, from),
  }
}

function compileOwn(pattern: string): Regex {
  const compiled = tryRegex(pattern)
  if (typeof compiled === 'string') throw new Error(`cannot compile our own pattern ${pattern}: ${compiled}`)
  return compiled
}

function flagsOf(options: RegexOptions): number {
  return (
    (options.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (options.singleLine ? RE2JS.DOTALL : 0) | (options.longest ? RE2JS.LONGEST_MATCH : 0)
  )
}

function wrap(compiled: RE2JS): Regex {
  return {
    source: compiled.pattern(),
    groupCount: compiled.groupCount(),
    groupNames: compiled.namedGroups(),
    test: (text) => compiled.test(text),
    find: (text, from = 0) => findFrom(compiled, text, from),
  }
}

function findFrom(compiled: RE2JS, text: string, from: number): RegexMatch | undefined {
  const matcher = compiled.matcher(text)
  if (!matcher.find(from)) return undefined
  const groups = Array.from({ length: compiled.groupCount() + 1 }, (_, index): RegexSpan => {
    const start = matcher.start(index)
    return start < 0 ? undefined : { start, end: matcher.end(index) }
  })
  return { start: matcher.start(), end: matcher.end(), groups }
}
