import type { JsonObject, JsonValue } from './value.js'

/** An object that is being built; afterwards it is a JsonObject and nobody changes it. */
export type Members = Record<string, JsonValue>

/** Sets an own member, whatever its name: plain assignment of `__proto__` would change the prototype and lose the data. */
export function putMember(members: Members, name: string, value: JsonValue): void {
  if (name === '__proto__') Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true })
  else members[name] = value
}

/** An own member; inherited names such as `constructor` are absent. */
export function member(value: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

export function withMember(value: JsonObject, name: string, next: JsonValue): JsonObject {
  const copy: Members = { ...value }
  putMember(copy, name, next)
  return copy
}

export function withoutMember(value: JsonObject, name: string): JsonObject {
  if (!Object.hasOwn(value, name)) return value
  const copy: Members = { ...value }
  delete copy[name]
  return copy
}

/** Builds an object from entries, `__proto__` included; the last of equal names wins. */
export function objectFrom(entries: Iterable<readonly [string, JsonValue]>): JsonObject {
  const members: Members = {}
  for (const [name, value] of entries) putMember(members, name, value)
  return members
}
