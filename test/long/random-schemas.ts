/** Random structural schemas, some of them wrong on purpose, and values that nearly fit them. */
import type { Random } from '../seeded.js'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonMap = { [key: string]: Json }

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T
}

function maybe(random: Random, chance: number, make: () => JsonMap): JsonMap {
  return random() < chance ? make() : {}
}

const NAMES = ['a', 'b', 'c', 'd-e', 'namespace', 'x.y']
const PATTERNS = ['^[a-z]*$', '^x', '[0-9]+$', '.{2}', '\\d', '(']
const FORMATS = ['date', 'date-time', 'uuid', 'ipv4', 'email', 'duration', 'byte', 'uri', 'hostname', 'int32', 'float', 'cidr', 'unknown']
const RULES: Readonly<Record<string, readonly string[]>> = {
  string: ["self != 'bad'", 'size(self) < 5', "self.startsWith('a')", 'self == oldSelf', "self.matches('^[a-z]+$')", 'self', "self.contains('z') || self.size() > 1", "self in ['a', 'b', 'ab']", 'self.lowerAscii() == self'],
  integer: ['self > 1', 'self % 2 == 0', 'self >= oldSelf', 'self < 2.5', 'self + 1 > 9223372036854775806', 'string(self) != "3"', "self == 'a'"],
  number: ['self > 1.0', 'self < 2.5', 'self == oldSelf', 'double(int(self)) == self', 'self > 1'],
  boolean: ['self', '!self', 'self == oldSelf', 'self ? true : false'],
  array: ['self.size() < 3', 'self.all(x, x == x)', 'self.exists(x, true)', 'self.isSorted()', 'self[0] == self[0]', 'self == oldSelf', 'self.map(x, x).size() == self.size()', 'self.exists_one(x, x == self[0])', 'size(self.filter(x, true)) >= 0'],
  object: ['has(self.a)', '!has(self.b) || has(self.a)', 'has(self.a) == has(oldSelf.a)', 'self == oldSelf', 'has(self.d__dash__e)', "has(self.__namespace__) ? self.__namespace__ != 'zz' : true", 'self.size() > 0', 'self.all(k, k != "q")', 'has(self.metadata)', "self.?a.hasValue()", 'optional.of(self).hasValue()', 'self.q == 1'],
}

function rules(random: Random, type: string): JsonMap {
  const rule = pick(random, RULES[type] ?? ['true'])
  return { 'x-kubernetes-validations': [{
    rule, ...maybe(random, 0.3, () => ({ message: pick(random, ['no', 'must be fine', ' ', 'a\nb']) })), ...maybe(random, 0.15, () => ({ reason: pick(random, ['FieldValueInvalid', 'FieldValueForbidden', 'Nope']) })),
    ...maybe(random, 0.15, () => ({ messageExpression: pick(random, ["'it is wrong'", '1', "'x' + string(1)"]) })), ...maybe(random, 0.08, () => ({ optionalOldSelf: true })),
    ...maybe(random, 0.1, () => ({ fieldPath: pick(random, ['.a', '.q', 'a']) })),
  }] }
}

/** A schema of some type; `depth` bounds how far it nests. */
export function randomSchema(random: Random, depth: number): JsonMap {
  const type = pick(random, depth > 0 ? ['string', 'integer', 'number', 'boolean', 'array', 'object', 'object', 'object', 'intOrString', 'map', 'open'] : ['string', 'integer', 'number', 'boolean', 'intOrString'])
  const base = schemaOf(random, type, depth)
  const kind = type === 'map' || type === 'open' ? 'object' : type
  return {
    ...base,
    ...maybe(random, 0.12, () => ({ nullable: true })),
    ...maybe(random, 0.15, () => rules(random, kind)),
    ...maybe(random, 0.1, () => ({ default: randomValue(random, base, 0.2) })),
    ...maybe(random, 0.07, () => ({ enum: [randomValue(random, base, 0), randomValue(random, base, 0)] })),
    ...maybe(random, 0.07, () => junctor(random, kind)),
    ...maybe(random, 0.05, () => ({ format: pick(random, FORMATS) })),
    ...maybe(random, 0.02, () => pick(random, [{ $ref: '#/x' }, { 'x-kubernetes-preserve-unknown-fields': true }, { 'x-kubernetes-embedded-resource': true }, { minLength: 2 }, { maximum: 3 }, { 'x-kubernetes-map-type': 'atomic' }])),
  }
}

