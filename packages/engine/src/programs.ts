import type { Finding } from '@oasgen/diagnostics'
import type { JsonValue } from '@oasgen/json'

/** Every program of a Plan is run through this form, so that the interpreters are named in this file alone. */
export interface Program {
  run(bindings: Bindings): Ran
}
export type Ran = { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly problem: string }

/** The one environment of CEL expressions. A name that means nothing at the place of use is absent. */
export interface Bindings {
  readonly self: JsonValue
  readonly observed?: JsonValue
  readonly response?: JsonValue
  readonly steps?: JsonValue
  readonly item?: JsonValue
  readonly value?: JsonValue
  readonly now: number
}

/** Compiles the programs of one Plan and remembers what did not compile. */
export interface Compiler {
  cel(source: string): Program
  jq(source: string): Program
  readonly findings: Finding[]
}

export function compiler(): Compiler {
  const findings: Finding[] = []
  return { findings, cel: () => UNSUPPORTED, jq: () => UNSUPPORTED }
}

const UNSUPPORTED: Program = { run: () => ({ ok: false, problem: 'programs are not supported' }) }
