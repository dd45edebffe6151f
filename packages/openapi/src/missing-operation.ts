import { finding, type DocumentPlace, type Finding, type Fix, type RelatedPlace } from '@oasgen/diagnostics'
import { isObject } from '@oasgen/json'
import { shorten } from './name-value.js'
import type { Server } from './normal-form.js'
import { below } from './pointer.js'
import type { SourceDocument } from './source-document.js'
import { splitUri } from './uri.js'

export interface MissingPath {
  readonly path: string
  readonly method: string
  readonly servers: () => readonly Server[]
}

/** How many near paths are shown. */
const SHOWN = 3

/** The finding for a path that is not there: with what the author most likely meant. */
export function missingPath(source: SourceDocument, missing: MissingPath): Finding {
  const paths = isObject(source.root['paths']) ? Object.keys(source.root['paths']).filter((path) => path.startsWith('/')) : []
  const candidates = nearestPaths(missing, paths)
  const [best] = candidates
  const near = best === undefined ? '' : `; did you mean \`${best.path}\`?`
  const shown = candidates.filter(({ sure }) => sure === (best?.sure ?? false)).slice(0, SHOWN)
  const related = shown.map((candidate): RelatedPlace => ({ where: source.place(below('/paths', candidate.path)), message: candidate.why }))
  const fix: { readonly fix?: Fix } = best?.sure === true ? { fix: pathFix(best.path) } : {}
  const extras = { where: source.place('/paths'), ...(related.length > 0 && { related }), ...fix }
  return finding('OAS0301', { path: shorten(missing.path, 120), near, advice: advicePath(best, paths.length) }, extras)
}

function advicePath(best: PathCandidate | undefined, count: number): string {
  if (count === 0) return 'the document has no paths at all: is it the right one?'
  if (best === undefined) return `look among its ${count} paths: \`oasgen init\` lists the resources that it finds`
  return best.sure ? `write \`path: ${best.path}\`: ${best.why}` : `write the path as the document does, such as \`${best.path}\``
}

function pathFix(path: string): Fix {
  return { kind: 'definition', title: `use the path ${path}`, patch: [{ op: 'replace', path: '/path', value: path }] }
}

/** In larger documents only paths that share a word are compared. */
const MANY = 3000

interface PathCandidate {
  readonly path: string
  readonly why: string
  /** It is the same place written differently, so a tool may put it in. */
  readonly sure: boolean
  readonly score: number
}

function nearestPaths(missing: MissingPath, paths: readonly string[]): readonly PathCandidate[] {
  const prefixes = serverPaths(missing.servers())
  const literals = new Set(segmentsOf(missing.path).filter((segment) => segment !== '{}'))
  const near = paths.length <= MANY ? paths : paths.filter((path) => segmentsOf(path).some((segment) => literals.has(segment)))
  const similarity = rememberSimilarity()
  return near
    .flatMap((path) => {
      const candidate = samePath(missing.path, path, prefixes) ?? similarPath(missing.path, path, similarity)
      return candidate === undefined ? [] : [{ path, ...candidate }]
    })
    .sort((a, b) => a.score - b.score || (a.path < b.path ? -1 : 1))
}

function serverPaths(servers: readonly Server[]): readonly string[] {
  return [...new Set(servers.map(({ url }) => splitUri(url).path.replace(/\/+$/, '')))].filter((path) => path !== '')
}

type Judgement = Omit<PathCandidate, 'path'>

/** Two spellings of one path. */
function samePath(asked: string, path: string, prefixes: readonly string[]): Judgement | undefined {
  if (shapeOf(asked) === shapeOf(path)) return { why: 'only the names of parameters differ', sure: true, score: 0 }
  const [short, plain] = [trimmed(asked), trimmed(path)]
  if (shapeOf(short) === shapeOf(plain)) return { why: 'only the slash at the end differs', sure: true, score: 1 }
  const sameLetters = shapeOf(short).toLowerCase() === shapeOf(plain).toLowerCase()
  if (sameLetters) return { why: 'only upper and lower case differ', sure: true, score: 2 }
  const prefix = prefixes.find((candidate) => shapeOf(short) === candidate + shapeOf(plain))
  if (prefix !== undefined) return { why: `\`${prefix}\` is part of the server's address already`, sure: true, score: 3 }
  return undefined
}

function trimmed(path: string): string {
  const rooted = path.startsWith('/') ? path : `/${path}`
  return rooted.length > 1 ? rooted.replace(/\/+$/, '') : rooted
}

/** The path without the names of its parameters. */
export function shapeOf(path: string): string {
  return path.replaceAll(/\{[^{}]*\}/g, '{}')
}

/** Compares segment by segment, because a whole segment more or less is one slip. */
function similarPath(asked: string, path: string, cost: SegmentCost): Judgement | undefined {
  const [a, b] = [segmentsOf(asked), segmentsOf(path)]
  if (Math.abs(a.length - b.length) > 2) return undefined
  const distance = segmentDistance(a, b, cost)
  const bound = Math.max(1, Math.max(a.length, b.length) * 0.5)
  return distance > bound ? undefined : { why: 'a similar path', sure: false, score: 10 + distance }
}

function segmentsOf(path: string): readonly string[] {
  return shapeOf(path).toLowerCase().split('/').filter((segment) => segment !== '')
}

function segmentDistance(a: readonly string[], b: readonly string[], cost: SegmentCost): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, segment] of a.entries()) {
    const next = [i + 1]
    for (const [j, other] of b.entries()) {
      next.push(Math.min((row[j] ?? 0) + cost(segment, other), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

type SegmentCost = (a: string, b: string) => number

/** A document has far fewer words than paths. */
function rememberSimilarity(): SegmentCost {
  const known = new Map<string, number>()
  return (a, b) => {
    if (a === b) return 0
    const key = `${a}/${b}`
    const cost = known.get(key) ?? segmentCost(a, b)
    known.set(key, cost)
    return cost
  }
}

/** 0 for equal, below 1 for words that share most of their letters (`repo`, `repos`), 1 for others. */
function segmentCost(a: string, b: string): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  if (short.length > 2 && long.startsWith(short) && long.length - short.length <= 2) return 0.25
  const common = pairsOf(a).filter((pair) => pairsOf(b).includes(pair)).length
  const similarity = (2 * common) / (pairsOf(a).length + pairsOf(b).length || 1)
  return similarity > 0.6 ? 1 - similarity : 1
}

function pairsOf(text: string): readonly string[] {
  return Array.from({ length: Math.max(text.length - 1, 0) }, (_, index) => text.slice(index, index + 2))
}

export interface MissingMethod {
  readonly path: string
  readonly method: string
  readonly methods: readonly string[]
}

export function missingMethod(where: DocumentPlace, { path, method, methods }: MissingMethod): Finding {
  const [only] = methods
  const listed = methods.length === 0 ? 'none' : methods.map((name) => name.toUpperCase()).join(', ')
  const writing = ['put', 'patch', 'post']
  const likely = writing.includes(method) ? writing.find((name) => methods.includes(name)) : methods.length === 1 ? only : undefined
  const word = likely?.toUpperCase()
  const advice = word === undefined ? 'take one of those, or another path' : `the document does it with ${word}: write \`method: ${word}\``
  return finding('OAS0302', { path: shorten(path, 120), method: method.toUpperCase(), methods: listed, advice }, { where })
}