/** What stands under `spec`: an object of some properties. */
export function randomSpec(random: Random, depth: number): JsonMap {
  return { ...objectSchema(random, depth), ...maybe(random, 0.15, () => rules(random, 'object')), ...maybe(random, 0.1, () => junctor(random, 'object')) }
}

function schemaOf(random: Random, type: string, depth: number): JsonMap {
  switch (type) {
    case 'string':
      return { type, ...maybe(random, 0.3, () => ({ maxLength: pick(random, [1, 3, 100]) })), ...maybe(random, 0.2, () => ({ minLength: pick(random, [1, 2]) })), ...maybe(random, 0.2, () => ({ pattern: pick(random, PATTERNS) })), ...maybe(random, 0.2, () => ({ format: pick(random, FORMATS) })) }
    case 'integer': case 'number':
      return { type, ...maybe(random, 0.3, () => ({ minimum: pick(random, [0, 1, 2.5, -1]) })), ...maybe(random, 0.3, () => ({ maximum: pick(random, [3, 10, 1e10]), ...maybe(random, 0.3, () => ({ exclusiveMaximum: true })) })), ...maybe(random, 0.15, () => ({ multipleOf: pick(random, [2, 0.5, 3]) })), ...maybe(random, 0.2, () => ({ format: pick(random, ['int32', 'int64', 'float', 'double', 'date']) })) }
    case 'array':
      return arraySchema(random, depth)
    case 'object':
      return objectSchema(random, depth)
    case 'map':
      return { type: 'object', additionalProperties: randomSchema(random, depth - 1), ...maybe(random, 0.3, () => ({ maxProperties: pick(random, [1, 5]) })), ...maybe(random, 0.2, () => ({ minProperties: 1 })) }
    case 'open':
      return { ...maybe(random, 0.7, () => ({ type: 'object' })), 'x-kubernetes-preserve-unknown-fields': true }
    case 'intOrString':
      return { 'x-kubernetes-int-or-string': true, ...maybe(random, 0.4, () => ({ anyOf: [{ type: 'integer' }, { type: 'string' }] })) }
    default:
      return { type }
  }
}

function arraySchema(random: Random, depth: number): JsonMap {
  const bounds = { ...maybe(random, 0.5, () => ({ maxItems: pick(random, [1, 2, 10]) })), ...maybe(random, 0.2, () => ({ minItems: 1 })) }
  const list = pick(random, ['', '', 'atomic', 'set', 'map'])
  if (list !== 'map') return { type: 'array', items: list === 'set' ? { type: pick(random, ['string', 'integer', 'boolean']) } : randomSchema(random, depth - 1), ...bounds, ...(list === '' ? {} : { 'x-kubernetes-list-type': list }) }
  const key = pick(random, [{ type: 'string' }, { type: 'integer' }, { type: 'string', default: 'k' }, { type: 'string', nullable: true }])
  return {
    type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': random() < 0.9 ? ['k'] : ['z'], ...bounds,
    items: { type: 'object', ...maybe(random, 0.8, () => ({ required: ['k'] })), properties: { k: key, v: randomSchema(random, depth - 2) } },
  }
}

function objectSchema(random: Random, depth: number): JsonMap {
  const properties: JsonMap = {}
  for (const name of NAMES) if (random() < 0.4) properties[name] = randomSchema(random, depth - 1)
  const required = Object.keys(properties).filter(() => random() < 0.25)
  return {
    type: 'object', properties, ...(required.length === 0 ? {} : { required }), ...maybe(random, 0.08, () => ({ 'x-kubernetes-preserve-unknown-fields': true })),
    ...maybe(random, 0.05, () => ({ 'x-kubernetes-embedded-resource': true })),
    ...maybe(random, 0.05, () => ({ maxProperties: 2 })),
  }
}

