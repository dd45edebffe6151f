import { isObject, numberText, readNumber, textOf, type JsonNumber, type JsonObject, type JsonValue } from '@oasgen/json'
import { buildValidator, printViolation, readSchema, schemaOfVersion, type ObjectValidator, type StructuralSchema } from '@oasgen/structural'
import { accepts, textFor } from './pattern.js'

/** What a CRD says about its objects. */
export interface Kind {
  readonly apiVersion: string
  readonly kind: string
  readonly schema: StructuralSchema
  readonly validator: ObjectValidator
}

export function kindOf(crd: JsonObject): Kind {
  const spec = crd['spec'] as JsonObject
  const version = ((spec['versions'] as readonly JsonObject[])[0] as JsonObject)['name'] as string
  const schema = readSchema(schemaOfVersion(crd, version) ?? {}).value ?? {}
  return { apiVersion: `${textOf(spec['group'] ?? '')}/${version}`, kind: textOf((spec['names'] as JsonObject)['kind'] ?? ''), schema, validator: buildValidator(schema) }
}

export type Sampled = { readonly spec: JsonObject } | { readonly problem: string }

const ROUNDS = 12

/** A spec that the API server would take: everything that is required and as much of the rest as can be filled. */
export function sampleSpec(kind: Kind): Sampled {
  const tried = BRANCHES.map((branch) => () => sampleBranch(kind, branch))
  let last: Sampled = { problem: 'no valid resource was found' }
  for (const attempt of tried) {
    const sampled = attempt()
    if ('spec' in sampled) return sampled
    last = sampled
  }
  return last
}

/** Where a schema has alternatives, which of them is taken. */
const BRANCHES = [0, 1, 2]

function sampleBranch(kind: Kind, branch: number): Sampled {
  const schema = kind.schema.properties?.['spec'] ?? {}
  let spec = sampleOf(schema, { name: 'spec', depth: 0, serial: 0, branch }) as JsonObject
  if (!isObject(spec)) return { spec: {} }
  for (let round = 0; round < ROUNDS; round++) {
    const violations = violationsOf(kind, spec)
    const [first] = violations
    if (first === undefined) return { spec }
    const leaner = withoutRival(spec, first.message) ?? without(spec, violations.map(({ path }) => path), schema)
    if (leaner === undefined) return { problem: printViolation(first) }
    spec = leaner
  }
  return { problem: 'no valid resource was found' }
}

function violationsOf({ validator, apiVersion, kind }: Kind, spec: JsonObject): ReturnType<ObjectValidator['validate']> {
  return validator.validate({ apiVersion, kind, metadata: { name: 'conform', namespace: 'default' }, spec })
}

/** Whether a changed spec may follow the one before it. */
export function mayFollow({ validator, apiVersion, kind }: Kind, before: JsonObject, after: JsonObject): boolean {
  const whole = (spec: JsonObject): JsonObject => ({ apiVersion, kind, metadata: { name: 'conform', namespace: 'default' }, spec })
  return validator.validate(whole(after), { old: whole(before) }).length === 0
}

/** A rule that allows one of two fields: the first is kept. */
function withoutRival(spec: JsonObject, message: string): JsonObject | undefined {
  const [, first = '', second = ''] = /(?:exactly|at most|only) one of (\w+) and (\w+)/.exec(message) ?? []
  if (!Object.hasOwn(spec, first) || !Object.hasOwn(spec, second)) return undefined
  return Object.fromEntries(Object.entries(spec).filter(([name]) => name !== second))
}

/** Leaves out the optional fields that are objected to; undefined: there is nothing left to leave out. */
function without(spec: JsonObject, paths: readonly string[], schema: StructuralSchema): JsonObject | undefined {
  const required = new Set(schema.required ?? [])
  const names = paths.map((path) => /^spec\.([^.[]+)/.exec(path)?.[1] ?? '')
  const blamed = names.filter((name) => Object.hasOwn(spec, name) && !required.has(name))
  if (blamed.length > 0) return Object.fromEntries(Object.entries(spec).filter(([name]) => !blamed.includes(name)))
  const below = names.find((name) => isObject(spec[name]))
  const inner = below === undefined ? undefined : requiredOnly(schema.properties?.[below] ?? {}, spec[below] as JsonObject)
  if (below !== undefined && inner !== undefined) return { ...spec, [below]: inner }
  const lean = requiredOnly(schema, spec)
  return lean
}

function requiredOnly({ required = [] }: StructuralSchema, object: JsonObject): JsonObject | undefined {
  const lean = Object.fromEntries(Object.entries(object).filter(([name]) => required.includes(name)))
  return Object.keys(lean).length < Object.keys(object).length ? lean : undefined
}

interface Place {
  readonly name: string
  readonly depth: number
  /** Tells elements of a list apart. */
  readonly serial: number
  readonly branch?: number
}

const DEPTH = 4

export function sampleOf(schema: StructuralSchema, place: Place): JsonValue | undefined {
  const { enum: values } = schema
  if (values !== undefined) return values.find((value) => value !== null) ?? null
  const listed = listedValue(schema)
  if (listed !== undefined) return listed
  if (schema.default !== undefined && schema.default !== null) return schema.default
  if (schema['x-kubernetes-int-or-string'] === true) return 1
  switch (schema.type) {
    case 'object': return objectSample(schema, place)
    case 'array': return arraySample(schema, place)
    case 'integer': case 'number': return numberSample(schema, place.serial)
    case 'boolean': return true
    case 'string': return stringSample(schema, place)
    default: return schema['x-kubernetes-preserve-unknown-fields'] === true ? openSample(schema, place) : undefined
  }
}

/** Choices that are written as a rule, because null is one of them. */
function listedValue({ 'x-kubernetes-validations': rules = [] }: StructuralSchema): JsonValue | undefined {
  const list = rules.map(({ rule }) => /^self in \['([^']*)'/.exec(rule)?.[1]).find((text) => text !== undefined)
  return list
}

// A field of any type: a text is what most readers and writers agree on.
function openSample(schema: StructuralSchema, place: Place): JsonValue {
  return schema.properties === undefined ? 'conform' : (objectSample(schema, place) ?? {})
}

function objectSample(schema: StructuralSchema, place: Place): JsonValue | undefined {
  const branches = schema.oneOf ?? schema.anyOf ?? []
  const branch = branches[(place.branch ?? 0) % Math.max(1, branches.length)]
  const wanted = new Set([...(schema.required ?? []), ...(branch?.required ?? [])])
  const rivals = rivalsOf(branches.filter((each) => each !== branch), wanted)
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => wanted.has(name) || (place.depth < DEPTH && !rivals.has(name)))
  const filled = properties.flatMap(([name, child]) => {
    const value = sampleOf(mergedWith(child, branch?.properties?.[name]), { ...place, name, depth: place.depth + 1 })
    return value === undefined ? [] : [[name, value] as const]
  })
  const extra = typeof schema.additionalProperties === 'object' ? sampleOf(schema.additionalProperties, { ...place, name: 'key', depth: place.depth + 1, serial: 0 }) : undefined
  return Object.fromEntries(extra === undefined ? filled : [...filled, ['key', extra]])
}

