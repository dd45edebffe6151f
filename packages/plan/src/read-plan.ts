import { finding, type Checked, type Finding } from '@oasgen/diagnostics'
import { canonicalJson, hashJson, isArray, isObject, readJson, utf8, type JsonObject, type JsonValue } from '@oasgen/json'
import { checkForm, renderSchema } from './form.js'
import { FEATURES, type Plan } from './plan.js'
import { PLAN_FORM } from './plan-form.js'

/** What fits into a ConfigMap beside everything else that etcd stores of it. */
export const MAX_PLAN_BYTES = 512 * 1024

/** A Plan as it comes from a ConfigMap: its text, or the value. Refused for a feature that this controller does not know, and for a broken form. */
export function readPlan(json: string | JsonValue): Checked<Plan> {
  const read = typeof json === 'string' ? readJson(json) : { ok: true as const, value: json }
  if (!read.ok) return { value: undefined, findings: [finding('PLN0001', { problem: read.message })] }
  const unknown = unknownFeatures(read.value)
  if (unknown.length > 0) return { value: undefined, findings: [finding('PLN0002', { features: unknown.join(', ') })] }
  const problems = checkForm(PLAN_FORM, read.value)
  if (problems.length > 0) return { value: undefined, findings: problems.slice(0, 20).map(({ at, expected }) => finding('PLN0003', { at: at === '' ? 'the Plan' : at, expected })) }
  return { value: read.value as unknown as Plan, findings: [] }
}

function unknownFeatures(value: JsonValue): readonly string[] {
  const requires = isObject(value) ? value['requires'] : undefined
  const known: readonly string[] = FEATURES
  return isArray(requires) ? requires.filter((feature) => typeof feature !== 'string' || !known.includes(feature)).map(String) : []
}

/** Canonical JSON: the same Plan is the same text on every machine. A Plan that is too large is printed all the same, with the finding. */
export function printPlan(plan: Plan): { readonly text: string; readonly findings: readonly Finding[] } {
  const text = canonicalJson(plan as unknown as JsonValue)
  const bytes = utf8(text).length
  return { text, findings: bytes > MAX_PLAN_BYTES ? [finding('PLN0004', { bytes, limit: MAX_PLAN_BYTES })] : [] }
}

export function planHash(plan: Plan): string {
  return hashJson(plan as unknown as JsonValue)
}

/** JSON Schema (2020-12) of the form. */
export function planSchema(): JsonObject {
  return { ...renderSchema(PLAN_FORM), title: 'Plan', description: 'The compiled form of a RestDefinition, as a controller runs it.' }
}
