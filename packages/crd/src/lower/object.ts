import type { Schema } from '@oasgen/openapi'
import { secretFieldName, referenceFieldName } from '@oasgen/model'
import { type Lowering, note, type Spot } from './context.js'
import { type Merged } from './merge.js'
import type { LowerChildren } from './schema.js'
import { limits } from './scalar.js'
import { freeForm, isVisible, type Structural } from './structural.js'

/** Pass 9, lowerObject: fields, maps and free-form objects. */
export function lowerObject(lowering: Lowering, merged: Merged, spot: Spot, lower: LowerChildren): Structural {
  lowering.log.carried()
  const bounds = lowering.mode === 'strict'
    ? limits(lowering, merged, ['minProperties', 'maxProperties'])
    : noteBounds(lowering, merged, spot)
  if (merged.properties.size === 0) return { ...lowerMap(lowering, merged, spot, lower), ...bounds }
  const shown = [...merged.properties].filter(([name, schema]) => !isHidden(lowering, schema, name, spot))
  const nodes = lower(shown.map(([name, schema]) => [nameStep(name), schema]))
  const properties = new Map(shown.map(([name], index) => [name, nodes[index] ?? freeForm()]))
  const { fields, rules } = withReferences(lowering, properties, requiredNames(lowering, merged, properties, spot), spot)
  return {
    type: 'object',
    ...(fields.required.length > 0 && { required: fields.required }),
    properties: Object.fromEntries(fields.properties),
    ...openness(lowering, merged, spot),
    ...bounds,
    ...(rules.length > 0 && { 'x-kubernetes-validations': rules }),
  }
}

/** What the API alone fills has no place in a strict spec. */
function isHidden(lowering: Lowering, schema: Schema, name: string, spot: Spot): boolean {
  if (lowering.mode !== 'strict' || !schema.readOnly) return false
  note(lowering, spot, { outcome: 'dropped', schema, keyword: 'readOnly', rule: 'required-read-only', detail: name })
  return true
}

export function nameStep(name: string): string {
  return /^[^.[\]\s]+$/.test(name) ? name : `['${name.replaceAll('\'', '\'\'')}']`
}

function requiredNames(lowering: Lowering, merged: Merged, properties: ReadonlyMap<string, Structural>, spot: Spot): readonly string[] {
  if (lowering.mode === 'status') {
    const schema = merged.parts.find((part) => part.required.length > 0)
    if (schema !== undefined) note(lowering, spot, { outcome: 'dropped', schema, keyword: 'required', rule: 'status-open' })
    return []
  }
  const names = [...merged.required]
  const unknown = names.filter((name) => !properties.has(name))
  const filled = names.filter((name) => merged.properties.get(name)?.readOnly === true)
  const schema = merged.parts.find((part) => part.required.length > 0) ?? merged.schema
  if (unknown.some((name) => !merged.properties.has(name))) note(
    lowering,
    spot,
    { outcome: 'weakened', schema, keyword: 'required', rule: 'required-unknown', detail: unknown.join(', ') },
  )
  if (filled.length > 0) note(
    lowering,
    spot,
    { outcome: 'weakened', schema, keyword: 'required', rule: 'required-read-only', detail: filled.join(', ') },
  )
  if (names.length > 0) lowering.log.carried()
  return names.filter((name) => !unknown.includes(name) && !filled.includes(name)).toSorted()
}

function openness(lowering: Lowering, merged: Merged, spot: Spot): Structural {
  const values = merged.additional
  const typed = values.some((value) => typeof value === 'object')
  if (typed) note(lowering, spot, { outcome: 'weakened', schema: merged.schema, keyword: 'additionalProperties', rule: 'map-with-fields' })
  if (values.some((value) => value === false)) note(
    lowering,
    spot,
    { outcome: 'dropped', schema: merged.schema, keyword: 'additionalProperties', rule: 'no-closed-objects' },
  )
  if (values.some((value) => value === true)) lowering.log.carried()
  const closed = values.includes(false)
  return !closed && values.length > 0 ? { 'x-kubernetes-preserve-unknown-fields': true } : {}
}

