import { isObject, objectFrom, type JsonObject } from '@oasgen/json'

/**
 * A set of fields as a tree, the content of `fieldsV1`. Keys are path elements in their written form: `f:name`,
 * `k:{"name":"a"}`, `v:"x"`, `i:0`. A node can be in the set itself and have fields of the set below it.
 */
export interface FieldSet {
  readonly members: ReadonlySet<string>
  readonly children: ReadonlyMap<string, FieldSet>
}

export type FieldPath = readonly string[]

export const NO_FIELDS: FieldSet = { members: new Set(), children: new Map() }

export const isEmpty = (set: FieldSet): boolean => set.members.size === 0 && set.children.size === 0

const make = (members: Iterable<string>, children: Iterable<readonly [string, FieldSet]>): FieldSet => ({
  members: new Set(members), children: new Map([...children].filter(([, child]) => !isEmpty(child))),
})

export function fieldSetOf(paths: readonly FieldPath[]): FieldSet {
  const members = paths.filter((path) => path.length === 1).map((path) => path[0] as string)
  const below = new Map<string, FieldPath[]>()
  for (const [first, ...rest] of paths.filter((path) => path.length > 1)) {
    const known = below.get(first as string)
    if (known) known.push(rest)
    else below.set(first as string, [rest])
  }
  return make(members, [...below].map(([first, rest]) => [first, fieldSetOf(rest)] as const))
}

export function has(set: FieldSet, path: FieldPath): boolean {
  const [first = '', ...rest] = path
  if (rest.length === 0) return set.members.has(first)
  const child = set.children.get(first)
  return child !== undefined && has(child, rest)
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map(a.children)
  for (const [key, child] of b.children) {
    const known = children.get(key)
    children.set(key, known ? union(known, child) : child)
  }
  return make([...a.members, ...b.members], children)
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return make([...a.members].filter((key) => b.members.has(key)), [...a.children].flatMap(([key, child]) => {
    const other = b.children.get(key)
    return other ? [[key, intersection(child, other)] as const] : []
  }))
}

/** Without exactly the members of `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return make([...a.members].filter((key) => !b.members.has(key)), [...a.children].map(([key, child]) => {
    const other = b.children.get(key)
    return [key, other ? difference(child, other) : child] as const
  }))
}

/** Without the members of `b` and everything below them. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return make([...a.members].filter((key) => !b.members.has(key)), [...a.children].flatMap(([key, child]) => {
    if (b.members.has(key)) return []
    const other = b.children.get(key)
    return [[key, other ? recursiveDifference(child, other) : child] as const]
  }))
}

/** Only what is at or below the members of `b`. */
export function within(a: FieldSet, b: FieldSet): FieldSet {
  return make([...a.members].filter((key) => b.members.has(key)), [...a.children].flatMap(([key, child]) => {
    if (b.members.has(key)) return [[key, child] as const]
    const other = b.children.get(key)
    return other ? [[key, within(child, other)] as const] : []
  }))
}

/** All paths, in the order of writing. */
export function paths(set: FieldSet): readonly FieldPath[] {
  const keys = [...new Set([...set.members, ...set.children.keys()])].sort()
  return keys.flatMap((key) => [
    ...(set.members.has(key) ? [[key]] : []),
    ...paths(set.children.get(key) ?? NO_FIELDS).map((path) => [key, ...path]),
  ])
}

export function writeFieldSet(set: FieldSet): JsonObject {
  const keys = [...new Set([...set.members, ...set.children.keys()])].sort()
  return objectFrom(keys.map((key) => {
    const child = set.children.get(key)
    const below = child ? writeFieldSet(child) : {}
    return [key, child && set.members.has(key) ? { '.': {}, ...below } : below]
  }))
}

const MAX_DEPTH = 200

/** undefined when it is no set of fields. */
export function readFieldSet(value: JsonObject, depth = 0): FieldSet | undefined {
  if (depth > MAX_DEPTH) return undefined
  const members: string[] = []
  const children: [string, FieldSet][] = []
  for (const [key, below] of Object.entries(value)) {
    if (key === '.') continue
    if (!/^[fkvi]:/.test(key) || !isObject(below)) return undefined
    const child = readFieldSet(below, depth + 1)
    if (child === undefined) return undefined
    if (isEmpty(child) || Object.hasOwn(below, '.')) members.push(key)
    children.push([key, child])
  }
  return make(members, children)
}

/** `.spec.ports[port=80].name`, as conflicts are told. */
export function printFieldPath(path: FieldPath): string {
  return path.map((element) => {
    const text = element.slice(2)
    switch (element.charAt(0)) {
      case 'f': return `.${text}`
      case 'k': return `[${Object.entries(JSON.parse(text) as Record<string, unknown>).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
      case 'v': return `[=${text}]`
      default: return `[${text}]`
    }
  }).join('')
}
