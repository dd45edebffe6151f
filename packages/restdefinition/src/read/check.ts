import { finding, type Finding } from '@oasgen/diagnostics'
import { canonicalJson, isArray, isNumber, isObject, type JsonObject, type JsonValue, writePointer } from '@oasgen/json'
import type { Node } from '../table/node.js'
import { nearestName } from './nearest.js'
import { fieldText } from './place.js'

/** Findings by pointer; the caller knows the file and adds the place. */
export interface Complaint {
  readonly pointer: string
  readonly finding: Finding
}

/**
 * The value with everything removed that the table does not allow, so that decoding needs no further checks: a wrong member is
 * left out, an object that lacks a required member too (`null` in a list, so that indexes stay), and each is said.
 * An object that breaks a rule across its members is said and kept.
 */
export function checkNode(node: Node, value: JsonValue, pointer: string, complaints: Complaint[]): JsonValue | undefined {
  if (!hasType(node, value)) {
    complain(complaints, pointer, finding('RDF0011', { field: name(pointer), found: kindOf(value), expected: expectedOf(node) }))
    return undefined
  }
  if (isObject(value) && node.properties !== undefined) return checkObject(node, value, pointer, complaints)
  if (isObject(value) && node.values !== undefined) return checkMap(node.values, value, pointer, complaints)
  if (isArray(value) && node.items !== undefined) return checkList(node, value, pointer, complaints)
  return checkScalar(node, value, pointer, complaints) ? value : undefined
}

function checkObject(node: Node, value: JsonObject, pointer: string, complaints: Complaint[]): JsonValue | undefined {
  const kept: Record<string, JsonValue> = {}
  for (const [key, child] of Object.entries(value)) {
    const at = pointer + writePointer([key])
    const known = node.properties?.[key]
    if (known === undefined) complaints.push({ pointer: at, finding: unknownField(at, key, Object.keys(node.properties ?? {})) })
    else if (child !== null) keep(kept, key, checkNode(known, child, at, complaints))
  }
  const missing = (node.required ?? []).filter((key) => !Object.hasOwn(kept, key))
  for (const key of missing.filter((name) => !Object.hasOwn(value, name) || value[name] === null)) {
    complain(complaints, pointer, finding('RDF0012', { field: name(pointer + writePointer([key])) }))
  }
  for (const rule of (node.rules ?? []).filter((rule) => !rule.holds(kept))) {
    complain(complaints, pointer, finding('RDF0016', { field: name(pointer), rule: rule.message }))
  }
  return missing.length === 0 ? kept : undefined
}

function checkMap(values: Node, value: JsonObject, pointer: string, complaints: Complaint[]): JsonObject {
  const kept: Record<string, JsonValue> = {}
  for (const [key, child] of Object.entries(value)) keep(kept, key, checkNode(values, child, pointer + writePointer([key]), complaints))
  return kept
}

function checkList(node: Node, value: readonly JsonValue[], pointer: string, complaints: Complaint[]): readonly JsonValue[] {
  checkBounds(node, value.length, pointer, complaints)
  return value.map((item, index) => checkNode(node.items as Node, item, pointer + writePointer([index]), complaints) ?? null)
}

function keep(kept: Record<string, JsonValue>, key: string, value: JsonValue | undefined): void {
  if (value !== undefined) kept[key] = value
}

function checkScalar(node: Node, value: JsonValue, pointer: string, complaints: Complaint[]): boolean {
  const before = complaints.length
  if (node.choices !== undefined && !node.choices.includes(textOf(value))) {
    complain(
      complaints,
      pointer,
      finding('RDF0013', { field: name(pointer), found: show(value), choices: node.choices.join(', ') }, nearChoice(node, value)),
    )
  }
  if (node.pattern !== undefined && !new RegExp(node.pattern).test(textOf(value))) {
    complain(complaints, pointer, finding('RDF0014', { field: name(pointer), found: show(value), pattern: node.form ?? node.pattern }))
  }
  if (typeof value === 'string') checkBounds(node, value.length, pointer, complaints)
  if (isNumber(value)) checkRange(node, Number(value), pointer, complaints)
  return complaints.length === before
}

function nearChoice(node: Node, value: JsonValue): { readonly help?: string } {
  const near = nearestName(textOf(value), node.choices ?? [])
  return near === undefined ? {} : { help: `did you mean ${near}?` }
}

function checkBounds(node: Node, size: number, pointer: string, complaints: Complaint[]): void {
  const [least, most] = node.type === 'array' ? [node.minItems, node.maxItems] : [node.minLength, node.maxLength]
  const unit = node.type === 'array' ? 'elements' : 'characters'
  if (least !== undefined && size < least) outOfBounds(complaints, pointer, `${size} ${unit} long`, `at least ${least}`)
  if (most !== undefined && size > most) outOfBounds(complaints, pointer, `${size} ${unit} long`, `at most ${most}`)
}

function checkRange(node: Node, value: number, pointer: string, complaints: Complaint[]): void {
  if (node.minimum !== undefined && value < node.minimum) outOfBounds(complaints, pointer, String(value), `at least ${node.minimum}`)
  if (node.maximum !== undefined && value > node.maximum) outOfBounds(complaints, pointer, String(value), `at most ${node.maximum}`)
}

function outOfBounds(complaints: Complaint[], pointer: string, found: string, bound: string): void {
  complain(complaints, pointer, finding('RDF0015', { field: name(pointer), found, bound }))
}

function complain(complaints: Complaint[], pointer: string, what: Finding): void {
  complaints.push({ pointer, finding: what })
}

function unknownField(pointer: string, key: string, known: readonly string[]): Finding {
  const near = nearestName(key, known)
  if (near === undefined) return finding('RDF0010', { field: name(pointer) })
  const path = pointer.slice(0, pointer.lastIndexOf('/')) + writePointer([near])
  return finding('RDF0010', { field: name(pointer) }, { help: `did you mean ${name(path)}?` })
}

function hasType(node: Node, value: JsonValue): boolean {
  switch (node.type) {
    case 'any':
      return true
    case 'object': case 'map': case 'open':
      return isObject(value)
    case 'array':
      return isArray(value)
    case 'integer':
      return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
    case 'number':
      return isNumber(value)
    case 'string': case 'boolean':
      return typeof value === node.type
  }
}

function expectedOf({ type }: Node): string {
  if (type === 'map' || type === 'open' || type === 'object') return 'an object'
  return type === 'array' ? 'a list' : type === 'integer' ? 'a whole number' : type === 'string' ? 'text' : `a ${type}`
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  return typeof value === 'string' ? 'text' : isNumber(value) ? `the number ${String(value)}` : `the ${typeof value} ${String(value)}`
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalJson(value)
}

function show(value: JsonValue): string {
  const text = textOf(value)
  return text.length > 80 ? `"${text.slice(0, 77)}…"` : `"${text}"`
}

function name(pointer: string): string {
  return pointer === '' ? 'the RestDefinition' : fieldText(pointer)
}
