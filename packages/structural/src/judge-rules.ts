import { MAX_REQUEST_BYTES, compileRule, declareSchema, maxOccurrences, type DeclaredType, type RuleCompilation } from '@oasgen/expressions'
import type { StructuralSchema, ValidationRule } from './schema.js'
import { printRuleStruct } from './go-structs.js'
import { childPath, forbidden, indexPath, invalid, type Violation } from './violation.js'

/** Static cost that one rule may have, and all rules of a schema together. */
const RULE_LIMIT = 10_000_000
const SCHEMA_LIMIT = 100_000_000

const NO_DECLARATION =
  'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations'

/** What the judgement of rules carries down a schema. */
export interface RuleScope {
  /** How often the place can occur in one object; undefined without a bound. */
  readonly cardinality: number | undefined
  readonly costs: 'judge-cost' | 'skip-cost'
  readonly isResource: boolean
  /** Shared by all places of one schema. */
  readonly total: CostTotal
}

interface CostTotal {
  sum: number
  /** The up to four dearest rules that cost at least a hundredth of the limit. */
  dearest: readonly { readonly path: string; readonly cost: number }[]
}

export function rootScope(_schema: StructuralSchema, costs: 'judge-cost' | 'skip-cost'): RuleScope {
  return { cardinality: 1, costs, isResource: true, total: { sum: 0, dearest: [] } }
}

export function childScope(parent: RuleScope, schema: StructuralSchema, child: StructuralSchema): RuleScope {
  const factor = maxChildren(schema)
  const cardinality = parent.cardinality === undefined || factor === undefined ? undefined : parent.cardinality * factor
  return { ...parent, cardinality, isResource: child['x-kubernetes-embedded-resource'] === true }
}

/** How many children a value of the schema can have of each kind. */
function maxChildren(schema: StructuralSchema): number | undefined {
  if (schema.type === 'array') return schema.maxItems === undefined ? undefined : Math.max(0, Number(schema.maxItems))
  if (schema.type !== 'object' || schema.additionalProperties === undefined) return 1
  return schema.maxProperties === undefined ? undefined : Math.max(0, Number(schema.maxProperties))
}

export interface RulePlace {
  readonly path: string
  /** The ancestor below which old and new values cannot be matched. */
  readonly uncorrelatable: string | undefined
}

/** Compiles the rules of one place and judges what they may cost. */
export function judgeRules(schema: StructuralSchema, scope: RuleScope, place: RulePlace): readonly Violation[] {
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return []
  const path = childPath(place.path, 'x-kubernetes-validations')
  const declared = declareSchema(schema, scope.isResource)
  if (declared === undefined) return [{ path, type: 'InternalError', message: NO_DECLARATION }]
  return rules.flatMap((rule, index) => judgeRule(rule, { scope, declared, path: indexPath(path, index), uncorrelatable: place.uncorrelatable }))
}

interface RuleContext extends RulePlace {
  readonly scope: RuleScope
  readonly declared: DeclaredType
}

function judgeRule(rule: ValidationRule, context: RuleContext): readonly Violation[] {
  if (rule.rule.trim() === '') return []
  const oldSelf = rule.optionalOldSelf ? 'optional' : 'plain'
  const compiled = compileRule(rule.rule, { declared: context.declared, oldSelf, result: 'bool' })
  const path = childPath(context.path, 'rule')
  if (!compiled.ok) return [ruleInvalid(path, rule, compiled.problem), ...judgeOldSelf(rule, false, context)]
  const cost = ruleCost(compiled, context)
  const violations: Violation[] = []
  if (context.scope.costs === 'judge-cost' && cost > RULE_LIMIT) violations.push(forbidden(path, costSentence('estimated rule cost', cost, RULE_LIMIT)))
  observe(context.scope.total, path, cost)
  return [...violations, ...judgeMessageExpression(rule, context), ...judgeOldSelf(rule, compiled.program.uses('oldSelf'), context)]
}

function ruleCost(compiled: Extract<RuleCompilation, { readonly ok: true }>, { scope, declared }: RuleContext): number {
  const { max } = compiled.program.estimate(declared)
  return Math.min(2 ** 64, max * (scope.cardinality ?? maxOccurrences(declared, MAX_REQUEST_BYTES)))
}

function ruleInvalid(path: string, rule: ValidationRule, message: string): Violation {
  return { path, type: 'FieldValueInvalid', message, valueText: printRuleStruct(rule) }
}

function judgeMessageExpression(rule: ValidationRule, context: RuleContext): readonly Violation[] {
  const source = rule.messageExpression ?? ''
  if (source === '') return []
  const path = childPath(context.path, 'messageExpression')
  const compiled = compileRule(source, { declared: context.declared, oldSelf: rule.optionalOldSelf ? 'optional' : 'plain', result: 'string' })
  if (!compiled.ok) return [ruleInvalid(path, rule, compiled.problem)]
  const cost = compiled.program.estimate(context.declared).max
  observe(context.scope.total, path, cost)
  return context.scope.costs === 'judge-cost' && cost > RULE_LIMIT ? [forbidden(path, costSentence('estimated messageExpression cost', cost, RULE_LIMIT))] : []
}

function judgeOldSelf(rule: ValidationRule, usesOldSelf: boolean, context: RuleContext): readonly Violation[] {
  if (usesOldSelf) {
    if (context.uncorrelatable === undefined) return []
    const sentence = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${context.uncorrelatable}`
    return [invalid(childPath(context.path, 'rule'), rule.rule, sentence)]
  }
  if (rule.optionalOldSelf === undefined) return []
  return [invalid(childPath(context.path, 'optionalOldSelf'), rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule')]
}

function observe(total: CostTotal, path: string, cost: number): void {
  total.sum = Math.min(2 ** 64, total.sum + cost)
  if (cost < SCHEMA_LIMIT / 100) return
  total.dearest = [...total.dearest, { path, cost }].sort((a, b) => b.cost - a.cost).slice(0, 4)
}

export function judgeTotalCost(scope: RuleScope, path: string): readonly Violation[] {
  const { sum, dearest } = scope.total
  if (sum <= SCHEMA_LIMIT) return []
  const sentence = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'
  return [
    ...dearest.map((rule) => forbidden(rule.path, sentence)),
    forbidden(path, costSentence('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', sum, SCHEMA_LIMIT)),
  ]
}

function costSentence(name: string, cost: number, limit: number): string {
  const factor = cost / limit
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`
  return `${name} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`
}
