import { equalJson } from './equal.js'
import { member, withMember, withoutMember } from './object.js'
import { arrayIndex, readPointer } from './pointer.js'
import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue } from './value.js'

export type JsonPatchResult =
  | { readonly ok: true; readonly value: JsonValue }
  /** `index` is the operation that failed; nothing has been changed. -1: `operations` is no array. */
  | { readonly ok: false; readonly message: string; readonly index: number }

type Tokens = readonly string[]
/** A value, or the sentence that says why there is none. */
type Attempt = { readonly value: JsonValue } | { readonly problem: string }

/** RFC 6902, all or nothing. `operations` may be untrusted; the given value is never changed. */
export function applyJsonPatch(value: JsonValue, operations: JsonValue): JsonPatchResult {
  if (!isArray(operations)) return { ok: false, message: 'expected an array of operations', index: -1 }
  let current = value
  for (const [index, operation] of operations.entries()) {
    const attempt = isObject(operation) ? applyOperation(current, operation) : { problem: 'expected an object with `op` and `path`' }
    if ('problem' in attempt) return { ok: false, message: attempt.problem, index }
    current = attempt.value
  }
  return { ok: true, value: current }
}

function applyOperation(value: JsonValue, operation: JsonObject): Attempt {
  const path = tokensOf(operation, 'path')
  if ('problem' in path) return path
  const op = member(operation, 'op')
  switch (typeof op === 'string' ? op : '') {
    case 'add': return withOperand(operation, (operand) => add(value, path.tokens, operand))
    case 'replace': return withOperand(operation, (operand) => replace(value, path.tokens, operand))
    case 'test': return withOperand(operation, (operand) => test(value, path.tokens, operand))
    case 'remove': return remove(value, path.tokens)
    case 'move': return withSource(operation, (from) => move(value, from, path.tokens))
    case 'copy': return withSource(operation, (from) => copy(value, from, path.tokens))
    default: return { problem: 'expected `op` to be add, remove, replace, move, copy or test' }
  }
}

function tokensOf(operation: JsonObject, name: 'path' | 'from'): { readonly tokens: Tokens } | { readonly problem: string } {
  const pointer = member(operation, name)
  const tokens = typeof pointer === 'string' ? readPointer(pointer) : undefined
  return tokens === undefined ? { problem: `expected \`${name}\` to be a JSON pointer` } : { tokens }
}

function withOperand(operation: JsonObject, apply: (operand: JsonValue) => Attempt): Attempt {
  const operand = member(operation, 'value')
  return operand === undefined ? { problem: 'expected `value`: add, replace and test need it' } : apply(operand)
}

function withSource(operation: JsonObject, apply: (from: Tokens) => Attempt): Attempt {
  const from = tokensOf(operation, 'from')
  return 'problem' in from ? from : apply(from.tokens)
}

function add(value: JsonValue, path: Tokens, operand: JsonValue): Attempt {
  return change(value, path, (parent, token) => {
    if (isObject(parent)) return { value: withMember(parent, token, operand) }
    const at = token === '-' ? parent.length : arrayIndex(token)
    if (at === undefined || at > parent.length) return missing(token)
    return { value: [...parent.slice(0, at), operand, ...parent.slice(at)] }
  }, () => ({ value: operand }))
}

function remove(value: JsonValue, path: Tokens): Attempt {
  return change(value, path, (parent, token) => {
    if (child(parent, token) === undefined) return missing(token)
    if (isObject(parent)) return { value: withoutMember(parent, token) }
    const at = arrayIndex(token)
    return { value: parent.filter((_, index) => index !== at) }
  }, () => ({ problem: 'the whole value cannot be removed' }))
}

function replace(value: JsonValue, path: Tokens, operand: JsonValue): Attempt {
  return change(value, path, (parent, token) => {
    if (child(parent, token) === undefined) return missing(token)
    if (isObject(parent)) return { value: withMember(parent, token, operand) }
    return { value: parent.with(arrayIndex(token) ?? 0, operand) }
  }, () => ({ value: operand }))
}

function test(value: JsonValue, path: Tokens, operand: JsonValue): Attempt {
  const found = read(value, path)
  if ('problem' in found) return found
  return equalJson(found.value, operand) ? { value } : { problem: 'the value tested for is not the one that is there' }
}

function move(value: JsonValue, from: Tokens, path: Tokens): Attempt {
  if (path.length > from.length && from.every((token, at) => token === path[at])) return { problem: 'a value cannot be moved into itself' }
  const found = read(value, from)
  if ('problem' in found || from.length === path.length && from.every((token, at) => token === path[at])) {
    return 'problem' in found ? found : { value }
  }
  const without = remove(value, from)
  return 'problem' in without ? without : add(without.value, path, found.value)
}

function copy(value: JsonValue, from: Tokens, path: Tokens): Attempt {
  const found = read(value, from)
  return 'problem' in found ? found : add(value, path, found.value)
}

function read(value: JsonValue, path: Tokens): Attempt {
  let current = value
  for (const token of path) {
    const next = isObject(current) || isArray(current) ? child(current, token) : undefined
    if (next === undefined) return missing(token)
    current = next
  }
  return { value: current }
}

function child(parent: JsonObject | JsonArray, token: string): JsonValue | undefined {
  if (isObject(parent)) return member(parent, token)
  const at = arrayIndex(token)
  return at === undefined ? undefined : parent[at]
}

type Edit = (parent: JsonObject | JsonArray, token: string) => Attempt

/** Applies `edit` to the parent of the addressed place and rebuilds what is above it; `whole` answers for the empty pointer. */
function change(value: JsonValue, path: Tokens, edit: Edit, whole: () => Attempt): Attempt {
  const [token, ...rest] = path
  if (token === undefined) return whole()
  if (!isObject(value) && !isArray(value)) return missing(token)
  if (rest.length === 0) return edit(value, token)
  const next = child(value, token)
  if (next === undefined) return missing(token)
  const changed = change(next, rest, edit, whole)
  return 'problem' in changed ? changed : { value: withChild(value, token, changed.value) }
}

function withChild(parent: JsonObject | JsonArray, token: string, next: JsonValue): JsonValue {
  return isObject(parent) ? withMember(parent, token, next) : parent.with(arrayIndex(token) ?? 0, next)
}

function missing(token: string): { readonly problem: string } {
  return { problem: `there is no \`${token.length > 60 ? `${token.slice(0, 60)}…` : token}\` at this place` }
}
