import type { Finding } from '@oasgen/diagnostics'
import { compileCel, compileJq, type CelBindings, type CelVariable } from '@oasgen/expressions'
import type { JsonValue } from '@oasgen/json'

/** Every program of a Plan is run through this form, so that the interpreters are named in this file alone. */
export interface Program {
  run(bindings: Bindings): Ran
  readonly uses: ReadonlySet<CelVariable>
}
/** No value: an empty optional, or a jq program that yields nothing; the field is absent. */
export type Ran = { readonly ok: true; readonly value: JsonValue | undefined } | { readonly ok: false; readonly problem: string; readonly readsSecret?: true }

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
  return { findings, cel: (source) => celProgram(source, findings), jq: (source) => jqProgram(source, findings) }
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
      return result.ok ? { ok: true, value: result.value } : failed(result)
    },
  }
}

/** jq speaks of whole bodies; its first output is the result, as in the reference. */
function jqProgram(source: string, findings: Finding[]): Program {
  const compiled = compileJq(source)
  findings.push(...compiled.findings)
  const program = compiled.value
  if (program === undefined) return UNSUPPORTED
  return {
    uses: NOTHING_USED,
    run: ({ value }) => {
      const result = program.run(value ?? null)
      return result.ok ? { ok: true, value: result.outputs[0] } : failed(result)
    },
  }
}

function failed({ reason, message }: { readonly reason: string; readonly message: string }): Ran {
  return { ok: false, problem: message, ...(reason === 'sealed' && { readsSecret: true as const }) }
}

const NOTHING_USED: ReadonlySet<CelVariable> = new Set()

const UNSUPPORTED: Program = { uses: new Set(), run: () => ({ ok: false, problem: 'the program did not compile' }) }