/** Members of the other branches of a union. */
function rivalsOf(others: readonly StructuralSchema[], wanted: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(others.flatMap(({ required = [] }) => required).filter((name) => !wanted.has(name)))
}

function mergedWith(schema: StructuralSchema, more: StructuralSchema | undefined): StructuralSchema {
  return more === undefined ? schema : { ...schema, ...more }
}

function arraySample(schema: StructuralSchema, place: Place): JsonValue | undefined {
  const count = Math.max(schema.minItems ?? 0, place.depth < DEPTH && (schema.maxItems ?? 2) > 0 ? 1 : 0)
  const items = Array.from({ length: Math.min(count, 20) }, (_, index) => sampleOf(schema.items ?? {}, { ...place, depth: place.depth + 1, serial: index }))
  return items.some((item) => item === undefined) ? (count === 0 ? [] : undefined) : (items as JsonValue[])
}

function numberSample({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, type }: StructuralSchema, serial: number): JsonNumber {
  const low = minimum === undefined ? undefined : Number(numberText(minimum)) + (exclusiveMinimum === true ? (type === 'integer' ? 1 : 0.5) : 0)
  const high = maximum === undefined ? undefined : Number(numberText(maximum)) - (exclusiveMaximum === true ? (type === 'integer' ? 1 : 0.5) : 0)
  const wanted = Math.max(low ?? 1, Math.min(high ?? Infinity, 1 + serial))
  const step = multipleOf === undefined ? undefined : Number(numberText(multipleOf))
  const value = step === undefined || step === 0 ? wanted : Math.ceil(wanted / step) * step
  const fitting = type === 'integer' ? Math.ceil(value) : value
  return Number.isSafeInteger(fitting) || type !== 'integer' ? fitting : (readNumber(numberText(minimum ?? 1)) ?? 1)
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z', date: '2026-01-01', time: '00:00:00Z', uuid: '00000000-0000-4000-8000-000000000001', uri: 'https://conform.example/x', url: 'https://conform.example/x',
  email: 'conform@example.com', ipv4: '10.0.0.1', ipv6: '2001:db8::1', ip: '10.0.0.1', cidr: '10.0.0.0/24', hostname: 'conform.example.com', byte: 'Y29uZm9ybQ==', duration: '1h', mac: '00:11:22:33:44:55',
}

// Uploads and contents are base64 more often than not, and base64 is a text like any other.
const FILE_WORDS = /(?:file|content|binary|image|archive|upload|blob)$/i

function stringSample({ format = '', pattern: own, minLength = 0, maxLength, anyOf, oneOf }: StructuralSchema, { name, serial, branch = 0 }: Place): JsonValue | undefined {
  const forms = anyOf ?? oneOf ?? []
  const pattern = own ?? forms[branch % Math.max(1, forms.length)]?.pattern
  const plain = FORMATS[format] ?? (FILE_WORDS.test(name) ? FORMATS['byte'] : undefined) ?? `${name.replace(/[^A-Za-z0-9]+/g, '-').toLowerCase()}-${serial + 1}`
  const text = plain.padEnd(minLength, 'x').slice(0, maxLength ?? 1000)
  if (pattern === undefined || accepts(pattern, text)) return text
  return textFor(pattern)
}

/** Another value of the same field; undefined: there is no other. */
export function otherThan(schema: StructuralSchema | undefined, value: JsonValue): readonly JsonValue[] {
  const choices = (schema?.enum ?? []).filter((each) => each !== value && each !== null)
  if (schema?.enum !== undefined) return choices
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'number') return [value + 1, value - 1, value * 2]
  if (typeof value !== 'string') return []
  return [`${value}x`, `${value}2`, `x${value}`, value.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10)), value.slice(0, -1), ...textsLike(value)].filter((text) => text !== value && text !== '')
}

function textsLike(value: string): readonly string[] {
  return Object.values(FORMATS).filter((text) => text.length === value.length)
}

/** What the server alone sets, as the status of the CRD types it. */
export function statusSample(kind: Kind): JsonObject {
  const { conditions: _, observedGeneration: __, reconcile: ___, ...own } = kind.schema.properties?.['status']?.properties ?? {}
  const sample = objectSample({ type: 'object', properties: own }, { name: 'status', depth: 1, serial: 0 })
  return isObject(sample) ? sample : {}
}

