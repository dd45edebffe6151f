import type { Finding } from '@oasgen/diagnostics'
import { compileCel, type CelBindings, type CelVariable } from '@oasgen/expressions'
import type { JsonValue } from '@oasgen/json'

/** Every program of a Plan is run through this form, so that the interpreters are named in this file alone. */
export interface Program {
  run(bindings: Bindings): Ran
  readonly uses: ReadonlySet<CelVariable>
}
/** No value: an empty optional, or a jq program that yields nothing; the field is absent. */
export type Ran = { readonly ok: true; readonly value: JsonValue | undefined } | { readonly ok: false; readonly problem: string }

/** The one environment of expressions. jq programs read `value`. */
export type Bindings = CelBindings

/** Compiles the programs of one Plan and remembers what did not compile. */
export interface Compiler {
  cel(source: string): Program
  jq(source: string): Program
  readonly findings: Finding[]
}

export function compiler(): Compiler {
  const findings: Finding[] = []
  return { findings, cel: (source) => celProgram(source, findings), jq: () => UNSUPPORTED }
}

function celProgram(source: string, findings: Finding[]): Program {
  const compiled = compileCel(source)
  findings.push(...compiled.findings)
  const program = compiled.value
  if (program === undefined) return UNSUPPORTED
  return {
    uses: program.uses,
    run: (bindings) => {
      const result = program.run(bindings)
      return result.ok ? { ok: true, value: result.value } : { ok: false, problem: result.message }
    },
  }
}

const UNSUPPORTED: Program = { uses: new Set(), run: () => ({ ok: false, problem: 'the program did not compile' }) }
