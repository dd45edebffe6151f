import type { JsonObject } from '@oasgen/json'
import type { ComparePlan } from '@oasgen/plan'
import { prepareComparison } from './compare-rules.js'
import type { FieldDifference } from './decision.js'
import { differencesOf, plainDifference } from './differences.js'
import { compiler } from './programs.js'

const EVERYTHING: ComparePlan = { scope: 'fullSpec', ignored: [], rules: [] }

/** What differs between a spec and an observed object of the same shape, as the controller would see it for the first time. */
export function compareObjects(desired: JsonObject, observed: JsonObject, plan: ComparePlan = EVERYTHING): readonly FieldDifference[] {
  const comparison = prepareComparison(plan, compiler())
  const view = { body: observed, spec: observed, status: observed }
  return differencesOf({ comparison, spec: desired, generation: 1, observed: view, memory: {}, secrets: {} }).map(plainDifference)
}
