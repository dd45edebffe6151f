import type { Finding } from '@oasgen/diagnostics'
import { prepare, type PreparedPlan } from '@oasgen/engine'
import { isObject } from '@oasgen/json'
import type { KubeObject } from '@oasgen/kube'
import { planHash, readPlan, type Plan } from '@oasgen/plan'

/** A Plan that works: read, and with every program in it compiled. */
export interface RunningPlan {
  readonly plan: Plan
  readonly prepared: PreparedPlan
  readonly hash: string
  /** `<namespace>/<name>` of the RestDefinition. */
  readonly definition: string
  /** Notices that do not keep it from working. */
  readonly findings: readonly Finding[]
}

export type ReadRunningPlan =
  | { readonly type: 'plan'; readonly plan: RunningPlan }
  | { readonly type: 'refused'; readonly problem: string }

/** Where the text stands in the ConfigMap. */
export const PLAN_KEY = 'plan.json'

export function readRunningPlan(configMap: KubeObject): ReadRunningPlan {
  const text = isObject(configMap.data) ? configMap.data[PLAN_KEY] : undefined
  if (typeof text !== 'string') return { type: 'refused', problem: `it has no ${PLAN_KEY}` }
  const read = readPlan(text)
  if (read.value === undefined) return { type: 'refused', problem: problemOf(read.findings) }
  const prepared = prepare(read.value)
  if (prepared.value === undefined) return { type: 'refused', problem: problemOf(prepared.findings) }
  const { namespace, name } = read.value.definition
  const findings = [...read.findings, ...prepared.findings]
  return { type: 'plan', plan: { plan: read.value, prepared: prepared.value, hash: planHash(read.value), definition: `${namespace}/${name}`, findings } }
}

function problemOf(findings: readonly Finding[]): string {
  return findings.map(({ code, message }) => `${code} ${message}`).slice(0, 3).join('; ')
}
