/** A value that is made when it is first asked for. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

type Getters<T> = { readonly [K in keyof T]-?: () => T[K] }

/**
 * Gives `target` members that are made when they are read. They are not enumerable, so that nobody walks a cyclic graph by
 * printing, comparing or copying one of its nodes.
 */
export function withLazy<T extends object, L extends object>(target: T, members: Getters<L>): T & L {
  const descriptors = Object.entries<() => unknown>(members as Readonly<Record<string, () => unknown>>)
    .map(([name, get]) => [name, { get, enumerable: false }] as const)
  return Object.defineProperties(target, Object.fromEntries(descriptors)) as T & L
}
