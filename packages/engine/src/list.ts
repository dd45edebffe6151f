import { isArray, isObject, type JsonObject, type JsonValue } from '@oasgen/json'
import type { PreparedResponse } from './prepared-call.js'

export type Items =
  | { readonly type: 'items'; readonly items: readonly ListItem[] }
  | { readonly type: 'broken'; readonly problem: string }

/** An element of a list, and the object in it: they differ where every element has an envelope of its own. */
export interface ListItem {
  readonly whole: JsonObject
  readonly object: JsonObject
}

/**
 * The objects of a list answer. A declared place comes first; otherwise the reference's shapes: an array, an object with one array
 * in it, an object without any (one item), `{}` (none). Two arrays are a question, never a coin toss.
 */
export function itemsOf(response: PreparedResponse, body: JsonValue): Items {
  const { itemPath, itemsPath } = response.plan
  if (itemsPath === undefined && itemPath === '$') return isObject(body) ? items(response, [body]) : { type: 'broken', problem: `it is ${nameOf(body)}, not one object` }
  return itemsPath === undefined ? itemsByShape(response, body) : declaredItems(response, itemsPath, body)
}

function itemsByShape(response: PreparedResponse, body: JsonValue): Items {
  if (isArray(body)) return items(response, body)
  if (!isObject(body)) return { type: 'broken', problem: `the list is ${nameOf(body)}` }
  const arrays = Object.entries(body).filter(([, value]) => isArray(value))
  if (arrays.length > 1) return { type: 'broken', problem: `it holds several lists (${arrays.map(([name]) => name).join(', ')}): name the right one with itemsPath` }
  const only = arrays[0]?.[1]
  if (isArray(only)) return items(response, only)
  return items(response, Object.keys(body).length === 0 ? [] : [body])
}

/** The document may be wrong about the envelope: a list that is plainly there is taken; nothing is ever concluded from an error text. */
function declaredItems(response: PreparedResponse, place: string, body: JsonValue): Items {
  const found = response.items?.(body)
  if (isArray(found)) return items(response, found)
  if (isObject(found) && place !== '$') return items(response, [found])
  if (isArray(body)) return items(response, body)
  if (found === null) return items(response, [])
  // A missing member is how Go servers print an empty list.
  if (place !== '$' && isObject(body) && !Object.entries(body).some(([name, value]) => isArray(value) || ERROR_WORDS.test(name))) return items(response, [])
  return place === '$' && isObject(body) ? itemsByShape(response, body) : { type: 'broken', problem: `there is no list at ${place}` }
}

const ERROR_WORDS = /^(?:errors?|message|detail|fault|exception|code)$/i

function items({ item, plan }: PreparedResponse, values: readonly JsonValue[]): Items {
  const objects = values.filter(isObject)
  if (item === undefined || plan.itemPath === '$') return { type: 'items', items: objects.map((whole) => ({ whole, object: whole })) }
  return { type: 'items', items: objects.flatMap((whole) => { const object = item(whole); return isObject(object) ? [{ whole, object }] : [] }) }
}

function nameOf(value: JsonValue): string {
  return value === null ? 'null' : isArray(value) ? 'a list' : `a ${typeof value}`
}
