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
  const found: Finding[] = [...document.source.duplicateKeys(), ...repeatedIds(document, [...document.operations()])]
  for (const { path, method } of document.operations()) {
    const { value, findings } = document.operation(path, method)
    found.push(...findings)
    if (value !== undefined) starts.push(...operationSchemas(value))
  }
  for (const schema of reachableSchemas([...starts, ...referredSchemas(document)])) found.push(...schema.findings)
  return bounded(uniqueFindings(found.map(weakened)))
}

function weakened(problem: Finding): Finding {
  return problem.severity === 'error' ? { ...problem, severity: 'warning' } : problem
}

function bounded(findings: readonly Finding[]): readonly Finding[] {
  const counts = new Map<string, number>()
  return findings.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1
    counts.set(code, count)
    return count <= PER_CODE
  })
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
