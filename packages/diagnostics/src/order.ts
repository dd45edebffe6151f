import type { Finding, Place, Severity } from './finding.js'

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, notice: 2 }

/** Errors first, then by document, line and code: the same findings always print in the same order. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || comparePlaces(a.where, b.where) || compare(a.code, b.code) ||
    compare(a.message, b.message))
}

function comparePlaces(a: Place | undefined, b: Place | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  if (a.kind !== b.kind) return compare(a.kind, b.kind)
  const [x, y] = [keyOf(a), keyOf(b)]
  return compare(x.name, y.name) || x.line - y.line || x.column - y.column || compareNatural(x.inside, y.inside)
}

interface PlaceKey {
  readonly name: string
  readonly line: number
  readonly column: number
  readonly inside: string
}

function keyOf(place: Place): PlaceKey {
  switch (place.kind) {
    case 'document': return { name: place.uri, line: place.position?.line ?? 0, column: place.position?.column ?? 0, inside: place.pointer }
    case 'resource': return { name: place.resource, line: 0, column: 0, inside: place.path }
    case 'exchange': return { name: place.url, line: place.status ?? 0, column: 0, inside: `${place.method} ${place.path ?? ''}` }
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Runs of digits by value, so that element 9 stands before element 10. */
function compareNatural(a: string, b: string): number {
  const [left, right] = [a.split(/(\d+)/), b.split(/(\d+)/)]
  for (const [at, part] of left.entries()) {
    const other = right[at]
    if (other === undefined) return 1
    const order = at % 2 === 1 ? Number(part) - Number(other) : compare(part, other)
    if (order !== 0) return order
  }
  return left.length - right.length
}

/** Without repetitions: one mistake that two passes meet is told once. */
export function uniqueFindings(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>()
  return findings.filter((finding) => {
    const key = JSON.stringify([finding.code, finding.message, finding.where === undefined ? null : keyOf(finding.where)])
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew
  })
}

/** `2 errors, 1 warning`; `no findings` when there are none. */
export function summaryText(findings: readonly Finding[]): string {
  const parts = (['error', 'warning', 'notice'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? '' : 's'}`]
  })
  return parts.length === 0 ? 'no findings' : parts.join(', ')
}