function lowerMap(lowering: Lowering, merged: Merged, spot: Spot, lower: LowerChildren): Structural {
  const schemas = merged.additional.filter((value): value is Schema => typeof value === 'object')
  const values = lowering.same.all(schemas)
  if (values !== undefined) return { type: 'object', additionalProperties: lower([['*', values]])[0] ?? freeForm() }
  note(lowering, spot, { outcome: 'weakened', schema: merged.schema, keyword: 'properties', rule: 'free-form' })
  return freeForm()
}

function noteBounds(lowering: Lowering, merged: Merged, spot: Spot): Structural {
  for (const keyword of ['minProperties', 'maxProperties'] as const) {
    const schema = merged.parts.find((part) => part[keyword] !== undefined)
    if (schema !== undefined) note(
      lowering,
      spot,
      { outcome: 'dropped', schema, keyword, rule: lowering.mode === 'status' ? 'status-open' : 'compatible' },
    )
  }
  return {}
}

export interface Fields {
  readonly properties: ReadonlyMap<string, Structural>
  readonly required: readonly string[]
}

/** `secret: true` puts `<name>SecretRef` in the place of a field, `reference` puts `<name>Ref` beside it. */
export function withReferences(
  lowering: Lowering,
  properties: ReadonlyMap<string, Structural>,
  required: readonly string[],
  spot: Spot,
): { readonly fields: Fields; readonly rules: readonly { rule: string; message: string }[] } {
  const made = new Map<string, Structural>()
  const rules: { rule: string; message: string }[] = []
  const names = new Set(required)
  for (const [name, node] of properties) {
    const rule = lowering.mode === 'status' ? undefined : lowering.rules.get(`${spot.field}.${nameStep(name)}`)
    if (rule?.secret === true) {
      const secret = secretFieldName(name)
      made.set(secret, secretReference(name, node))
      if (names.delete(name)) names.add(secret)
    } else if (rule?.reference !== undefined) {
      const reference = referenceFieldName(name)
      made.set(name, node)
      made.set(reference, objectReference(rule.reference.kind, name, names.has(name)))
      const needed = names.delete(name)
      const [value, ref] = [`has(self.${celName(name)})`, `has(self.${celName(reference)})`]
      if (isCelName(name) && isVisible(node)) rules.push(
        needed ? {
          rule: `${value} != ${ref}`,
          message: `exactly one of ${name} and ${reference} must be set`,
        } : { rule: `!(${value} && ${ref})`, message: `only one of ${name} and ${reference} can be set` },
      )
    } else made.set(name, node)
  }
  return { fields: { properties: made, required: [...names].toSorted() }, rules }
}

function secretReference(name: string, { description }: Structural): Structural {
  return {
    type: 'object',
    description: `Secret that holds ${name}, in the namespace of the resource.${description === undefined ? '' : ` ${description}`}`,
    properties: {
      name: { type: 'string', description: 'Name of the Secret.' },
      key: { type: 'string', description: 'Key in the Secret.' },
    },
    required: ['key', 'name'],
  }
}

function objectReference(kind: string, name: string, needed: boolean): Structural {
  return {
    type: 'object',
    description: `${kind} whose identity fills ${name}. ${needed ? 'Exactly' : 'At most'} one of the two is set.`,
    properties: {
      name: { type: 'string', description: `Name of the ${kind}.` },
      namespace: { type: 'string', description: 'Its namespace. Absent: the namespace of the resource.' },
    },
    required: ['name'],
  }
}

const RESERVED_WORDS: readonly string[] = [
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
]

/** Names that CEL can reach. */
export function isCelName(name: string): boolean {
  return /^[a-zA-Z_.\-/][a-zA-Z0-9_.\-/]*$/.test(name)
}

/** A property name as rules spell it. */
export function celName(name: string): string {
  if (RESERVED_WORDS.includes(name)) return `__${name}__`
  return name.replaceAll('__', '__underscores__').replaceAll('.', '__dot__').replaceAll('-', '__dash__').replaceAll('/', '__slash__')
}
