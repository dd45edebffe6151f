import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  applyOverlays, linkDocument, operationSchemas, readDocument, readOverlay, reachableSchemas, reviewDocument, wantedUris, type Document,
} from '@oasgen/openapi'
import { renderColour, type Finding } from '@oasgen/diagnostics'
import { corpusDocuments } from '../../packages/openapi/src/corpus.testing.js'
import { seeded, type Random } from '../seeded.js'

/** Real documents that are small enough to try many, and all that are wrong on purpose. */
export function fuzzSeeds(): readonly string[] {
  const specs = fileURLToPath(new URL('../../specs/openapi/', import.meta.url))
  const broken = readdirSync(specs, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(specs, name)).filter((file) => file.startsWith('document.')).map((file) => readFileSync(join(specs, name, file), 'utf8')))
  const real = corpusDocuments().map((document) => Buffer.from(document.bytes()).toString('utf8')).filter((text) => text.length < 600_000)
  return [...broken, ...real, ...real.flatMap(asJson), ...real.flatMap(asJson)]
}

/** Twice in the list: nonsense that is well-formed gets furthest, and only JSON is changed that way. */
function asJson(text: string): readonly string[] {
  const { value } = readDocument(text, { uri: 'seed' })
  return value === undefined ? [] : [JSON.stringify(value.root, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item))]
}

const pick = <T>(dice: Random, items: readonly T[]): T => items[Math.floor(dice() * items.length)] as T

/** What breaks readers: marks of the languages, numbers at the border, words with a meaning, references to odd places. */
const SCRAPS: readonly string[] = [
  '{', '}', '[', ']', ':', ',', '"', "'", '\\', '\n', '\t', '\r', '- ', '? ', '|', '>', '&a ', '*a', '!!js/function ', '<<: *a\n', '%YAML 1.1\n', '---\n', '...\n', '#',
  'null', 'true', '~', '.nan', '1e999', '-0', '9007199254740993', '0.1234567890123456789', '0x1F', '\u0000', '\uFEFF', '\uD800', '\u2028', '{{ .x }}',
  '"$ref": "#"', '"$ref": "#/"', '"$ref": "#/components/schemas"', '$ref: "#/paths/~1"', '$ref: "./x.yaml#/a"', '$ref: "http://[::1"', '"__proto__": {}', '"constructor": 1',
  'type: [string, "null"]', 'nullable: true', 'allOf: [{$ref: "#/components/schemas/Pet"}]', 'discriminator: {propertyName: x, mapping: {a: b}}', 'openapi: 3.1.0\n', 'swagger: "2.0"\n',
]

type Mutation = (text: string, dice: Random) => string
const at = (text: string, dice: Random): number => Math.floor(dice() * (text.length + 1))

const MUTATIONS: readonly Mutation[] = [
  (text, dice) => insert(text, at(text, dice), pick(dice, SCRAPS)),
  (text, dice) => cut(text, at(text, dice), Math.ceil(dice() ** 4 * 2000)),
  (text, dice) => text.slice(0, at(text, dice)),
  (text, dice) => {
    const from = at(text, dice)
    return insert(text, at(text, dice), text.slice(from, from + Math.ceil(dice() ** 3 * 3000)))
  },
  (text, dice) => swapLines(text, dice),
  (text, dice) => insert(text, at(text, dice), String.fromCharCode(Math.floor(dice() * (dice() < 0.8 ? 128 : 65_536)))),
  (text, dice) => replaceWord(text, dice),
  (text, dice) => insert(text, at(text, dice), pick(dice, ['[', '{"a":', '- ', '(', '"', '\n  ']).repeat(Math.ceil(dice() * 3000))),
  (text, dice) => restructure(text, dice),
]

const insert = (text: string, where: number, part: string): string => text.slice(0, where) + part + text.slice(where)
const cut = (text: string, where: number, length: number): string => text.slice(0, where) + text.slice(where + length)

function swapLines(text: string, dice: Random): string {
  const lines = text.split('\n')
  const [first, second] = [Math.floor(dice() * lines.length), Math.floor(dice() * lines.length)]
  ;[lines[first], lines[second]] = [lines[second] ?? '', lines[first] ?? '']
  return lines.join('\n')
}

/** A value or a name becomes another that stands elsewhere in the document. */
function replaceWord(text: string, dice: Random): string {
  const words = [...text.slice(0, 200_000).matchAll(/[\w$#/.-]+/g)]
  const [from, to] = words.length === 0 ? [] : [pick(dice, words), pick(dice, words)]
  return from === undefined || to === undefined ? text : text.slice(0, from.index) + to[0] + text.slice(from.index + from[0].length)
}

/** Well-formed nonsense: a part of the tree in the place of another, which no change of letters would reach. */
function restructure(text: string, dice: Random): string {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return insert(text, at(text, dice), pick(dice, SCRAPS))
  }
  const holders: object[] = []
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || holders.length > 20_000) return
    holders.push(value)
    Object.values(value).forEach(walk)
  }
  walk(root)
  if (holders.length === 0) return text
  for (let times = Math.ceil(dice() * 4); times > 0; times -= 1) {
    const holder = pick(dice, holders) as Record<string, unknown>
    const keys = Object.keys(holder)
    const odd: readonly unknown[] = [null, true, 0, -1, '', 'x', [], {}, [[]], pick(dice, holders), { $ref: '#/components/schemas/Pet' }, { $ref: 7 }]
    holder[keys.length > 0 && dice() < 0.9 ? pick(dice, keys) : '$ref'] = structuredCloneOr(pick(dice, odd))
  }
  return JSON.stringify(root)
}

