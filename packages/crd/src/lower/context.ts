import type { Schema } from '@oasgen/openapi'
import type { FieldSettings } from '@oasgen/restdefinition'
import { allOfThese, anyOfThese, isMade } from '@oasgen/model'
import type { Merged } from './merge.js'
import type { LoweredPattern } from './pattern.js'
import type { Settlement } from './union.js'
import type { FidelityLog, Noted } from '../fidelity/report.js'

/** What one lowering of a whole tree shares. */
export interface Lowering {
  /** `status`: what the API answers is taken as it comes. */
  readonly mode: 'compatible' | 'strict' | 'status'
  readonly log: FidelityLog
  readonly limits: LoweringLimits
  readonly same: SameSchemas
  /** Entries of `fields` by their pattern: `spec.credentials[].value`. */
  readonly rules: ReadonlyMap<string, FieldSettings>
  readonly budget: Budget
  /** Levels that were merged already. */
  readonly merged: Map<Schema, Merged>
  /** Nodes by schema, counted once. */
  readonly sizes: Map<string, number>
  /** Unions that were settled already, in this mode. */
  readonly settled: Map<Schema, Settlement>
  /** Patterns as RE2 takes them. */
  readonly patterns: Map<string, LoweredPattern>
}

export interface LoweringLimits {
  /** How often a schema may come again below itself. */
  readonly revisits: number
  readonly depth: number
  /** Nodes of the spec; the status gets a part of it on top. */
  readonly nodes: number
}

/** What has been used, and what had to be cut. */
export class Budget {
  nodes = 0
  sizeCut = false
  recursionCut = false
  /** `whole`: a tree that has to be cut is of no use, so the rest of it need not be made. */
  readonly wanted: 'any' | 'whole'

  constructor(wanted: 'any' | 'whole' = 'any') {
    this.wanted = wanted
  }

  get isSpent(): boolean {
    return this.sizeCut && this.wanted === 'whole'
  }
}

/** One node on the way down. */
export interface Spot {
  readonly field: string
  readonly depth: number
  /** Keys of the schemas that are open above. */
  readonly open: readonly string[]
  /** Below a list or map, where rules are multiplied by the number of elements. */
  readonly repeated: boolean
  /** How many nodes this one and everything below may become. */
  readonly room: number
}

export interface Step {
  /** Name of the field, `[]` or `*`. */
  readonly name: string
  /** Key of the schema above. */
  readonly key: string
  readonly room: number
  readonly repeated: boolean
}

export function below(spot: Spot, { name, key, room, repeated }: Step): Spot {
  return {
    field: name === '[]' ? `${spot.field}[]` : `${spot.field}.${name}`,
    depth: spot.depth + 1,
    open: [...spot.open, key],
    repeated: spot.repeated || repeated,
    room,
  }
}

export function note(lowering: Lowering, spot: Spot, entry: Omit<Noted, 'field'>): void {
  if (isMade(entry.schema)) return
  lowering.log.note({ ...entry, field: spot.field })
}

/** The same schemas put together give the same object, so that recursion through an intersection is seen as recursion. */
export class SameSchemas {
  private readonly numbers = new Map<Schema, number>()
  private readonly made = new Map<string, Schema>()

  numberOf(schema: Schema): number {
    const known = this.numbers.get(schema)
    if (known !== undefined) return known
    const fresh = this.numbers.size
    this.numbers.set(schema, fresh)
    return fresh
  }

  all(schemas: readonly Schema[]): Schema | undefined {
    return this.combined('all', schemas, allOfThese)
  }

  any(schemas: readonly Schema[]): Schema | undefined {
    return this.combined('any', schemas, anyOfThese)
  }

  private combined(kind: string, schemas: readonly Schema[], make: (schemas: readonly Schema[]) => Schema | undefined): Schema | undefined {
    const different = [...new Set(schemas)]
    if (different.length < 2) return different[0]
    const key = `${kind} ${different.map((schema) => this.numberOf(schema)).join(' ')}`
    const known = this.made.get(key)
    if (known !== undefined) return known
    const fresh = make(different)
    if (fresh !== undefined) this.made.set(key, fresh)
    return fresh
  }
}

/** What lowerings of one document know together; `settled` is of one mode. */
export type Known = Pick<Lowering, 'same' | 'merged' | 'sizes' | 'settled' | 'patterns'>

export function newKnown(): Known {
  return { same: new SameSchemas(), merged: new Map(), sizes: new Map(), settled: new Map(), patterns: new Map() }
}
