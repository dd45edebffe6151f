import { finding, type Checked, type Finding } from '@oasgen/diagnostics'
import { printPath, setPath, startsWith, type FieldPath } from '@oasgen/fieldpath'
import { createMergePatch, isArray, isObject, mergePatch, type JsonObject, type JsonValue } from '@oasgen/json'
import type { ShapePlan } from '@oasgen/plan'
import type { HttpBody } from '@oasgen/wire'
import { encodeBody } from './body-encoding.js'
import type { FieldDifference } from './decision.js'
import type { PreparedBody, PreparedCall, PreparedField } from './prepared-call.js'
import { pathOf } from './reader.js'
import type { Scope } from './source.js'

export interface BodyInput {
  readonly call: PreparedCall
  readonly scope: Scope
  /** On update: what was read, and where it differs. */
  readonly change?: Change
}

export interface Change {
  readonly observed: JsonObject
  readonly differences: readonly FieldDifference[]
  /** How a field that the user removed is sent, by its path below `spec`. */
  readonly whenRemoved: (path: string) => 'null' | 'empty' | 'omit'
  /** A list that others share, as it is to be: theirs stay, ours that the user removed go. `undefined`: not such a list. */
  readonly shared: (path: string, wanted: JsonValue) => JsonValue | undefined
}

/** The body that a call sends now; no body at all where it has none or it is empty and may be left out. */
export function buildBody(input: BodyInput): Checked<HttpBody> {
  const { body } = input.call
  if (body === undefined) return { value: undefined, findings: [] }
  const filled = body.value === undefined ? objectBody(body, input) : wholeBody(body.value(input.scope))
  if (filled.findings.length > 0 || filled.value === undefined) return { value: undefined, findings: filled.findings }
  const placed = body.place === undefined ? filled.value : setPath({}, body.place, filled.value)
  const sent = transformed(body, placed, input.scope)
  if (sent.value === undefined) return { value: undefined, findings: sent.findings }
  return encodeBody(body.plan, sent.value)
}

function wholeBody(sourced: { readonly value?: JsonValue; readonly problem?: Finding }): Checked<JsonValue> {
  return { value: sourced.value, findings: sourced.problem === undefined ? [] : [sourced.problem] }
}

function objectBody(body: PreparedBody, input: BodyInput): Checked<JsonValue> {
  const problems: Finding[] = []
  const fields = body.fields.flatMap((field) => readField(field, input, problems))
  if (problems.length > 0) return { value: undefined, findings: problems }
  const value = assemble(body, fields, input.change)
  const isEmpty = isObject(value) && Object.keys(value).length === 0
  return { value: isEmpty && body.plan.whenEmpty === 'omit' ? undefined : value, findings: [] }
}

interface FilledField {
  readonly field: PreparedField
  readonly value: JsonValue
}

function readField(field: PreparedField, { scope, change }: BodyInput, problems: Finding[]): readonly FilledField[] {
  const { value: given, problem } = field.read(scope)
  if (problem !== undefined) problems.push(problem)
  if (given === undefined) return []
  const place = change === undefined || !isArray(given) ? undefined : specPath(field)
  const value = (place === undefined ? undefined : change?.shared(printPath(place.slice(1)), given)) ?? given
  return [{ field, value: field.plan.shape === undefined ? value : cut(value, field.plan.shape) }]
}

/** The value without what this body does not declare: fields of other verbs that share the object. */
function cut(value: JsonValue, shape: ShapePlan): JsonValue {
  if (shape === true) return value
  if (isArray(value)) return value.map((item) => cut(item, shape))
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([name]) => Object.hasOwn(shape, name))
  return Object.fromEntries(kept.map(([name, child]) => [name, cut(child, shape[name] ?? true)]))
}

function assemble(body: PreparedBody, fields: readonly FilledField[], change: Change | undefined): JsonValue {
  if (change === undefined) return objectOf(fields)
  switch (body.plan.mode) {
    case 'full': return withRemoved(objectOf(fields), body, change)
    case 'changed': return withRemoved(objectOf(fields.filter((filled) => isChanged(filled, change))), body, change)
    case 'merged': return withRemoved(mergedBody(body, fields, change), body, change)
    case 'mergePatch': return patchBody(body, fields, change)
  }
}

function objectOf(fields: readonly FilledField[]): JsonValue {
  return fields.reduce<JsonValue>((object, { field, value }) => setPath(object, field.path, value), {})
}

