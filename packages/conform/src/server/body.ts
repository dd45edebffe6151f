import { getPath, parsePath, setPath, type FieldPath } from '@oasgen/fieldpath'
import { isObject, readJson, type JsonObject, type JsonValue } from '@oasgen/json'
import type { BodyFieldPlan, BodyPlan } from '@oasgen/plan'

/** A path of a Plan; those were checked when it was made. */
export function pathOf(text: string): FieldPath {
  const parsed = parsePath(text)
  return parsed.ok ? parsed.path : [{ key: text }]
}

export function at(value: JsonValue | undefined, path: string): JsonValue | undefined {
  return path === '$' ? value : getPath(value, pathOf(path))
}

export function put(value: JsonValue, path: string, child: JsonValue): JsonValue {
  return path === '$' ? child : setPath(value, pathOf(path), child)
}

/** What came in the request, whatever its encoding. */
export function readBody(text: string, contentType: string): JsonValue | undefined {
  if (text === '') return undefined
  if (/json/i.test(contentType)) {
    const read = readJson(text)
    return read.ok ? read.value : undefined
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) return formFields(text)
  if (contentType.startsWith('multipart/')) return partFields(text, /boundary="?([^";]+)/.exec(contentType)?.[1] ?? '')
  return text
}

function formFields(text: string): JsonObject {
  let object: JsonValue = {}
  for (const [name, value] of new URLSearchParams(text)) object = { ...(object as JsonObject), [name]: spoken(value) }
  return object as JsonObject
}

function partFields(text: string, boundary: string): JsonObject {
  const parts = text.split(`--${boundary}`).slice(1, -1)
  return Object.fromEntries(parts.flatMap((part) => {
    const [head = '', ...rest] = part.split('\r\n\r\n')
    const name = /name="([^"]*)"/.exec(head)?.[1]
    const value = rest.join('\r\n\r\n').replace(/\r\n$/, '')
    return name === undefined ? [] : [[name, /json/i.test(head) ? (readBody(value, 'application/json') ?? value) : spoken(value)]]
  }))
}

/** A form has texts alone; what reads as a number, a truth or a structure was one. */
function spoken(text: string): JsonValue {
  const read = /^(?:-?\d|true$|false$|[[{])/.test(text) ? readJson(text) : undefined
  return read?.ok === true ? read.value : text
}

/** The object in the request's body. */
export function objectOf(plan: BodyPlan | undefined, body: JsonValue | undefined): JsonObject {
  const inner = plan?.path === undefined ? body : at(body, plan.path)
  return isObject(inner) ? inner : {}
}

/** The spec's values that the body carries, by their place in the resource. */
export function placesOf(plan: BodyPlan | undefined, object: JsonObject): ReadonlyMap<string, JsonValue> {
  const entries = (plan?.fields ?? []).flatMap((field): readonly (readonly [string, JsonValue])[] => {
    const [place, value] = [resourcePlace(field), at(object, field.path)]
    return place === undefined || value === undefined ? [] : [[place, value]]
  })
  return new Map(entries)
}

export function resourcePlace({ sources }: Pick<BodyFieldPlan, 'sources'>): string | undefined {
  // A computed value says nothing about a field, and what a reference fills is the field beside it.
  if (sources[0]?.from === 'cel' || sources[0]?.from === 'constant') return undefined
  for (const source of sources) if ('path' in source && source.from !== 'configuration' && source.from !== 'reference') return source.path
  return undefined
}
