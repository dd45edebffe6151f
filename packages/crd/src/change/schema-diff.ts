import { compareNumbers, equalJson, isArray, isNumber, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import { type ChangeClass, type CrdChange, shownValue } from './change.js'

/** Changes from one structural schema to another, by the field that they touch. */
export function diffSchema(a: JsonObject, b: JsonObject, path: string): readonly CrdChange[] {
  const changes: CrdChange[] = []
  const say = (kind: ChangeClass, change: string, at = path): void => {
    changes.push({ class: kind, path: at === '' ? '.' : at, change })
  }
  if (!diffType(a, b, say)) return changes
  diffOpenness(a, b, say)
  diffFlags(a, b, say)
  diffEnum(a, b, say)
  for (const [keyword, tighter] of BOUNDS) diffBound(a, b, { keyword, tighter }, say)
  for (const keyword of TEXTS) diffText(a, b, keyword, say)
  diffRules(a, b, say)
  return [
    ...changes,
    ...diffProperties(a, b, path),
    ...diffChild(a, b, 'items', `${path}[]`),
    ...diffChild(a, b, 'additionalProperties', `${path}.*`),
  ]
}

type Say = (kind: ChangeClass, change: string, at?: string) => void

const PRESERVE = 'x-kubernetes-preserve-unknown-fields'
const EITHER = 'x-kubernetes-int-or-string'

function typeOf(schema: JsonObject): string {
  if (schema[EITHER] === true) return 'integer or text'
  const type = schema['type']
  return typeof type === 'string' ? type : 'any'
}

/** False when the types have nothing in common, so that further differences say nothing. */
function diffType(a: JsonObject, b: JsonObject, say: Say): boolean {
  const [old, fresh] = [typeOf(a), typeOf(b)]
  if (old === fresh) return true
  if (
    fresh === 'any' ||
    (old === 'integer' && (fresh === 'number' || fresh === 'integer or text')) ||
    (old === 'string' && fresh === 'integer or text')
  ) say('additive', `${old} becomes ${fresh}`)
  else if (
    old === 'any' ||
    (old === 'number' && fresh === 'integer') ||
    (old === 'integer or text' && (fresh === 'integer' || fresh === 'string'))
  ) say('narrowing', `${old} becomes ${fresh}`)
  else say('breaking', `${old} becomes ${fresh}`)
  return false
}

function diffOpenness(a: JsonObject, b: JsonObject, say: Say): void {
  if (
    a[PRESERVE] === true &&
    b[PRESERVE] !== true &&
    !isObject(b['additionalProperties'])
  ) say('breaking', 'unknown fields are no longer kept')
  if (a[PRESERVE] !== true && b[PRESERVE] === true) say('additive', 'unknown fields are kept')
  if (
    isObject(a['additionalProperties']) &&
    !isObject(b['additionalProperties']) &&
    b[PRESERVE] !== true
  ) say('breaking', 'it is no longer a map')
}

function diffFlags(a: JsonObject, b: JsonObject, say: Say): void {
  if (a['nullable'] === true && b['nullable'] !== true) say('narrowing', 'null is no longer allowed')
  if (a['nullable'] !== true && b['nullable'] === true) say('additive', 'null is allowed')
  if (
    !equal(a['x-kubernetes-list-type'], b['x-kubernetes-list-type']) ||
    !equal(a['x-kubernetes-list-map-keys'], b['x-kubernetes-list-map-keys'])
  ) say('breaking', 'the list has another type or other keys, which changes who owns its elements')
  if (!equal(a['default'], b['default'])) say(
    b['default'] === undefined ? 'additive' : 'narrowing',
    b['default'] === undefined ? 'the default is gone' : 'a default is written into objects',
  )
}

function diffEnum(a: JsonObject, b: JsonObject, say: Say): void {
  const [old, fresh] = [listOf(a['enum']), listOf(b['enum'])]
  if (old === undefined && fresh !== undefined) say('narrowing', 'only listed values are allowed')
  if (old !== undefined && fresh === undefined) say('additive', 'any value is allowed')
  if (old === undefined || fresh === undefined) return
  const gone = old.filter((value) => !fresh.some((other) => equalJson(value, other)))
  const added = fresh.filter((value) => !old.some((other) => equalJson(value, other)))
  if (gone.length > 0) say('narrowing', `no longer allowed: ${shown(gone)}`)
  if (added.length > 0) say('additive', `also allowed: ${shown(added)}`)
}

function shown(values: readonly JsonValue[]): string {
  const texts = values.slice(0, 5).map(shownValue)
  return values.length > 5 ? `${texts.join(', ')} and ${values.length - 5} more` : texts.join(', ')
}

const BOUNDS: readonly (readonly [string, 'higher' | 'lower'])[] = [
  ['minimum', 'higher'], ['minLength', 'higher'], ['minItems', 'higher'], ['minProperties', 'higher'],
  ['maximum', 'lower'], ['maxLength', 'lower'], ['maxItems', 'lower'], ['maxProperties', 'lower'],
]

function diffBound(
  a: JsonObject,
  b: JsonObject,
  { keyword, tighter }: { readonly keyword: string; readonly tighter: 'higher' | 'lower' },
  say: Say,
): void {
  const [old, fresh] = [a[keyword], b[keyword]]
  const exclusive = `exclusive${keyword.charAt(0).toUpperCase()}${keyword.slice(1)}`
  if (equal(old, fresh)) {
    if (a[exclusive] !== b[exclusive] && old !== undefined) say(b[exclusive] === true ? 'narrowing' : 'additive', `${exclusive} changes`)
    return
  }
  if (!isNumber(fresh)) say('additive', `${keyword} is gone`)
  else if (!isNumber(old)) say('narrowing', `${keyword} is ${String(fresh)}`)
  else {
    const direction = compareNumbers(fresh, old) > 0 ? 'higher' : 'lower'
    say(direction === tighter ? 'narrowing' : 'additive', `${keyword} goes from ${String(old)} to ${String(fresh)}`)
  }
}

const TEXTS = ['pattern', 'format', 'multipleOf', 'oneOf', 'anyOf', 'allOf', 'not'] as const

function diffText(a: JsonObject, b: JsonObject, keyword: string, say: Say): void {
  if (equal(a[keyword], b[keyword])) return
  if (b[keyword] === undefined) say('additive', `${keyword} is gone`)
  else say('narrowing', a[keyword] === undefined ? `${keyword} is new` : `${keyword} is another one`)
}

function diffRules(a: JsonObject, b: JsonObject, say: Say): void {
  const rules = (schema: JsonObject): readonly string[] =>
    (listOf(schema['x-kubernetes-validations']) ?? []).filter(isObject).map((rule) => shownValue(rule['rule']))
  const [old, fresh] = [rules(a), rules(b)]
  for (const rule of fresh.filter((each) => !old.includes(each))) say('narrowing', `new rule: ${rule.slice(0, 120)}`)
  for (const rule of old.filter((each) => !fresh.includes(each))) say('additive', `the rule is gone: ${rule.slice(0, 120)}`)
}

function diffProperties(a: JsonObject, b: JsonObject, path: string): readonly CrdChange[] {
  const [old, fresh] = [propertiesOf(a), propertiesOf(b)]
  const kept = b[PRESERVE] === true
  const needed = new Set(listOf(b['required'])?.map(shownValue))
  const wasNeeded = new Set(listOf(a['required'])?.map(shownValue))
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
  return names.flatMap((name): readonly CrdChange[] => {
    const at = path === '' ? name : `${path}.${name}`
    const [x, y] = [old[name], fresh[name]]
    const nowNeeded = needed.has(name) && !wasNeeded.has(name)
    const need: readonly CrdChange[] = nowNeeded && x !== undefined
      ? [{ class: 'narrowing', path: at, change: 'it is required' }]
      : !needed.has(name) && wasNeeded.has(name) && y !== undefined ? [{ class: 'additive', path: at, change: 'it is optional' }] : []
    if (x === undefined) return [
      needed.has(name) ? {
        class: 'narrowing',
        path: at,
        change: 'a new required field',
      } : { class: 'additive', path: at, change: 'a new field' },
    ]
    if (y === undefined) return [
      kept ? { class: 'additive', path: at, change: 'the field has no schema any more' } : {
        class: 'breaking',
        path: at,
        change: 'the field is gone, its values are dropped',
      },
    ]
    return [...need, ...diffSchema(x, y, at)]
  })
}

function propertiesOf(schema: JsonObject): Readonly<Record<string, JsonObject>> {
  const properties = schema['properties']
  return isObject(properties) ? (properties as Readonly<Record<string, JsonObject>>) : {}
}

function diffChild(a: JsonObject, b: JsonObject, keyword: 'items' | 'additionalProperties', path: string): readonly CrdChange[] {
  const [old, fresh] = [a[keyword], b[keyword]]
  if (isObject(old) && isObject(fresh)) return diffSchema(old, fresh, path)
  return isObject(fresh) && keyword === 'additionalProperties' && a[PRESERVE] !== true
    ? [{ class: 'additive', path, change: 'it is a map' }]
    : []
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  return isArray(value) ? value : undefined
}

function equal(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalJson(a, b)
}
