import {
  isArray, isObject, member, objectFrom, withMember, withoutMember, type JsonArray, type JsonObject, type JsonValue,
} from '@oasgen/json'
import { MAX_INDEX, type FieldPath, type Segment } from './path.js'
import { matchingIndexes, type Selection } from './read.js'

/**
 * A copy with the field set; nothing that was given changes. Parents are made where they are missing, and where a scalar or the
 * other kind of container stands in the way. An index behind the end fills up with `null`; a selection that fits nothing adds
 * an element, one that fits several changes nothing (`selectPath` tells beforehand).
 */
export function setPath(value: JsonValue | undefined, path: FieldPath, next: JsonValue): JsonValue {
  const [segment, ...rest] = path
  if (segment === undefined) return next
  if ('key' in segment) return setMember(isObject(value) ? value : {}, segment.key, (child) => setPath(child, rest, next))
  const items = isArray(value) ? value : []
  if ('index' in segment) return setItem(items, segment.index, (child) => setPath(child, rest, next))
  return setSelected(items, segment, (child) => setPath(child, rest, next))
}

type Change = (child: JsonValue | undefined) => JsonValue

function setMember(parent: JsonObject, name: string, change: Change): JsonObject {
  return withMember(parent, name, change(member(parent, name)))
}

/** @throws RangeError beyond MAX_INDEX: `parsePath` refuses such paths, so one that arrives here was built by our own code. */
function setItem(items: JsonArray, index: number, change: Change): JsonArray {
  if (!Number.isInteger(index) || index < 0 || index > MAX_INDEX) throw new RangeError(`index ${index} of a path is out of range`)
  const copy = [...items]
  while (copy.length < index) copy.push(null)
  copy[index] = change(items[index])
  return copy
}

function setSelected(items: JsonArray, segment: Selection, change: Change): JsonArray {
  const [index, second] = matchingIndexes(items, segment)
  if (second !== undefined) return items
  if (index !== undefined) return items.with(index, change(items[index]))
  return [...items, change(objectFrom([[segment.select.key, segment.select.value]]))]
}

/** A copy without the field; the same value when there is none. Elements behind a removed one move up; parents stay. */
export function removePath(value: JsonValue, path: FieldPath): JsonValue {
  const [segment, ...rest] = path
  if (segment === undefined) return null
  const place = placeOf(value, segment)
  if (place === undefined) return value
  if (rest.length === 0) return isArray(value) ? value.filter((_, index) => index !== place) : withoutMember(value as JsonObject, String(place))
  return replaceChild(value, place, rest)
}

function replaceChild(value: JsonValue, place: string | number, rest: FieldPath): JsonValue {
  if (isArray(value)) {
    const child = value[Number(place)] as JsonValue
    const changed = removePath(child, rest)
    return changed === child ? value : value.with(Number(place), changed)
  }
  const parent = value as JsonObject
  const child = parent[place] as JsonValue
  const changed = removePath(child, rest)
  return changed === child ? value : withMember(parent, String(place), changed)
}

/** The name or index that a segment means in a value, if it is there. */
function placeOf(value: JsonValue, segment: Segment): string | number | undefined {
  if ('key' in segment) return isObject(value) && Object.hasOwn(value, segment.key) ? segment.key : undefined
  if (!isArray(value)) return undefined
  if ('index' in segment) return segment.index < value.length ? segment.index : undefined
  const [index, second] = matchingIndexes(value, segment)
  return second === undefined ? index : undefined
}