/** A part put inside of itself could not be written any more. */
function structuredCloneOr(value: unknown): unknown {
  const text = JSON.stringify(value)
  return text.length > 50_000 ? null : JSON.parse(text)
}

export function mutate(seed: string, dice: Random): string {
  // Letters that are changed mostly end in a syntax error, so half of the inputs stay well-formed.
  if (dice() < 0.5) return restructure(restructure(seed, dice), dice)
  let text = seed
  for (let times = Math.ceil(dice() ** 2 * 6); times > 0; times -= 1) text = pick(dice, MUTATIONS)(text, dice)
  return text
}

/** How many operations of one input are read; every reader is met by the first ones. */
const OPERATIONS = 12
const SCHEMAS = 3000

/** Everything that anybody does with a document. Throws only when something is wrong with us. */
export function exercise(text: string, dice: Random): readonly Finding[] {
  const read = readDocument(dice() < 0.5 ? text : Buffer.from(text, 'utf8'), { uri: 'https://example.com/fuzz.yaml', limits: { schemas: 20_000, aliasNodes: 100_000 } })
  if (read.value === undefined) return shown(read.findings)
  const overlay = readOverlay({ overlay: '1.0.0', actions: [{ target: '$.paths[*].get', update: { summary: 'x', tags: ['y'] } }, { target: "$.components.schemas['Pet']", remove: true }] }, { uri: 'overlay' })
  const applied = dice() < 0.2 ? (applyOverlays(read.value, [overlay.value!]).value ?? read.value) : read.value
  const document = linkDocument(applied, new Map(), { limits: { schemas: 20_000 } })
  return shown([...read.findings, ...readOperations(document), ...(dice() < 0.05 && text.length < 100_000 ? reviewDocument(document) : [])])
}

function readOperations(document: Document): readonly Finding[] {
  const entries = [...document.operations()].slice(0, OPERATIONS)
  const found: Finding[] = [...document.operation('/nowhere/{id}', 'get').findings]
  const starts = entries.flatMap(({ path, method }) => {
    const { value, findings } = document.operation(path, method)
    found.push(...findings)
    return value === undefined ? [] : operationSchemas(value)
  })
  let count = 0
  for (const schema of reachableSchemas(starts)) {
    if ((count += 1) > SCHEMAS) break
    found.push(...schema.findings)
  }
  if (count < SCHEMAS) wantedUris(document, entries.slice(0, 1))
  void [document.securitySchemes, document.servers, document.security]
  return found
}

/** Lines and columns of some, which are looked for only when somebody reads them. */
function shown(findings: readonly Finding[]): readonly Finding[] {
  renderColour(findings.slice(0, 5), { colours: 'none' })
  return findings
}

export interface FuzzResult {
  readonly inputs: number
  /** Time of this process alone, so that other programs do not count. */
  readonly slowestMs: number
  readonly grownMegabytes: number
  /** What went wrong, with the number that makes the input again. */
  readonly failures: readonly string[]
}

/** The longest that one document may take. */
const SLOW_MS = 2000

export function runFuzz(options: { readonly seed: number; readonly inputs?: number; readonly milliseconds?: number }): FuzzResult {
  const seeds = fuzzSeeds()
  const end = performance.now() + (options.milliseconds ?? Infinity)
  const failures: string[] = []
  let slowestMs = 0
  let inputs = 0
  let settled = 0
  for (; inputs < (options.inputs ?? Infinity) && performance.now() < end && failures.length < 10; inputs += 1) {
    if (inputs === 200) settled = process.memoryUsage().rss
    const dice = seeded(options.seed * 1_000_003 + inputs)
    const text = mutate(pick(dice, seeds), dice)
    const { ms, problem } = attemptTwice(text, dice)
    slowestMs = Math.max(slowestMs, ms)
    if (problem !== undefined) failures.push(`input ${inputs} of seed ${options.seed}: ${problem}`)
    else if (ms > SLOW_MS) failures.push(`input ${inputs} of seed ${options.seed}: ${Math.round(ms)} ms for ${text.length} characters`)
  }
  return { inputs, slowestMs, grownMegabytes: (process.memoryUsage().rss - settled) / 1e6, failures }
}

/** What took long is tried again: on a busy machine a collection of garbage may fall on an innocent input. */
function attemptTwice(text: string, dice: Random): { readonly ms: number; readonly problem?: string } {
  const first = attempt(text, dice)
  if (first.problem !== undefined || first.ms <= SLOW_MS) return first
  const second = attempt(text, dice)
  return second.ms < first.ms ? second : first
}

function attempt(text: string, dice: Random): { readonly ms: number; readonly problem?: string } {
  const before = process.cpuUsage()
  let problem: string | undefined
  try {
    exercise(text, dice)
  } catch (cause) {
    problem = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
  }
  const used = process.cpuUsage(before)
  return { ms: (used.user + used.system) / 1000, ...(problem !== undefined && { problem }) }
}
