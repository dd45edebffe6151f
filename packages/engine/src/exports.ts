import { finding, type Finding } from '@oasgen/diagnostics'
import type { JsonObject } from '@oasgen/json'
import type { ExportPlan } from '@oasgen/plan'
import type { Exchange } from '@oasgen/wire'
import { bindingsOf, type Context } from './context.js'
import type { ExportWrite, Observed } from './decision.js'
import { responseValue } from './interpret.js'
import type { Bindings, Program } from './programs.js'
import { metadataOf, textIn } from './resource.js'
import { shortHash } from './sent.js'

export interface PreparedExport {
  readonly plan: ExportPlan
  readonly value: Program
}

/** Values that an answer to create shows only once: stored before anything else. One that cannot be computed is left out. */
export function createdExports(context: Context, exchange: Exchange, observed: Observed | undefined): readonly ExportWrite[] {
  const response = exchange.result.type === 'response' ? responseValue(exchange.result.response) : undefined
  const bindings: Bindings = { ...bindingsOf(context, { observed }), ...(response !== undefined && { response }) }
  return context.prepared.exports.filter(({ plan }) => plan.from === 'create').flatMap((prepared) => exportOf(context, prepared, bindings).writes)
}

export interface ObservedExports {
  readonly writes: readonly ExportWrite[]
  /** Hashes of all of them, to be remembered: nothing is written while they stay. */
  readonly exported: Readonly<Record<string, string>>
  readonly findings: readonly Finding[]
}

export function observedExports(context: Context, observed: Observed, before: Readonly<Record<string, string>>): ObservedExports {
  const results = context.prepared.exports.filter(({ plan }) => plan.from === 'observe').map((prepared) => exportOf(context, prepared, bindingsOf(context, { observed })))
  const all = results.flatMap(({ writes }) => writes)
  const hashes = Object.fromEntries(all.map((write) => [nameOf(write), hashOf(write)]))
  return {
    writes: all.filter((write) => before[nameOf(write)] !== hashOf(write)),
    exported: { ...hashes },
    findings: results.flatMap(({ findings }) => findings),
  }
}

function nameOf({ to, name, key }: ExportWrite): string {
  return `${to}/${name}/${key}`
}

/** Of a Secret only sixteen bits: enough to see a change, too few to guess the value from. */
function hashOf({ to, value }: ExportWrite): string {
  const hash = shortHash(value)
  return to === 'Secret' ? hash.slice(0, 4) : hash
}

interface Exported {
  readonly writes: readonly ExportWrite[]
  readonly findings: readonly Finding[]
}

function exportOf({ resource }: Context, { plan, value }: PreparedExport, bindings: Bindings): Exported {
  const ran = value.run(bindings)
  if (!ran.ok) return { writes: [], findings: [finding('ENG0105', { expression: plan.value, problem: ran.problem })] }
  if (ran.value === undefined || ran.value === null) return { writes: [], findings: [] }
  const name = plan.name === '' ? textIn(metadataOf(resource as JsonObject), 'name') : plan.name
  return { writes: [{ to: plan.to, name, key: plan.key, value: ran.value }], findings: [] }
}
