import { isObject, member, type JsonObject } from '@oasgen/json'
import { badRequest, Failure } from '../failure.js'
import { labelValueFaults, qualifiedNameFaults } from './field-names.js'
import { labelsOf, nameOf, namespaceOf, plain, strings } from '../object.js'
import type { ResourceTarget, Tried } from '../request.js'
import { textAt } from '../registry/text-at.js'

/** Which objects a list or watch is about. */
export interface Selection {
  readonly namespace: string
  readonly labels: readonly Requirement[]
  readonly fields: readonly FieldRequirement[]
  readonly matches: (object: JsonObject) => boolean
}

export interface Requirement {
  readonly key: string
  readonly operator: 'in' | 'notin' | 'exists' | 'absent' | 'gt' | 'lt'
  readonly values: readonly string[]
}

export interface FieldRequirement {
  readonly field: string
  readonly equal: boolean
  readonly value: string
}

export function readSelection(target: ResourceTarget, labelText: string, fieldText: string): Tried<Selection> {
  const labels = readLabelSelector(labelText)
  if (labels instanceof Failure) return labels
  const fields = readFieldSelector(fieldText)
  if (fields instanceof Failure) return fields
  const readers = fields.map((one) => fieldReader(target, one.field))
  const unknown = fields.find((_, index) => readers[index] === undefined)
  if (unknown) return badRequest(unsupportedField(target, unknown.field))
  const namespace = target.namespace
  return {
    namespace, labels, fields,
    matches: (object) =>
      (namespace === '' || namespaceOf(object) === namespace)
      && (target.name === '' || nameOf(object) === target.name)
      && matchesLabels(labels, labelsOf(object))
      && fields.every((one, index) => (readers[index]?.(object) === one.value) === one.equal),
  }
}

function unsupportedField(target: ResourceTarget, field: string): string {
  const { group, kind, origin } = target.type
  if (origin === 'custom') return `field label not supported: ${field}`
  const gvk = `${group === '' ? '' : group}/${target.version.name}, Kind=${kind}`
  return SELECTABLE_BUILTINS.has(kind) ? `field label not supported: ${field}` : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"${gvk && ''}`
}

/** Kinds with a conversion function of their own for field labels answer in other words. */
const SELECTABLE_BUILTINS: ReadonlySet<string> = new Set([
  'Pod', 'Node', 'ReplicationController', 'Event', 'Namespace', 'Secret', 'Service', 'ReplicaSet', 'Job', 'CertificateSigningRequest',
  'Deployment', 'DaemonSet', 'StatefulSet', 'CronJob',
])

function fieldReader(target: ResourceTarget, field: string): ((object: JsonObject) => string) | undefined {
  if (field === 'metadata.name') return nameOf
  if (field === 'metadata.namespace') return target.type.scope === 'Namespaced' || target.type.origin === 'builtin' ? namespaceOf : undefined
  if (target.version.selectableFields.includes(field)) return (object) => textAt(object, field)
  const fields = target.type.rules.fields ?? {}
  return Object.hasOwn(fields, field) ? fields[field] : undefined
}

export function matchesLabels(requirements: readonly Requirement[], labels: JsonObject): boolean {
  return requirements.every((one) => {
    const value = member(labels, one.key)
    const present = typeof value === 'string'
    switch (one.operator) {
      case 'exists': return present
      case 'absent': return !present
      case 'in': return present && one.values.includes(value)
      case 'notin': return !present || !one.values.includes(value)
      case 'gt': return present && isInteger(value) && BigInt(value) > BigInt(one.values[0] ?? '0')
      case 'lt': return present && isInteger(value) && BigInt(value) < BigInt(one.values[0] ?? '0')
    }
  })
}

const isInteger = (value: string): boolean => /^[+-]?\d+$/.test(value)

/** A `metav1.LabelSelector` object. */
export function readSelectorObject(selector: JsonObject): readonly Requirement[] {
  const exact = isObject(selector.matchLabels) ? Object.entries(selector.matchLabels) : []
  const expressions = Array.isArray(selector.matchExpressions) ? selector.matchExpressions : []
  return [
    ...exact.map(([key, value]) => ({ key, operator: 'in' as const, values: [plain(value)] })),
    ...expressions.filter(isObject).map((one): Requirement => ({
      key: plain(one.key), values: strings(one, 'values'),
      operator: one.operator === 'In' ? 'in' : one.operator === 'NotIn' ? 'notin' : one.operator === 'Exists' ? 'exists' : 'absent',
    })),
  ]
}

export function readFieldSelector(selector: string): Tried<readonly FieldRequirement[]> {
  if (selector.trim() === '') return []
  const result: FieldRequirement[] = []
  for (const term of splitTerms(selector)) {
    if (term === '') continue
    const match = /^((?:[^\\=!]|\\.)*?)(==|!=|=)([\s\S]*)$/.exec(term)
    if (!match) return badRequest(`invalid selector: '${selector}'; can't understand '${term}'`)
    result.push({ field: (match[1] ?? '').trim(), equal: match[2] !== '!=', value: unescape(match[3] ?? '') })
  }
  return result
}

