import { parsePath, type FieldPath } from '@oasgen/fieldpath'
import { equalJson, type JsonValue } from '@oasgen/json'
import type { ComparePlan, FieldRule, Normalizer } from '@oasgen/plan'
import type { Compiler, Program } from './programs.js'
import { pathOf } from './reader.js'
import { readInstant } from './time.js'

/** The rules of a comparison as a tree beside the object, so that walking the object finds them without searching. */
export interface PreparedComparison {
  readonly plan: ComparePlan
  readonly root: RuleNode
  /** Fields below `spec` that are not looked at. */
  readonly ignored: ReadonlySet<string>
  readonly updatable: ReadonlySet<string> | undefined
  readonly rules: readonly PreparedRule[]
  /** Lists in which others may have elements too, by path below `spec`. */
  readonly shared: readonly string[]
  /** Rules of values that no answer shows. */
  readonly hidden: readonly HiddenRule[]
}

export interface RuleNode {
  readonly rule: PreparedRule | undefined
  readonly members: ReadonlyMap<string, RuleNode>
  /** Every element of a list. */
  readonly elements: RuleNode | undefined
}

export interface PreparedRule {
  readonly plan: FieldRule
  readonly normalize: ((value: JsonValue) => JsonValue) | undefined
}

export interface HiddenRule extends PreparedRule {
  /** Below `spec`. Of a value inside of a list, the list: only as a whole can it be sent. */
  readonly place: FieldPath
}

function hiddenPlace(path: string): FieldPath {
  const parsed = parsePath(path)
  return parsed.ok ? parsed.path : pathOf(path.split('[]')[0] ?? path)
}

export function prepareComparison(plan: ComparePlan, programs: Compiler): PreparedComparison {
  const rules = plan.rules.map((rule) => ({ plan: rule, normalize: normalizerOf(rule, programs) }))
  const root = draftNode()
  for (const rule of rules) nodeAt(root, stepsOf(rule.plan.path)).rule = rule
  const hidden = rules.filter((rule) => rule.plan.writeOnly === true || rule.plan.secret === true).map((rule) => ({ ...rule, place: hiddenPlace(rule.plan.path) }))
  const shared = rules.filter((rule) => rule.plan.compare === 'contains' && !rule.plan.path.includes('[]')).map((rule) => rule.plan.path)
  return { plan, root, rules, hidden, shared, ignored: new Set(plan.ignored), updatable: plan.updatable && new Set(plan.updatable) }
}

interface DraftNode {
  rule: PreparedRule | undefined
  readonly members: Map<string, DraftNode>
  elements: DraftNode | undefined
}

function draftNode(): DraftNode {
  return { rule: undefined, members: new Map(), elements: undefined }
}

function nodeAt(root: DraftNode, steps: readonly (string | typeof ELEMENTS)[]): DraftNode {
  let node = root
  for (const step of steps) node = step === ELEMENTS ? (node.elements ??= draftNode()) : memberNode(node, step)
  return node
}

function memberNode(node: DraftNode, name: string): DraftNode {
  const found = node.members.get(name) ?? draftNode()
  node.members.set(name, found)
  return found
}

const ELEMENTS = Symbol('every element')

/** `credentials[].value`: names, and every element of a list. */
function stepsOf(path: string): readonly (string | typeof ELEMENTS)[] {
  return path.split('[]').flatMap((part, at) => {
    const names = part === '' ? [] : pathOf(part.replace(/^\.(?=.)/, '')).flatMap((segment) => ('key' in segment ? [segment.key] : []))
    return at === 0 ? names : [ELEMENTS, ...names]
  })
}

function normalizerOf({ normalize, format }: FieldRule, programs: Compiler): PreparedRule['normalize'] {
  const steps = [...(normalize ?? []).map((step) => normalizeStep(step, programs)), ...(format === undefined ? [] : [FORMATS[format]])]
  if (steps.length === 0) return undefined
  return (value) => steps.reduce((result, step) => step(result), value)
}

type Step = (value: JsonValue) => JsonValue

function normalizeStep(step: Normalizer, programs: Compiler): Step {
  if (typeof step === 'object') return celStep(programs.cel(step.cel))
  switch (step) {
    case 'lowerCase': return (value) => (typeof value === 'string' ? value.toLowerCase() : value)
    case 'trim': return (value) => (typeof value === 'string' ? value.trim() : value)
    case 'dateTime': return dateTime
    case 'float32': return float32
  }
}

/** A value that the expression cannot read stays as it is: the comparison then shows the difference. */
function celStep(program: Program): Step {
  return (value) => {
    const ran = program.run({ value })
    return ran.ok ? ran.value ?? null : value
  }
}

function dateTime(value: JsonValue): JsonValue {
  return (typeof value === 'string' ? readInstant(value) : undefined) ?? value
}

function float32(value: JsonValue): JsonValue {
  return typeof value === 'number' ? Math.fround(value) : value
}

// A date that an API prints as midnight of that day is the same date.
function dateOnly(value: JsonValue): JsonValue {
  return typeof value === 'string' ? value.replace(/^(\d{4}-\d\d-\d\d)[Tt ]00:00(?::00(?:\.0+)?)?(?:[Zz]|[+-]00:?00)?$/, '$1') : value
}

const FORMATS: Readonly<Record<NonNullable<FieldRule['format']>, Step>> = { 'date-time': dateTime, date: dateOnly, float: float32 }

/** The rule for one field of a difference's path, indexes aside. */
export function ruleFor({ root }: PreparedComparison, path: string): PreparedRule | undefined {
  let node: RuleNode | undefined = root
  let rule: PreparedRule | undefined
  for (const segment of pathOf(path).slice(1)) {
    node = 'key' in segment ? node?.members.get(segment.key) : node?.elements
    rule = node?.rule ?? rule
  }
  return rule
}

export function isDefault(rule: PreparedRule | undefined, value: JsonValue): boolean {
  return rule?.plan.default !== undefined && equalJson(rule.plan.default, value)
}
