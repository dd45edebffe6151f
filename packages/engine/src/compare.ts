import { canonicalJson, isArray, isObject, type JsonArray, type JsonObject, type JsonValue } from '@oasgen/json'
import type { PreparedComparison, PreparedRule, RuleNode } from './compare-rules.js'
import { sameScalar } from './loose-equal.js'

/** A place where wanted and observed differ. Segments are kept apart: printing is for the few that are shown. */
export interface Deviation {
  readonly path: readonly PathStep[]
  readonly desired: JsonValue
  readonly observed: JsonValue | undefined
  readonly kind: 'value' | 'order'
  readonly rule: PreparedRule | undefined
}
export type PathStep = string | number | { readonly key: string; readonly value: string }

interface Walk {
  readonly found: Deviation[]
  readonly path: (PathStep | (() => PathStep))[]
}

/** Only what the user set, at every depth; what an answer leaves out says nothing. Top-level fields that are not compared are skipped. */
export function compareSpec(comparison: PreparedComparison, desired: JsonObject, observed: JsonObject): readonly Deviation[] {
  const walk: Walk = { found: [], path: [] }
  for (const name in desired) {
    const wanted = desired[name] as JsonValue
    if (isPlainlySame(wanted, observed[name])) continue
    const seen = memberOf(observed, name)
    if (seen === undefined || comparison.ignored.has(name) || comparison.updatable?.has(name) === false) continue
    compareMember(walk, comparison.root, name, wanted, seen)
  }
  return walk.found
}

/** The usual case, without looking at any rule: letter by letter what is wanted, or left out. No rule makes a difference of that. */
function isPlainlySame(desired: JsonValue, observed: JsonValue | undefined): boolean {
  if (desired === observed || observed === undefined) return true
  if (typeof desired !== 'object' || typeof observed !== 'object' || desired === null || observed === null) return false
  if (isArray(desired)) return isArray(observed) && areElementsSame(desired, observed)
  if (!isObject(desired) || !isObject(observed)) return false
  for (const name in desired) {
    const [wanted, seen] = [desired[name] as JsonValue, observed[name]]
    if (wanted !== seen && !isPlainlySame(wanted, seen)) return false
  }
  return true
}

function areElementsSame(desired: JsonArray, observed: JsonArray): boolean {
  if (desired.length !== observed.length) return false
  for (let at = 0; at < desired.length; at += 1) {
    const [wanted, seen] = [desired[at] as JsonValue, observed[at] as JsonValue]
    if (wanted !== seen && !isPlainlySame(wanted, seen)) return false
  }
  return true
}

/** An own member. What a plain object inherits are functions, and `__proto__`: no JSON value is one. */
function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  const found = object[name]
  if (typeof found === 'function') return undefined
  return typeof found === 'object' && name === '__proto__' && !Object.hasOwn(object, name) ? undefined : found
}

/** Two values under one rule, as a plain question. */
export function isSame(desired: JsonValue, observed: JsonValue, node: RuleNode | undefined): boolean {
  const walk: Walk = { found: [], path: [] }
  compareValue(walk, node, desired, observed)
  return walk.found.length === 0
}

function compareMember(walk: Walk, node: RuleNode | undefined, name: string, desired: JsonValue, observed: JsonValue): void {
  walk.path.push(name)
  compareValue(walk, node?.members.get(name), desired, observed)
  walk.path.pop()
}

function compareValue(walk: Walk, node: RuleNode | undefined, desired: JsonValue, observed: JsonValue): void {
  if (desired === observed) return
  const rule = node?.rule
  if (rule?.plan.compare === 'ignore' || rule?.plan.writeOnly === true) return
  if (rule?.normalize !== undefined && sameScalar(rule.normalize(desired), rule.normalize(observed))) return
  if (isObject(desired) && isObject(observed)) compareObjects(walk, node, desired, observed)
  else if (isArray(desired) && isArray(observed)) compareLists(walk, node, desired, observed)
  else if (!sameScalar(desired, observed)) report(walk, rule, desired, observed)
}

function report(walk: Walk, rule: PreparedRule | undefined, desired: JsonValue, observed: JsonValue | undefined, kind: Deviation['kind'] = 'value'): void {
  const path = walk.path.map((step) => (typeof step === 'function' ? step() : step))
  walk.found.push({ path, desired, observed, kind, rule })
}

