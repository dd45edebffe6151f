import { NONE, compileRule, declareSchema, isError, resourceValue, valueBySchema, type CelValue, type CompiledCel, type DeclaredType } from '@oasgen/expressions'
import { isArray, isObject, member, type JsonArray, type JsonObject, type JsonValue } from '@oasgen/json'
import { fieldCorrelation, isUnchanged, itemCorrelation, type Correlation } from './correlation.js'
import { indexItems } from './map-list.js'
import { own, valuesSchema, type StructuralSchema, type ValidationRule } from './schema.js'
import { readSchemaPath } from './schema-path.js'
import { NO_PATH, childPath, duplicate, forbidden, indexPath, invalid, keyPath, required, type Violation } from './violation.js'

/** Units that one rule may spend, and all rules of one object together. */
const CALL_LIMIT = 1_000_000
export const OBJECT_BUDGET = 10_000_000
const MAX_MESSAGE = 5 * 1024

/** Rules made ready: compiled once, run for every object. */
export interface RuleNode {
  readonly schema: StructuralSchema
  readonly isResource: boolean
  /** `undeclared` where the schema has no type that rules could speak of; the judge keeps such rules out. */
  readonly rules: readonly ReadyRule[] | 'undeclared'
  readonly properties: ReadonlyMap<string, RuleNode>
  readonly values: RuleNode | undefined
  readonly items: RuleNode | undefined
}

interface ReadyRule {
  readonly rule: ValidationRule
  readonly program: CompiledCel | undefined
  readonly problem: string | undefined
  readonly message: CompiledCel | undefined
  readonly usesOldSelf: boolean
  readonly fieldPath: string
}

/** Undefined where no rule stands, here or below. */
export function buildRuleNode(schema: StructuralSchema, isResource: boolean): RuleNode | undefined {
  return hasRules(schema) ? buildNode(schema, isResource) : undefined
}

const UNDECLARED = 'rule compiler initialization error: failed to convert to declType for CEL validation rules'

function hasOwnRules(schema: StructuralSchema): boolean {
  return (schema['x-kubernetes-validations'] ?? []).length > 0
}

function hasRules(schema: StructuralSchema | undefined): boolean {
  if (schema === undefined) return false
  if (hasOwnRules(schema)) return true
  return hasRules(schema.items) || hasRules(valuesSchema(schema)) || Object.values(schema.properties ?? {}).some(hasRules)
}

function buildNode(schema: StructuralSchema, isResource: boolean): RuleNode | undefined {
  if (!hasRules(schema)) return undefined
  const child = (inner: StructuralSchema | undefined): RuleNode | undefined => inner && buildNode(inner, inner['x-kubernetes-embedded-resource'] === true)
  const [items, values] = [child(schema.items), child(valuesSchema(schema))]
  const declared = declareSchema(schema, isResource)
  if (declared === undefined) return { schema, isResource, items, values, properties: new Map(), rules: 'undeclared' }
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, property]): [string, RuleNode][] => {
    const node = child(property)
    return node && node.rules !== 'undeclared' ? [[name, node]] : []
  })
  return {
    schema, isResource, items, values, properties: new Map(properties),
    rules: (schema['x-kubernetes-validations'] ?? []).map((rule) => readyRule(rule, schema, declared)),
  }
}

function readyRule(rule: ValidationRule, schema: StructuralSchema, declared: DeclaredType): ReadyRule {
  const oldSelf = rule.optionalOldSelf ? 'optional' : 'plain'
  const isEmpty = rule.rule.trim() === ''
  const compiled = isEmpty ? undefined : compileRule(rule.rule, { declared, oldSelf, result: 'bool' })
  const message = rule.messageExpression ? compileRule(rule.messageExpression, { declared, oldSelf, result: 'string' }) : undefined
  const path = rule.fieldPath ? readSchemaPath(rule.fieldPath, schema) : undefined
  return {
    rule,
    program: compiled?.ok ? compiled.program : undefined,
    problem: compiled && !compiled.ok ? compiled.problem : undefined,
    message: message?.ok ? message.program : undefined,
    usesOldSelf: compiled?.ok ? compiled.program.uses('oldSelf') : false,
    fieldPath: path?.ok ? path.path : '',
  }
}

