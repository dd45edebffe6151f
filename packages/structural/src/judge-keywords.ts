import type { JsonValue } from '@oasgen/json'
import { own, type StructuralSchema } from './schema.js'
import { childPath, forbidden, invalid, keyPath, notSupported, required, type Violation } from './violation.js'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'] as const

/** What the place of a schema forbids. */
export interface KeywordPlace {
  readonly path: string
  /** Why no default may stand here; undefined where it may. */
  readonly defaultsForbidden: string | undefined
  readonly insideMeta: boolean
}

/** Keywords that no schema of a CRD may use, whatever surrounds it. */
export function judgeKeywords(schema: StructuralSchema, place: KeywordPlace): readonly Violation[] {
  const raw = schema as Readonly<Record<string, JsonValue | undefined>>
  const at = (keyword: string): string => childPath(place.path, keyword)
  const violations: Violation[] = []
  const type = schema.type ?? ''
  if (type !== '' && !TYPES.some((known) => known === type)) violations.push(notSupported(at('type'), type, TYPES))
  if (schema.default !== undefined && schema.default !== null && place.defaultsForbidden !== undefined) {
    violations.push(forbidden(at('default'), `must not be set ${place.defaultsForbidden}`))
  }
  for (const [keyword, isUsed] of UNSUPPORTED) {
    if (isUsed(raw[keyword])) violations.push(forbidden(at(keyword), `${keyword} is not supported`))
  }
  if (type === 'null') violations.push(forbidden(at('type'), 'type cannot be set to null, use nullable as an alternative'))
  if (isTuple(raw.items)) violations.push(forbidden(at('items'), 'items must be a schema object and not an array'))
  if (place.insideMeta && schema['x-kubernetes-embedded-resource']) {
    violations.push(forbidden(at('x-kubernetes-embedded-resource'), 'must not be used inside of resource meta'))
  }
  if (schema.uniqueItems) violations.push(forbidden(at('uniqueItems'), 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'))
  return violations
}

const isPresent = (value: JsonValue | undefined): boolean => value !== undefined
const isFilled = (value: JsonValue | undefined): boolean => value !== undefined && value !== '' && Object.keys(value as object).length > 0

const UNSUPPORTED: readonly (readonly [string, (value: JsonValue | undefined) => boolean])[] = [
  ['id', (value) => value !== undefined && value !== ''],
  ['additionalItems', isPresent],
  ['patternProperties', isFilled],
  ['definitions', isFilled],
  ['dependencies', isPresent],
  ['$ref', isPresent],
]

export function isTuple(items: JsonValue | undefined): boolean {
  return Array.isArray(items) && items.length > 0
}

/** preserve-unknown-fields, map types and list types. */
export function judgeTopology(schema: StructuralSchema, path: string): readonly Violation[] {
  const at = (keyword: string): string => childPath(path, keyword)
  const unknown = schema['x-kubernetes-preserve-unknown-fields'] === false
  return [
    ...(unknown ? [invalid(at('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined')] : []),
    ...judgeMapType(schema, path),
    ...judgeListType(schema, path),
    ...judgeMapKeys(schema, path),
    ...(schema['x-kubernetes-list-type'] === 'map' ? judgeMapList(schema, path) : []),
    ...judgeKeyedItems(schema, path),
  ]
}

function judgeMapType(schema: StructuralSchema, path: string): readonly Violation[] {
  const mapType = schema['x-kubernetes-map-type']
  if (mapType === undefined) return []
  const violations = schema.type === 'object' ? [] : [mustBe(schema.type, childPath(path, 'type'), 'must be object if x-kubernetes-map-type is specified')]
  if (mapType !== 'atomic' && mapType !== 'granular') violations.push(notSupported(childPath(path, 'x-kubernetes-map-type'), mapType, ['atomic', 'granular']))
  return violations
}

function mustBe(actual: string | undefined, path: string, sentence: string): Violation {
  return actual === undefined || actual === '' ? required(path, sentence) : invalid(path, actual, sentence)
}

function judgeListType(schema: StructuralSchema, path: string): readonly Violation[] {
  const listType = schema['x-kubernetes-list-type']
  if (listType === undefined) return []
  const violations: Violation[] = []
  if (schema.type !== 'array') violations.push(mustBe(schema.type, childPath(path, 'type'), 'must be array if x-kubernetes-list-type is specified'))
  else if (listType === 'set' && schema.items) violations.push(...judgeSetItems(schema.items, childPath(path, 'items')))
  if (!['atomic', 'set', 'map'].includes(listType)) {
    violations.push(notSupported(childPath(path, 'x-kubernetes-list-type'), listType, ['atomic', 'set', 'map']))
  }
  return violations
}

function judgeSetItems(items: StructuralSchema, path: string): readonly Violation[] {
  const sentence = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = items['x-kubernetes-list-type']
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic') return [invalid(childPath(path, 'x-kubernetes-list-type'), listType, sentence)]
  if (items.type !== 'object' || items['x-kubernetes-map-type'] === 'atomic') return []
  return [invalid(childPath(path, 'x-kubernetes-map-type'), listType ?? null, sentence)]
}

function judgeMapKeys(schema: StructuralSchema, path: string): readonly Violation[] {
  const listType = schema['x-kubernetes-list-type']
  if ((schema['x-kubernetes-list-map-keys'] ?? []).length === 0 || listType === 'map') return []
  const sentence = 'must be map if x-kubernetes-list-map-keys is non-empty'
  const place = childPath(path, 'x-kubernetes-list-type')
  return [listType === undefined ? required(place, sentence) : invalid(place, listType, sentence)]
}

function judgeMapList(schema: StructuralSchema, path: string): readonly Violation[] {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const items = childPath(path, 'items')
  const violations: Violation[] = []
  if (keys.length === 0) violations.push(required(childPath(path, 'x-kubernetes-list-map-keys'), 'must not be empty if x-kubernetes-list-type is map'))
  if (schema.items === undefined) return [...violations, required(items, 'must have a schema if x-kubernetes-list-type is map')]
  if (isTuple(schema.items as JsonValue)) return [...violations, invalid(items, schema.items as JsonValue, 'must only have a single schema if x-kubernetes-list-type is map')]
  if (schema.items.type !== 'object') {
    return [...violations, invalid(childPath(items, 'type'), schema.items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map")]
  }
  return [...violations, ...judgeKeys(keys, schema.items, path)]
}

function judgeKeys(keys: readonly string[], items: StructuralSchema, path: string): readonly Violation[] {
  const place = childPath(path, 'x-kubernetes-list-map-keys')
  return keys.flatMap((key, index) => {
    const property = own(items.properties, key)
    const violations: Violation[] = []
    if (property === undefined) violations.push(invalid(place, keys, 'entries must all be names of item properties'))
    else if (property.type === 'array' || property.type === 'object') {
      const type = childPath(keyPath(childPath(childPath(path, 'items'), 'properties'), key), 'type')
      violations.push(invalid(type, items.type ?? '', "must be a scalar type if parent array's x-kubernetes-list-type is map"))
    }
    if (keys.indexOf(key) < index) violations.push(invalid(place, keys, 'must not contain duplicate entries'))
    return violations
  })
}

/** Keys must always be there: required or defaulted, never null. */
function judgeKeyedItems(schema: StructuralSchema, path: string): readonly Violation[] {
  const listType = schema['x-kubernetes-list-type']
  const { items } = schema
  if (items === undefined || isTuple(items as JsonValue) || (listType !== 'set' && listType !== 'map')) return []
  const place = childPath(path, 'items')
  const violations = items.nullable ? [forbidden(childPath(place, 'nullable'), `cannot be nullable when x-kubernetes-list-type is ${listType}`)] : []
  if (listType === 'set') return violations
  return [...violations, ...(schema['x-kubernetes-list-map-keys'] ?? []).flatMap((key) => judgeKeyProperty(key, items, place))]
}

function judgeKeyProperty(key: string, items: StructuralSchema, path: string): readonly Violation[] {
  const property = own(items.properties, key)
  if (property === undefined) return []
  const place = keyPath(childPath(path, 'properties'), key)
  const violations: Violation[] = []
  if (!(items.required ?? []).includes(key) && (property.default === undefined || property.default === null)) {
    const sentence = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
    violations.push(required(childPath(place, 'default'), sentence))
  }
  if (property.nullable) violations.push(forbidden(childPath(place, 'nullable'), 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'))
  return violations
}
