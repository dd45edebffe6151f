import { equalJson } from './equal.js'
import { member, putMember, type Members } from './object.js'
import { isObject, type JsonObject, type JsonValue } from './value.js'

/** RFC 7386: members of the patch replace, `null` removes, everything but objects replaces as a whole. */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch
  const result: Members = isObject(target) ? { ...target } : {}
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete result[name]
    else if (change !== undefined) putMember(result, name, mergePatch(member(result, name), change))
  }
  return result
}

/**
 * The smallest merge patch from one value to another; `undefined` when there is nothing to do. A merge patch cannot set a
 * member to `null`: such members of `to` come out absent, and one that `from` lacks too is no difference.
 */
export function createMergePatch(from: JsonValue, to: JsonValue): JsonValue | undefined {
  if (isObject(from) && isObject(to)) return objectPatch(from, to)
  return equalJson(from, to) ? undefined : to
}

function objectPatch(from: JsonObject, to: JsonObject): JsonObject | undefined {
  const patch: Members = {}
  for (const name of Object.keys(from)) {
    if (from[name] !== undefined && member(to, name) === undefined) putMember(patch, name, null)
  }
  for (const [name, wanted] of Object.entries(to)) {
    const change = memberPatch(member(from, name), wanted)
    if (change !== undefined) putMember(patch, name, change)
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

function memberPatch(from: JsonValue | undefined, to: JsonValue | undefined): JsonValue | undefined {
  if (to === undefined || (to === null && from === undefined)) return undefined
  return from === undefined ? to : createMergePatch(from, to)
}
