import type { JsonValue } from '@oasgen/json'
import type { Action } from '@oasgen/wire'
import type { SwitchName, Verb } from './switches.js'

/** What a request did on this side. `rejected`: nothing, and it said so. */
export type Effect = 'created' | 'updated' | 'deleted' | 'none'

/** One request, what it did and how it was answered. */
export interface LedgerEntry {
  readonly at: number
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonValue | undefined
  /** Absent: no operation of the definition. */
  readonly action?: Action | 'poll' | 'proof' | 'token'
  readonly verb?: Verb
  /** `/things/{id}` and the values of its parameters. */
  readonly template?: string
  readonly values?: Readonly<Record<string, string>>
  readonly switch?: SwitchName
  readonly effect: Effect
  /** Serial number of the object that it changed. */
  readonly object?: number
  readonly answer: AnswerRecord
}

export type AnswerRecord =
  | { readonly type: 'response'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly type: 'none'; readonly how: 'hang' | 'cut' }

/** What the ledger shows about one owner's objects. */
export interface LedgerSummary {
  readonly creates: number
  readonly updates: number
  readonly deletes: number
  /** The most objects of one owner that were there at the same time, less one. */
  readonly duplicates: number
  readonly writes: number
  readonly reads: number
}

export function summarise(entries: readonly LedgerEntry[], duplicates: number): LedgerSummary {
  const count = (effect: Effect): number => entries.filter((entry) => entry.effect === effect).length
  return {
    creates: count('created'), updates: count('updated'), deletes: count('deleted'), duplicates,
    writes: entries.filter(isWrite).length, reads: entries.filter((entry) => !isWrite(entry)).length,
  }
}

export function isWrite({ verb, action }: LedgerEntry): boolean {
  return verb !== undefined && verb !== 'observe' && action !== 'poll' && action !== 'proof'
}
