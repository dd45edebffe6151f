import { arrayIndex, isArray, isObject, member, readPointer, writePointer, type JsonValue } from '@oasgen/json'

/** The value one step below, looking at own members only. */
export function childOf(value: JsonValue | undefined, token: string): JsonValue | undefined {
  if (isObject(value)) return member(value, token)
  if (!isArray(value)) return undefined
  const index = arrayIndex(token)
  return index === undefined ? undefined : value[index]
}

export function valueAt(root: JsonValue, pointer: string): JsonValue | undefined {
  return (readPointer(pointer) ?? []).reduce<JsonValue | undefined>(childOf, root)
}

/** `/a` and `b/c` give `/a/b~1c`. */
export function below(pointer: string, ...tokens: readonly (string | number)[]): string {
  return pointer + writePointer(tokens)
}

export function parentOf(pointer: string): string {
  return pointer.slice(0, Math.max(pointer.lastIndexOf('/'), 0))
}

export function lastToken(pointer: string): string {
  return readPointer(pointer)?.at(-1) ?? ''
}
