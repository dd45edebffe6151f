import { finding, uniqueFindings, type DocumentPlace, type Finding } from '@oasgen/diagnostics'
import { isObject } from '@oasgen/json'
import type { Document, OperationEntry } from './document.js'
import type { Schema } from './normal-form.js'
import { below } from './pointer.js'
import { operationSchemas, reachableSchemas } from './reach.js'

/** How many findings of one kind are worth reading. */
const PER_CODE = 50

/**
 * All that can be said about a whole document, for somebody who wants to know: every operation is read and every reference is
 * followed, which costs several times as much as reading the document. Nothing of it keeps a RestDefinition from working, so
 * errors are told as warnings.
 */
export function reviewDocument(document: Document): readonly Finding[] {
  const starts: Schema[] = []
  const collected = collect()
  for (const problem of [...document.source.duplicateKeys(), ...repeatedIds(document, [...document.operations()])]) collected.add(problem)
  for (const { path, method } of document.operations()) {
    const { value, findings } = document.operation(path, method)
    findings.forEach(collected.add)
    if (value !== undefined) for (const schema of operationSchemas(value)) starts.push(schema)
  }
  for (const schema of reachableSchemas([...starts, ...referredSchemas(document)])) schema.findings.forEach(collected.add)
  return uniqueFindings(collected.found)
}

interface Collected {
  readonly found: readonly Finding[]
  readonly add: (problem: Finding) => void
}

function collect(): Collected {
  const found: Finding[] = []
  const counts = new Map<string, number>()
  const add = (problem: Finding): void => {
    const count = (counts.get(problem.code) ?? 0) + 1
    counts.set(problem.code, count)
    if (count <= PER_CODE) found.push(weakened(problem))
  }
  return { found, add }
}

function weakened(problem: Finding): Finding {
  return problem.severity === 'error' ? { ...problem, severity: 'warning' } : problem
}

function repeatedIds(document: Document, entries: readonly OperationEntry[]): readonly Finding[] {
  const byId = new Map<string, OperationEntry[]>()
  for (const entry of entries) {
    if (entry.operationId !== undefined) byId.set(entry.operationId, [...(byId.get(entry.operationId) ?? []), entry])
  }
  return [...byId].filter(([, same]) => same.length > 1).map(([id, same]) => {
    const operations = same.slice(0, 4).map(({ method, path }) => `${method.toUpperCase()} ${path}`).join(', ')
    return finding('OAS0307', { id, operations: same.length > 4 ? `${operations}, …` : operations }, { where: placeOfId(document, same) })
  })
}

function placeOfId(document: Document, entries: readonly OperationEntry[]): DocumentPlace {
  return document.source.place(below(entries.at(-1)?.pointer ?? '', 'operationId'))
}

/** What the schemas of components refer to, also where no operation leads there. */
function* referredSchemas(document: Document): Generator<Schema> {
  const { components, definitions } = document.source.root
  const modern = isObject(components) ? components['schemas'] : undefined
  const sections = [['/components/schemas', modern], ['/definitions', definitions]] as const
  for (const [pointer, schemas] of sections) {
    if (!isObject(schemas)) continue
    for (const name of Object.keys(schemas)) {
      const schema = document.schema(below(pointer, name))
      if (schema !== undefined) yield schema
    }
  }
}