/** Commas separate, unless escaped. */
function splitTerms(selector: string): readonly string[] {
  return selector.match(/(?:\\.|[^\\,])+/gs) ?? []
}
const unescape = (value: string): string => value.replace(/\\([\\,=])/g, '$1')

/** The language of `?labelSelector=`: equality, sets, existence, comparison. */
export function readLabelSelector(selector: string): Tried<readonly Requirement[]> {
  const result = new SelectorParser(selector).parse()
  return typeof result === 'string' ? badRequest(result) : result
}

type Token = { readonly text: string; readonly type: 'word' | 'symbol' | 'end' }

class SelectorParser {
  readonly #tokens: Token[] = []
  #at = 0

  constructor(selector: string) {
    for (const match of selector.matchAll(/\s*(==|!=|[=,()!<>]|[^\s=,()!<>]+)/g)) {
      const word = match[1] ?? ''
      this.#tokens.push({ text: word, type: /^[=,()!<>]/.test(word) ? 'symbol' : 'word' })
    }
    this.#tokens.push({ text: '', type: 'end' })
  }

  parse(): readonly Requirement[] | string {
    const result: Requirement[] = []
    if (this.#peek().type === 'end') return result
    if (!this.#startsRequirement()) return `found '${this.#peek().text}', expected: !, identifier, or 'end of string'`
    for (;;) {
      const one = this.#requirement()
      if (typeof one === 'string') return `unable to parse requirement: ${one}`
      result.push(one)
      const next = this.#next()
      if (next.type === 'end') return result.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      if (next.text !== ',') return `found '${next.text}', expected: ',' or 'end of string'`
      if (!this.#startsRequirement()) return `found '${this.#peek().text}', expected: identifier after ','`
    }
  }

  #startsRequirement(): boolean {
    return this.#peek().type === 'word' || this.#peek().text === '!'
  }

  #requirement(): Requirement | string {
    const absent = this.#peek().text === '!'
    if (absent) this.#next()
    const word = this.#next()
    if (word.type !== 'word') return `found '${word.text}', expected: identifier`
    const faults = qualifiedNameFaults(word.text)
    if (faults.length > 0) return `<nil>: Invalid value: ${JSON.stringify(word.text)}: ${faults.join('; ')}`
    if (absent) return { key: word.text, operator: 'absent', values: [] }
    return this.#comparison(word.text)
  }

  #comparison(key: string): Requirement | string {
    const operator = this.#peek()
    if (operator.type === 'end' || operator.text === ',') return { key, operator: 'exists', values: [] }
    this.#next()
    switch (operator.text) {
      case '=': case '==': return this.#exact(key, 'in')
      case '!=': return this.#exact(key, 'notin')
      case '<': case '>': return this.#number(key, operator.text)
      case 'in': case 'notin': return this.#set(key, operator.text)
      default: return `found '${operator.text}', expected: in, notin, =, ==, !=, gt, lt`
    }
  }

  #exact(key: string, operator: 'in' | 'notin'): Requirement | string {
    const next = this.#peek()
    if (next.type === 'symbol' && next.text !== ',') return `found '${next.text}', expected: identifier`
    return this.#checked({ key, operator, values: [this.#value()] })
  }

  #number(key: string, operator: '<' | '>'): Requirement | string {
    const value = this.#value()
    if (!isInteger(value)) return `values[0]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`
    return { key, operator: operator === '<' ? 'lt' : 'gt', values: [value] }
  }

  #set(key: string, operator: 'in' | 'notin'): Requirement | string {
    if (this.#next().text !== '(') return `found '${this.#tokens[this.#at - 1]?.text}' expected: '('`
    const values: string[] = []
    for (;;) {
      values.push(this.#value())
      const next = this.#next()
      if (next.text === ')') return this.#checked({ key, operator, values: [...new Set(values)].sort() })
      if (next.text !== ',') return `found '${next.text}', expected: ',' or ')'`
    }
  }

  #checked(one: Requirement): Requirement | string {
    for (const [index, value] of one.values.entries()) {
      const faults = labelValueFaults(value)
      if (faults.length > 0) return `values[${index}][${one.key}]: Invalid value: ${JSON.stringify(value)}: ${faults.join('; ')}`
    }
    return one
  }

  #value(): string {
    return this.#peek().type === 'word' ? this.#next().text : ''
  }
  #peek(): Token {
    return this.#tokens[this.#at] as Token
  }
  #next(): Token {
    const token = this.#peek()
    if (token.type !== 'end') this.#at++
    return token
  }
}
