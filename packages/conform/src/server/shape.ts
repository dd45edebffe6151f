import { removePath } from '@oasgen/fieldpath'
import { isArray, isNumber, isObject, mergePatch, numberText, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { ActionPlan, BodyFieldPlan, CallPlan, IdentityPart, Plan, ResponsePlan } from '@oasgen/plan'
import { at, pathOf, put, resourcePlace } from './body.js'
import type { SwitchName } from './switches.js'

/** Which fields of the API the definition knows, and how this API shows them. */
export interface Shape {
  /** Body field that is taken and never shown, renamed under `renamed`. */
  readonly victim: string | undefined
  readonly writeOnly: readonly string[]
  /** Hidden whatever is switched on. */
  readonly secret: readonly string[]
  /** Identifier in list items, and the place in the spec that it comes from. */
  readonly names: readonly string[]
  readonly arrays: readonly string[]
  readonly fields: readonly BodyFieldPlan[]
}

export interface ShapeInput {
  readonly plan: Plan
  readonly switches: ReadonlySet<SwitchName>
  /** Values for what only the server sets, by their path in the object. */
  readonly serverFields: JsonObject
}

export function shapeOf(plan: Plan): Shape {
  const fields = [plan.actions.create, plan.actions.update].flatMap((action) => bodyFields(action))
  const names = identifiersOf(plan)
  const identity = new Set([...plan.identity.parts.flatMap(({ from }) => from.flatMap((source) => (source.in === 'body' ? [source.path] : []))), ...names])
  const immutable = new Set(plan.compare.rules.filter((rule) => rule.immutable !== undefined).map(({ path }) => `spec.${path}`))
  const free = fields.filter(({ path, required, sources }) =>
    required !== true && !identity.has(path) && !path.includes('.') && sources[0]?.from === 'resource' && !immutable.has(sources[0].path))
  const declared = new Set(plan.compare.rules.filter(({ writeOnly, secret }) => writeOnly === true || secret === true).map(({ path }) => `spec.${path}`))
  const secret = fields.filter(({ sources }) => sources.some(({ from }) => from === 'secretField' || from === 'secretRef')).map(({ path }) => path)
  return {
    victim: free[0]?.path,
    writeOnly: fields.filter((field) => field.writeOnly === true || declared.has(resourcePlace(field) ?? '')).map(({ path }) => path),
    secret, names, fields,
    arrays: plan.compare.rules.filter(({ compare }) => compare === 'set').map(({ path }) => path),
  }
}

export function bodyFields(action: ActionPlan | undefined): readonly BodyFieldPlan[] {
  return [action?.call, ...(action?.steps ?? []).map(({ call }) => call)].flatMap((call) => call?.body?.fields ?? [])
}

function identifiersOf(plan: Plan): readonly string[] {
  const parts = new Set(plan.identity.parts.map(({ path }) => path))
  const identifiers = plan.actions.findby?.match?.identifiers ?? []
  return identifiers.filter(({ resource }) => resource.some((place) => place.startsWith('spec.') && !parts.has(place))).map(({ path }) => path)
}

/** The object as answers show it, before any envelope. */
export function showObject(shape: Shape, { switches, serverFields }: ShapeInput, fields: JsonObject, response: ResponsePlan): JsonObject {
  let shown: JsonValue = mergePatch(serverFields, fields)
  for (const path of switches.has('writeOnly') ? shape.writeOnly : shape.secret) shown = removePath(shown, pathOf(path))
  if (switches.has('dropped') && shape.victim !== undefined) shown = removePath(shown, pathOf(shape.victim))
  shown = withMappings(shape, shown as JsonObject, response, switches)
  if (switches.has('decorated')) shown = decorated(shape, shown)
  if (switches.has('sortedArrays')) shown = sorted(shown)
  if (switches.has('defaults')) shown = withDefaults(shown, 0)
  return shown as JsonObject
}

/** A mapping says that the answer calls a field of the spec by another name. */
function withMappings(shape: Shape, object: JsonObject, { mappings = [] }: ResponsePlan, switches: ReadonlySet<SwitchName>): JsonValue {
  let shown: JsonValue = object
  for (const { from, to } of mappings) {
    const field = shape.fields.find((each) => resourcePlace(each) === to)
    const value = field === undefined || from.in !== 'body' ? undefined : at(object, field.path)
    if (field === undefined || value === undefined || from.path === field.path) continue
    shown = put(removePath(shown, pathOf(field.path)), from.path, value)
  }
  const { victim } = shape
  const value = victim === undefined ? undefined : at(shown, victim)
  if (!switches.has('renamed') || victim === undefined || value === undefined || mappings.length > 0) return shown
  return put(removePath(shown, pathOf(victim)), `${victim}_value`, value)
}

function decorated(shape: Shape, object: JsonValue): JsonValue {
  return shape.names.reduce((shown, path) => {
    const value = at(shown, path)
    return typeof value === 'string' ? put(shown, path, `[${value}]`) : shown
  }, object)
}

function sorted(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(sorted).toSorted((a, b) => (writeJson(a) < writeJson(b) ? -1 : 1))
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, child]) => [name, sorted(child)])) : value
}

const DEFAULTS: JsonObject = { x_added: 'by the server', x_count: 0, x_nested: { enabled: false } }

function withDefaults(value: JsonValue, depth: number): JsonValue {
  if (isArray(value)) return value.map((item) => (isObject(item) ? withDefaults(item, depth + 1) : item))
  if (!isObject(value) || depth > 3) return value
  return { ...Object.fromEntries(Object.entries(value).map(([name, child]) => [name, withDefaults(child, depth + 1)])), ...DEFAULTS }
}

/** One object in the envelope that the definition expects. */
export function wrapItem({ itemPath }: ResponsePlan, object: JsonValue): JsonValue {
  return itemPath === undefined || itemPath === '$' ? object : put({}, itemPath, object)
}

/** A list in its envelope; each element has one of its own where the definition says so. */
export function wrapList(response: ResponsePlan, objects: readonly JsonObject[]): JsonValue {
  const { itemsPath } = response
  const items = objects.map((object) => wrapItem(response, object))
  return itemsPath === undefined || itemsPath === '$' ? items : put({}, itemsPath, items)
}

/** Which success code a call answers with. */
export function successCode({ response }: CallPlan, preferred: readonly number[]): number {
  const codes = response.successCodes.map((code) => (/^\d+$/.test(code) ? Number(code) : 200)).filter((code) => code >= 200 && code < 300)
  return preferred.find((code) => codes.includes(code)) ?? codes.find((code) => code !== 202) ?? codes[0] ?? 200
}

export function identityValue(part: IdentityPart, serial: number): JsonValue {
  switch (part.type) {
    case 'integer': case 'number': return 1000 + serial
    case 'boolean': return true
    case 'string': return `id-${serial}`
  }
}

export function textOfValue(value: JsonValue): string {
  return typeof value === 'string' ? value : isNumber(value) ? numberText(value) : writeJson(value)
}
