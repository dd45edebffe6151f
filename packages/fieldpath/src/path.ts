/** One step of a path. `select` takes the one element of an array whose member `key` reads as `value`. */
export type Segment =
  | { readonly key: string }
  | { readonly index: number }
  | { readonly select: { readonly key: string; readonly value: string } }

/** A field, from the whole (no segments) inwards. */
export type FieldPath = readonly Segment[]

/** Largest index that a path may hold, so that setting a field never makes an array of a million holes. */
export const MAX_INDEX = 9_999

/** Most segments that a text may hold, so that recursion over a path is safe. */
export const MAX_SEGMENTS = 100

/** A path of plain names: `ofKeys('metadata', 'name')`. */
export function ofKeys(...names: readonly string[]): FieldPath {
  return names.map((key) => ({ key }))
}

export function equalPaths(a: FieldPath, b: FieldPath): boolean {
  return a.length === b.length && startsWith(a, b)
}

/** Whether `path` is `prefix` or lies below it. */
export function startsWith(path: FieldPath, prefix: FieldPath): boolean {
  return prefix.length <= path.length && prefix.every((segment, at) => compareSegments(segment, path[at] as Segment) === 0)
}

/** A stable order: parents before children, indexes by number, names by UTF-16 units. */
export function comparePaths(a: FieldPath, b: FieldPath): number {
  for (const [at, segment] of a.entries()) {
    const other = b[at]
    if (other === undefined) return 1
    const order = compareSegments(segment, other)
    if (order !== 0) return order
  }
  return a.length - b.length
}

function compareSegments(a: Segment, b: Segment): number {
  if ('index' in a) return 'index' in b ? a.index - b.index : -1
  if ('key' in a) return 'key' in b ? compareTexts(a.key, b.key) : 'index' in b ? 1 : -1
  if (!('select' in b)) return 1
  return compareTexts(a.select.key, b.select.key) || compareTexts(a.select.value, b.select.value)
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The parts of a custom resource that a path may start in. */
export type Root = 'spec' | 'status' | 'metadata'

/** Where a path into a custom resource starts, and the way from there; `root` is absent for a path without one of the three. */
export function rootOf(path: FieldPath): { readonly root: Root | undefined; readonly rest: FieldPath } {
  const first = path[0]
  const root = first !== undefined && 'key' in first ? ROOTS.find((name) => name === first.key) : undefined
  return { root, rest: root === undefined ? path : path.slice(1) }
}

const ROOTS: readonly Root[] = ['spec', 'status', 'metadata']
