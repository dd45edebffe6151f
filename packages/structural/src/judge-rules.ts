import type { StructuralSchema } from './schema.js'
import type { Violation } from './violation.js'

/** What the judgement of CEL rules carries down a schema. */
export interface RuleScope {
  /** How often the place can occur in one object; undefined without a bound. */
  readonly cardinality: number | undefined
  readonly costs: 'judge-cost' | 'skip-cost'
  readonly isResource: boolean
}

export function rootScope(schema: StructuralSchema, costs: 'judge-cost' | 'skip-cost'): RuleScope {
  return { cardinality: 1, costs, isResource: schema.type === 'object' }
}

export function childScope(parent: RuleScope, _schema: StructuralSchema, child: StructuralSchema): RuleScope {
  return { ...parent, isResource: child['x-kubernetes-embedded-resource'] === true }
}

export function judgeRules(_schema: StructuralSchema, _scope: RuleScope, _place: { readonly path: string; readonly uncorrelatable: string | undefined }): readonly Violation[] {
  return []
}

export function judgeTotalCost(_scope: RuleScope, _path: string): readonly Violation[] {
  return []
}