function compareObjects(walk: Walk, node: RuleNode | undefined, desired: JsonObject, observed: JsonObject): void {
  for (const name in desired) {
    const seen = memberOf(observed, name)
    if (seen !== undefined && desired[name] !== seen) compareMember(walk, node, name, desired[name] as JsonValue, seen)
  }
}

function compareLists(walk: Walk, node: RuleNode | undefined, desired: JsonArray, observed: JsonArray): void {
  switch (node?.rule?.plan.compare ?? 'exact') {
    case 'set': compareSet(walk, node, desired, observed); return
    case 'contains': compareContained(walk, node, desired, observed); return
    case 'keyed': compareKeyed(walk, node, desired, observed); return
    case 'ignore': return
    case 'exact': compareInOrder(walk, node, desired, observed); return
  }
}

function compareInOrder(walk: Walk, node: RuleNode | undefined, desired: JsonArray, observed: JsonArray): void {
  if (desired.length !== observed.length) {
    report(walk, node?.rule, desired, observed)
    return
  }
  const before = walk.found.length
  for (let at = 0; at < desired.length; at += 1) {
    const [item, seen] = [desired[at] as JsonValue, observed[at] as JsonValue]
    if (item !== seen) compareElement(walk, node, () => at, item, seen)
  }
  if (walk.found.length === before) return
  const isOrder = isPermutation(node, desired, observed)
  // Of a list of plain values the list is what differs; of objects, the element that does.
  if (!isOrder && desired.some(isObject)) return
  walk.found.length = before
  report(walk, node?.rule, desired, observed, isOrder ? 'order' : 'value')
}

/** The step is made only when it is needed: nearly always the elements are equal. */
function compareElement(walk: Walk, node: RuleNode | undefined, step: () => PathStep, desired: JsonValue, observed: JsonValue): void {
  walk.path.push(step)
  compareValue(walk, node?.elements, desired, observed)
  walk.path.pop()
}

/** Each element takes one partner; greedy is enough because equal elements are interchangeable. */
function isPermutation(node: RuleNode | undefined, desired: JsonArray, observed: JsonArray): boolean {
  return desired.length === observed.length && unmatched(node, desired, observed).length === 0
}

function unmatched(node: RuleNode | undefined, desired: JsonArray, observed: JsonArray): JsonArray {
  const left = [...observed]
  return desired.filter((item) => {
    const at = left.findIndex((candidate) => isSame(item, candidate, node?.elements))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

function compareSet(walk: Walk, node: RuleNode | undefined, desired: JsonArray, observed: JsonArray): void {
  const wanted = desired.filter((item, at) => !desired.slice(0, at).some((earlier) => isSame(item, earlier, node?.elements)))
  if (wanted.length !== observed.length || unmatched(node, wanted, observed).length > 0) report(walk, node?.rule, desired, observed)
}

/** Elements that others added stay. */
function compareContained(walk: Walk, node: RuleNode | undefined, desired: JsonArray, observed: JsonArray): void {
  if (unmatched(node, desired, observed).length > 0) report(walk, node?.rule, desired, observed)
}

function compareKeyed(walk: Walk, node: RuleNode | undefined, desired: JsonArray, observed: JsonArray): void {
  const keys = node?.rule?.plan.keys ?? []
  if (desired.length === observed.length && desired.every((item, at) => keyOf(item, keys) === keyOf(observed[at] as JsonValue, keys))) {
    desired.forEach((item, at) => compareElement(walk, node, () => keyStep(item, keys), item, observed[at] as JsonValue))
    return
  }
  const partners = new Map<string, JsonValue>()
  for (const item of observed) partners.set(keyOf(item, keys), item)
  const names = desired.map((item) => keyOf(item, keys))
  if (partners.size !== observed.length || new Set(names).size !== partners.size || names.some((name) => !partners.has(name))) {
    report(walk, node?.rule, desired, observed)
    return
  }
  desired.forEach((item, at) => {
    const partner = partners.get(names[at] as string)
    if (partner !== undefined) compareElement(walk, node, () => keyStep(item, keys), item, partner)
  })
}

function keyOf(item: JsonValue, keys: readonly string[]): string {
  const only = keys.length === 1 && isObject(item) ? item[keys[0] as string] : undefined
  if (typeof only === 'string') return only
  return isObject(item) ? canonicalJson(keys.map((key) => item[key] ?? null)) : canonicalJson(item)
}

function keyStep(item: JsonValue, keys: readonly string[]): PathStep {
  const [key = ''] = keys
  const value = isObject(item) ? item[key] ?? '' : ''
  return { key, value: typeof value === 'string' ? value : canonicalJson(value) }
}