/** Everything but a plain field of the spec is always sent: constants, versions and keys are there because the API wants them. */
function isChanged({ field }: FilledField, change: Change): boolean {
  const place = specPath(field)
  if (place === undefined || field.plan.required === true) return true
  return change.differences.some((difference) => overlaps(pathOf(difference.path), place))
}

function overlaps(a: FieldPath, b: FieldPath): boolean {
  return startsWith(a, b) || startsWith(b, a)
}

/** The place below `spec` that a body field comes from; `undefined` where it comes from elsewhere. */
function specPath(field: PreparedField): FieldPath | undefined {
  for (const source of field.plan.sources) {
    const text = source.from === 'resource' || source.from === 'secretField' ? source.path : undefined
    if (text?.startsWith('spec.') === true) return pathOf(text)
  }
  return undefined
}

function mergedBody(body: PreparedBody, fields: readonly FilledField[], change: Change): JsonValue {
  const observed = observedFields(body, change.observed)
  return fields.reduce<JsonValue>((object, { field, value }) => setPath(object, field.path, overlaid(field.observed(change.observed), value)), observed)
}

function observedFields(body: PreparedBody, observed: JsonObject): JsonValue {
  return body.fields.reduce<JsonValue>((object, field) => {
    const value = field.observed(observed)
    return value === undefined ? object : setPath(object, field.path, field.plan.shape === undefined ? value : cut(value, field.plan.shape))
  }, {})
}

// Objects are merged, everything else is replaced: a list that the user wrote is the whole list.
function overlaid(observed: JsonValue | undefined, wanted: JsonValue): JsonValue {
  if (!isObject(observed) || !isObject(wanted)) return wanted
  return { ...observed, ...Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, overlaid(observed[name], value)])) }
}

function patchBody(body: PreparedBody, fields: readonly FilledField[], change: Change): JsonValue {
  const changed = objectOf(fields.filter((filled) => isChanged(filled, change)))
  const wanted = mergePatch(observedFields(body, change.observed), changed)
  const patch = createMergePatch(observedFields(body, change.observed), wanted) ?? {}
  return withRemoved(patch, body, change)
}

/** Fields that the user removed, as the definition says that a removal is told. */
function withRemoved(value: JsonValue, body: PreparedBody, change: Change): JsonValue {
  return change.differences
    .filter(({ desired }) => desired === undefined)
    .reduce((sent, difference) => removeField(sent, body, { difference, change }), value)
}

function removeField(sent: JsonValue, body: PreparedBody, { difference, change }: { readonly difference: FieldDifference; readonly change: Change }): JsonValue {
  const place = bodyPlace(body, pathOf(difference.path))
  if (place === undefined) return sent
  const how = body.plan.mode === 'mergePatch' ? 'null' : change.whenRemoved(difference.path)
  switch (how) {
    case 'null': return setPath(sent, place, null)
    case 'empty': return setPath(sent, place, emptyLike(difference.observed))
    case 'omit': return body.plan.mode === 'merged' ? withoutPath(sent, place) : sent
  }
}

function bodyPlace(body: PreparedBody, path: FieldPath): FieldPath | undefined {
  for (const field of body.fields) {
    const place = specPath(field)
    if (place !== undefined && startsWith(path, place)) return [...field.path, ...path.slice(place.length)]
  }
  return undefined
}

function withoutPath(value: JsonValue, path: FieldPath): JsonValue {
  const [segment, ...rest] = path
  if (segment === undefined || !('key' in segment) || !isObject(value) || !Object.hasOwn(value, segment.key)) return value
  const { [segment.key]: child, ...others } = value
  return rest.length === 0 || child === undefined ? others : { ...others, [segment.key]: withoutPath(child, rest) }
}

function emptyLike(observed: JsonValue | undefined): JsonValue {
  if (isArray(observed)) return []
  if (isObject(observed)) return {}
  return typeof observed === 'string' ? '' : null
}

function transformed(body: PreparedBody, value: JsonValue, scope: Scope): Checked<JsonValue> {
  if (body.transform === undefined) return { value, findings: [] }
  const ran = body.transform.run({ ...scope.bindings, value })
  if (ran.ok) return { value: ran.value ?? null, findings: [] }
  if (ran.readsSecret === true) return { value: undefined, findings: [finding('ENG0108', {})] }
  return { value: undefined, findings: [finding('ENG0105', { expression: body.plan.transform ?? '', problem: ran.problem })] }
}
