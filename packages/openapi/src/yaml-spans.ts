import { arrayIndex, readPointer } from '@oasgen/json'
import type { State } from 'js-yaml'
import { below } from './pointer.js'
import type { Duplicate, Span, Spans } from './span.js'
import { traceYaml } from './yaml-reader.js'

/** Places in YAML text that was parsed before: the same parser runs again and tells where it is. */
export function yamlSpans(text: string, depth: number, documentIndex: number): Spans {
  let built: Trace | undefined
  const trace = (): Trace => (built ??= buildTrace(text, depth))
  const rootOf = (all: Trace): number | undefined => all.roots[documentIndex]
  return {
    spanOf(pointer) {
      const all = trace()
      const root = rootOf(all)
      const tokens = readPointer(pointer)
      return root === undefined || tokens === undefined ? undefined : descend(all, { node: root }, tokens)
    },
    duplicates(count) {
      const all = trace()
      const root = rootOf(all)
      return root === undefined ? [] : findDuplicates(all, root, count)
    },
  }
}

/** Nodes in the order in which they end; parallel lists, because there may be a million of them. */
interface Trace {
  readonly text: string
  readonly starts: number[]
  readonly ends: number[]
  /** What the parser made of a node; of a scalar, its value. */
  readonly results: unknown[]
  /** Children of a collection: of a mapping keys and values in turn. */
  readonly children: (readonly number[] | undefined)[]
  readonly roots: number[]
  /** Members of the mappings that were asked for. */
  readonly members: Map<number, ReadonlyMap<string, Found>>
}

interface OpenNode {
  readonly start: number
  readonly children: number[]
}

function buildTrace(text: string, depth: number): Trace {
  const trace: Trace = { text, starts: [], ends: [], results: [], children: [], roots: [], members: new Map() }
  const open: OpenNode[] = []
  traceYaml(text, depth, (event, state) => {
    if (event === 'open') open.push({ start: state.position, children: [] })
    else closeNode(trace, open, state)
  })
  return trace
}

function closeNode(trace: Trace, open: OpenNode[], state: State): void {
  const node = open.pop()
  if (node === undefined) return
  const id = trace.starts.length
  trace.starts.push(node.start)
  trace.ends.push(state.position)
  trace.results.push(state.result)
  trace.children.push(childrenOf(trace, node, state))
  const parent = open.at(-1)
  if (parent === undefined) trace.roots.push(id)
  else parent.children.push(id)
}

/**
 * The parser tries a value as the first key of a mapping before it takes it for itself; such a trial shows as one child with
 * the very same value, and its children are the node's own.
 */
function childrenOf(trace: Trace, node: OpenNode, state: State): readonly number[] | undefined {
  if (typeof state.result !== 'object' || state.result === null || state.kind === 'scalar') return undefined
  const [only, ...others] = node.children
  if (only === undefined || others.length > 0 || trace.results[only] !== state.result) return node.children
  return trace.children[only]
}

interface Found {
  readonly node: number
  readonly key?: number
}

function descend(trace: Trace, root: Found, tokens: readonly string[]): Span | undefined {
  let found: Found | undefined = root
  for (const token of tokens) {
    found = found === undefined ? undefined : step(trace, found.node, token)
  }
  return found === undefined ? undefined : spanOf(trace, found)
}

function step(trace: Trace, node: number, token: string): Found | undefined {
  const children = trace.children[node]
  const result = trace.results[node]
  if (children === undefined) return undefined
  if (Array.isArray(result)) {
    const child = children.length === result.length ? children[arrayIndex(token) ?? -1] : undefined
    return child === undefined ? undefined : { node: child }
  }
  return membersOf(trace, node, children).get(token)
}

/** Of equal names the last. */
function membersOf(trace: Trace, node: number, children: readonly number[]): ReadonlyMap<string, Found> {
  const known = trace.members.get(node)
  if (known !== undefined) return known
  const members = new Map<string, Found>()
  // An odd number is a form of YAML that the trace does not tell apart; its members are shown where it stands.
  for (let at = 0; children.length % 2 === 0 && at < children.length; at += 2) {
    const [key, value] = [children[at] ?? 0, children[at + 1] ?? 0]
    members.set(keyText(trace, key), { node: value, key })
  }
  trace.members.set(node, members)
  return members
}

function keyText(trace: Trace, node: number): string {
  return String(trace.results[node])
}

function spanOf(trace: Trace, found: Found): Span {
  const { start, end } = bounds(trace, found.node)
  const scalar = trace.children[found.node] === undefined
  return { start, end, scalar, ...(found.key !== undefined && { key: bounds(trace, found.key) }) }
}

const BEFORE_NODE = /(?:\s+|#[^\n]*|[&!][^\s,[\]{}]*)*/y

/** The parser reports a node before it skips space, comments and properties, and after the space behind it. */
function bounds(trace: Trace, node: number): { readonly start: number; readonly end: number } {
  const { text } = trace
  BEFORE_NODE.lastIndex = trace.starts[node] ?? 0
  const skipped = BEFORE_NODE.exec(text)?.[0].length ?? 0
  const limit = trace.ends[node] ?? 0
  const start = Math.min((trace.starts[node] ?? 0) + skipped, limit)
  let end = limit
  while (end > start && /\s/.test(text.charAt(end - 1))) end -= 1
  return start === end ? { start: trace.starts[node] ?? 0, end: (trace.starts[node] ?? 0) + 1 } : { start, end }
}

function findDuplicates(trace: Trace, root: number, count: number): readonly Duplicate[] {
  const found: Duplicate[] = []
  const open: { readonly node: number; readonly pointer: string }[] = [{ node: root, pointer: '' }]
  for (let next = open.pop(); next !== undefined && found.length < count; next = open.pop()) {
    found.push(...repeatedIn(trace, next.node, next.pointer).slice(0, count))
    for (const container of containersIn(trace, next.node, next.pointer).toReversed()) open.push(container)
  }
  return found.slice(0, count)
}

function repeatedIn(trace: Trace, node: number, pointer: string): readonly Duplicate[] {
  if (Array.isArray(trace.results[node])) return []
  const seen = new Map<string, number>()
  const found: Duplicate[] = []
  for (const [index, key] of (trace.children[node] ?? []).entries()) {
    if (index % 2 === 1) continue
    const name = keyText(trace, key)
    const first = seen.get(name)
    if (first !== undefined) found.push({ pointer: below(pointer, name), name, first: bounds(trace, first), second: bounds(trace, key) })
    seen.set(name, key)
  }
  return found
}

function containersIn(trace: Trace, node: number, pointer: string): { readonly node: number; readonly pointer: string }[] {
  const children = trace.children[node] ?? []
  const isList = Array.isArray(trace.results[node])
  return children.flatMap((child, index) => {
    if (trace.children[child] === undefined || (!isList && index % 2 === 0)) return []
    const key = children[index - 1]
    return [{ node: child, pointer: below(pointer, isList || key === undefined ? index : keyText(trace, key)) }]
  })
}
