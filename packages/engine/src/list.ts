import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import type { PreparedResponse } from './prepared-call.js'

export type Items =
  | { readonly type: 'items'; readonly items: readonly JsonObject[] }
  | { readonly type: 'broken'; readonly problem: string }

/**
 * The objects of a list answer. A declared place is the only place; otherwise the reference's shapes: an array, an object with
 * one array in it, an object without any (one item), `{}` (none). Two arrays are a question, never a coin toss.
 */
export function itemsOf(response: PreparedResponse, body: JsonValue): Items {
  if (response.items !== undefined) return declaredItems(response.items(body), response.plan.itemsPath ?? '', body)
  if (isArray(body)) return items(body)
  if (!isObject(body)) return { type: 'broken', problem: `the list is ${body === null ? 'null' : `a ${typeof body}`}` }
  const arrays = Object.entries(body).filter(([, value]) => isArray(value))
  if (arrays.length > 1) return { type: 'broken', problem: `it holds several lists (${arrays.map(([name]) => name).join(', ')}): name the right one with itemsPath` }
  const only = arrays[0]?.[1]
  if (isArray(only)) return items(only)
  return { type: 'items', items: Object.keys(body).length === 0 ? [] : [body] }
}

function declaredItems(found: JsonValue | undefined, place: string, body: JsonValue): Items {
  if (isArray(found)) return items(found)
  // `{"items": null}` and a missing member are how Go servers print an empty list.
  if (found === null || (found === undefined && isObject(body))) return { type: 'items', items: [] }
  return isObject(found) ? { type: 'items', items: [found] } : { type: 'broken', problem: `there is no list at ${place}` }
}

function items(values: readonly JsonValue[]): Items {
  return { type: 'items', items: values.filter(isObject) }
}
