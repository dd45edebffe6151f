/** Who depends on what, both by name: so that a change wakes exactly the resources that it concerns. */
export interface Dependents {
  /** All that `key` depends on from now on. */
  set(key: string, things: readonly string[]): void
  remove(key: string): void
  of(thing: string): ReadonlySet<string>
  has(thing: string): boolean
  clear(): void
}

export function createDependents(): Dependents {
  const things = new Map<string, readonly string[]>()
  const users = new Map<string, Set<string>>()
  const remove = (key: string): void => {
    for (const thing of things.get(key) ?? []) {
      const set = users.get(thing)
      set?.delete(key)
      if (set?.size === 0) users.delete(thing)
    }
    things.delete(key)
  }
  return {
    set: (key, next) => {
      if (isSame(things.get(key), next)) return
      remove(key)
      if (next.length === 0) return
      things.set(key, next)
      for (const thing of next) users.set(thing, (users.get(thing) ?? new Set<string>()).add(key))
    },
    remove,
    of: (thing) => users.get(thing) ?? NOBODY,
    has: (thing) => users.has(thing),
    clear: () => {
      things.clear()
      users.clear()
    },
  }
}

const NOBODY: ReadonlySet<string> = new Set()

function isSame(old: readonly string[] | undefined, next: readonly string[]): boolean {
  return old !== undefined && old.length === next.length && old.every((thing, at) => thing === next[at])
}