function junctor(random: Random, type: string): JsonMap {
  const parts: Readonly<Record<string, readonly JsonMap[]>> = {
    string: [{ minLength: 2 }, { pattern: '^a' }, { enum: ['a'] }, { maxLength: 1 }], integer: [{ minimum: 2 }, { maximum: 5 }, { multipleOf: 2 }], number: [{ minimum: 1.5 }, { maximum: 5 }],
    array: [{ minItems: 1 }, { maxItems: 1 }], object: [{ required: ['a'] }, { required: ['b'] }, { minProperties: 1 }, { properties: { a: { minLength: 1 } } }],
  }
  const choices = [...(parts[type] ?? [{}]), { title: 'x' }, { not: { enum: [1] } }]
  return pick(random, [() => ({ not: pick(random, choices) }), () => ({ [pick(random, ['anyOf', 'oneOf', 'allOf'])]: [pick(random, choices), pick(random, choices)] })])()
}

const STRAYS: readonly Json[] = [null, true, 1, 2.5, 3000000000, 1e40, 'a', '', 'ab', 'x1', [], ['a'], {}, { a: 'b' }, { q: 1 }]
const TEXTS = ['a', 'b', 'ab', 'bad', 'x', 'x1', '', 'zz', '2020-01-02', '2020-01-02T03:04:05Z', '1.2.3.4', 'a@b.c', '1h', 'YQ==', '😀😀', 'https://a/b']

/** A value for a schema, with something else in its place as often as `wrong` says. */
export function randomValue(random: Random, schema: JsonMap, wrong: number): Json {
  if (random() < wrong * 0.4) return pick(random, STRAYS)
  if (Array.isArray(schema['enum']) && random() < 0.7) return pick(random, schema['enum'])
  if (schema['x-kubernetes-int-or-string']) return pick(random, [1, 'a', 'x1'])
  switch (schema['type']) {
    case 'string': return pick(random, TEXTS)
    case 'integer': return pick(random, [0, 1, 2, 3, 4, 10, -5])
    case 'number': return pick(random, [0, 1, 1.5, 2.5, 3, 0.1])
    case 'boolean': return random() < 0.5
    case 'array': return Array.from({ length: Math.floor(random() * 4) }, () => randomValue(random, (schema['items'] ?? {}) as JsonMap, wrong))
    default: return randomObject(random, schema, wrong)
  }
}

function randomObject(random: Random, schema: JsonMap, wrong: number): JsonMap {
  const result: JsonMap = {}
  const values = schema['additionalProperties']
  for (const [name, property] of Object.entries((schema['properties'] ?? {}) as JsonMap)) if (random() < 0.75) result[name] = randomValue(random, property as JsonMap, wrong)
  if (typeof values === 'object' && values !== null) for (const name of ['a', 'q', 'k']) if (random() < 0.5) result[name] = randomValue(random, values as JsonMap, wrong)
  if (random() < wrong) result[pick(random, ['q', 'zz', 'metadata', 'kind'])] = pick(random, STRAYS)
  return result
}

/** The same value with a place changed here and there: an update. */
export function changed(random: Random, schema: JsonMap, value: Json): Json {
  if (random() < 0.2) return randomValue(random, schema, 0.3)
  if (Array.isArray(value)) return value.map((item) => changed(random, (schema['items'] ?? {}) as JsonMap, item))
  if (typeof value !== 'object' || value === null) return value
  const properties = (schema['properties'] ?? {}) as JsonMap
  return Object.fromEntries(Object.entries(value).filter(() => random() < 0.95).map(([name, item]) => [name, changed(random, (properties[name] ?? {}) as JsonMap, item)]))
}

export function crdOf(schema: JsonMap): JsonMap {
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com', scope: 'Namespaced', names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  }
}
