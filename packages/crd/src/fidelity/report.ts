import type { Schema } from '@oasgen/openapi'
import { FIDELITY_RULES, type FidelityRule } from './rules.js'

/** What became of one keyword of the document that touches the resource. */
export interface FidelityEntry {
  readonly outcome: 'strengthened' | 'weakened' | 'dropped'
  readonly keyword: string
  /** Where the keyword stands in the document. */
  readonly uri: string
  readonly pointer: string
  /** The field of the kind: `spec.tags[]`. */
  readonly field: string
  readonly rule: FidelityRule
  readonly detail?: string
}

export interface FidelityReport {
  /** Keywords that the kind carries as they stand. */
  readonly carried: number
  readonly strengthened: number
  readonly weakened: number
  readonly dropped: number
  /** Leaves of spec and status, and those of them that have no type. */
  readonly leaves: number
  readonly untyped: number
  /** Fields without a type, at most a hundred. */
  readonly untypedFields: readonly string[]
  /** Sorted by field, keyword and pointer; each once. */
  readonly entries: readonly FidelityEntry[]
  readonly size: SizeReport
}

export interface SizeReport {
  /** Bytes of the CRD as compact JSON. */
  readonly bytes: number
  /** The fattest subtrees, largest first. */
  readonly fattest: readonly { readonly field: string; readonly bytes: number }[]
}

export type Outcome = FidelityEntry['outcome']

/** Collects while a kind is made. */
export class FidelityLog {
  private count = 0
  private readonly entries = new Map<string, FidelityEntry>()

  carried(): void {
    this.count += 1
  }

  note(entry: Noted): void {
    const { schema, keyword } = entry
    const { uri, pointer } = schema.placeOf(keyword)
    const { outcome, field, rule, detail } = entry
    const made: FidelityEntry = { outcome, keyword, uri, pointer, field, rule, ...(detail !== undefined && { detail }) }
    this.add(made)
  }

  private add(entry: FidelityEntry): void {
    this.entries.set(`${entry.field} ${entry.keyword} ${entry.pointer} ${entry.rule}`, entry)
  }

  /** Says all of it again, of another field. */
  replay(to: FidelityLog, field: string): void {
    to.count += this.count
    for (const entry of this.entries.values()) to.add({ ...entry, field })
  }

  get total(): number {
    return this.count
  }

  list(): readonly FidelityEntry[] {
    return [...this.entries.values()].toSorted((a, b) =>
      compare(a.field, b.field) || compare(a.keyword, b.keyword) || compare(a.pointer, b.pointer) || compare(a.rule, b.rule),
    )
  }
}

export interface Noted {
  readonly outcome: Outcome
  readonly schema: Schema
  readonly keyword: string
  readonly field: string
  readonly rule: FidelityRule
  readonly detail?: string
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The report for people. */
export function renderFidelityText(report: FidelityReport): string {
  const share = report.leaves === 0 ? 100 : Math.round(((report.leaves - report.untyped) / report.leaves) * 1000) / 10
  const head = [
    `${report.carried} carried, ${report.strengthened} strengthened, ${report.weakened} weakened, ${report.dropped} dropped`,
    `${report.leaves} leaves, ${report.untyped} without a type (${share} % typed), ${report.size.bytes} bytes`,
  ]
  const rows = report.entries.map(({ outcome, field, keyword, rule, detail, pointer }) =>
    `  ${outcome.padEnd(12)} ${field}  ${keyword}${detail === undefined ? '' : ` (${detail})`}  ${rule}  ${pointer}`,
  )
  const rules = [...new Set(report.entries.map(({ rule }) => rule))].toSorted().map((rule) => `  ${rule}: ${FIDELITY_RULES[rule]}`)
  return [...head, ...rows, ...(rules.length > 0 ? ['', 'rules', ...rules] : []), ''].join('\n')
}