/** A value and what it was before the update, with what ratcheting needs. */
export interface RuleSubject {
  readonly value: JsonValue
  readonly old: JsonValue | undefined
  readonly path: string
  readonly correlation: Correlation | undefined
  /** The nearest ancestor that can be matched with its old value. */
  readonly parent: Correlation | undefined
}

interface Run {
  budget: number
  readonly violations: Violation[]
}

/** Runs every rule of an object; `budget` runs down and ends it. */
export function validateRules(node: RuleNode, subject: RuleSubject, budget = OBJECT_BUDGET): { readonly violations: readonly Violation[]; readonly budget: number } {
  const run: Run = { budget, violations: [] }
  visit(node, subject, run)
  return run
}

function visit(node: RuleNode, subject: RuleSubject, run: Run): void {
  if (subject.value === null || run.budget < 0) return
  runRules(node, subject, run)
  if (run.budget < 0) return
  if (isArray(subject.value)) visitItems(node, subject, subject.value, run)
  else if (isObject(subject.value)) visitFields(node, subject, subject.value, run)
}

function visitItems(node: RuleNode, subject: RuleSubject, items: JsonArray, run: Run): void {
  if (node.items === undefined) return
  const oldItem = indexItems(node.schema, subject.old)
  for (const [index, value] of items.entries()) {
    if (run.budget < 0) return
    const { correlation, parent } = descend(subject, (from) => itemCorrelation(from, index))
    visit(node.items, { value, old: oldItem(value), path: indexPath(subject.path, index), correlation, parent }, run)
  }
}

function visitFields(node: RuleNode, subject: RuleSubject, fields: JsonObject, run: Run): void {
  const old = isObject(subject.old) ? subject.old : undefined
  for (const [name, value] of Object.entries(fields)) {
    const property = node.properties.get(name)
    const child = property ?? (own(node.schema.properties, name) ? undefined : node.values)
    if (child === undefined || run.budget < 0) continue
    const path = property ? childPath(subject.path, name) : keyPath(subject.path, name)
    visit(child, { value, old: old && member(old, name), path, ...correlateField(subject, name) }, run)
  }
}

type Correlated = Pick<RuleSubject, 'correlation' | 'parent'>

function descend(subject: RuleSubject, step: (from: Correlation) => Correlation | undefined): Correlated {
  const { correlation, parent } = subject
  return correlation === undefined ? { correlation, parent } : { correlation: step(correlation), parent: correlation }
}

/** Type fields of the root are never excused: both sides were converted to the same version. */
function correlateField(subject: RuleSubject, name: string): Correlated {
  if (subject.correlation && subject.parent === undefined && (name === 'apiVersion' || name === 'kind')) return { correlation: undefined, parent: undefined }
  return descend(subject, (from) => fieldCorrelation(from, name))
}

function isExcused(subject: RuleSubject): boolean {
  return isUnchanged(subject.correlation ?? subject.parent)
}

function runRules(node: RuleNode, subject: RuleSubject, run: Run): void {
  const type = node.schema.type ?? ''
  if (node.rules === 'undeclared') {
    if (hasOwnRules(node.schema)) run.violations.push(invalid(pathOr(subject.path), type, UNDECLARED))
    return
  }
  if (node.rules.length === 0) return
  if (run.budget <= 0) return end(run, invalid(pathOr(subject.path), type, 'validation failed due to running out of cost budget, no further validation rules will be run'))
  const toValue = (value: JsonValue): CelValue => (node.isResource && isObject(value) ? resourceValue(value, node.schema) : valueBySchema(value, node.schema))
  const self = toValue(subject.value)
  const old = subject.old === undefined || subject.old === null ? undefined : toValue(subject.old)
  for (const ready of node.rules) {
    if (run.budget < 0) return
    runRule(ready, { node, subject, self, old }, run)
  }
}

function pathOr(path: string): string {
  return path === '' ? NO_PATH : path
}

function end(run: Run, violation: Violation): void {
  run.violations.push(violation)
  run.budget = -1
}

interface RuleCall {
  readonly node: RuleNode
  readonly subject: RuleSubject
  readonly self: CelValue
  readonly old: CelValue | undefined
}

