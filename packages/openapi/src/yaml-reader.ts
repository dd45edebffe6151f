import type { JsonValue } from '@oasgen/json'
import { FAILSAFE_SCHEMA, loadAll, Type, YAMLException, type LoadOptions, type Mark, type State } from 'js-yaml'
import { exactFloat, exactInteger } from './yaml-numbers.js'

export interface YamlProblem {
  readonly reason: string
  readonly offset: number
}

export type YamlResult =
  | { readonly ok: true; readonly values: readonly JsonValue[]; readonly duplicates: boolean }
  | { readonly ok: false; readonly problem: YamlProblem }

/** Reads the documents of a YAML stream by the core schema of YAML 1.2; keys become text, numbers stay exact. */
export function loadYaml(text: string, depth: number): YamlResult {
  const strict = attempt(text, depth, false)
  if (strict.ok || strict.problem.reason !== DUPLICATE) return strict
  const lenient = attempt(text, depth, true)
  return lenient.ok ? { ...lenient, duplicates: true } : lenient
}

export const OPEN_QUOTE = 'a quoted scalar is not closed'

const DUPLICATE = 'duplicated mapping key'

function attempt(text: string, depth: number, allowDuplicates: boolean): YamlResult {
  const options = yamlOptions(depth, allowDuplicates)
  try {
    return { ok: true, values: loadAll(text, null, { ...options, onWarning: stopAtWarning }) as JsonValue[], duplicates: false }
  } catch (problem) {
    if (problem === WARNED) return attemptWarned(text, depth, options)
    return failure(text, problem)
  }
}

/** One warning is enough to know: the parser scans the whole text for each, and there may be one per line. */
const WARNED = Symbol('warned')

function stopAtWarning(): never {
  throw WARNED
}

function attemptWarned(text: string, depth: number, options: LoadOptions): YamlResult {
  try {
    const values = loadAll(text, null, options) as JsonValue[]
    const open = openQuoteIn(text, depth)
    return open === undefined ? { ok: true, values, duplicates: false } : { ok: false, problem: { reason: OPEN_QUOTE, offset: open } }
  } catch (problem) {
    return failure(text, problem)
  }
}

function failure(text: string, problem: unknown): YamlResult {
  if (!(problem instanceof YAMLException)) throw problem
  const mark = problem.mark as Mark | undefined
  return { ok: false, problem: { reason: problem.reason, offset: Math.min(mark?.position ?? 0, text.length) } }
}

/** Runs the parser once more over a text that it has accepted, for the places of its nodes. */
export function traceYaml(text: string, depth: number, listener: (event: 'open' | 'close', state: State) => void): void {
  loadAll(text, null, { ...yamlOptions(depth, true), listener })
}

/**
 * The parser lets lines of a quoted text begin anywhere, as real documents do, and then takes the next quote in the document for
 * the end of one that was never closed. Behind a text that really ends there, its line ends or a comma, bracket or colon follows.
 */
function openQuoteIn(text: string, depth: number): number | undefined {
  let found: number | undefined
  const starts: number[] = []
  traceYaml(text, depth, (event, state) => {
    if (event === 'open') {
      starts.push(state.position)
      return
    }
    const start = starts.pop() ?? 0
    if (found !== undefined || state.kind !== 'scalar' || !isCutShort(text, start, state.position)) return
    found = text.slice(start).search(/["']/) + start
  })
  return found
}

function isCutShort(text: string, start: number, end: number): boolean {
  const written = text.slice(start, end)
  if (!/^\s*["']/.test(written) || !written.trim().includes('\n')) return false
  const after = /[ \t]*(?:#[^\n]*|[,\]}:]|\r?\n|$)/y
  after.lastIndex = start + written.trimEnd().length
  return !after.test(text)
}

function yamlOptions(depth: number, json: boolean): LoadOptions {
  const options: LoadOptions & { readonly maxDepth: number } = { schema: SCHEMA, json, maxDepth: depth }
  return options
}

const nothing = new Type('tag:yaml.org,2002:null', {
  kind: 'scalar',
  resolve: (text: unknown) => text === null || (typeof text === 'string' && /^(?:~|null|Null|NULL|)$/.test(text)),
  construct: () => null,
})

const truth = new Type('tag:yaml.org,2002:bool', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && /^(?:true|True|TRUE|false|False|FALSE)$/.test(text),
  construct: (text: string) => text.toLowerCase() === 'true',
})

/** A tag that nobody here knows changes nothing: a foreign tag in a corner must not cost the document. */
const ignoredTags = (['scalar', 'sequence', 'mapping'] as const).flatMap((kind) =>
  ['!', 'tag:'].map((prefix) => new Type(prefix, { kind, multi: true, resolve: () => true, construct: (data: unknown) => data })),
)

const SCHEMA = FAILSAFE_SCHEMA.extend({ implicit: [nothing, truth, exactInteger, exactFloat], explicit: ignoredTags })
