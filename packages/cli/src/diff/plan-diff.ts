import { equalJson, isArray, isObject, writeJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { Plan } from '@oasgen/plan'

/** One thing that the controller would do differently. */
export interface BehaviourChange {
  /** `create`, `get`, `compare`, … */
  readonly part: string
  readonly change: string
}

/** What changes in behaviour from one Plan to another, part by part. */
export function diffPlans(before: Plan, after: Plan): readonly BehaviourChange[] {
  const [a, b] = [before as unknown as JsonObject, after as unknown as JsonObject]
  const actions = pairs(objectAt(a, 'actions'), objectAt(b, 'actions')).flatMap(([name, old, fresh]) => changesOf(name, old, fresh))
  const others = PARTS.flatMap((part) => changesOf(part, a[part], b[part]))
  return [...actions, ...others]
}

const PARTS = ['servers', 'auth', 'identity', 'status', 'compare', 'references', 'secrets', 'exports', 'conditions', 'policy', 'configuration'] as const

function objectAt(value: JsonObject, name: string): JsonObject {
  return isObject(value[name]) ? value[name] : {}
}

function changesOf(part: string, old: JsonValue | undefined, fresh: JsonValue | undefined): readonly BehaviourChange[] {
  if (old === undefined && fresh !== undefined) return [{ part, change: `added: ${summary(fresh)}` }]
  if (old !== undefined && fresh === undefined) return [{ part, change: 'no longer there' }]
  if (old === undefined) return []
  return leaves('', old, fresh).map((change) => ({ part, change: change.trim() }))
}

/** A call is known by its method and path. */
function summary(value: JsonValue): string {
  const call = isObject(value) && isObject(value.call) ? value.call : undefined
  return call === undefined ? shown(value) : `${text(call.method)} ${pathText(call.path)}`
}

function leaves(at: string, old: JsonValue | undefined, fresh: JsonValue | undefined): readonly string[] {
  if (old !== undefined && fresh !== undefined && equalJson(old, fresh)) return []
  const place = at === '' ? '' : `${at}: `
  if (old === undefined) return [`${place}${shown(fresh ?? null)} is new`]
  if (fresh === undefined) return [`${place}${shown(old)} is gone`]
  if (isPath(at)) return [`${place}${pathText(old)} becomes ${pathText(fresh)}`]
  if (isObject(old) && isObject(fresh)) return pairs(old, fresh).flatMap(([name, x, y]) => leaves(at === '' ? name : `${at}.${name}`, x, y))
  if (isArray(old) && isArray(fresh)) return listLeaves(at, old, fresh)
  return [`${place}${shown(old)} becomes ${shown(fresh)}`]
}

/** Elements that carry a name are compared by it, so that an insertion is one line. */
function listLeaves(at: string, old: readonly JsonValue[], fresh: readonly JsonValue[]): readonly string[] {
  const [x, y] = [byName(old), byName(fresh)]
  if (x === undefined || y === undefined) return [`${at}: ${shown(old)} becomes ${shown(fresh)}`]
  return [...new Set([...x.keys(), ...y.keys()])].flatMap((name) => {
    const [left, right] = [x.get(name), y.get(name)]
    if (left === undefined) return [`${at} ${name} is new`]
    return right === undefined ? [`${at} ${name} is gone`] : leaves(`${at} ${name}`, left, right)
  })
}

const NAMES = ['path', 'name', 'field', 'url'] as const

function byName(values: readonly JsonValue[]): ReadonlyMap<string, JsonValue> | undefined {
  const named = values.map((value) => {
    const name = isObject(value) ? NAMES.map((member) => value[member]).find((member) => typeof member === 'string') : undefined
    return typeof name === 'string' ? [name, value] as const : undefined
  })
  const known = named.filter((entry) => entry !== undefined)
  return known.length === values.length && new Set(known.map(([name]) => name)).size === known.length ? new Map(known) : undefined
}

function pairs(old: JsonObject, fresh: JsonObject): readonly (readonly [string, JsonValue | undefined, JsonValue | undefined])[] {
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])].map((name) => [name, old[name], fresh[name]])
}

function isPath(at: string): boolean {
  return at === 'call.path' || at.endsWith('.call.path')
}

function pathText(value: JsonValue | undefined): string {
  if (!isArray(value)) return shown(value ?? null)
  return value.map((piece) => (isObject(piece) ? `{${text(piece.parameter)}}` : text(piece))).join('')
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : shown(value ?? null)
}

function shown(value: JsonValue): string {
  const written = typeof value === 'string' ? value : writeJson(value)
  return written.length <= 80 ? written : `${written.slice(0, 79)}…`
}