function runRule(ready: ReadyRule, call: RuleCall, run: Run): void {
  const { rule, program } = ready
  const type = call.node.schema.type ?? ''
  const path = pathOr(call.subject.path)
  if (ready.problem !== undefined) run.violations.push(invalid(path, type, `rule compile error: ${ready.problem}`))
  if (program === undefined || (ready.usesOldSelf && call.old === undefined && !rule.optionalOldSelf)) return
  const { value, cost, exceeded } = program.run({ variables: variablesOf(call, rule) }, CALL_LIMIT)
  if (cost > run.budget) return end(run, invalid(path, type, 'validation failed due to running out of cost budget, no further validation rules will be run'))
  run.budget -= cost
  if (exceeded) return end(run, invalid(path, type, `'${isError(value) ? value.message : ''}': no further validation rules will be run due to call cost exceeds limit for rule: ${ruleText(rule)}`))
  if (value === true) return
  if (isError(value)) run.violations.push(invalid(path, type, failureText(value.message, rule)))
  else refuse(ready, call, run)
}

function variablesOf({ self, old }: RuleCall, rule: ValidationRule): Readonly<Record<string, CelValue>> {
  if (rule.optionalOldSelf) return { self, oldSelf: old === undefined ? NONE : { kind: 'optional', value: old } }
  return old === undefined ? { self } : { self, oldSelf: old }
}

function failureText(message: string, rule: ValidationRule): string {
  if (!message.startsWith('no such overload')) return `${message} evaluating rule: ${ruleText(rule)}`
  return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${ruleText(rule)}`
}

/** Its message, else itself. */
function ruleText(rule: ValidationRule): string {
  return (rule.message ?? '') === '' ? rule.rule.trim() : (rule.message ?? '').trim()
}

function refuse(ready: ReadyRule, call: RuleCall, run: Run): void {
  const { rule } = ready
  const path = ready.fieldPath === '' ? pathOr(call.subject.path) : childPath(call.subject.path, ready.fieldPath)
  const excused = !ready.usesOldSelf && isExcused(call.subject)
  const message = ready.message && computeMessage(ready.message, call, run)
  if (message?.fatal !== undefined) {
    if (!excused) run.violations.push(invalid(path, call.node.schema.type ?? '', message.fatal))
    run.budget = -1
    return
  }
  const detail = message?.text ?? ((rule.message ?? '') === '' ? `failed rule: ${ruleText(rule)}` : ruleText(rule))
  if (!excused) run.violations.push(refusal(rule, path, shownValue(call), detail))
}

/** Objects and lists are not printed. */
function shownValue({ node, subject }: RuleCall): JsonValue | undefined {
  return node.schema.type === 'object' || node.schema.type === 'array' ? undefined : subject.value
}

function refusal(rule: ValidationRule, path: string, value: JsonValue | undefined, detail: string): Violation {
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return forbidden(path, detail)
    case 'FieldValueRequired':
      return required(path, detail)
    case 'FieldValueDuplicate':
      return value === undefined ? { path, type: 'FieldValueDuplicate', message: '' } : duplicate(path, value)
    default:
      return invalid(path, value, detail)
  }
}

interface ComputedMessage {
  readonly text?: string
  /** Ends everything: the expression itself ran out of budget. */
  readonly fatal?: string
}

/** A message that cannot be computed is replaced by the rule's own. */
function computeMessage(program: CompiledCel, call: RuleCall, run: Run): ComputedMessage {
  const { value, cost, exceeded } = program.run({ variables: variablesOf(call, { rule: '' }) }, CALL_LIMIT)
  if (cost > run.budget) return { fatal: 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run' }
  if (exceeded) return { fatal: `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${JSON.stringify(program.source)}` }
  run.budget -= cost
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' || text.length > MAX_MESSAGE || text.includes('\n') ? {} : { text }
}

/** A default is judged as a value that is new and as one that was there before. */
export function validateDefaultRules(schema: StructuralSchema, value: JsonValue, path: string, isResource: boolean): readonly Violation[] {
  const node = buildRuleNode(schema, isResource)
  if (node === undefined) return []
  const subject = { value, path, correlation: undefined, parent: undefined }
  const kept = validateRules(node, { ...subject, old: value }).violations
  return kept.length > 0 ? kept : validateRules(node, { ...subject, old: undefined }).violations
}
