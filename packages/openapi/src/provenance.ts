import type { DocumentPlace, Position } from '@oasgen/diagnostics'
import { arrayIndex, isArray, readPointer, type JsonObject, type JsonValue, type Members } from '@oasgen/json'
import { below, childOf } from './pointer.js'

/** A text from which values come: the document, or an overlay. */
export interface OriginText {
  positionOf(pointer: string): Position | undefined
  place(pointer: string): DocumentPlace
}

/** Where a value was written. */
export interface Origin {
  readonly text: OriginText
  readonly pointer: string
}

/** A container that was changed, so its children may come from several places. */
interface Changed {
  readonly origin: Origin
  /** Of an object: the members that came from elsewhere than `origin`. */
  readonly members: Map<string, Origin>
  /** Of a list: where each element comes from. */
  readonly elements: Origin[]
}

export type Container = Members | JsonValue[]

/** A value that is being changed without touching the original, and that knows of every part where it was written. */
export interface Edited {
  readonly root: JsonObject
  originOf(pointer: string): Origin
  /** The container at a path, as a copy that may be changed; `undefined` when there is none. */
  own(path: readonly (string | number)[]): Container | undefined
  /** The same for a child of a container that is owned already. */
  ownChild(container: Container, key: string | number): Container | undefined
  set(container: Container, key: string | number, value: JsonValue, origin: Origin): void
  append(container: JsonValue[], value: JsonValue, origin: Origin): void
  remove(container: Container, key: string | number): void
}

export function editValue(original: JsonObject, text: OriginText): Edited {
  const changed = new Map<object, Changed>()
  const root = take(changed, original, { text, pointer: '' }) as Members
  return {
    root,
    originOf(pointer) {
      const start: Walk = { value: root, origin: { text, pointer: '' } }
      return (readPointer(pointer) ?? []).reduce((walk, token) => step(changed, walk, token), start).origin
    },
    own: (path) => path.reduce<Container | undefined>((container, key) => container && ownChild(changed, container, key), root),
    ownChild: (container, key) => ownChild(changed, container, key),
    set(container, key, value, origin) {
      Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true })
      const record = changed.get(container)
      if (isArray(container)) record?.elements.splice(Number(key), 1, origin)
      else record?.members.set(String(key), origin)
    },
    append(container, value, origin) {
      container.push(value)
      changed.get(container)?.elements.push(origin)
    },
    remove(container, key) {
      const record = changed.get(container)
      if (Array.isArray(container)) {
        container.splice(Number(key), 1)
        record?.elements.splice(Number(key), 1)
      } else {
        delete container[String(key)]
        record?.members.delete(String(key))
      }
    },
  }
}

interface Walk {
  readonly value: JsonValue | undefined
  readonly origin: Origin
}

function step(changed: ReadonlyMap<object, Changed>, { value, origin }: Walk, token: string): Walk {
  return { value: childOf(value, token), origin: originOfChild(changed, value, origin, token) }
}

function originOfChild(changed: ReadonlyMap<object, Changed>, value: JsonValue | undefined, origin: Origin, token: string): Origin {
  const record = typeof value === 'object' && value !== null ? changed.get(value) : undefined
  const own = isArray(value) ? record?.elements[arrayIndex(token) ?? -1] : record?.members.get(token)
  const from = record?.origin ?? origin
  return own ?? { text: from.text, pointer: below(from.pointer, token) }
}

function ownChild(changed: Map<object, Changed>, container: Container, key: string | number): Container | undefined {
  const child = childOf(container, String(key))
  if (typeof child !== 'object' || child === null) return undefined
  if (changed.has(child)) return child as Container
  const parent = changed.get(container)?.origin
  if (parent === undefined) return undefined
  const copy = take(changed, child as Container, originOfChild(changed, container, parent, String(key)))
  Object.defineProperty(container, key, { value: copy, writable: true, enumerable: true, configurable: true })
  return copy
}

function take(changed: Map<object, Changed>, value: JsonObject | Container, origin: Origin): Container {
  const copy: Container = Array.isArray(value) ? [...(value as JsonValue[])] : { ...(value as JsonObject) }
  const elements = Array.isArray(copy) ? copy.map((_, index): Origin => ({ text: origin.text, pointer: below(origin.pointer, index) })) : []
  changed.set(copy, { origin, members: new Map(), elements })
  return copy
}
